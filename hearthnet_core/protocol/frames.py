"""Records and frames of the mesh connection, as values: bytes in, frames out. Bounds as in docs/protocol.md."""

from __future__ import annotations

import struct

import msgspec

from hearthnet_core.errors import BadRequest
from hearthnet_core.models.wire import UNREADABLE

MAX_RECORD = 16_640
MAX_RECORD_BEFORE_AUTH = 1_024
MAX_PAYLOAD = 16 * 1024
MAX_MESSAGE = 1024 * 1024
MAX_TEXT = 500
MAX_PROTOCOL = 32
MAX_CODE = 64
MAX_CREDIT = 1024
WINDOW = 16
MAX_STREAMS = 256
MAX_STREAM_ID = 2**53


class Open(msgspec.Struct, frozen=True, array_like=True, tag=0):
    stream: int
    protocol: str
    payload: bytes


class Data(msgspec.Struct, frozen=True, array_like=True, tag=1):
    stream: int
    last: bool
    payload: bytes


class End(msgspec.Struct, frozen=True, array_like=True, tag=2):
    stream: int


class Reset(msgspec.Struct, frozen=True, array_like=True, tag=3):
    stream: int
    code: str
    message: str


class Credit(msgspec.Struct, frozen=True, array_like=True, tag=4):
    stream: int
    frames: int


class Ping(msgspec.Struct, frozen=True, array_like=True, tag=5):
    stream: int
    token: bytes


class Pong(msgspec.Struct, frozen=True, array_like=True, tag=6):
    stream: int
    token: bytes


class Bye(msgspec.Struct, frozen=True, array_like=True, tag=7):
    stream: int
    code: str
    message: str


type Frame = Open | Data | End | Reset | Credit | Ping | Pong | Bye

_decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(
    Open | Data | End | Reset | Credit | Ping | Pong | Bye
)
_encoder = msgspec.msgpack.Encoder()
_LENGTH = struct.Struct(">I")


def encode(frame: Frame) -> bytes:
    """One record, length included."""
    raw = _encoder.encode(frame)
    return _LENGTH.pack(len(raw)) + raw


def encode_into(frame: Frame, out: bytearray) -> None:
    """Appends one record, length included."""
    start = len(out)
    out += bytes(_LENGTH.size)
    _encoder.encode_into(frame, out, start + _LENGTH.size)
    _LENGTH.pack_into(out, start, len(out) - start - _LENGTH.size)


def record(raw: bytes) -> bytes:
    """`raw` as one record."""
    return _LENGTH.pack(len(raw)) + raw


def decode(raw: bytes) -> Frame:
    """Raises `BadRequest` for anything that is not a frame within its bounds."""
    try:
        frame = _decoder.decode(raw)
    except UNREADABLE:
        raise BadRequest("The other node sent something that is no frame.") from None
    if not (frame.stream == 0 if isinstance(frame, Ping | Pong | Bye) else 0 < frame.stream <= MAX_STREAM_ID):
        raise BadRequest("A frame names an impossible stream.")
    match frame:
        case Open(protocol=protocol, payload=payload) if len(protocol) > MAX_PROTOCOL or len(payload) > MAX_PAYLOAD:
            raise BadRequest("A stream was opened with too much.")
        case Data(payload=payload) if len(payload) > MAX_PAYLOAD:
            raise BadRequest("A data frame is too large.")
        case Reset(code=code, message=message) | Bye(code=code, message=message) if (
            len(code) > MAX_CODE or len(message) > MAX_TEXT
        ):
            raise BadRequest("A closing frame says too much.")
        case Credit(frames=frames) if not 0 < frames <= MAX_CREDIT:
            raise BadRequest("A credit is out of bounds.")
        case Ping(token=token) | Pong(token=token) if len(token) != 8:
            raise BadRequest("A ping has no proper token.")
        case _:
            return frame


class RecordReader:
    """Cuts a byte stream into records. `limit` grows after authentication; a larger announcement raises at once,
    before anything of it is kept."""

    def __init__(self, limit: int = MAX_RECORD_BEFORE_AUTH) -> None:
        self.limit = limit
        self._buffer = bytearray()
        self._read = 0

    def feed(self, data: bytes) -> None:
        """Takes what came; call `next` until it gives None before feeding more."""
        if self._read:
            del self._buffer[: self._read]
            self._read = 0
        self._buffer += data

    def next(self) -> bytes | None:
        """The next whole record, or None when more bytes are needed."""
        start = self._read + _LENGTH.size
        if len(self._buffer) < start:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer, self._read)
        if length > self.limit:
            raise BadRequest(f"The other node announced a record of {length} bytes; {self.limit} is the most.")
        if len(self._buffer) < start + length:
            return None
        with memoryview(self._buffer) as view:
            raw = bytes(view[start : start + length])
        self._read = start + length
        return raw
