"""Markdown in, whole sentences out: what a person could be told aloud. Headings, front matter, tables, code and
fragments are left out. The text may be anybody's, so every pattern here is linear in its length."""

from __future__ import annotations

import re
from typing import NamedTuple

MIN_SENTENCE = 20
MAX_SENTENCE = 400
MIN_WORDS = 4
MAX_ABBREVIATION = 24
MAX_TEXT = 20_000

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.S)
_FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[^\n]*$|\Z)", re.S | re.M)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_HEADING = re.compile(r"#{1,6}(?:\s|$)")
_UNDERLINE = re.compile(r"^(?:=+|-{2,})$")
_ITEM = re.compile(r"^(?:[-*+•]|\d{1,3}[.)])\s+")
_META = re.compile(r"^(?:sources?|quellen?|licen[cs]e|lizenz|see also|siehe auch|title|language|tags?)\s*:", re.I)
_IMAGE = re.compile(r"!\[[^\[\]]{0,200}\]\([^()]{0,500}\)")
_LINK = re.compile(r"\[([^\[\]]{0,200})\]\([^()]{0,500}\)")
_NOTE = re.compile(r" ?\[\^?[\w, ]{1,12}\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3})(?=\S)(.{1,80}?)(?<=\S)\1(?!\w)")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_END = re.compile(r"[.!?…]{1,4}[\"'”’»“)\]]{0,3}(?=\s+[\"'„“‚‘«»(]?[A-ZÄÖÜÀ-Þ0-9]|\s*$)")
_ABBREVIATIONS = frozenset(
    "e.g i.e etc. approx no vs mr mrs ms dr st fig ca bzw evtl ggf inkl max min mind nr sog u.a u.ä usw vgl z.b z d.h d"
    " o.ä s.o s.u tel str abs bspw i.d.r".split()
)


class Sentence(NamedTuple):
    """`place` counts sentences of the passage; `heading` is what stood above it; `first` opens a paragraph or item."""

    text: str
    place: int
    heading: str
    first: bool


def read(text: str) -> list[Sentence]:
    """Every whole sentence of a passage, in order, without markup; the passage is cut at `MAX_TEXT`."""
    found: list[Sentence] = []
    for heading, block in _blocks(text[:MAX_TEXT]):
        for n, sentence in enumerate(_split(_plain(block))):
            if _tells(sentence):
                found.append(Sentence(sentence, len(found), heading, n == 0))
    return found


def _blocks(text: str) -> list[tuple[str, str]]:
    """(heading, paragraph or list item) pairs; wrapped lines are joined."""
    text = _COMMENT.sub("", _FENCE.sub("\n\n", _FRONT_MATTER.sub("", text.replace("\r\n", "\n"))))
    blocks: list[tuple[str, str]] = []
    heading, open_lines = "", list[str]()

    def close() -> None:
        if open_lines:
            blocks.append((heading, " ".join(open_lines)))
            open_lines.clear()

    for raw in text.split("\n"):
        line = raw.strip().lstrip(">").strip()
        if _HEADING.match(line):
            close()
            heading = _plain(line.strip("# "))
        elif _UNDERLINE.match(line):
            if len(open_lines) == 1:
                heading = _plain(open_lines[0])
                open_lines.clear()
            close()
        elif not line or line.startswith("|") or line.endswith("|"):
            close()
        elif _ITEM.match(line):
            close()
            open_lines.append(_ITEM.sub("", line))
        else:
            open_lines.append(line)
    close()
    return blocks


def _plain(text: str) -> str:
    text = _LINK.sub(r"\1", _IMAGE.sub("", _SPACE.sub(" ", text)))
    text = _NOTE.sub("", _TAG.sub("", text))
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return _SPACE.sub(" ", text.replace("`", "").replace("**", "")).strip()


def _split(text: str) -> list[str]:
    sentences, start = list[str](), 0
    for end in _END.finditer(text):
        word = text[max(start, end.start() - MAX_ABBREVIATION) : end.start()].rpartition(" ")[2]
        if end[0] == "." and end.end() < len(text) and _goes_on(word):
            continue
        sentences.append(text[start : end.end()].strip())
        start = end.end()
    if rest := text[start:].strip():
        sentences.append(rest)
    return sentences


def _goes_on(word: str) -> bool:
    """Whether the point after `word` belongs to it: an abbreviation, an initial or a German ordinal ("3. Tag")."""
    bare = word.casefold().lstrip("(\"'„“‚‘«»")
    return bare in _ABBREVIATIONS or (len(bare) == 1 and bare.isalpha()) or (bare.isdecimal() and len(bare) <= 2)


def _tells(sentence: str) -> bool:
    """A statement a listener understands: ends like one, has words, is no question, source line or address."""
    return (
        MIN_SENTENCE <= len(sentence) <= MAX_SENTENCE
        and sentence.rstrip("\"'”’»“)]")[-1:] in ".!…"
        and len(sentence.split()) >= MIN_WORDS
        and not _META.match(sentence)
        and "://" not in sentence
        and "www." not in sentence
        and sum(c.isalpha() for c in sentence) >= len(sentence) // 2
    )
