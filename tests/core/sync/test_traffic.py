"""How little crosses the wire, and what comes back after a backup was restored."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from hearthnet_core.log.queries import Cursor
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.event import Event
from hearthnet_core.sync import answering
from tests.core.log.nodes import RUNTIME, A, B, F, Node, heads, notice, street, world_of
from tests.core.protocol.forging import BOARD, SCOPE, House

from .streets import Neighbour, Street, post_expired, street_of, until

TODAY = int(RUNTIME.wall()) // 86_400


async def post_many(node: Node, count: int, days: int = 7) -> list[Event]:
    notices = [notice(f"{node.house.name} {n}") for n in range(count)]
    return await node.log.append_many(bodies.NOTICE, BOARD, notices, expires=TODAY + days)


def names(messages: list[bytes]) -> list[str]:
    return [str(msgspec.msgpack.decode(raw)[0]) for raw in messages]


def asked(one: Neighbour, other: Neighbour) -> bool:
    return bool(one.sync.report()["peers"][other.id.text]["asks"])


async def marked(*pair: Neighbour) -> None:
    """Until each has a cursor at the other's end."""
    async with asyncio.timeout(20):
        for one, other in (pair, pair[::-1]):
            while True:
                cursor, head = await one.node.log.cursor(other.id, BOARD), other.node.log.head(BOARD)
                if cursor is not None and (cursor.n, cursor.c) == (head.n, head.c):
                    break
                await asyncio.sleep(0.02)


async def again(wires: Street, one: Neighbour, other: Neighbour) -> int:
    """Cuts and connects; how many streams there were before."""
    await wires.cut(one, other)
    before = len(wires.pipes)
    wires.connect(one, other)
    return before


async def test_an_in_sync_check_takes_at_most_100_bytes_and_one_round_trip() -> None:
    a, b = await street(world_of(A), F, A)
    await post_many(a, 300)
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        before = await again(wires, one, two)
        await until(lambda: asked(one, two) and asked(two, one))
        await asyncio.sleep(0.3)
        crossed = wires.messages(one, two, before)
        assert names(crossed) == ["hello", "hello"]
        assert sum(map(len, crossed)) <= 100


async def test_100_missed_events_are_found_with_little_whatever_the_log_s_size() -> None:
    a, b = await street(world_of(A), F, A)
    await post_many(a, 3_000)
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        await marked(one, two)
        await wires.cut(one, two)
        await post_many(a, 100)
        before = len(wires.pipes)
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        crossed = wires.messages(one, two, before)
        batches = [raw for raw, name in zip(crossed, names(crossed), strict=True) if name == "batch"]
        assert len(batches) == 1
        assert len(msgspec.msgpack.decode(batches[0])[3]) == 100
        assert sum(map(len, crossed)) - len(batches[0]) <= 1_500
        asking = next(end for me, _, end in wires.pipes[before:] if me == two.id)
        assert names(asking.sent) == ["hello", "since"]


async def test_what_two_peers_have_comes_once() -> None:
    a, b, c = await street(world_of(A, B), F, A, B)
    await post_many(a, 2_000)
    async with street_of(a, b, c) as (wires, (one, two, three)):
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        before = len(wires.pipes)
        wires.connect(one, three)
        wires.connect(two, three)
        await until(lambda: three.same_as(one))
        asking = [end for me, _, end in wires.pipes[before:] if me == three.id]
        came = [msgspec.msgpack.decode(raw) for end in asking for raw in end.other.sent]
        assert sum(len(m[3]) for m in came if m[0] == "batch" and m[1] == BOARD) == 2_000
        assert (
            sum(len(m[3]) for raw in _to(wires, before, one.id) if (m := msgspec.msgpack.decode(raw))[0] == "batch")
            == 0
        )


def _to(wires: Street, before: int, me: NodeId) -> list[bytes]:
    return [raw for asker, _, end in wires.pipes[before:] if asker == me for raw in end.other.sent]


async def test_a_body_goes_to_each_node_once_in_a_street_of_twelve() -> None:
    houses = [House(f"h{n}") for n in range(12)]
    world = world_of(*houses)
    nodes = await street(world, *houses)
    async with street_of(*nodes) as (wires, neighbours):
        for i, one in enumerate(neighbours):
            for other in neighbours[i + 1 :]:
                wires.connect(one, other)
        await asyncio.sleep(1.0)
        made = await nodes[0].post("the well is clean")
        await until(lambda: all(n.node.heard[-1] == made.id for n in neighbours))
        crossed = [raw for _, _, end in wires.pipes for raw in [*end.sent, *end.other.sent]]
        bodies_sent = sum(made.header.body_hash in raw for raw in crossed)
        assert bodies_sent <= 2 * len(nodes)


async def restored(wires: Street, old: Neighbour, image: bytes) -> Neighbour:
    house = old.node.house
    await wires.remove(old)
    return wires.add(await Node.open(house, image=image))


@pytest.mark.parametrize("count", [3, 700])
async def test_a_restored_node_that_wrote_on_is_repaired_with_and_gets_its_own_back(count: int) -> None:
    a, b = await street(world_of(A), F, A)
    async with street_of(a, b) as (wires, (one, two)):
        await post_many(a, 20, 5)
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        image = a.db.image()
        await post_many(a, count, 7)
        await post_many(b, count, 9)
        await until(lambda: one.same_as(two))
        await marked(one, two)
        one = await restored(wires, one, image)
        await post_many(one.node, 5, 7)
        before = len(wires.pipes)
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        assert one.node.log.head(BOARD).n == 20 + 2 * count + 5
        said = {name for _, _, end in wires.pipes[before:] for name in names([*end.sent, *end.other.sent])}
        assert {"lost", "reconcile", "need"} <= said
        assert two.sync.report()["peers"][one.id.text]["repair_pause_s"] == 0.0


async def test_after_a_repair_the_cursor_holds_again() -> None:
    a, b = await street(world_of(A), F, A)
    async with street_of(a, b) as (wires, (one, two)):
        await post_many(a, 3)
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        image = a.db.image()
        await a.post("lost")
        await until(lambda: one.same_as(two))
        await marked(one, two)
        one = await restored(wires, one, image)
        await one.node.post("new")
        wires.connect(one, two)
        await until(lambda: one.same_as(two) and two.sync.report()["peers"][one.id.text]["repairs"] == 1)
        await wires.cut(one, two)
        await one.node.post("newer")
        before = len(wires.pipes)
        wires.connect(one, two)
        await until(lambda: one.same_as(two))
        assert "lost" not in names(wires.messages(one, two, before))


async def test_a_comparison_finds_what_a_wrong_cursor_hides_and_leaves_the_pause_alone() -> None:
    """As happens daily: b believes to have everything up to a's head."""
    a, b = await street(world_of(A), F, A)
    await a.post("hidden")
    head = a.log.head(BOARD)
    await b.log.ingest([], a.key.node_id, Cursor(a.key.node_id, BOARD, head.n, head.c))
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)
        await until(lambda: asked(one, two))
        await asyncio.sleep(0.2)
        assert await b.titles() == []
        two.sync.repair(one.id)
        await until(lambda: one.same_as(two))
        two.sync.repair(one.id)
        await until(lambda: two.sync.report()["peers"][one.id.text]["repairs"] >= 3)
        assert two.sync.report()["peers"][one.id.text]["repair_pause_s"] == 0.0


async def test_buckets_of_days_gone_by_do_not_come_back() -> None:
    """b forgot what expired, a did not yet; b compares with a and is content."""
    a, b = await street(world_of(A), F, A)
    await post_expired(a, "old")
    await a.log.append(bodies.NOTICE, BOARD, notice("new"), expires=TODAY + 3)
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)
        await until(lambda: b.log.head(BOARD).n == 2)
        day = two.sync.report()["forgets_before_day"]
        assert day is not None
        assert TODAY - 4 < day <= TODAY
        assert await b.log.forget_expired(day) == 1
        before = await again(wires, one, two)
        await until(lambda: asked(one, two) and asked(two, one))
        await asyncio.sleep(0.2)
        assert names(wires.messages(one, two, before)) == ["hello", "hello"]
        two.sync.repair(one.id)
        await until(lambda: two.sync.report()["peers"][one.id.text]["repairs"] >= 2)
        assert await b.titles() == ["new"]
        assert await a.titles() == ["new", "old"]


async def test_both_write_while_they_catch_up_and_nothing_is_missed(tmp_path: Path) -> None:
    world = world_of(A)
    nodes = []
    for house in (F, A):
        node = await Node.open(house, path=tmp_path / f"{house.name}.db")
        await node.log.begin(world.founding)
        await node.log.ingest([e for e in world.events.values() if e is not world.founding])
        nodes.append(node)
    a, b = nodes
    await post_many(a, 2_500)
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)

        async def write(node: Node) -> None:
            for n in range(40):
                await node.post(f"{node.house.name} meanwhile {n}")

        await asyncio.gather(write(a), write(b), write(a))
        await until(lambda: one.same_as(two))
        assert a.log.head(BOARD).n == b.log.head(BOARD).n == 2_620
    for node in nodes:
        await node.db.close()


async def test_more_than_can_be_pushed_one_by_one_is_fetched() -> None:
    a, b = await street(world_of(A), F, A)
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)
        await until(lambda: asked(one, two) and asked(two, one))
        await post_many(a, answering.MAX_LIVE + 50)
        await until(lambda: one.same_as(two))
        assert names(wires.messages(one, two)).count("push") == 0


async def test_a_scope_gained_later_is_read_from_its_beginning_and_never_before() -> None:
    a, b = await street(world_of(A), F, A)
    for n in range(3):
        await a.post(f"{n}")
    board: list[ScopeId] = []
    wires = Street()

    def scopes(_: NodeId) -> tuple[ScopeId, ...]:
        return (SCOPE, *board)

    one, two = wires.add(a, scopes), wires.add(b, scopes)
    try:
        wires.connect(one, two)
        await until(lambda: asked(one, two))
        await a.post("3")
        await a.log.append(bodies.POLICY, SCOPE, bodies.PolicyUpdated(name="Oak Street"))
        await until(lambda: b.log.state.name == "Oak Street")
        assert await b.titles() == []
        assert not any(bytes(BOARD) in raw for raw in wires.messages(one, two))
        board.append(BOARD)
        await a.log.append(bodies.POLICY, SCOPE, bodies.PolicyUpdated(name="Elm Street"))
        await until(lambda: b.log.head(BOARD).n == 4)
    finally:
        for neighbour in (one, two):
            await neighbour.supervisor.aclose()


async def test_a_notice_that_comes_before_its_author_s_admission_makes_the_node_ask() -> None:
    world = world_of(A)
    a, b = await street(world, F, A)
    async with street_of(a, b) as (wires, (one, two)):
        wires.connect(one, two)
        await until(lambda: asked(one, two) and asked(two, one))
        (late,) = await street(world, B)
        joined = world.join(F.node(), B, heads(world))
        await late.log.ingest([joined])
        made = await late.post("hello")
        await b.log.ingest([made])
        assert await b.titles() == []
        await a.log.ingest([joined, made])
        await until(lambda: one.same_as(two))
        assert await b.titles() == ["hello"]
