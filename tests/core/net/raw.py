"""A member or stranger who speaks the protocol only as far as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hearthnet_core.errors import HearthNetError
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.net import greeting
from hearthnet_core.net.connection import Connection, Handler
from hearthnet_core.net.link import Link
from hearthnet_core.net.tls import ALPN, TlsTransport
from hearthnet_core.protocol import handshake
from hearthnet_core.protocol.frames import RecordReader
from hearthnet_core.protocol.handshake import Hello, Proven
from hearthnet_core.runtime import SystemRuntime

from .meshes import COMMUNITY


def hello(key: SigningKey, **other: object) -> Hello:
    fields: dict[str, object] = {
        "lowest": handshake.LOWEST_VERSION,
        "highest": handshake.VERSION,
        "public_key": key.public_key,
        "nonce": os.urandom(32),
        "community": bytes(COMMUNITY),
        "instance": os.urandom(16),
        "software": "raw",
        "name": "raw",
    }
    return Hello(**{**fields, **other})  # type: ignore[arg-type]


async def greeted(key: SigningKey, port: int) -> tuple[Link, Proven, RecordReader]:
    """A proven link to the node on `port`."""
    link = await TlsTransport(key).dial(f"127.0.0.1:{port}")
    proven, records = await greeting.greet(link, key, hello(key), None)
    return link, proven, records


@asynccontextmanager
async def connection(key: SigningKey, port: int, handlers: dict[str, Handler]) -> AsyncIterator[Connection]:
    """A whole connection with handlers of the test's own."""
    link, proven, records = await greeted(key, port)
    runtime = SystemRuntime()
    made = Connection(runtime, link, records, proven, dialled=True, handlers=handlers, allowed=lambda _: None)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(made.run())
        try:
            yield made
        finally:
            made.abort()
            with contextlib.suppress(HearthNetError):
                await running
    runtime.close()


async def tls(
    port: int, alpn: list[str] | None = None, most: ssl.TLSVersion | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A TLS stream to the node, nothing said yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if most is not None:
        context.maximum_version = most
    if alpn != []:
        context.set_alpn_protocols(alpn or [ALPN])
    return await asyncio.open_connection("127.0.0.1", port, ssl=context)


async def closed(reader: asyncio.StreamReader, seconds: float = 10.0) -> bytes:
    """What still comes until the node closes."""
    got = b""
    async with asyncio.timeout(seconds):
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while data := await reader.read(4096):
                got += data
    return got
