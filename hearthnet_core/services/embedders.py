"""Who makes vectors within a call's privacy, and whether they are any. A model's name is the space its vectors are in."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from contextlib import aclosing

import msgspec

from hearthnet_core.backends.embedding import EmbedDone
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import Candidate, excluded, saturated
from hearthnet_core.capability import Call, Privacy
from hearthnet_core.contract import Contract
from hearthnet_core.errors import HearthNetError, NotFound, Timeout, Unavailable
from hearthnet_core.runtime import Runtime

UNIT = 0.02

type Vector = tuple[float, ...]


class Embedders:
    """Those that offer `contract`, which is `embed.text` or `embed.image`."""

    def __init__(self, runtime: Runtime, bus: Bus, contract: Contract) -> None:
        self._runtime = runtime
        self._bus = bus
        self._contract = contract
        self._lengths: dict[str, int] = {}

    def expect(self, space: str, length: int) -> None:
        """How many numbers this model's vectors have; another node that answers with others has another model by that name.
        This node's own word is law."""
        self._lengths[space] = length

    def fits(self, space: str, vector: Vector) -> bool:
        return self._lengths.get(space, len(vector)) == len(vector)

    def models(self, privacy: Privacy) -> list[str]:
        """What can be asked now, the nearest and best first."""
        call = self._call("", privacy, 0.0)
        usable = [c for c in self._bus.candidates(call) if not excluded(call, c, internet=True)]
        usable.sort(key=lambda c: (not c.local, -c.offer.quality, c.offer.provider, c.node_id))
        return list(dict.fromkeys(model for c in usable for model in c.offer.models))

    async def vectors(
        self, space: str, given: Mapping[str, object], count: int, privacy: Privacy, seconds: float
    ) -> list[Vector]:
        """`count` of them for what is `given`. One after the other is asked. Raises `NotFound` when nobody within this privacy
        has the model, `Timeout` after so many `seconds`, and the error of the last one asked."""
        call = self._call(space, privacy, seconds, {**given, "model": space})
        usable = [
            c for c in self._bus.candidates(call) if not excluded(call, c, internet=True) and space in c.offer.models
        ]
        usable.sort(key=lambda c: (saturated(c), not c.local, c.in_flight, c.offer.provider, c.node_id))
        failed: HearthNetError = NotFound(f"No embedding model called {space} is offered in reach of this question.")
        try:
            async with asyncio.timeout(seconds):
                for candidate in usable:
                    try:
                        return await self._asked(candidate, call, space, count)
                    except HearthNetError as error:
                        failed = error
        except TimeoutError:
            raise Timeout(f"The embedding model {space} took longer than {seconds:g} s.") from None
        raise failed

    async def _asked(self, candidate: Candidate, call: Call, space: str, count: int) -> list[Vector]:
        async with aclosing(self._bus.provider(candidate, call).stream(call)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    vectors = _checked(candidate, chunk.data, space, count)
                    if not candidate.local and not self.fits(space, vectors[0]):
                        raise Unavailable(
                            f"{candidate.node_name} has another model by the name of {space}: one of the two needs another name."
                        )
                    return vectors
        raise Unavailable(f"{candidate.node_name} ended without vectors.")

    def _call(self, space: str, privacy: Privacy, seconds: float, body: dict[str, object] | None = None) -> Call:
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=self._contract.name,
            version=self._contract.version,
            privacy=privacy,
            deadline=self._runtime.now() + seconds,
            hops=1,
            body=body or {},
        )


def _checked(candidate: Candidate, data: dict[str, object], space: str, count: int) -> list[Vector]:
    try:
        done = msgspec.convert(data, EmbedDone)
    except msgspec.ValidationError:
        raise Unavailable(f"{candidate.node_name} answered with something that is no vectors.") from None
    vectors = list(done.embeddings)
    if done.model != space or len(vectors) != count:
        raise Unavailable(f"{candidate.node_name} answered with vectors of another model or number.")
    if not all(abs(math.hypot(*v) - 1) <= UNIT for v in vectors):  # so that what is no number is refused too
        raise Unavailable(f"{candidate.node_name} answered with vectors that are not of length 1.")
    return vectors
