"""Who waits for room is woken in turn, one for each slot, and nobody's turn is lost."""

from __future__ import annotations

import asyncio

from hearthnet_core.backends.fake import Behaviour, FakeEngine
from hearthnet_core.bus.line import Line, Wants
from hearthnet_core.errors import CapacityExceeded

from .nodes import ask, neighbourhood

CHAT, EMBED = ("llm.chat", "", "home"), ("embed.text", "", "home")


async def standing(
    line: Line, group: asyncio.TaskGroup, order: list[int], count: int, wants: Wants = CHAT
) -> list[asyncio.Task[None]]:
    async def wait(n: int) -> None:
        await line.wait(wants, 30.0)
        order.append(n)

    tasks = [group.create_task(wait(n)) for n in range(count)]
    await asyncio.sleep(0)
    return tasks


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_each_slot_that_becomes_free_wakes_one_and_the_first_first() -> None:
    line, order = Line(), list[int]()
    async with asyncio.TaskGroup() as group:
        tasks = await standing(line, group, order, 5)
        line.freed()
        await settled()
        assert order == [0]
        line.freed()
        line.freed()
        await settled()
        assert order == [0, 1, 2]
        for task in tasks:
            task.cancel()
    assert line._waiting == {}


async def test_a_slot_of_an_engine_that_does_several_things_wakes_the_first_of_each() -> None:
    line, chats, vectors = Line(), list[int](), list[int]()
    async with asyncio.TaskGroup() as group:
        tasks = await standing(line, group, chats, 2) + await standing(line, group, vectors, 2, EMBED)
        line.freed()
        await settled()
        assert (chats, vectors) == ([0], [0])
        for task in tasks:
            task.cancel()


async def test_who_goes_is_out_of_the_line_and_whoever_looked_wakes_the_next() -> None:
    line, order = Line(), list[int]()
    async with asyncio.TaskGroup() as group:
        tasks = await standing(line, group, order, 3)
        tasks[0].cancel()
        await settled()
        line.freed()
        await settled()
        assert order == [1]
        line.next(CHAT)
        await settled()
        assert order == [1, 2]
    assert line._waiting == {}


async def test_who_looked_in_vain_keeps_its_place_and_who_waited_long_enough_looks_anyway() -> None:
    line, order = Line(), list[int]()
    async with asyncio.TaskGroup() as group:
        tasks = await standing(line, group, order, 1)
        again = group.create_task(line.wait(CHAT, 30.0, again=True))
        await settled()
        line.freed()
        await settled()
        assert again.done() and order == []
        await line.wait(CHAT, 0.01)
        began = asyncio.get_running_loop().time()
        await line.wait(EMBED, 30.0)
        assert asyncio.get_running_loop().time() - began < 5, "the first in line looks now and then"
        tasks[0].cancel()
    assert line._waiting == {}


async def test_a_crowd_is_answered_or_told_that_there_is_no_room() -> None:
    engine = FakeEngine(Behaviour(first_s=0.05), slots=4)
    async with neighbourhood([engine]) as (a,):
        met = await asyncio.gather(*(ask(a.bus, a.call()) for _ in range(150)), return_exceptions=True)
        refused = [m for m in met if isinstance(m, CapacityExceeded)]
        answered = [m for m in met if not isinstance(m, BaseException)]
        assert len(refused) + len(answered) == 150 and len(answered) >= 40
        assert engine.open == 0 and a.bus._ground.line._waiting == {} and not a.bus._under_way
        assert all(not c.in_flight for c in a.bus.candidates(a.call()))
