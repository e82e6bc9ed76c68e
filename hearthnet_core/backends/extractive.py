"""The built-in answerer: quotes the best sentences of the passages it is given, and never invents.

`sentences` is a pure function of (question, passages, text already said), one sentence a piece; so any node goes on
from what another said, to the character. Sentences are ranked by BM25 with light stemming and by whether they hold
what the question asks for (how long, in what, how much, where), and chosen so that each says something new.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from typing import NamedTuple

from hearthnet_core.backends.chat import ChatDone, Passage, chat_request
from hearthnet_core.backends.prose import read
from hearthnet_core.backends.terms import FACETS, language_of, likeness, words
from hearthnet_core.capability import Call, Chunk, Offer

__all__ = ["NOTHING", "SENTENCES", "Extractive", "sentences", "words"]

SENTENCES = 6
MAX_TERMS = 48
MAX_ROWS = 600
MAX_READ = 40_000
MODEL = "extractive"
K1, B = 1.2, 0.4
UNSEEN = 2.5
HEADING, TITLE, FACET, FRESH = 0.5, 0.25, 0.8, 1.0
LATER_PASSAGE = 0.3
OTHER_LANGUAGE = 0.5
OPENING = 0.2
MIN_COVERAGE = 0.3
MIN_SHARE = 0.3
SAME = 0.6
MIN_TAIL = 8
NOTHING = {
    "en": "Nothing in the documents at hand answers this.",
    "de": "In den vorhandenen Dokumenten steht dazu nichts.",
}
_LEANS = re.compile(
    r"(?:this|that|these|those|it|its|they|them|he|she|such|then|also|however|otherwise|therefore|but|and|so|instead|dies"
    r"|diese[rnms]?|das|es|sie|er|ihre?|dann|dabei|dazu|daher|deshalb|danach|dadurch|jedoch|sonst|auch|aber|und|stattdessen)\b",
    re.I,
)
_SAID_END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s*\[\d+\])*(?=\s|$)")
_MARK = re.compile(r"(?<!\s)\s*\[\d{1,9}\]")


class _Row(NamedTuple):
    """A sentence that may be quoted: from which passage, where in it, and its words."""

    text: str
    number: int
    place: int
    leans: bool
    bag: Counter[str]
    heading: frozenset[str]

    @property
    def piece(self) -> str:
        return f"{self.text} [{self.number}]"


def sentences(question: str, passages: tuple[Passage, ...], said: str = "", limit: int = SENTENCES) -> list[str]:
    """What is left to say after `said`: at most `limit` pieces in all, each a quoted sentence with its citation mark
    and, but for the first, a leading space. None when nothing fits. After somebody else's text: what is new to it."""
    rows = _rows(passages)
    whole = _joined(_choose(question, passages, rows, limit, []))
    if "".join(whole).startswith(said):
        return _after(whole, len(said))
    ends = [m.end() for m in _SAID_END.finditer(said)]
    told = [_MARK.sub("", said[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
    tail = said[ends[-1] if ends else 0 :]
    begun = next((r for r in rows if len(tail.strip()) >= MIN_TAIL and r.piece.startswith(tail.lstrip())), None)
    known = [Counter(words(text)) for text in told] + ([begun.bag] if begun else [])
    more = _choose(question, passages, rows, max(1 - bool(begun), limit - len(known)), known)
    pieces = [f" {r.piece}" for r in more if r is not begun]
    if begun:
        return [begun.piece[len(tail.lstrip()) :], *pieces]
    if pieces and tail.strip():
        pieces[0] = f"…{pieces[0]}"
    elif pieces and said[-1:].isspace():
        pieces[0] = pieces[0].lstrip()
    return pieces


def _rows(passages: tuple[Passage, ...]) -> list[_Row]:
    rows, share = [], MAX_READ // max(1, len(passages))  # so that a long one leaves room for the others
    for number, passage in enumerate(passages, 1):
        for s in read(passage.text[:share]):
            heading = frozenset(words(f"{s.heading} {passage.title.rpartition(':')[2]}"))
            rows.append(
                _Row(s.text, number, s.place, _LEANS.match(s.text) is not None, Counter(words(s.text)), heading)
            )
    return rows[:MAX_ROWS]


def _choose(
    question: str, passages: tuple[Passage, ...], rows: list[_Row], limit: int, known: list[Counter[str]]
) -> list[_Row]:
    """The best rows that add to `known`, in the order they are to be said."""
    scores = _scores(question, passages, rows)
    best = max(scores, default=0.0)
    if best <= 0:
        return []
    asked = [f for f in FACETS if f.asked(question)]
    meets = [[f.met(frozenset(r.bag), _has_number(r.bag)) for f in asked] for r in rows]
    met = [any(f.met(frozenset(k), _has_number(k)) for k in known) for f in asked]
    said = list(known)
    chosen: list[int] = []
    while len(chosen) < limit:
        top, worth = -1, MIN_SHARE * best
        for i, row in enumerate(rows):
            if scores[i] < worth / (1 + FRESH * len(asked)) or i in chosen or not _stands(rows, i, chosen):
                continue
            alike = max((_alike(row.bag, bag) for bag in said), default=0.0)
            fresh = sum(f.weight for f, has, done in zip(asked, meets[i], met, strict=True) if has and not done)
            value = scores[i] * (1 - alike) * (1 + FRESH * fresh)
            if alike < SAME and value > worth:
                top, worth = i, value
        if top < 0:
            break
        chosen.append(top)
        said.append(rows[top].bag)
        met = [a or b for a, b in zip(met, meets[top], strict=True)]
    strongest = {rows[i].number: max(scores[j] for j in chosen if rows[j].number == rows[i].number) for i in chosen}
    chosen.sort(key=lambda i: (-strongest[rows[i].number], rows[i].number, rows[i].place))
    return [rows[i] for i in chosen]


def _scores(question: str, passages: tuple[Passage, ...], rows: list[_Row]) -> list[float]:
    """BM25 of each row for the question, weighted; all zero when the passages hold too little of what was asked."""
    wanted = list(dict.fromkeys(words(question)))[:MAX_TERMS]
    if not rows or not wanted:
        return [0.0] * len(rows)
    vocabulary = {w for r in rows for w in r.bag} | {w for r in rows for w in r.heading}
    alike = {t: {w: x for w in vocabulary if (x := likeness(t, w))} for t in wanted}
    count = {t: sum(any(w in r.bag for w in alike[t]) for r in rows) for t in wanted}
    rarity = {t: min(UNSEEN, math.log(1 + (len(rows) - count[t] + 0.5) / (count[t] + 0.5))) for t in wanted}
    rarity = {t: UNSEEN if not alike[t] else max(0.2, x) for t, x in rarity.items()}
    if sum(rarity[t] for t in wanted if alike[t]) < MIN_COVERAGE * sum(rarity.values()):
        return [0.0] * len(rows)
    language = language_of(question)
    titles = [frozenset(words(p.title)) for p in passages]
    mean = sum(r.bag.total() for r in rows) / len(rows)
    asked = [f for f in FACETS if f.asked(question)]
    scores = []
    for row in rows:
        size = K1 * (1 - B + B * row.bag.total() / mean)
        score = 0.0
        for term in wanted:
            if often := sum(row.bag[w] * x for w, x in alike[term].items() if w in row.bag):
                score += rarity[term] * often * (K1 + 1) / (often + size)
            elif not row.heading.isdisjoint(alike[term]):
                score += HEADING * rarity[term]
            elif not titles[row.number - 1].isdisjoint(alike[term]):
                score += TITLE * rarity[term]
        fits = sum(f.weight for f in asked if f.met(frozenset(row.bag), _has_number(row.bag)))
        theirs = passages[row.number - 1].language[:2].casefold() or language_of(row.text)
        score *= 1.0 if theirs == language else OTHER_LANGUAGE
        score *= 1 + OPENING / (1 + row.place)
        scores.append(score * (1 + FACET * fits) / (1 + LATER_PASSAGE * (row.number - 1)))
    return scores


def _stands(rows: list[_Row], i: int, chosen: list[int]) -> bool:
    """Whether a listener understands it: a sentence that leans on the one before is only said after that one."""
    return not rows[i].leans or (i - 1 in chosen and rows[i - 1].number == rows[i].number)


def _has_number(bag: Counter[str]) -> bool:
    return any(w[0].isdigit() or w in _NUMBERS for w in bag)


def _alike(a: Counter[str], b: Counter[str]) -> float:
    return (a & b).total() / max(1, min(a.total(), b.total()))


def _joined(rows: list[_Row]) -> list[str]:
    return [f"{' ' if n else ''}{row.piece}" for n, row in enumerate(rows)]


def _after(pieces: list[str], length: int) -> list[str]:
    """The pieces without their first `length` characters."""
    left, at = [], 0
    for piece in pieces:
        if rest := piece[max(0, length - at) :]:
            left.append(rest)
        at += len(piece)
    return left


_NUMBERS = frozenset(
    w
    for text in (
        "one two three four five six seven eight nine ten twelve twenty thirty ninety half every until weekly monthly",
        "zwei drei vier fünf sechs sieben acht neun zehn zwölf zwanzig dreißig halb halbe bis alle täglich wöchentlich",
    )
    for n in text.split()
    for w in words(n)
)


class Extractive:
    """Provider of `llm.chat`. `rate`: sentences a second, 0 for no limit. `offered()` gives the sentence why it is off,
    or an empty one."""

    name = "extractive"
    url = ""

    def __init__(self, *, rate: float = 0.0, quality: float = 0.2, offered: Callable[[], str] = lambda: "") -> None:
        self._rate = rate
        self._quality = quality
        self._offered = offered

    def offer(self) -> Offer:
        reason = self._offered()
        return Offer(
            capability="llm.chat",
            provider=self.name,
            quality=self._quality,
            continues=True,
            slots=8,
            available=not reason,
            reason=reason,
        )

    async def probe(self) -> Offer:
        return self.offer()

    async def close(self) -> None:
        return None

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = chat_request(call)
        question = request.asked
        grounded = bool(sentences(question, request.passages))
        if grounded:
            limit = min(SENTENCES, request.max_sentences or SENTENCES)
            pieces = sentences(question, request.passages, call.said, limit)
        else:
            nothing = NOTHING["de" if (request.language or language_of(question)).startswith("de") else "en"]
            pieces = [nothing[len(call.said) :] if nothing.startswith(call.said) else ""]
        for piece in filter(None, pieces):
            if self._rate:
                await asyncio.sleep(1 / self._rate)
            yield Chunk("delta", {"text": piece})
        yield ChatDone(finish_reason="stop", model=MODEL, grounded=grounded, continued=bool(call.said)).chunk()
