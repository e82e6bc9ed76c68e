"""Streams of one connection as values: frames in, events out, and what goes out next. No clock, no I/O.

Each stream has credit of its own, so a reader that is slow holds up nobody else; control goes before DATA and the DATA
of streams takes turns. What a hostile peer can make us keep is bounded per message, per stream and per connection.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, RateLimited, Unavailable, from_wire
from hearthnet_core.protocol import frames
from hearthnet_core.protocol.frames import Bye, Credit, Data, End, Frame, Open, Ping, Pong, Reset

QUEUED_FRAMES = 4
BATCH_BYTES = 64 * 1024
MAX_CONTROL = 2048
MAX_FORSAKEN = 512
MAX_BUFFERED = 16 * 1024 * 1024
RETURN_AT = frames.WINDOW // 2


class Opened(msgspec.Struct, frozen=True):
    """The peer wants a stream; answer with `accept` or `refuse`."""

    stream: int
    protocol: str
    payload: bytes


class Arrived(msgspec.Struct, frozen=True):
    """A message is in the stream's inbox, or its end."""

    stream: StreamState


class Broken(msgspec.Struct, frozen=True):
    """The stream is over; its `error` says why."""

    stream: StreamState


class Answered(msgspec.Struct, frozen=True):
    token: bytes


class Left(msgspec.Struct, frozen=True):
    """The peer said goodbye, with this code."""

    code: str
    why: HearthNetError


type Event = Opened | Arrived | Broken | Answered | Left


class StreamState:
    """What is known of one stream. Written by `Mux` only, but for `owner`: whoever reads and writes the stream."""

    __slots__ = (
        "_credit", "_ending", "_granted", "_held", "_inbox", "_left", "_partial", "_pieces", "_ready",
        "error", "got_end", "id", "owner", "protocol", "sent_end",
    )  # fmt: skip

    def __init__(self, id: int, protocol: str) -> None:
        self.id = id
        self.protocol = protocol
        self.owner: Any = None
        self.error: HearthNetError | None = None
        self.sent_end = False
        self.got_end = False
        self._pieces: deque[Data] = deque()
        self._credit = frames.WINDOW
        self._ready = False
        self._ending = False
        self._inbox: deque[bytes] = deque()
        self._partial = bytearray()
        self._granted = frames.WINDOW
        self._held = 0
        self._left = False

    @property
    def has_room(self) -> bool:
        return len(self._pieces) < QUEUED_FRAMES

    @property
    def has_message(self) -> bool:
        return bool(self._inbox)


class Mux:
    """One side of a connection. `receive` raises `BadRequest` or `RateLimited` for what must end the connection."""

    def __init__(self, *, dialled: bool) -> None:
        self._next_id = 1 if dialled else 2
        self._last_theirs = 0
        self._streams: dict[int, StreamState] = {}
        self._mine = 0
        self._control: deque[Frame] = deque()
        self._ready: deque[StreamState] = deque()
        self._forsaken: dict[int, None] = {}
        self.buffered = 0

    @property
    def theirs(self) -> int:
        """How many streams the peer has open."""
        return len(self._streams) - self._mine

    @property
    def has_output(self) -> bool:
        return bool(self._control or self._ready)

    @property
    def has_control(self) -> bool:
        return bool(self._control)

    def open(self, protocol: str, payload: bytes) -> StreamState:
        """Raises `BadRequest` or `CapacityExceeded`."""
        if len(protocol) > frames.MAX_PROTOCOL or len(payload) > frames.MAX_PAYLOAD:
            raise BadRequest("A stream is opened with too much; send it as a message.")
        if self._mine >= frames.MAX_STREAMS:
            raise CapacityExceeded("Too much is under way with this node; try again shortly.")
        stream = StreamState(self._next_id, protocol)
        self._next_id += 2
        self._mine += 1
        self._streams[stream.id] = stream
        self._say(Open(stream.id, protocol, payload))
        return stream

    def accept(self, opened: Opened) -> StreamState:
        stream = self._streams[opened.stream] = StreamState(opened.stream, opened.protocol)
        return stream

    def refuse(self, opened: Opened, error: HearthNetError) -> None:
        self._say(Reset(opened.stream, error.code, error.message[: frames.MAX_TEXT]))

    def push(self, stream: StreamState, last: bool, piece: bytes) -> None:
        """Queues a part of a message; the caller waits for `has_room` first."""
        if stream.error is not None:
            raise stream.error
        if stream._ending:
            raise BadRequest("This stream was ended.")
        stream._pieces.append(Data(stream.id, last, piece))
        self._consider(stream)

    def end(self, stream: StreamState) -> None:
        """END follows what is queued."""
        if not stream._ending and stream.error is None:
            stream._ending = True
            if not stream._pieces:
                self._say(End(stream.id))
                self._ended(stream)

    def reset(self, stream: StreamState, error: HearthNetError, *, here: HearthNetError | None = None) -> None:
        """Ends both directions; `error` is told to the peer, `here` (or it) to whoever still uses the stream."""
        if self._streams.get(stream.id) is stream:
            self._say(Reset(stream.id, error.code, error.message[: frames.MAX_TEXT]))
        self._break(stream, here or error)

    def leave(self, stream: StreamState) -> None:
        """Nobody reads here any more: END follows what is queued, and what the peer still sends is answered by RESET."""
        if stream.error is not None or stream._left:
            return
        stream._left = True
        if self._streams.get(stream.id) is stream:
            self.buffered -= len(stream._partial) + sum(map(len, stream._inbox))
        stream._inbox.clear()
        stream._partial.clear()
        if stream.sent_end:
            self._ended(stream)
        else:
            self.end(stream)

    def take(self, stream: StreamState) -> bytes | None:
        """The next message of the inbox, if one is there; gives the sender credit again."""
        if not stream._inbox:
            return None
        message = stream._inbox.popleft()
        if self._streams.get(stream.id) is stream:
            self.buffered -= len(message)
            self._return_credit(stream)
        return message

    def ping(self, token: bytes) -> None:
        self._say(Ping(0, token))

    def bye(self, code: str, message: str) -> None:
        self._say(Bye(0, code, message[: frames.MAX_TEXT]))

    def fail_all(self, error: HearthNetError) -> list[StreamState]:
        """The connection is gone."""
        broken = list(self._streams.values())
        for stream in broken:
            self._break(stream, error)
        return broken

    def receive(self, frame: Frame) -> Event | None:
        match frame:
            case Data():
                stream = self._known(frame.stream)
                if stream is not None:
                    return self._data(stream, frame)
                self._unread(frame.stream)
                return None
            case Credit(stream=id, frames=more):
                stream = self._known(id)
                if stream is not None:
                    stream._credit = min(stream._credit + more, frames.MAX_CREDIT)
                    self._consider(stream)
                return None
            case Open():
                return self._opened(frame)
            case End(stream=id):
                stream = self._known(id)
                self._forsaken.pop(id, None)
                if stream is None:
                    return None
                if stream._partial:
                    raise BadRequest("The other node ended a stream in the middle of a message.")
                stream.got_end = True
                self._forget_finished(stream)
                return Arrived(stream)
            case Reset(stream=id, code=code, message=message):
                stream = self._known(id)
                if stream is None:
                    return None
                self._break(stream, from_wire({"error": code, "message": message}))
                return Broken(stream)
            case Ping(token=token):
                self._say(Pong(0, token))
                return None
            case Pong(token=token):
                return Answered(token)
            case Bye(code=code, message=message):
                return Left(code, from_wire({"error": code, "message": message}))

    def output(self, sent: list[StreamState]) -> bytearray:
        """About `BATCH_BYTES` of records to write now; `sent` collects the streams that have room again."""
        out = bytearray()
        while self._control and len(out) < BATCH_BYTES:
            frames.encode_into(self._control.popleft(), out)
        while self._ready and len(out) < BATCH_BYTES:
            stream = self._ready.popleft()
            stream._ready = False
            frames.encode_into(stream._pieces.popleft(), out)
            stream._credit -= 1
            sent.append(stream)
            if stream._pieces:
                self._consider(stream)
            elif stream._ending:
                frames.encode_into(End(stream.id), out)
                self._ended(stream)
        return out

    def _opened(self, frame: Open) -> Event:
        if frame.stream % 2 == self._next_id % 2 or frame.stream <= self._last_theirs:
            raise BadRequest("The other node opened a stream with a number that is not its to use.")
        self._last_theirs = frame.stream
        return Opened(frame.stream, frame.protocol, frame.payload)

    def _unread(self, id: int) -> None:
        if id in self._forsaken:
            del self._forsaken[id]
            self._say(Reset(id, Unavailable.code, "The other node reads no more on this stream."))

    def _data(self, stream: StreamState, frame: Data) -> Event | None:
        if stream.got_end or stream._granted <= 0:
            raise BadRequest("The other node sent more on a stream than it was allowed to.")
        if not frame.payload and not frame.last:
            raise BadRequest("The other node sent an empty part of a message.")
        stream._granted -= 1
        if stream._left:
            return None
        stream._held += 1
        size = len(stream._partial) + len(frame.payload)
        if size > frames.MAX_MESSAGE:
            raise BadRequest("The other node sent a message that is too large.")
        if self.buffered + len(frame.payload) > MAX_BUFFERED:
            self.reset(stream, CapacityExceeded("Too much waits to be read on this connection; send less at once."))
            return Broken(stream)
        self.buffered += len(frame.payload)
        if not frame.last:
            stream._partial += frame.payload
            if not stream._inbox:
                self._return_credit(stream)
            return None
        if stream._partial:
            stream._partial += frame.payload
            stream._inbox.append(bytes(stream._partial))
            stream._partial.clear()
        else:
            stream._inbox.append(frame.payload)
        return Arrived(stream)

    def _known(self, id: int) -> StreamState | None:
        """None for a stream that is over; frames may still have been on their way."""
        stream = self._streams.get(id)
        unopened = self._next_id if id % 2 == self._next_id % 2 else self._last_theirs + 1
        if stream is None and id >= unopened:
            raise BadRequest("The other node speaks of a stream that nobody opened.")
        return stream

    def _return_credit(self, stream: StreamState) -> None:
        if not stream._inbox and stream._held >= RETURN_AT and not stream.got_end:
            self._say(Credit(stream.id, stream._held))
            stream._granted += stream._held
            stream._held = 0

    def _consider(self, stream: StreamState) -> None:
        if stream._pieces and stream._credit > 0 and not stream._ready and stream.error is None:
            stream._ready = True
            self._ready.append(stream)

    def _ended(self, stream: StreamState) -> None:
        """Once END is on its way."""
        stream.sent_end = True
        if stream._left and not stream.got_end:
            self._forsaken[stream.id] = None
            if len(self._forsaken) > MAX_FORSAKEN:
                del self._forsaken[next(iter(self._forsaken))]
            self._forget(stream)
        else:
            self._forget_finished(stream)

    def _forget_finished(self, stream: StreamState) -> None:
        if stream.sent_end and stream.got_end:
            self._forget(stream)

    def _forget(self, stream: StreamState) -> None:
        """What an ended stream still holds belongs to whoever still reads it, no longer to the connection."""
        if self._streams.pop(stream.id, None) is None:
            return
        self.buffered -= len(stream._partial) + sum(map(len, stream._inbox))
        if stream.id % 2 == self._next_id % 2:
            self._mine -= 1

    def _break(self, stream: StreamState, error: HearthNetError) -> None:
        if stream.error is None:
            stream.error = error
        self._forget(stream)
        stream._pieces.clear()
        stream._partial.clear()
        if stream._ready:
            stream._ready = False
            self._ready.remove(stream)

    def _say(self, frame: Frame) -> None:
        if len(self._control) >= MAX_CONTROL:
            raise RateLimited("The other node asks without reading the answers.")
        self._control.append(frame)
