"""Texts into vectors by whoever offers `embed.text` within the call's privacy. A model's name is the space its vectors are in."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import aclosing
from typing import Literal

import blake3
import msgspec

from hearthnet_core.backends.embedding import EMBED, MAX_TEXTS, EmbedDone
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import Candidate, excluded, saturated
from hearthnet_core.capability import Call, Privacy
from hearthnet_core.errors import HearthNetError, NotFound, Timeout, Unavailable
from hearthnet_core.runtime import Runtime

MAX_TEXT = 8_000
MAX_KEPT = 2_000
"""Vectors that are remembered: questions, and passages of neighbours that come again."""
UNIT = 0.02

type Vector = tuple[float, ...]
type Kind = Literal["query", "passage"]


class Meaning:
    def __init__(self, runtime: Runtime, bus: Bus) -> None:
        self._runtime = runtime
        self._bus = bus
        self._kept: OrderedDict[tuple[str, Kind, bytes], Vector] = OrderedDict()

    def models(self, privacy: Privacy) -> list[str]:
        """What can be asked now, the nearest and best first."""
        call = self._call("", privacy, 0.0)
        usable = [c for c in self._bus.candidates(call) if not excluded(call, c, internet=True)]
        usable.sort(key=lambda c: (not c.local, -c.offer.quality, c.offer.provider, c.node_id))
        return list(dict.fromkeys(model for c in usable for model in c.offer.models))

    async def vectors(
        self, space: str, texts: Sequence[str], kind: Kind, privacy: Privacy, seconds: float, *, keep: bool = True
    ) -> list[Vector]:
        """One for each text. Raises `NotFound` when nobody within this privacy has the model, `Timeout`, `Unavailable`."""
        keys = [(space, kind, blake3.blake3(text.encode()).digest()) for text in texts]
        have = {key: self._kept[key] for key in keys if key in self._kept}
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in have}
        try:
            async with asyncio.timeout(seconds):
                while wanted:
                    part = list(wanted)[:MAX_TEXTS]
                    found = await self._embedded(
                        space, [wanted[key][:MAX_TEXT] for key in part], kind, privacy, seconds
                    )
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

    async def _embedded(
        self, space: str, texts: list[str], kind: Kind, privacy: Privacy, seconds: float
    ) -> list[Vector]:
        call = self._call(space, privacy, seconds, {"texts": texts, "kind": kind, "model": space})
        usable = [
            c for c in self._bus.candidates(call) if not excluded(call, c, internet=True) and space in c.offer.models
        ]
        usable.sort(key=lambda c: (saturated(c), not c.local, c.in_flight, c.offer.provider, c.node_id))
        failed: HearthNetError = NotFound(f"No embedding model called {space} is offered in reach of this question.")
        for candidate in usable:
            try:
                return await self._asked(candidate, call, space, len(texts))
            except HearthNetError as error:
                failed = error
        raise failed

    async def _asked(self, candidate: Candidate, call: Call, space: str, count: int) -> list[Vector]:
        async with aclosing(self._bus.provider(candidate, call).stream(call)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    return _checked(candidate, chunk.data, space, count)
        raise Unavailable(f"{candidate.node_name} ended without vectors.")

    def _call(self, space: str, privacy: Privacy, seconds: float, body: dict[str, object] | None = None) -> Call:
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=EMBED.name,
            version=EMBED.version,
            privacy=privacy,
            deadline=self._runtime.now() + seconds,
            hops=1,
            body=body or {},
        )


def cosine(a: Vector, b: Vector) -> float:
    return sum(map(float.__mul__, a, b)) if len(a) == len(b) else 0.0


def _checked(candidate: Candidate, data: dict[str, object], space: str, count: int) -> list[Vector]:
    try:
        done = msgspec.convert(data, EmbedDone)
    except msgspec.ValidationError:
        raise Unavailable(f"{candidate.node_name} answered with something that is no vectors.") from None
    vectors = list(done.embeddings)
    if done.model != space or len(vectors) != count or any(len(v) != done.dim for v in vectors):
        raise Unavailable(f"{candidate.node_name} answered with vectors of another model or number.")
    if any(abs(math.hypot(*v) - 1) > UNIT for v in vectors):  # also refuses what is no number
        raise Unavailable(f"{candidate.node_name} answered with vectors that are not of length 1.")
    return vectors
