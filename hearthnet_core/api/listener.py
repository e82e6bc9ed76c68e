"""The local API's listening socket: bounds on connections, and sentences for what goes wrong with ports."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections import Counter
from collections.abc import Awaitable, Callable

from aiohttp import web

from hearthnet_core.errors import Unavailable

MAX_CONNECTIONS = 256
MAX_CONNECTIONS_PER_ADDRESS = 64
FIRST_REQUEST_S = 10.0
KEEP_ALIVE_S = 75.0
LINGER_S = 2.0


class Listener(web.Server):
    """Bounds how many connections there are, and how long one may take to say what it wants."""

    def __init__(self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> None:
        super().__init__(
            handler,
            handler_cancellation=True,
            auto_decompress=False,
            keepalive_timeout=KEEP_ALIVE_S,
            lingering_time=LINGER_S,
            access_log=None,
        )
        self._addresses: dict[web.RequestHandler, str] = {}
        self._counts: Counter[str] = Counter()
        self._silent: dict[web.RequestHandler, asyncio.TimerHandle] = {}

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        address = str((transport.get_extra_info("peername") or ("?",))[0])
        most = MAX_CONNECTIONS if is_loopback(address) else MAX_CONNECTIONS_PER_ADDRESS
        full = self._counts[address] >= most or len(self._addresses) >= MAX_CONNECTIONS
        self._addresses[handler] = address
        self._counts[address] += 1
        if full:
            transport.abort()
        else:
            self._silent[handler] = asyncio.get_running_loop().call_later(FIRST_REQUEST_S, transport.abort)

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self.spoke(handler)
        address = self._addresses.pop(handler, None)
        if address is not None:
            self._counts[address] -= 1
            self._counts += Counter()

    def spoke(self, handler: web.RequestHandler) -> None:
        """The connection has sent a whole request."""
        if (timer := self._silent.pop(handler, None)) is not None:
            timer.cancel()


def is_loopback(host: str) -> bool:
    """Only addresses (and `localhost`) count: another name may resolve to anything."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bound(host: str, port: int, option: str = "api.port") -> socket.socket:
    """A listening socket; `""` for `host` is every IPv4 address, 0 for `port` a free one. Raises `Unavailable` naming the
    option."""
    listening: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or "0.0.0.0", port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        if listening is not None:
            listening.close()
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(
                f"Port {port} is taken by another program. Stop it, or set {option} to another port in config.toml."
            ) from None
        raise Unavailable(
            f"The local API cannot listen on {host or 'any address'}:{port}: {error.strerror}. Set api.host and"
            f" {option} in config.toml."
        ) from None
    return listening
