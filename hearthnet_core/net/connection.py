"""One authenticated connection: a thin shell of reading, writing and keep-alive around `protocol.mux`.

What crosses it, its order and its bounds are decided there; here are the sockets, the clock and whoever waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    HearthNetError,
    InternalError,
    NotImplementedHere,
    Unavailable,
)
from hearthnet_core.net.link import Link
from hearthnet_core.protocol import frames
from hearthnet_core.protocol.frames import RecordReader
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.protocol.mux import Answered, Arrived, Broken, Left, Mux, Opened, StreamState
from hearthnet_core.runtime import Runtime
from hearthnet_core.supervise import Supervisor

PING_S = 5.0
DEAD_S = 12.0
LATE_S = 1.0
MAX_PINGED = 8
SMOOTHING = 0.3


class MeshStream:
    """A two-way row of messages. Every method raises the error the other side reset the stream with.

    `async with` leaves the stream properly however its block ends: an error resets it, otherwise what was sent still
    arrives and the rest of what comes is dropped.
    """

    def __init__(self, connection: Connection, mux: Mux, state: StreamState) -> None:
        self._connection = connection
        self._mux = mux
        self._state = state
        self._sending = asyncio.Lock()
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        state.owner = self

    @property
    def protocol(self) -> str:
        return self._state.protocol

    @property
    def remote(self) -> str:
        """`ip:port` of the other end."""
        return self._connection.remote

    async def send(self, message: bytes) -> None:
        """One message, at most 1 MiB; returns when all of it is queued. Several senders do not mix. A message that is
        cancelled half way resets the stream."""
        if len(message) > frames.MAX_MESSAGE:
            raise BadRequest(
                f"A message of {len(message)} bytes is too large for a stream; {frames.MAX_MESSAGE} is the most."
            )
        async with self._sending:
            begun = False
            try:
                for start in range(0, max(1, len(message)), frames.MAX_PAYLOAD):
                    while not self._state.has_room and self._state.error is None:
                        self._writable.clear()
                        await self._writable.wait()
                    end = start + frames.MAX_PAYLOAD
                    self._mux.push(self._state, end >= len(message), message[start:end])
                    begun = end < len(message)
                    self._connection.wake()
            except asyncio.CancelledError:
                if begun:
                    self._reset(Unavailable("A message was broken off."))
                raise

    async def receive(self) -> bytes | None:
        """The next message; None after the other side ended. What came before a reset is still given."""
        state = self._state
        while (message := self._mux.take(state)) is None:
            if state.got_end:
                return None
            if state.error is not None:
                raise state.error
            self._readable.clear()
            await self._readable.wait()
        self._connection.wake()
        return message

    async def end(self) -> None:
        """Says that nothing more comes from here."""
        self._mux.end(self._state)
        self._connection.wake()

    async def reset(self, code: str, message: str) -> None:
        """Ends both directions at once; the other side meets the error that `code` stands for."""
        self._reset(_Told(code, message))

    def leave(self) -> None:
        """Done here: what was sent still goes out, what still comes is dropped."""
        self._mux.leave(self._state)
        self._connection.wake()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if error is None:
            self.leave()
        elif isinstance(error, HearthNetError):
            self._reset(error)
        elif isinstance(error, Exception):
            self._reset(InternalError("The other node failed unexpectedly; its log says why."))
        else:
            self._reset(Unavailable("The other node broke this off."))

    def notice(self) -> None:
        """For the connection: something about the stream changed."""
        self._readable.set()
        self._writable.set()

    def sent(self) -> None:
        """For the connection: there is room again."""
        self._writable.set()

    def _reset(self, error: HearthNetError) -> None:
        over = self._state.sent_end and self._state.got_end
        if self._state.error is None and not over:
            self._mux.reset(self._state, error, here=Unavailable("This stream was reset here."))
            self._connection.wake()
            self.notice()


class _Told(HearthNetError):
    """An error with the code its caller named."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code[: frames.MAX_CODE]  # type: ignore[misc]


type Handler = Callable[[MeshStream, bytes, Proven], Awaitable[None]]


class Connection:
    """Runs until either side closes; `closed` then holds why, `bye` the code the other side left with.
    `allowed` raises for a protocol this peer may not open now."""

    def __init__(
        self,
        runtime: Runtime,
        link: Link,
        records: RecordReader,
        peer: Proven,
        *,
        dialled: bool,
        handlers: dict[str, Handler],
        allowed: Callable[[str], None],
        ended: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        self._runtime = runtime
        self._link = link
        self._records = records
        self.peer = peer
        self.dialled = dialled
        self._handlers = handlers
        self._allowed = allowed
        self._ended = ended
        self._mux = Mux(dialled=dialled)
        self._handling = 0
        self._work = asyncio.Event()
        self._leaving: HearthNetError | None = None
        self.since = self._heard = runtime.now()
        self._pinged: dict[bytes, float] = {}
        self.latency_ms: float | None = None
        self.closed: HearthNetError | None = None
        self.bye = ""
        self._supervisor = Supervisor(runtime)
        records.limit = frames.MAX_RECORD

    @property
    def heard(self) -> float:
        """When something last came in, in `Runtime.now()` seconds."""
        return self._heard

    @property
    def remote(self) -> str:
        return self._link.remote

    async def run(self) -> HearthNetError:
        """Serves the connection to its end and returns the reason."""
        why: HearthNetError = Unavailable("The connection to the other node was closed.")
        try:
            async with asyncio.TaskGroup() as group:
                for work in (self._read(), self._write(), self._keep_alive()):
                    group.create_task(work)
        except* HearthNetError as errors:
            why = next(error for error in _leaves(errors) if isinstance(error, HearthNetError))
        finally:
            self.closed = self._leaving or why
            self._link.abort()
            self._ended(self)  # before anybody hears of a broken stream: who tries again must not find this peer
            for state in self._mux.fail_all(Unavailable("The connection to the other node is gone.")):
                state.owner.notice()
            await self._supervisor.aclose()
        return self.closed

    async def open(self, protocol: str, payload: bytes = b"") -> MeshStream:
        """A new stream. Raises `Unavailable` when the connection is gone, `CapacityExceeded` when too many are open."""
        if self.closed is not None or self._leaving is not None:
            raise Unavailable("The connection to the other node is gone.")
        stream = MeshStream(self, self._mux, self._mux.open(protocol, payload))
        self.wake()
        return stream

    def close(self, code: str, message: str) -> None:
        """An orderly end: says why, then drops the link."""
        if self.closed is None and self._leaving is None:
            self._mux.bye(code, message)
            self._leaving = Unavailable(f"This node closed the connection: {message}")
            self.wake()

    def abort(self) -> None:
        """Drops the link at once."""
        self._leaving = self._leaving or Unavailable("This node dropped the connection.")
        self._link.abort()

    def wake(self) -> None:
        """There may be something to write."""
        if self._mux.has_output:
            self._work.set()

    async def _read(self) -> None:
        while True:
            data = await self._link.read()
            if not data:
                raise Unavailable("The other node closed the connection.")
            self._heard = self._runtime.now()
            self._records.feed(data)
            while (raw := self._records.next()) is not None:
                match self._mux.receive(frames.decode(raw)):
                    case Arrived(stream=state) | Broken(stream=state):
                        state.owner.notice()
                    case Opened() as opened:
                        self._opened(opened)
                    case Answered(token=token):
                        self._answered(token)
                    case Left(code=code, why=why):
                        self.bye = code
                        raise why
            self.wake()

    def _opened(self, opened: Opened) -> None:
        try:
            # Handlers count, not streams: one that a peer reset may still be at work.
            if self._handling >= frames.MAX_STREAMS:
                raise CapacityExceeded("Too much is under way with this node; try again shortly.")
            self._allowed(opened.protocol)
            handler = self._handlers.get(opened.protocol)
            if handler is None:
                raise NotImplementedHere(f"This node does not speak {opened.protocol!r}; it may be older than yours.")
        except HearthNetError as error:
            self._mux.refuse(opened, error)
            return
        stream = MeshStream(self, self._mux, self._mux.accept(opened))
        self._handling += 1
        self._supervisor.spawn(self._handle(handler, stream, opened.payload), f"stream {opened.protocol}")

    async def _handle(self, handler: Handler, stream: MeshStream, payload: bytes) -> None:
        try:
            async with stream:
                try:
                    await handler(stream, payload, self.peer)
                except* HearthNetError as errors:
                    raise next(error for error in _leaves(errors) if isinstance(error, HearthNetError)) from None
        except HearthNetError:
            return  # the stream was reset with it
        finally:
            self._handling -= 1

    def _answered(self, token: bytes) -> None:
        sent = self._pinged.pop(token, None)
        if sent is not None:
            rtt = (self._runtime.now() - sent) * 1000
            known = self.latency_ms
            self.latency_ms = rtt if known is None else known + SMOOTHING * (rtt - known)

    async def _write(self) -> None:
        while True:
            while self._leaving is None and not self._mux.has_output:
                self._work.clear()
                await self._work.wait()
            sent: list[StreamState] = []
            data = self._mux.output(sent)
            if data:
                await self._link.write(bytes(data))
            for state in sent:
                state.owner.sent()
            if self._leaving is not None and not self._mux.has_control:
                raise self._leaving

    async def _keep_alive(self) -> None:
        pinged, on_time = -PING_S, True
        while True:
            now = self._runtime.now()
            # A machine that slept or was busy has to read what waits before it may call the other side silent.
            if on_time and now - self._heard >= DEAD_S:
                raise Unavailable("The other node has gone silent.")
            if now - pinged >= PING_S:
                pinged = now
                self._ping()
            due = max(now + 0.1, min(pinged + PING_S, self._heard + DEAD_S))
            await asyncio.sleep(due - now)
            on_time = self._runtime.now() - due < LATE_S

    def _ping(self) -> None:
        token = self._runtime.random_bytes(8)
        while len(self._pinged) >= MAX_PINGED:
            del self._pinged[next(iter(self._pinged))]
        self._pinged[token] = self._runtime.now()
        self._mux.ping(token)
        self.wake()


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The exceptions of a group, groups within it opened."""
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
