"""The handshake of `protocol.handshake` over a link, in bounded time: who is on the other end, or why not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from hearthnet_core.errors import HearthNetError, Unavailable, VersionMismatch
from hearthnet_core.identity.certificate import ed25519_key
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.link import Link
from hearthnet_core.protocol import frames, handshake
from hearthnet_core.protocol.frames import RecordReader
from hearthnet_core.protocol.handshake import ClientHandshake, Hello, Proven, ServerHandshake

LINGER_S = 1.0


async def greet(link: Link, key: SigningKey, hello: Hello, expected: NodeId | None) -> tuple[Proven, RecordReader]:
    """The dialler's side. Raises `InvalidSignature` when another key than `expected` answers, `Unavailable`, or what the
    other side refuses with."""
    try:
        async with asyncio.timeout(handshake.TIMEOUT_S):
            shake = ClientHandshake(key, hello, link.certificate, ed25519_key(link.certificate), expected)
            records = RecordReader()
            await link.write(frames.record(shake.hello))
            await link.write(frames.record(shake.greeted(await _record(link, records))))
            return shake.answered(await _record(link, records)), records
    except TimeoutError:
        raise Unavailable(f"The node at {link.remote} did not finish the greeting in time.") from None


async def be_greeted(link: Link, hello: Hello, admit: Callable[[Proven], None]) -> tuple[Proven, RecordReader]:
    """The acceptor's side; `admit` raises to refuse a proven key, which the dialler is told."""
    try:
        async with asyncio.timeout(handshake.TIMEOUT_S):
            shake = ServerHandshake(hello, link.certificate)
            records = RecordReader()
            first = await _record(link, records)
            try:
                await link.write(frames.record(shake.greeted(first)))
            except VersionMismatch:
                await link.write(frames.record(shake.hello))  # from it the dialler sees which side is too old
                await _linger(link)
                raise
            try:
                proven = shake.authenticated(await _record(link, records))
                admit(proven)
            except HearthNetError as refused:
                await link.write(frames.record(handshake.refusal(refused)))
                await _linger(link)
                raise
            await link.write(frames.record(handshake.OK))
            return proven, records
    except TimeoutError:
        raise Unavailable("No greeting came in time.") from None


async def _record(link: Link, records: RecordReader) -> bytes:
    while (raw := records.next()) is None:
        data = await link.read()
        if not data:
            raise Unavailable("The other side closed the connection during the greeting.")
        records.feed(data)
    return raw


async def _linger(link: Link) -> None:
    """Lets the other side read the refusal and close; dropping the link at once could take it away."""
    with contextlib.suppress(TimeoutError, HearthNetError):
        async with asyncio.timeout(LINGER_S):
            while await link.read():
                pass
