"""Whether the world kept its promises. Everything is read from the disks, by rules of its own, not by the node's code.

What is watched while it happens: unhandled failures, an append acknowledged before it is on the disk, an event announced
twice, queues without bound. What is read from time to time and at the end: arrival chains, cursors, fingerprints. What
must hold when all is quiet again: everybody who belongs holds the same, nothing that was acknowledged is missing, nothing
of the removed counts above their limit, and who is out learns nothing new.

An acknowledged notice may be missing only when every disk that ever held it was put back to before it, or belongs to
somebody who is out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from blake3 import blake3
from sqlalchemy import Connection, text

from hearthnet_core.log.event_log import MAX_PARKED
from hearthnet_core.models.ids import EventId, NodeId, ScopeId
from hearthnet_core.protocol.event import Event
from hearthnet_core.protocol.lthash import LtHash
from hearthnet_core.protocol.standing import State
from hearthnet_core.simulation.clock import PLACE, SimLoop, true_day
from hearthnet_core.simulation.machine import Machine
from hearthnet_core.simulation.trace import Trace

ADMITTED, QUARANTINED, PARKED = 0, 1, 2
MAX_VIOLATIONS = 20
MAX_TASKS = 2_000
MAX_OPEN_STREAMS = 512
MAX_BYTES_WAITING = 4 * 1024 * 1024


@dataclass
class Acknowledged:
    """An append that returned. `holders`: machines that have had it on their disks and were not put back since."""

    event: Event
    by: str
    at: float
    holders: set[str] = field(default_factory=set)


@dataclass
class Content:
    """A disk, read plainly: id → (scope, author, lamport, expires, status, body or None, header)."""

    events: dict[bytes, tuple[bytes, bytes, int, int | None, int, bytes | None, bytes]]
    arrivals: dict[bytes, list[tuple[int, bytes, bytes]]]
    cursors: list[tuple[bytes, bytes, int, bytes]]
    fingerprints: dict[tuple[bytes, int], tuple[bytes, int]]

    def admitted(self, scope: bytes, day: int) -> set[bytes]:
        """Ids that count in a scope and do not expire before `day`."""
        return {id for id, e in self.events.items() if e[0] == scope and e[4] == ADMITTED and not expired(e[3], day)}


def expired(expires: int | None, day: int) -> bool:
    return expires is not None and expires < day


def read(connection: Connection) -> Content:
    rows = connection.execute(text("SELECT id, scope, author, lamport, expires, status, body, header FROM events"))
    arrivals: dict[bytes, list[tuple[int, bytes, bytes]]] = {}
    for scope, n, id, c in connection.execute(text("SELECT scope, n, id, c FROM arrivals ORDER BY scope, n")):
        arrivals.setdefault(scope, []).append((n, id, c))
    cursors = [(p, s, n, c) for p, s, n, c in connection.execute(text("SELECT peer, scope, n, c FROM cursors"))]
    sums = connection.execute(text("SELECT scope, bucket, state, count FROM fingerprints"))
    return Content(
        {row[0]: (row[1], row[2], row[3], row[4], row[5], row[6], row[7]) for row in rows},
        arrivals,
        cursors,
        {(scope, bucket): (state, n) for scope, bucket, state, n in sums},
    )


class Auditor(logging.Handler):
    """Hears every error the nodes log. `violations` is what to report; the world stops at `MAX_VIOLATIONS`."""

    def __init__(self, loop: SimLoop, trace: Trace, machines: dict[str, Machine]) -> None:
        super().__init__(logging.ERROR)
        self._loop = loop
        self._trace = trace
        self._machines = machines
        self.acknowledged: dict[bytes, Acknowledged] = {}
        self._announced: dict[str, set[bytes]] = {}
        self.violations: list[str] = []

    def violation(self, place: str, what: str) -> None:
        if len(self.violations) < MAX_VIOLATIONS:
            self.violations.append(f"{self._loop.time():.3f} s, {place or 'world'}: {what}")
            self._trace.note(place, f"VIOLATION {what}")

    def emit(self, record: logging.LogRecord) -> None:
        place = PLACE.get()
        machine = self._machines.get(place)
        if machine is not None and machine.dying:
            return
        error = record.exc_info[1] if record.exc_info else None
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        self.violation(place, f"unhandled: {record.getMessage()}: {type(error).__name__}: {error}")

    def failed(self, place: str, what: str) -> None:
        """A task ended with an exception that nobody took."""
        machine = self._machines.get(place)
        if machine is None or not machine.dying:
            self.violation(place, f"unhandled: {what}")

    async def started(self, machine: Machine) -> None:
        """From here on its log is listened to."""
        db = machine.disk.db
        assert db is not None
        content = await db.read(read)
        held = {id for id, e in content.events.items() if e[4] == ADMITTED}
        self._announced[machine.name] = held
        self._check_disk(machine.name, content)
        for id, record in self.acknowledged.items():
            (record.holders.add if id in content.events else record.holders.discard)(machine.name)

        def committed(events: tuple[Event, ...]) -> None:
            for event in events:
                # What expired by a right clock may be forgotten, come again from a peer, and be forgotten again.
                if bytes(event.id) in held and not expired(event.header.expires, true_day(self._loop)):
                    self.violation(machine.name, f"twice: event {event.id.short} was announced again")
                held.add(bytes(event.id))
                record = self.acknowledged.get(bytes(event.id))
                if record is not None:
                    record.holders.add(machine.name)
            self._trace.note(machine.name, "+ " + " ".join(e.id.short for e in events))

        def withdrawn(ids: tuple[EventId, ...]) -> None:
            held.difference_update(bytes(id) for id in ids)
            self._trace.note(machine.name, "- " + " ".join(id.short for id in ids))

        machine.log.committed.connect(committed)
        machine.log.withdrawn.connect(withdrawn)

    async def acknowledge(self, machine: Machine, event: Event) -> None:
        """An append returned on this machine at this moment: it must be on the disk now."""
        kept = Acknowledged(event, machine.name, self._loop.time(), {machine.name})
        self.acknowledged[bytes(event.id)] = kept
        if not await machine.disk.holds(bytes(event.id)):
            self.violation(machine.name, f"unsynced: event {event.id.short} was acknowledged before it was on the disk")

    def check_bounds(self) -> None:
        """Nothing grows without end."""
        tasks: dict[str, int] = {}
        for task in self._loop.living.values():
            tasks[task.place] = tasks.get(task.place, 0) + 1
        for machine in self._machines.values():
            if tasks.get(machine.name, 0) > MAX_TASKS:
                self.violation(machine.name, f"unbounded: {tasks[machine.name]} tasks")
            if not machine.up:
                continue
            for peer in machine.mesh.peers.values():
                mux = peer.connection._mux
                if len(mux._streams) > MAX_OPEN_STREAMS or mux.buffered > MAX_BYTES_WAITING:
                    self.violation(
                        machine.name,
                        f"unbounded: {len(mux._streams)} streams, {mux.buffered} bytes wait for {peer.name}",
                    )

    async def check_pair(self, one: Machine, other: Machine) -> None:
        """Two disks while all goes on."""
        mine, theirs = await _read(one), await _read(other)
        self._check_disk(one.name, mine)
        self._check_cursor(one, mine, other, theirs)

    async def check_quiet(
        self, state: State, active: Iterable[Machine], outside: Iterable[Machine], probes: set[bytes]
    ) -> None:
        """All is healed, everybody is up and had time: what must hold now. `state` is the fold of all they know;
        `probes` were posted after that."""
        active = list(active)
        day = true_day(self._loop) + 1
        contents = {m.name: await _read(m) for m in [*active, *outside]}
        for machine in active:
            content = contents[machine.name]
            self._check_disk(machine.name, content)
            if machine.log.state != state:
                self.violation(machine.name, "unequal: its membership is not what all that is known adds up to")
            self._check_same(machine.name, content, active[0].name, contents[active[0].name], state, day)
            self._check_content(machine.name, content, state, day)
            self._check_forgotten(machine, content, day)
            for other in active:
                if other is not machine:
                    self._check_cursor(machine, content, other, contents[other.name])
        self._check_kept({m.name: contents[m.name] for m in active}, state, day)
        for machine in outside:
            for id in probes & set(contents[machine.name].events):
                self.violation(machine.name, f"leaked: it is out, and holds {EventId(id).short} that came after")

    def _check_kept(self, contents: dict[str, Content], state: State, day: int) -> None:
        for id, record in self.acknowledged.items():
            header = record.event.header
            if header.community != state.community or expired(header.expires, day):
                continue
            info = state.nodes.get(NodeId(header.author))
            if info is None or (info.limit is not None and header.lamport > info.limit):
                continue
            if not record.holders & set(contents):
                continue
            for name, content in contents.items():
                found = content.events.get(id)
                if found is None or found[4] != ADMITTED:
                    status = "missing" if found is None else f"of status {found[4]}"
                    short = record.event.id.short
                    self.violation(
                        name, f"lost: {short}, acknowledged by {record.by} at {record.at:.3f} s, is {status}"
                    )

    def _check_same(self, name: str, content: Content, model: str, theirs: Content, state: State, day: int) -> None:
        for scope in (state.scope, state.board):
            mine, other = content.admitted(scope, day), theirs.admitted(scope, day)
            if mine != other:
                where = "membership" if scope == state.scope else "board"
                some = ", ".join(EventId(id).short for id in sorted(mine ^ other)[:3])
                self.violation(
                    name,
                    f"unequal: {where} has {len(mine - other)} more and {len(other - mine)} less than {model}: {some}",
                )

    def _check_content(self, name: str, content: Content, state: State, day: int) -> None:
        for id, (scope, author, lamport, _, status, body, header) in content.events.items():
            if blake3(header).digest() != id:
                self.violation(name, f"forged: {EventId(id).short} is not the hash of its header")
            if status != ADMITTED or scope not in (state.scope, state.board):
                continue
            if body is None:
                self.violation(name, f"body: {EventId(id).short} has none")
            info = state.nodes.get(NodeId(author))
            if scope == state.board and (info is None or (info.limit is not None and lamport > info.limit)):
                self.violation(name, f"limit: {EventId(id).short} counts, and its author was removed before")

    def _check_forgotten(self, machine: Machine, content: Content, day: int) -> None:
        """Parked events are bounded."""
        parked = sum(1 for e in content.events.values() if e[4] == PARKED)
        if parked > MAX_PARKED:
            self.violation(machine.name, f"unbounded: {parked} parked events")

    def _check_disk(self, name: str, content: Content) -> None:
        """Chains link without a gap, and fingerprints are of what is there."""
        for scope, entries in content.arrivals.items():
            short = ScopeId(scope).short
            c = entries[0][2]
            if entries[0][0] != 0 or len(c) != 16:
                self.violation(name, f"chain: scope {short} has no beginning")
            for place, (n, id, link) in enumerate(entries[1:], 1):
                c = blake3(c + id).digest()[:16]
                if n != place or link != c:
                    self.violation(name, f"chain: entry {n} of scope {short} does not link to the one before")
                    break
            arrived = {id for _, id, _ in entries[1:]}
            for id, e in content.events.items():
                if e[0] == scope and e[4] == ADMITTED and id not in arrived:
                    self.violation(name, f"chain: {EventId(id).short} counts and never arrived")
        sums: dict[tuple[bytes, int], list[bytes]] = {}
        for id, e in content.events.items():
            if e[4] == ADMITTED:
                sums.setdefault((e[0], -1 if e[3] is None else e[3]), []).append(id)
        for bucket in sums.keys() | content.fingerprints.keys():
            state, count = content.fingerprints.get(bucket, (b"", 0))
            ids = sums.get(bucket, [])
            fresh = LtHash()
            fresh.add_many(ids)
            if count != len(ids) or (ids and state != fresh.state):
                self.violation(
                    name, f"fingerprint: bucket {bucket[1]} of {ScopeId(bucket[0]).short} is not of what it holds"
                )

    def _check_cursor(self, machine: Machine, mine: Content, peer: Machine, theirs: Content) -> None:
        """What this machine says it has of that peer, it has."""
        day = true_day(self._loop) + 1
        for node, scope, n, c in mine.cursors:
            entries = theirs.arrivals.get(scope, [])
            if node != peer.id or n >= len(entries) or entries[n][2] != c:
                continue  # about somebody else, or about a log that was put back since
            for at, id, _ in entries[1 : n + 1]:
                event = theirs.events.get(id)
                if event is None or event[4] != ADMITTED or expired(event[3], day) or id in mine.events:
                    continue
                what = f"cursor: it says it is at {n} of {peer.name}, and lacks {EventId(id).short} at {at}"
                self.violation(machine.name, what)
                break


async def _read(machine: Machine) -> Content:
    assert machine.disk.db is not None
    return await machine.disk.db.read(read)
