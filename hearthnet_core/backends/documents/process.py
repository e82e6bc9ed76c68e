"""Starts the worker and believes nothing it says without looking: whoever owns it owns its words."""

from __future__ import annotations

import asyncio
import struct
import sys
from collections.abc import AsyncGenerator
from typing import BinaryIO

import msgspec

from hearthnet_core.backends import program
from hearthnet_core.backends.documents.document import Document, Unreadable
from hearthnet_core.backends.documents.worker import MAX_FRAME
from hearthnet_core.errors import BadRequest, Timeout

MAX_FILE = 64 * 1024 * 1024
SILENCE_S = 120.0
"""For one document; of an archive each has its own."""
CPU_S = 3_600.0
MEMORY_KIB = 1536 * 1024

_documents = msgspec.msgpack.Decoder(tuple[str, msgspec.Raw])


async def read(name: str, data: bytes | BinaryIO) -> AsyncGenerator[Document | Unreadable]:
    """What is in a file: its bytes, or the file as it was opened at its beginning: by its name it might be another one by
    then. Closing it ends the process.

    Raises `BadRequest` with a sentence when nothing could be read or the reader died over it, and `Timeout`.
    """
    command = [sys.executable, "-m", "hearthnet_core.backends.documents.worker", name]
    async with program.started(command, data, cpu_s=CPU_S, memory_kib=MEMORY_KIB, complaints=False) as process:
        assert process.stdout is not None
        while True:
            try:
                async with asyncio.timeout(SILENCE_S):
                    kind, body = await _frame(process.stdout)
            except TimeoutError:
                raise Timeout(f"{name}: reading it takes longer than {SILENCE_S:g} s.") from None
            except (asyncio.IncompleteReadError, msgspec.DecodeError, UnicodeDecodeError):
                raise BadRequest(
                    f"{name} cannot be read: the reader failed over it, or needed too much memory."
                ) from None
            try:
                if kind == "document":
                    yield msgspec.msgpack.decode(body, type=Document)
                elif kind == "unreadable":
                    yield msgspec.msgpack.decode(body, type=Unreadable)
                elif kind == "failed":
                    raise BadRequest(f"{name}: {msgspec.msgpack.decode(body, type=str)[:500]}")
                else:
                    return
            except msgspec.DecodeError:
                raise BadRequest(f"{name} cannot be read: the reader failed over it.") from None


async def _frame(stream: asyncio.StreamReader) -> tuple[str, msgspec.Raw]:
    (length,) = struct.unpack(">I", await stream.readexactly(4))
    if length > MAX_FRAME:
        raise BadRequest("This file holds more in one document than is kept; split it.")
    return _documents.decode(await stream.readexactly(length))
