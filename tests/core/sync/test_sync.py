"""Nodes that copy their logs to each other end up equal."""

from __future__ import annotations

import asyncio

from hearthnet_core.log.queries import Cursor
from tests.core.log.nodes import A, B, F, street, world_of
from tests.core.protocol.forging import BOARD, SCOPE

from .streets import street_of, until


async def test_two_nodes_with_notices_on_both_sides_become_equal() -> None:
    a, b = await street(world_of(A), F, A)
    for n in range(5):
        await a.post(f"a{n}")
        await b.post(f"b{n}")
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        assert await a.titles() == await b.titles() == sorted(f"{w}{n}" for w in "ab" for n in range(5))


async def test_what_is_posted_later_comes_by_itself() -> None:
    a, b, c = await street(world_of(A, B), F, A, B)
    async with street_of(a, b, c) as (wires, (one, two, three)):
        wires.connect(one, two)
        wires.connect(two, three)
        await until(lambda: bool(two.sync.report()["peers"][one.id.text]["asks"]))
        for n in range(3):
            await a.post(f"a{n}")
            await c.post(f"c{n}")
        await until(lambda: one.same_as(two) and two.same_as(three) and a.log.head(BOARD).n == 6)


async def test_a_new_member_s_notices_come_with_their_admission() -> None:
    world = world_of(A)
    a, b = await street(world, F, A)
    (late,) = await street(world, B)
    joined = world.join(F.node(), B, (bytes(list(world.events.values())[-1].id),))
    await late.log.ingest([joined])
    await late.post("hello")
    async with street_of(a, b, late) as (wires, (one, two, three)):
        await a.log.ingest([joined])
        wires.connect(one, two)
        wires.connect(one, three)
        await until(lambda: one.same_as(two) and one.same_as(three))
        assert await b.titles() == ["hello"]
        assert b.log.head(SCOPE).n == 3


async def test_cursors_follow_what_was_pushed() -> None:
    a, b = await street(world_of(A), F, A)
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)
        await until(lambda: bool(one.sync.report()["peers"][two.id.text]["asks"]))
        for n in range(3):
            await a.post(f"a{n}")
        await until(lambda: one.same_as(two))
        head = a.log.head(BOARD)
        cursor = Cursor(one.id, BOARD, head.n, head.c)
        async with asyncio.timeout(20):
            while await b.log.cursor(one.id, BOARD) != cursor:
                await asyncio.sleep(0.05)
