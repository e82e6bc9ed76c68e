"""One simulated machine with the real node code on it: it starts, stops, loses power, and is put back to a backup.

What runs here is what `node.py` wires together for the log, membership, mesh and sync; only clock, network and disk are
simulated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from typing import Any

from hearthnet_core.community.invites import Invites
from hearthnet_core.community.joining import PROTOCOL as JOIN
from hearthnet_core.community.joining import JoinServer, join
from hearthnet_core.community.membership import Membership
from hearthnet_core.errors import Unavailable
from hearthnet_core.identity.keys import SEED_BYTES, SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.memory import MemoryNetwork
from hearthnet_core.net.mesh import Mesh
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.event import Event
from hearthnet_core.protocol.invite import Invite
from hearthnet_core.simulation.clock import DAY_S, PLACE, SimLoop, SimRuntime, SimTask
from hearthnet_core.simulation.disk import Disk
from hearthnet_core.supervise import Supervisor
from hearthnet_core.sync.service import Sync

PORT = 7080
LEAVING_S = 2.0


class Machine:
    """`on_start` is told when the node's code is wired and before it talks to anybody. `up`: the node runs."""

    def __init__(
        self,
        name: str,
        loop: SimLoop,
        runtime: SimRuntime,
        network: MemoryNetwork,
        on_start: Callable[[Machine], Awaitable[None]],
        owner: SigningKey | None = None,
    ) -> None:
        self.name = name
        self._place = int(name[1:])
        self._moves = 0
        self.host = ""
        self.move()
        self.loop = loop
        self.runtime = runtime
        self._network = network
        self._on_start = on_start
        self.key = SigningKey(runtime.random_bytes(SEED_BYTES))
        self.owner = owner or SigningKey(runtime.random_bytes(SEED_BYTES))
        self.disk = Disk(runtime)
        self.up = False
        self.dying = False
        self.busy = False
        self.backup: bytes | None = None
        self._seq = 0

    @property
    def id(self) -> NodeId:
        return self.key.node_id

    @property
    def address(self) -> str:
        return f"{self.host}:{PORT}"

    def move(self) -> None:
        """Another address; the machine must be down."""
        self.host = f"10.{self._moves % 250}.{self._place // 250}.{self._place % 250 + 1}"
        self._moves += 1

    def run[R](self, work: Callable[[], R]) -> R:
        """Something short on this machine, as if one of its own callbacks ran."""
        context = copy_context()
        context.run(PLACE.set, self.name)
        return context.run(work)

    def here(self, work: Coroutine[Any, Any, Any]) -> SimTask:
        """Starts work on this machine: it ends when the power does. Whoever asked may have gone when it fails."""
        task = self.loop.start_at(self.name, work)
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return task

    async def start(self) -> None:
        """Boots from what is on the disk. A start that is cut off by `lose_power` ends quietly."""
        task = self.here(self._start())
        await asyncio.wait([task])
        if not task.cancelled() and not self.dying:
            task.result()

    async def _start(self) -> None:
        runtime, db = self.runtime, await self.disk.open()
        self.supervisor = Supervisor(runtime)
        self.log = await EventLog.open(db, runtime, self.key)
        self.membership = Membership(self.log, runtime, self.key, self.owner)
        if not self.membership.founded:
            await self.membership.found(f"{self.name}'s home", self.name)
        self.mesh = Mesh(
            runtime,
            self.supervisor,
            self._network.transport(self.host, self.key, self.supervisor),
            self.key,
            instance=runtime.random_bytes(16),
            software="simulated",
            name=lambda: self.name,
            community=lambda: self.membership.community,
            standing=self.membership.standing,
            manifest=self._manifest,
        )
        self.sync = Sync(
            runtime, self.supervisor, self.log, open=self.mesh.open, scopes=self.membership.scopes, hurry=lambda: False
        )
        self.mesh.handle("sync/1", self.sync.handle)
        self.mesh.up.connect(lambda peer: self.sync.peer_up(peer.node_id))
        self.mesh.down.connect(lambda peer: self.sync.peer_down(peer.node_id))
        self.invites = Invites(db, runtime, self.membership)
        self.mesh.handle(JOIN, JoinServer(runtime, self.membership, self.invites).handle)
        self.membership.changed.connect(lambda state: self.mesh.recheck())
        await self._on_start(self)
        await self.mesh.start("", PORT)
        self.sync.start()
        self.up = True

    async def stop(self) -> None:
        """An orderly end, as by a service manager."""
        if self.up:
            self.up = False
            await self.here(self._stop())
            self.disk.power_lost()
            await self.bury()

    def lose_power(self, *, silently: bool = False) -> None:
        """At once, in the middle of whatever it does; `bury` must follow. `silently`: its peers hear nothing."""
        self.up, self.dying = False, True
        self.disk.power_lost()
        self._network.unplug(self.host, silently=silently)

    async def join(self, invite: Invite) -> None:
        """As a guest, by the address in the invite. Runs on this machine."""
        connection = await self.mesh.dial_guest(invite.addresses[0], invite.node)
        try:
            stream = await connection.open(JOIN)
            history = await join(
                stream,
                connection.peer,
                invite,
                node=self.key,
                owner=self.owner,
                name=self.name,
                node_name=self.name,
                runtime=self.runtime,
            )
            await self.membership.enter(history)
            self.mesh.found(invite.addresses[0], invite.node)
        finally:
            connection.close("unavailable", "Joined.")

    async def post(self, title: str, days: int) -> Event:
        """A notice on the board; returns when it is acknowledged. Runs on this machine."""
        day = int(self.runtime.wall() // DAY_S)
        notice = bodies.Notice(title=title, body="", severity="info")
        return await self.log.append(bodies.NOTICE, self.log.state.board, notice, expires=day + days)

    async def leave(self) -> None:
        """Runs on this machine."""
        await self.membership.leave(lambda: asyncio.sleep(LEAVING_S))

    async def _stop(self) -> None:
        await self.mesh.aclose()
        await self.supervisor.aclose()

    async def bury(self) -> None:
        """Nothing of it runs on."""
        self.dying = True
        for _ in range(100):
            tasks = self.loop.tasks_of(self.name)
            if not tasks:
                break
            for task in tasks:
                task.doomed = True
                task.cancel()
            await asyncio.wait(tasks)
        else:
            raise Unavailable(f"{self.name} does not die.")
        await self.disk.close()
        self.dying = False

    def _manifest(self) -> Manifest:
        self._seq += 1
        return Manifest(
            node=bytes(self.id), boot=self.disk.boot, seq=self._seq, name=self.name, addresses=(self.address,)
        )
