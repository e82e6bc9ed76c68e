"""The node's documents: kept once, found by their words and their meaning, seen by who may see them.

Works without any model: then words alone are compared, and the answer says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import blake3
import msgspec
from sqlalchemy import Connection, func, select

from hearthnet_core.backends.documents import chunking, markdown
from hearthnet_core.backends.documents.document import Document
from hearthnet_core.capability import Privacy
from hearthnet_core.errors import BadRequest, HearthNetError, NotFound
from hearthnet_core.models.ids import NodeId
from hearthnet_core.protocol.bodies import Role
from hearthnet_core.runtime import Runtime
from hearthnet_core.services import corpora as access
from hearthnet_core.services import shelf
from hearthnet_core.services.catalogue import Catalogue, document_cid
from hearthnet_core.services.corpora import OWN, Access, Readers
from hearthnet_core.services.fusion import fused
from hearthnet_core.services.indexing import NO_MODEL, Indexing, chunk_of, vector_id
from hearthnet_core.services.lexical import Hit, by_id, by_words, weight
from hearthnet_core.services.rag import (
    INGEST,
    MAX_RESULTS,
    QUERY,
    Found,
    IngestDone,
    IngestRequest,
    QueryDone,
    QueryRequest,
)
from hearthnet_core.services.shelf import Kept, chunks, documents
from hearthnet_core.services.weights import EQUAL, Weights
from hearthnet_core.signals import Signal
from hearthnet_core.storage.database import Database
from hearthnet_core.storage.room import claim

__all__ = [
    "INGEST",
    "MAX_RESULTS",
    "QUERY",
    "Found",
    "IngestRequest",
    "Knowledge",
    "QueryDone",
    "QueryRequest",
    "chunks",
    "documents",
]

MAX_TITLE = 200
MAX_HEADING = 300
MIN_WIDE = 40
WIDER = 4
"""So many times more passages are looked for in each index than are wanted."""
HYBRID = "hybrid"


class Knowledge:
    """The store. `same_home(caller)` and `role(caller)` decide what a caller sees. `changed`: something was added or taken
    away."""

    def __init__(
        self,
        runtime: Runtime,
        database: Database,
        same_home: Callable[[NodeId], bool],
        role: Callable[[NodeId], Role] = lambda _: "member",
        *,
        index: Indexing[str] | None = None,
        origins: Callable[[Connection], dict[str, str]] = lambda _: {},
        weights: Callable[[], Weights] = lambda: EQUAL,
    ) -> None:
        self._runtime = runtime
        self._database = database
        self._readers = Readers(same_home, role)
        self._origins = origins
        self._weights = weights
        self.index = index
        self.catalogue = Catalogue(database)
        self.documents = 0
        self.chunks = 0
        self.pictures = 0
        self.changed: Signal[None] = Signal()

    async def start(self, library: Path | None) -> None:
        """Prepares the index and brings in the shipped library where it is new or changed."""
        await self._database.write(shelf.prepare)
        if library is not None:
            for name, content in await self._runtime.offload(_shipped, library):
                request = IngestRequest(name=name, text=content, corpus="emergency")
                await self.ingest(request, replace=True, shipped=True)
        await self.recount()

    async def ingest(self, request: IngestRequest, *, replace: bool = False, shipped: bool = False) -> IngestDone:
        """Adds one text; the same one in the same corpus is known and costs nothing. Raises `BadRequest` for an empty one, and
        what `keep` raises."""
        front, body = markdown.front_matter(request.text.replace("\r\n", "\n"))
        title = (request.title or front.get("title") or markdown.first_heading(body) or request.name)[:MAX_TITLE]
        pieces = tuple((p.heading, p.text, p.page) for p in chunking.pieces(markdown.sections(body, title)))
        if not pieces:
            raise BadRequest(f"{request.name} has no text.")
        kept = Kept(
            cid=blake3.blake3(request.text.encode()).digest(),
            corpus=request.corpus,
            title=title,
            name=request.name,
            language=request.language or front.get("language", ""),
            licence=front.get("licence", ""),
            pieces=pieces,
        )
        return await self.keep(kept, replace=replace, shipped=shipped)

    async def add(
        self, document: Document, corpus: str, *, replace: bool = False, unread: int = 0, preview: bytes = b""
    ) -> IngestDone:
        """Adds a document that was read from a file; the same file in the same corpus is known and costs nothing, unless fewer
        of its pages are `unread` now. `preview` is that of a picture. `replace` drops what has the same name and language.
        Raises `BadRequest` for one without text."""
        pieces = tuple((p.heading[:MAX_HEADING], p.text, p.page) for p in document.pieces if p.text.strip())
        if not pieces:
            raise BadRequest(f"{document.name} has no text.")
        kept = Kept(
            cid=document.cid,
            corpus=corpus,
            title=(document.title or document.name)[:MAX_TITLE],
            name=document.name,
            language=document.language,
            licence=document.licence,
            pieces=pieces,
            unread=unread,
            preview=preview,
        )
        return await self.keep(kept, replace=replace)

    async def known(self, cid: bytes, corpus: str) -> Kept | None:
        """What is kept of these bytes in this corpus, if they are known."""
        return await self._database.read(lambda connection: shelf.load(connection, cid, corpus))

    async def keep(self, kept: Kept, *, replace: bool = False, shipped: bool = False) -> IngestDone:
        """What is `shipped` may take of the room that is kept free. Raises `Unavailable` when there is no more."""

        def work(connection: Connection) -> bool:
            if (before := shelf.unread(connection, kept.cid, kept.corpus)) is not None:
                if kept.unread >= before:
                    return True
                shelf.forget(connection, kept.cid, kept.corpus)
            if replace:
                for old in shelf.namesakes(connection, kept.corpus, kept.name, kept.language):
                    shelf.forget(connection, old, kept.corpus)
            if not shipped:
                claim(connection, kept.size)
            shelf.put(connection, kept, at)
            return False

        at = self._runtime.wall()
        duplicate = await self._database.write(work)
        if not duplicate:
            await self.recount()
        return IngestDone(document_id=kept.cid.hex(), title=kept.title, chunks=len(kept.pieces), duplicate=duplicate)

    async def forget(self, document_id: str, corpus: str) -> None:
        """Raises `NotFound`."""
        cid = document_cid(document_id)
        if not await self._database.write(lambda connection: shelf.forget(connection, cid, corpus)):
            raise NotFound(f"No document {document_id[:12]} is in {corpus}; list the corpus to see what is there.")
        await self.recount()

    async def query(
        self,
        request: QueryRequest,
        caller: NodeId | None,
        privacy: Privacy = Privacy.HOME,
        weights: Weights | None = None,
    ) -> QueryDone:
        """What the caller may see, best first; `privacy` says how far the question may go to be embedded, `weights` how much
        meaning counts beside words (the present ones unless given)."""
        reader = self._readers.of(caller)
        wide = max(MIN_WIDE, request.k * WIDER)

        def seen(connection: Connection) -> tuple[dict[str, str], dict[str, str]]:
            return access.visible(connection, reader, request.travels, request.corpora), self._origins(connection)

        def compared(connection: Connection) -> list[Hit]:
            return by_words(connection, request.query, request.language, allowed, wide)

        allowed, origins = await self._database.read(seen)
        failure: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as group:  # each takes as long as the other, and waits for nothing of it
                words = group.create_task(self._database.read(compared))
                meaning = group.create_task(self._nearest(request, allowed, wide, privacy))
        except* HearthNetError as failures:
            failure = failures.exceptions[0]
        if failure is not None:
            raise failure
        lexical, (near, note) = words.result(), meaning.result()
        if note:
            return QueryDone(chunks=tuple(found(lexical[: request.k], allowed, origins)), note=note)
        hits = {hit.id: hit for hit in lexical}
        if new := [id for vector, _ in near if (id := chunk_of(vector)) not in hits]:
            hits |= await self._database.read(lambda connection: by_id(connection, new, allowed))
        current = {vector_id(hit.id, hit.hash): hit.id for hit in hits.values()}
        likeness = {current[vector]: likeness for vector, likeness in near if vector in current}
        by_meaning = (weights or self._weights()).of(request.language)
        scores = fused([[hit.id for hit in lexical], list(likeness)], [1.0, by_meaning], wide)
        chosen = sorted(
            (
                msgspec.structs.replace(hits[id], score=score * weight(request.language, hits[id].language))
                for id, score in scores
            ),
            key=lambda hit: (-hit.score, hit.id),
        )
        return QueryDone(chunks=tuple(found(chosen[: request.k], allowed, origins, likeness)), method=HYBRID)

    async def _nearest(
        self, request: QueryRequest, allowed: dict[str, str], k: int, privacy: Privacy
    ) -> tuple[list[tuple[str, float]], str]:
        """(`vector_id`, likeness) by meaning, or why there are none."""
        if self.index is None:
            return [], NO_MODEL
        return await self.index.nearest(request.query, sorted(allowed), k, privacy)

    async def corpora(self, caller: NodeId | None) -> list[dict[str, Any]]:
        """`{name, access, documents, chunks}` of each corpus the caller may see."""
        reader = self._readers.of(caller)
        return await self._database.read(lambda connection: access.listed(connection, reader))

    async def set_access(self, name: str, who: Access) -> dict[str, Any]:
        """Says who may see a corpus, from the next question on. Raises `BadRequest`."""

        def work(connection: Connection) -> dict[str, Any]:
            access.set_access(connection, name, who)
            return next(c for c in access.listed(connection, OWN) if c["name"] == name)

        found = await self._database.write(work)
        self.changed.emit(None)
        return found

    async def recount(self) -> None:
        """Something was added or taken away."""

        def work(connection: Connection) -> list[int]:
            tables = (documents, chunks, shelf.pictures)
            return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

        self.documents, self.chunks, self.pictures = await self._database.read(work)
        self.changed.emit(None)


def found(
    hits: Sequence[Hit], allowed: dict[str, str], origins: dict[str, str], likeness: dict[int, float] | None = None
) -> list[Found]:
    """As they leave the library; scores scaled to 0…1. `likeness` is that of their meaning, which this node alone believes."""
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    return [
        Found(
            rank=n,
            score=round(max(0.0, hit.score) / best, 4),
            text=hit.text,
            metadata={
                "doc_cid": hit.cid.hex(),
                "doc_title": hit.title,
                "heading": hit.heading,
                "chunk_id": hit.id,
                "corpus": hit.corpus,
                "access": allowed[hit.corpus],
                "language": hit.language,
                "licence": hit.licence,
                "page": hit.page,
            }
            | _origin(hit.corpus, origins)
            | ({"likeness": round(likeness[hit.id], 4)} if likeness and hit.id in likeness else {}),
        )
        for n, hit in enumerate(hits, 1)
    ]


def _origin(corpus: str, origins: dict[str, str]) -> dict[str, str]:
    node_id = corpus.partition(access.COPY)[2]
    return {"origin": node_id, "origin_name": origins.get(corpus, "")} if node_id else {}


def _shipped(library: Path) -> list[tuple[str, str]]:
    return [(path.stem, path.read_text()) for path in sorted(library.glob("*/*.md"))]
