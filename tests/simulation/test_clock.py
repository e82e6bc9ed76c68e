"""The simulated loop: time passes only when nobody has anything to do, and order does not depend on memory."""

from __future__ import annotations

import asyncio

import pytest

from hearthnet_core.simulation.clock import EPOCH, PLACE, Chance, SimLoop, SimRuntime, Standstill


def run[T](work: object, loop: SimLoop) -> T:
    try:
        return loop.run_until_complete(loop.create_task(work))  # type: ignore[arg-type, return-value]
    finally:
        loop.close()


def test_a_day_passes_at_once() -> None:
    loop = SimLoop()
    run(asyncio.sleep(86_400), loop)
    assert loop.time() == 86_400


def test_when_everybody_waits_for_somebody_it_says_so() -> None:
    loop = SimLoop()
    task = loop.create_task(asyncio.Event().wait())
    with pytest.raises(Standstill):
        loop.run_until_complete(task)
    task.cancel()
    loop.run_until_complete(asyncio.wait([task], timeout=1))
    loop.close()


def test_when_somebody_is_busy_for_ever_it_says_so() -> None:
    async def busy() -> None:
        while True:
            await asyncio.sleep(0)

    loop = SimLoop()
    task = loop.create_task(busy())
    with pytest.raises(Standstill, match="busy"):
        loop.run_until_complete(task)
    task.cancel()
    loop.run_until_complete(asyncio.wait([task], timeout=1))
    loop.close()


def test_a_set_of_tasks_is_in_the_order_they_began() -> None:
    async def order() -> list[int]:
        loop = asyncio.get_running_loop()
        tasks = {loop.create_task(asyncio.sleep(0)) for _ in range(50)}
        numbers = [task.number for task in tasks]  # type: ignore[attr-defined]
        await asyncio.wait(tasks)
        return [number - min(numbers) for number in numbers]

    first: list[int] = run(order(), SimLoop())
    again: list[int] = run(order(), SimLoop())
    assert first == again and sorted(first) == list(range(50))


def test_what_a_machine_starts_belongs_to_it() -> None:
    loop = SimLoop()

    async def inner() -> str:
        return PLACE.get()

    async def outer() -> str:
        return await asyncio.get_running_loop().create_task(inner())

    async def both() -> tuple[str, str, int]:
        task = loop.start_at("m07", outer())
        alive = len(loop.tasks_of("m07"))
        return await task, PLACE.get(), alive

    assert run(both(), loop) == ("m07", "", 1)


def test_an_exception_nobody_takes_is_told_with_its_place() -> None:
    told: list[tuple[str, str]] = []
    loop = SimLoop(lambda place, what: told.append((place, what)))

    async def fails() -> None:
        raise RuntimeError("broken")

    async def world() -> None:
        loop.start_at("m01", fails())
        await asyncio.sleep(1)

    run(world(), loop)
    assert [place for place, _ in told] == ["m01"] and "broken" in told[0][1]


def test_a_clock_without_a_battery_stands_at_1970_and_is_never_before_it() -> None:
    loop = SimLoop()
    right = SimRuntime(loop, Chance(1, "a"))
    wrong = SimRuntime(loop, Chance(1, "a"), skew=-2 * EPOCH)
    assert (right.wall(), wrong.wall()) == (EPOCH, 0.0)
    assert right.random_bytes(16) == wrong.random_bytes(16) != right.random_bytes(16)
    loop.close()
