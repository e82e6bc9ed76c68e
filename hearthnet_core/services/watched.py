"""What is remembered of watched folders, so that a restart reads nothing again: each file as it was read, and which
documents are there because of it. The functions run inside a transaction of `Database`."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, String, Table, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.storage.database import metadata

folders = Table(
    "watched_folders",
    metadata,
    Column("folder", String, primary_key=True),
    Column("device", String, nullable=False),
    Column("taken_as", String, nullable=False),
)
"""`device`: the file system it was on; text, because SQLite's integers are too small for some. `taken_as`: how its files were
taken in; when that is configured otherwise, they are read again."""
files = Table(
    "watched_files",
    metadata,
    Column("folder", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("problem", String, nullable=False),
    Column("unread", Integer),
    Column("asked", String),
)
claims = Table(
    "watched_documents",
    metadata,
    Column("folder", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("cid", LargeBinary, primary_key=True, index=True),
    Column("corpus", String, primary_key=True),
)


class Stamp(msgspec.Struct, frozen=True):
    """What tells without reading that a file is another than before."""

    size: int
    mtime_ns: int


class Remembered(msgspec.Struct, frozen=True):
    """A file as it was read; `problem` is a sentence when that did not go well. `unread`: pages nobody could read, though those
    `asked` (marks of them) were there."""

    stamp: Stamp
    hash: bytes
    problem: str = ""
    unread: int = 0
    asked: frozenset[str] = frozenset()


def load(connection: Connection, folder: str) -> dict[str, Remembered]:
    rows = connection.execute(select(files).where(files.c.folder == folder))
    return {
        row.path: Remembered(
            Stamp(row.size, row.mtime_ns), row.hash, row.problem, row.unread or 0, frozenset((row.asked or "").split())
        )
        for row in rows
    }


def paths(connection: Connection, folder: str) -> set[str]:
    """Files that something is there because of."""
    read = connection.execute(select(files.c.path).where(files.c.folder == folder)).scalars()
    return {*read, *connection.execute(select(claims.c.path).where(claims.c.folder == folder)).scalars()}


def device(connection: Connection, folder: str) -> str:
    """Empty for a folder that was never looked into."""
    return connection.execute(select(folders.c.device).where(folders.c.folder == folder)).scalar_one_or_none() or ""


def set_folder(connection: Connection, folder: str, device: str, taken_as: str) -> None:
    before = connection.execute(select(folders.c.taken_as).where(folders.c.folder == folder)).scalar_one_or_none()
    if before is not None and before != taken_as:
        connection.execute(delete(files).where(files.c.folder == folder))
    values = {"folder": folder, "device": device, "taken_as": taken_as}
    connection.execute(insert(folders).values(values).prefix_with("OR REPLACE"))


def remember(connection: Connection, folder: str, path: str, file: Remembered) -> None:
    values = {
        "folder": folder,
        "path": path,
        "size": file.stamp.size,
        "mtime_ns": file.stamp.mtime_ns,
        "hash": file.hash,
        "problem": file.problem,
        "unread": file.unread,
        "asked": " ".join(sorted(file.asked)),
    }
    connection.execute(insert(files).values(values).prefix_with("OR REPLACE"))


def claim(connection: Connection, folder: str, path: str, cid: bytes, corpus: str) -> None:
    """This document is there because of this file."""
    values = {"folder": folder, "path": path, "cid": cid, "corpus": corpus}
    connection.execute(insert(claims).values(values).prefix_with("OR IGNORE"))


def claimed(connection: Connection, cid: bytes, corpus: str) -> bool:
    """Is it there because of any file?"""
    return _count(connection, cid, corpus) > 0


type Kept = Collection[tuple[bytes, str]]


def alone(connection: Connection, folder: str, path: str, kept: Kept = ()) -> list[tuple[bytes, str]]:
    """The (document, corpus) that are there because of this file only, but those `kept`."""
    return [one for one in _released(connection, folder, path, kept) if _count(connection, *one) == 1]


def release(connection: Connection, folder: str, path: str, kept: Kept = ()) -> None:
    """Takes back this file's claims but those `kept`."""
    for cid, corpus in _released(connection, folder, path, kept):
        mine = (claims.c.folder == folder) & (claims.c.path == path)
        connection.execute(delete(claims).where(mine, claims.c.cid == cid, claims.c.corpus == corpus))


def drop(connection: Connection, folder: str, path: str) -> None:
    connection.execute(delete(files).where(files.c.folder == folder, files.c.path == path))


def _released(connection: Connection, folder: str, path: str, kept: Kept) -> list[tuple[bytes, str]]:
    mine = select(claims.c.cid, claims.c.corpus).where(claims.c.folder == folder, claims.c.path == path)
    return [(row.cid, row.corpus) for row in connection.execute(mine).all() if (row.cid, row.corpus) not in kept]


def _count(connection: Connection, cid: bytes, corpus: str) -> int:
    found = select(func.count()).select_from(claims).where(claims.c.cid == cid, claims.c.corpus == corpus)
    return connection.execute(found).scalar_one()
