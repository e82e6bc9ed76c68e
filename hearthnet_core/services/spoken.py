"""What is written, made fit to be said: whole sentences, without citation marks, Markdown, addresses and code. The text may
be anybody's, so every pattern is linear in its length."""

from __future__ import annotations

import re

LONGEST = 400
"""Characters of one piece; a longer sentence is cut at a comma or between words."""
MAX_HELD = 4 * LONGEST

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.M)
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_MARK = re.compile(r"[ \t]?\[\^?\d[\d ,;–-]{0,30}\]")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>()]{1,500}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,100}>")
_LEAD = re.compile(r"^[ \t]{0,12}(?:#{1,6}[ \t]+|>[ \t]*|[-*+•][ \t]+)", re.M)
_RULE = re.compile(r"^[ \t]*(?:[-*_=|:][ \t]*){3,80}$", re.M)
_EDGE = re.compile(r"^[ \t]*\||\|[ \t]*$", re.M)
_EMPHASIS = re.compile(r"[*`~]+|(?<!\w)_{1,3}|_{1,3}(?!\w)")
_SPACE = re.compile(r"\s+")
_BEFORE = re.compile(r" +([.,;:!?…])")
_END = re.compile(
    r"[.!?…。！？]+[\"'”’»)\]]{0,3}(?=\s)|\n[ \t]*\n|\n(?=[ \t]{0,12}(?:[-*+•#]|\d{1,3}[.)])[ \t#])|[。！？]"
)
_SHORT = frozenset(
    "approx ca dr e.g etc i.e mr mrs ms no prof st vs bzw d.h evtl ggf inkl max min nr o.ä s.o s.u sog str tel u.a usw vgl z.b"
    " z d u".split()
)


def spoken(text: str) -> str:
    """As it is to be said, on one line; empty where nothing can be."""
    text = _RULE.sub(" ", _FENCE.sub(" ", text))
    text = _TAG.sub(" ", _URL.sub(" ", _MARK.sub("", _LINK.sub(r"\1", text))))
    text = _EMPHASIS.sub("", _LEAD.sub("", _EDGE.sub("", text))).replace("|", ", ").replace("#", " ")
    text = _BEFORE.sub(r"\1", _SPACE.sub(" ", text)).strip()
    return text if any(c.isalnum() for c in text) else ""


class Sentences:
    """`add` gives the sentences that are whole by now, `end` the rest; each fit to be said and at most `LONGEST` long."""

    def __init__(self) -> None:
        self._held = ""

    def add(self, text: str) -> list[str]:
        self._held += text
        found: list[str] = []
        start = 0
        for end in _END.finditer(self._held):
            if end[0][0] == "." and _goes_on(self._held, start, end.start()):
                continue
            found += _pieces(self._held[start : end.end()])
            start = end.end()
        self._held = self._held[start:]
        if len(self._held) > MAX_HELD:
            *whole, rest = _pieces(self._held) or [""]
            found += whole
            self._held = rest
        return found

    def end(self) -> list[str]:
        held, self._held = self._held, ""
        return _pieces(held)


def sentences(text: str) -> list[str]:
    """All of a text, in pieces to be said one after the other."""
    whole = Sentences()
    return whole.add(text) + whole.end()


def _goes_on(text: str, start: int, at: int) -> bool:
    """Whether the point at `at` belongs to its word: an abbreviation, an initial or an ordinal ("3. Tag")."""
    word = text[max(start, at - 12) : at].rpartition(" ")[2].rpartition("\n")[2].casefold().lstrip("(\"'„“«")
    return word in _SHORT or (word.isdecimal() and len(word) <= 2) or (len(word) == 1 and word.isalpha())


def _pieces(text: str) -> list[str]:
    said, found = spoken(text), list[str]()
    while len(said) > LONGEST:
        cut = max(said.rfind(", ", 0, LONGEST), said.rfind("; ", 0, LONGEST)) + 1
        cut = cut if cut > LONGEST // 4 else said.rfind(" ", 0, LONGEST)
        cut = cut if cut > 0 else LONGEST
        found.append(said[:cut].strip())
        said = said[cut:].strip()
    return [*found, said] if said else found
