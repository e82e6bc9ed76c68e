"""Reading the log: in the order of arrival for peers, newest first for people."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from blake3 import blake3
from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select

from hearthnet_core.log.ledger import CHAIN_BYTES, Head, Ledger
from hearthnet_core.log.tables import PERMANENT, WIRE, arrivals, cursors, event_of, events
from hearthnet_core.models.ids import EventId, NodeId, ScopeId
from hearthnet_core.protocol.admission import Status
from hearthnet_core.protocol.event import Event, Wire
from hearthnet_core.storage.database import Database

MAX_BATCH = 1_024
MAX_BATCH_BYTES = 1_000_000
PREFIX_BYTES = 12
MAX_PREFIXES = 1_024
MAX_PAGE = 1_000
ADMITTED = events.c.status == int(Status.ADMITTED)
NOTHING = Head(0, bytes(CHAIN_BYTES))


class Cursor(msgspec.Struct, frozen=True):
    """How far this node got in a peer's arrival log of a scope."""

    peer: NodeId
    scope: ScopeId
    n: int
    c: bytes


class Batch(msgspec.Struct, frozen=True):
    """What follows a cursor. Entries that no longer count are skipped; `n` and `c` move on."""

    events: tuple[Event, ...]
    n: int
    c: bytes
    more: bool


class Arrivals(msgspec.Struct, frozen=True):
    """A `Batch` as the bytes that came, for whoever passes it on."""

    events: tuple[Wire, ...]
    n: int
    c: bytes
    more: bool


class Stored(msgspec.Struct, frozen=True):
    """An event that counts. `late`: it came after its author had been removed."""

    event: Event
    late: bool

    @property
    def position(self) -> tuple[int, bytes]:
        """For `before`: where the next page begins."""
        return self.event.header.lamport, bytes(self.event.id)


class LogQueries:
    """The reading half of `EventLog`."""

    _db: Database
    _ledger: Ledger

    def head(self, scope: ScopeId) -> Head:
        """The end of the arrival log; n = 0 where nothing came yet."""
        return self._ledger.heads.get(bytes(scope), NOTHING)

    def fingerprint(self, scope: ScopeId, bucket: int | None = None) -> bytes:
        """Of the events without expiry, or of those that expire on the day `bucket`."""
        return self._ledger.digest(scope, bucket)

    def buckets(self, scope: ScopeId, today: int) -> dict[int, bytes]:
        """Fingerprints of the days from `today` on, empty ones left out."""
        days = sorted(b for s, b in self._ledger.sums if s == scope and b >= max(0, today))
        return {day: self.fingerprint(scope, day) for day in days if self._ledger.sums[bytes(scope), day][1]}

    def summary(self, scope: ScopeId, today: int) -> bytes:
        """One fingerprint of everything that two nodes keep on `today`: BLAKE3(permanent ‖ (u32 day ‖ fingerprint)…)."""
        days = b"".join(day.to_bytes(4, "big") + digest for day, digest in self.buckets(scope, today).items())
        return blake3(self.fingerprint(scope) + days).digest()

    async def arrival_since(self, scope: ScopeId, n: int, limit: int = MAX_BATCH) -> Batch:
        """At most `limit` entries and a megabyte, at least one event where there is one."""
        found = await self.arrivals(scope, n, limit)
        return Batch(tuple(event_of(wire) for wire in found.events), found.n, found.c, found.more)

    async def arrivals(self, scope: ScopeId, n: int, limit: int = MAX_BATCH) -> Arrivals:
        """As `arrival_since`, not decoded."""

        def work(connection: Connection) -> Arrivals:
            most = max(1, min(limit, MAX_BATCH)) + 1
            entries = connection.execute(_ARRIVALS, {"scope": bytes(scope), "n": n, "most": most})
            found: list[Wire] = []
            size, last, c = 0, n, b""
            for count, row in enumerate(entries):
                size += len(row[2]) + len(row[4] or b"") + 80 if row[2] is not None else 0
                if count == min(limit, MAX_BATCH) or (size > MAX_BATCH_BYTES and found):
                    return Arrivals(tuple(found), last, c, True)
                last, c = row[0], row[1]
                if row[2] is not None:
                    found.append((row[2], row[3], row[4]))
            return Arrivals(tuple(found), last, c or self.head(scope).c, False)

        return await self._db.read(work)

    async def check_cursor(self, scope: ScopeId, n: int, c: bytes) -> bool:
        """Does this cursor mean something here? n = 0 always does: the beginning."""
        if n == 0:
            return True
        entry = {"scope": bytes(scope), "n": n}
        return await self._db.read(lambda k: k.execute(_LINK, entry).scalar()) == c

    async def cursor(self, peer: NodeId, scope: ScopeId) -> Cursor | None:
        whose = {"peer": bytes(peer), "scope": bytes(scope)}
        row = await self._db.read(lambda k: k.execute(_CURSOR, whose).first())
        return Cursor(peer, scope, row[0], row[1]) if row is not None else None

    async def forget_cursor(self, peer: NodeId, scope: ScopeId) -> None:
        where = cursors.c.peer == bytes(peer), cursors.c.scope == bytes(scope)
        await self._db.write(lambda k: k.execute(delete(cursors).where(*where)) and None)

    async def ids_for_reconcile(self, scope: ScopeId, bucket: int | None) -> list[tuple[int, bytes]]:
        """(Lamport, id) of what counts, in that order."""
        expires = events.c.expires.is_(None) if bucket is None else events.c.expires == bucket
        query = select(events.c.lamport, events.c.id).where(events.c.scope == bytes(scope), ADMITTED, expires)
        query = query.order_by(events.c.lamport, events.c.id)
        return await self._db.read(lambda k: [(lamport, id) for lamport, id in k.execute(query)])

    async def by_prefix(self, scope: ScopeId, prefixes: Iterable[bytes]) -> list[Event]:
        """What counts and begins so."""
        return [e for found in (await self._by_prefix(scope, prefixes)).values() if (e := found) is not None]

    async def lacking(self, scope: ScopeId, prefixes: Iterable[bytes]) -> list[bytes]:
        """Those of `prefixes` that nothing stored here begins with, parked and quarantined events included."""

        def work(connection: Connection) -> list[bytes]:
            return [
                p
                for p in list(prefixes)[:MAX_PREFIXES]
                if connection.execute(_STORED, _between(scope, p)).scalar() is None
            ]

        return await self._db.read(work)

    async def _by_prefix(self, scope: ScopeId, prefixes: Iterable[bytes]) -> dict[bytes, Event | None]:
        def work(connection: Connection) -> dict[bytes, Event | None]:
            found: dict[bytes, Event | None] = {}
            for prefix in list(prefixes)[:MAX_PREFIXES]:
                row = connection.execute(_BEGINNING, _between(scope, prefix)).first()
                found[prefix] = event_of(row) if row is not None else None
            return found

        return await self._db.read(work)

    async def events(
        self, scope: ScopeId, type: str | None = None, limit: int = 50, before: tuple[int, bytes] | None = None
    ) -> list[Stored]:
        """What counts, newest first by (Lamport, id); `before` is the `position` of the last one already seen."""
        query = select(*WIRE, events.c.late).where(events.c.scope == bytes(scope), ADMITTED)
        if type is not None:
            query = query.where(events.c.type == type)
        if before is not None:
            lamport, id = before
            older = or_(events.c.lamport < lamport, and_(events.c.lamport == lamport, events.c.id < id))
            query = query.where(older)
        query = query.order_by(events.c.lamport.desc(), events.c.id.desc()).limit(max(1, min(limit, MAX_PAGE)))
        return await self._db.read(lambda k: [Stored(event_of(row), bool(row[3])) for row in k.execute(query)])

    async def get(self, id: EventId) -> Stored | None:
        """An event that counts."""
        query = select(*WIRE, events.c.late).where(events.c.id == bytes(id), ADMITTED)
        row = await self._db.read(lambda k: k.execute(query).first())
        return Stored(event_of(row), bool(row[3])) if row is not None else None

    async def counts(self) -> dict[Status, int]:
        """How many events of each status, for `doctor` and metrics."""
        query = select(events.c.status, func.count()).group_by(events.c.status)
        found = await self._db.read(lambda k: {Status(s): int(n) for s, n in k.execute(query)})
        return {status: found.get(status, 0) for status in Status}


def _between(scope: ScopeId, prefix: bytes) -> dict[str, bytes]:
    return {"scope": bytes(scope), "low": prefix, "high": prefix + b"\xff" * (32 - len(prefix))}


# Replication asks these all the time, and building a statement takes longer than running it.
_ARRIVALS = (
    select(arrivals.c.n, arrivals.c.c, *WIRE)
    .select_from(arrivals.outerjoin(events, and_(events.c.id == arrivals.c.id, ADMITTED)))
    .where(arrivals.c.scope == bindparam("scope"), arrivals.c.n > bindparam("n"))
    .order_by(arrivals.c.n)
    .limit(bindparam("most"))
)
_LINK = select(arrivals.c.c).where(arrivals.c.scope == bindparam("scope"), arrivals.c.n == bindparam("n"))
_CURSOR = select(cursors.c.n, cursors.c.c).where(
    cursors.c.peer == bindparam("peer"), cursors.c.scope == bindparam("scope")
)
_BEGINS = (
    events.c.scope == bindparam("scope"),
    events.c.id >= bindparam("low"),
    events.c.id <= bindparam("high"),
)
_STORED = select(events.c.id).where(*_BEGINS).limit(1)
_BEGINNING = select(*WIRE).where(*_BEGINS, ADMITTED).limit(1)


__all__ = ["PERMANENT", "Batch", "Cursor", "Head", "LogQueries", "Stored"]
