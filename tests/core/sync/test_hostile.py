"""Peers that do not keep to the protocol: their stream ends, nothing else does, and they get nothing that is not theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from blake3 import blake3

from hearthnet_core.errors import BadRequest, Forbidden, HearthNetError, RateLimited
from hearthnet_core.log import event_log
from hearthnet_core.log.queries import Cursor
from hearthnet_core.models.ids import NodeId, ScopeId, plain
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.making import Stamp
from hearthnet_core.protocol.negentropy import Initiator, Storage
from hearthnet_core.supervise import Supervisor
from hearthnet_core.sync import messages as m
from hearthnet_core.sync import repair
from hearthnet_core.sync.service import Sync
from hearthnet_core.sync.shared import COMPARES, Stream
from tests.core.log.nodes import DAY, RUNTIME, WALL, A, B, F, Node, heads, notice, street, world_of
from tests.core.protocol.forging import BOARD, SCOPE, World

from .streets import Pipe, pipe, proven, street_of, until

ZERO = bytes(16)
OTHER_SCOPE = b"o" * 16


class Victim:
    """A node that meets a peer played by the test. `asked`: the ends at which its questions arrive."""

    def __init__(self, node: Node, sync: Sync, supervisor: Supervisor, asked: asyncio.Queue[Pipe]) -> None:
        self.node, self.sync, self.supervisor, self.asked = node, sync, supervisor, asked

    def ask(self, peer: Node) -> Pipe:
        """The other end of a stream on which `peer` asks."""
        mine, theirs = pipe()
        self.supervisor.spawn(self.sync.handle(theirs, b"", proven(peer)), "handle")
        return mine


@asynccontextmanager
async def victim(node: Node, scopes: tuple[ScopeId, ...] = (SCOPE, BOARD)) -> AsyncIterator[Victim]:
    asked: asyncio.Queue[Pipe] = asyncio.Queue()

    async def open(peer: NodeId, protocol: str, payload: bytes) -> Stream:
        mine, theirs = pipe()
        asked.put_nowait(theirs)
        return mine

    def readable(peer: NodeId) -> tuple[ScopeId, ...]:
        info = node.log.state.nodes.get(peer)
        return scopes if info is not None and info.active else ()

    async with Supervisor(RUNTIME) as supervisor:
        sync = Sync(RUNTIME, supervisor, node.log, open=open, scopes=readable)
        sync.start()
        yield Victim(node, sync, supervisor, asked)


async def tell(end: Pipe, *said: m.Question | m.Answer) -> None:
    for message in said:
        await end.send(m.encode(message))


async def heard(end: Pipe) -> m.Answer:
    async with asyncio.timeout(10):
        raw = await end.receive()
    assert raw is not None
    return m.answer(raw)


async def asked(end: Pipe) -> m.Question:
    async with asyncio.timeout(10):
        raw = await end.receive()
    assert raw is not None
    return m.question(raw)


async def ended(end: Pipe) -> HearthNetError:
    """With what the other side resets the stream."""
    async with asyncio.timeout(10):
        while True:
            try:
                assert await end.receive() is not None
            except HearthNetError as error:
                return error


def raw(*fields: object) -> bytes:
    return msgspec.msgpack.encode(fields, enc_hook=plain)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",
        b"\x91" * 5000,
        raw("unheard-of", BOARD),
        raw("since", BOARD, -1, ZERO, 10),
        raw("since", BOARD, 0, ZERO, 1025),
        raw("since", BOARD, 0, b"short", 10),
        raw("since", bytes(17), 0, ZERO, 10),
        raw("want", BOARD, [bytes(12)] * 1025),
        raw("want", BOARD, [bytes(11)]),
        raw("want", BOARD, []),
        raw("hello", bytes(32), [[BOARD, 0, ZERO, bytes(32)]] * 65, 20_000),
        raw("reconcile", BOARD, None, bytes(600_000)),
        raw("reconcile", BOARD, None, b"\x61"),
        raw("need", BOARD, None, [bytes(12)]),
        raw("push", BOARD, [b"", b"", b""]),
    ],
    ids=lambda message: message[:24].hex(),
)
async def test_what_no_asker_sends_ends_its_stream(message: bytes) -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = met.ask(b)
        await end.send(message)
        assert isinstance(await ended(end), BadRequest)


@pytest.mark.parametrize(
    "message",
    [
        m.Since(OTHER_SCOPE, 0, ZERO, 100),
        m.Want(OTHER_SCOPE, (bytes(12),)),
        m.Compare(OTHER_SCOPE, 0, ZERO),
        m.Reconcile(OTHER_SCOPE, None, b"\x61"),
    ],
    ids=lambda message: type(message).__name__,
)
async def test_a_scope_that_is_not_shared_is_not_given(message: m.Question) -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = met.ask(b)
        await tell(end, message)
        assert type(await ended(end)) is Forbidden


async def test_a_stranger_gets_nothing() -> None:
    world = world_of()
    (a,) = await street(world, F)
    (stranger,) = await street(world, B)
    await a.post("secret")
    async with victim(a) as met:
        end = met.ask(stranger)
        await tell(end, m.Since(bytes(BOARD), 0, ZERO, 10))
        assert type(await ended(end)) is Forbidden
        assert end.other.sent == []


async def test_a_removed_peer_is_reset_in_the_middle_of_listening() -> None:
    world = world_of(A)
    a, b = await street(world, F, A)
    async with victim(a) as met:
        end = met.ask(b)
        await tell(end, m.Hello(bytes(32), (), 0))
        assert isinstance(await heard(end), m.Hello)
        await a.log.ingest([world.revoke(F.node(), A, heads(world))])
        assert type(await ended(end)) is Forbidden
        before = len(end.other.sent)
        await a.post("after")
        await asyncio.sleep(0.1)
        assert len(end.other.sent) == before


async def test_a_scope_that_is_no_longer_shared_is_silent_at_once() -> None:
    a, b = await street(world_of(A), F, A)
    shared = [SCOPE, BOARD]
    asks: asyncio.Queue[Pipe] = asyncio.Queue()
    async with Supervisor(RUNTIME) as supervisor:
        sync = Sync(RUNTIME, supervisor, a.log, open=lambda *_: _never(asks), scopes=lambda _: tuple(shared))
        mine, theirs = pipe()
        supervisor.spawn(sync.handle(theirs, b"", proven(b)), "handle")
        await tell(mine, m.Hello(bytes(32), (), 0))
        await heard(mine)
        await a.post("one")
        assert isinstance(await heard(mine), m.Push)
        shared.remove(BOARD)
        await a.post("two")
        await a.log.append(bodies.POLICY, SCOPE, bodies.PolicyUpdated(name="Oak Street"))
        pushed = await heard(mine)
        assert isinstance(pushed, m.Push)
        assert pushed.scope == SCOPE
        assert not any(b"two" in raw for raw in theirs.sent)


async def _never(_: asyncio.Queue[Pipe]) -> Stream:
    await asyncio.Event().wait()
    raise AssertionError


async def test_a_cursor_with_another_chain_is_lost_and_one_from_the_future_too() -> None:
    a, b = await street(world_of(A), F, A)
    await a.post("one")
    async with victim(a) as met:
        end = met.ask(b)
        await tell(end, m.Since(bytes(BOARD), 1, b"x" * 16, 10), m.Since(bytes(BOARD), 99, ZERO, 10))
        assert isinstance(await heard(end), m.Lost)
        assert isinstance(await heard(end), m.Lost)


async def test_prefixes_that_match_nothing_get_an_empty_answer() -> None:
    a, b = await street(world_of(A), F, A)
    made = await a.post("one")
    async with victim(a) as met:
        end = met.ask(b)
        await tell(end, m.Want(bytes(BOARD), (bytes(12), b"\xff" * 12)), m.Want(bytes(BOARD), (made.id[:12],) * 900))
        assert await heard(end) == m.Events(bytes(BOARD), (), False)
        assert await heard(end) == m.Events(bytes(BOARD), (made.wire,), False)


async def test_comparing_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair, "MAX_ROUNDS", 20)
    a, b = await street(world_of(A), F, A)
    await a.post("one")
    async with victim(a) as met:
        end = met.ask(b)
        await tell(end, m.Compare(bytes(BOARD), 0, ZERO))
        assert isinstance(await heard(end), m.Buckets)
        opening = Initiator(Storage()).initiate()

        async def again() -> None:
            while True:
                await tell(end, m.Reconcile(bytes(BOARD), None, opening))

        flood = asyncio.ensure_future(again())
        assert isinstance(await ended(end), BadRequest)
        with pytest.raises(HearthNetError):
            await flood


async def test_comparisons_are_rationed_across_streams() -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        for _ in range(COMPARES):
            end = met.ask(b)
            await tell(end, m.Compare(bytes(BOARD), 0, ZERO))
            assert isinstance(await heard(end), m.Buckets)
        end = met.ask(b)
        await tell(end, m.Compare(bytes(BOARD), 0, ZERO))
        assert type(await ended(end)) is RateLimited


async def answering(met: Victim, peer: Node) -> Pipe:
    """Where the victim's questions to `peer` arrive, after its greeting."""
    met.sync.peer_up(peer.key.node_id)
    async with asyncio.timeout(10):
        end = await met.asked.get()
    assert isinstance(await asked(end), m.Hello)
    return end


def post_by(world: World, scope: ScopeId = BOARD) -> m.Sent:
    stamp = Stamp(lamport=9, wall=WALL, salt=RUNTIME.random_bytes(16))
    body = notice("foreign")
    return making.event(A.node(), world.community, scope, bodies.NOTICE, body, stamp, expires=DAY + 7).wire


@pytest.mark.parametrize(
    "message",
    [
        raw("batch", BOARD, 1, [], 5, ZERO, False),
        raw("events", BOARD, [], False),
        raw("lost", BOARD),
        raw("buckets", BOARD, ZERO, 0, ZERO, []),
        raw("reconcile", BOARD, None, b"\x61"),
        raw("since", BOARD, 0, ZERO, 1),
        raw("have", BOARD, [bytes(12)] * 257),
        raw("push", BOARD, [b"", b""]),
        raw("mark", BOARD, 2**60, ZERO),
    ],
    ids=lambda message: message[:12].hex(),
)
async def test_an_answer_that_nobody_asked_for_ends_the_stream(message: bytes) -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = await answering(met, b)
        await end.send(message)
        assert isinstance(await ended(end), BadRequest)


async def test_an_event_of_another_scope_or_community_is_not_taken() -> None:
    world = world_of(A)
    a, b = await street(world, F, A)
    foreign = World(B)
    foreign.join(B.node(), A, (bytes(foreign.founding.id),))
    assert foreign.community != world.community
    for scope, wire in ((BOARD, post_by(foreign)), (SCOPE, post_by(world)), (SCOPE, foreign.founding.wire)):
        async with victim(a) as met:
            end = await answering(met, b)
            await tell(end, m.Push(bytes(scope), wire))
            assert isinstance(await ended(end), BadRequest)
    assert await a.titles() == []


async def test_an_event_pushed_into_a_scope_that_is_not_shared_is_not_taken() -> None:
    world = world_of(A)
    a, b = await street(world, F, A)
    async with victim(a, (SCOPE,)) as met:
        end = await answering(met, b)
        await tell(end, m.Push(bytes(BOARD), post_by(world)))
        assert type(await ended(end)) is Forbidden
    assert await a.titles() == []


async def test_a_batch_that_never_moves_on_ends_the_stream() -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = await answering(met, b)
        await tell(end, m.Hello(bytes(32), (m.Summary(bytes(BOARD), 9, ZERO, bytes(32)),), 0))
        since = await asked(end)
        assert isinstance(since, m.Since)
        await tell(end, m.Batch(bytes(BOARD), 1, (), 1, ZERO, True))
        assert isinstance(await ended(end), BadRequest)


async def test_needs_that_never_come_do_not_go_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that says `lost`, then claims ids that do not exist, and makes up more of them each time."""
    monkeypatch.setattr(repair, "MAX_ROUNDS", 20)
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = await answering(met, b)
        await tell(end, m.Hello(bytes(32), (m.Summary(bytes(BOARD), 9, ZERO, bytes(32)),), 0))

        async def play() -> None:
            made_up = 0
            while True:
                match await asked(end):
                    case m.Since():
                        await tell(end, m.Lost(bytes(BOARD)))
                    case m.Compare():
                        buckets = (m.Bucket(None, b"x" * 32),)
                        await tell(end, m.Buckets(bytes(BOARD), ZERO, 9, ZERO, buckets))
                    case m.Reconcile():
                        made_up += 1
                        ids = b"".join(RUNTIME.random_bytes(32) for _ in range(3))
                        # one id list for everything, then a fingerprint that differs: go on
                        message = b"\x61" + b"\x02\x00\x02\x03" + ids + b"\x00\x00\x01" + RUNTIME.random_bytes(16)
                        await tell(end, m.Reconcile(bytes(BOARD), None, message))
                    case m.Need():
                        await tell(end, m.Events(bytes(BOARD), (), False))
                    case other:
                        raise AssertionError(other)

        with pytest.raises(BadRequest, match="did not come to an end"):
            async with asyncio.timeout(20):
                await play()
        assert await a.titles() == []


async def test_a_repair_that_yields_nothing_doubles_the_pause_and_shows() -> None:
    a, b = await street(world_of(A), F, A)
    await a.post("one")
    async with victim(a) as met:
        end = await answering(met, b)

        async def lose(n: int) -> None:
            await tell(end, m.Hello(bytes(32), (m.Summary(bytes(BOARD), n, ZERO, bytes(32)),), 0))
            assert isinstance(await asked(end), m.Since)
            await tell(end, m.Lost(bytes(BOARD)))

        await lose(9)
        compare = await asked(end)
        assert isinstance(compare, m.Compare)
        await tell(end, m.Buckets(bytes(BOARD), ZERO, 9, ZERO, ()))
        assert isinstance(await asked(end), m.Since)
        await tell(end, m.Batch(bytes(BOARD), 10, (), 9, ZERO, False))
        report = met.sync.report()["peers"][b.key.node_id.text]
        assert (report["repairs"], report["repair_pause_s"]) == (1, 60.0)
        await lose(10)
        await a.post("still works")
        await asyncio.sleep(0.1)
        assert end._inbox.empty()


async def test_somebody_who_does_not_read_holds_up_only_itself() -> None:
    a, b, c = await street(world_of(A, B), F, A, B)
    async with street_of(a, c) as (wires, (one, three)):
        mine, theirs = pipe()
        one.supervisor.spawn(one.sync.handle(theirs, b"", proven(b)), "handle")
        await tell(mine, m.Hello(bytes(32), (), 0))
        wires.connect(one, three)
        for n in range(60):
            await a.post(f"{n}")
        await until(lambda: one.same_as(three))
        assert len(theirs.sent) < 60


async def test_a_clock_far_ahead_does_not_make_logs_look_equal() -> None:
    """From a day on that is far away nothing expires, so both would have the same fingerprint."""
    a, b = await street(world_of(A), F, A)
    await a.post("only here")
    ahead = 60_000
    assert a.log.summary(BOARD, ahead) == b.log.summary(BOARD, ahead)
    async with victim(a) as met:
        end = met.ask(b)
        scopes = sorted([SCOPE, BOARD])
        root = blake3(b"".join(s + a.log.summary(s, ahead) for s in scopes)).digest()
        await tell(end, m.Hello(root, (), ahead))
        hello = await heard(end)
        assert isinstance(hello, m.Hello)
        assert {s.scope: s.n for s in hello.scopes} == {SCOPE: 2, BOARD: 1}
    async with victim(b) as met:
        end = await answering(met, a)
        equal = m.Summary(bytes(BOARD), 1, ZERO, a.log.summary(BOARD, ahead))
        await tell(end, m.Hello(root, (equal,), ahead))
        assert isinstance(await asked(end), m.Since)


async def test_a_mark_moves_the_cursor_only_over_what_is_here() -> None:
    a, b = await street(world_of(A), F, A)
    made = await b.post("announced")
    peer = b.key.node_id
    async with victim(a) as met:
        end = await answering(met, b)
        await tell(end, m.Have(bytes(BOARD), (made.id[:12],)), m.Mark(bytes(BOARD), 5, b"c" * 16))
        assert await asked(end) == m.Want(bytes(BOARD), (made.id[:12],))
        await asyncio.sleep(0.1)
        assert await a.log.cursor(peer, BOARD) is None
        await tell(end, m.Events(bytes(BOARD), (made.wire,), False))
        await until(lambda: a.heard[-1] == made.id)
        async with asyncio.timeout(10):
            while await a.log.cursor(peer, BOARD) != Cursor(peer, BOARD, 5, b"c" * 16):
                await asyncio.sleep(0.01)
        assert await a.titles() == ["announced"]


async def test_a_mark_means_nothing_while_the_node_catches_up() -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = await answering(met, b)
        await tell(end, m.Hello(bytes(32), (m.Summary(bytes(BOARD), 9, ZERO, bytes(32)),), 0))
        assert isinstance(await asked(end), m.Since)
        await tell(end, m.Mark(bytes(BOARD), 5, b"c" * 16), m.Batch(bytes(BOARD), 1, (), 0, ZERO, False))
        await tell(end, m.Mark(bytes(BOARD), 6, b"c" * 16))
        peer = b.key.node_id
        async with asyncio.timeout(10):
            while (cursor := await a.log.cursor(peer, BOARD)) is None or not cursor.n:
                await asyncio.sleep(0.01)
        assert cursor.n == 6


async def test_what_finds_no_room_to_wait_is_not_passed_by_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MAX_PARKED_OF_PEER", 2)
    world = world_of(A)
    a, b = await street(world, F, A)
    (stranger,) = await street(world, B)
    await stranger.log.ingest([world.join(F.node(), B, heads(world))])
    wires = [(await stranger.post(f"{n}")).wire for n in range(3)]
    async with victim(a) as met:
        end = await answering(met, b)
        await tell(end, m.Hello(bytes(32), (m.Summary(bytes(BOARD), 4, ZERO, bytes(32)),), 0))
        assert isinstance(await asked(end), m.Since)
        await tell(end, m.Batch(bytes(BOARD), 1, tuple(wires), 3, ZERO, True))
        assert isinstance(await asked(end), m.Since)
        await tell(end, m.Batch(bytes(BOARD), 4, (), 4, ZERO, False))
        assert isinstance(await asked(end), m.Compare)
        assert await a.log.cursor(b.key.node_id, BOARD) is None


async def test_a_second_greeting_while_catching_up_is_no_licence_to_skip() -> None:
    """As a peer says it that has too much news: what it told before and what it summarises now leave a gap."""
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = await answering(met, b)
        day = met.sync.report()["forgets_before_day"] or 0
        equal = m.Summary(bytes(SCOPE), 2, ZERO, a.log.summary(SCOPE, day))
        differs = m.Summary(bytes(BOARD), 9, ZERO, bytes(32))
        await tell(end, m.Hello(bytes(32), (equal, differs), day))
        assert await asked(end) == m.Since(bytes(BOARD), 0, ZERO, 1024)
        await tell(end, m.Hello(bytes(32), (m.Summary(bytes(SCOPE), 500, ZERO, bytes(32)),), day))
        await tell(end, m.Mark(bytes(SCOPE), 501, b"c" * 16), m.Batch(bytes(BOARD), 1, (), 0, ZERO, False))
        assert await asked(end) == m.Since(bytes(SCOPE), 2, ZERO, 1024)


async def test_what_several_announce_is_fetched_from_one_and_from_another_when_that_one_keeps_silent() -> None:
    a, b, c = await street(world_of(A, B), F, A, B)
    made = await b.post("announced")
    have = m.Have(bytes(BOARD), (made.id[:12],))
    async with victim(a) as met:
        silent, other = await answering(met, b), await answering(met, c)
        await tell(silent, have)
        assert isinstance(await asked(silent), m.Want)
        await tell(other, have)
        await asyncio.sleep(0.2)
        assert other._inbox.empty()
        await tell(other, m.Mark(bytes(BOARD), 5, b"c" * 16))
        assert isinstance(await asked(other), m.Want)
        assert await a.log.cursor(c.key.node_id, BOARD) is None
        await tell(other, m.Events(bytes(BOARD), (made.wire,), False))
        async with asyncio.timeout(10):
            while await a.log.cursor(c.key.node_id, BOARD) is None:
                await asyncio.sleep(0.01)
        assert await a.titles() == ["announced"]


@pytest.mark.parametrize(
    "wrong",
    [
        m.Batch(bytes(SCOPE), 1, (), 0, ZERO, False),
        m.Lost(bytes(SCOPE)),
        m.Buckets(bytes(BOARD), ZERO, 0, ZERO, ()),
        m.Events(bytes(BOARD), (), False),
        m.Batch(bytes(BOARD), 2, (), 1, ZERO, False),
        m.Batch(bytes(BOARD), 1, ((b"", b"", None),) * 3, 2, ZERO, False),
        m.Batch(bytes(BOARD), 1, (), 5_000, ZERO, False),
    ],
    ids=lambda message: str(message)[:40],
)
async def test_an_answer_to_another_question_ends_the_stream(wrong: m.Answer) -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = await answering(met, b)
        await tell(end, m.Hello(bytes(32), (m.Summary(bytes(BOARD), 9, ZERO, bytes(32)),), 0))
        assert isinstance(await asked(end), m.Since)
        await tell(end, wrong)
        assert isinstance(await ended(end), BadRequest)


async def test_days_that_are_over_are_not_compared_whatever_the_peer_offers() -> None:
    a, b = await street(world_of(A), F, A)
    today = int(RUNTIME.wall()) // 86_400
    async with victim(a) as met:
        end = await answering(met, b)
        await tell(end, m.Hello(bytes(32), (m.Summary(bytes(BOARD), 9, ZERO, bytes(32)),), today))
        assert isinstance(await asked(end), m.Since)
        await tell(end, m.Lost(bytes(BOARD)))
        compare = await asked(end)
        assert isinstance(compare, m.Compare)
        assert today - 3 <= compare.floor <= today
        old = m.Bucket(compare.floor - 1, b"x" * 32)
        await tell(end, m.Buckets(bytes(BOARD), ZERO, 9, ZERO, (old,)))
        assert isinstance(await asked(end), m.Since)


async def test_nor_is_one_between_two_scopes() -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = await answering(met, b)
        first = [m.Summary(bytes(scope), 9, ZERO, bytes(32)) for scope in (SCOPE, BOARD)]
        await tell(end, m.Hello(bytes(32), tuple(first), 0))
        assert await asked(end) == m.Since(bytes(SCOPE), 0, ZERO, 1024)
        await tell(end, m.Hello(bytes(32), (m.Summary(bytes(SCOPE), 500, ZERO, bytes(32)),), 0))
        await tell(end, m.Batch(bytes(SCOPE), 1, (), 0, ZERO, False))
        assert await asked(end) == m.Since(bytes(BOARD), 0, ZERO, 1024)
        await tell(end, m.Mark(bytes(SCOPE), 501, b"c" * 16), m.Batch(bytes(BOARD), 1, (), 0, ZERO, False))
        assert await asked(end) == m.Since(bytes(SCOPE), 0, ZERO, 1024)


async def test_an_asker_is_told_of_nothing_new_in_a_scope_that_it_is_still_catching_up_with() -> None:
    a, b = await street(world_of(A), F, A)
    for n in range(3):
        await a.post(f"{n}")
    async with victim(a) as met:
        end = met.ask(b)
        await tell(end, m.Hello(bytes(32), (), 0))
        assert isinstance(await heard(end), m.Hello)
        await tell(end, m.Since(bytes(BOARD), 0, ZERO, 1))
        first = await heard(end)
        assert isinstance(first, m.Batch)
        assert first.more
        await a.post("3")
        await asyncio.sleep(0.2)
        await tell(end, m.Since(bytes(BOARD), first.last, first.c, 100))
        rest = await heard(end)
        assert isinstance(rest, m.Batch)
        assert len(rest.events) == 3
        made = await a.post("4")
        assert await heard(end) == m.Push(bytes(BOARD), made.wire)


async def test_who_lost_its_cursor_is_still_told_what_is_new() -> None:
    a, b = await street(world_of(A), F, A)
    async with victim(a) as met:
        end = met.ask(b)
        await tell(end, m.Since(bytes(BOARD), 7, ZERO, 1))
        assert await heard(end) == m.Lost(bytes(BOARD))
        made = await a.post("new")
        assert await heard(end) == m.Push(bytes(BOARD), made.wire)
