"""One connection between two nodes: streams that end, break, are left and cancelled, and leave nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hearthnet_core.errors import BadRequest, CapacityExceeded, Forbidden, HearthNetError, InternalError, Unavailable
from hearthnet_core.net.connection import Connection, MeshStream
from hearthnet_core.net.mesh import Mesh
from hearthnet_core.protocol import frames
from hearthnet_core.protocol.handshake import Proven

from . import raw
from .meshes import connected, echo, keys, mesh, until


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Mesh, Mesh]]:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob:
        await connected(alice, bob)
        await asyncio.sleep(0.1)
        yield alice, bob


def link(one: Mesh, other: Mesh) -> Connection:
    return one.peers[other.me].connection


def streams(connection: Connection, protocol: str) -> int:
    return sum(state.protocol == protocol for state in connection._mux._streams.values())


async def test_what_was_sent_before_a_reset_is_still_read_and_then_its_error_is_met() -> None:
    async def three(stream: MeshStream, payload: bytes, peer: Proven) -> None:
        await stream.send(b"1")
        await stream.send(b"2")
        await asyncio.sleep(0.2)
        raise Forbidden("No further.")

    async with pair() as (alice, bob):
        bob.handle("three", three)
        stream = await alice.open(bob.me, "three")
        assert [await stream.receive(), await stream.receive()] == [b"1", b"2"]
        with pytest.raises(Forbidden, match="No further"):
            await stream.receive()
        with pytest.raises(Forbidden):
            await stream.send(b"x")


async def test_a_handler_that_crashes_is_an_internal_error_that_tells_nothing_of_this_node() -> None:
    async def crash(stream: MeshStream, payload: bytes, peer: Proven) -> None:
        raise ZeroDivisionError("secret")

    async with pair() as (alice, bob):
        bob.handle("crash", crash)
        stream = await alice.open(bob.me, "crash")
        with pytest.raises(InternalError) as met:
            await stream.receive()
        assert "secret" not in met.value.message
        assert bob.me in alice.peers


async def test_an_error_out_of_a_task_group_reaches_the_peer_as_itself() -> None:
    async def grouped(stream: MeshStream, payload: bytes, peer: Proven) -> None:
        async def fail() -> None:
            raise CapacityExceeded("Full.")

        async with asyncio.TaskGroup() as group:
            group.create_task(fail())

    async with pair() as (alice, bob):
        bob.handle("grouped", grouped)
        stream = await alice.open(bob.me, "grouped")
        with pytest.raises(CapacityExceeded, match="Full"):
            await stream.receive()


async def test_streams_that_ended_broke_or_were_left_are_forgotten_on_both_sides() -> None:
    async def some(stream: MeshStream, payload: bytes, peer: Proven) -> None:
        if payload == b"raise":
            raise Forbidden("No.")
        if payload == b"echo":
            await echo(stream, b"", peer)
        if payload == b"talk":
            for _ in range(100):
                await stream.send(bytes(1000))

    async with pair() as (alice, bob):
        bob.handle("some", some)
        for _ in range(30):
            for payload in (b"raise", b"echo", b"talk", b"nothing"):
                with contextlib.suppress(HearthNetError):
                    async with await alice.open(bob.me, "some", payload) as stream:
                        await stream.send(b"x")
                        if payload != b"talk":
                            await stream.receive()
        await until(lambda: streams(link(alice, bob), "some") == streams(link(bob, alice), "some") == 0)
        await until(lambda: link(bob, alice)._handling <= 2)
        assert link(alice, bob)._mux.buffered == link(bob, alice)._mux.buffered == 0


async def test_a_reader_that_leaves_stops_a_peer_that_talks_on() -> None:
    stopped: list[HearthNetError] = []

    async def talk(stream: MeshStream, payload: bytes, peer: Proven) -> None:
        try:
            while True:
                await stream.send(bytes(10_000))
        except HearthNetError as error:
            stopped.append(error)
            raise

    async with pair() as (alice, bob):
        bob.handle("talk", talk)
        async with await alice.open(bob.me, "talk") as stream:
            await stream.receive()
        await until(lambda: stopped)
        assert isinstance(stopped[0], Unavailable)


async def test_a_cancelled_receive_takes_no_message_with_it() -> None:
    async with pair() as (alice, bob):
        bob.handle("echo", echo)
        stream = await alice.open(bob.me, "echo")
        for n in range(20):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.001 * (n % 3)):
                    await stream.receive()
        for n in range(5):
            await stream.send(bytes([n]))
        assert [await stream.receive() for _ in range(5)] == [bytes([n]) for n in range(5)]


async def test_a_send_cancelled_half_way_resets_the_stream_instead_of_sending_half_a_message() -> None:
    got: list[bytes] = []
    broken: list[HearthNetError] = []
    go = asyncio.Event()

    async def slow(stream: MeshStream, payload: bytes, peer: Proven) -> None:
        await go.wait()
        try:
            while (message := await stream.receive()) is not None:
                got.append(message)
        except HearthNetError as error:
            broken.append(error)

    async with pair() as (alice, bob):
        bob.handle("slow", slow)
        stream = await alice.open(bob.me, "slow")
        await stream.send(b"whole")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await stream.send(bytes(1024 * 1024))
        with pytest.raises(Unavailable):
            await stream.send(b"after")
        go.set()
        await until(lambda: broken)
        assert got == [b"whole"]


async def test_messages_of_several_senders_do_not_mix() -> None:
    async with pair() as (alice, bob):
        bob.handle("echo", echo)
        stream = await alice.open(bob.me, "echo")
        sent = [bytes([n]) * 100_000 for n in range(6)]
        async with asyncio.TaskGroup() as group:
            for message in sent:
                group.create_task(stream.send(message))
            got = [await stream.receive() for _ in sent]
        assert sorted(m for m in got if m is not None) == sent


async def test_a_message_beyond_the_bound_is_refused_here() -> None:
    async with pair() as (alice, bob):
        bob.handle("echo", echo)
        stream = await alice.open(bob.me, "echo")
        with pytest.raises(BadRequest, match=str(frames.MAX_MESSAGE)):
            await stream.send(bytes(frames.MAX_MESSAGE + 1))
        await stream.send(b"still alive")
        assert await stream.receive() == b"still alive"


async def test_when_the_connection_dies_every_waiter_hears_of_it() -> None:
    async def never(stream: MeshStream, payload: bytes, peer: Proven) -> None:
        await asyncio.Event().wait()

    async with pair() as (alice, bob):
        bob.handle("never", never)
        opened = [await alice.open(bob.me, "never") for _ in range(5)]

        async def unavailable(stream: MeshStream, send: bool) -> None:
            with pytest.raises(Unavailable):
                while True:
                    await (stream.send(bytes(100_000)) if send else stream.receive())

        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            for n, stream in enumerate(opened):
                group.create_task(unavailable(stream, bool(n % 2)))
            await asyncio.sleep(0.2)
            link(bob, alice).abort()


async def test_handlers_at_work_are_bounded_although_their_streams_were_reset() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    running = 0

    async def stubborn(stream: MeshStream, payload: bytes, peer: Proven) -> None:
        nonlocal running
        running += 1
        try:
            await asyncio.Event().wait()
        finally:
            running -= 1

    async with mesh(a, members) as alice:
        alice.handle("stubborn", stubborn)
        link_, _, _ = await raw.greeted(b, alice.port)
        await until(lambda: b.node_id in alice.peers)
        for n in range(1, 2 * 190, 2):
            await link_.write(
                frames.encode(frames.Open(n, "stubborn", b"")) + frames.encode(frames.Reset(n, "timeout", ""))
            )
        await until(lambda: running >= 150)
        for _ in range(8):
            await asyncio.sleep(1.0)
            for n in range(40):
                id = 1001 + 2 * n + 100 * _
                await link_.write(frames.encode(frames.Open(id, "stubborn", b"")))
        assert running <= frames.MAX_STREAMS
        link_.abort()
        await until(lambda: running == 0)


async def test_a_peer_that_stands_still_is_dead_after_twelve_seconds() -> None:
    a, b = keys(2)
    async with mesh(a, {a.node_id, b.node_id}) as alice:
        link_, _, _ = await raw.greeted(b, alice.port)
        await until(lambda: b.node_id in alice.peers)
        connection = alice.peers[b.node_id].connection
        began = alice._runtime.now()
        await until(lambda: b.node_id not in alice.peers, 30)
        assert 11.0 < alice._runtime.now() - began < 20
        assert connection.closed is not None and "silent" in connection.closed.message
        link_.abort()


async def test_a_quiet_connection_lives_and_measures_its_latency() -> None:
    async with pair() as (alice, bob):
        await until(lambda: link(alice, bob).latency_ms is not None and link(bob, alice).latency_ms is not None)
        heard = link(alice, bob).heard
        await until(lambda: link(alice, bob).heard > heard + 4.0, 30)
        assert bob.me in alice.peers


async def test_random_bytes_after_the_greeting_never_do_more_than_end_the_connection() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice:
        for size in (1, 3, 50, 700, 9000):
            link_, _, _ = await raw.greeted(b, alice.port)
            with contextlib.suppress(HearthNetError):
                await link_.write(os.urandom(size))
            await asyncio.sleep(0.05)
            link_.abort()
            await until(lambda: b.node_id not in alice.peers, 30)
