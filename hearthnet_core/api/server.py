"""The local API's HTTP side: who gets in, where a request goes, and how the answer is written. See docs/api.md.

aiohttp's low-level server, because there are few addresses and the bounds on connections belong to the listener. What
other programs' APIs look like is their facades' business.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, nullcontext
from typing import Any

from aiohttp import web

from hearthnet_core import __version__
from hearthnet_core.api import bodies
from hearthnet_core.api.admission import check_host, check_origin, own_names
from hearthnet_core.api.facade import Facade
from hearthnet_core.api.limits import Failures
from hearthnet_core.api.method import Method
from hearthnet_core.api.pairing import Pairing, PairProof, PairStart
from hearthnet_core.api.place import SHUTDOWN_S, Place
from hearthnet_core.api.running import Running
from hearthnet_core.api.tls import ApiTls
from hearthnet_core.api.tokens import Tokens
from hearthnet_core.api.websocket import Connection
from hearthnet_core.config.settings import TokenRecord
from hearthnet_core.errors import (
    BadRequest,
    Forbidden,
    HearthNetError,
    InternalError,
    NotFound,
    TokenInvalid,
    TokenRevoked,
    Unauthorized,
    Unavailable,
)
from hearthnet_core.models.local_api import API_VERSION, AS_ENGINE, LOWEST_API_VERSION, MAX_BODY, NDJSON, UPLOAD
from hearthnet_core.runtime import Runtime

LOGGER = logging.getLogger(__name__)
PREFIX = "/api/v1/"
OPEN = "open port"
UPLOADS = 4
"""Files that are taken in and worked on at once; each is in memory until it has been read. Who comes later waits."""


type Route = Callable[[web.BaseRequest, str], Awaitable[web.StreamResponse]]


class ApiServer:
    """Serves `methods` and `facades` to whoever has a token. `health` says what only the node knows: `node_id`, `name`,
    `public_key`; `openapi` describes all of it."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        methods: Mapping[str, Method],
        tokens: Tokens,
        pairing: Pairing,
        health: Callable[[], dict[str, Any]],
        facades: Sequence[Facade] = (),
        openapi: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self._methods = methods
        self._openapi = openapi
        self._facades = facades
        self._tokens = tokens
        self._pairing = pairing
        self._health = health
        self._failures = Failures(runtime)
        self._running = Running()
        self._uploads = asyncio.Semaphore(UPLOADS)
        self._connections: set[Connection] = set()
        self._names = own_names()
        self._place = Place(lambda request: self._admitted(request, self._routed))
        self._open = Place(lambda request: self._admitted(request, self._routed_openly), "api.open_port")
        tokens.revoked.connect(lambda token_id: self._running.stop(token_id, TokenRevoked()))

    async def start(self, host: str, port: int, tls: ApiTls | None) -> tuple[str, int]:
        """Listens; returns host and port. Loopback is plain HTTP, all else needs `tls`.

        Raises `Unavailable` naming `api.port` when the port is taken.
        """
        return host, await self._place.start(host, port, tls)

    async def start_open(self, port: int) -> int:
        """Listens on loopback with the facades only, for programs of this machine that cannot send a token; returns the
        port. Raises `Unavailable` naming `api.open_port` when it is taken."""
        return await self._open.start("127.0.0.1", port, None)

    @property
    def url(self) -> str:
        """The URL this machine itself can use."""
        return self._place.url

    @property
    def addresses(self) -> tuple[str, ...]:
        """The URLs under which people and other machines reach it."""
        return self._place.addresses

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of the certificate, empty without TLS."""
        return self._place.fingerprint

    @property
    def connected(self) -> int:
        """How many WebSocket clients there are."""
        return len(self._connections)

    async def aclose(self) -> None:
        """Every running call ends with an error that says so, then every connection is closed."""
        try:
            async with asyncio.timeout(SHUTDOWN_S):
                await self._running.stop_all(
                    Unavailable("The node is shutting down; try again when it runs.", retry_after_ms=5_000)
                )
                await asyncio.gather(*(connection.close() for connection in self._connections))
        except TimeoutError:
            LOGGER.warning("Some clients did not take their goodbye in time.")
        await self._place.aclose()
        await self._open.aclose()

    async def _admitted(self, request: web.BaseRequest, routed: Route) -> web.StreamResponse:
        try:
            if any(name in request.headers for name in AS_ENGINE):  # a question would go round for ever
                raise Forbidden("A node is no engine of another; join its community instead, with `hearthnet join`.")
            host = request.headers.get("Host", "")
            if request.scheme == "http":  # no browser takes this node's certificate for another name
                check_host(host, self._names)
            if (origin := request.headers.get("Origin")) is not None:
                check_origin(origin, request.scheme, host)
            return await routed(request, request.remote or "?")
        except HearthNetError as error:
            return bodies.failure(error)
        except web.HTTPException as error:  # aiohttp's own, for a broken WebSocket upgrade
            return bodies.failure(BadRequest(error.text))
        except ConnectionError:
            raise
        except Exception:
            LOGGER.exception("%s %s failed", request.method, request.path)
            return bodies.failure(InternalError())

    async def _routed(self, request: web.BaseRequest, address: str) -> web.StreamResponse:
        path = request.path
        for facade in self._facades:
            if facade.serves(path):
                return await self._through(facade, request, address)
        match request.method, path.removeprefix(PREFIX).split("/") if path.startswith(PREFIX) else path:
            case "GET", "/health":
                return bodies.answer(self._public())
            case "POST", ["pair"]:
                asked = bodies.decoded(await bodies.read(request, MAX_BODY), PairStart)
                return bodies.answer(self._pairing.start(asked, address))
            case "POST", ["pair", pairing_id]:
                proof = bodies.decoded(await bodies.read(request, MAX_BODY), PairProof)
                return bodies.answer(await self._pairing.finish(pairing_id, proof, self.fingerprint))
            case "GET", ["openapi.json"]:
                _whole_api(self._bearer(request, address))
                return bodies.answer(self._openapi())
            case "GET", ["ws"]:
                return await self._websocket(request, address)
            case "POST", [name]:
                record = _whole_api(self._bearer(request, address))
                if (method := self._methods.get(name)) is None:
                    raise NotFound(f"There is no method {name[:64]!r}; docs/api.md lists them.")
                async with self._uploads if method.upload else nullcontext():
                    return await self._method(request, record, method)
        raise NotFound(f"There is nothing at {request.method} {path[:100]}; docs/api.md lists what there is.")

    async def _routed_openly(self, request: web.BaseRequest, address: str) -> web.StreamResponse:
        for facade in self._facades:
            if facade.serves(request.path):
                try:
                    if facade.changes(request.path):
                        raise Forbidden(f"Without a token this is not done; ask {self.url} with one.")
                    return await facade.answer(request, lambda: self._running.call(OPEN))
                except HearthNetError as error:
                    return facade.refusal(error)
        raise NotFound(f"On this port there is nothing at {request.path[:100]}; the whole API is at {self.url}.")

    async def _through(self, facade: Facade, request: web.BaseRequest, address: str) -> web.StreamResponse:
        try:
            owner = OPEN
            if not facade.public(request.method, request.path):
                owner = self._bearer(request, address).id
            return await facade.answer(request, lambda: self._running.call(owner))
        except HearthNetError as error:
            return facade.refusal(error)

    def _public(self) -> dict[str, Any]:
        return {
            "service": "hearthnet",
            "status": "ok",
            "version": __version__,
            **self._health(),
            "api": {"version": API_VERSION, "lowest": LOWEST_API_VERSION},
            "fingerprint": self.fingerprint,
            "fingerprint_signature": self._place.signature,
            "claimed": self._tokens.claimed,
        }

    def _bearer(self, request: web.BaseRequest, address: str) -> TokenRecord:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized
        return self._sign_in(token.strip(), address)

    def _sign_in(self, token: str, address: str) -> TokenRecord:
        try:
            return self._tokens.check(token)
        except TokenInvalid:  # a good token is never refused for what others do
            digest = hashlib.sha256(token.encode(errors="replace")).hexdigest()
            self._failures.count(f"address {address}", f"token {digest}")
            raise

    async def _websocket(self, request: web.BaseRequest, address: str) -> web.StreamResponse:
        public = self._public()
        connection = Connection(
            request,
            self._methods,
            self._running,
            sign_in=lambda token: _whole_api(self._sign_in(token, address)),
            still=self._tokens.still,
            ready={"api": public["api"], "node_id": public.get("node_id", ""), "version": public["version"]},
        )
        self._connections.add(connection)
        try:
            return await connection.serve()
        finally:
            self._connections.discard(connection)

    async def _method(self, request: web.BaseRequest, record: TokenRecord, method: Method) -> web.StreamResponse:
        body = await bodies.read(request, method.max_body)
        raw = method.upload and request.content_type == UPLOAD  # also what clients say that say nothing
        params = method.read_upload(request.query, body) if raw else method.read(body)
        if NDJSON in request.headers.get("Accept", ""):
            return await self._lines(request, record, method, params)
        return await self._call(record, method, params)

    async def _call(self, record: TokenRecord, method: Method, params: Any) -> web.StreamResponse:
        async with self._running.call(record.id), aclosing(method.stream(params, record.id)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    return bodies.answer(chunk.data)
        raise InternalError

    async def _lines(
        self, request: web.BaseRequest, record: TokenRecord, method: Method, params: Any
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": NDJSON, **bodies.HEADERS})
        await response.prepare(request)
        try:
            async with self._running.call(record.id), aclosing(method.stream(params, record.id)) as chunks:
                async for chunk in chunks:
                    await bodies.line(request, response, chunk.event, chunk.data)
        except HearthNetError as error:
            await bodies.line(request, response, "error", error.to_wire())
        await response.write_eof()
        return response


def _whole_api(record: TokenRecord) -> TokenRecord:
    """Raises `Forbidden` for a token that opens the facades only."""
    if record.scope:
        raise Forbidden(
            "This token opens the models only (/v1/… and /api/chat …); `hearthnet token create --scope all` makes another."
        )
    return record
