"""What is decided without any I/O: which days are over, whom to ask, whose turn it is, when to repair again."""

from __future__ import annotations

import hashlib
import random

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.log.ledger import Head
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.sync.days import EARLIEST_DAY, GRACE_DAYS, over_before
from hearthnet_core.sync.fanout import ALL_UP_TO, LEAST, LINKS, links
from hearthnet_core.sync.repair import keyed
from hearthnet_core.sync.shared import COMPARE_EVERY_S, COMPARES, LONGEST_PAUSE_S, Partner, Pause
from hearthnet_core.sync.turns import LONGEST_S, STALLED_S, Turns

NOW = EARLIEST_DAY + 1_000
SCOPE = ScopeId(bytes(16))


def node(n: int) -> NodeId:
    return NodeId(hashlib.sha256(str(n).encode()).digest())


NODES = [node(n) for n in range(50)]


@pytest.mark.parametrize(
    ("own", "peers", "expected"),
    [
        (NOW, [NOW], NOW - GRACE_DAYS),
        (NOW, [NOW - 1, NOW + 1], NOW - GRACE_DAYS),
        (NOW, [], None),
        (0, [NOW, NOW], None),
        (NOW + 5_000, [NOW, NOW], NOW - GRACE_DAYS),
        (NOW + 5_000, [NOW], NOW - GRACE_DAYS),
        (NOW, [NOW + 5_000, NOW + 5_000], NOW - GRACE_DAYS),
        (NOW, [0], None),
        (NOW, [0, NOW], NOW - GRACE_DAYS),
        (NOW, [0, 0, NOW], None),
    ],
)
def test_what_is_over_takes_a_right_clock_and_a_peer_that_agrees(
    own: int, peers: list[int], expected: int | None
) -> None:
    assert over_before(own, peers) == expected


@given(st.integers(0, 2**31), st.lists(st.integers(0, 2**31)))
def test_peers_never_make_anything_over_before_the_own_clock_does(own: int, peers: list[int]) -> None:
    day = over_before(own, peers)
    assert day is None or EARLIEST_DAY - GRACE_DAYS <= day <= own - GRACE_DAYS


def test_with_few_peers_all_are_asked() -> None:
    assert links(NODES[0], NODES[1 : ALL_UP_TO + 1]) == frozenset(NODES[1 : ALL_UP_TO + 1])


def test_with_many_peers_six_are_asked_and_an_event_still_reaches_everybody() -> None:
    chosen = {me: links(me, [p for p in NODES if p != me]) for me in NODES}
    assert all(len(some) == LINKS for some in chosen.values())
    reached, edge = {NODES[0]}, [NODES[0]]
    while edge:
        told = edge.pop()
        for other in [n for n in NODES if told in chosen[n]]:
            if other not in reached:
                reached.add(other)
                edge.append(other)
    assert reached == set(NODES)


def test_faulty_peers_are_left_out_but_never_so_many_that_fewer_than_three_remain() -> None:
    peers = NODES[1:10]
    assert not links(NODES[0], peers, peers[:3]) & set(peers[:3])
    assert len(links(NODES[0], peers, peers[2:])) >= LEAST


def test_one_peer_at_a_time_is_caught_up_with() -> None:
    turns = Turns()
    assert turns.take(NODES[0], 0.0)
    assert not turns.take(NODES[1], 1.0)
    assert turns.next(1.0) is None
    turns.done(NODES[0])
    assert turns.next(1.0) == NODES[1]
    assert turns.take(NODES[1], 1.0)


def test_a_peer_that_stalls_or_takes_long_keeps_nobody_waiting() -> None:
    turns = Turns()
    turns.take(NODES[0], 0.0)
    turns.take(NODES[1], 0.0)
    assert turns.next(STALLED_S + 0.1) == NODES[1]
    slow = Turns()
    slow.take(NODES[1], 0.0)
    for second in range(int(LONGEST_S) + 1):
        slow.take(NODES[0], float(second))
    assert slow.take(NODES[1], LONGEST_S + 1)


def test_pauses_double_up_to_a_day_and_end_with_a_gain() -> None:
    pause, seen = Pause(), []
    for _ in range(13):
        pause.ended(0, 0.0)
        seen.append(pause.seconds)
    assert seen[:3] == [60.0, 120.0, 240.0]
    assert seen[-1] == LONGEST_PAUSE_S
    pause.ended(1, 0.0)
    assert pause.seconds == 0.0


def test_comparing_is_rationed() -> None:
    partner = Partner()
    assert sum(partner.may_compare(0.0) for _ in range(2 * COMPARES)) == COMPARES
    assert partner.may_compare(COMPARE_EVERY_S)
    assert not partner.may_compare(COMPARE_EVERY_S)


def test_what_a_peer_sent_is_skipped_wherever_the_others_lie() -> None:
    """Against a list of entries: those told are exactly those it did not send."""
    for seed in range(200):
        chance = random.Random(seed)
        partner, n = Partner(), 0
        mine: list[int] = []
        for _ in range(chance.randrange(1, 12)):
            count = chance.randrange(1, 5)
            if chance.random() < 0.5:
                partner.remember(SCOPE, n, Head(n + count, bytes(16)))
            else:
                mine += range(n + 1, n + count + 1)
            n += count
        told, seen = Head(0, bytes(16)), list[int]()
        while True:
            told = partner.past(SCOPE, told)
            run, unknown = partner.unknown(SCOPE, told.n, n)
            assert unknown == len([i for i in mine if i > told.n])
            if not run:
                break
            seen += range(told.n + 1, told.n + run + 1)
            told = Head(told.n + run, bytes(16))
        assert seen == mine


def test_ids_are_compared_under_both_nonces() -> None:
    id, asker, asked = b"i" * 32, b"a" * 16, b"b" * 16
    assert keyed(asker, asked, id) == blake3(asker + asked + id).digest()
