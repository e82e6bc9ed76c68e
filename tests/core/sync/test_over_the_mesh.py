"""The same over real connections: TLS on loopback, SQLite files, both nodes' whole stack below."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.net.mesh import Mesh, Standing
from hearthnet_core.net.tls import TlsTransport
from hearthnet_core.supervise import Supervisor
from hearthnet_core.sync.service import Sync
from tests.core.log.nodes import RUNTIME, A, F, Node, heads, world_of
from tests.core.protocol.forging import BOARD, SCOPE, House, World

from .streets import until


class Living:
    """A node on the mesh."""

    def __init__(self, node: Node, mesh: Mesh, sync: Sync) -> None:
        self.node, self.mesh, self.sync = node, mesh, sync


@asynccontextmanager
async def living(house: House, world: World, path: Path) -> AsyncIterator[Living]:
    node = await Node.open(house, path=path)
    if not node.log.founded:
        await node.log.begin(world.founding)
        await node.log.ingest([e for e in world.events.values() if e is not world.founding])
    log = node.log
    seq = iter(range(1, 10_000))

    def active(peer: NodeId) -> bool:
        info = log.state.nodes.get(peer)
        return info is not None and info.active

    def scopes(peer: NodeId) -> tuple[ScopeId, ...]:
        return (SCOPE, BOARD) if active(peer) else ()

    async with Supervisor(RUNTIME) as supervisor:
        mesh = Mesh(
            RUNTIME,
            supervisor,
            TlsTransport(node.key),
            node.key,
            instance=os.urandom(16),
            software="test",
            name=lambda: house.name,
            community=lambda: log.state.community,
            standing=lambda peer: Standing.MEMBER if active(peer) else Standing.GUEST,
            manifest=lambda: Manifest(node=bytes(node.key.node_id), boot=1, seq=next(seq)),
        )
        sync = Sync(RUNTIME, supervisor, log, open=mesh.open, scopes=scopes)
        sync.start()
        mesh.handle("sync/1", sync.handle)
        mesh.up.connect(lambda peer: sync.peer_up(peer.node_id))
        mesh.down.connect(lambda peer: sync.peer_down(peer.node_id))
        await mesh.start("127.0.0.1", 0)
        try:
            yield Living(node, mesh, sync)
        finally:
            await mesh.aclose()
    await node.db.close()


async def test_two_nodes_become_equal_over_tls_and_stay_so(tmp_path: Path) -> None:
    world = world_of(A)
    async with living(F, world, tmp_path / "f.db") as f, living(A, world, tmp_path / "a.db") as a:
        for n in range(3):
            await f.node.post(f"early {n}")
        await a.node.post("mine")
        f.mesh.found(f"127.0.0.1:{a.mesh.port}", a.node.key.node_id)
        await until(lambda: a.node.log.summary(BOARD, 0) == f.node.log.summary(BOARD, 0))
        await f.node.post("later")
        await until(lambda: len(a.node.heard) == len(f.node.heard) == 7)
        assert await a.node.titles() == await f.node.titles()


async def test_a_removed_node_gets_nothing_any_more(tmp_path: Path) -> None:
    world = world_of(A)
    async with living(F, world, tmp_path / "f.db") as f, living(A, world, tmp_path / "a.db") as a:
        f.mesh.found(f"127.0.0.1:{a.mesh.port}", a.node.key.node_id)
        await until(lambda: bool(a.sync.report()["peers"]) and bool(f.sync.report()["peers"]))
        await f.node.post("before")
        await until(lambda: a.node.log.head(BOARD).n == 1)
        await f.node.log.ingest([world.revoke(F.node(), A, heads(world))])
        await f.node.post("after")
        await until(lambda: not f.sync.report()["peers"][a.node.key.node_id.text]["asks"])
        assert await a.node.titles() == ["before"]
