"""mDNS: announces this node (and, while unclaimed, its local API) and hears of others. Hints to dial, nothing more."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import socket
from collections.abc import Callable

import zeroconf
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from hearthnet_core.errors import HearthNetError
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.datagrams import Heard
from hearthnet_core.net.interfaces import Interface
from hearthnet_core.net.known import plain_address
from hearthnet_core.supervise import Supervisor

LOGGER = logging.getLogger(__name__)
SERVICE = "_hearthnet._tcp.local."
API_SERVICE = "_hearthnet-api._tcp.local."
LOOK_UP_MS = 3000
MAX_LOOK_UPS = 16
MAX_ADDRESSES = 4
CLOSE_S = 2.0


class Mdns:
    """`tag` is the community's; `api` gives (port, name) of the local API while it is to be announced."""

    def __init__(
        self,
        supervisor: Supervisor,
        me: NodeId,
        *,
        port: Callable[[], int],
        tag: Callable[[], bytes],
        api: Callable[[], tuple[int, str] | None],
        heard: Heard,
    ) -> None:
        self._supervisor = supervisor
        self._me = me
        self._port = port
        self._tag = tag
        self._api = api
        self._heard = heard
        self._looking_up = 0
        self._near = ""

    async def run(self, interfaces: list[Interface], working: Callable[[bool], None]) -> None:
        """Announces and browses until cancelled; `working` is told whether it can. Ends when it cannot."""
        self._near = f"{interfaces[0].address}:0" if interfaces else ""
        async with contextlib.AsyncExitStack() as stack:
            try:
                service = AsyncZeroconf(interfaces=[i.address for i in interfaces], ip_version=IPVersion.V4Only)
                stack.push_async_callback(self._close, service)
                for info in self._infos(interfaces):
                    await service.async_register_service(info, allow_name_change=True)
                browser = AsyncServiceBrowser(service.zeroconf, [SERVICE], handlers=[self._seen])
                stack.push_async_callback(browser.async_cancel)
            except (OSError, RuntimeError, zeroconf.Error) as error:
                LOGGER.warning("mDNS is not possible here (%s); neighbours are sought by UDP datagrams only", error)
                working(False)
                return
            working(True)
            await asyncio.Event().wait()

    @staticmethod
    async def _close(service: AsyncZeroconf) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await service.async_close()

    def _infos(self, interfaces: list[Interface]) -> list[AsyncServiceInfo]:
        texts = {"id": self._me.text, "c": _text(self._tag()), "v": "1"}
        wanted = [(SERVICE, self._me.short, self._port(), texts)]
        api = self._api()
        if api is not None:
            wanted.append((API_SERVICE, f"HearthNet {self._me.short}", api[0], {"id": self._me.text, "name": api[1]}))
        return [
            AsyncServiceInfo(
                service,
                f"{name}.{service}",
                port=port,
                addresses=[socket.inet_aton(i.address) for i in interfaces],
                server=f"{self._me.text[:16]}.local.",
                properties=properties,
            )
            for service, name, port, properties in wanted
        ]

    def _seen(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed:
            return
        info = AsyncServiceInfo(service_type, name)
        if info.load_from_cache(zeroconf):
            self._hint(info)
        elif self._looking_up < MAX_LOOK_UPS:
            self._looking_up += 1
            self._supervisor.spawn(self._look_up(zeroconf, info), "mDNS look-up")

    async def _look_up(self, zeroconf: Zeroconf, info: AsyncServiceInfo) -> None:
        try:
            if await info.async_request(zeroconf, LOOK_UP_MS):
                self._hint(info)
        finally:
            self._looking_up -= 1

    def _hint(self, info: AsyncServiceInfo) -> None:
        properties = info.properties
        if (properties.get(b"c") or b"") != _text(self._tag()).encode():
            return
        try:
            node_id = NodeId.parse((properties.get(b"id") or b"").decode())
        except (HearthNetError, UnicodeDecodeError):
            return
        if node_id == self._me:
            return
        for address in info.parsed_addresses(IPVersion.V4Only)[:MAX_ADDRESSES]:
            plain = plain_address(f"{address}:{info.port}", self._near)
            if plain is not None:
                self._heard(plain, node_id)


def _text(tag: bytes) -> str:
    return base64.b32encode(tag).decode().lower()
