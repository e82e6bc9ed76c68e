"""The network in memory fails as networks fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hearthnet_core.errors import Unavailable
from hearthnet_core.identity.certificate import ed25519_key
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.net.link import Link
from hearthnet_core.net.memory import UNSENT_BYTES, MemoryNetwork
from hearthnet_core.simulation.clock import Chance, SimLoop, SimRuntime
from hearthnet_core.supervise import Supervisor

KEY = SigningKey(b"k" * 32)
LATENCY_S = 0.1


class Pair:
    """Alice has dialled Bob."""

    def __init__(self, network: MemoryNetwork, alice: Link, bob: Link) -> None:
        self.network, self.alice, self.bob = network, alice, bob
        (self.wire,) = network.wires


def connected(test: Callable[[Pair], Awaitable[None]]) -> Callable[[], None]:
    """Runs the test on a simulated loop."""

    def run() -> None:
        loop = SimLoop()

        async def body() -> None:
            runtime = SimRuntime(loop, Chance(1, "network"))
            network = MemoryNetwork(runtime, latency_s=(LATENCY_S, LATENCY_S))
            async with Supervisor(runtime) as supervisor:
                arrived: asyncio.Future[Link] = loop.create_future()

                async def accept(link: Link) -> None:
                    arrived.set_result(link)

                port = await network.transport("bob", KEY, supervisor).listen("", 0, accept)
                link = await network.transport("alice", KEY, supervisor).dial(f"bob:{port}")
                await test(Pair(network, link, await arrived))

        try:
            loop.run_until_complete(loop.create_task(body()))
        finally:
            loop.close()

    run.__name__ = test.__name__
    return run


async def came(link: Link, seconds: float = 1.0) -> bytes | None:
    """What arrives in time, or None."""
    try:
        async with asyncio.timeout(seconds):
            return await link.read()
    except TimeoutError:
        return None


@connected
async def test_bytes_arrive_in_order_after_the_latency(pair: Pair) -> None:
    began = asyncio.get_running_loop().time()
    for part in (b"a", b"b", b"c"):
        await pair.alice.write(part)
    assert await pair.bob.read() == b"abc"
    assert asyncio.get_running_loop().time() == pytest.approx(began + LATENCY_S)
    assert ed25519_key(pair.alice.certificate) == KEY.public_key


@connected
async def test_a_cut_loses_what_was_under_way_and_both_ends_learn_of_it(pair: Pair) -> None:
    await pair.alice.write(b"lost")
    pair.wire.cut()
    for link in (pair.alice, pair.bob):
        with pytest.raises(Unavailable):
            await link.read()
        with pytest.raises(Unavailable):
            await link.write(b"more")


@connected
async def test_half_open_only_one_end_learns_of_it(pair: Pair) -> None:
    pair.wire.half_open("alice")
    with pytest.raises(Unavailable):
        await pair.alice.read()
    await pair.bob.write(b"into nothing")
    assert await came(pair.bob, 1_000) is None


@connected
async def test_one_direction_stands_still_and_all_of_it_arrives_later(pair: Pair) -> None:
    pair.network.hold("alice", "bob")
    await pair.alice.write(b"held")
    await pair.bob.write(b"free")
    assert (await came(pair.bob), await came(pair.alice)) == (None, b"free")
    pair.network.release("alice", "bob")
    assert await came(pair.bob) == b"held"


@connected
async def test_nobody_is_reached_over_a_partition(pair: Pair) -> None:
    pair.network.hold("bob", "alice")
    async with Supervisor(SimRuntime(asyncio.get_running_loop(), Chance(1, "x"))) as supervisor:  # type: ignore[arg-type]
        alice = pair.network.transport("alice", KEY, supervisor)
        with pytest.raises(Unavailable, match="no reply in time"):
            await alice.dial("bob:40001")
        pair.network.release("bob", "alice")
        pair.network.refuse("bob")
        with pytest.raises(Unavailable, match="refused"):
            await alice.dial("bob:40001")


@connected
async def test_a_writer_waits_for_a_reader_that_is_slow(pair: Pair) -> None:
    await pair.alice.write(bytes(UNSENT_BYTES))
    blocked = asyncio.get_running_loop().create_task(pair.alice.write(b"more"))
    await asyncio.sleep(10)
    assert not blocked.done()
    assert len(await pair.bob.read()) == UNSENT_BYTES
    await blocked
    assert await pair.bob.read() == b"more"


@connected
async def test_what_was_sent_before_the_end_arrives_before_it(pair: Pair) -> None:
    await pair.alice.write(b"goodbye")
    pair.alice.abort()
    assert (await pair.bob.read(), await pair.bob.read(), await pair.bob.read()) == (b"goodbye", b"", b"")
    with pytest.raises(Unavailable):
        await pair.bob.write(b"too late")


@connected
async def test_a_stall_ends(pair: Pair) -> None:
    pair.wire.stall(30)
    await pair.alice.write(b"late")
    assert (await came(pair.bob, 29), await came(pair.bob, 2)) == (None, b"late")


@connected
async def test_of_a_machine_without_power_the_links_end(pair: Pair) -> None:
    pair.network.unplug("bob")
    assert await pair.alice.read() == b""
    assert pair.network.wires == {}
