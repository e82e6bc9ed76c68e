"""What is in the library, for this node's own clients: its documents, and their passages where one opens them."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, tuple_

from hearthnet_core.errors import BadRequest, NotFound
from hearthnet_core.services import shelf
from hearthnet_core.services.corpora import COPY, rules, usual
from hearthnet_core.services.shelf import chunks, documents, pictures
from hearthnet_core.storage.database import Database

MAX_LISTED = 1_000


class Catalogue:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def documents(self, corpus: str = "", limit: int = MAX_LISTED, before: str = "") -> dict[str, Any]:
        """`{documents: [{document_id, corpus, title, name, language, licence, chunks, added, picture: bool}], next}`, in the order of their
        titles; `before` is the `next` of the page before. For this node's own clients. Raises `BadRequest`."""
        last = _place(before) if before else ("", b"", "")
        limit = max(1, min(limit, MAX_LISTED))

        def work(connection: Connection) -> list[dict[str, Any]]:
            d = documents.c
            wanted = (
                select(documents, func.count(chunks.c.id).label("pieces"), pictures.c.cid.is_not(None).label("picture"))
                .outerjoin(pictures, (pictures.c.cid == d.cid) & (pictures.c.corpus == d.corpus))
                .outerjoin(chunks, (chunks.c.cid == d.cid) & (chunks.c.corpus == d.corpus))
                .group_by(d.cid, d.corpus)
                .where(tuple_(d.title, d.cid, d.corpus) > last)
                .order_by(d.title, d.cid, d.corpus)
                .limit(limit + 1)
            )
            if corpus:
                wanted = wanted.where(d.corpus == corpus)
            return [
                {
                    "document_id": row.cid.hex(),
                    "corpus": row.corpus,
                    "title": row.title,
                    "name": row.name,
                    "language": row.language,
                    "licence": row.licence,
                    "chunks": row.pieces,
                    "added": row.added,
                    "picture": bool(row.picture),
                }
                for row in connection.execute(wanted)
            ]

        found = await self._database.read(work)
        page = found[:limit]
        return {"documents": page, "next": _token(page[-1]) if len(found) > limit else None}

    async def pieces(
        self,
        document_id: str,
        *,
        corpus: str = "",
        page: int | None = None,
        chunk_id: int | None = None,
        limit: int = 50,
    ) -> dict[str, Any]:
        """`{document_id, title, corpus, name, language, licence, pieces: [{chunk_id, heading, text, page}]}`, and `picture`
        (a small JPEG in base64) where it is one, from this page or passage on, or from the beginning; for this node's own
        clients. Of a document in several corpora the one in `corpus` is opened, else the one `chunk_id` is of, else the
        first. Raises `NotFound`."""
        cid = document_cid(document_id)

        def work(connection: Connection) -> dict[str, Any] | None:
            here = select(documents).where(documents.c.cid == cid).order_by(documents.c.corpus)
            if corpus:
                here = here.where(documents.c.corpus == corpus)
            elif chunk_id is not None:
                mine = select(chunks.c.corpus).where(chunks.c.id == chunk_id, chunks.c.cid == cid).scalar_subquery()
                here = here.order_by(None).order_by(documents.c.corpus.is_not(mine), documents.c.corpus)
            row = connection.execute(here.limit(1)).first()
            if row is None:
                return None
            c = chunks.c
            wanted = select(c.id, c.heading, c.text, c.page).where(c.cid == cid, c.corpus == row.corpus)
            if chunk_id is not None:
                wanted = wanted.where(c.id >= chunk_id)
            if page is not None:
                wanted = wanted.where(c.page >= page)
            found = connection.execute(wanted.order_by(c.id).limit(max(1, min(limit, MAX_LISTED)))).all()
            preview = shelf.preview(connection, cid, row.corpus)
            return {
                **({"picture": base64.b64encode(preview).decode()} if preview else {}),
                "document_id": document_id,
                "title": row.title,
                "corpus": row.corpus,
                "name": row.name,
                "language": row.language,
                "licence": row.licence,
                "pieces": [{"chunk_id": r.id, "heading": r.heading, "text": r.text, "page": r.page} for r in found],
            }

        if (opened := await self._database.read(work)) is None:
            raise NotFound(f"No document {document_id[:12]} is {f'in {corpus}' if corpus else 'here'}; search again.")
        return opened

    async def access_of(self, document_id: str) -> set[str]:
        """Who may see it, of each corpus it is in; copies are of what is for everybody."""
        cid = document_cid(document_id)

        def work(connection: Connection) -> set[str]:
            every = rules(connection)
            held = connection.execute(select(documents.c.corpus).where(documents.c.cid == cid)).scalars()
            return {"community" if COPY in corpus else every[corpus] for corpus in held}

        return await self._database.read(work)

    async def access_to(self, corpus: str) -> str:
        """Who may see what is put there."""
        return await self._database.read(lambda connection: rules(connection).get(corpus, usual(corpus)))


def _token(row: dict[str, Any]) -> str:
    place = (row["title"], bytes.fromhex(row["document_id"]), row["corpus"])
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).decode()


def _place(token: str) -> tuple[str, bytes, str]:
    try:
        return msgspec.msgpack.decode(base64.urlsafe_b64decode(token), type=tuple[str, bytes, str])
    except (ValueError, msgspec.DecodeError):
        raise BadRequest("`before` is not the `next` of a page; begin again without it.") from None


def document_cid(document_id: str) -> bytes:
    """Raises `BadRequest` for what is no document's id."""
    try:
        return bytes.fromhex(document_id)
    except ValueError:
        raise BadRequest(f"{document_id[:20]!r} is no document's id; it is a long number in hexadecimal.") from None
