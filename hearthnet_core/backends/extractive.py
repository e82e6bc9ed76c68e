"""The built-in answerer: quotes the best sentences of the passages it is given, and never invents.

`answer` is a pure function of (question, passages), one sentence a piece; so any node can go on from the text another
already said, to the character. Scoring is BM25 over sentences with light stemming, plus a bonus for what the question
asks for (how long, how much, where), minus what repeats a sentence already chosen.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable

import msgspec

from hearthnet_core.backends.chat import ChatRequest, Passage
from hearthnet_core.capability import Call, Chunk, Offer

SENTENCES = 6
MIN_LETTERS = 20
MAX_LETTERS = 400
K1, B = 1.2, 0.5
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SPLIT = re.compile(r"(?<=[.!?])\s+(?=[\"'“„(]?[A-ZÄÖÜ0-9])")
_STOP = frozenset(
    "a about an and any are as at be before because but by can could do does for from had has have how i if in into is it its me my of on or our "
    "should so that the their them then there these they this to was we what when where which who will with would you your "
    "aber alle als am an auch auf aus bei bin bis da das dass dem den der des die du ein eine einem einen einer es fur für hat "
    "ich ihr im in ist ja kann man mein mich mit nach nicht noch oder sich sie sind so soll um und uns von vor was welche "
    "wenn wer wie wir wird wo zu zum zur mal".split()
)
_ASKS = (
    (
        re.compile(r"how (long|often)|wie (lange|oft)", re.I),
        re.compile(
            r"\b(\d+|one|two|three|six|ten|twelve|ein|zwei|drei|sechs|zehn|every|alle|until|bis)\b.{0,40}?"
            r"\b(second|minute|hour|day|week|month|year|date|sekunde|minute|stunde|tag|woche|monat|jahr|datum)",
            re.I,
        ),
    ),
    (
        re.compile(r"how (much|many)|wie ?viel", re.I),
        re.compile(
            r"\b\d+([.,]\d+)?\b.{0,15}?\b(lit(er|re)|gallon|gram|kilo|ml|metre|meter|cm|percent|prozent|°)", re.I
        ),
    ),
    (
        re.compile(r"\b(in|into|with) what\b|what (kind|container)|worin|womit|in was", re.I),
        re.compile(
            r"container|bottle|canister|jar|glass|plastic|food-grade|behälter|flasche|kanister|glas|kunststoff", re.I
        ),
    ),
    (
        re.compile(r"\bwhere\b|\bwo\b", re.I),
        re.compile(r"\b(cool|dark|dry|place|room|near|kühl|dunkel|trocken|ort|raum)\b", re.I),
    ),
)
NOTHING = {
    "en": "Nothing in the documents at hand answers this.",
    "de": "In den vorhandenen Dokumenten steht dazu nichts.",
}


def words(text: str) -> list[str]:
    """Normalised content words of English or German text."""
    return [_stem(w) for w in _WORD.findall(text.casefold()) if w not in _STOP]


def _stem(word: str) -> str:
    for suffix in (
        "ations",
        "ation",
        "ings",
        "ing",
        "ern",
        "ers",
        "est",
        "ies",
        "en",
        "er",
        "es",
        "ed",
        "em",
        "e",
        "s",
        "n",
    ):
        if len(word) - len(suffix) >= 4 and word.endswith(suffix):
            return word[: -len(suffix)]
    return word


def sentences(text: str) -> list[str]:
    """Whole sentences of a Markdown passage; headings, tables and fragments are left out."""
    found = []
    for block in re.split(r"\n\s*\n|\n(?=\s*[-*#\d|>])", text):
        plain = re.sub(r"^\s*(?:[-*>]|\d+[.)])\s+", "", block.strip())
        if plain.startswith(("#", "|", "---")):
            continue
        plain = re.sub(r"[*_`]+|\[([^\]]*)\]\([^)]*\)", lambda m: m[1] or "", " ".join(plain.split()))
        for sentence in _SPLIT.split(plain):
            if MIN_LETTERS <= len(sentence) <= MAX_LETTERS and sentence[-1] in ".!?…":
                found.append(sentence)
    return found


def answer(question: str, passages: tuple[Passage, ...]) -> list[str]:
    """At most `SENTENCES` pieces, each a quoted sentence with its citation mark; none when nothing fits."""
    rows = [(n, p, s) for n, passage in enumerate(passages, 1) for p, s in enumerate(sentences(passage.text))]
    wanted = Counter(words(question))
    if not rows or not wanted:
        return []
    bags = [Counter(words(s)) for _, _, s in rows]
    titles = [set(words(p.title)) for p in passages]
    mean = sum(sum(b.values()) for b in bags) / len(bags)
    frequency = Counter(w for bag in bags for w in bag)
    asked = [wants for asks, wants in _ASKS if asks.search(question)]

    def points(index: int) -> float:
        bag, (number, _, sentence) = bags[index], rows[index]
        size = sum(bag.values())
        total = 0.0
        for word in wanted:
            rarity = math.log(1 + (len(rows) - frequency[word] + 0.5) / (frequency[word] + 0.5))
            if bag[word]:
                total += rarity * bag[word] * (K1 + 1) / (bag[word] + K1 * (1 - B + B * size / mean))
            elif word in titles[number - 1]:
                total += 0.4 * rarity
        fits = sum(bool(w.search(sentence)) for w in asked)
        return total * (1 + 0.8 * fits) / (1 + 0.5 * (number - 1))

    scores = [points(i) for i in range(len(rows))]
    best = max(scores)
    if best <= 0:
        return []
    left = [i for i in range(len(rows)) if scores[i] >= 0.25 * best]
    chosen: list[int] = []
    met: set[int] = set()
    while left and len(chosen) < SENTENCES:

        def worth(i: int) -> tuple[float, int]:
            overlap = max((_alike(bags[i], bags[c]) for c in chosen), default=0.0)
            fresh = sum(n not in met and bool(w.search(rows[i][2])) for n, w in enumerate(asked))
            return (scores[i] * (1 - overlap) * (1 + fresh), -i)

        top = max(left, key=worth)
        if worth(top)[0] < 0.2 * best:
            break
        chosen.append(top)
        met.update(n for n, w in enumerate(asked) if w.search(rows[top][2]))
        left.remove(top)
    chosen.sort()
    return [f"{'' if n == 0 else ' '}{rows[i][2]} [{rows[i][0]}]" for n, i in enumerate(chosen)]


def _alike(a: Counter[str], b: Counter[str]) -> float:
    common = sum((a & b).values())
    return common / max(1, min(sum(a.values()), sum(b.values())))


def remaining(pieces: list[str], said: str) -> list[str]:
    """What is left of `pieces` after `said`, to the character; all of it when `said` is somebody else's text."""
    whole = "".join(pieces)
    if not said or not whole.startswith(said):
        return pieces if not said else [p if n else " " + p for n, p in enumerate(pieces) if p.strip() not in said]
    at, rest = 0, []
    for piece in pieces:
        if at + len(piece) > len(said):
            rest.append(piece[max(0, len(said) - at) :])
        at += len(piece)
    return rest


class Extractive:
    """Provider of `llm.chat`. `rate`: sentences a second, 0 for no limit. `alone` says whether nobody else can answer."""

    name = "extractive"
    url = ""

    def __init__(self, *, rate: float, quality: float, offered: Callable[[], str]) -> None:
        self._rate = rate
        self._quality = quality
        self._offered = offered

    def offer(self) -> Offer:
        """`offered()` gives the sentence why it is off, or empty."""
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

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = msgspec.convert(call.body, ChatRequest)
        pieces = answer(request.asked, request.passages)
        grounded = bool(pieces)
        if not pieces:
            pieces = [NOTHING["de" if request.language.startswith("de") else "en"]]
        for piece in remaining(pieces, call.said):
            if self._rate:
                await asyncio.sleep(1 / self._rate)
            yield Chunk("delta", {"text": piece})
        yield Chunk("done", {"finish_reason": "stop", "model": "", "usage": None, "grounded": grounded})
