"""Diallers who mean harm: what they send costs them their connection and nobody else anything."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import tempfile
from pathlib import Path

import msgspec
import pytest

from hearthnet_core.errors import HearthNetError, InvalidSignature, Revoked, VersionMismatch
from hearthnet_core.identity.certificate import der, ed25519_key, mesh_certificate
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net import greeting
from hearthnet_core.net.mesh import Mesh
from hearthnet_core.net.tls import MAX_PENDING_PER_ADDRESS, TlsTransport
from hearthnet_core.protocol import frames, handshake
from hearthnet_core.protocol.frames import Data, Open

from . import raw
from .meshes import connected, echo, keys, mesh, until

GIGABYTE = b"\x40\x00\x00\x00"
DEEP = b"\x91" * 900


@pytest.mark.parametrize(
    "first",
    [GIGABYTE, os.urandom(600), frames.record(DEEP), frames.record(b""), frames.record(b"\x98\x01\x01\xa2\xff\xfe")],
    ids=["a gigabyte announced", "garbage", "deep nesting", "an empty record", "bad UTF-8"],
)
async def test_a_stranger_s_bad_greeting_closes_its_connection_and_nothing_else(first: bytes) -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        reader, writer = await raw.tls(alice.port)
        writer.write(first)
        assert await raw.closed(reader) == b""
        writer.close()
        await connected(alice, bob)


@pytest.mark.parametrize(
    "sent",
    [
        GIGABYTE,
        os.urandom(4000),
        frames.record(b"\x91" * 16_000),
        frames.encode(Data(1, True, b"to a stream nobody opened")),
        frames.encode(Open(2, "echo", b"")),
        frames.encode(Open(1, "echo", b"")) + frames.encode(Data(1, False, b"")),
        frames.encode(Open(1, "echo", b"")) + frames.encode(Data(1, True, b"x")) * 17,
    ],
    ids=[
        "a gigabyte",
        "garbage",
        "nesting",
        "unopened stream",
        "the other side's number",
        "empty part",
        "beyond credit",
    ],
)
async def test_a_member_who_breaks_the_protocol_loses_its_connection_and_nobody_else_anything(sent: bytes) -> None:
    a, b, c = keys(3)
    members = {a.node_id, b.node_id, c.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        bob_stays = asyncio.Event()

        async def never(*_: object) -> None:
            await bob_stays.wait()

        alice.handle("echo", never)
        await connected(alice, bob)
        link, _, _ = await raw.greeted(c, alice.port)
        await until(lambda: c.node_id in alice.peers)
        with contextlib.suppress(HearthNetError):
            await link.write(sent)
        await until(lambda: c.node_id not in alice.peers)
        link.abort()
        assert b.node_id in alice.peers


async def test_a_member_cut_off_in_the_middle_of_a_record_is_gone_and_its_streams_end() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice:
        ended = asyncio.Event()

        async def wait(stream: object, *_: object) -> None:
            try:
                await stream.receive()  # type: ignore[attr-defined]
            finally:
                ended.set()

        alice.handle("wait", wait)
        link, _, _ = await raw.greeted(b, alice.port)
        await link.write(frames.encode(Open(1, "wait", b"")) + frames.encode(Data(1, True, bytes(5000)))[:300])
        await until(lambda: b.node_id in alice.peers)
        link.abort()
        await until(lambda: b.node_id not in alice.peers)
        async with asyncio.timeout(10):
            await ended.wait()


async def test_somebody_who_never_greets_is_dropped_after_five_seconds() -> None:
    (a,) = keys(1)
    async with mesh(a, set()) as alice:
        reader, writer = await raw.tls(alice.port)
        assert await raw.closed(reader, 15) == b""
        writer.close()


async def test_one_address_holds_only_a_few_unfinished_greetings_tls_included() -> None:
    (a,) = keys(1)
    async with mesh(a, set()) as alice:
        silent = [await asyncio.open_connection("127.0.0.1", alice.port) for _ in range(MAX_PENDING_PER_ADDRESS)]
        await asyncio.sleep(0.3)
        reader, writer = await asyncio.open_connection("127.0.0.1", alice.port)
        assert await raw.closed(reader, 3) == b""
        writer.close()
        for _, one in silent:
            one.close()
        await asyncio.sleep(0.3)
        late, last = await raw.tls(alice.port)
        last.close()
        assert late is not None and last.get_extra_info("ssl_object").version() == "TLSv1.3"


@pytest.mark.parametrize("alpn", [[], ["http/1.1"]], ids=["none", "another"])
async def test_who_wants_another_protocol_gets_nothing(alpn: list[str]) -> None:
    (a,) = keys(1)
    async with mesh(a, set()) as alice:
        try:
            reader, writer = await raw.tls(alice.port, alpn)
        except (ssl.SSLError, ConnectionError):
            return
        writer.write(frames.record(msgspec.msgpack.encode(raw.hello(a))))
        assert await raw.closed(reader, 3) == b""


async def test_tls_older_than_1_3_is_refused() -> None:
    (a,) = keys(1)
    async with mesh(a, set()) as alice:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await raw.tls(alice.port, most=ssl.TLSVersion.TLSv1_2)


async def test_a_signature_by_another_key_than_the_greeting_s_is_refused() -> None:
    a, b, thief = keys(3)
    async with mesh(a, {a.node_id, b.node_id}) as alice:
        link = await TlsTransport(thief).dial(f"127.0.0.1:{alice.port}")
        with pytest.raises(InvalidSignature):
            await greeting.greet(link, thief, raw.hello(b), a.node_id)
        assert not alice.peers


async def test_a_node_too_old_is_told_which_side_to_update() -> None:
    a, b = keys(2)
    async with mesh(a, set()) as alice:
        link = await TlsTransport(b).dial(f"127.0.0.1:{alice.port}")
        await link.write(frames.record(msgspec.msgpack.encode(raw.hello(b, lowest=0, highest=0))))
        records = frames.RecordReader()
        while (answer := records.next()) is None:
            records.feed(await link.read())
        greeted = msgspec.msgpack.decode(answer, type=handshake.Hello)
        assert greeted.lowest == handshake.LOWEST_VERSION
        with pytest.raises(VersionMismatch, match="Update the other node"):
            handshake.read_hello(msgspec.msgpack.encode(raw.hello(b, lowest=0, highest=0)))
        link.abort()


async def test_a_removed_node_is_told_so() -> None:
    a, b = keys(2)
    async with mesh(a, set()) as alice:
        refuse(alice, b.node_id)
        link = await TlsTransport(b).dial(f"127.0.0.1:{alice.port}")
        with pytest.raises(Revoked):
            await greeting.greet(link, b, raw.hello(b), a.node_id)


async def test_a_peer_that_opens_without_reading_does_not_grow_our_memory() -> None:
    """Each refused open is an answer that waits for a reader; at some point the connection is closed."""
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice:
        alice.handle("echo", echo)
        link, _, _ = await raw.greeted(b, alice.port)
        await until(lambda: b.node_id in alice.peers)
        with contextlib.suppress(HearthNetError):
            async with asyncio.timeout(20):
                for start in range(1, 2_000_000, 1000):
                    batch = b"".join(
                        frames.encode(Open(n, "no such thing", b"")) for n in range(start | 1, start + 1000, 2)
                    )
                    await link.write(batch)
                    if b.node_id not in alice.peers:
                        break
        await until(lambda: b.node_id not in alice.peers)
        link.abort()


def refuse(node: Mesh, who: NodeId) -> None:
    from hearthnet_core.community.standing import Standing

    node._standing = lambda n: Standing.REVOKED if n == who else Standing.GUEST


def test_the_mesh_certificate_is_the_same_key_as_the_node_id() -> None:
    key = SigningKey(os.urandom(32))
    certificate, private = mesh_certificate(key)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c").write_bytes(certificate)
        (Path(folder) / "k").write_bytes(private)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(f"{folder}/c", f"{folder}/k")
    assert NodeId.of(ed25519_key(der(certificate))) == key.node_id
