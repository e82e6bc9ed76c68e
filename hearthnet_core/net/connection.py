"""One authenticated connection: streams with their own flow control, so that no stream waits behind another.

Control frames go first, DATA of the streams in turn. A stream's sender has `WINDOW` frames of credit; the receiver gives
more as its reader takes messages, so a slow reader holds up only itself and memory stays bounded.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    HearthNetError,
    NotImplementedHere,
    Unavailable,
    from_wire,
)
from hearthnet_core.net.link import Link
from hearthnet_core.protocol import frames
from hearthnet_core.protocol.frames import Bye, Credit, Data, End, Frame, Open, Ping, Pong, RecordReader, Reset
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.runtime import Runtime
from hearthnet_core.supervise import Supervisor

SILENCE_S = 5.0
DEAD_S = 12.0
QUEUED_FRAMES = 4
SMOOTHING = 0.3


class MeshStream:
    """A two-way row of messages. Every method raises the error the other side reset the stream with."""

    def __init__(self, connection: Connection, id: int, protocol: str) -> None:
        self._connection = connection
        self.id = id
        self.protocol = protocol
        self._out: deque[Data | End] = deque()
        self._credit = frames.WINDOW
        self._may_send = asyncio.Event()
        self._may_send.set()
        self._messages: deque[bytes] = deque()
        self._partial = bytearray()
        self._owed = 0
        self._arrived = asyncio.Event()
        self._sent_end = False
        self._got_end = False
        self._error: HearthNetError | None = None

    async def send(self, message: bytes) -> None:
        """One message, at most 1 MiB; returns when it is on its way."""
        if len(message) > frames.MAX_MESSAGE:
            raise BadRequest(f"A message of {len(message)} bytes is too large for a stream.")
        for start in range(0, max(1, len(message)), frames.MAX_PAYLOAD):
            piece = message[start : start + frames.MAX_PAYLOAD]
            while self._credit <= 0 or len(self._out) >= QUEUED_FRAMES:
                self._check()
                self._may_send.clear()
                await self._may_send.wait()
            self._check()
            if self._sent_end:
                raise BadRequest("This stream was ended.")
            self._credit -= 1
            self._out.append(Data(self.id, start + frames.MAX_PAYLOAD >= len(message), piece))
            self._connection.wake()

    async def receive(self) -> bytes | None:
        """The next message; None after the other side ended."""
        while not self._messages:
            if self._got_end:
                return None
            self._check()
            self._arrived.clear()
            await self._arrived.wait()
        message = self._messages.popleft()
        if not self._messages:
            self._give_credit()
        return message

    async def end(self) -> None:
        """Says that nothing more comes from here."""
        if not self._sent_end and self._error is None:
            self._sent_end = True
            self._out.append(End(self.id))
            self._connection.wake()

    async def reset(self, code: str, message: str) -> None:
        """Ends both directions at once."""
        if self._error is None and not (self._sent_end and self._got_end):
            self._connection.control(Reset(self.id, code, message[: frames.MAX_TEXT]))
            self.fail(Unavailable("This stream was reset here."))
        self._connection.forget(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if error is not None:
            await self.reset(error.code if isinstance(error, HearthNetError) else "internal_error", str(error))
        else:
            await self.end()

    def fail(self, error: HearthNetError) -> None:
        if self._error is None:
            self._error = error
        self._out.clear()
        self._arrived.set()
        self._may_send.set()

    def took(self, frame: Data | End | Credit) -> None:
        """A frame of this stream came in."""
        match frame:
            case Credit(frames=more):
                self._credit = min(self._credit + more, 2 * 1024)
                self._may_send.set()
            case End():
                self._got_end = True
                self._arrived.set()
            case Data(last=last, payload=payload):
                if self._got_end or self._owed >= 2 * frames.WINDOW:
                    raise BadRequest("The other node sent more than it was allowed to.")
                self._owed += 1
                self._partial += payload
                if len(self._partial) > frames.MAX_MESSAGE:
                    raise BadRequest("The other node sent a message that is too large.")
                if last:
                    self._messages.append(bytes(self._partial))
                    self._partial.clear()
                    self._arrived.set()
                elif not self._messages:
                    self._give_credit()

    def next_frame(self) -> Frame | None:
        """For the writer: what goes out next."""
        if not self._out:
            return None
        frame = self._out.popleft()
        self._may_send.set()
        return frame

    @property
    def finished(self) -> bool:
        return self._sent_end and self._got_end and not self._out

    def _give_credit(self) -> None:
        if self._owed and not self._got_end:
            self._connection.control(Credit(self.id, self._owed))
        self._owed = 0

    def _check(self) -> None:
        if self._error is not None:
            raise self._error


type Handler = Callable[[MeshStream, bytes, Proven], Awaitable[None]]


class Connection:
    """Runs until either side closes; `closed` then holds why. `allowed` says which protocols this peer may open now."""

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
    ) -> None:
        self._runtime = runtime
        self._link = link
        self._records = records
        self.peer = peer
        self.dialled = dialled
        self._handlers = handlers
        self._allowed = allowed
        self._next_id = 1 if dialled else 2
        self._last_theirs = 0
        self._streams: dict[int, MeshStream] = {}
        self._control: deque[Frame] = deque()
        self._work = asyncio.Event()
        self._heard = runtime.now()
        self._pinged: dict[bytes, float] = {}
        self.latency_ms: float | None = None
        self.closed: HearthNetError | None = None
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
        why: HearthNetError = Unavailable("The connection was closed.")
        try:
            async with asyncio.TaskGroup() as group:
                for work in (self._read(), self._write(), self._keep_alive()):
                    group.create_task(work)
        except* HearthNetError as errors:
            first = errors.exceptions[0]
            why = first if isinstance(first, HearthNetError) else why
        finally:
            self.closed = why
            self._link.abort()
            for stream in list(self._streams.values()):
                stream.fail(Unavailable("The connection to the other node is gone."))
            self._streams.clear()
            await self._supervisor.aclose()
        return why

    async def open(self, protocol: str, payload: bytes = b"") -> MeshStream:
        """A new stream. Raises `Unavailable` when the connection is gone, `CapacityExceeded` when too many are open."""
        if self.closed is not None:
            raise Unavailable("The connection to the other node is gone.")
        if sum(1 for id in self._streams if id % 2 == self._next_id % 2) >= frames.MAX_STREAMS:
            raise CapacityExceeded("Too much is under way with this node.")
        stream = MeshStream(self, self._next_id, protocol)
        self._next_id += 2
        self._streams[stream.id] = stream
        self.control(Open(stream.id, protocol, payload))
        return stream

    def close(self, code: str, message: str) -> None:
        """An orderly end: says why, then drops the link."""
        if self.closed is None:
            self.control(Bye(0, code, message[: frames.MAX_TEXT]))

    def abort(self) -> None:
        self._link.abort()

    def control(self, frame: Frame) -> None:
        self._control.append(frame)
        self._work.set()

    def wake(self) -> None:
        self._work.set()

    def forget(self, stream: MeshStream) -> None:
        self._streams.pop(stream.id, None)

    async def _read(self) -> None:
        while True:
            data = await self._link.read()
            if not data:
                raise Unavailable("The other node closed the connection.")
            self._heard = self._runtime.now()
            self._records.feed(data)
            while (raw := self._records.next()) is not None:
                self._take(frames.decode(raw))

    def _take(self, frame: Frame) -> None:
        match frame:
            case Open():
                self._opened(frame)
            case Data() | End() | Credit():
                stream = self._streams.get(frame.stream)
                if stream is not None:
                    stream.took(frame)
                    if stream.finished:
                        self.forget(stream)
            case Reset(stream=id, code=code, message=message):
                stream = self._streams.pop(id, None)
                if stream is not None:
                    stream.fail(from_wire({"error": code, "message": message}))
            case Ping(token=token):
                self.control(Pong(0, token))
            case Pong(token=token):
                sent = self._pinged.pop(token, None)
                if sent is not None:
                    rtt = (self._runtime.now() - sent) * 1000
                    known = self.latency_ms
                    self.latency_ms = rtt if known is None else known + SMOOTHING * (rtt - known)
            case Bye(code=code, message=message):
                raise from_wire({"error": code, "message": message})

    def _opened(self, frame: Open) -> None:
        if frame.stream % 2 == self._next_id % 2 or frame.stream <= self._last_theirs:
            raise BadRequest("The other node opened a stream with a number that is not its to use.")
        self._last_theirs = frame.stream
        try:
            if sum(1 for id in self._streams if id % 2 != self._next_id % 2) >= frames.MAX_STREAMS:
                raise CapacityExceeded("Too many streams are open.")
            self._allowed(frame.protocol)
            handler = self._handlers.get(frame.protocol)
            if handler is None:
                raise NotImplementedHere(f"This node does not speak {frame.protocol!r}.")
        except HearthNetError as error:
            self.control(Reset(frame.stream, error.code, error.message[: frames.MAX_TEXT]))
            return
        stream = MeshStream(self, frame.stream, frame.protocol)
        self._streams[stream.id] = stream
        self._supervisor.spawn(self._handle(handler, stream, frame.payload), f"stream {frame.protocol}")

    async def _handle(self, handler: Handler, stream: MeshStream, payload: bytes) -> None:
        try:
            await handler(stream, payload, self.peer)
            await stream.end()
        except* HearthNetError as errors:
            first = errors.exceptions[0]
            code = first.code if isinstance(first, HearthNetError) else "internal_error"
            await stream.reset(code, str(first))
        except* Exception:
            await stream.reset("internal_error", "This node failed unexpectedly; its log says why.")
            raise

    async def _write(self) -> None:
        while True:
            if not self._control and not any(s._out for s in self._streams.values()):
                self._work.clear()
                await self._work.wait()
            batch: list[bytes] = []
            leaving = False
            while self._control:
                frame = self._control.popleft()
                batch.append(frames.encode(frame))
                leaving = leaving or isinstance(frame, Bye)
            if not leaving:
                for stream in list(self._streams.values()):
                    data = stream.next_frame()
                    if data is not None:
                        batch.append(frames.encode(data))
                    if stream.finished:
                        self.forget(stream)
            if batch:
                await self._link.write(b"".join(batch))
            if leaving:
                raise Unavailable("This node closed the connection.")

    async def _keep_alive(self) -> None:
        self._ping()
        while True:
            await asyncio.sleep(SILENCE_S / 2)
            silent = self._runtime.now() - self._heard
            if silent > DEAD_S:
                raise Unavailable("The other node has gone silent.")
            self._ping()

    def _ping(self) -> None:
        token = self._runtime.random_bytes(8)
        while len(self._pinged) > 8:
            del self._pinged[next(iter(self._pinged))]
        self._pinged[token] = self._runtime.now()
        self.control(Ping(0, token))
