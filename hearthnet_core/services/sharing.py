"""What neighbours may copy: whole documents of the corpora that are for everybody in the community, and of no others."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator

import msgspec
from sqlalchemy import Connection, select

from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.errors import NotFound
from hearthnet_core.services import shelf
from hearthnet_core.services.corpora import COPY, FOR_ALL, rules
from hearthnet_core.services.rag import (
    FETCH,
    LIST,
    MAX_BATCH,
    MAX_LISTED,
    MAX_SENT,
    FetchDone,
    FetchRequest,
    ListDone,
    Listed,
    ListRequest,
    Pieces,
    Sent,
    SentPiece,
)
from hearthnet_core.services.rag_providers import PROVIDER
from hearthnet_core.services.shelf import Kept, documents
from hearthnet_core.storage.database import Database


class ListProvider:
    """`rag.list_documents` for the bus."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def offer(self) -> Offer:
        return Offer(capability=LIST.name, provider=PROVIDER, slots=4)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = LIST.read(call.body, ListRequest)
        done = await self._database.read(lambda connection: _listed(connection, request))
        yield Chunk("done", msgspec.to_builtins(done, builtin_types=(bytes,)))


class FetchProvider:
    """`rag.fetch` for the bus."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def offer(self) -> Offer:
        return Offer(capability=FETCH.name, provider=PROVIDER, slots=2)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = FETCH.read(call.body, FetchRequest)
        done = await self._database.read(lambda connection: _fetched(connection, request))
        if len(done.documents) == 1:
            *before, last = _parts(done.documents[0].pieces)
            for part in before:
                yield Chunk("pieces", msgspec.to_builtins(Pieces(pieces=part)))
            done = FetchDone(documents=(msgspec.structs.replace(done.documents[0], pieces=last),), gone=done.gone)
        yield Chunk("done", msgspec.to_builtins(done, builtin_types=(bytes,)))


def sent(kept: Kept) -> Sent:
    return Sent(
        id=kept.cid,
        name=kept.name,
        title=kept.title,
        language=kept.language,
        licence=kept.licence,
        pieces=tuple(SentPiece(heading, piece, page or 0) for heading, piece, page in kept.pieces),
    )


def weigh(document: Sent) -> int:
    """Bytes of it on the way, or a few more."""
    said = (document.name, document.title, document.language, document.licence)
    return 200 + sum(len(text.encode()) for text in said) + sum(map(weigh_piece, document.pieces))


def weigh_piece(piece: SentPiece) -> int:
    return len(piece.heading.encode()) + len(piece.text.encode()) + 16


def _parts(pieces: tuple[SentPiece, ...]) -> Iterator[tuple[SentPiece, ...]]:
    """At least one; each has at most `MAX_BATCH` bytes."""
    part: list[SentPiece] = []
    size = 0
    for piece in pieces:
        size += weigh_piece(piece)
        if part and size > MAX_BATCH:
            yield tuple(part)
            part, size = [], weigh_piece(piece)
        part.append(piece)
    yield tuple(part)


def received(document: Sent, corpus: str) -> Kept:
    return Kept(
        cid=document.id,
        corpus=corpus,
        title=document.title,
        name=document.name,
        language=document.language,
        licence=document.licence,
        pieces=tuple((p.heading, p.text, p.page or None) for p in document.pieces),
    )


def _check(connection: Connection, corpus: str) -> None:
    """Says the same of what is not there and of what is not for everybody."""
    if COPY in corpus or rules(connection).get(corpus) not in FOR_ALL:
        raise NotFound(f"No corpus called {corpus} is shared with everybody here.")


def _listed(connection: Connection, request: ListRequest) -> ListDone:
    _check(connection, request.corpus)
    wanted = (
        select(documents.c.cid, documents.c.digest)
        .where(documents.c.corpus == request.corpus, documents.c.cid > request.after, documents.c.digest.is_not(None))
        .order_by(documents.c.cid)
        .limit(MAX_LISTED + 1)
    )
    rows = [Listed(id, digest) for id, digest in connection.execute(wanted)]
    return ListDone(documents=tuple(rows[:MAX_LISTED]), more=len(rows) > MAX_LISTED)


def _fetched(connection: Connection, request: FetchRequest) -> FetchDone:
    _check(connection, request.corpus)
    found: list[Sent] = []
    gone: list[bytes] = []
    size = 0
    for id in dict.fromkeys(request.documents):
        kept = shelf.load(connection, id, request.corpus)
        weight = 0 if kept is None else weigh(sent(kept))
        if kept is None or weight > MAX_SENT:
            gone.append(id)
        elif found and size + weight > MAX_BATCH:
            break
        else:
            found.append(sent(kept))
            size += weight
    return FetchDone(documents=tuple(found), gone=tuple(gone))
