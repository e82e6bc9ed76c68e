"""The last step of a search, where somebody offers `rerank.text`: the best passages in the order of a model that reads
question and passage together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import msgspec

from hearthnet_core.backends.reranking import RERANK, RerankDone
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import Candidate, excluded, saturated
from hearthnet_core.capability import Call, Privacy
from hearthnet_core.errors import HearthNetError, Unavailable
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.merging import Passage

BUDGET_S = 0.3
MAX_RERANKED = 20
AGAIN_S = 60.0
"""One that was too slow is not waited for again before that."""
MAX_LETTERS = 4_000


class Reranking:
    def __init__(self, runtime: Runtime, bus: Bus) -> None:
        self._runtime = runtime
        self._bus = bus
        self._rest_until = 0.0

    async def ranked(
        self, query: str, passages: Sequence[Passage], privacy: Privacy, internet: bool
    ) -> tuple[list[Passage] | None, str]:
        """(the passages in their new order, why they are not). None and no words: nobody offers it."""
        head, tail = list(passages[:MAX_RERANKED]), list(passages[MAX_RERANKED:])
        now = self._runtime.now()
        call = Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=RERANK.name,
            version=RERANK.version,
            privacy=privacy,
            deadline=now + BUDGET_S,
            hops=1,
            body={"query": query, "documents": [p.found.text[:MAX_LETTERS] for p in head]},
        )
        usable = [c for c in self._bus.candidates(call) if not excluded(call, c, internet=internet)]
        if not usable or len(head) < 2:
            return None, ""
        if now < self._rest_until:
            return None, "not reranked: the reranker was too slow a moment ago"
        best = min(usable, key=lambda c: (saturated(c), not c.local, not c.home, -c.offer.quality, c.node_id))
        try:
            async with asyncio.timeout(BUDGET_S):
                order = await self._asked(best, call, len(head))
        except TimeoutError:
            self._rest_until = self._runtime.now() + AGAIN_S
            return None, f"not reranked: {best.node_name} took longer than {BUDGET_S * 1000:.0f} ms"
        except HearthNetError as error:
            return None, f"not reranked: {error.message}"
        ranked = [head[n] for n in order]
        count = len(ranked) + len(tail)
        return [msgspec.structs.replace(p, score=1 - n / count) for n, p in enumerate((*ranked, *tail))], ""

    async def _asked(self, candidate: Candidate, call: Call, count: int) -> list[int]:
        async with aclosing(self._bus.provider(candidate, call).stream(call)) as chunks:
            async for chunk in chunks:
                if not chunk.last:
                    continue
                try:
                    done = msgspec.convert(chunk.data, RerankDone)
                except msgspec.ValidationError:
                    raise Unavailable(f"{candidate.node_name} answered with something that is no ranking.") from None
                order = [row.index for row in done.results]
                if sorted(order) != list(range(count)):
                    raise Unavailable(f"{candidate.node_name} did not rank every passage once.")
                return order
        raise Unavailable(f"{candidate.node_name} ended without a ranking.")
