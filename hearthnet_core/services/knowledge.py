"""The node's documents: ingest, dedup by BLAKE3, full-text search (SQLite FTS5, BM25). Works without any model.

Corpora: `emergency` is the shipped library; everything else is the household's and, unless it is shared, only for calls
of the same household. The access rule is part of the query, before retrieval.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Annotated, Any

import blake3
import msgspec
from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, delete, func, insert, select, text

from hearthnet_core.backends.extractive import words
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.storage.database import Database, metadata

SHARED = ("emergency", "shared")
CHUNK_LETTERS = 900
MAX_TEXT = 16 * 1024 * 1024
MAX_RESULTS = 20
MAX_QUERY = 4_000
MAX_TERMS = 24

documents = Table(
    "documents",
    metadata,
    Column("cid", LargeBinary, primary_key=True),
    Column("corpus", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("licence", String, nullable=False),
)
chunks = Table(
    "chunks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("cid", LargeBinary, nullable=False, index=True),
    Column("corpus", String, nullable=False),
    Column("heading", String, nullable=False),
    Column("text", String, nullable=False),
)
_INDEX = "CREATE VIRTUAL TABLE IF NOT EXISTS chunk_words USING fts5(words)"


class QueryRequest(msgspec.Struct, frozen=True, kw_only=True):
    query: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_QUERY)]
    k: Annotated[int, msgspec.Meta(ge=1, le=MAX_RESULTS)] = 5
    corpora: Annotated[tuple[str, ...], msgspec.Meta(max_length=16)] = ()
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    rank: int
    score: float
    text: Annotated[str, msgspec.Meta(max_length=8_000)]
    metadata: dict[str, Any] = {}


class QueryDone(msgspec.Struct, frozen=True, kw_only=True):
    chunks: Annotated[tuple[Found, ...], msgspec.Meta(max_length=MAX_RESULTS)]
    method: str = "bm25"


class IngestRequest(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    text: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
    corpus: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_-]{1,40}$")] = "household"
    title: Annotated[str, msgspec.Meta(max_length=200)] = ""
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""


class IngestDone(msgspec.Struct, frozen=True, kw_only=True):
    document_id: str
    title: str
    chunks: int
    duplicate: bool


class CorporaRequest(msgspec.Struct, frozen=True):
    pass


class CorporaDone(msgspec.Struct, frozen=True):
    corpora: tuple[dict[str, Any], ...]


QUERY = Contract(name="rag.query", request=QueryRequest, done=QueryDone)
INGEST = Contract(name="rag.ingest", request=IngestRequest, done=IngestDone, private=True, timeout_s=600)
CORPORA = Contract(name="rag.list_corpora", request=CorporaRequest, done=CorporaDone)


class Knowledge:
    """The store. `same_home(caller)` decides whether a caller sees more than the shared corpora."""

    def __init__(self, runtime: Runtime, database: Database, same_home: Callable[[NodeId], bool]) -> None:
        self._runtime = runtime
        self._database = database
        self._same_home = same_home
        self.documents = 0
        self.chunks = 0

    async def start(self, library: Path | None) -> None:
        """Prepares the index and brings in the shipped library where it is new or changed."""
        await self._database.write(lambda c: c.execute(text(_INDEX)) and None)
        if library is not None:
            for name, content in await self._runtime.offload(_shipped, library):
                await self.ingest(IngestRequest(name=name, text=content, corpus="emergency"), replace=True)
        await self._count()

    async def ingest(self, request: IngestRequest, *, replace: bool = False) -> IngestDone:
        """Adds one document; the same bytes in the same corpus are known and cost nothing. `replace` drops the older
        text of the same name and language. Raises `BadRequest` for an empty one."""
        front, body = _front_matter(request.text)
        if not body.strip():
            raise BadRequest(f"{request.name} has no text.")
        cid = blake3.blake3(request.text.encode()).digest()
        heading = re.search(r"^#\s+(.+)$", body, re.M)
        title = (request.title or front.get("title") or (heading[1] if heading else "") or request.name)[:200]
        language = request.language or front.get("language", "")
        pieces = _pieces(body, title)

        def work(connection: Connection) -> bool:
            here = documents.c
            if connection.execute(select(here.cid).where(here.cid == cid, here.corpus == request.corpus)).first():
                return True
            if replace:
                old = connection.execute(
                    select(here.cid).where(
                        here.name == request.name, here.corpus == request.corpus, here.language == language
                    )
                ).all()
                for (gone,) in old:
                    _forget(connection, gone, request.corpus)
            connection.execute(
                insert(documents).values(
                    cid=cid,
                    corpus=request.corpus,
                    title=title,
                    name=request.name,
                    language=language,
                    licence=front.get("licence", ""),
                )
            )
            for heading, piece in pieces:
                row = connection.execute(
                    insert(chunks)
                    .values(cid=cid, corpus=request.corpus, heading=heading, text=piece)
                    .returning(chunks.c.id)
                ).scalar_one()
                connection.execute(
                    text("INSERT INTO chunk_words(rowid, words) VALUES (:id, :words)"),
                    {"id": row, "words": " ".join(words(f"{title} {heading} {piece}"))},
                )
            return False

        duplicate = await self._database.write(work)
        await self._count()
        return IngestDone(document_id=cid.hex(), title=title, chunks=len(pieces), duplicate=duplicate)

    async def query(self, request: QueryRequest, caller: NodeId | None) -> QueryDone:
        """BM25 over what the caller may see, best first."""
        terms = list(dict.fromkeys(words(request.query)))[:MAX_TERMS]
        if not terms:
            return QueryDone(chunks=())
        open_to_all = caller is not None and not self._same_home(caller)
        wanted = set(request.corpora)
        match = " OR ".join(f'"{t}"' for t in terms)

        def work(connection: Connection) -> list[Found]:
            rules, values = [], {"match": match, "k": request.k * 3}
            for name, allowed in (("seen", set(SHARED) if open_to_all else None), ("wanted", wanted or None)):
                if allowed is not None:
                    keys = [f"{name}{n}" for n in range(len(allowed))]
                    rules.append(f"c.corpus IN ({','.join(':' + k for k in keys)})")
                    values.update(zip(keys, sorted(allowed), strict=True))
            where = "".join(f" AND {r}" for r in rules)
            rows = connection.execute(
                text(
                    "SELECT c.id, c.cid, c.corpus, c.heading, c.text, bm25(chunk_words) AS s, d.title, d.language, d.licence"
                    " FROM chunk_words JOIN chunks c ON c.id = chunk_words.rowid"
                    " JOIN documents d ON d.cid = c.cid AND d.corpus = c.corpus"
                    f" WHERE chunk_words MATCH :match{where} ORDER BY s LIMIT :k"
                ),
                values,
            ).all()
            return _ranked(rows, request)

        return QueryDone(chunks=tuple(await self._database.read(work)))

    async def corpora(self, caller: NodeId | None) -> CorporaDone:
        open_to_all = caller is not None and not self._same_home(caller)

        def work(connection: Connection) -> tuple[dict[str, Any], ...]:
            rows = connection.execute(
                select(documents.c.corpus, func.count()).group_by(documents.c.corpus).order_by(documents.c.corpus)
            ).all()
            return tuple({"name": n, "documents": c} for n, c in rows if not open_to_all or n in SHARED)

        return CorporaDone(await self._database.read(work))

    async def _count(self) -> None:
        def work(connection: Connection) -> tuple[int, int]:
            return (
                connection.execute(select(func.count()).select_from(documents)).scalar_one(),
                connection.execute(select(func.count()).select_from(chunks)).scalar_one(),
            )

        self.documents, self.chunks = await self._database.read(work)


class QueryProvider:
    """`rag.query` for the bus."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def offer(self) -> Offer:
        return Offer(
            capability="rag.query",
            provider="library",
            slots=16,
            available=self._knowledge.chunks > 0,
            reason="The library is empty.",
        )

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        done = await self._knowledge.query(msgspec.convert(call.body, QueryRequest), call.caller)
        yield Chunk("done", msgspec.to_builtins(done))


class IngestProvider:
    """`rag.ingest` for this household's own API."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def offer(self) -> Offer:
        return Offer(capability="rag.ingest", provider="library", slots=4, private=True)

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
        return Offer(capability="rag.list_corpora", provider="library", slots=16)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        yield Chunk("done", msgspec.to_builtins(await self._knowledge.corpora(call.caller)))


def _shipped(library: Path) -> list[tuple[str, str]]:
    return [(path.stem, path.read_text()) for path in sorted(library.glob("*/*.md"))]


def _ranked(rows: Any, request: QueryRequest) -> list[Found]:
    """The query's language first among near equals; scores scaled to 0…1."""
    scored = []
    for row in rows:
        points = -float(row.s)
        if request.language and row.language and not request.language.startswith(row.language):
            points *= 0.5
        scored.append((points, row))
    scored.sort(key=lambda pair: (-pair[0], pair[1].id))
    best = scored[0][0] if scored else 1.0
    return [
        Found(
            rank=n,
            score=round(points / best, 4) if best > 0 else 0.0,
            text=row.text,
            metadata={
                "doc_cid": row.cid.hex(),
                "doc_title": row.title,
                "heading": row.heading,
                "chunk_id": row.id,
                "corpus": row.corpus,
                "language": row.language,
                "licence": row.licence,
                "page": None,
            },
        )
        for n, (points, row) in enumerate(scored[: request.k], 1)
    ]


def _forget(connection: Connection, cid: bytes, corpus: str) -> None:
    ids = connection.execute(select(chunks.c.id).where(chunks.c.cid == cid, chunks.c.corpus == corpus)).all()
    for (gone,) in ids:
        connection.execute(text("DELETE FROM chunk_words WHERE rowid = :id"), {"id": gone})
    connection.execute(delete(chunks).where(chunks.c.cid == cid, chunks.c.corpus == corpus))
    connection.execute(delete(documents).where(documents.c.cid == cid, documents.c.corpus == corpus))


def _front_matter(raw: str) -> tuple[dict[str, str], str]:
    match = re.match(r"\A---\n(.*?)\n---\n", raw, re.S)
    if not match:
        return {}, raw
    fields = dict(re.findall(r"^(\w+):[ \t]*(.+)$", match[1], re.M))
    return fields, raw[match.end() :]


def _pieces(body: str, title: str) -> list[tuple[str, str]]:
    """(heading, text) of at most about `CHUNK_LETTERS`, cut at headings and paragraphs."""
    found: list[tuple[str, str]] = []
    heading = title
    for section in re.split(r"(?m)^(?=#{1,4}\s)", body):
        lines = section.strip()
        if not lines:
            continue
        if match := re.match(r"#{1,4}\s+(.+)\n?", lines):
            heading = match[1].strip()[:200]
            lines = lines[match.end() :]
        held = ""
        for paragraph in re.split(r"\n\s*\n", lines):
            for piece in _cut(paragraph.strip()):
                if held and len(held) + len(piece) > CHUNK_LETTERS:
                    found.append((heading, held))
                    held = ""
                held = f"{held}\n\n{piece}" if held else piece
        if held:
            found.append((heading, held))
    return found


def _cut(paragraph: str) -> list[str]:
    if len(paragraph) <= CHUNK_LETTERS:
        return [paragraph] if paragraph else []
    parts, held = [], ""
    for sentence in re.split(r"(?<=[.!?])\s+", paragraph):
        for at in range(0, len(sentence), CHUNK_LETTERS):
            piece = sentence[at : at + CHUNK_LETTERS]
            if held and len(held) + len(piece) > CHUNK_LETTERS:
                parts.append(held)
                held = ""
            held = f"{held} {piece}".strip()
    return [*parts, held] if held else parts
