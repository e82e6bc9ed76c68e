"""The household's library, put together: what is kept, found, copied and brought in, and what the bus offers of it.

It follows what is kept (indexes, copies, statements) in the background; everything else works without that.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core import __version__
from hearthnet_core.backends.embedding import EMBED, EMBED_IMAGE
from hearthnet_core.backends.reranking import RERANK
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Privacy
from hearthnet_core.config.schema import RetrievalSettings
from hearthnet_core.models.ids import NodeId
from hearthnet_core.protocol.bodies import Role
from hearthnet_core.runtime import Runtime
from hearthnet_core.services import rag
from hearthnet_core.services.calibrating import Calibrating
from hearthnet_core.services.extracting import Extracting
from hearthnet_core.services.indexing import Indexing, Passages
from hearthnet_core.services.ingest import Ingest
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.meaning import Meaning
from hearthnet_core.services.pictures import Looks, Pictures
from hearthnet_core.services.rag_providers import CorporaProvider, IngestProvider, QueryProvider
from hearthnet_core.services.replicas import Replicas
from hearthnet_core.services.replicas import names as origins
from hearthnet_core.services.search import Search
from hearthnet_core.services.sharing import FetchProvider, ListProvider
from hearthnet_core.signals import Signal
from hearthnet_core.storage.database import Database
from hearthnet_core.supervise import Supervisor

VECTORS = "vectors"
LOOKS = "picture-vectors"
SHIPPED = Path(__file__).parents[1] / "library"
LIBRARY_CONTRACTS = (EMBED, EMBED_IMAGE, RERANK, rag.QUERY, rag.INGEST, rag.CORPORA, rag.LIST, rag.FETCH)
"""What it asks for to be searched, and what it offers."""


class Library:
    """`indexing` follows what the passages mean, `looks` what the pictures look like, in the data `folder`, if there is one;
    `shipped`: it has the emergency library. `changed`: what is `told` changed."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        database: Database,
        bus: Bus,
        registry: Registry,
        me: NodeId,
        folder: Path | None,
        retrieval: RetrievalSettings,
        shipped: bool,
        same_home: Callable[[NodeId], bool],
        role: Callable[[NodeId], Role],
        privacy: Callable[[], Privacy],
        internet: Callable[[], bool],
    ) -> None:
        self._shipped = shipped
        self.changed: Signal[None] = Signal()
        self.meaning = Meaning(runtime, bus)
        self.indexing = Indexing(
            runtime,
            database,
            Passages(database, self.meaning),
            folder / VECTORS if folder is not None else None,
            retrieval.embedding_model,
        )
        self.looks = Indexing(
            runtime,
            database,
            Looks(runtime, database, bus),
            folder / LOOKS if folder is not None else None,
            retrieval.picture_model,
        )
        self.knowledge = Knowledge(
            runtime,
            database,
            same_home,
            role,
            index=self.indexing,
            origins=origins,
            weights=lambda: self.calibrating.weights,  # learnt from what this very knowledge finds
        )
        self.calibrating = Calibrating(
            runtime,
            database,
            SHIPPED,
            lambda request, weights: self.knowledge.query(request, None, weights=weights),
            space=lambda: self.indexing.space,
            version=__version__,
            me=me,
            settled=lambda: self.indexing.progress is None,
        )
        self.search = Search(
            runtime,
            bus,
            me,
            privacy,
            meaning=self.meaning,
            space=lambda: (self.indexing.space, self.indexing.why),
            internet=internet,
            weights=lambda: self.calibrating.weights,
        )
        self.pictures = Pictures(database, self.looks, privacy)
        self.ingest = Ingest(runtime, bus, self.knowledge)
        self.extracting = Extracting(runtime, bus, self.knowledge, privacy)
        self.replicas = Replicas(runtime, database, bus, self.knowledge, me)
        for provider in (
            QueryProvider(self.knowledge),
            IngestProvider(self.knowledge),
            CorporaProvider(self.knowledge),
            ListProvider(database),
            FetchProvider(database),
        ):
            registry.provide(provider, provider.offer)
        self.knowledge.changed.connect(lambda _: self._kept_changed())
        self.indexing.changed.connect(lambda _: self._index_changed())
        self.looks.changed.connect(self.changed.emit)

    async def open(self) -> None:
        """Prepares what is kept, and brings in the shipped library where it is new or changed."""
        await self.knowledge.start(SHIPPED if self._shipped else None)

    def start(self, supervisor: Supervisor) -> None:
        """Follows what is kept, and what neighbours share."""
        supervisor.start("indexing", self.indexing.keep)
        supervisor.start("indexing pictures", self.looks.keep)
        supervisor.start("copies", self.replicas.keep)
        if self._shipped:
            supervisor.start("calibrating", self.calibrating.keep)

    async def aclose(self) -> None:
        await self.indexing.aclose()
        await self.looks.aclose()

    @property
    def problem(self) -> str:
        """What a person should look at, or empty."""
        return self.indexing.problem or self.looks.problem

    def told(self) -> dict[str, Any]:
        """`library` of the state in `docs/api.md`."""
        return {
            "documents": self.knowledge.documents,
            "chunks": self.knowledge.chunks,
            "model": self.indexing.space,
            "note": self.indexing.problem or self.indexing.why,
            "indexing": msgspec.to_builtins(self.indexing.progress),
            "pictures": self.knowledge.pictures,
            "picture_model": self.looks.space,
            "picture_note": self.looks.problem or self.looks.why,
            "picture_indexing": msgspec.to_builtins(self.looks.progress),
        }

    def look(self) -> None:
        """Who makes vectors may have come or gone."""
        self.indexing.look()
        self.looks.look()

    def _kept_changed(self) -> None:
        self.calibrating.look()
        self.look()
        self.changed.emit(None)

    def _index_changed(self) -> None:
        self.calibrating.look()
        self.changed.emit(None)
