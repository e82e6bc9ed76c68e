"""The shipped questions over the emergency library, and how a ranking is judged by them.

A passage is named `document#heading`, in the question's language, so that the library may be cut into pieces in another
way. Grade 2 answers the question, grade 1 helps; questions of the kind `none` have no answer in the library. The split
was drawn once (`README.md` of the library says how): tuning for choices, calibration for `confidence`, test for reports.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

FILE = "questions.jsonl"
RIGHT = 2
DEPTH = 10
MAX_FILE = 4 * 1024 * 1024

Split = Literal["tuning", "calibration", "test"]
Kind = Literal["plain", "colloquial", "misspelt", "indirect", "none"]


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`passages`: grade by `document#heading`."""

    id: str
    language: Literal["en", "de"]
    kind: Kind
    split: Split
    question: str
    passages: dict[str, Literal[1, 2]]

    @property
    def right(self) -> frozenset[str]:
        return frozenset(place for place, grade in self.passages.items() if grade == RIGHT)


class Places:
    """Names passages of the library as questions do."""

    def __init__(self, library: Path) -> None:
        self._names: dict[tuple[str, str], str] = {}
        for path in sorted(library.glob("*/*.md")):
            title = re.search(r"(?m)^title:[ \t]*(.+)$", path.read_text(encoding="utf-8"))
            if title:
                self._names[path.parent.name, title[1].strip()] = path.stem

    def place(self, language: str, title: str, heading: str) -> str:
        """`document#heading`; empty for what is not of the library."""
        name = self._names.get((language, title), "")
        return f"{name}#{heading}" if name else ""


def read(library: Path) -> tuple[Question, ...]:
    """Every shipped question. Raises `msgspec.DecodeError` for a broken file, `OSError` for a missing one."""
    with (library / FILE).open("rb") as file:
        lines = file.read(MAX_FILE).splitlines()
    decoder = msgspec.json.Decoder(Question)
    return tuple(decoder.decode(line) for line in lines if line.strip())


def found_at(question: Question, language: str, place: str) -> str:
    """The place as it counts for this question: the twin in the other language is another passage."""
    return place if language == question.language else ""


def ndcg(question: Question, places: Sequence[str], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain, gain 2^grade − 1 (Järvelin and Kekäläinen, 2002); a second piece of the
    same passage gains nothing."""
    ideal = _discounted(sorted(question.passages.values(), reverse=True)[:depth])
    seen: set[str] = set()
    grades = []
    for place in places[:depth]:
        grades.append(0 if place in seen else question.passages.get(place, 0))
        seen.add(place)
    return _discounted(grades) / ideal if ideal else 0.0


def recall(question: Question, places: Sequence[str], depth: int = DEPTH) -> float:
    """The share of the right passages that are among the first `depth`."""
    return len(question.right & set(places[:depth])) / len(question.right) if question.right else 0.0


def hit(question: Question, places: Sequence[str], depth: int) -> bool:
    """Whether a right passage is among the first `depth`."""
    return not question.right.isdisjoint(places[:depth])


def _discounted(grades: Iterable[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(n + 1) for n, grade in enumerate(grades, 1))
