"""A model of meaning for tests: words that mean the same point the same way. It counts what it is given."""

from __future__ import annotations

import hashlib
import math
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.terms import words
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Call, Chunk, Offer, Privacy
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.indexing import Indexing, Passages
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.meaning import Meaning
from hearthnet_core.storage.database import Database

SAME = {words(a)[0]: words(b)[0] for a, b in (("hydrant", "well"), ("fountain", "well"), ("physician", "doctor"))}
SIZE = 512


class Embedder:
    """`down` raises instead, `waits` is awaited first, `says` is the model it claims to have used, `gives` a vector instead."""

    def __init__(self, model: str = "tiny", *, internet: bool = False) -> None:
        self.model = model
        self.internet = internet
        self.available = True
        self.texts: list[str] = []
        self.down: Exception | None = None
        self.waits: Any = None
        self.says = model
        self.gives: list[float] = []

    def offer(self) -> Offer:
        return Offer(
            capability=EMBED.name,
            provider=f"embedder-{self.model}",
            models=(self.model,),
            available=self.available,
            reason="off",
            internet=self.internet,
            slots=4,
        )

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        if self.waits is not None:
            await self.waits()
        if self.down is not None:
            raise self.down
        self.texts += call.body["texts"]
        vectors = [self.gives or vector(text, self.model) for text in call.body["texts"]]
        yield Chunk("done", {"embeddings": vectors, "dim": len(vectors[0]), "model": self.says})


def vector(text: str, model: str) -> list[float]:
    sums = [0.0001] * SIZE
    for word in words(text):
        digest = hashlib.blake2b(f"{model} {SAME.get(word, word)}".encode()).digest()
        sums[int.from_bytes(digest[2:4]) % SIZE] += 1 if digest[1] % 2 else -1
    length = math.hypot(*sums)
    return [x / length for x in sums]


class Home:
    """A library with its index, on a bus with these embedders."""

    def __init__(self, folder: Path, runtime: SystemRuntime, database: Database, wished: str, *made: Embedder) -> None:
        self.registry = Registry()
        self.registry.define(EMBED)
        for embedder in made:
            self.registry.provide(embedder, embedder.offer)
        self.bus = Bus(
            runtime,
            self.registry,
            None,  # type: ignore[arg-type]
            NodeId(b"m" * 32),
            lambda: "me",
            privacy=lambda: Privacy.ANY,
            internet=lambda: True,
        )
        self.runtime, self.database = runtime, database
        self.knowledge = Knowledge(runtime, database, lambda caller: caller == NodeId(b"h" * 32))
        self.index = Indexing(
            runtime, database, Passages(database, Meaning(runtime, self.bus)), folder / "vectors", wished
        )
        self.knowledge.index = self.index


@asynccontextmanager
async def home(folder: Path, *made: Embedder, wished: str = "") -> AsyncIterator[Home]:
    runtime = SystemRuntime(4)
    database = await Database.open(folder / "node.db", runtime)
    try:
        lived = Home(folder, runtime, database, wished, *made)
        await lived.knowledge.start(None)
        yield lived
        await lived.index.aclose()
    finally:
        await database.close()
        runtime.close()
