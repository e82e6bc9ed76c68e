"""A small UDP multicast datagram, for where mDNS does not pass: who is here, of which community, on which port."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import Callable

from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.interfaces import Interface
from hearthnet_core.runtime import Runtime

LOGGER = logging.getLogger(__name__)
GROUP, PORT = "239.255.42.42", 42424
MAGIC = b"HN1"
DATAGRAM = struct.Struct(">3s32s10sH")
MAX_DATAGRAM = 256
QUICK_S, SLOW_S = 10.0, 60.0
READ_GAP_S = 0.005

type Heard = Callable[[str, NodeId], None]


class Datagrams:
    """`tag` is the community's, `lonely` asked before each pause; `heard` gets hints of the same community only."""

    def __init__(
        self,
        runtime: Runtime,
        me: NodeId,
        *,
        port: Callable[[], int],
        tag: Callable[[], bytes],
        lonely: Callable[[], bool],
        heard: Heard,
    ) -> None:
        self._runtime = runtime
        self._me = me
        self._port = port
        self._tag = tag
        self._lonely = lonely
        self._heard = heard

    async def run(self, interfaces: list[Interface], working: Callable[[bool], None]) -> None:
        """Speaks and listens until cancelled; `working` is told whether any interface can. Ends when none can."""
        with contextlib.ExitStack() as stack:
            sockets = [s for i in interfaces if (s := self._open(stack, i)) is not None]
            working(bool(sockets))
            if not sockets:
                return
            async with asyncio.TaskGroup() as group:
                for made in sockets:
                    group.create_task(self._listen(made))
                group.create_task(self._shout(sockets))

    def _open(self, stack: contextlib.ExitStack, interface: Interface) -> socket.socket | None:
        try:
            made = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
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
            return None
        return made

    async def _shout(self, sockets: list[socket.socket]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            datagram = DATAGRAM.pack(MAGIC, self._me, self._tag(), self._port())
            for made in sockets:
                with contextlib.suppress(OSError):
                    await loop.sock_sendto(made, datagram, (GROUP, PORT))
            pause = QUICK_S if self._lonely() else SLOW_S
            await asyncio.sleep(pause * self._runtime.uniform(0.7, 1.0))

    async def _listen(self, made: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data, (host, _) = await loop.sock_recvfrom(made, MAX_DATAGRAM)
            except OSError:
                await asyncio.sleep(1.0)
                continue
            if len(data) == DATAGRAM.size:
                magic, node, tag, port = DATAGRAM.unpack(data)
                if magic == MAGIC and tag == self._tag() and node != self._me and port:
                    self._heard(f"{host}:{port}", NodeId(node))
            await asyncio.sleep(READ_GAP_S)  # a flood must not keep the loop; the kernel drops what is too much
