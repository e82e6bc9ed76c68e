"""Several rankings of passages made one: reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009), weighted by language.

A model that knows English ranks German passages badly, and nothing but questions with known answers tells. So how much the
ranking by meaning counts beside the one by words is learnt, per model and language, on the tuning questions of the library;
until then, and for languages without such questions, both count the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import msgspec

RANK = 5
"""What is added to a rank. Chosen on the tuning questions: the usual 60, made for lists of thousands, levels the first ten places."""
DEPTH = 50
GRID = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0)


class Weights(msgspec.Struct, frozen=True):
    """How much the ranking by meaning counts, by language (`en`); the one by words counts 1."""

    meaning: dict[str, float] = {}

    def of(self, language: str) -> float:
        return self.meaning.get(language[:2], 1.0)


def fused[T: Hashable](
    rankings: Sequence[Sequence[T]], weights: Sequence[float], depth: int = DEPTH
) -> list[tuple[T, float]]:
    """What any of them holds, best first, with its points; among equals who came first in the first one."""
    points: dict[T, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for place, item in enumerate(dict.fromkeys(ranking[:depth]), 1):
            points[item] = points.get(item, 0.0) + weight / (RANK + place)
    return sorted(points.items(), key=lambda pair: -pair[1])


def learnt(gains: Mapping[str, Mapping[float, float]]) -> Weights:
    """The best weight of `GRID` for each language; `gains`: by language and weight what fusing gained. Among equals the
    one nearest to 1."""
    best = {
        language: max(measured, key=lambda weight: (measured[weight], -abs(weight - 1.0)))
        for language, measured in gains.items()
        if measured
    }
    return Weights(best)
