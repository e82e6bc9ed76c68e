"""What happens by the clock: expired events go, and a wrong clock takes nothing with it."""

from __future__ import annotations

import asyncio

import pytest

from hearthnet_core.protocol import bodies
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.sync import service
from tests.core.log.nodes import RUNTIME, A, B, F, Node, notice, street, world_of
from tests.core.protocol.forging import BOARD

from .streets import Street, post_expired, until

TODAY = int(RUNTIME.wall()) // 86_400
YEAR_S = 365 * 86_400.0


class Shifted(SystemRuntime):
    """A machine whose wall clock is wrong."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def wall(self) -> float:
        return max(0.0, super().wall() + self._seconds)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "FIRST_FORGET_S", 0.2)
    monkeypatch.setattr(service, "FORGET_EVERY_S", 0.2)
    monkeypatch.setattr(service, "TICK_S", 0.05)


async def told(a: Node) -> None:
    await post_expired(a, "old")
    await a.log.append(bodies.NOTICE, BOARD, notice("new"), expires=TODAY + 10)


async def titles_after(clocks: list[float], connected: bool, wait: list[str] | None) -> list[list[str]]:
    """Of nodes with these clocks that knew an old and a new notice; waits for the first to have `wait`, or a while."""
    nodes = (await street(world_of(A, B), F, A, B))[: len(clocks)]
    await told(nodes[0])
    for node in nodes[1:]:
        await node.pull(nodes[0])
    runtimes = [Shifted(seconds) for seconds in clocks]
    wires = Street()
    made = [wires.add(node, None, runtime) for node, runtime in zip(nodes, runtimes, strict=True)]
    try:
        for i, one in enumerate(made):
            for other in made[i + 1 :] if connected else ():
                wires.connect(one, other)
        if wait is not None:
            async with asyncio.timeout(20):
                while await nodes[0].titles() != wait:
                    await asyncio.sleep(0.02)
        else:
            await asyncio.sleep(1.0)
        if connected and len(made) > 1:
            await until(lambda: all(n.sync.report()["peers"] for n in made))
        return [await node.titles() for node in nodes]
    finally:
        for neighbour in made:
            await neighbour.supervisor.aclose()
        for runtime in runtimes:
            runtime.close()


async def test_expired_events_go_by_themselves() -> None:
    assert (await titles_after([0.0, 0.0], True, ["new"]))[0] == ["new"]


async def test_alone_nothing_goes() -> None:
    assert await titles_after([0.0], False, None) == [["new", "old"]]


async def test_a_clock_years_ahead_takes_nothing_more_than_the_others_do() -> None:
    assert (await titles_after([YEAR_S * 10, 0.0, 0.0], True, ["new"]))[0] == ["new"]


async def test_a_clock_at_1970_takes_nothing_and_holds_up_nobody() -> None:
    found = await titles_after([0.0, -YEAR_S * 80, 0.0], True, ["new"])
    assert found[0] == ["new"]
    assert found[1] == ["new", "old"]
