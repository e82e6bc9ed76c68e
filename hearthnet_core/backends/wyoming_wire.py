"""Events of the Wyoming protocol over one connection, from either end: typed, bounded and resumable.

An event is a line of JSON, then `data_length` bytes of more JSON, then `payload_length` bytes. The protocol's own library
reads whatever length it is told, so it is used in the tests, as the other side, and not here.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import msgspec

from hearthnet_core.errors import BadRequest
from hearthnet_core.models.wire import UNREADABLE

MAX_LINE = 64 * 1024
MAX_DATA = 1024 * 1024
"""A description of all of Piper's voices has some 100 KB."""
MAX_VALUES = 32 * 1024
"""Of one event's data: a megabyte of empty objects would become twenty. A text may have a comma at each letter."""
MAX_PAYLOAD = 1024 * 1024
READ = 64 * 1024
CLOSE_S = 1.0


class Event(msgspec.Struct, frozen=True):
    """`kind` is what the protocol calls its type."""

    kind: str
    data: dict[str, Any] = {}
    payload: bytes = b""

    def read[T](self, shape: type[T]) -> T:
        """The data as what it is to be. Raises `BadRequest`."""
        try:
            return msgspec.convert(self.data, shape)
        except msgspec.ValidationError as wrong:
            raise BadRequest(f"The Wyoming event {self.kind[:40]!r} does not fit: {wrong}.") from None


class _Header(msgspec.Struct, frozen=True):
    type: str
    data: dict[str, Any] | None = None
    data_length: int | None = None
    payload_length: int | None = None


class Audio(msgspec.Struct, frozen=True):
    """The data of `audio-start` and `audio-chunk`; `width` in bytes a sample."""

    rate: int
    width: int
    channels: int


_headers = msgspec.json.Decoder(_Header)
_more = msgspec.json.Decoder(dict[str, Any])


class Wire:
    """`next` may be cancelled or time out at any moment; nothing that came is lost by it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._held = bytearray()
        self._header: _Header | None = None

    async def next(self, seconds: float | None) -> Event | None:
        """The next event, None at the end. Raises `TimeoutError`, `BadRequest` for what is no event, `ConnectionError`."""
        async with asyncio.timeout(seconds):
            while (event := self._taken()) is None:
                part = await self._reader.read(READ)
                if not part:
                    return None
                self._held += part
        return event

    async def send(self, event: Event, seconds: float) -> None:
        """Raises `TimeoutError` when the other side does not read, `ConnectionError`."""
        data = msgspec.json.encode(event.data) if event.data else b""
        header = {"type": event.kind, "version": "1.0.0"}
        lengths = {"data_length": len(data)} if data else {}
        if event.payload:
            lengths["payload_length"] = len(event.payload)
        self._writer.writelines([msgspec.json.encode({**header, **lengths}), b"\n", data, event.payload])
        async with asyncio.timeout(seconds):
            await self._writer.drain()

    async def close(self, *, at_once: bool = False) -> None:
        """In order, or `at_once`: then the other side hears of it whatever it is doing."""
        if at_once:
            self._writer.transport.abort()
            return
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._writer.wait_closed()
        self._writer.transport.abort()

    def _taken(self) -> Event | None:
        """The first whole event of what is held, and that no longer."""
        if self._header is None:
            end = self._held.find(b"\n", 0, MAX_LINE)
            if end < 0:
                if len(self._held) >= MAX_LINE:
                    raise BadRequest("This is no Wyoming event: its first line does not end.")
                return None
            self._header = self._read_header(bytes(self._held[:end]))
            del self._held[: end + 1]
        header = self._header
        size, payload = header.data_length or 0, header.payload_length or 0
        if len(self._held) < size + payload:
            return None
        data = dict(header.data or {})
        if size:
            try:
                if self._held.count(b",", 0, size) > MAX_VALUES:
                    raise BadRequest("This Wyoming event holds more than it may.")
                data |= _more.decode(bytes(self._held[:size]))
            except UNREADABLE:
                raise BadRequest("This is no Wyoming event: its data cannot be read.") from None
        event = Event(header.type, data, bytes(self._held[size : size + payload]))
        del self._held[: size + payload]
        self._header = None
        return event

    @staticmethod
    def _read_header(line: bytes) -> _Header:
        try:
            header = _headers.decode(line)
        except UNREADABLE:
            raise BadRequest("This is no Wyoming event.") from None
        if not (0 <= (header.data_length or 0) <= MAX_DATA and 0 <= (header.payload_length or 0) <= MAX_PAYLOAD):
            raise BadRequest("This Wyoming event is larger than it may be.")
        return header
