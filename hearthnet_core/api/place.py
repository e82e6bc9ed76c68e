"""Where a local API listens: its socket, its certificate and the URLs under which it is found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from yarl import URL

from hearthnet_core.api.listener import Listener, bound, is_loopback
from hearthnet_core.api.tls import ApiTls
from hearthnet_core.errors import BadRequest
from hearthnet_core.net.interfaces import real_interfaces

SHUTDOWN_S = 3.0
_WILDCARDS = ("", "0.0.0.0", "::")


class Place:
    """Gives each request to `handler` once it has arrived whole. `option` is what configures the port."""

    def __init__(
        self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], option: str = "api.port"
    ) -> None:
        self._handler = handler
        self._option = option
        self._tls: ApiTls | None = None
        self._host, self._port = "", 0
        self._listener = Listener(self._heard)
        self._runner = web.ServerRunner(self._listener, handle_signals=False, shutdown_timeout=SHUTDOWN_S)

    async def start(self, host: str, port: int, tls: ApiTls | None) -> int:
        """Listens; returns the port. Loopback is plain HTTP, all else needs `tls`. Raises `Unavailable` naming the option
        when the port is taken."""
        self._tls = None if is_loopback(host) else tls
        if self._tls is None and not is_loopback(host):
            raise BadRequest(
                f"The local API would be readable on the network at {host or 'any address'}; it needs TLS."
            )
        listening = bound(host, port, self._option)
        self._host, self._port = host, listening.getsockname()[1]
        await self._runner.setup()
        await web.SockSite(self._runner, listening, ssl_context=self._tls.context if self._tls else None).start()
        return self._port

    @property
    def url(self) -> str:
        """The URL this machine itself can use."""
        return self._url("127.0.0.1" if self._host in _WILDCARDS else self._host)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The URLs under which people and other machines reach it."""
        if self._host in _WILDCARDS:
            return tuple(self._url(interface.address) for interface in real_interfaces())
        return (self._url(self._host),)

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of the certificate, empty without TLS."""
        return self._tls.fingerprint if self._tls is not None else ""

    @property
    def signature(self) -> str:
        """By the node key, over the fingerprint; empty without TLS."""
        return self._tls.signature if self._tls is not None else ""

    async def aclose(self) -> None:
        await self._runner.cleanup()

    async def _heard(self, request: web.BaseRequest) -> web.StreamResponse:
        self._listener.spoke(request.protocol)
        return await self._handler(request)

    def _url(self, host: str) -> str:
        return str(URL.build(scheme="https" if self._tls is not None else "http", host=host, port=self._port))
