"""The passages of many nodes in one order, by the measure of this node alone.

A neighbour's own score says nothing beside another's, and its order says nothing of what it is worth: words are counted
again over what came, meanings are compared again by this household's model, and the two orders are fused. Who claims that
everything of theirs fits best gains nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import blake3
import msgspec

from hearthnet_core.backends.terms import words
from hearthnet_core.bus.router import Candidate
from hearthnet_core.community.shown import shown
from hearthnet_core.services.fusion import fused
from hearthnet_core.services.lexical import weight
from hearthnet_core.services.rag import Found, QueryRequest

K1, B = 1.2, 0.4
MAX_FIELD = 300


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One text, with the nearest node that has it. `likeness` is the cosine of its meaning and the question's, by our own
    model; None where it was not compared."""

    key: bytes
    candidate: Candidate
    found: Found
    place: int = 0
    likeness: float | None = None
    score: float = 0.0


def once_each(lists: Sequence[tuple[Candidate, Sequence[Found]]]) -> list[Passage]:
    """The same passage from two nodes counts once, as that of the first list that has it. `place` is where its node had it."""
    first: dict[bytes, Passage] = {}
    for candidate, found in lists:
        for place, chunk in enumerate(found):
            key = blake3.blake3(" ".join(chunk.text.split()).encode()).digest()
            first.setdefault(key, Passage(key=key, candidate=candidate, found=chunk, place=place))
    return list(first.values())


def ordered(
    passages: Sequence[Passage], request: QueryRequest, chance: float | None, meaning: float, *, alone: bool
) -> list[Passage]:
    """Best first. What holds no word of the question stays only if its meaning is nearer to the question than `chance`;
    `meaning` is how much that order counts beside the one by words. `alone`: all are this node's own, and its library,
    which counts its words over everything it has, knows their order better."""
    by_words = {p.key: score for p, score in zip(passages, _counted(request, passages), strict=True)}
    near = {p.key: p.likeness for p in passages if p.likeness is not None}
    kept = [p for p in passages if by_words[p.key] > 0 or (chance is not None and near.get(p.key, chance) > chance)]
    if alone:
        scores = {p.key: 1 / (1 + p.place) for p in kept}
    elif any(p.key in near for p in kept):
        lexical = sorted((p for p in kept if by_words[p.key] > 0), key=lambda p: (-by_words[p.key], *_tie(p)))
        meant = sorted((p for p in kept if p.key in near), key=lambda p: (-near[p.key], *_tie(p)))
        ranks = dict(fused([[p.key for p in lexical], [p.key for p in meant]], [1.0, meaning], len(kept)))
        scores = {p.key: ranks[p.key] * _weight(request, p) for p in kept}
    else:
        scores = by_words
    best = max((scores[p.key] for p in kept), default=0.0) or 1.0
    marked = [msgspec.structs.replace(p, score=scores[p.key] / best) for p in kept]
    return sorted(marked, key=lambda p: (-p.score, *_tie(p)))


def _tie(passage: Passage) -> tuple[bool, bytes]:
    return not passage.candidate.local, passage.key


def _weight(request: QueryRequest, passage: Passage) -> float:
    return weight(request.language, meta(passage.found, "language"))


def _counted(request: QueryRequest, passages: Sequence[Passage]) -> list[float]:
    """BM25 (k1 1.2, b 0.4) with the found passages as the collection; another language than asked for counts half."""
    bags = [Counter(words(f"{meta(p.found, 'doc_title')} {meta(p.found, 'heading')} {p.found.text}")) for p in passages]
    usual = sum(b.total() for b in bags) / max(1, len(bags)) or 1.0
    terms = set(words(request.query))
    rare = {}
    for term in terms:
        having = sum(term in bag for bag in bags)
        rare[term] = math.log(1 + (len(bags) - having + 0.5) / (having + 0.5))
    scores = []
    for passage, bag in zip(passages, bags, strict=True):
        length = 1 - B + B * bag.total() / usual
        score = sum(rare[t] * bag[t] * (K1 + 1) / (bag[t] + K1 * length) for t in terms if bag[t])
        scores.append(score * _weight(request, passage))
    return scores


def meta(chunk: Found, name: str) -> str:
    value = chunk.metadata.get(name)
    return shown(str(value)[:MAX_FIELD]) if isinstance(value, str | int) else ""
