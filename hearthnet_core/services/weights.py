"""How much the ranking by meaning counts beside the one by words, for each language.

A model that knows English ranks German passages badly, and nothing but questions with known answers tells. So the weight is
learnt, per model and language, on the tuning questions of the library; until then, and for languages without such
questions, both rankings count the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

GRID = (0.25, 0.5, 1.0, 2.0, 4.0)


class Weights(msgspec.Struct, frozen=True):
    """By language (`en`); the ranking by words counts 1."""

    meaning: dict[str, float] = {}

    def of(self, language: str) -> float:
        return self.meaning.get(language[:2], 1.0)


EQUAL = Weights()


def learnt(gains: Mapping[str, Mapping[float, float]]) -> Weights:
    """The best weight for each language; `gains`: by language and weight what fusing gained. Among equals the one nearest
    to 1."""
    best = {
        language: max(measured, key=lambda weight: (measured[weight], -abs(weight - 1.0)))
        for language, measured in gains.items()
        if measured
    }
    return Weights(best)
