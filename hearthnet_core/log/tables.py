"""How the log lies in the database. Events are the bytes that came; everything else can be derived from them, save the
arrival order and the cursors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    bindparam,
    select,
)

from hearthnet_core.protocol.admission import Status
from hearthnet_core.protocol.event import Event, decode
from hearthnet_core.storage.database import metadata

PERMANENT = -1
IN_AT_ONCE = 500


class Bytes(LargeBinary):
    """Goes to the driver and comes back as it is; what SQLAlchemy does to each value costs more than SQLite."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        return None


events = Table(
    "events",
    metadata,
    Column("id", Bytes, primary_key=True),
    Column("scope", Bytes, nullable=False),
    Column("author", Bytes, nullable=False),
    Column("type", String, nullable=False),
    Column("lamport", Integer, nullable=False),
    Column("expires", Integer),
    Column("status", SmallInteger, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("source", Bytes),
    Column("header", Bytes, nullable=False),
    Column("signature", Bytes, nullable=False),
    Column("body", Bytes),
    Index("events_by_scope", "scope", "status", "lamport"),
    sqlite_with_rowid=True,
)
arrivals = Table(
    "arrivals",
    metadata,
    Column("scope", Bytes, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("id", Bytes, nullable=False),
    Column("c", Bytes, nullable=False),
)
cursors = Table(
    "cursors",
    metadata,
    Column("peer", Bytes, primary_key=True),
    Column("scope", Bytes, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("c", Bytes, nullable=False),
)
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("scope", Bytes, primary_key=True),
    Column("bucket", Integer, primary_key=True),
    Column("state", Bytes, nullable=False),
    Column("count", Integer, nullable=False),
)
communities = Table(
    "communities",
    metadata,
    Column("id", Bytes, primary_key=True),
    Column("scope", Bytes, nullable=False),
    Column("board", Bytes, nullable=False),
    Column("current", Boolean, nullable=False),
)
_STATUSES = select(events.c.id, events.c.status).where(events.c.id.in_(bindparam("ids", expanding=True)))
WIRE = (events.c.header, events.c.signature, events.c.body)


def row_of(event: Event, status: Status, late: bool, source: bytes | None) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    header, id = event.header, bytes(event.id)
    place = id, header.scope, header.author, header.type, header.lamport, header.expires
    return *place, int(status), late, source, event.header_bytes, event.signature, event.body


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows past SQLAlchemy's treatment of each value, which costs more than SQLite itself."""
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect)
    if compiled.positional:
        connection.exec_driver_sql(str(compiled), list(rows))
    else:
        names = [column.name for column in table.columns]
        connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def event_of(row: Sequence[Any]) -> Event:
    """From `WIRE` columns."""
    return decode((row[0], row[1], row[2]))


def statuses(connection: Connection, ids: Iterable[bytes]) -> dict[bytes, Status]:
    """Of those that are stored."""
    wanted = [bytes(id) for id in ids]
    found: dict[bytes, Status] = {}
    for at in range(0, len(wanted), IN_AT_ONCE):
        for id, status in connection.execute(_STATUSES, {"ids": wanted[at : at + IN_AT_ONCE]}):
            found[id] = Status(status)
    return found


def stored_events(connection: Connection, *where: Any) -> list[Event]:
    return [event_of(row) for row in connection.execute(select(*WIRE).where(*where).order_by(events.c.lamport))]


def events_by_id(connection: Connection, ids: Sequence[bytes]) -> list[Event]:
    chunks = (ids[at : at + IN_AT_ONCE] for at in range(0, len(ids), IN_AT_ONCE))
    return [e for some in chunks for e in stored_events(connection, events.c.id.in_(some))]
