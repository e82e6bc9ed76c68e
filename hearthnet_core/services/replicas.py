"""Copies of what neighbours share with everybody, to be there when the neighbour is not.

A copy follows its origin: what changes there changes here, what is deleted or no longer shared there goes here. It is
shown as the origin's, and only this household searches it. Each document is checked against the digest its origin listed and
kept in a transaction of its own, so a copy goes on where it was broken off.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Float, String, Table, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import excluded
from hearthnet_core.capability import Call, Privacy
from hearthnet_core.community.shown import shown
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, HearthNetError, NotFound, Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.services import shelf
from hearthnet_core.services.corpora import COPY
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.rag import (
    FETCH,
    LIST,
    MAX_FETCHED,
    MAX_PIECES,
    MAX_SENT,
    FetchDone,
    FetchRequest,
    ListDone,
    Listed,
    ListRequest,
    Pieces,
    SentPiece,
)
from hearthnet_core.services.sharing import received, weigh, weigh_piece
from hearthnet_core.services.shelf import documents
from hearthnet_core.storage.database import Database, metadata
from hearthnet_core.storage.room import claim

LOGGER = logging.getLogger(__name__)
AGAIN_S = 300.0
CALL_S = 60.0
MAX_COPIES = 64
MAX_DOCUMENTS = 20_000
MAX_BYTES = 512 * 1024 * 1024
"""Of text, for each copy: a neighbour cannot fill the disk."""
MAX_ERROR = 300

replicas = Table(
    "replicas",
    metadata,
    Column("origin", String, primary_key=True),
    Column("corpus", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("checked", Float),
    Column("error", String, nullable=False),
)


class Replicas:
    def __init__(self, runtime: Runtime, database: Database, bus: Bus, knowledge: Knowledge, me: NodeId) -> None:
        self._runtime = runtime
        self._database = database
        self._bus = bus
        self._knowledge = knowledge
        self._me = me
        self._bell = asyncio.Event()

    def look(self) -> None:
        """Somebody came, or shares something else than before."""
        self._bell.set()

    async def choose(self, origin: NodeId, corpus: str, name: str, *, keep: bool) -> None:
        """Begins a copy, or ends it and deletes what was copied. Raises `BadRequest`."""
        if origin == self._me:
            raise BadRequest("This node has that corpus itself; copies are of what neighbours share.")
        if not keep:
            await self._database.write(lambda connection: _dropped(connection, origin.text, corpus))
            await self._knowledge.recount()
            return

        def work(connection: Connection) -> bool:
            if connection.execute(select(func.count()).select_from(replicas)).scalar_one() >= MAX_COPIES:
                return False
            row = {"origin": origin.text, "corpus": corpus, "name": shown(name)[:100], "error": ""}
            connection.execute(insert(replicas).values(row).on_conflict_do_nothing())
            return True

        if not await self._database.write(work):
            raise BadRequest(f"{MAX_COPIES} copies are kept already; end one first.")
        self._bell.set()

    async def listed(self) -> list[dict[str, Any]]:
        """`{node_id, node_name, corpus, documents, checked, error}`; `checked` is null before the first time."""

        def work(connection: Connection) -> list[dict[str, Any]]:
            held = {
                row[0]: row[1]
                for row in connection.execute(select(documents.c.corpus, func.count()).group_by(documents.c.corpus))
            }
            rows = connection.execute(select(replicas).order_by(replicas.c.name, replicas.c.corpus)).all()
            return [
                {
                    "node_id": row.origin,
                    "node_name": row.name,
                    "corpus": row.corpus,
                    "documents": held.get(_key(row.origin, row.corpus), 0),
                    "checked": row.checked,
                    "error": row.error,
                }
                for row in rows
            ]

        return await self._database.read(work)

    async def keep(self) -> None:
        """Follows the origins for ever."""
        while True:
            self._bell.clear()
            await self.refresh()
            try:
                async with asyncio.timeout(AGAIN_S):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def refresh(self) -> None:
        """Looks once at every origin that is connected."""
        for copy in await self.listed():
            origin, corpus = NodeId.parse(copy["node_id"]), copy["corpus"]
            if self._reachable(origin):
                await self._followed(origin, corpus)

    async def _followed(self, origin: NodeId, corpus: str) -> None:
        error, changed = "", False
        try:
            changed = await self._copy(origin, corpus)
        except NotFound as gone:
            LOGGER.info("%s is no longer shared by %s; its copy is deleted", corpus, origin.short)
            await self._database.write(lambda connection: _cleared(connection, origin.text, corpus))
            error, changed = gone.message, True
        except HearthNetError as failed:
            error, changed = failed.message, True
        at = self._runtime.wall()

        def work(connection: Connection) -> None:
            mine = (replicas.c.origin == origin.text) & (replicas.c.corpus == corpus)
            connection.execute(update(replicas).where(mine).values(checked=at, error=shown(error)[:MAX_ERROR]))

        await self._database.write(work)
        if changed:
            await self._knowledge.recount()

    async def _copy(self, origin: NodeId, corpus: str) -> bool:
        """Page by page in the order of the ids: what lies between two listed ones and is not listed has gone."""
        key, after, changed, seen = _key(origin.text, corpus), b"", False, 0
        room = MAX_BYTES - await self._database.read(lambda connection: _size(connection, key))
        while True:
            page = await self._asked(origin, LIST, ListRequest(corpus=corpus, after=after), ListDone)
            ids = [row.id for row in page.documents]
            seen += len(ids)
            if ids != sorted(set(ids)) or (ids and ids[0] <= after) or (page.more and not ids) or seen > MAX_DOCUMENTS:
                raise Unavailable(
                    f"What is listed of {corpus} makes no sense, or is more than {MAX_DOCUMENTS} documents."
                )
            until = ids[-1] if page.more else None
            have = await self._database.read(lambda c, a=after, u=until: _held(c, key, a, u))  # type: ignore[misc]
            listed = {row.id: row.digest for row in page.documents}
            if gone := [id for id in have if id not in listed]:
                await self._database.write(lambda c, g=gone: [shelf.forget(c, id, key) for id in g])  # type: ignore[misc]
                changed = True
            wanted = [row for row in page.documents if have.get(row.id) != row.digest]
            while wanted:
                batch = wanted[:MAX_FETCHED]
                request = FetchRequest(corpus=corpus, documents=tuple(row.id for row in batch))
                done = await self._asked(origin, FETCH, request, FetchDone)
                wanted, room = await self._kept(corpus, key, wanted, done, room)
                changed = True
            if until is None:
                return changed
            after = until

    async def _kept(
        self, corpus: str, key: str, wanted: list[Listed], done: FetchDone, room: int
    ) -> tuple[list[Listed], int]:
        """(what is still wanted, the bytes that are left)."""
        digests = {row.id: row.digest for row in wanted[:MAX_FETCHED]}
        came = {document.id for document in done.documents} | set(done.gone)
        if not came or not came <= digests.keys():
            raise Unavailable(f"Other documents of {corpus} came than were asked for.")
        for document in done.documents:
            kept = received(document, key)
            if kept.digest != digests[document.id]:
                raise Unavailable(f"A document of {corpus} is not what its node listed; it was not kept.")
            room -= weigh(document)
            if room < 0:
                raise Unavailable(f"{corpus} is larger than {MAX_BYTES >> 20} MiB; the rest of it is not copied.")
            at = self._runtime.wall()

            def work(connection: Connection, kept: shelf.Kept = kept, at: float = at) -> None:
                shelf.forget(connection, kept.cid, kept.corpus)
                claim(connection, kept.size)
                shelf.put(connection, kept, at)

            await self._database.write(work)
        return [row for row in wanted if row.id not in came], room

    def _reachable(self, origin: NodeId) -> bool:
        return any(c.node_id == origin for c in self._bus.candidates(self._call(LIST, {})))

    async def _asked[D: msgspec.Struct](
        self, origin: NodeId, contract: Contract, request: msgspec.Struct, done: type[D]
    ) -> D:
        """The origin itself and nobody else. The pieces that came before a document are put into it."""
        call = self._call(contract, msgspec.to_builtins(request, builtin_types=(bytes,)))
        candidate = next((c for c in self._bus.candidates(call) if c.node_id == origin), None)
        if candidate is None:
            raise Unavailable("Its node is not connected.")
        if why := excluded(call, candidate, internet=False):
            raise Unavailable(f"Its node cannot be asked: {why}.")
        before: list[SentPiece] = []
        size = 0
        try:
            async with asyncio.timeout(CALL_S), aclosing(self._bus.provider(candidate, call).stream(call)) as chunks:
                async for chunk in chunks:
                    if chunk.last:
                        return _joined(msgspec.convert(chunk.data, done), before)
                    if chunk.event == "pieces":
                        came = msgspec.convert(chunk.data, Pieces).pieces
                        before += came
                        size += sum(map(weigh_piece, came))
                        if len(before) > MAX_PIECES or size > MAX_SENT:
                            raise Unavailable("Its node sends a document that does not end.")
        except TimeoutError:
            raise Unavailable("Its node is too slow.") from None
        except msgspec.ValidationError:
            raise Unavailable("Its node answered with something that is no document.") from None
        raise Unavailable("Its node ended without an answer.")

    def _call(self, contract: Contract, body: dict[str, Any]) -> Call:
        """Carries nothing of this household but the name of the corpus."""
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=contract.name,
            version=contract.version,
            privacy=Privacy.COMMUNITY,
            deadline=self._runtime.now() + CALL_S,
            hops=1,
            body=body,
        )


def _key(origin: str, corpus: str) -> str:
    return f"{corpus}{COPY}{origin}"


def names(connection: Connection) -> dict[str, str]:
    """{copied corpus: name of its origin}."""
    found = connection.execute(select(replicas.c.origin, replicas.c.corpus, replicas.c.name))
    return {_key(origin, corpus): name for origin, corpus, name in found}


def _held(connection: Connection, key: str, after: bytes, until: bytes | None) -> dict[bytes, bytes]:
    wanted = select(documents.c.cid, documents.c.digest).where(documents.c.corpus == key, documents.c.cid > after)
    if until is not None:
        wanted = wanted.where(documents.c.cid <= until)
    return {cid: digest for cid, digest in connection.execute(wanted)}  # noqa: C416


def _joined[D: msgspec.Struct](done: D, before: list[SentPiece]) -> D:
    if not before or not isinstance(done, FetchDone):
        return done
    if len(done.documents) != 1:
        raise Unavailable("Its node answered with something that is no document.")
    (last,) = done.documents
    whole = msgspec.structs.replace(last, pieces=(*before, *last.pieces))
    return msgspec.structs.replace(done, documents=(whole,))


def _size(connection: Connection, key: str) -> int:
    return int(
        connection.execute(
            select(func.sum(func.length(shelf.chunks.c.text))).where(shelf.chunks.c.corpus == key)
        ).scalar()
        or 0
    )


def _cleared(connection: Connection, origin: str, corpus: str) -> None:
    key = _key(origin, corpus)
    for (cid,) in connection.execute(select(documents.c.cid).where(documents.c.corpus == key)).all():
        shelf.forget(connection, cid, key)


def _dropped(connection: Connection, origin: str, corpus: str) -> None:
    _cleared(connection, origin, corpus)
    connection.execute(delete(replicas).where(replicas.c.origin == origin, replicas.c.corpus == corpus))
