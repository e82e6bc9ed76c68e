"""Lines and server-sent events out of a byte stream from an engine that may send anything."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing

from hearthnet_core.errors import Unavailable

MAX_LINE = 256 * 1024
MAX_EVENT = 512 * 1024


async def lines(engine: str, chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Each line without its end. Raises `Unavailable` before more than `MAX_LINE` bytes of one are kept."""
    open_line = bytearray()
    async for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            if len(open_line) + len(piece) > MAX_LINE:
                raise too_long(engine)
            yield bytes(open_line + piece).rstrip(b"\r")
            open_line.clear()
        open_line += rest
        if len(open_line) > MAX_LINE:
            raise too_long(engine)
    if open_line:
        yield bytes(open_line).rstrip(b"\r")


async def events(engine: str, chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """The data of each server-sent event; comments and other fields are skipped. An event that was not finished by an
    empty line is given too: some engines leave the last one out."""
    data: list[bytes] = []
    async with aclosing(lines(engine, chunks)) as source:
        async for line in source:
            if not line:
                if data:
                    yield b"\n".join(data)
                    data.clear()
            elif line.startswith((b"data:", b"error:")):
                data.append(line.partition(b":")[2].removeprefix(b" "))
                if sum(map(len, data)) > MAX_EVENT:
                    raise too_long(engine)
    if data:
        yield b"\n".join(data)


def too_long(engine: str) -> Unavailable:
    return Unavailable(
        f"{engine} sent a line longer than {MAX_LINE // 1024} KiB; it does not speak the protocol we expect."
    )
