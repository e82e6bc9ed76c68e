"""Two and three real meshes over TLS on loopback, and a man in the middle."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from hearthnet_core.errors import Forbidden, HearthNetError, InvalidSignature, RateLimited, Timeout, Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.connection import MeshStream
from hearthnet_core.net.tls import TlsTransport
from hearthnet_core.protocol.handshake import Proven

from .meshes import connected, echo, keys, mesh, until


async def test_members_connect_and_exchange_messages_of_a_megabyte() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        bob.handle("echo", echo)
        await connected(alice, bob)
        message = os.urandom(1024 * 1024 - 1)
        async with await alice.open(b.node_id, "echo", b"<") as stream:
            await stream.send(message)
            assert await stream.receive() == b"<" + message


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


async def test_a_guest_may_only_join_on_either_side() -> None:
    a, b = keys(2)
    async with mesh(a, set()) as alice, mesh(b, set()) as bob:
        for node in (alice, bob):
            node.handle("echo", echo)
            node.handle("join/1", echo)
        connection = await alice.dial_guest(f"127.0.0.1:{bob.port}", b.node_id)
        for protocol in ("echo", "manifest/1", "peers/1"):
            stream = await connection.open(protocol)
            with pytest.raises(Forbidden):
                await stream.receive()
        joining = await connection.open("join/1")
        await joining.send(b"hello")
        assert await joining.receive() == b"hello"
        assert not alice.peers and not bob.peers


async def test_a_guest_who_opens_stream_after_stream_is_slowed_down() -> None:
    a, b = keys(2)
    async with mesh(a, set()) as alice, mesh(b, set()) as bob:
        bob.handle("join/1", echo)
        connection = await alice.dial_guest(f"127.0.0.1:{bob.port}", b.node_id)
        with pytest.raises(RateLimited):
            for _ in range(20):
                async with await connection.open("join/1") as stream:
                    await stream.send(b"x")
                    await stream.receive()


async def test_guests_never_use_up_what_members_need() -> None:
    a, b, *strangers = keys(4)
    members = {a.node_id, b.node_id}
    async with (
        mesh(a, members) as alice,
        mesh(b, members) as bob,
        mesh(strangers[0], set()) as one,
        mesh(strangers[1], set()) as two,
    ):
        for _ in range(2):
            await one.dial_guest(f"127.0.0.1:{alice.port}", a.node_id)
            await two.dial_guest(f"127.0.0.1:{alice.port}", a.node_id)
        with pytest.raises(Unavailable, match="all the guests"):
            await one.dial_guest(f"127.0.0.1:{alice.port}", a.node_id)
        await connected(alice, bob)


async def test_who_hears_of_a_broken_stream_no_longer_finds_the_dead_peer() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        bob.handle("echo", echo)
        await connected(alice, bob)
        stream = await alice.open(b.node_id, "echo")
        for connection in list(bob._connections):
            connection.abort()
        with pytest.raises(Unavailable):
            await stream.receive()
        assert b.node_id not in alice.peers


async def test_a_dead_peer_leaves_at_once_and_is_found_again_when_it_returns() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice:
        async with mesh(b, members) as bob:
            port = bob.port
            await connected(alice, bob)
        await until(lambda: b.node_id not in alice.peers, 1.0)
        async with mesh(b, members, port):
            await until(lambda: b.node_id in alice.peers)


async def test_a_node_that_moved_is_found_at_its_new_address() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice:
        async with mesh(b, members) as bob:
            await connected(alice, bob)
            old = bob.port
        async with mesh(b, members) as moved:
            assert moved.port != old
            alice.found(f"127.0.0.1:{moved.port}", b.node_id)
            await until(lambda: b.node_id in alice.peers)
            assert alice.peers[b.node_id].address == f"127.0.0.1:{moved.port}"


async def test_an_address_nobody_answers_at_does_not_hold_up_the_right_one() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    deaf = await asyncio.start_server(lambda r, w: asyncio.sleep(3600), "127.0.0.1", 0)
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        alice.found(f"127.0.0.1:{bob.port}", b.node_id)
        alice.found(f"127.0.0.1:{deaf.sockets[0].getsockname()[1]}", b.node_id)
        began = time.monotonic()
        await until(lambda: b.node_id in alice.peers)
        assert time.monotonic() - began < 3.5
    deaf.close()
    deaf.abort_clients()


async def test_simultaneous_dials_leave_the_connection_of_the_smaller_id_on_both_sides() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        alice.found(f"127.0.0.1:{bob.port}", b.node_id)
        bob.found(f"127.0.0.1:{alice.port}", a.node_id)
        await until(lambda: b.node_id in alice.peers and a.node_id in bob.peers)
        await asyncio.sleep(0.5)
        await until(lambda: len(alice._connections) == len(bob._connections) == 1)
        assert a.node_id < b.node_id
        assert alice.peers[b.node_id].connection.dialled and not bob.peers[a.node_id].connection.dialled


async def test_an_address_somebody_typed_is_dialled_once_while_its_node_is_connected() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        ups: list[NodeId] = []
        bob.up.connect(lambda peer: ups.append(peer.node_id))
        alice.found(f"127.0.0.1:{bob.port}")
        await until(lambda: b.node_id in alice.peers)
        await asyncio.sleep(2.0)
        assert ups == [a.node_id]


async def test_two_live_instances_of_one_node_are_reported_at_both_ends() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as original:
        seen: list[NodeId] = []
        told: list[NodeId] = []
        alice.cloned.connect(seen.append)
        original.cloned.connect(told.append)
        await connected(alice, original)
        async with mesh(b, members) as copy:
            copy.found(f"127.0.0.1:{alice.port}", a.node_id)
            await until(lambda: seen and told)
            assert seen == [b.node_id] and told == [b.node_id]
            await until(lambda: a.node_id in copy.peers)


async def test_a_node_that_restarts_is_no_clone() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice:
        seen: list[NodeId] = []
        alice.cloned.connect(seen.append)
        for _ in range(2):
            async with mesh(b, members) as bob:
                bob.found(f"127.0.0.1:{alice.port}", a.node_id)
                await until(lambda: b.node_id in alice.peers)
        assert not seen


async def test_a_removed_member_goes_at_once_and_who_joined_comes_in() -> None:
    a, b, c = keys(3)
    members = {a.node_id, b.node_id}
    everybody = {a.node_id, b.node_id, c.node_id}
    async with mesh(a, members) as alice, mesh(b, everybody) as bob, mesh(c, everybody) as carol:
        await connected(alice, bob)
        carol.found(f"127.0.0.1:{alice.port}", a.node_id)
        await until(lambda: a.node_id in carol.peers)
        assert c.node_id not in alice.peers
        members.remove(b.node_id)
        members.add(c.node_id)
        alice.recheck()
        assert b.node_id not in alice.peers
        await until(lambda: c.node_id in alice.peers)
        await until(lambda: a.node_id in carol.peers)


async def test_a_stranger_s_hint_waits_until_the_stranger_is_a_member() -> None:
    a, b = keys(2)
    members = {a.node_id}
    async with mesh(a, members) as alice, mesh(b, {a.node_id, b.node_id}) as bob:
        alice.found(f"127.0.0.1:{bob.port}", b.node_id)
        await asyncio.sleep(0.5)
        assert not alice.known() and not bob.peers
        members.add(b.node_id)
        alice.recheck()
        await until(lambda: b.node_id in alice.peers)


async def test_a_slow_reader_holds_up_only_its_own_stream() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        bob.handle("echo", echo)

        async def never_read(stream: MeshStream, payload: bytes, peer: Proven) -> None:
            await asyncio.Event().wait()

        async def flood(stream: MeshStream) -> None:
            while True:
                await stream.send(bytes(1024 * 1024))

        bob.handle("stuck", never_read)
        await connected(alice, bob)
        stuck = await alice.open(b.node_id, "stuck")
        async with asyncio.TaskGroup() as group:
            flooding = group.create_task(flood(stuck))
            quick = await alice.open(b.node_id, "echo")
            await quick.send(b"ping")
            async with asyncio.timeout(10):
                assert await quick.receive() == b"ping"
            assert not flooding.done()
            flooding.cancel()


async def test_a_reset_reaches_the_other_side_as_the_same_error() -> None:
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
        await connected(alice, bob)
        stream = await alice.open(b.node_id, "wait")
        await asyncio.sleep(0.1)
        await stream.reset("timeout", "Cancelled.")
        async with asyncio.timeout(10):
            assert type(await met) is Timeout


async def test_a_member_who_opens_streams_without_end_is_slowed_down() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        bob.handle("echo", echo)
        await connected(alice, bob)
        with pytest.raises(RateLimited):
            for _ in range(600):
                async with await alice.open(b.node_id, "echo") as stream:
                    await stream.send(b"x")
                    await stream.receive()


async def test_closing_says_goodbye_and_ends_within_a_second_even_when_the_peer_does_not_read() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(b, members) as bob:
        async with mesh(a, members) as alice:
            await connected(alice, bob)
            bob.peers[a.node_id].connection._link._reader._transport.pause_reading()  # type: ignore[attr-defined]
            began = time.monotonic()
        assert time.monotonic() - began < 2.0
        with pytest.raises(Unavailable):
            await alice.open(b.node_id, "echo")


async def test_opening_on_a_connection_that_just_died_is_unavailable() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        await connected(alice, bob)
        connection = alice.peers[b.node_id].connection
        connection.abort()
        with pytest.raises(Unavailable):
            await alice.open(b.node_id, "echo")
        await until(lambda: connection.closed is not None)
        with pytest.raises(Unavailable):
            await connection.open("echo")


async def test_a_taken_port_is_a_sentence_that_says_what_to_do() -> None:
    a, b = keys(2)
    async with mesh(a, set()) as alice:
        with pytest.raises(Unavailable, match=r"node\.port"):
            async with mesh(b, set(), alice.port):
                raise AssertionError("it listened on a taken port")
