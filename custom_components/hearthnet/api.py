"""One live connection to a node: many calls at once over one WebSocket, as docs/api.md describes it.

`NodeClient` outlives its connections: `connect` makes one, everything else uses the one that is there, and `closed`
says when it is gone. It never reconnects by itself; whoever needs that decides when (coordinator.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from .errors import CannotConnect, CertificateChanged, NodeError, NotHearthNet, WrongNode
from .pairing import Health, health, pinned

NDJSON = "application/x-ndjson"
CONNECT_S = 15
"""Until the node says `ready`."""
CLOSE_S = 2
"""Until a node that hangs is left without its goodbye."""
CALL_S = 30
"""An ordinary call, from question to `done`."""
MAX_MESSAGE = 16 * 1024 * 1024
MAX_SENT = 1024 * 1024
"""What a message to the node may have; a larger call goes by HTTP."""
MAX_WAITING = 4_096
"""Events of one call that nobody has read yet; a call that nobody reads is given up."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a call; the last is `done`. An `error` is raised instead."""

    name: str
    data: dict[str, Any]


class _Call:
    def __init__(self) -> None:
        self.events: asyncio.Queue[Event | NodeError] = asyncio.Queue(MAX_WAITING + 1)

    def put(self, event: Event | NodeError) -> bool:
        """False when the call has to be given up."""
        if self.events.qsize() < MAX_WAITING:
            self.events.put_nowait(event)
            return True
        if not self.events.full():
            self.events.put_nowait(NodeError("capacity_exceeded", "The answer came faster than it could be read."))
        return False


class _Connection:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.calls: dict[int, _Call] = {}
        self.closed = asyncio.Event()
        self._last_id = 0
        self._reader = asyncio.get_running_loop().create_task(self._read(), name="hearthnet connection")

    def begin(self) -> tuple[int, _Call]:
        if self.closed.is_set():
            raise CannotConnect("The connection to the HearthNet node is gone.")
        self._last_id += 1
        call = self.calls[self._last_id] = _Call()
        return self._last_id, call

    async def send(self, message: dict[str, Any]) -> None:
        try:
            await self.socket.send_json(message)
        except (ConnectionError, aiohttp.ClientError) as error:
            raise CannotConnect("The connection to the HearthNet node is gone.") from error

    async def end(self, call_id: int) -> None:
        """Forget a call; the node is told, unless it ended it itself."""
        if self.calls.pop(call_id, None) is not None and not self.closed.is_set():
            with contextlib.suppress(CannotConnect):
                await self.send({"id": call_id, "method": "cancel"})

    async def close(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for message in self.socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._take(message.data)
        finally:
            self.closed.set()
            gone = CannotConnect("The connection to the HearthNet node is gone.")
            for call in self.calls.values():
                call.put(gone)
            self.calls.clear()
            await self.socket.close()

    async def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
            call_id, name, data = message["id"], message["event"], message.get("data")
        except ValueError, TypeError, KeyError, AttributeError:
            return  # not of this version; what is needed is missed by whoever waits for it
        call = self.calls.get(call_id) if isinstance(call_id, int) else None
        if call is None or not isinstance(name, str):
            return
        data = data if isinstance(data, dict) else {}
        if name == "error":
            call.put(NodeError.from_wire(data))
        elif not call.put(Event(name, data)):
            await self.end(call_id)
            return
        if name in ("done", "error"):
            self.calls.pop(call_id, None)


class NodeClient:
    """A node's methods. Everything raises `NodeError` or one of its classes, never anything of aiohttp."""

    def __init__(
        self, session: aiohttp.ClientSession, url: URL, token: str, *, fingerprint: str = "", node_id: str = ""
    ) -> None:
        self.url = url
        self.health: Health | None = None
        self._session = session
        self._token = token
        self._fingerprint = fingerprint
        self._node_id = node_id
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()

    @property
    def connected(self) -> bool:
        return self._connection is not None and not self._connection.closed.is_set()

    async def connect(self) -> None:
        """Returns when the node is ready; at once if it already is.

        Raises `CannotConnect`, `NotHearthNet`, `WrongNode`, `CertificateChanged`, `VersionMismatch`, or a `NodeError` that `refuses_token`.
        """
        async with self._connecting:
            if self.connected:
                return
            seen = await health(self._session, self.url, self._fingerprint)
            self.health = seen
            seen.require_fit()
            if self._node_id and seen.node_id != self._node_id:
                # before the token is sent: it belongs to the other one
                raise WrongNode(f"Another HearthNet node answers at {self.url}: {seen.name}.")
            self._connection = await self._open()

    async def closed(self) -> None:
        """Returns when the connection is gone."""
        if self._connection is not None:
            await self._connection.closed.wait()

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def call(
        self, method: str, params: dict[str, Any] | None = None, *, timeout_s: float = CALL_S
    ) -> dict[str, Any]:
        """The `done` data of a method; what comes before it is dropped."""
        try:
            async with asyncio.timeout(timeout_s), aclosing(self.stream(method, params)) as events:
                async for event in events:
                    if event.name == "done":
                        return event.data
        except TimeoutError:
            raise NodeError("timeout", "The HearthNet node did not answer in time.") from None
        raise NodeError("internal_error", "The answer of the HearthNet node has no end.")

    async def stream(
        self, method: str, params: dict[str, Any] | None = None, *, silence_s: float | None = None
    ) -> AsyncGenerator[Event]:
        """The events of a method, `done` the last; closing it cancels the call. `silence_s` bounds the wait for each."""
        connection = self._connection
        if connection is None:
            raise CannotConnect("The HearthNet node is not connected.")
        body = json.dumps(params or {})
        if len(body) > MAX_SENT - 1_024:
            async with aclosing(self.post(method, body.encode(), silence_s=silence_s)) as events:
                async for event in events:
                    yield event
            return
        call_id, call = connection.begin()
        try:
            await connection.send({"id": call_id, "method": method, "params": params or {}})
            while True:
                try:
                    async with asyncio.timeout(silence_s):
                        event = await call.events.get()
                except TimeoutError:
                    raise NodeError("timeout", "The HearthNet node stopped answering.") from None
                if isinstance(event, NodeError):
                    raise event
                yield event
                if event.name == "done":
                    return
        finally:
            await connection.end(call_id)

    async def post(
        self,
        method: str,
        body: bytes | AsyncIterable[bytes],
        *,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        silence_s: float | None = None,
    ) -> AsyncGenerator[Event]:
        """As `stream`, by HTTP: for what is too large for a message. A `body` that is asked for goes out as it comes."""
        headers = {"Authorization": f"Bearer {self._token}", "Accept": NDJSON, "Content-Type": content_type}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=silence_s)
        try:
            async with self._session.post(
                self.url / "api/v1" / method,
                params=query,
                data=body,
                headers=headers,
                ssl=pinned(self.url, self._fingerprint),
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                if response.content_type != NDJSON:
                    raise NodeError.from_wire(_object(await response.content.read(MAX_SENT)))
                async for line in _lines(response.content):
                    message = _object(line)
                    name, data = message.get("event"), message.get("data")
                    if not isinstance(name, str) or not isinstance(data, dict):
                        continue
                    if name == "error":
                        raise NodeError.from_wire(data)
                    yield Event(name, data)
                    if name == "done":
                        return
        except TimeoutError as error:
            raise NodeError("timeout", "The HearthNet node stopped answering.") from error
        except aiohttp.ServerFingerprintMismatch as error:
            raise CertificateChanged("The certificate of the node has changed since it was paired.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise CannotConnect("The connection to the HearthNet node is gone.") from error
        raise NodeError("internal_error", "The answer of the HearthNet node has no end.")

    async def _open(self) -> _Connection:
        try:
            async with asyncio.timeout(CONNECT_S):
                socket = await self._session.ws_connect(
                    self.url / "api/v1/ws",
                    ssl=pinned(self.url, self._fingerprint),
                    max_msg_size=MAX_MESSAGE,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
                )
                try:
                    await socket.send_json({"type": "auth", "token": self._token})
                    reply = await socket.receive_json()
                except BaseException:
                    await socket.close()
                    raise
        except aiohttp.ServerFingerprintMismatch as error:
            raise CertificateChanged("The certificate of the node has changed since it was paired.") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise CannotConnect(f"Nothing answers at {self.url}.") from error
        except (TypeError, ValueError) as error:
            raise NotHearthNet(f"What answers at {self.url} is no HearthNet node.") from error
        kind = reply.get("type") if isinstance(reply, dict) else None
        if kind == "ready":
            return _Connection(socket)
        await socket.close()
        if kind == "refused":
            raise NodeError.from_wire(reply)
        raise NotHearthNet(f"What answers at {self.url} is no HearthNet node.")


async def _lines(content: aiohttp.StreamReader) -> AsyncGenerator[bytes]:
    """Each line of at most `MAX_MESSAGE` bytes."""
    held = bytearray()
    async for part in content.iter_any():
        held += part
        *lines, rest = held.split(b"\n")
        for line in lines:
            yield bytes(line)
        held = bytearray(rest)
        if len(held) > MAX_MESSAGE:
            raise NodeError("internal_error", "The HearthNet node sent more at once than is allowed.")


def _object(raw: bytes) -> dict[str, Any]:
    """What cannot be read is an empty one."""
    try:
        read = json.loads(raw)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
