"""Nodes with a log each, and the shortest way between them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hearthnet_core.log.event_log import EventLog, Ingested
from hearthnet_core.log.queries import Cursor
from hearthnet_core.models.ids import EventId, ScopeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.event import Event
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.storage.database import Database
from tests.core.protocol.forging import House, World

RUNTIME = SystemRuntime()
F, A, B, C = House("founder"), House("a"), House("b"), House("c")
WALL = 1_790_000_000_000
DAY = WALL // bodies.DAY_MS


class Node:
    """A household's node `n`; what its log announced is kept."""

    def __init__(self, house: House, n: int, db: Database, log: EventLog) -> None:
        self.house, self.key, self.db, self.log = house, house.node(n), db, log
        self.heard: list[EventId] = []
        self.lost: list[EventId] = []
        log.committed.connect(lambda events: self.heard.extend(e.id for e in events))
        log.withdrawn.connect(self.lost.extend)

    @classmethod
    async def open(cls, house: House, n: int = 0, *, path: Path | None = None, image: bytes | None = None) -> Node:
        db = await Database.open(path, RUNTIME, image=image)
        return cls(house, n, db, await EventLog.open(db, RUNTIME, house.node(n)))

    @property
    def board(self) -> ScopeId:
        return self.log.state.board

    async def post(self, title: str) -> Event:
        expires = int(RUNTIME.wall() * 1000) // bodies.DAY_MS + 7
        return await self.log.append(bodies.NOTICE, self.board, notice(title), expires=expires)

    async def pull(self, peer: Node, scope: ScopeId | None = None) -> Ingested:
        """Everything that follows this node's cursor at `peer`, the membership first."""
        if scope is None:
            await self.pull(peer, self.log.state.scope)
            return await self.pull(peer, self.board)
        while True:
            cursor = await self.log.cursor(peer.key.node_id, scope)
            n, c = (cursor.n, cursor.c) if cursor else (0, b"")
            if not await peer.log.check_cursor(scope, n, c):
                n = 0
            batch = await peer.log.arrival_since(scope, n)
            moved = Cursor(peer.key.node_id, scope, batch.n, batch.c)
            done = await self.log.ingest([e.wire for e in batch.events], peer.key.node_id, moved)
            if not batch.more:
                return done

    async def titles(self) -> list[str]:
        found = await self.log.events(self.board, bodies.NOTICE, limit=1000)
        return sorted(msgspec.msgpack.decode((s.event.body or b"")[16:])["title"] for s in found)


def notice(title: str) -> bodies.Notice:
    return bodies.Notice(title=title, body="", severity="info")


async def street(world: World, *houses: House) -> list[Node]:
    """Nodes of these households that all know the whole world, and nothing else."""
    made = []
    for house in houses:
        node = await Node.open(house)
        await node.log.begin(world.founding)
        await node.log.ingest([e for e in world.events.values() if e is not world.founding])
        made.append(node)
    return made


def world_of(*houses: House) -> World:
    """The founder let them in, one after the other."""
    world = World()
    after = (bytes(world.founding.id),)
    for house in houses:
        after = (bytes(world.join(F.node(), house, after).id),)
    return world


def heads(world: World) -> tuple[bytes, ...]:
    below = {a for e in world.events.values() for a in e.header.after}
    return tuple(sorted(set(world.events) - below))
