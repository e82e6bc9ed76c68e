"""`call/1` from the callee's side: authorise, validate, answer, sign."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core.bus.receipt import AnswerHash, sign
from hearthnet_core.bus.remote import MAX_BODY, CallHeader, Stream
from hearthnet_core.capability import LLM_TIMEOUT_S, MAX_HOPS, MAX_NAME, Call, Chunk, Privacy, Provider, Version
from hearthnet_core.errors import BadRequest, HearthNetError, InternalError, Timeout
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime

HEARTBEAT_S = 0.5
MAX_SAID = 64 * 1024
MAX_TIMEOUT_MS = int(LLM_TIMEOUT_S * 1000)
FIRST_MESSAGE_S = 5.0

_headers = msgspec.msgpack.Decoder(CallHeader)
_bodies = msgspec.msgpack.Decoder(dict[str, Any])
_WORKING = msgspec.msgpack.encode(["working", {}])


class CallServer:
    """Serves peers' calls. `authorise(peer, capability)` raises when the peer may not; it is asked before anything else."""

    def __init__(
        self, runtime: Runtime, bus: Provider, key: SigningKey, authorise: Callable[[NodeId, str], None]
    ) -> None:
        self._runtime = runtime
        self._bus = bus
        self._key = key
        self._authorise = authorise
        self._serving: set[str] = set()

    async def handle(self, stream: Stream, payload: bytes, caller: NodeId) -> None:
        """One incoming stream, to its end. Failures go to the caller as an `error` message."""
        try:
            header = self._header(payload)
            self._authorise(caller, header.capability)
            async with asyncio.timeout(FIRST_MESSAGE_S):
                request = await stream.receive()
            call = self._call(header, request, caller)
            if call.id in self._serving:
                raise BadRequest("This call came around in a loop.")
            self._serving.add(call.id)
            try:
                await self._answer(stream, call, request or b"")
            finally:
                self._serving.discard(call.id)
        except TimeoutError:
            await self._refuse(stream, Timeout("The request did not arrive."))
        except HearthNetError as error:
            await self._refuse(stream, error)

    async def _answer(self, stream: Stream, call: Call, request: bytes) -> None:
        answer = AnswerHash()
        sending = asyncio.Lock()
        # The caller's RESET surfaces as an exception from receive(); leaving the group closes the provider at once.
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(self._watch(stream))
            heart = group.create_task(self._heartbeat(stream, sending))
            try:
                async with aclosing(self._bus.stream(call)) as chunks:
                    async for chunk in chunks:
                        async with sending:
                            await self._send(stream, chunk, call, request, answer)
            except HearthNetError as error:
                async with sending:
                    await self._refuse(stream, error)
            finally:
                watcher.cancel()
                heart.cancel()

    async def _send(self, stream: Stream, chunk: Chunk, call: Call, request: bytes, answer: AnswerHash) -> None:
        data = chunk.data
        if chunk.last:
            assert call.caller is not None
            finish, model = str(data.get("finish_reason", "stop")), str(data.get("model", ""))
            receipt = sign(self._key, call.id, call.caller, request, answer, finish, model)
            data = {**data, "receipt": msgspec.structs.asdict(receipt)}
        raw = msgspec.msgpack.encode([chunk.event, data])
        if len(raw) > MAX_BODY:
            raise InternalError("The answer is larger than one message may be.")
        if not chunk.last:
            answer.add(raw)
        await stream.send(raw)
        if chunk.last:
            await stream.end()

    @staticmethod
    async def _watch(stream: Stream) -> None:
        while await stream.receive() is not None:
            pass

    @staticmethod
    async def _heartbeat(stream: Stream, sending: asyncio.Lock) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            async with sending:
                await stream.send(_WORKING)

    @staticmethod
    async def _refuse(stream: Stream, error: HearthNetError) -> None:
        await stream.send(msgspec.msgpack.encode(["error", error.to_wire()]))
        await stream.end()

    @staticmethod
    def _header(payload: bytes) -> CallHeader:
        try:
            header = _headers.decode(payload)
        except (msgspec.DecodeError, RecursionError):
            raise BadRequest("This is no call.") from None
        if not (0 < len(header.id) <= 64 and 0 < len(header.capability) <= MAX_NAME and len(header.said) <= MAX_SAID):
            raise BadRequest("This is no call.")
        return header

    def _call(self, header: CallHeader, request: bytes | None, caller: NodeId) -> Call:
        if request is None or len(request) > MAX_BODY:
            raise BadRequest("The call's body is missing or too large.")
        try:
            body = _bodies.decode(request)
            privacy = Privacy(header.privacy)
        except (msgspec.DecodeError, RecursionError, ValueError):
            raise BadRequest("The call's body cannot be read.") from None
        body.pop("_salt", None)
        timeout_ms = min(max(0, header.timeout_ms), MAX_TIMEOUT_MS)
        return Call(
            id=header.id,
            capability=header.capability,
            version=Version.parse(header.version),
            body=body,
            privacy=privacy,
            deadline=self._runtime.now() + timeout_ms / 1000,
            hops=min(max(0, header.hops - 1), MAX_HOPS),
            caller=caller,
            said=header.said,
        )
