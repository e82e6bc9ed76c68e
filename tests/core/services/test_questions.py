"""The shipped questions fit the library, are split as stated, and rankings are judged as the textbooks say."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from pathlib import Path

import blake3
import msgspec
import pytest

import hearthnet_core
from hearthnet_core.services.questions import Places, Question, found_at, hit, ndcg, read, recall

LIBRARY = Path(hearthnet_core.__file__).parent / "library"
QUESTIONS = read(LIBRARY)
SEED = "hearthnet questions 2"


def question(**grades: int) -> Question:
    passages = dict(grades)
    return msgspec.convert(
        {"id": "q", "language": "en", "kind": "plain", "split": "test", "question": "Why?", "passages": passages},
        Question,
    )


def test_there_are_enough_questions_half_of_them_german_and_some_without_an_answer() -> None:
    assert len(QUESTIONS) == 400
    assert sum(q.language == "de" for q in QUESTIONS) * 2 == len(QUESTIONS)
    assert sum(q.kind == "none" for q in QUESTIONS) >= 20


def test_no_two_questions_have_the_same_id_or_words() -> None:
    assert len({q.id for q in QUESTIONS}) == len(QUESTIONS)
    assert len({q.question.casefold() for q in QUESTIONS}) == len(QUESTIONS)


def test_every_graded_passage_is_in_the_library_in_the_language_of_the_question() -> None:
    headings = {
        (path.parent.name, f"{path.stem}#{heading}")
        for path in LIBRARY.glob("*/*.md")
        for heading in re.findall(r"(?m)^## (.+)$", path.read_text(encoding="utf-8"))
    }
    assert [(q.id, p) for q in QUESTIONS for p in q.passages if (q.language, p) not in headings] == []


def test_a_question_has_a_right_passage_unless_it_is_of_the_kind_that_has_none() -> None:
    assert [q.id for q in QUESTIONS if (q.kind == "none") != (not q.passages)] == []
    assert [q.id for q in QUESTIONS if q.passages and not q.right] == []


def test_every_document_answers_some_question() -> None:
    asked = {place.partition("#")[0] for q in QUESTIONS for place in q.right}
    assert asked == {path.stem for path in LIBRARY.glob("*/*.md")}


def test_the_split_is_the_one_that_was_drawn_within_language_and_kind() -> None:
    groups = defaultdict(list)
    for q in QUESTIONS:
        groups[q.language, q.kind].append(q)
    for group in groups.values():
        group.sort(key=lambda q: blake3.blake3(f"{SEED}/{q.id}".encode()).digest())
        tuning, calibration = round(len(group) * 0.25), round(len(group) * 0.625)
        drawn = ["tuning"] * tuning + ["calibration"] * (calibration - tuning) + ["test"] * (len(group) - calibration)
        assert [q.split for q in group] == drawn


def test_the_splits_are_as_large_as_stated() -> None:
    sizes = {split: sum(q.split == split for q in QUESTIONS) for split in ("tuning", "calibration", "test")}
    assert sizes == {"tuning": 100, "calibration": 148, "test": 152}


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text('{"id": "q", "language": "fr"}\n')
    with pytest.raises(msgspec.ValidationError):
        read(tmp_path)


def test_places_are_named_by_document_and_heading_and_strangers_have_none() -> None:
    places = Places(LIBRARY)
    assert places.place("de", "Erste Hilfe", "Verbrennungen") == "first-aid#Verbrennungen"
    assert places.place("de", "First aid", "Burns") == places.place("en", "Our well", "Burns") == ""


def test_the_twin_in_the_other_language_does_not_count() -> None:
    assert found_at(question(a=2), "en", "a") == "a"
    assert found_at(question(a=2), "de", "a") == ""


def test_gain_is_one_for_the_ideal_order_and_less_for_any_other() -> None:
    asked = question(a=2, b=1)
    assert ndcg(asked, ["a", "b"]) == 1.0
    assert ndcg(asked, ["b", "a"]) == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))
    assert ndcg(asked, ["x", "a"]) == pytest.approx(3 / math.log2(3) / (3 + 1 / math.log2(3)))


def test_a_second_piece_of_the_same_passage_gains_nothing_and_takes_its_place() -> None:
    asked = question(a=2, b=1)
    assert ndcg(asked, ["a", "a", "b"]) == pytest.approx((3 + 1 / 2) / (3 + 1 / math.log2(3)))


def test_nothing_beyond_the_depth_counts() -> None:
    asked = question(a=2)
    late = ["x"] * 10 + ["a"]
    assert ndcg(asked, late) == recall(asked, late) == 0.0
    assert recall(asked, late, 11) == 1.0
    assert hit(asked, late, 11) and not hit(asked, late, 10)


def test_recall_counts_right_passages_only() -> None:
    asked = question(a=2, b=2, c=1)
    assert recall(asked, ["c", "a"]) == 0.5
