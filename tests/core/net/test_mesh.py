"""Two and three real meshes over TLS on loopback, and a man in the middle."""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hearthnet_core.errors import Forbidden, HearthNetError, InvalidSignature, Timeout, Unavailable
from hearthnet_core.identity.certificate import der, ed25519_key, mesh_certificate
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.net.connection import MeshStream
from hearthnet_core.net.mesh import Mesh, Standing
from hearthnet_core.net.tls import ALPN, TlsTransport
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.supervise import Supervisor

COMMUNITY = CommunityId(b"c" * 32)


@asynccontextmanager
async def mesh(key: SigningKey, members: set[NodeId], port: int = 0) -> AsyncIterator[Mesh]:
    runtime = SystemRuntime()
    seq = iter(range(1, 10_000))
    async with Supervisor(runtime) as supervisor:
        made = Mesh(
            runtime,
            supervisor,
            TlsTransport(key),
            key,
            instance=os.urandom(16),
            software="test",
            name=lambda: "test",
            community=lambda: COMMUNITY,
            standing=lambda n: Standing.MEMBER if n in members else Standing.GUEST,
            manifest=lambda: Manifest(node=bytes(key.node_id), boot=1, seq=next(seq)),
        )
        await made.start("127.0.0.1", port)
        try:
            yield made
        finally:
            await made.aclose()


async def until(condition: object, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


def keys(count: int) -> list[SigningKey]:
    return [SigningKey(os.urandom(32)) for _ in range(count)]


async def echo(stream: MeshStream, payload: bytes, peer: Proven) -> None:
    while (message := await stream.receive()) is not None:
        await stream.send(payload + message)


async def test_members_connect_and_exchange_messages_of_a_megabyte() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        bob.handle("echo", echo)
        alice.found(f"127.0.0.1:{bob.port}", b.node_id)
        await until(lambda: b.node_id in alice.peers and a.node_id in bob.peers)
        stream = await alice.open(b.node_id, "echo", b"<")
        message = os.urandom(1024 * 1024 - 1)
        await stream.send(message)
        assert await stream.receive() == b"<" + message
        await until(lambda: alice.peers[b.node_id].manifest is not None)


async def test_another_node_at_a_known_address_is_refused() -> None:
    a, b, c = keys(3)
    async with mesh(a, {b.node_id, c.node_id}) as alice, mesh(b, {a.node_id}) as bob:
        with pytest.raises(InvalidSignature, match="Another node answers"):
            await alice.dial_guest(f"127.0.0.1:{bob.port}", c.node_id)
        assert not alice.peers


async def test_a_man_in_the_middle_cannot_pass_the_dialler_s_proof_on() -> None:
    """He shows the dialler his own certificate and relays every byte inside; the dialler expects nobody in particular."""
    a, b, mallory = keys(3)
    members = {a.node_id, b.node_id, mallory.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        outside = TlsTransport(mallory)

        async def relay(link: object) -> None:
            inner = await TlsTransport(mallory).dial(f"127.0.0.1:{bob.port}")

            async def pump(source: object, sink: object) -> None:
                while data := await source.read():  # type: ignore[attr-defined]
                    await sink.write(data)  # type: ignore[attr-defined]

            with pytest.raises((HearthNetError, ExceptionGroup)):
                async with asyncio.TaskGroup() as group:
                    group.create_task(pump(link, inner))
                    group.create_task(pump(inner, link))

        port = await outside.listen("127.0.0.1", 0, relay)
        alice.found(f"127.0.0.1:{port}")
        await until(lambda: any(k.last_error for k in alice.known()))
        assert not alice.peers and not bob.peers
        assert "another key" in alice.known()[0].last_error
        await outside.aclose()


async def test_a_guest_may_only_join() -> None:
    a, b = keys(2)
    async with mesh(a, set()) as alice, mesh(b, set()) as bob:
        bob.handle("echo", echo)
        bob.handle("join/1", echo)
        connection = await alice.dial_guest(f"127.0.0.1:{bob.port}", b.node_id)
        stream = await connection.open("echo")
        with pytest.raises(Forbidden):
            await stream.receive()
        joining = await connection.open("join/1")
        await joining.send(b"hello")
        assert await joining.receive() == b"hello"


async def test_a_dead_peer_leaves_at_once_and_is_found_again_when_it_returns() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice:
        async with mesh(b, members) as bob:
            port = bob.port
            alice.found(f"127.0.0.1:{port}", b.node_id)
            await until(lambda: b.node_id in alice.peers)
        await until(lambda: b.node_id not in alice.peers, 1.0)
        async with mesh(b, members, port):
            await until(lambda: b.node_id in alice.peers)


async def test_simultaneous_dials_leave_one_connection_on_both_sides() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        alice.found(f"127.0.0.1:{bob.port}", b.node_id)
        bob.found(f"127.0.0.1:{alice.port}", a.node_id)
        await until(lambda: b.node_id in alice.peers and a.node_id in bob.peers)
        await asyncio.sleep(0.5)
        await until(lambda: len(alice._connections) == len(bob._connections) == 1)
        assert alice.peers[b.node_id].connection.dialled is not bob.peers[a.node_id].connection.dialled


async def test_a_slow_reader_holds_up_only_its_own_stream() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        bob.handle("echo", echo)

        async def never_read(stream: MeshStream, payload: bytes, peer: Proven) -> None:
            await asyncio.Event().wait()

        bob.handle("stuck", never_read)
        alice.found(f"127.0.0.1:{bob.port}", b.node_id)
        await until(lambda: b.node_id in alice.peers)
        stuck = await alice.open(b.node_id, "stuck")
        flood = asyncio.ensure_future(_flood(stuck))
        quick = await alice.open(b.node_id, "echo")
        await quick.send(b"ping")
        async with asyncio.timeout(2):
            assert await quick.receive() == b"ping"
        assert not flood.done()
        flood.cancel()


async def _flood(stream: MeshStream) -> None:
    while True:
        await stream.send(bytes(1024 * 1024))


async def test_a_reset_reaches_the_other_side_as_the_same_error_within_200_ms() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        met: asyncio.Future[HearthNetError] = asyncio.get_running_loop().create_future()

        async def wait(stream: MeshStream, payload: bytes, peer: Proven) -> None:
            try:
                await stream.receive()
            except HearthNetError as error:
                met.set_result(error)

        bob.handle("wait", wait)
        alice.found(f"127.0.0.1:{bob.port}", b.node_id)
        await until(lambda: b.node_id in alice.peers)
        stream = await alice.open(b.node_id, "wait")
        await asyncio.sleep(0.1)
        await stream.reset("timeout", "Cancelled.")
        async with asyncio.timeout(0.2):
            assert type(await met) is Timeout


async def test_garbage_and_a_gigabyte_announced_close_the_connection_and_nothing_else() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        for first in (b"\x40\x00\x00\x00", os.urandom(600), b"\x00\x00\x03\xe8" + b"\x91" * 1000):
            reader, writer = await _raw(alice.port)
            writer.write(first)
            async with asyncio.timeout(6):
                while await reader.read(1000):
                    pass
            writer.close()
        bob.found(f"127.0.0.1:{alice.port}", a.node_id)
        await until(lambda: a.node_id in bob.peers)


async def test_somebody_who_never_greets_is_dropped_after_five_seconds() -> None:
    (a,) = keys(1)
    async with mesh(a, set()) as alice:
        reader, writer = await _raw(alice.port)
        async with asyncio.timeout(7):
            assert await reader.read(100) == b""
        writer.close()


async def test_a_taken_port_is_a_sentence_that_says_what_to_do() -> None:
    a, b = keys(2)
    async with mesh(a, set()) as alice:
        with pytest.raises(Unavailable, match=r"node\.port"):
            async with mesh(b, set(), alice.port):
                raise AssertionError("it listened on a taken port")


async def _raw(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols([ALPN])
    return await asyncio.open_connection("127.0.0.1", port, ssl=context)


def test_the_mesh_certificate_is_the_same_key_as_the_node_id() -> None:
    key = SigningKey(os.urandom(32))
    certificate, private = mesh_certificate(key)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c").write_bytes(certificate)
        (Path(folder) / "k").write_bytes(private)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(f"{folder}/c", f"{folder}/k")
    assert NodeId.of(ed25519_key(der(certificate))) == key.node_id
