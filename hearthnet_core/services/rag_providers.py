"""The library as the bus calls it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import msgspec

from hearthnet_core.capability import Call, Chunk, Offer, Privacy
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.rag import CORPORA, INGEST, QUERY, CorporaDone, IngestRequest, QueryRequest

PROVIDER = "library"
SLOTS = 16


class QueryProvider:
    """`rag.query` for the bus."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def offer(self) -> Offer:
        return Offer(
            capability=QUERY.name,
            provider=PROVIDER,
            slots=SLOTS,
            available=self._knowledge.chunks > 0,
            reason="The library is empty.",
        )

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        # A neighbour's question is embedded in this household like our own, never passed on.
        privacy = call.privacy if call.caller is None else Privacy.HOME
        done = await self._knowledge.query(msgspec.convert(call.body, QueryRequest), call.caller, privacy)
        yield Chunk("done", msgspec.to_builtins(done))


class IngestProvider:
    """`rag.ingest` for the bus; only this node's own clients get here."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def offer(self) -> Offer:
        return Offer(capability=INGEST.name, provider=PROVIDER, slots=4, private=True)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = msgspec.convert(call.body, IngestRequest)
        yield Chunk("progress", {"done": 0, "total": 1})
        done = await self._knowledge.ingest(request)
        yield Chunk("done", msgspec.to_builtins(done))


class CorporaProvider:
    """`rag.list_corpora` for the bus."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def offer(self) -> Offer:
        return Offer(capability=CORPORA.name, provider=PROVIDER, slots=SLOTS)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        done = CorporaDone(tuple(await self._knowledge.corpora(call.caller)))
        yield Chunk("done", msgspec.to_builtins(done))
