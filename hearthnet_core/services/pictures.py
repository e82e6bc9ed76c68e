"""The pictures of the library: found by what was written down of them, and by what they look like."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from hearthnet_core.backends.embedding import EMBED_IMAGE, MAX_IMAGES
from hearthnet_core.bus.bus import Bus
from hearthnet_core.capability import Privacy
from hearthnet_core.errors import NotFound
from hearthnet_core.runtime import Runtime
from hearthnet_core.services import corpora as access
from hearthnet_core.services import shelf
from hearthnet_core.services.catalogue import document_cid
from hearthnet_core.services.corpora import OWN
from hearthnet_core.services.embedders import Embedders, Vector
from hearthnet_core.services.fusion import fused
from hearthnet_core.services.indexing import BATCH_S, Indexing, chunk_of, ready_table, vector_id
from hearthnet_core.services.lexical import Hit, by_id, by_words
from hearthnet_core.services.shelf import chunks, pictures
from hearthnet_core.storage.database import Database

WIDE = 50
PASSAGES = 1_000
"""By words: a scanned page has dozens of them, and must not stand before all others."""
ASKED_S = 5.0
"""A model for pictures may have to be loaded first; nothing else waits for it."""
MAX_TEXT = 500
WORDS, LOOKS = "words", "looks"

ready = ready_table("picture_spaces")


class Looks:
    """What the pictures look like, by `embed.image`."""

    ready = ready
    contents = "pictures"
    things = "pictures"
    none = "no model for pictures: only words are compared"
    at_once = MAX_IMAGES

    def __init__(self, runtime: Runtime, database: Database, bus: Bus) -> None:
        self._database = database
        self._embedders = Embedders(runtime, bus, EMBED_IMAGE)

    def models(self, privacy: Privacy) -> list[str]:
        return self._embedders.models(privacy)

    def expect(self, space: str, length: int) -> None:
        self._embedders.expect(space, length)

    def wanted(self, connection: Connection) -> dict[str, str]:
        """The first passage stands for its picture; what it was embedded from is the picture, whatever is written there."""
        return {vector_id(id, cid): corpus for id, cid, corpus in connection.execute(_firsts())}

    async def embedded(self, space: str, ids: list[str], privacy: Privacy) -> dict[str, Vector]:
        rows = [chunk_of(id) for id in ids]

        def work(connection: Connection) -> dict[str, bytes]:
            wanted = select(chunks.c.id, chunks.c.cid, pictures.c.preview).where(
                chunks.c.id.in_(bindparam("rows", rows, expanding=True)),
                pictures.c.cid == chunks.c.cid,
                pictures.c.corpus == chunks.c.corpus,
            )
            found = {vector_id(id, cid): preview for id, cid, preview in connection.execute(wanted)}
            return {id: found[id] for id in ids if id in found}

        if not (previews := await self._database.read(work)):
            return {}
        given = {"images": list(previews.values())}
        vectors = await self._embedders.vectors(space, given, len(previews), privacy, BATCH_S)
        return dict(zip(previews, vectors, strict=True))

    async def question(self, space: str, asked: str | bytes, privacy: Privacy, seconds: float) -> Vector:
        given = {"texts": [asked]} if isinstance(asked, str) else {"images": [asked]}
        (vector,) = await self._embedders.vectors(space, given, 1, privacy, seconds)
        return vector


class Pictures:
    """For this node's own clients."""

    def __init__(self, database: Database, index: Indexing[str | bytes], privacy: Callable[[], Privacy]) -> None:
        self._database = database
        self._index = index
        self._privacy = privacy

    async def find(self, query: str, k: int) -> dict[str, Any]:
        """`{pictures: [{document_id, corpus, title, text, score, preview}], method, note}`, best first; `note` says why what
        they look like was not compared."""

        def words(connection: Connection) -> list[Hit]:
            return by_words(connection, query, "", _own(connection), PASSAGES, pictures=True)

        by = await self._database.read(words)
        return await self._answer(query, by, k, self._privacy())

    async def like(self, document_id: str, corpus: str, k: int) -> dict[str, Any]:
        """Those that look like this one, which is not among them. Raises `NotFound`."""
        cid = document_cid(document_id)

        def work(connection: Connection) -> list[tuple[bool, str, bytes]]:
            held = select(pictures.c.corpus, pictures.c.preview).where(pictures.c.cid == cid)
            who = access.rules(connection)
            rows = [(who[row.corpus] == "personal", row.corpus, row.preview) for row in connection.execute(held)]
            return sorted(row for row in rows if not corpus or row[1] == corpus)

        if not (held := await self._database.read(work)):
            raise NotFound(f"No picture {document_id[:12]} is {f'in {corpus}' if corpus else 'here'}; search again.")
        personal, _, preview = held[0]
        privacy = Privacy.LOCAL if personal else self._privacy().narrowed(Privacy.HOME)
        return await self._answer(preview, [], k, privacy, without=cid)

    async def _answer(
        self, asked: str | bytes, words: list[Hit], k: int, privacy: Privacy, without: bytes = b""
    ) -> dict[str, Any]:
        corpora = sorted(await self._database.read(_own))
        near, note = await self._index.nearest(asked, corpora, WIDE, privacy, ASKED_S)

        def work(connection: Connection) -> list[dict[str, Any]]:
            seen = by_id(connection, [chunk_of(id) for id, _ in near], corpora)
            current = {vector_id(hit.id, hit.cid): hit for hit in seen.values()}
            looks = [current[id] for id, _ in near if id in current]
            shown: dict[bytes, Hit] = {}
            for hit in (*words, *looks):  # of a picture in several corpora the best is shown
                shown.setdefault(hit.cid, hit)
            shown.pop(without, None)
            rankings = [[hit.cid for hit in ranked if hit.cid in shown] for ranked in (words, looks)]
            return [
                {
                    "document_id": cid.hex(),
                    "corpus": shown[cid].corpus,
                    "title": shown[cid].title,
                    "text": shown[cid].text[:MAX_TEXT],
                    "score": round(points, 4),
                    "preview": base64.b64encode(preview).decode(),
                }
                for cid, points in fused([list(dict.fromkeys(r)) for r in rankings], (1.0, 1.0))
                if (preview := shelf.preview(connection, cid, shown[cid].corpus))
            ][:k]

        found = await self._database.read(work)
        method = [WORDS] * isinstance(asked, str) + [LOOKS] * (not note)
        return {"pictures": found, "method": "+".join(method), "note": note}


def _own(connection: Connection) -> dict[str, str]:
    return access.visible(connection, OWN, Privacy.LOCAL)


def _firsts() -> Any:
    held = (chunks.c.cid == pictures.c.cid) & (chunks.c.corpus == pictures.c.corpus)
    return (
        select(func.min(chunks.c.id), pictures.c.cid, pictures.c.corpus)
        .select_from(pictures)
        .join(chunks, held)
        .group_by(pictures.c.cid, pictures.c.corpus)
    )
