"""The log: one door, nothing announced before it is durable, the same for everybody who knows the same events."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from hearthnet_core.errors import BadRequest, Forbidden, HearthNetError, Revoked, Unavailable
from hearthnet_core.log import event_log
from hearthnet_core.log.ledger import linked
from hearthnet_core.log.queries import Cursor
from hearthnet_core.models.ids import ScopeId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.admission import MAX_PULL, Status
from hearthnet_core.protocol.event import Event
from hearthnet_core.protocol.making import Stamp
from tests.core.protocol.forging import BOARD, SCOPE, House, World

from .nodes import DAY, RUNTIME, WALL, A, B, C, F, Node, heads, notice, street, world_of


def post_by(house: House, world: World, lamport: int, title: str = "x", expires: int | None = DAY + 7) -> Event:
    stamp = Stamp(lamport=lamport, wall=WALL, salt=RUNTIME.random_bytes(16))
    return making.event(house.node(), world.community, BOARD, bodies.NOTICE, notice(title), stamp, expires=expires)


def same(*nodes: Node) -> bool:
    return len({n.log.summary(n.board, 0) + n.log.fingerprint(SCOPE) for n in nodes}) == 1


async def test_what_was_appended_is_there_after_a_restart(tmp_path: Path) -> None:
    node = await Node.open(F, path=tmp_path / "d.db")
    await node.log.begin(World().founding)
    made = await node.post("Water")
    await node.log.append(bodies.POLICY, SCOPE, bodies.PolicyUpdated(name="Oak Street"))
    summary, head, lamport = node.log.summary(BOARD, 0), node.log.head(BOARD), node.log.lamport
    await node.db.close()
    again = await Node.open(F, path=tmp_path / "d.db")
    assert await again.titles() == ["Water"]
    assert again.log.state.name == "Oak Street"
    assert (again.log.summary(BOARD, 0), again.log.head(BOARD), again.log.lamport) == (summary, head, lamport)
    assert again.log.lamport > made.header.lamport
    await again.db.close()


async def test_own_and_others_events_meet_in_the_same_signal() -> None:
    a, b = await street(world_of(A), F, A)
    made = await a.post("one")
    await b.pull(a)
    assert a.heard[-1] == b.heard[-1] == made.id


async def test_two_nodes_that_exchanged_everything_have_the_same_fingerprints() -> None:
    a, b = await street(world_of(A), F, A)
    for n in range(5):
        await a.post(f"a{n}")
        await b.post(f"b{n}")
    assert not same(a, b)
    await a.pull(b)
    await b.pull(a)
    assert same(a, b)
    assert await a.titles() == await b.titles() == sorted(f"{w}{n}" for w in "ab" for n in range(5))


async def test_ingesting_twice_changes_nothing() -> None:
    a, b = await street(world_of(A), F, A)
    made = await a.post("one")
    await b.log.ingest([made.wire])
    head = b.log.head(BOARD)
    again = await b.log.ingest([made.wire, made.wire])
    assert (again.known, again.admitted, b.log.head(BOARD)) == (1, (), head)


async def test_the_same_event_from_two_peers_at_once_is_taken_once() -> None:
    a, b = await street(world_of(A), F, A)
    wires = [(await a.post(f"{n}")).wire for n in range(40)]
    done = await asyncio.gather(*(b.log.ingest(wires) for _ in range(4)))
    assert sum(len(d.admitted) for d in done) == 40
    assert b.log.head(BOARD).n == 40


async def test_the_arrival_log_is_a_gapless_chain() -> None:
    (a,) = await street(world_of(), F)
    made = [await a.post(f"{n}") for n in range(3)]
    first = await a.log.arrival_since(BOARD, 0, 1)
    second = await a.log.arrival_since(BOARD, 1, 1)
    rest = await a.log.arrival_since(BOARD, 2)
    assert [b.events[0].id for b in (first, second, rest)] == [e.id for e in made]
    assert [b.more for b in (first, second, rest)] == [True, True, False]
    assert second.c == linked(first.c, second.events[0].id)
    assert (rest.n, rest.c) == (3, a.log.head(BOARD).c)
    assert await a.log.check_cursor(BOARD, second.n, second.c)
    assert not await a.log.check_cursor(BOARD, second.n, first.c)
    assert not await a.log.check_cursor(BOARD, 99, first.c)


async def test_a_cursor_is_kept_with_the_events_it_covers() -> None:
    a, b = await street(world_of(A), F, A)
    made = await a.post("one")
    cursor = Cursor(a.key.node_id, BOARD, 1, a.log.head(BOARD).c)
    await b.log.ingest([made.wire], a.key.node_id, cursor)
    assert await b.log.cursor(a.key.node_id, BOARD) == cursor


async def test_appends_that_wait_together_share_a_commit() -> None:
    (a,) = await street(world_of(), F)
    version = a.log._version
    await asyncio.gather(*(a.post(f"{n}") for n in range(50)))
    assert len(await a.titles()) == 50
    assert a.log._version - version < 10


async def test_membership_comes_in_any_order() -> None:
    world = world_of(A, B, C)
    node = await Node.open(A)
    await node.log.begin(world.founding)
    events = [e for e in world.events.values() if e is not world.founding]
    for event in reversed(events):
        await node.log.ingest([event.wire], B.node().node_id)
    assert set(node.log.state.members) == {F.id, A.id, B.id, C.id}
    assert (await node.log.counts())[Status.PARKED] == 0


async def test_a_notice_waits_for_its_authors_admission() -> None:
    world = world_of()
    (node,) = await street(world, F)
    early = post_by(A, world, 5)
    assert (await node.log.ingest([early.wire])).parked == 1
    assert await node.titles() == []
    await node.log.ingest([world.join(F.node(), A, heads(world)).wire])
    assert await node.titles() == ["x"]
    assert early.id in node.heard


async def test_a_parked_forgery_is_dropped_when_its_author_is_known() -> None:
    world = world_of()
    (node,) = await street(world, F)
    good = post_by(A, world, 5)
    await node.log.ingest([(good.header_bytes, bytes(64), good.body)])
    await node.log.ingest([world.join(F.node(), A, heads(world)).wire])
    assert await node.titles() == []
    assert (await node.log.ingest([good.wire])).admitted == (good,)


async def test_a_removed_members_later_notices_are_quarantined_and_the_earlier_stay() -> None:
    world = world_of(A)
    node, other = await street(world, F, A)
    before, after = post_by(A, world, 3, "before"), post_by(A, world, 2**10, "after")
    await node.log.ingest([before.wire, after.wire])
    removal = world.revoke(F.node(), A, heads(world))
    await node.log.ingest([removal.wire])
    assert await node.titles() == ["before"]
    assert node.lost == [after.id]
    await other.log.ingest([removal.wire])
    done = await other.log.ingest([before.wire, after.wire])
    assert (len(done.admitted), done.quarantined) == (1, 1)
    assert same(node, other)
    stored = await other.log.get(before.id)
    assert stored is not None
    assert stored.late


async def test_quarantine_ends_when_the_member_is_let_in_again() -> None:
    world = world_of(A)
    (node,) = await street(world, F)
    await node.log.ingest([world.revoke(F.node(), A, heads(world)).wire])
    late = post_by(A, world, 2**10, "late")
    assert (await node.log.ingest([late.wire])).quarantined == 1
    await node.log.ingest([world.join(F.node(), A, heads(world)).wire])
    assert await node.titles() == ["late"]


async def test_the_removed_cannot_append() -> None:
    world = world_of(A)
    (node,) = await street(world, A)
    await node.log.ingest([world.revoke(F.node(), A, heads(world)).wire])
    with pytest.raises(Revoked):
        await node.post("still here")


async def test_a_stranger_cannot_append() -> None:
    (node,) = await street(world_of(), A)
    with pytest.raises(Forbidden):
        await node.post("let me in")


async def test_an_append_that_membership_forbids_leaves_nothing() -> None:
    (node,) = await street(world_of(A, B), A)
    before = node.log.head(SCOPE)
    with pytest.raises(Forbidden):
        await node.log.append(bodies.PROMOTED, SCOPE, bodies.Promoted(member=B.id, role="anchor"))
    assert node.log.head(SCOPE) == before
    await node.post("works")


async def test_a_failed_commit_leaves_memory_as_the_disk() -> None:
    (node,) = await street(world_of(), F)
    await node.post("one")
    head, summary, size = node.log.head(BOARD), node.log.summary(BOARD, 0), len(node.log.graph)

    async def full() -> None:
        raise Unavailable("full")

    node.db._sync = full
    with pytest.raises(Unavailable):
        await node.post("two")
    with pytest.raises(Unavailable):
        await node.log.append(bodies.POLICY, SCOPE, bodies.PolicyUpdated(name="Two"))
    node.db._sync = None
    assert (node.log.head(BOARD), node.log.summary(BOARD, 0), len(node.log.graph)) == (head, summary, size)
    await node.post("three")
    assert await node.titles() == ["one", "three"]


async def test_a_cancelled_append_is_whole_or_not_there() -> None:
    (node,) = await street(world_of(), F)
    for n in range(20):
        async with asyncio.TaskGroup() as group:
            doomed = group.create_task(node.post(f"{n:02}"))
            for _ in range(n % 4):
                await asyncio.sleep(0)
            doomed.cancel()
    await node.post("last")
    assert node.log.head(BOARD).n == len(await node.titles())


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires": None},
        {"expires": DAY + 32},
    ],
)
async def test_a_notice_that_never_or_too_late_expires_is_refused(wrong: dict[str, int | None]) -> None:
    world = world_of()
    (node,) = await street(world, F)
    done = await node.log.ingest([post_by(F, world, 5, **wrong).wire])  # type: ignore[arg-type]
    assert [e.code for e in done.refused] == ["bad_request"]


async def test_garbage_and_forgeries_are_refused_one_by_one() -> None:
    world = world_of(A)
    (node,) = await street(world, F)
    good = post_by(A, world, 5)
    forged = (good.header_bytes, bytes(64), good.body)
    bodiless = post_by(A, world, 6)
    stamp = Stamp(lamport=9, wall=WALL, salt=bytes(16))
    elsewhere = making.event(A.node(), world.community, SCOPE, bodies.NOTICE, notice("x"), stamp, expires=DAY)
    done = await node.log.ingest(
        [(b"garbage", bytes(64), None), forged, (*bodiless.wire[:2], None), elsewhere.wire, post_by(A, world, 7).wire]
    )
    assert sorted(e.code for e in done.refused) == ["bad_request", "bad_request", "bad_request", "invalid_signature"]
    assert len(done.admitted) == 1


async def test_a_leaping_lamport_value_moves_nobodys_clock() -> None:
    world = world_of(A)
    (node,) = await street(world, F)
    clock = node.log.lamport
    await node.log.ingest([post_by(A, world, 2**53 - 1).wire])
    assert node.log.lamport == clock
    await node.post("still possible")
    await node.log.ingest([post_by(A, world, node.log.lamport + MAX_PULL - 10).wire])
    await node.log.append(bodies.POLICY, SCOPE, bodies.PolicyUpdated(name="Also possible"))
    assert node.log.state.name == "Also possible"


async def test_parked_events_are_bounded_per_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MAX_PARKED_OF_PEER", 5)
    world = world_of()
    (node,) = await street(world, F)
    wires = [post_by(A, world, n + 1).wire for n in range(8)]
    done = await node.log.ingest(wires, B.node().node_id)
    assert (done.parked, len(done.refused)) == (5, 3)
    assert (await node.log.ingest(wires, C.node().node_id)).parked == 3


async def test_reserved_types_wait_and_do_not_count() -> None:
    world = world_of()
    (node,) = await street(world, F)
    stamp = Stamp(lamport=5, wall=WALL, salt=bytes(16))
    later = making.event(F.node(), world.community, BOARD, "market.post.created", notice("x"), stamp, expires=DAY)
    summary = node.log.summary(BOARD, 0)
    assert (await node.log.ingest([later.wire])).parked == 1
    assert node.log.summary(BOARD, 0) == summary


async def test_prefixes_find_what_is_there_and_what_is_lacking() -> None:
    a, b = await street(world_of(A), F, A)
    made = [await a.post(f"{n}") for n in range(3)]
    await b.log.ingest([made[0].wire])
    prefixes = [bytes(e.id)[:12] for e in made]
    assert await b.log.lacking(BOARD, prefixes) == prefixes[1:]
    assert {e.id for e in await a.log.by_prefix(BOARD, prefixes[1:])} == {e.id for e in made[1:]}
    assert await a.log.by_prefix(SCOPE, prefixes) == []


async def test_what_expired_is_forgotten_with_its_fingerprint() -> None:
    world = world_of()
    a, b = await street(world, F, F)
    keep, drop = post_by(F, world, 5, "keep", DAY + 9), post_by(F, world, 6, "drop", DAY + 2)
    await a.log.ingest([keep.wire, drop.wire])
    await b.log.ingest([keep.wire])
    assert a.log.summary(BOARD, DAY) != b.log.summary(BOARD, DAY)
    assert a.log.summary(BOARD, DAY + 3) == b.log.summary(BOARD, DAY + 3)
    assert await a.log.forget_expired(DAY + 3) == 1
    assert await a.titles() == ["keep"]
    assert same(a, b)
    batch = await a.log.arrival_since(BOARD, 0)
    assert ([e.id for e in batch.events], batch.n) == ([keep.id], 2)
    assert await a.log.ids_for_reconcile(BOARD, DAY + 9) == [(5, keep.id)]


async def test_pages_go_through_everything_once() -> None:
    (node,) = await street(world_of(), F)
    made = {(await node.post(f"{n}")).id for n in range(7)}
    seen, before = [], None
    while page := await node.log.events(BOARD, bodies.NOTICE, limit=3, before=before):
        seen += [s.event.id for s in page]
        before = page[-1].position
    assert len(seen) == 7
    assert set(seen) == made


async def test_another_community_is_begun_and_the_old_one_stays_readable() -> None:
    (node,) = await street(world_of(), A)
    stamp = Stamp(lamport=1, wall=WALL, salt=bytes(16))
    board = ScopeId(b"B" * 16)
    other = making.founding(A.node(), A.owner, "Other", A.statement(), ScopeId(b"T" * 16), board, stamp)
    await node.log.begin(other)
    await node.post("here")
    third = making.founding(A.node(), A.owner, "New", A.statement(), ScopeId(b"S" * 16), ScopeId(b"C" * 16), stamp)
    await node.log.begin(third)
    assert node.log.state.name == "New"
    assert len(await node.log.events(board)) == 1
    assert await node.titles() == []
    await node.log.begin(other)
    assert await node.titles() == ["here"]


async def test_a_community_is_begun_with_its_whole_history_or_not_at_all() -> None:
    world = world_of(A, B)
    history = list(world.events.values())
    node = await Node.open(B)
    with pytest.raises(HearthNetError, match="stands on others"):
        await node.log.begin(history[0], [history[2]])
    assert not node.log.founded
    await node.log.begin(history[0], history[1:])
    again = await Node.open(B, image=node.db.image())
    assert again.log.state == node.log.state and node.log.state.node(B.node().node_id)
    await node.log.begin(history[0], history)
    assert node.log.head(node.log.state.scope).n == 3


async def test_a_community_with_the_scope_of_another_one_is_not_begun() -> None:
    (node,) = await street(world_of(), A)
    before = node.log.state
    with pytest.raises(BadRequest, match="claims what belongs to another one"):
        await node.log.begin(World(House("elsewhere")).founding)
    assert node.log.state == before


async def test_any_order_of_delivery_gives_the_same_log() -> None:
    world = world_of(A, B, C)
    end = heads(world)
    removal = world.revoke(F.node(), A, end)
    world.revoke(F.node(), B, end)
    world.join(F.node(), A, (bytes(removal.id),), 1)
    world.join(A.node(), House("puppet"), end)
    posts = [post_by(h, world, n + 2, f"{h.name}{n}") for n in range(8) for h in (F, A, B, C, House("puppet"))]
    everything = [e for e in world.events.values() if e is not world.founding] + posts
    results = []
    for seed in range(12):
        dice = random.Random(seed)
        node = await Node.open(F)
        await node.log.begin(world.founding)
        dice.shuffle(everything)
        at = 0
        while at < len(everything):
            step = dice.randint(1, 9)
            await node.log.ingest([e.wire for e in everything[at : at + step]])
            at += step
        results.append((node.log.summary(BOARD, 0), node.log.fingerprint(SCOPE), node.log.state, await node.titles()))
    assert all(r == results[0] for r in results)
    assert results[0][3]


async def test_yesterdays_backup_goes_on_without_losing_anything() -> None:
    a, b = await street(world_of(A), F, A)
    await a.post("old")
    await b.pull(a)
    backup = a.db.image()
    await a.post("lost here, kept by b")
    await b.pull(a)
    restored = await Node.open(F, image=backup)
    await restored.post("new")
    cursor = await b.log.cursor(a.key.node_id, BOARD)
    assert cursor is not None
    assert not await restored.log.check_cursor(BOARD, cursor.n, cursor.c)
    await restored.pull(b)
    await b.pull(restored)
    assert same(restored, b)
    assert await b.titles() == ["lost here, kept by b", "new", "old"]


async def test_only_a_broken_disk_makes_ingest_raise() -> None:
    world = world_of(A)
    (node,) = await street(world, F)

    async def broken() -> None:
        raise HearthNetError("broken")

    node.db._sync = broken
    with pytest.raises(HearthNetError, match="broken"):
        await node.log.ingest([post_by(A, world, 5).wire])
    node.db._sync = None
    assert len((await node.log.ingest([post_by(A, world, 5).wire])).admitted) == 1


async def test_the_span_of_a_batch_holds_only_what_came_with_it() -> None:
    world = world_of(A)
    (node,) = await street(world, F)
    first = await node.log.ingest([post_by(A, world, 3).wire, post_by(A, world, 4).wire])
    assert first.spans == {BOARD: (0, node.log.head(BOARD))}
    waiting = post_by(B, world, 5)
    assert (await node.log.ingest([waiting.wire])).spans == {}
    joined = world.join(F.node(), B, heads(world))
    second = await node.log.ingest([joined.wire, post_by(A, world, 6).wire])
    assert node.log.head(BOARD).n == 4
    assert second.spans == {SCOPE: (2, node.log.head(SCOPE))}
