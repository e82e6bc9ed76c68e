"""A member who writes without end. Every bound here is by count of work, not by the clock."""

from __future__ import annotations

import pytest

from hearthnet_core.errors import BadRequest, Forbidden
from hearthnet_core.protocol import authority, bodies, fold, making
from hearthnet_core.protocol.admission import check_content
from hearthnet_core.protocol.authority import Graph
from hearthnet_core.protocol.event import MAX_EXPIRES
from hearthnet_core.protocol.making import Stamp
from tests.core.protocol.forging import BOARD, House, World, ids

A, F = House("a"), House("founder")


def member_and_founder() -> tuple[World, Graph, tuple[bytes, ...]]:
    world = World()
    graph = Graph(world.founding)
    joined = world.join(F.node(), A, ids(world.founding))
    graph.add(joined)
    return world, graph, ids(joined)


def test_a_member_who_adds_and_removes_nodes_makes_nobody_fold_everything_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It used to cost the cube: 600 of these events held every node up for minutes, at each start again."""
    folds: list[int] = []
    whole = authority.folded
    monkeypatch.setattr(authority, "folded", lambda rows, founding: folds.append(len(rows)) or whole(rows, founding))
    world, graph, after = member_and_founder()
    folds.clear()
    for n in range(150):
        for made in (world.add_node(A.node(), A, 1 + n % 3, after), None):
            step = made or world.remove_node(A.node(), A, 1 + n % 3, after)
            graph.add(step)
            after = ids(step)
    assert len(graph) == 302 and len(graph.state.nodes_of(A.id)) == 1
    assert len(folds) <= 3
    again = Graph(world.founding)
    for item in list(graph.events())[1:]:
        again.add(item)
    assert again.state == graph.state == whole(graph._rows, graph._rows[0])


def test_a_removal_looks_only_at_what_its_subject_did(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    real = fold._Index.of

    def counted(self: fold._Index, mask: int) -> object:
        looked.append(mask.bit_count())
        return real(self, mask)

    monkeypatch.setattr(fold._Index, "of", counted)
    world, graph, after = member_and_founder()
    plugged = [world.add_node(A.node(), A, 1 + n, after) for n in range(60)]  # all at the same moment
    for item in plugged:
        graph.add(item)
    for n, item in enumerate(plugged):
        graph.add(world.remove_node(A.node(), A, 1 + n, ids(item)))
    assert len(graph.state.nodes_of(A.id)) == 1
    assert sum(looked) == 0


def test_who_fills_the_history_is_removed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "MAX_EVENTS", 12)
    monkeypatch.setattr(authority, "FOR_ANCHORS", 4)
    world, graph, after = member_and_founder()
    flood = [world.add_node(A.node(), A, 1 + n, after) for n in range(12)]
    for item in flood[:6]:
        graph.add(item)
    for item in flood[6:]:
        with pytest.raises(Forbidden, match="full"):
            graph.add(item)
    graph.add(world.revoke(F.node(), A, after))
    assert not graph.state.members[A.id].active and graph.state.nodes_of(A.id) == []
    assert graph.state.void == {item.id for item in flood[:6]}


@pytest.mark.parametrize(
    ("wall", "expires"),
    [
        (2**53 - 1, MAX_EXPIRES),  # no browser has such a date
        (bodies.DAY_MS * 20_000, 20_032),
        (0, 32),
    ],
)
def test_a_notice_stays_a_month_by_its_own_words_and_ends_on_a_day_that_a_screen_can_show(
    wall: int, expires: int
) -> None:
    world, graph, _ = member_and_founder()
    body = bodies.Notice(title="For ever", body="", severity="urgent")
    stamp = Stamp(lamport=2, wall=wall, salt=bytes(16))
    made = making.event(A.node(), world.community, BOARD, bodies.NOTICE, body, stamp, expires=expires)
    with pytest.raises(BadRequest):
        check_content(made, graph.state)


def test_there_are_only_so_many_days_on_which_something_can_expire() -> None:
    world, _, _ = member_and_founder()
    body = bodies.Notice(title="Later", body="", severity="info")
    stamp = Stamp(lamport=2, wall=0, salt=bytes(16))
    for expires in (MAX_EXPIRES + 1, 2**31, 2**63):
        with pytest.raises(BadRequest):
            making.event(A.node(), world.community, BOARD, bodies.NOTICE, body, stamp, expires=expires)
    assert MAX_EXPIRES == 65_535
