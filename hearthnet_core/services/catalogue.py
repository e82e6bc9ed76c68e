"""What is in the library, for this node's own clients: its documents, and their passages where one opens them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from hearthnet_core.errors import BadRequest, NotFound
from hearthnet_core.services.shelf import chunks, documents
from hearthnet_core.storage.database import Database

MAX_LISTED = 1_000


class Catalogue:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def documents(self, corpus: str = "", limit: int = MAX_LISTED, after: str = "") -> list[dict[str, Any]]:
        """`{document_id, corpus, title, name, language, licence, chunks, added}`, in the order of their titles, from the one
        after the title `after`; for this node's own clients."""

        def work(connection: Connection) -> list[dict[str, Any]]:
            d = documents.c
            wanted = (
                select(documents, func.count(chunks.c.id).label("pieces"))
                .outerjoin(chunks, (chunks.c.cid == d.cid) & (chunks.c.corpus == d.corpus))
                .group_by(d.cid, d.corpus)
                .where(d.title > after)
                .order_by(d.title, d.cid, d.corpus)
                .limit(max(1, min(limit, MAX_LISTED)))
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
                }
                for row in connection.execute(wanted)
            ]

        return await self._database.read(work)

    async def pieces(
        self, document_id: str, *, page: int | None = None, chunk_id: int | None = None, limit: int = 50
    ) -> dict[str, Any]:
        """`{document_id, title, corpus, name, language, licence, pieces: [{chunk_id, heading, text, page}]}` from this page or
        passage on, or from the beginning; for this node's own clients. Raises `NotFound`."""
        cid = document_cid(document_id)

        def work(connection: Connection) -> dict[str, Any] | None:
            row = connection.execute(select(documents).where(documents.c.cid == cid).limit(1)).first()
            if row is None:
                return None
            c = chunks.c
            wanted = select(c.id, c.heading, c.text, c.page).where(c.cid == cid, c.corpus == row.corpus)
            if chunk_id is not None:
                wanted = wanted.where(c.id >= chunk_id)
            if page is not None:
                wanted = wanted.where(c.page >= page)
            found = connection.execute(wanted.order_by(c.id).limit(max(1, min(limit, MAX_LISTED)))).all()
            return {
                "document_id": document_id,
                "title": row.title,
                "corpus": row.corpus,
                "name": row.name,
                "language": row.language,
                "licence": row.licence,
                "pieces": [{"chunk_id": r.id, "heading": r.heading, "text": r.text, "page": r.page} for r in found],
            }

        if (opened := await self._database.read(work)) is None:
            raise NotFound(f"No document {document_id[:12]} is here; search again.")
        return opened


def document_cid(document_id: str) -> bytes:
    """Raises `BadRequest` for what is no document's id."""
    try:
        return bytes.fromhex(document_id)
    except ValueError:
        raise BadRequest(f"{document_id[:20]!r} is no document's id; it is a long number in hexadecimal.") from None
