"""What passages mean, beside a question, by this household's own model; and how near mere chance comes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hearthnet_core.capability import Privacy
from hearthnet_core.errors import HearthNetError
from hearthnet_core.services.meaning import Meaning, cosine
from hearthnet_core.services.merging import Passage

MAX_COMPARED = 24
"""Passages of neighbours whose meaning is compared for one question: the first of each, in turn."""
COMPARE_S = 0.6
UNRELATED = (
    "The train to the coast leaves at noon from platform four.",
    "She painted the old chair green and put it on the balcony.",
    "The committee will vote on the new logo next Thursday.",
    "He has played the violin since he was seven years old.",
    "Der Zug an die Küste fährt um zwölf Uhr von Gleis vier.",
    "Sie hat den alten Stuhl grün gestrichen und auf den Balkon gestellt.",
    "Der Ausschuss stimmt am Donnerstag über das neue Logo ab.",
    "Seit er sieben ist, spielt er Geige.",
)
"""About nothing a library of help is asked for. What is no nearer to a question than these is near by chance: models
differ in what they call near, so no fixed number would do."""


class Comparing:
    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning

    async def compared(
        self, space: str, query: str, passages: Sequence[Passage], privacy: Privacy
    ) -> tuple[list[Passage], float | None, str]:
        """(the passages with their likeness, that of chance, why not). This node's own index knows the likeness of what it
        found; everything else is embedded here, whatever a neighbour says of it. Neighbours' passages never leave the home."""
        home = privacy.narrowed(Privacy.HOME)
        foreign = sorted((p for p in passages if not p.candidate.local), key=lambda p: (p.place, p.key))[:MAX_COMPARED]
        try:
            (question,) = await self._meaning.vectors(space, [query], "query", privacy, COMPARE_S)
            noise = await self._meaning.vectors(space, UNRELATED, "passage", home, COMPARE_S)
            chance = max(cosine(question, vector) for vector in noise)
            texts = [p.found.text for p in foreign]
            vectors = await self._meaning.vectors(space, texts, "passage", home, COMPARE_S)
        except HearthNetError as error:
            return list(passages), None, f"only words are compared: {error.message}"
        near = {p.key: cosine(question, vector) for p, vector in zip(foreign, vectors, strict=True)}
        return [msgspec.structs.replace(p, likeness=near.get(p.key, _own(p))) for p in passages], chance, ""


def _own(passage: Passage) -> float | None:
    value = passage.found.metadata.get("likeness") if passage.candidate.local else None
    return float(value) if isinstance(value, float | int) else None
