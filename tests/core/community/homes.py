"""Real nodes without services: a database in a file, the log, membership, invites, and a mesh over TLS on loopback."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hearthnet_core.capability import Chunk
from hearthnet_core.community.invites import Invites
from hearthnet_core.community.joining import JoinServer
from hearthnet_core.community.membership import Membership
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.models.ids import MemberId, NodeId
from hearthnet_core.net.mesh import Mesh
from hearthnet_core.net.tls import TlsTransport
from hearthnet_core.protocol import bodies, invite
from hearthnet_core.protocol.bodies import DAY_MS
from hearthnet_core.protocol.event import Event
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.community import CommunityService
from hearthnet_core.storage.database import Database
from hearthnet_core.supervise import Supervisor
from hearthnet_core.sync.service import Sync
from tests.core.protocol.forging import key


class Clock(SystemRuntime):
    """The real machine with clocks that can be moved."""

    def __init__(self) -> None:
        super().__init__(threads=2)
        self.wall_ahead = 0.0
        self.now_ahead = 0.0

    def wall(self) -> float:
        return super().wall() + self.wall_ahead

    def now(self) -> float:
        return super().now() + self.now_ahead


@dataclass
class Home:
    """A household's node. `switches` counts how often it turned to another community."""

    name: str
    node: SigningKey
    owner: SigningKey
    clock: Clock
    db: Database
    log: EventLog
    membership: Membership
    invites: Invites
    mesh: Mesh
    community: CommunityService
    switches: list[None] = field(default_factory=list)

    @property
    def id(self) -> NodeId:
        return self.node.node_id

    @property
    def member(self) -> MemberId:
        return self.membership.member.id

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.mesh.port}"

    async def invite(self, own: bool = False, hours: float = 24) -> str:
        return str((await self.community.create_invite(own, hours))["text"])

    async def join(self, text: str, name: str = "") -> list[Chunk]:
        return [chunk async for chunk in self.community.join(text, name, invite.decode(text).own)]

    async def post(self, title: str) -> Event:
        expires = int(self.clock.wall() * 1000) // DAY_MS + 7
        body = bodies.Notice(title=title, body="", severity="info")
        return await self.log.append(bodies.NOTICE, self.membership.state.board, body, expires=expires)

    async def titles(self) -> list[str]:
        return sorted(n["title"] for n in (await self.community.notices())["notices"])

    def view(self) -> Any:
        """What must be equal for everybody who knows the same events."""
        state = self.membership.state
        return state.members, state.nodes, state.policy, state.void, state.readmit


@asynccontextmanager
async def home(folder: Path, name: str, *, owner: str | None = None, synced: bool = False) -> AsyncIterator[Home]:
    """Opens the node `name` that lives in `folder`, as it was left there. Logs are copied only when `synced`."""
    node, owner_key = key(f"node {name}"), key(f"owner {owner or name}")
    clock, seq = Clock(), iter(range(1, 100_000))
    (folder / name).mkdir(exist_ok=True)
    db = await Database.open(folder / name / "node.db", clock)
    switches: list[None] = []
    try:
        log = await EventLog.open(db, clock, node)
        membership = Membership(log, clock, node, owner_key)
        if not membership.founded:
            await membership.found(f"{name}'s home", name)
        invites = Invites(db, clock, membership)
        async with Supervisor(clock) as supervisor:
            mesh = Mesh(
                SystemRuntime(threads=1),
                supervisor,
                TlsTransport(node),
                node,
                instance=os.urandom(16),
                software="test",
                name=lambda: name,
                community=lambda: membership.community,
                standing=membership.standing,
                manifest=lambda: Manifest(node=bytes(node.node_id), boot=1, seq=next(seq)),
            )
            community = CommunityService(
                clock,
                log,
                membership,
                invites,
                node=node,
                owner=owner_key,
                dial=mesh.dial_guest,
                addresses=lambda: (f"127.0.0.1:{mesh.port}",),
                switched=lambda: (switches.append(None), mesh.recheck())[0],
            )
            mesh.handle("join/1", JoinServer(clock, membership, invites).handle)
            if synced:
                sync = Sync(clock, supervisor, log, open=mesh.open, scopes=membership.scopes)
                mesh.handle("sync/1", sync.handle)
                mesh.up.connect(lambda peer: sync.peer_up(peer.node_id))
                mesh.down.connect(lambda peer: sync.peer_down(peer.node_id))
                sync.start()
            membership.changed.connect(lambda _: mesh.recheck())
            await mesh.start("127.0.0.1", 0)
            try:
                yield Home(name, node, owner_key, clock, db, log, membership, invites, mesh, community, switches)
            finally:
                await mesh.aclose()
    finally:
        await db.close()
        clock.close()


async def tell(source: Home, *others: Home) -> None:
    """Everything `source` counts comes to the others, the membership first."""
    for scope in (source.membership.state.scope, source.membership.state.board):
        batch = await source.log.arrival_since(scope, 0)
        for other in others:
            await other.log.ingest([e.wire for e in batch.events], source.id)


async def meet(*homes: Home) -> None:
    """All of them hear everything from each other."""
    for _ in range(2):
        for one in homes:
            await tell(one, *(h for h in homes if h is not one))
