"""Sections cut into pieces: paragraphs, lists and tables stay whole where they fit, and each piece begins with the last
sentences of the one before, so that nothing stands without its context."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hearthnet_core.backends.documents.document import MAX_HEADING, Piece, Section

LETTERS = 900
OVERLAP = 130
MAX_PIECES = 20_000
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+")
_LIST = re.compile(r"(?m)^[ \t]*(?:[-*•+]|\d+[.)])\s|\|")


def pieces(sections: Iterable[Section]) -> Iterator[Piece]:
    """At most `MAX_PIECES`, in order; a piece has at most `LETTERS` of its own and `OVERLAP` of the one before."""
    made, before, tail = 0, "", ""
    for section in sections:
        if section.heading != before:
            before, tail = section.heading, ""
        for text in _packed(section.text):
            if made >= MAX_PIECES:
                return
            made += 1
            yield Piece(section.heading[:MAX_HEADING], f"{tail}\n\n{text}" if tail else text, section.page)
            tail = _last_sentences(text)


def _packed(text: str) -> Iterator[str]:
    """Units put together as long as they fit, the gap between two kept."""
    held = ""
    for gap, unit in _units(text):
        if held and len(held) + len(gap) + len(unit) > LETTERS:
            yield held
            held = ""
        held = f"{held}{gap}{unit}" if held else unit
    if held:
        yield held


def _units(text: str) -> Iterator[tuple[str, str]]:
    """(what goes before it, unit of at most `LETTERS`): blocks, of long ones lines or sentences, of long ones parts."""
    for block in _BLANK.split(text.strip()):
        gap = "\n\n"
        if len(block) <= LETTERS:
            if block.strip():
                yield gap, block.strip("\n")
            continue
        lines = bool(_LIST.search(block))
        for part in block.split("\n") if lines else _SENTENCE.split(block):
            for at in range(0, len(part), LETTERS):
                if piece := part[at : at + LETTERS].strip():
                    yield gap, piece
                    gap = "\n" if lines else " "
                if at + LETTERS < len(part):
                    gap = ""


def _last_sentences(text: str) -> str:
    """The whole sentences or lines at the end that fit into `OVERLAP`."""
    block = _BLANK.split(text)[-1]
    parts = block.split("\n") if _LIST.search(block) else _SENTENCE.split(block)
    kept: list[str] = []
    left = OVERLAP
    for part in reversed(parts):
        left -= len(part) + 1
        if left < 0:
            break
        kept.insert(0, part.strip())
    return " ".join(kept) if len(kept) < len(parts) or len(_BLANK.split(text)) > 1 else ""
