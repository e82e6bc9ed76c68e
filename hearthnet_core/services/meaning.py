"""Texts into vectors by whoever offers `embed.text` within the call's privacy."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

import blake3

from hearthnet_core.backends.embedding import EMBED, MAX_TEXTS
from hearthnet_core.bus.bus import Bus
from hearthnet_core.capability import Privacy
from hearthnet_core.errors import Timeout
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.embedders import Embedders, Vector

MAX_TEXT = 8_000
MAX_KEPT = 2_000
"""Vectors that are remembered: questions, and passages of neighbours that come again."""

type Kind = Literal["query", "passage"]


class Meaning:
    def __init__(self, runtime: Runtime, bus: Bus) -> None:
        self._embedders = Embedders(runtime, bus, EMBED)
        self._kept: OrderedDict[tuple[str, Kind, bytes], Vector] = OrderedDict()

    def models(self, privacy: Privacy) -> list[str]:
        """What can be asked now, the nearest and best first."""
        return self._embedders.models(privacy)

    def expect(self, space: str, length: int) -> None:
        """How many numbers this model's vectors have."""
        self._embedders.expect(space, length)

    async def vectors(
        self, space: str, texts: Sequence[str], kind: Kind, privacy: Privacy, seconds: float, *, keep: bool = True
    ) -> list[Vector]:
        """One for each text. Raises `NotFound` when nobody within this privacy has the model, `Timeout`, `Unavailable`."""
        keys = [(space, kind, blake3.blake3(text.encode()).digest()) for text in texts]
        have = {key: v for key in keys if (v := self._kept.get(key)) is not None and self._embedders.fits(space, v)}
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in have}
        try:
            async with asyncio.timeout(seconds):
                while wanted:
                    part = list(wanted)[:MAX_TEXTS]
                    given = {"texts": [wanted[key][:MAX_TEXT] for key in part], "kind": kind}
                    found = await self._embedders.vectors(space, given, len(part), privacy, seconds)
                    for key, vector in zip(part, found, strict=True):
                        have[key] = vector
                        del wanted[key]
                        if keep:
                            self._kept[key] = vector
        except TimeoutError:
            raise Timeout(f"The embedding model {space} took longer than {seconds:g} s.") from None
        finally:
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return [have[key] for key in keys]


def cosine(a: Vector, b: Vector) -> float:
    return sum(map(float.__mul__, a, b)) if len(a) == len(b) else 0.0
