"""`call/1` from the callee's side: authorise, validate, answer, sign."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import msgspec

from hearthnet_core.bus.parts import holds_more
from hearthnet_core.bus.receipt import AnswerHash, sign
from hearthnet_core.bus.remote import MAX_MESSAGE, CallHeader, Stream
from hearthnet_core.bus.story import OURS
from hearthnet_core.capability import LLM_TIMEOUT_S, MAX_HOPS, MAX_NAME, Call, Chunk, Privacy, Provider, Version
from hearthnet_core.contract import USUAL_BODY
from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, InternalError, Timeout
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.models.wire import UNREADABLE, UNSPEAKABLE
from hearthnet_core.runtime import Runtime

HEARTBEAT_S = 0.5
MAX_SAID = 64 * 1024
FIRST_MESSAGE_S = 5.0
LARGE_AT_ONCE = 4
LARGE_OF_ONE = 2
"""Bodies above the usual size that are taken in and worked on at the same time: they are what could fill the memory."""

_headers = msgspec.msgpack.Decoder(CallHeader)
_bodies = msgspec.msgpack.Decoder(dict[str, Any])
_NO_BODY: tuple[type[Exception], ...] = (*UNREADABLE, ValueError)
_WORKING = msgspec.msgpack.encode(["working", {}])


class CallServer:
    """Serves peers' calls. `authorise(peer, capability)` raises when the peer may not; it is asked before anything else.
    `most(capability, version)` is the largest body that is taken, in bytes, `longest` for how many seconds it is worked for,
    if that is more than an answer in words may take."""

    def __init__(
        self,
        runtime: Runtime,
        bus: Provider,
        key: SigningKey,
        authorise: Callable[[NodeId, str], None],
        most: Callable[[str, Version], int] = lambda capability, version: USUAL_BODY,
        longest: Callable[[str, Version], float] = lambda capability, version: LLM_TIMEOUT_S,
    ) -> None:
        self._runtime = runtime
        self._bus = bus
        self._key = key
        self._me = key.node_id.text
        self._authorise = authorise
        self._most = most
        self._longest = longest
        self._large: list[NodeId] = []

    async def handle(self, stream: Stream, payload: bytes, caller: NodeId) -> None:
        """One incoming stream, to its end. Failures go to the caller as an `error` message; a caller that resets the
        stream closes the work at once."""
        try:
            header = self._header(payload)
            self._authorise(caller, header.capability)
            with self._room(header, caller):
                # Whoever sends drop by drop has a place no longer than this.
                async with asyncio.timeout(_seconds(header, LLM_TIMEOUT_S)):
                    request = await self._body(stream, header)
                await self._answer(stream, self._call(header, request, caller), request)
        except TimeoutError:
            await self._refuse(stream, Timeout("The request did not arrive."))
        except HearthNetError as error:
            await self._refuse(stream, error)

    @contextmanager
    def _room(self, header: CallHeader, caller: NodeId) -> Iterator[None]:
        """A place among the large bodies, for one that is large. Raises `CapacityExceeded`, `BadRequest`."""
        if header.size <= MAX_MESSAGE:
            yield
            return
        if header.size > self._most(header.capability, Version.parse(header.version)):
            raise BadRequest("The call's body is too large.")
        if len(self._large) >= LARGE_AT_ONCE or self._large.count(caller) >= LARGE_OF_ONE:
            raise CapacityExceeded("This node is taking in enough large requests already.", retry_after_ms=1000)
        self._large.append(caller)
        try:
            yield
        finally:
            self._large.remove(caller)

    async def _body(self, stream: Stream, header: CallHeader) -> bytes:
        """The whole body; each message of it comes within `FIRST_MESSAGE_S`. Raises `BadRequest` for one of another size."""
        body = bytearray()
        while True:
            async with asyncio.timeout(FIRST_MESSAGE_S):
                message = await stream.receive()
            if message is None:
                raise BadRequest("The call's body is missing, or not all of it came.")
            if len(message) > MAX_MESSAGE:
                raise BadRequest("The call's body is too large for one message.")
            body += message
            if header.size == 0 or len(body) == header.size:
                return bytes(body)
            if len(body) > header.size or len(message) != MAX_MESSAGE:
                raise BadRequest("The call's body has not the size it was to have.")

    async def _answer(self, stream: Stream, call: Call, request: bytes) -> None:
        # The caller's RESET surfaces as an exception from receive(); leaving the group closes the provider at once.
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(self._watch(stream))
            try:
                last = await self._stream(stream, call, request)
            except HearthNetError as error:
                last = _encoded("error", error.to_wire())
            finally:
                watcher.cancel()  # before the last message, so that no heartbeat follows it
            await stream.send(last)
            await stream.end()

    async def _stream(self, stream: Stream, call: Call, request: bytes) -> bytes:
        """Sends the answer but for its last message, which is returned."""
        answer = AnswerHash()
        async with aclosing(self._bus.stream(call)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    return self._done(chunk, call, request, answer)
                if chunk.event in OURS:
                    continue
                raw = _encoded(chunk.event, chunk.data)
                answer.add(raw)
                await stream.send(raw)
        raise InternalError(f"{call.capability} ended without an answer.")

    def _done(self, chunk: Chunk, call: Call, request: bytes, answer: AnswerHash) -> bytes:
        assert call.caller is not None
        data = {k: v for k, v in chunk.data.items() if k not in ("trace", "answered_by", "receipts")}
        by = chunk.data.get("answered_by")
        if isinstance(by, dict) and by["node_id"] != self._me:
            trace = chunk.data.get("trace")
            data["hops"] = list(getattr(trace, "hops", ()) or (by["node_id"],))
        finish, model = str(data.get("finish_reason", "stop")), str(data.get("model", ""))
        receipt = sign(self._key, call.id, call.caller, request, answer, finish, model)
        return _encoded("done", {**data, "receipt": msgspec.structs.asdict(receipt)})

    @staticmethod
    async def _watch(stream: Stream) -> None:
        """Says that work goes on, and raises when the caller resets the stream."""
        listening = True
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    if listening:
                        listening = await stream.receive() is not None
                    else:
                        await asyncio.sleep(2 * HEARTBEAT_S)
            except TimeoutError:
                await stream.send(_WORKING)

    @staticmethod
    async def _refuse(stream: Stream, error: HearthNetError) -> None:
        await stream.send(_encoded("error", error.to_wire()))
        await stream.end()

    @staticmethod
    def _header(payload: bytes) -> CallHeader:
        try:
            header = _headers.decode(payload)
        except UNREADABLE:
            raise BadRequest("This is no call.") from None
        if not (0 < len(header.id) <= 64 and 0 < len(header.capability) <= MAX_NAME and header.size >= 0):
            raise BadRequest("This is no call.")
        return header

    def _call(self, header: CallHeader, request: bytes, caller: NodeId) -> Call:
        if len(request) > MAX_MESSAGE and holds_more(request):
            raise BadRequest("The call's body holds more values than it may.")
        try:
            body = _bodies.decode(request)
            privacy = Privacy(header.privacy)
        except _NO_BODY:
            raise BadRequest("The call's body cannot be read.") from None
        said = body.pop("_said", "")
        if not isinstance(said, str) or len(said) > MAX_SAID:
            raise BadRequest("What was said before is too long to go on from.")
        body.pop("_salt", None)
        version = Version.parse(header.version)
        longest = max(LLM_TIMEOUT_S, self._longest(header.capability, version))
        return Call(
            id=header.id,
            capability=header.capability,
            version=version,
            body=body,
            privacy=privacy,
            deadline=self._runtime.now() + _seconds(header, longest),
            hops=min(max(0, header.hops - 1), MAX_HOPS),
            caller=caller,
            said=said,
            provider=header.provider[:MAX_NAME],
        )


def _seconds(header: CallHeader, most: float) -> float:
    """How long the caller waits, and so may take to send all of its question."""
    return min(max(0, header.timeout_ms) / 1000, most)


def _encoded(event: str, data: dict[str, Any]) -> bytes:
    try:
        raw = msgspec.msgpack.encode([event, data])
    except UNSPEAKABLE as error:
        raise InternalError(f"The answer cannot be put into a message: {error}.") from None
    if len(raw) > MAX_MESSAGE:
        raise InternalError("The answer is larger than one message may be.")
    return raw
