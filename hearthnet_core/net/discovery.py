"""Finding neighbours: mDNS, and a small UDP datagram where mDNS does not pass. Both only hint at an address to dial."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import blake3

from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.net.datagrams import Datagrams, Heard
from hearthnet_core.net.interfaces import real_interfaces
from hearthnet_core.net.mdns import Mdns
from hearthnet_core.runtime import Runtime
from hearthnet_core.supervise import Supervisor

RECHECK_S = 15.0
TRY_AGAIN_S = 60.0
LEAST_S = 1.0


def community_tag(community: CommunityId) -> bytes:
    """10 bytes by which members recognise each other without naming the community."""
    return blake3.blake3(b"hearthnet/1 community" + community).digest()[:10]


class Discovery:
    """Announces and listens until cancelled; starts anew when the machine's interfaces, the community or the claim
    change, and from time to time while one of the two ways does not work. `working` says which do."""

    def __init__(
        self,
        runtime: Runtime,
        supervisor: Supervisor,
        me: NodeId,
        *,
        interfaces: tuple[str, ...],
        port: Callable[[], int],
        community: Callable[[], CommunityId],
        lonely: Callable[[], bool],
        api: Callable[[], tuple[int, str] | None],
        found: Heard,
    ) -> None:
        self._runtime = runtime
        self._only = interfaces
        self._community = community
        self._tag = b""
        self._changed = asyncio.Event()
        self._mdns = Mdns(supervisor, me, port=port, tag=lambda: self._tag, api=api, heard=found)
        self._udp = Datagrams(runtime, me, port=port, tag=lambda: self._tag, lonely=lonely, heard=found)
        self.working: dict[str, bool] = {"mdns": False, "udp": False}

    def refresh(self) -> None:
        """Community or claim changed: announce anew."""
        self._changed.set()

    async def run(self) -> None:
        while True:
            self._changed.clear()
            self._tag = community_tag(self._community())
            here = real_interfaces(self._only)
            try:
                async with asyncio.TaskGroup() as group:
                    ways = [
                        group.create_task(self._mdns.run(here, lambda works: self._works("mdns", works))),
                        group.create_task(self._udp.run(here, lambda works: self._works("udp", works))),
                    ]
                    await asyncio.sleep(LEAST_S)
                    began = self._runtime.now()
                    while not self._changed.is_set() and set(real_interfaces(self._only)) == set(here):
                        if not all(self.working.values()) and self._runtime.now() - began > TRY_AGAIN_S:
                            break
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(RECHECK_S):
                                await self._changed.wait()
                    for way in ways:
                        way.cancel()
            finally:
                self.working.update(mdns=False, udp=False)

    def _works(self, way: str, works: bool) -> None:
        self.working[way] = works
