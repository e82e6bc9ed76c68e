"""The rules of the authority fold, one by one."""

from __future__ import annotations

import time

import msgspec
import pytest

from hearthnet_core.errors import BadRequest, Forbidden, HearthNetError, InvalidSignature
from hearthnet_core.identity.keys import Purpose
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.authority import Graph, MissingParents
from hearthnet_core.protocol.event import Event, decode

from .forging import SCOPE, House, World, ids, key

A, B, C, D = House("a"), House("b"), House("c"), House("d")
F = House("founder")


class Street:
    """A graph that hears of everything that is made, in order."""

    def __init__(self) -> None:
        self.world = World()
        self.graph = Graph(self.world.founding)

    @property
    def heads(self) -> tuple[bytes, ...]:
        return self.graph.heads

    def add(self, event: Event) -> Event:
        self.graph.add(event)
        return event

    def joined(self, *houses: House) -> Street:
        for house in houses:
            self.add(self.world.join(F.node(), house, self.heads))
        return self

    def anchors(self, *houses: House) -> Street:
        self.joined(*houses)
        for house in houses:
            self.add(self.world.promote(F.node(), house, self.heads))
        return self


def test_the_founder_is_anchor_and_most_senior() -> None:
    state = Street().graph.state
    me = state.members[F.id]
    assert (me.role, me.active, me.seniority) == ("anchor", True, (0, 0, b""))
    assert state.node(F.node().node_id) is not None
    assert (state.name, state.scope) == ("Elm Street", SCOPE)


def test_an_invited_household_is_a_member_with_its_node() -> None:
    state = Street().joined(A).graph.state
    assert (state.members[A.id].role, state.members[A.id].active) == ("member", True)
    assert state.nodes[A.node().node_id].member == A.id


def test_an_event_waits_for_its_parents() -> None:
    street = Street()
    first = street.world.join(F.node(), A, street.heads)
    second = street.world.join(F.node(), B, ids(first))
    with pytest.raises(MissingParents):
        street.graph.add(second)
    street.graph.add(first)
    street.graph.add(second)
    assert len(street.graph) == 3


def test_a_member_cannot_promote() -> None:
    street = Street().joined(A, B)
    with pytest.raises(Forbidden):
        street.add(street.world.promote(A.node(), B, street.heads))


def test_a_stranger_cannot_invite() -> None:
    street = Street()
    with pytest.raises(Forbidden):
        street.add(street.world.join(A.node(), B, street.heads))


def test_the_policy_bounds_who_invites() -> None:
    street = Street().joined(A)
    street.add(street.world.policy(F.node(), street.heads, invite="anchor"))
    with pytest.raises(Forbidden):
        street.add(street.world.join(A.node(), B, street.heads))


def test_an_event_signed_by_another_key_is_refused() -> None:
    street = Street()
    good = street.world.join(F.node(), A, street.heads)
    forged = decode((good.header_bytes, key("other").sign(Purpose.EVENT, good.header_bytes), good.body))
    with pytest.raises(InvalidSignature):
        street.add(forged)


def test_a_household_joins_only_with_its_own_signatures() -> None:
    street = Street()
    good = street.world.join(F.node(), A, street.heads)
    body = msgspec.msgpack.decode((good.body or b"")[16:], type=bodies.Joined)
    for field in ("owner_sig", "node_sig"):
        forged = msgspec.structs.replace(body, **{field: bytes(64)})
        with pytest.raises(InvalidSignature):
            street.add(street.world.make(F.node(), street.heads, bodies.JOINED, forged))


def test_lamport_is_greater_than_every_parents_and_not_by_a_leap() -> None:
    street = Street()
    for step in (0, 2**20 + 1):
        with pytest.raises(BadRequest):
            street.add(street.world.make(F.node(), street.heads, bodies.POLICY, bodies.PolicyUpdated(), step))


def test_a_junior_anchor_cannot_remove_a_senior_one() -> None:
    street = Street().anchors(A, B)
    with pytest.raises(Forbidden):
        street.add(street.world.revoke(B.node(), A, street.heads, (F.node(),)))


def test_removal_takes_as_many_anchors_as_there_are_up_to_the_policys() -> None:
    street = Street().anchors(A, B, C).joined(D)
    with pytest.raises(Forbidden):
        street.add(street.world.revoke(F.node(), D, street.heads, (A.node(),)))
    street.add(street.world.revoke(F.node(), D, street.heads, (A.node(), B.node())))
    assert not street.graph.state.members[D.id].active


def test_a_co_signature_of_a_member_or_for_another_does_not_count() -> None:
    street = Street().anchors(A).joined(B, C)
    with pytest.raises(Forbidden):
        street.add(street.world.revoke(F.node(), B, street.heads, (C.node(),)))


def test_a_revoked_anchor_who_forks_from_the_old_past_gains_nothing() -> None:
    street = Street().anchors(A).joined(B)
    old = street.heads
    revocation = street.add(street.world.revoke(F.node(), A, street.heads))
    puppet = House("puppet")
    join = street.add(street.world.join(A.node(), puppet, old))
    promoted = street.add(street.world.promote(A.node(), puppet, ids(join)))
    back = street.add(street.world.revoke(puppet.node(), B, ids(promoted), (A.node(), F.node())))
    state = street.graph.state
    assert not state.members[A.id].active
    assert puppet.id not in state.members
    assert state.members[B.id].active
    assert state.void == {join.id, promoted.id, back.id}
    assert state.readmit == (puppet.id,)
    assert revocation.id not in state.void


def test_what_the_removed_did_before_stays() -> None:
    street = Street().anchors(A)
    street.add(street.world.join(A.node(), B, street.heads))
    street.add(street.world.revoke(F.node(), A, street.heads))
    assert street.graph.state.members[B.id].active


def test_of_two_removals_in_a_partition_the_seniors_applies() -> None:
    street = Street().anchors(A, B).joined(C)
    street.add(street.world.policy(F.node(), street.heads, revoke_cosigners=1))
    fork = street.heads
    street.add(street.world.revoke(B.node(), C, fork))
    street.add(street.world.revoke(A.node(), B, fork))
    state = street.graph.state
    assert not state.members[B.id].active
    assert state.members[C.id].active


def test_removal_wins_over_a_concurrent_promotion() -> None:
    street = Street().joined(A)
    fork = street.heads
    street.add(street.world.promote(F.node(), A, fork))
    street.add(street.world.demote(F.node(), A, fork))
    assert street.graph.state.members[A.id].role == "member"


def test_a_demoted_anchor_keeps_what_a_member_may() -> None:
    street = Street().anchors(A)
    fork = street.heads
    street.add(street.world.demote(F.node(), A, fork))
    street.add(street.world.join(A.node(), B, fork))
    bad = street.add(street.world.policy(A.node(), fork, name="Mine"))
    state = street.graph.state
    assert state.members[B.id].active
    assert (state.name, state.void) == ("Elm Street", {bad.id})


def test_one_who_was_let_in_again_counts_again() -> None:
    street = Street().anchors(A)
    street.add(street.world.revoke(F.node(), A, street.heads))
    street.add(street.world.join(F.node(), A, street.heads))
    assert street.graph.state.members[A.id].role == "member"
    street.add(street.world.join(A.node(), B, street.heads))
    street.add(street.world.join(F.node(), C, street.heads))
    state = street.graph.state
    assert state.members[A.id].active and state.members[B.id].active
    assert state.void == frozenset()


def test_one_who_was_promoted_again_is_anchor_again_but_junior() -> None:
    street = Street().anchors(A, B)
    street.add(street.world.demote(F.node(), A, street.heads, cosigners=(B.node(),)))
    street.add(street.world.promote(F.node(), A, street.heads))
    street.add(street.world.policy(A.node(), street.heads, name="Oak Street"))
    state = street.graph.state
    assert state.name == "Oak Street"
    assert state.members[B.id].seniority < state.members[A.id].seniority


def test_a_stolen_node_gains_nothing_by_forking_from_before_its_removal() -> None:
    street = Street().anchors(A)
    street.add(street.world.add_node(F.node(), F, 1, street.heads))
    fork = street.heads
    street.add(street.world.join(A.node(), B, street.heads))
    street.add(street.world.remove_node(F.node(), F, 1, street.heads))
    stolen = F.node(1)
    street.add(street.world.revoke(stolen, A, fork))
    street.add(street.world.revoke(stolen, F, fork))
    state = street.graph.state
    assert state.members[A.id].active and state.members[B.id].active and state.members[F.id].active
    assert state.node(stolen.node_id) is None
    assert state.node(F.node().node_id) is not None


def test_a_removed_node_is_not_plugged_in_again_by_its_old_statement() -> None:
    street = Street().joined(A)
    old = street.add(street.world.join(A.node(), A, street.heads, 1))
    street.add(street.world.remove_node(A.node(), A, 1, street.heads))
    body = msgspec.msgpack.decode((old.body or b"")[16:], type=bodies.Joined)
    with pytest.raises(Forbidden):
        street.add(street.world.make(A.node(), street.heads, bodies.JOINED, body))


def test_nobody_takes_anothers_node() -> None:
    street = Street().joined(A, B)
    with pytest.raises(HearthNetError):
        street.add(
            street.world.make(
                B.node(),
                street.heads,
                bodies.NODE_ADDED,
                bodies.NodeAdded(node=A.node().public_key, node_name="", owner_sig=bytes(64), node_sig=bytes(64)),
            )
        )


def test_a_removed_households_content_counts_up_to_the_removals_lamport_value() -> None:
    street = Street().joined(A)
    removal = street.add(street.world.revoke(F.node(), A, street.heads))
    assert street.graph.state.nodes[A.node().node_id].limit == removal.header.lamport
    assert street.graph.state.nodes[F.node().node_id].limit is None


def test_anyone_may_leave() -> None:
    street = Street().anchors(A)
    street.add(street.world.revoke(A.node(), A, street.heads))
    assert street.graph.state.members[A.id].active is False


def test_appending_to_a_hundred_events_is_quick() -> None:
    street = Street()
    for n in range(100):
        street.joined(House(f"house {n}"))
    made = []
    for n in range(20):
        made.append(street.world.join(F.node(), House(f"late {n}"), street.heads if not made else ids(made[-1])))
    began = time.perf_counter()
    for event in made:
        street.graph.add(event)
        assert street.graph.state.members
    assert (time.perf_counter() - began) / len(made) < 0.02
