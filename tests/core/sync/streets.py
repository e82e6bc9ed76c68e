"""Nodes with a log that copy it to each other: over pipes that count, cut and record, or over a real mesh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hearthnet_core.errors import HearthNetError, Unavailable, from_wire
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.protocol.making import Stamp
from hearthnet_core.runtime import Runtime
from hearthnet_core.supervise import Supervisor
from hearthnet_core.sync.service import Sync
from hearthnet_core.sync.shared import Stream
from tests.core.log.nodes import RUNTIME, Node, notice
from tests.core.protocol.forging import BOARD, SCOPE


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def post_expired(node: Node, title: str) -> None:
    """A notice that was written 15 days ago and expired 10 days ago."""
    today = int(RUNTIME.wall()) // 86_400
    stamp = Stamp(lamport=node.log.lamport, wall=(today - 15) * bodies.DAY_MS, salt=RUNTIME.random_bytes(16))
    community = node.log.state.community
    await node.log.ingest(
        [making.event(node.key, community, BOARD, bodies.NOTICE, notice(title), stamp, expires=today - 10)]
    )


class Pipe:
    """One end of a stream in memory, bounded like a mesh stream; `sent` is every message that left here."""

    def __init__(self, on_send: Callable[[bytes], None] = lambda _: None) -> None:
        self.other: Pipe
        self.sent: list[bytes] = []
        self._on_send = on_send
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue(8)
        self._error: HearthNetError | None = None
        self._failed = asyncio.Event()

    async def send(self, message: bytes) -> None:
        if self._error is not None:
            raise self._error
        self.sent.append(message)
        self._on_send(message)
        await self._or_failed(self.other._inbox.put(message))

    async def receive(self) -> bytes | None:
        return await self._or_failed(self._inbox.get())

    async def end(self) -> None:
        if self._error is None:
            await self._or_failed(self.other._inbox.put(None))

    async def reset(self, code: str, message: str) -> None:
        self.other.fail(from_wire({"error": code, "message": message}))
        self.fail(Unavailable("This stream was reset here."))

    def fail(self, error: HearthNetError) -> None:
        if self._error is None:
            self._error = error
        self._failed.set()

    async def _or_failed[T](self, work: object) -> T:
        doing = asyncio.ensure_future(work)  # type: ignore[call-overload]
        failed = asyncio.ensure_future(self._failed.wait())
        try:
            await asyncio.wait([doing, failed], return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                assert self._error is not None
                raise self._error
            return doing.result()  # type: ignore[no-any-return]
        finally:
            doing.cancel()
            failed.cancel()


def pipe(on_send: Callable[[bytes], None] = lambda _: None) -> tuple[Pipe, Pipe]:
    one, other = Pipe(on_send), Pipe(on_send)
    one.other, other.other = other, one
    return one, other


def proven(node: Node) -> Proven:
    key = node.key
    return Proven(key.node_id, key.public_key, node.log.state.community, b"i" * 16, "test", "test", 1, b"", b"")


@dataclass
class Neighbour:
    """A node that takes part. `shares` says which scopes it shares with another node."""

    node: Node
    sync: Sync
    supervisor: Supervisor
    shares: Callable[[NodeId], tuple[ScopeId, ...]]

    @property
    def id(self) -> NodeId:
        return self.node.key.node_id

    def same_as(self, other: Neighbour) -> bool:
        mine, theirs = self.node.log, other.node.log
        return all(mine.summary(s, 0) == theirs.summary(s, 0) for s in (SCOPE, BOARD))


@dataclass
class Street:
    """Wires between neighbours; each can be cut. `pipes` holds the asking ends, in order of opening."""

    neighbours: dict[NodeId, Neighbour] = field(default_factory=dict)
    wires: set[frozenset[NodeId]] = field(default_factory=set)
    pipes: list[tuple[NodeId, NodeId, Pipe]] = field(default_factory=list)
    on_send: Callable[[bytes], None] = lambda _: None

    def add(
        self, node: Node, shares: Callable[[NodeId], tuple[ScopeId, ...]] | None = None, runtime: Runtime = RUNTIME
    ) -> Neighbour:
        me = node.key.node_id
        supervisor = Supervisor(RUNTIME)

        async def open(peer: NodeId, protocol: str, payload: bytes) -> Stream:
            assert protocol == "sync/1"
            if frozenset((me, peer)) not in self.wires:
                raise Unavailable("cut")
            mine, theirs = pipe(self.on_send)
            self.pipes.append((me, peer, mine))
            other = self.neighbours[peer]
            other.supervisor.spawn(other.sync.handle(theirs, payload, proven(node)), "handle")
            return mine

        def shared(peer: NodeId) -> tuple[ScopeId, ...]:
            info = node.log.state.nodes.get(peer)
            return (SCOPE, BOARD) if info is not None and info.active else ()

        scopes = shares or shared
        sync = Sync(runtime, supervisor, node.log, open=open, scopes=scopes)
        made = Neighbour(node, sync, supervisor, scopes)
        self.neighbours[me] = made
        sync.start()
        return made

    def connect(self, one: Neighbour, other: Neighbour) -> None:
        self.wires.add(frozenset((one.id, other.id)))
        one.sync.peer_up(other.id)
        other.sync.peer_up(one.id)

    async def cut(self, one: Neighbour, other: Neighbour) -> None:
        self.wires.discard(frozenset((one.id, other.id)))
        for me, peer, end in self.pipes:
            if {me, peer} == {one.id, other.id}:
                for each in (end, end.other):
                    each.fail(Unavailable("The connection to the other node is gone."))
        one.sync.peer_down(other.id)
        other.sync.peer_down(one.id)

    async def remove(self, one: Neighbour) -> None:
        for other in list(self.neighbours.values()):
            if frozenset((one.id, other.id)) in self.wires:
                await self.cut(one, other)
        await one.supervisor.aclose()
        del self.neighbours[one.id]

    def messages(self, one: Neighbour, other: Neighbour, skip: int = 0) -> list[bytes]:
        """Everything that crossed between the two, both directions."""
        found = []
        for me, peer, end in self.pipes[skip:]:
            if {me, peer} == {one.id, other.id}:
                found += [*end.sent, *end.other.sent]
        return found


@asynccontextmanager
async def street_of(*nodes: Node) -> AsyncIterator[tuple[Street, list[Neighbour]]]:
    street = Street()
    made = [street.add(node) for node in nodes]
    try:
        yield street, made
    finally:
        for neighbour in list(street.neighbours.values()):
            await neighbour.supervisor.aclose()
