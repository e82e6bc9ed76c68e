"""A peer's capability with the face of a local one: `call/1` from the caller's side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Protocol

import msgspec

from hearthnet_core.bus.receipt import AnswerHash, check
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.contract import USUAL_BODY
from hearthnet_core.errors import BadRequest, HearthNetError, Timeout, Unavailable, from_wire
from hearthnet_core.models.ids import NodeId
from hearthnet_core.models.wire import UNREADABLE, UNSPEAKABLE
from hearthnet_core.runtime import Runtime

MAX_MESSAGE = 256 * 1024
"""Of an answer each event, of a request each piece."""
SILENCE_S = 1.5
PIECE_S = 5.0
MAX_EVENT_NAME = 32
PROTOCOL = "call/1"


class Stream(Protocol):
    """What the bus needs of a mesh stream."""

    async def send(self, message: bytes) -> None: ...
    async def receive(self) -> bytes | None: ...
    async def end(self) -> None: ...
    async def reset(self, code: str, message: str) -> None: ...


type Open = Callable[[NodeId, str, bytes], Awaitable[Stream]]


class CallHeader(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The OPEN payload of `call/1`; times in milliseconds. `size` is the body's in bytes: it comes in as many messages as
    it takes, each but the last of `MAX_MESSAGE`; 0 is one message of any size up to that. `provider` is whom of the callee
    the caller chose, from its manifest."""

    id: str
    capability: str
    version: str
    privacy: str
    timeout_ms: int
    hops: int
    size: int = 0
    provider: str = ""


class Unsendable(BadRequest):
    """The request is not fit for a neighbour; nothing was sent, so it says nothing about that neighbour."""


class Message(msgspec.Struct, frozen=True, array_like=True):
    event: str
    data: dict[str, Any]


_messages = msgspec.msgpack.Decoder(Message)


class RemoteProvider:
    """One peer, of whose providers `provider` was chosen, and which takes bodies of at most `most` bytes. The last chunk
    carries the checked receipt as `receipt`.
    Silence of `SILENCE_S` (the callee sends heartbeats while it works) is a dead callee."""

    def __init__(
        self,
        runtime: Runtime,
        open: Open,
        me: NodeId,
        node_id: NodeId,
        public_key: bytes,
        most: int = USUAL_BODY,
        provider: str = "",
    ) -> None:
        self._runtime = runtime
        self._open = open
        self._me = me
        self._node_id = node_id
        self._public_key = public_key
        self._most = most
        self._provider = provider

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        left = call.deadline - self._runtime.now()
        if left <= 0:
            raise Timeout()
        request = self._request(call)
        header = CallHeader(
            id=call.id,
            capability=call.capability,
            version=str(call.version),
            privacy=call.privacy.value,
            timeout_ms=int(left * 1000),
            hops=call.hops,
            size=len(request) if len(request) > MAX_MESSAGE else 0,
            provider=self._provider,
        )
        opening = msgspec.msgpack.encode(header)
        stream: Stream | None = None
        answer = AnswerHash()
        finished = False
        try:
            try:
                async with asyncio.timeout(min(left, SILENCE_S)):
                    stream = await self._open(self._node_id, PROTOCOL, opening)
                    if len(request) <= MAX_MESSAGE:
                        await stream.send(request)
                if len(request) > MAX_MESSAGE:
                    await self._send_pieces(stream, call, request)
            except TimeoutError:
                raise Unavailable("The neighbour's node went silent.") from None
            while True:
                left = call.deadline - self._runtime.now()
                try:
                    async with asyncio.timeout(max(0.0, min(left, SILENCE_S))):
                        raw = await stream.receive()
                except TimeoutError:
                    raise (
                        Timeout() if left <= SILENCE_S else Unavailable("The neighbour's node went silent.")
                    ) from None
                if raw is None:
                    raise Unavailable("The neighbour's node broke off its answer.")
                message = self._decode(raw)
                if message.event == "working":
                    continue
                if message.event == "error":
                    finished = True
                    raise from_wire(message.data)
                if message.event == "done":
                    finished = True
                    done = dict(message.data)
                    done["receipt"] = check(
                        done.get("receipt"), call.id, self._me, self._node_id, self._public_key, request, answer
                    )
                    yield Chunk("done", done)
                    return
                answer.add(raw)
                yield Chunk(message.event, message.data)
        finally:
            if stream is not None:
                await (stream.end() if finished else stream.reset("timeout", "The caller went away."))

    def _request(self, call: Call) -> bytes:
        said = {"_said": call.said} if call.said else {}
        try:
            request = msgspec.msgpack.encode({**call.body, **said, "_salt": self._runtime.random_bytes(16)})
        except UNSPEAKABLE as error:
            raise Unsendable(f"The request cannot be put into a message: {error}.") from None
        if len(request) > self._most:
            raise Unsendable(f"The request has {len(request)} bytes; {self._most} is the most a neighbour accepts.")
        return request

    async def _send_pieces(self, stream: Stream, call: Call, request: bytes) -> None:
        """A neighbour that reads is given the time for each piece that a weak radio needs."""
        for start in range(0, len(request), MAX_MESSAGE):
            async with asyncio.timeout(max(0.0, min(call.deadline - self._runtime.now(), PIECE_S))):
                try:
                    await stream.send(request[start : start + MAX_MESSAGE])
                except HearthNetError:
                    return  # it does not want the rest; what it said before that says why

    @staticmethod
    def _decode(raw: bytes) -> Message:
        if len(raw) > MAX_MESSAGE:
            raise Unavailable("The neighbour's node sent more at once than is allowed.")
        try:
            message = _messages.decode(raw)
            msgspec.json.encode(message.data)  # or what MessagePack can say and JSON cannot would end our own client
        except UNREADABLE:
            raise Unavailable("The neighbour's node sent something that is no answer.") from None
        if len(message.event) > MAX_EVENT_NAME:
            raise Unavailable("The neighbour's node sent something that is no answer.")
        return message
