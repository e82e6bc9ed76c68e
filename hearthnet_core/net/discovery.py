"""Finding neighbours: mDNS, and a small UDP datagram where mDNS does not pass. Both only hint at an address to dial."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import socket
import struct
from collections.abc import Callable

import blake3
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from hearthnet_core.errors import HearthNetError
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.net.interfaces import Interface, real_interfaces
from hearthnet_core.runtime import Runtime
from hearthnet_core.supervise import Supervisor

LOGGER = logging.getLogger(__name__)
SERVICE = "_hearthnet._tcp.local."
API_SERVICE = "_hearthnet-api._tcp.local."
GROUP, PORT = "239.255.42.42", 42424
MAGIC = b"HN1"
DATAGRAM = struct.Struct(">3s32s10sH")
QUICK_S, SLOW_S = 10.0, 60.0
RECHECK_S = 30.0

type Found = Callable[[str, NodeId], None]


def community_tag(community: CommunityId) -> bytes:
    """10 bytes by which members recognise each other without naming the community."""
    return blake3.blake3(b"hearthnet/1 community" + community).digest()[:10]


class Discovery:
    """Announces and listens until cancelled. Restarts itself when the machine's interfaces change."""

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
        found: Found,
    ) -> None:
        self._runtime = runtime
        self._supervisor = supervisor
        self._me = me
        self._only = interfaces
        self._port = port
        self._community = community
        self._lonely = lonely
        self._api = api
        self._found = found
        self._changed = asyncio.Event()
        self.working: dict[str, bool] = {"mdns": False, "udp": False}

    def refresh(self) -> None:
        """Community or claim changed: announce anew."""
        self._changed.set()

    async def run(self) -> None:
        while True:
            here = real_interfaces(self._only)
            self._changed.clear()
            async with contextlib.AsyncExitStack() as stack:
                self.working["mdns"] = await self._mdns(stack, here)
                sockets = self._sockets(stack, here)
                self.working["udp"] = bool(sockets)
                try:
                    await self._until_changed(sockets, here)
                finally:
                    self.working.update(mdns=False, udp=False)

    async def _until_changed(self, sockets: list[tuple[socket.socket, Interface]], here: list[Interface]) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._listen(s)) for s, _ in sockets]
            if sockets:
                tasks.append(group.create_task(self._shout(sockets)))
            while not self._changed.is_set() and set(real_interfaces(self._only)) == set(here):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(RECHECK_S):
                        await self._changed.wait()
            for task in tasks:
                task.cancel()

    async def _mdns(self, stack: contextlib.AsyncExitStack, here: list[Interface]) -> bool:
        try:
            zeroconf = AsyncZeroconf(interfaces=[i.address for i in here], ip_version=IPVersion.V4Only)
        except OSError as error:
            LOGGER.warning("mDNS is not possible here (%s); neighbours are sought by UDP datagrams only", error)
            return False
        stack.push_async_callback(zeroconf.async_close)
        tag = base64.b32encode(community_tag(self._community())).decode().lower()
        texts = {"id": self._me.text, "c": tag, "v": "1"}
        infos = [(SERVICE, self._me.short, self._port(), texts)]
        api = self._api()
        if api is not None:
            infos.append((API_SERVICE, f"HearthNet {self._me.short}", api[0], {"id": self._me.text, "name": api[1]}))
        for service, name, port, properties in infos:
            info = AsyncServiceInfo(
                service,
                f"{name}.{service}",
                port=port,
                addresses=[socket.inet_aton(i.address) for i in here],
                server=f"{self._me.text[:16]}.local.",
                properties=properties,
            )
            await zeroconf.async_register_service(info, allow_name_change=True)
        browser = AsyncServiceBrowser(zeroconf.zeroconf, [SERVICE], handlers=[self._seen])
        stack.push_async_callback(browser.async_cancel)
        return True

    def _seen(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed:
            return
        info = AsyncServiceInfo(service_type, name)
        if info.load_from_cache(zeroconf):
            self._hint(info)
            return
        self._supervisor.spawn(self._look_up(zeroconf, info), "mDNS look-up")

    async def _look_up(self, zeroconf: Zeroconf, info: AsyncServiceInfo) -> None:
        if await info.async_request(zeroconf, 3000):
            self._hint(info)

    def _hint(self, info: AsyncServiceInfo) -> None:
        text = info.properties.get(b"id") or b""
        try:
            node_id = NodeId.parse(text.decode())
        except (HearthNetError, UnicodeDecodeError):
            return
        for address in info.parsed_addresses(IPVersion.V4Only)[:4]:
            if info.port and node_id != self._me:
                self._found(f"{address}:{info.port}", node_id)

    def _sockets(
        self, stack: contextlib.AsyncExitStack, here: list[Interface]
    ) -> list[tuple[socket.socket, Interface]]:
        opened = []
        for interface in here:
            try:
                made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                made.setblocking(False)
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if hasattr(socket, "SO_REUSEPORT"):
                    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                made.bind((GROUP, PORT))
                own = socket.inet_aton(interface.address)
                made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + own)
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            except OSError as error:
                LOGGER.info("no UDP discovery on %s: %s", interface.name, error)
                continue
            stack.callback(made.close)
            opened.append((made, interface))
        return opened

    async def _shout(self, sockets: list[tuple[socket.socket, Interface]]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            datagram = DATAGRAM.pack(MAGIC, self._me, community_tag(self._community()), self._port())
            for made, _ in sockets:
                with contextlib.suppress(OSError):
                    await loop.sock_sendto(made, datagram, (GROUP, PORT))
            pause = QUICK_S if self._lonely() else SLOW_S
            await asyncio.sleep(pause * self._runtime.uniform(0.7, 1.0))

    async def _listen(self, made: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data, (host, _) = await loop.sock_recvfrom(made, 512)
            except OSError:
                await asyncio.sleep(1.0)
                continue
            if len(data) != DATAGRAM.size:
                continue
            magic, node, tag, port = DATAGRAM.unpack(data)
            if magic == MAGIC and tag == community_tag(self._community()) and node != self._me and port:
                self._found(f"{host}:{port}", NodeId(node))
