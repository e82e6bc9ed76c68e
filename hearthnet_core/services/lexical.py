"""Passages by their words: SQLite's FTS5 and BM25."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from hearthnet_core.backends.terms import words
from hearthnet_core.services.shelf import PICTURE, shelf_word

MAX_TERMS = 24
MAX_SCORED = 10_000
"""Passages that are scored for one question. The commonest words, which tell the least, are left out beyond that; the
rarest one always counts."""
WIDER = 3
FOREIGN = 0.5
"""What a passage in another language than asked for counts, beside the same in the right one."""
_COLUMNS = "c.id, c.cid, c.corpus, c.heading, c.text, c.page, c.hash, d.title, d.language, d.licence"
_JOIN = "JOIN documents d ON d.cid = c.cid AND d.corpus = c.corpus"


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A passage with what a person needs to find it again; `score` is comparable within one list only."""

    id: int
    cid: bytes
    corpus: str
    heading: str
    text: str
    page: int | None
    hash: bytes
    title: str
    language: str
    licence: str
    score: float = 0.0


def by_words(
    connection: Connection, query: str, language: str, corpora: Collection[str], k: int, *, pictures: bool = False
) -> list[Hit]:
    """The best `k` of these corpora, best first; only those of `pictures`, or all."""
    terms = _telling(connection, list(dict.fromkeys(words(query)))[:MAX_TERMS])
    if not terms or not corpora:
        return []
    shelves = f"({' OR '.join(shelf_word(corpus) for corpus in sorted(corpora))})"
    if pictures:
        shelves = f"({shelves} AND {PICTURE})"
    rows = connection.execute(
        text(
            "SELECT rowid, bm25(chunk_index, 1.0, 0.0) AS s FROM chunk_index WHERE chunk_index MATCH :match"
            " ORDER BY s LIMIT :k"
        ),
        {"match": f"words : ({' OR '.join(_quoted(t) for t in terms)}) AND shelf : {shelves}", "k": k * WIDER},
    ).all()
    found = by_id(connection, (row.rowid for row in rows), corpora)
    hits = [
        msgspec.structs.replace(hit, score=-float(row.s) * weight(language, hit.language))
        for row in rows
        if (hit := found.get(row.rowid)) is not None
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:k]


def by_id(connection: Connection, ids: Iterable[int], corpora: Collection[str]) -> dict[int, Hit]:
    """What is still there, and only of these corpora."""
    if not (wanted := sorted(set(ids))) or not corpora:
        return {}
    inside, values = _listed("corpus", sorted(corpora))
    these, more = _listed("id", wanted)
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM chunks c {_JOIN} WHERE c.id IN ({these}) AND c.corpus IN ({inside})"),
        {**values, **more},
    ).all()
    return {row.id: _hit(row) for row in rows}


def weight(asked: str, language: str) -> float:
    """Less for a passage in another language; unknown ones count in full."""
    return FOREIGN if asked and language and not asked.startswith(language) else 1.0


def _telling(connection: Connection, terms: list[str]) -> list[str]:
    """The words that are looked for, rarest first."""
    rare: list[tuple[int, str]] = []
    for term in terms:
        row = connection.execute(text("SELECT doc FROM chunk_terms WHERE term = :term"), {"term": term}).first()
        if row is not None:
            rare.append((row.doc, term))
    chosen: list[str] = []
    scored = 0
    for passages, term in sorted(rare):
        scored += passages
        if chosen and scored > MAX_SCORED:
            break
        chosen.append(term)
    return chosen


def _quoted(term: str) -> str:
    return f'"{term}"'


def _hit(row: Any) -> Hit:
    return Hit(
        id=row.id,
        cid=row.cid,
        corpus=row.corpus,
        heading=row.heading,
        text=row.text,
        page=row.page,
        hash=row.hash or b"",
        title=row.title,
        language=row.language,
        licence=row.licence,
    )


def _listed(name: str, values: list[Any]) -> tuple[str, dict[str, Any]]:
    keys = [f"{name}{n}" for n in range(len(values))]
    return ",".join(f":{key}" for key in keys), dict(zip(keys, values, strict=True))
