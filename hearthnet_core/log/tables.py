"""How the log lies in the database. Events are the bytes that came; everything else can be derived from them, save the
arrival order and the cursors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    select,
)

from hearthnet_core.protocol.admission import Status
from hearthnet_core.protocol.event import Event, decode
from hearthnet_core.storage.database import metadata

PERMANENT = -1
IN_AT_ONCE = 500

events = Table(
    "events",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("scope", LargeBinary, nullable=False),
    Column("author", LargeBinary, nullable=False),
    Column("type", String, nullable=False),
    Column("lamport", Integer, nullable=False),
    Column("expires", Integer),
    Column("status", SmallInteger, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("source", LargeBinary),
    Column("header", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("body", LargeBinary),
    Index("events_by_scope", "scope", "status", "lamport"),
    sqlite_with_rowid=True,
)
arrivals = Table(
    "arrivals",
    metadata,
    Column("scope", LargeBinary, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False),
    Column("c", LargeBinary, nullable=False),
)
cursors = Table(
    "cursors",
    metadata,
    Column("peer", LargeBinary, primary_key=True),
    Column("scope", LargeBinary, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("c", LargeBinary, nullable=False),
)
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("scope", LargeBinary, primary_key=True),
    Column("bucket", Integer, primary_key=True),
    Column("state", LargeBinary, nullable=False),
    Column("count", Integer, nullable=False),
)
communities = Table(
    "communities",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("scope", LargeBinary, nullable=False),
    Column("board", LargeBinary, nullable=False),
    Column("current", Boolean, nullable=False),
)
WIRE = (events.c.header, events.c.signature, events.c.body)


def row_of(event: Event, status: Status, late: bool, source: bytes | None) -> dict[str, Any]:
    header = event.header
    return {
        "id": bytes(event.id),
        "scope": header.scope,
        "author": header.author,
        "type": header.type,
        "lamport": header.lamport,
        "expires": header.expires,
        "status": int(status),
        "late": late,
        "source": source,
        "header": event.header_bytes,
        "signature": event.signature,
        "body": event.body,
    }


def event_of(row: Sequence[Any]) -> Event:
    """From `WIRE` columns."""
    return decode((row[0], row[1], row[2]))


def statuses(connection: Connection, ids: Iterable[bytes]) -> dict[bytes, Status]:
    """Of those that are stored."""
    wanted = [bytes(id) for id in ids]
    found: dict[bytes, Status] = {}
    for at in range(0, len(wanted), IN_AT_ONCE):
        some = wanted[at : at + IN_AT_ONCE]
        for id, status in connection.execute(select(events.c.id, events.c.status).where(events.c.id.in_(some))):
            found[id] = Status(status)
    return found


def stored_events(connection: Connection, *where: Any) -> list[Event]:
    return [event_of(row) for row in connection.execute(select(*WIRE).where(*where).order_by(events.c.lamport))]
