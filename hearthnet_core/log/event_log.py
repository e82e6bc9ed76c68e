"""One door: what this node says (`append`) and what a peer sends (`ingest`) meet in `_commit`.

A commit is one transaction: events, their places in the arrival log, the fingerprints, the cursor that covers them.
Nothing is announced, and no `append` returns, before it is on the disk. Memory (graph, heads, fingerprints) is changed
first and read again from the disk when the commit fails.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.errors import BadRequest, Forbidden, HearthNetError, InvalidSignature, Revoked, Unavailable
from hearthnet_core.identity.keys import Purpose, SigningKey, verify
from hearthnet_core.log.consequences import Consequences, changed_nodes, find
from hearthnet_core.log.ledger import Head, Ledger, drop
from hearthnet_core.log.queries import NOTHING, Cursor, LogQueries
from hearthnet_core.log.tables import (
    arrivals,
    communities,
    cursors,
    events,
    events_by_id,
    insert_rows,
    row_of,
    statuses,
    stored_events,
)
from hearthnet_core.models.ids import CommunityId, EventId, NodeId, ScopeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.admission import Status, check_content, judged, pulled
from hearthnet_core.protocol.authority import MAX_STEP, Graph, MissingParents, NodeInfo, State
from hearthnet_core.protocol.event import MAX_NUMBER, SALT_BYTES, Event, Wire, check_signature, decode, founding_id
from hearthnet_core.protocol.making import Stamp, event
from hearthnet_core.runtime import Runtime
from hearthnet_core.signals import Signal
from hearthnet_core.storage.database import Database

MAX_PARKED = 10_000
MAX_PARKED_OF_PEER = 1_000
SIGN_INLINE = 32
VERIFY_THREADS = 2
VERIFY_INLINE = 8

type Body = msgspec.Struct | Callable[[tuple[bytes, ...]], msgspec.Struct]


class Ingested(msgspec.Struct, frozen=True):
    """What became of a batch. `refused` says why, in the order of coming.

    `spans`: per scope the entries (n before, end) of the arrival log that hold what came with this call and nothing else.
    """

    admitted: tuple[Event, ...] = ()
    known: int = 0
    quarantined: int = 0
    parked: int = 0
    refused: tuple[HearthNetError, ...] = ()
    spans: dict[bytes, tuple[int, Head]] = {}


@dataclass
class _Change:
    """One transaction in the making."""

    placed: list[tuple[Event, Status, bool, bytes | None]] = field(default_factory=list)
    admitted: list[Event] = field(default_factory=list)
    moved: Consequences = field(default_factory=Consequences)
    unparked: list[EventId] = field(default_factory=list)
    doubted: set[bytes] = field(default_factory=set)
    refused: list[HearthNetError] = field(default_factory=list)
    cursor: Cursor | None = None
    extra: list[Callable[[Connection], None]] = field(default_factory=list)

    def place(self, event: Event, status: Status, late: bool = False, source: bytes | None = None) -> None:
        self.placed.append((event, status, late, source))
        if status is Status.ADMITTED:
            self.admitted.append(event)


class EventLog(LogQueries):
    """`committed`: events that came to count, ours or not. `withdrawn`: ids that no longer do. `authority`: a new state."""

    def __init__(self, db: Database, runtime: Runtime, key: SigningKey) -> None:
        self._db = db
        self._runtime = runtime
        self._key = key
        self._ledger = Ledger()
        self._graph: Graph | None = None
        self._clock = 0
        self._lock = asyncio.Lock()
        self._version = 0
        self._parked: dict[bytes, int] = {}
        self._outbox: list[tuple[list[Event], asyncio.Future[None]]] = []
        self.committed: Signal[tuple[Event, ...]] = Signal()
        self.withdrawn: Signal[tuple[EventId, ...]] = Signal()
        self.authority: Signal[State] = Signal()

    @classmethod
    async def open(cls, db: Database, runtime: Runtime, key: SigningKey) -> EventLog:
        """The log of the current community, or of none yet."""
        log = cls(db, runtime, key)
        await log._load()
        return log

    @property
    def graph(self) -> Graph:
        """Raises `Unavailable` before the first community."""
        if self._graph is None:
            raise Unavailable("This node has no community yet.")
        return self._graph

    @property
    def founded(self) -> bool:
        return self._graph is not None

    @property
    def state(self) -> State:
        return self.graph.state

    @property
    def me(self) -> NodeId:
        return self._key.node_id

    @property
    def lamport(self) -> int:
        """The next event's."""
        return self._clock + 1

    async def begin(self, founding: Event, history: Sequence[Event] = ()) -> None:
        """Makes this the current community, with its `history` of authority in causal order, all or nothing. What the
        node kept of another one stays readable by its scopes. Raises what refuses an event, `MissingParents` included.
        """
        await asyncio.shield(self._begin(founding, history))

    async def append(self, type: str, scope: ScopeId, body: Body, *, expires: int | None = None) -> Event:
        """Signs and keeps; returns when it is on the disk. Raises `Revoked`, `Forbidden`, `BadRequest`.

        An authority event's body may be a function of the ids it will stand on, for signatures that cover them.
        """
        if type in bodies.AUTHORITY:
            return await asyncio.shield(self._append_authority(type, body))
        if not isinstance(body, msgspec.Struct):
            raise BadRequest("Only an authority event's body depends on what it stands on.")
        (made,) = await self.append_many(type, scope, [body], expires=expires)
        return made

    async def append_many(
        self, type: str, scope: ScopeId, bodies: Sequence[msgspec.Struct], *, expires: int | None = None
    ) -> list[Event]:
        """Content only, in one commit, together with whatever else is waiting."""
        self._check_active()
        first, wall = self.lamport, int(self._runtime.wall() * 1000)
        if first + len(bodies) > MAX_NUMBER:
            raise Unavailable("The log's numbers are used up.")
        self._clock += len(bodies)
        salts = self._runtime.random_bytes(SALT_BYTES * len(bodies))
        state = self.state

        def sign() -> list[Event]:
            made = []
            for i, body in enumerate(bodies):
                salt = salts[i * SALT_BYTES : (i + 1) * SALT_BYTES]
                stamp = Stamp(lamport=first + i, wall=max(0, wall), salt=salt)
                made.append(event(self._key, state.community, scope, type, body, stamp, expires=expires))
                check_content(made[-1], state)
            return made

        made = sign() if len(bodies) <= SIGN_INLINE else await self._runtime.offload(sign)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._outbox.append((made, done))
        await asyncio.shield(self._flush(done))
        return made

    async def ingest(
        self, wires: Iterable[Wire | Event], source: NodeId | None = None, cursor: Cursor | None = None
    ) -> Ingested:
        """Takes what a peer sent. Single events are refused or parked; only a broken disk raises."""
        state, version = self.state, self._version
        membership = bytes(state.scope)
        change = _Change(cursor=cursor)
        fresh: dict[bytes, Event] = {}
        for wire in wires:
            try:
                came = wire if isinstance(wire, Event) else decode(wire)
                if came.header.scope != membership:
                    check_content(came, state)
                fresh.setdefault(bytes(came.id), came)
            except HearthNetError as error:
                change.refused.append(error)
        total = len(fresh)
        await self._leave_out_known(fresh, change)
        verified = await self._verified([e for e in fresh.values() if e.header.scope != membership], state, change)
        return await asyncio.shield(self._take(fresh, total, verified, version, source, change))

    async def settled(self) -> None:
        """Waits for the commit under way. Until the caller's next `await`, what memory says is on the disk."""
        async with self._lock:
            return

    async def forget_expired(self, today: int) -> int:
        """Drops what its author let expire before `today` (a Unix day). Permanent events are never dropped."""
        return await asyncio.shield(self._forget(today))

    async def _forget(self, today: int) -> int:
        def work(connection: Connection) -> int:
            drop(connection, gone)
            return connection.execute(delete(events).where(events.c.expires < today)).rowcount

        async with self._lock:
            gone = self._ledger.forget(today)
            try:
                return await self._db.write(work)
            except BaseException:
                await self._load()
                raise

    async def _take(
        self,
        fresh: dict[bytes, Event],
        total: int,
        verified: set[bytes],
        version: int,
        source: NodeId | None,
        change: _Change,
    ) -> Ingested:
        async with self._lock:
            if version != self._version:
                await self._leave_out_known(fresh, change)
            peer = bytes(source) if source is not None else b""
            old, heads = self.state, dict(self._ledger.heads)
            authority = [e for e in fresh.values() if e.scope == old.scope]
            try:
                if authority:
                    await self._take_authority(authority, peer, change)
                state = self.state
                for came in fresh.values():
                    if came.header.scope != old.scope:
                        self._take_content(came, state, verified, peer, change)
                await self._commit(change, old)
            except BaseException:
                await self._load()
                raise
            counts = [status for _, status, *_ in change.placed]
            return Ingested(
                tuple(change.admitted),
                total - len(fresh),
                counts.count(Status.QUARANTINED),
                counts.count(Status.PARKED),
                tuple(change.refused),
                self._spans(change, heads),
            )

    def _spans(self, change: _Change, before: dict[bytes, Head]) -> dict[bytes, tuple[int, Head]]:
        waited = set(change.unparked)
        counts = Counter(e.header.scope for e in change.admitted if e.id not in waited)
        spans = {scope: (before.get(scope, NOTHING).n, self._ledger.heads[scope]) for scope in counts}
        return {scope: (n, end) for scope, (n, end) in spans.items() if end.n - n == counts[scope]}

    async def _take_authority(self, came: list[Event], peer: bytes, change: _Change) -> None:
        """What came and what was parked, until nothing more stands on something known."""
        scope = events.c.scope == bytes(self.state.scope)
        parked = events.c.status == int(Status.PARKED)
        stored = await self._db.read(lambda c: stored_events(c, scope, parked))
        waiting = {(e.id, True): e for e in stored} | {(e.id, False): e for e in came}
        progress = True
        while waiting and progress:
            progress = False
            for key, item in sorted(waiting.items(), key=lambda pair: (pair[1].header.lamport, pair[0])):
                if key not in waiting:
                    continue
                id, was_parked = key
                try:
                    self.graph.add(item)
                except MissingParents:
                    continue
                except HearthNetError as error:
                    change.refused.append(error)
                else:
                    change.place(item, Status.ADMITTED)
                    was_parked = waiting.pop((id, True), None) is not None
                    waiting.pop((id, False), None)
                waiting.pop(key, None)
                progress = True
                if was_parked:
                    change.unparked.append(id)
        for (_, was_parked), item in waiting.items():
            if not was_parked:
                self._park(item, peer, change)

    def _take_content(self, came: Event, state: State, verified: set[bytes], peer: bytes, change: _Change) -> None:
        status = judged(came.type, came.header.author, came.header.lamport, state)
        if status is Status.PARKED:
            self._park(came, peer, change)
            return
        info = state.nodes[came.header.author]  # type: ignore[index]
        if bytes(came.id) not in verified:
            try:
                check_signature(came, info.public_key)
            except InvalidSignature as error:
                change.refused.append(error)
                return
        if bytes(came.id) in change.doubted:
            change.unparked.append(came.id)
        change.place(came, status, late=info.limit is not None)

    def _park(self, item: Event, peer: bytes, change: _Change) -> None:
        if bytes(item.id) in change.doubted:
            # What waits was never verified: who sent it first must not decide which of the two is lost.
            change.refused.append(
                Unavailable("An event waits here with another signature or body; it is asked for again.")
            )
            change.cursor = None
            return
        if sum(self._parked.values()) >= MAX_PARKED or self._parked.get(peer, 0) >= MAX_PARKED_OF_PEER:
            change.refused.append(Unavailable("Too many events wait for others that have not come."))
            change.cursor = None  # it would cover what there was no room for
            return
        self._parked[peer] = self._parked.get(peer, 0) + 1
        change.place(item, Status.PARKED, source=peer)

    async def _verified(self, came: list[Event], state: State, change: _Change) -> set[bytes]:
        """Ids of those whose known author signed them; of several threads, as libsodium works outside the lock."""
        nodes: dict[bytes, NodeInfo] = {bytes(id): info for id, info in state.nodes.items()}
        known = [(e, info.public_key) for e in came if (info := nodes.get(e.header.author)) is not None]

        def check(some: list[tuple[Event, bytes]]) -> set[bytes]:
            good = set()
            for item, key in some:
                try:
                    verify(key, Purpose.EVENT, item.header_bytes, item.signature)
                    good.add(bytes(item.id))
                except InvalidSignature:
                    continue
            return good

        if len(known) <= VERIFY_INLINE:
            return check(known)
        parts = [known[i::VERIFY_THREADS] for i in range(VERIFY_THREADS)]
        found = await asyncio.gather(*(self._runtime.offload(check, part) for part in parts))
        return set().union(*found)

    async def _leave_out_known(self, fresh: dict[bytes, Event], change: _Change) -> None:
        """An id leaves out signature and body: what waits unverified is known only when it is the same to the byte."""
        if not fresh:
            return
        known = await self._db.read(lambda c: statuses(c, fresh))
        waiting = [id for id, status in known.items() if status is Status.PARKED]
        stored = (
            {bytes(e.id): e.wire for e in await self._db.read(lambda c: events_by_id(c, waiting))} if waiting else {}
        )
        for id in known:
            if id in stored and stored[id] != fresh[id].wire:
                change.doubted.add(id)
            else:
                del fresh[id]

    async def _append_authority(self, type: str, body: Body) -> Event:
        async with self._lock:
            self._check_active()
            old, after = self.state, self.graph.heads
            highest = max(e.header.lamport for e in self.graph.named(after))
            # A content event with a leaping Lamport value must not make authority events impossible.
            lamport = min(max(self.lamport, highest + 1), highest + MAX_STEP)
            wall = max(0, int(self._runtime.wall() * 1000))
            stamp = Stamp(lamport=lamport, wall=wall, salt=self._runtime.random_bytes(SALT_BYTES))
            filled = body if isinstance(body, msgspec.Struct) else body(after)
            made = event(self._key, old.community, old.scope, type, filled, stamp, after)
            self.graph.add(made)
            change = _Change()
            change.place(made, Status.ADMITTED)
            try:
                await self._commit(change, old)
            except BaseException:
                await self._load()
                raise
            return made

    async def _flush(self, mine: asyncio.Future[None]) -> None:
        async with self._lock:
            if mine.done():
                return mine.result()
            waiting, self._outbox = self._outbox, []
            change, old = _Change(), self.state
            try:
                for made, _ in waiting:
                    for item in made:
                        change.place(item, judged(item.type, item.header.author, item.header.lamport, old))
                await self._commit(change, old)
            except BaseException as error:
                for _, done in waiting:
                    done.set_exception(error)
                    done.exception()  # asked for by `_flush` of those who wait
                await self._load()
            else:
                for _, done in waiting:
                    done.set_result(None)
            return mine.result()

    async def _begin(self, founding: Event, history: Sequence[Event]) -> None:
        async with self._lock:
            graph = Graph(founding)
            found = graph.state
            row = {"id": bytes(found.community), "scope": bytes(found.scope), "board": bytes(found.board)}
            if await self._db.read(lambda c: _scopes_taken(c, row)):
                raise BadRequest("This community claims what belongs to another one that this node keeps.")
            kept = events.c.scope == founding.header.scope, events.c.status == int(Status.ADMITTED)
            stored = {e.id: e for e in await self._db.read(lambda c: stored_events(c, *kept))}
            for item in stored.values():
                if item.id != founding.id:
                    graph.add(item)
            before = graph.state
            fresh = [e for e in history if e.id not in graph]
            for item in fresh:
                graph.add(item)

            def make_current(connection: Connection) -> None:
                connection.execute(update(communities).values(current=False))
                upsert = insert(communities).values(**row, current=True)
                connection.execute(upsert.on_conflict_do_update(set_={"current": True}))

            parked = await self._db.read(lambda c: statuses(c, [e.id for e in fresh]))
            change = _Change(extra=[make_current], unparked=[EventId(id) for id in parked])
            for item in fresh if founding.id in stored else [founding, *fresh]:
                change.place(item, Status.ADMITTED)
            try:
                self._graph = graph
                await self._commit(change, before)
            finally:
                await self._load()

    async def _commit(self, change: _Change, old: State) -> None:
        """The only place where events come to count. `old` is the state before the change."""
        state, ledger = self.state, self._ledger
        if state is not old:
            nodes = changed_nodes(old, state)
            change.moved = await self._db.read(lambda c: find(c, nodes, state)) if nodes else Consequences()
        moved = change.moved
        came = [*change.admitted, *moved.admitted]
        for item in came:
            ledger.arrive(item.header.scope, bytes(item.id), self._runtime.random_bytes)
            self._clock = pulled(self._clock, item.header.lamport)
        ledger.count(_counted(came), _counted(moved.withdrawn))
        rows = [row_of(*placed) for placed in change.placed]
        write_ledger = ledger.take()

        def write(connection: Connection) -> None:
            if change.unparked:
                connection.execute(delete(events).where(events.c.id.in_([bytes(id) for id in change.unparked])))
            insert_rows(connection, events, rows)
            moved.write(connection)
            write_ledger(connection)
            if change.cursor is not None:
                _store_cursor(connection, change.cursor)
            for extra in change.extra:
                extra(connection)

        if rows or came or moved.withdrawn or change.cursor or change.extra or change.unparked:
            await self._db.write(write)
            self._version += 1
        voted = any(e.header.scope == state.scope for e in change.admitted)
        if change.unparked or voted:
            self._parked = await self._db.read(_parked)
        if came:
            self.committed.emit(tuple(came))
        if moved.withdrawn:
            self.withdrawn.emit(tuple(e.id for e in moved.withdrawn))
        if voted:
            self.authority.emit(state)

    def _check_active(self) -> None:
        info = self.state.nodes.get(self.me)
        if info is None:
            raise Forbidden("This node is no member of its community; ask a neighbour for an invite.")
        if not info.active:
            raise Revoked

    async def _load(self) -> None:
        """Memory as the disk has it."""
        self._ledger, self._graph, self._clock, self._parked = await self._db.read(_loaded)


def _scopes_taken(connection: Connection, row: dict[str, bytes]) -> bool:
    """By another community, or by anything else that is kept: its members would read that."""
    ours = row["scope"], row["board"]
    if connection.execute(select(communities.c.id).where(communities.c.id == row["id"])).first() is not None:
        return False
    clash = communities.c.scope.in_(ours) | communities.c.board.in_(ours)
    claimed = connection.execute(select(communities.c.id).where(clash)).first()
    kept = connection.execute(select(arrivals.c.n).where(arrivals.c.scope.in_(ours)).limit(1)).first()
    return claimed is not None or kept is not None


def _counted(some: Iterable[Event]) -> list[tuple[bytes, int | None, bytes]]:
    return [(e.header.scope, e.header.expires, bytes(e.id)) for e in some]


_UPSERT = insert(cursors)
_KEEP_CURSOR = _UPSERT.on_conflict_do_update(set_={"n": _UPSERT.excluded.n, "c": _UPSERT.excluded.c})


def _store_cursor(connection: Connection, cursor: Cursor) -> None:
    row = {"peer": bytes(cursor.peer), "scope": bytes(cursor.scope), "n": cursor.n, "c": cursor.c}
    connection.execute(_KEEP_CURSOR, row)


def _parked(connection: Connection) -> dict[bytes, int]:
    query = select(events.c.source, func.count()).where(events.c.status == int(Status.PARKED)).group_by(events.c.source)
    return {source or b"": int(n) for source, n in connection.execute(query)}


def _loaded(connection: Connection) -> tuple[Ledger, Graph | None, int, dict[bytes, int]]:
    admitted = events.c.status == int(Status.ADMITTED)
    graph: Graph | None = None
    row = connection.execute(select(communities.c.id, communities.c.scope).where(communities.c.current)).first()
    if row is not None:
        for item in stored_events(connection, events.c.scope == row[1], admitted):
            if graph is not None:
                graph.add(item)
            elif founding_id(item.header) == CommunityId(row[0]):
                graph = Graph(item)
    clock = 0
    for lamport in connection.execute(select(events.c.lamport).where(admitted).order_by(events.c.lamport)).scalars():
        clock = pulled(clock, lamport)
    return Ledger.load(connection), graph, clock, _parked(connection)
