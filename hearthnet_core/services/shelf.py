"""Where documents and their passages are kept: the tables, and how a document gets into them and out again.

What was kept is never changed, only replaced: a document's id is the BLAKE3 of the bytes it was read from, and `digest`
that of what is kept of it. The functions run inside a transaction of `Database`.
"""

from __future__ import annotations

from collections.abc import Sequence

import blake3
import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
)

from hearthnet_core.backends.terms import words
from hearthnet_core.storage.database import metadata

documents = Table(
    "documents",
    metadata,
    Column("cid", LargeBinary, primary_key=True),
    Column("corpus", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("licence", String, nullable=False),
    Column("digest", LargeBinary),
    Column("added", Float),
    Column("unread", Integer),
)
chunks = Table(
    "chunks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("cid", LargeBinary, nullable=False, index=True),
    Column("corpus", String, nullable=False),
    Column("heading", String, nullable=False),
    Column("text", String, nullable=False),
    Column("page", Integer),
    Column("hash", LargeBinary),
)
pictures = Table(
    "pictures",
    metadata,
    Column("cid", LargeBinary, primary_key=True),
    Column("corpus", String, primary_key=True),
    Column("preview", LargeBinary, nullable=False),
)
"""Of the documents that are pictures, small enough to be shown in numbers; a JPEG."""
INDEX = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS chunk_index USING fts5(words, shelf)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS chunk_terms USING fts5vocab(chunk_index, 'row')",
)
"""`shelf` holds one word that stands for the corpus, so that who may not see it never meets its passages, and one for what
is a picture."""
PICTURE = "picture"
OLD_INDEX = "chunk_words"
_ADD_WORDS = text("INSERT INTO chunk_index(rowid, words, shelf) VALUES (:id, :words, :shelf)")
_KEPT = (documents.c.cid == bindparam("cid")) & (documents.c.corpus == bindparam("corpus"))
_PREVIEW = (pictures.c.cid == bindparam("cid")) & (pictures.c.corpus == bindparam("corpus"))
_PASSAGES = (chunks.c.cid == bindparam("cid")) & (chunks.c.corpus == bindparam("corpus"))


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it goes onto the shelf; `pieces` are (heading, text, page or None), `unread` the number of pages that
    nobody here could read. `preview` is that of a picture, else empty."""

    cid: bytes
    corpus: str
    title: str
    name: str
    language: str
    licence: str
    pieces: tuple[tuple[str, str, int | None], ...]
    unread: int = 0
    preview: bytes = b""

    @property
    def size(self) -> int:
        """Bytes of its text and its preview."""
        return len(self.preview) + sum(len(heading.encode()) + len(text.encode()) for heading, text, _ in self.pieces)

    @property
    def digest(self) -> bytes:
        """BLAKE3 of everything but the corpus, what could not be read and the preview, so that the same document has it everywhere."""
        said = (self.cid, self.title, self.name, self.language, self.licence, self.pieces)
        return blake3.blake3(msgspec.msgpack.encode(said)).digest()


def prepare(connection: Connection) -> None:
    """Makes the index of words, and fills in what an earlier version did not keep."""
    for table in INDEX:
        connection.execute(text(table))
    _fill_in(connection)
    _take_over(connection)
    # An older version, which may have run since, forgets documents without their pictures.
    held = (documents.c.cid == pictures.c.cid) & (documents.c.corpus == pictures.c.corpus)
    connection.execute(delete(pictures).where(~exists().where(held)))


def unread(connection: Connection, cid: bytes, corpus: str) -> int | None:
    """How many pages of it nobody could read; None: it is not there."""
    row = connection.execute(select(documents.c.unread).where(_KEPT), {"cid": cid, "corpus": corpus}).first()
    return None if row is None else row.unread or 0


def put(connection: Connection, kept: Kept, at: float) -> None:
    connection.execute(
        insert(documents).values(
            cid=kept.cid,
            corpus=kept.corpus,
            title=kept.title,
            name=kept.name,
            language=kept.language,
            licence=kept.licence,
            digest=kept.digest,
            added=at,
            unread=kept.unread,
        )
    )
    if kept.preview:
        row = {"cid": kept.cid, "corpus": kept.corpus, "preview": kept.preview}
        connection.execute(insert(pictures).prefix_with("OR REPLACE").values(row))
    first = connection.execute(select(func.coalesce(func.max(chunks.c.id), 0))).scalar_one()
    rows = [
        {
            "id": first + n,
            "cid": kept.cid,
            "corpus": kept.corpus,
            "heading": heading,
            "text": piece,
            "page": page,
            "hash": passage_hash(kept.title, heading, piece),
        }
        for n, (heading, piece, page) in enumerate(kept.pieces, 1)
    ]
    if not rows:
        return
    connection.execute(insert(chunks), rows)
    connection.execute(
        _ADD_WORDS,
        [
            {
                "id": r["id"],
                "words": " ".join(words(f"{kept.title} {r['heading']} {r['text']}")),
                "shelf": f"{shelf_word(kept.corpus)} {PICTURE}" if kept.preview else shelf_word(kept.corpus),
            }
            for r in rows
        ],
    )


def forget(connection: Connection, cid: bytes, corpus: str) -> bool:
    """False: it is not there."""
    at = {"cid": cid, "corpus": corpus}
    ids = [{"id": id} for (id,) in connection.execute(select(chunks.c.id).where(_PASSAGES), at)]
    if ids:
        connection.execute(text("DELETE FROM chunk_index WHERE rowid = :id"), ids)
    connection.execute(delete(chunks).where(_PASSAGES), at)
    connection.execute(delete(pictures).where(_PREVIEW), at)
    return connection.execute(delete(documents).where(_KEPT), at).rowcount > 0


def load(connection: Connection, cid: bytes, corpus: str) -> Kept | None:
    """The whole document."""
    at = {"cid": cid, "corpus": corpus}
    row = connection.execute(select(documents).where(_KEPT), at).first()
    if row is None:
        return None
    wanted = select(chunks.c.heading, chunks.c.text, chunks.c.page).where(_PASSAGES).order_by(chunks.c.id)
    return Kept(
        cid=cid,
        corpus=corpus,
        title=row.title,
        name=row.name,
        language=row.language,
        licence=row.licence,
        pieces=tuple((heading, piece, page) for heading, piece, page in connection.execute(wanted, at)),
        unread=row.unread or 0,
        preview=preview(connection, cid, corpus),
    )


def preview(connection: Connection, cid: bytes, corpus: str) -> bytes:
    """Empty for what is no picture."""
    at = {"cid": cid, "corpus": corpus}
    return connection.execute(select(pictures.c.preview).where(_PREVIEW), at).scalar() or b""


def namesakes(connection: Connection, corpus: str, name: str, language: str) -> Sequence[bytes]:
    """The ids of what has this name and language."""
    found = select(documents.c.cid).where(
        documents.c.corpus == corpus, documents.c.name == name, documents.c.language == language
    )
    return [cid for (cid,) in connection.execute(found)]


def passage_text(title: str, heading: str, piece: str) -> str:
    """What stands for a passage where its meaning is compared."""
    return f"{title}\n{piece}" if heading in ("", title) else f"{title}: {heading}\n{piece}"


def passage_hash(title: str, heading: str, piece: str) -> bytes:
    """BLAKE3 of that, however it is broken into lines."""
    return blake3.blake3(" ".join(passage_text(title, heading, piece).split()).encode()).digest()


def shelf_word(corpus: str) -> str:
    """One word for the index, whatever the corpus is called."""
    return f"s{blake3.blake3(corpus.encode()).hexdigest(8)}"


def _take_over(connection: Connection) -> None:
    """The words an earlier version indexed."""
    if connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = :old"), {"old": OLD_INDEX}).first() is None:
        return
    rows = connection.execute(
        text(f"SELECT c.id, w.words, c.corpus FROM {OLD_INDEX} w JOIN chunks c ON c.id = w.rowid")
    ).all()
    if rows:
        connection.execute(
            _ADD_WORDS, [{"id": id, "words": words_, "shelf": shelf_word(corpus)} for id, words_, corpus in rows]
        )
    connection.execute(text(f"DROP TABLE {OLD_INDEX}"))


def _fill_in(connection: Connection) -> None:
    bare = select(chunks.c.id, documents.c.title, chunks.c.heading, chunks.c.text).where(
        chunks.c.hash.is_(None), documents.c.cid == chunks.c.cid, documents.c.corpus == chunks.c.corpus
    )
    if hashes := [
        {"row": id, "hash": passage_hash(title, heading, piece)}
        for id, title, heading, piece in connection.execute(bare)
    ]:
        connection.execute(text("UPDATE chunks SET hash = :hash WHERE id = :row"), hashes)
    for cid, corpus in connection.execute(
        select(documents.c.cid, documents.c.corpus).where(documents.c.digest.is_(None))
    ).all():
        kept = load(connection, cid, corpus)
        assert kept is not None
        connection.execute(
            text("UPDATE documents SET digest = :digest WHERE cid = :cid AND corpus = :corpus"),
            {"digest": kept.digest, "cid": cid, "corpus": corpus},
        )
