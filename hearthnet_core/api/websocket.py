"""`/api/v1/ws`: many calls on one connection, each with its own id, its own end and its own cancel. See docs/api.md.

Back-pressure is the bound on memory: a call whose reader is slow waits in `_send`, and its generator with it; a reader
that takes nothing for `STALL_S` loses the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import ClientError, WSCloseCode, WSMessage, WSMsgType, web

from hearthnet_core.api.method import Method
from hearthnet_core.api.running import Running, Stop
from hearthnet_core.config.settings import TokenRecord
from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, NotFound, Timeout
from hearthnet_core.models.local_api import MAX_BODY, MAX_CALLS, PING_S
from hearthnet_core.models.wire import UNREADABLE

AUTH_S = 5.0
MAX_AUTH = 1_024
STALL_S = 30.0
CLOSE_S = 2.0


class Auth(msgspec.Struct, frozen=True):
    type: Literal["auth"]
    token: Annotated[str, msgspec.Meta(max_length=200)]


class Request(msgspec.Struct, frozen=True):
    id: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
    method: Annotated[str, msgspec.Meta(max_length=64)]
    params: msgspec.Raw = msgspec.Raw(b"{}")


class _Gone(Exception):
    """The client left, or reads no more."""


class _Broken(Exception):
    """The client does not keep to the protocol."""


class Connection:
    """One client. `ready` is what it is told after it has signed in; `sign_in` and `still` raise when it may not."""

    def __init__(
        self,
        request: web.BaseRequest,
        methods: Mapping[str, Method],
        running: Running,
        *,
        sign_in: Callable[[str], TokenRecord],
        still: Callable[[TokenRecord], None],
        ready: dict[str, Any],
    ) -> None:
        self._request = request
        self._methods = methods
        self._running = running
        self._sign_in = sign_in
        self._still = still
        self._ready = ready
        self._socket = web.WebSocketResponse(
            heartbeat=PING_S, max_msg_size=MAX_BODY, compress=False, timeout=CLOSE_S, autoclose=True
        )
        self._sending = asyncio.Lock()
        self._stops: dict[int, Stop] = {}

    async def serve(self) -> web.WebSocketResponse:
        """Returns when the connection is over; nothing it started runs any longer."""
        await self._socket.prepare(self._request)
        try:
            record = await self._signed_in()
            if record is not None:
                async with asyncio.TaskGroup() as calls:
                    await self._read(calls, record)
                    raise _Gone
        except* _Gone:
            pass
        except* _Broken as broken:
            reason = str(broken.exceptions[0])[:120].encode()
            await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=reason)
        return self._socket

    async def close(self) -> None:
        """The node stops; its running calls have had their errors."""
        await self._socket.close(code=WSCloseCode.GOING_AWAY, message=b"The node is shutting down.")

    async def _signed_in(self) -> TokenRecord | None:
        try:
            async with asyncio.timeout(AUTH_S):
                message = await self._socket.receive()
            if message.type is not WSMsgType.TEXT or len(message.data) > MAX_AUTH:
                raise BadRequest('The first message must be {"type": "auth", "token": "…"}.')
            record = self._sign_in(msgspec.json.decode(message.data, type=Auth).token)
        except TimeoutError:
            error: HearthNetError = Timeout(f"No token arrived within {AUTH_S:g} s.")
        except UNREADABLE:
            error = BadRequest('The first message must be {"type": "auth", "token": "…"}.')
        except HearthNetError as refused:
            error = refused
        else:
            await self._send({"type": "ready", **self._ready})
            return record
        await self._send({"type": "refused", **error.to_wire()})
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION)
        return None

    async def _read(self, calls: asyncio.TaskGroup, record: TokenRecord) -> None:
        while True:
            message: WSMessage = await self._socket.receive()
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            if message.type is not WSMsgType.TEXT:
                raise _Broken("Messages are JSON text.")
            try:
                request = msgspec.json.decode(message.data, type=Request)
            except UNREADABLE as error:
                raise _Broken(f"This message is no call: {error}.") from None
            if request.method == "cancel":
                stop = self._stops.get(request.id)
                if stop is not None:  # it may just have ended by itself
                    stop.now(Timeout("Cancelled."))
            elif request.id in self._stops:
                raise _Broken(f"Call {request.id} is still running.")
            else:
                await self._begin(calls, request, record)

    async def _begin(self, calls: asyncio.TaskGroup, request: Request, record: TokenRecord) -> None:
        try:
            self._still(record)
            method = self._methods.get(request.method)
            if method is None:
                raise NotFound(f"There is no method {request.method!r}; docs/api.md lists them.")
            if len(self._stops) >= MAX_CALLS:
                raise CapacityExceeded(f"{MAX_CALLS} calls run on this connection already; end one first.")
            params = method.read(request.params)
        except HearthNetError as error:
            await self._send({"id": request.id, "event": "error", "data": error.to_wire()})
        else:
            stop = self._stops[request.id] = Stop()
            calls.create_task(self._call(request.id, method, params, record.id, stop), name=f"api {method.name}")

    async def _call(self, call: int, method: Method, params: Any, owner: str, stop: Stop) -> None:
        last: dict[str, Any] = {}
        try:
            async with self._running.call(owner, stop), aclosing(method.stream(params, owner)) as chunks:
                async for chunk in chunks:
                    last = {"id": call, "event": chunk.event, "data": chunk.data}
                    if not chunk.last:
                        await self._send(last)
        except HearthNetError as error:
            last = {"id": call, "event": "error", "data": error.to_wire()}
        del self._stops[call]  # before the last word: whoever reads it may use the id again
        await self._send(last)

    async def _send(self, message: dict[str, Any]) -> None:
        """Returns when the message is on its way; one at a time, so that a stalled reader holds back every call."""
        text = msgspec.json.encode(message).decode()
        try:
            async with self._sending, asyncio.timeout(STALL_S):
                await self._socket.send_str(text)
        except TimeoutError:
            if self._request.transport is not None:
                self._request.transport.abort()
            raise _Gone from None
        except (OSError, ClientError, RuntimeError):  # RuntimeError: aiohttp's word for a closed socket
            raise _Gone from None
