"""Neighbours find each other over real sockets on loopback, each way by itself and both together."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import ifaddr
import pytest

from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.net import datagrams
from hearthnet_core.net.datagrams import Datagrams
from hearthnet_core.net.discovery import Discovery, community_tag
from hearthnet_core.net.interfaces import Interface, real_interfaces
from hearthnet_core.net.mdns import Mdns
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.supervise import Supervisor

from .meshes import until

LOOPBACK = [Interface("lo", "127.0.0.1")]


def fresh() -> tuple[NodeId, NodeId, CommunityId]:
    return NodeId(os.urandom(32)), NodeId(os.urandom(32)), CommunityId(os.urandom(32))


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()


class Hints:
    """What one node heard."""

    def __init__(self) -> None:
        self.all: set[tuple[str, NodeId]] = set()

    def __call__(self, address: str, node_id: NodeId) -> None:
        self.all.add((address, node_id))


def udp(me: NodeId, community: CommunityId, port: int, hints: Hints) -> Datagrams:
    return Datagrams(
        SystemRuntime(), me, port=lambda: port, tag=lambda: community_tag(community), lonely=lambda: True, heard=hints
    )


def mdns(supervisor: Supervisor, me: NodeId, community: CommunityId, port: int, hints: Hints) -> Mdns:
    return Mdns(supervisor, me, port=lambda: port, tag=lambda: community_tag(community), api=lambda: None, heard=hints)


async def test_datagrams_alone_find_a_neighbour_and_never_another_community() -> None:
    a, b, community = fresh()
    c, _, elsewhere = fresh()
    alice, bob, carol = Hints(), Hints(), Hints()
    async with running(
        udp(a, community, 7001, alice).run(LOOPBACK, lambda _: None),
        udp(c, elsewhere, 7003, carol).run(LOOPBACK, lambda _: None),
    ):
        await asyncio.sleep(0.3)
        async with running(udp(b, community, 7002, bob).run(LOOPBACK, lambda _: None)):
            await until(lambda: ("127.0.0.1:7002", b) in alice.all)
    assert alice.all == {("127.0.0.1:7002", b)}
    assert carol.all == set()


async def test_mdns_alone_finds_a_neighbour_and_never_another_community() -> None:
    a, b, community = fresh()
    c, _, elsewhere = fresh()
    alice, bob, carol = Hints(), Hints(), Hints()
    async with (
        Supervisor(SystemRuntime()) as supervisor,
        running(
            mdns(supervisor, a, community, 7001, alice).run(LOOPBACK, lambda _: None),
            mdns(supervisor, b, community, 7002, bob).run(LOOPBACK, lambda _: None),
            mdns(supervisor, c, elsewhere, 7003, carol).run(LOOPBACK, lambda _: None),
        ),
    ):
        await until(lambda: alice.all and bob.all, 30)
        await asyncio.sleep(1.0)
    assert alice.all == {("127.0.0.1:7002", b)}
    assert bob.all == {("127.0.0.1:7001", a)}
    assert carol.all == set()


@asynccontextmanager
async def discovery(
    me: NodeId, community: Callable[[], CommunityId], hints: Hints, only: tuple[str, ...]
) -> AsyncIterator[Discovery]:
    runtime = SystemRuntime()
    async with Supervisor(runtime) as supervisor:
        made = Discovery(
            runtime,
            supervisor,
            me,
            interfaces=only,
            port=lambda: 7009,
            community=community,
            lonely=lambda: True,
            api=lambda: None,
            found=hints,
        )
        supervisor.start("discovery", made.run)
        yield made


async def test_a_changed_community_is_announced_at_once() -> None:
    a, b, first = fresh()
    second = CommunityId(os.urandom(32))
    now = first
    alice, bob = Hints(), Hints()
    async with discovery(a, lambda: second, alice, ("lo",)), discovery(b, lambda: now, bob, ("lo",)) as moving:
        await until(lambda: all(moving.working.values()), 30)
        await asyncio.sleep(1.5)
        assert alice.all == set()
        now = second
        moving.refresh()
        await until(lambda: ("127.0.0.1:7009", b) in alice.all, 30)
        await until(lambda: ("127.0.0.1:7009", a) in bob.all, 30)


async def test_two_processes_find_each_other(tmp_path: object) -> None:
    a, b, community = fresh()
    alice = Hints()
    code = f"""
import asyncio
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.net.discovery import Discovery
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.supervise import Supervisor

async def main():
    runtime = SystemRuntime()
    async with Supervisor(runtime) as supervisor:
        heard = asyncio.Event()
        def found(address, node_id):
            print(address, node_id.text, flush=True)
        made = Discovery(runtime, supervisor, NodeId({bytes(b)!r}), interfaces=("lo",), port=lambda: 7010,
            community=lambda: CommunityId({bytes(community)!r}), lonely=lambda: True, api=lambda: None, found=found)
        await made.run()

asyncio.run(main())
"""
    async with discovery(a, lambda: community, alice, ("lo",)):
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
        try:
            assert other.stdout is not None
            async with asyncio.timeout(30):
                line = await other.stdout.readline()
            assert line.decode().split() == ["127.0.0.1:7009", a.text]
            await until(lambda: ("127.0.0.1:7010", b) in alice.all, 30)
        finally:
            other.kill()
            await other.wait()


async def test_a_machine_without_the_named_interface_says_that_nothing_works_and_stays_up() -> None:
    a, _, community = fresh()
    async with discovery(a, lambda: community, Hints(), ("no-such-interface",)) as made:
        await asyncio.sleep(0.5)
        assert made.working == {"mdns": False, "udp": False}
        made.refresh()
        await asyncio.sleep(1.2)
        assert made.working == {"mdns": False, "udp": False}


async def test_garbage_on_the_group_is_not_heard_and_does_not_hold_up_who_comes_after_it() -> None:
    a, b, community = fresh()
    alice = Hints()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
        noise.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        async with running(udp(a, community, 7001, alice).run(LOOPBACK, lambda _: None)):
            await asyncio.sleep(0.2)
            good = datagrams.DATAGRAM.pack(datagrams.MAGIC, b, community_tag(community), 7002)
            own = datagrams.DATAGRAM.pack(datagrams.MAGIC, a, community_tag(community), 7001)
            no_port = datagrams.DATAGRAM.pack(datagrams.MAGIC, b, community_tag(community), 0)
            for sent in (b"", os.urandom(47), os.urandom(200), good[:-1], good + b"x", own, no_port, b"XX1" + good[3:]):
                noise.sendto(sent, (datagrams.GROUP, datagrams.PORT))
            await asyncio.sleep(0.3)
            assert alice.all == set()
            noise.sendto(good, (datagrams.GROUP, datagrams.PORT))
            await until(lambda: alice.all == {("127.0.0.1:7002", b)})


@pytest.mark.parametrize(
    "name",
    ["docker0", "br-1a2b3c", "veth99", "virbr0", "cni0", "podman1", "lxcbr0", "hassio", "docker_gwbridge", "vboxnet0"],
)
def test_bridges_of_containers_and_machines_are_not_real(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ifaddr,
        "get_adapters",
        lambda: [adapter("lo", "127.0.0.1"), adapter("eth0", "192.168.1.5"), adapter(name, "172.17.0.1")],
    )
    assert real_interfaces() == [Interface("eth0", "192.168.1.5")]
    assert real_interfaces((name,)) == [Interface(name, "172.17.0.1")]


def test_loopback_is_used_only_when_there_is_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: [adapter("lo", "127.0.0.1"), adapter("docker0", "172.17.0.1")])
    assert real_interfaces() == [Interface("lo", "127.0.0.1")]


def adapter(name: str, address: str) -> ifaddr.Adapter:
    return ifaddr.Adapter(name, name, [ifaddr.IP(address, 24, name)])
