"""Forged histories: a revoked anchor never comes back, order of delivery never matters, a second fold agrees.

`HEARTHNET_SEEDS=1500` runs as many of each as the design asks for; the default is a sample.
"""

from __future__ import annotations

import os
import random

import pytest

from hearthnet_core.errors import HearthNetError
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.protocol.authority import Graph, MissingParents, State
from hearthnet_core.protocol.event import Event
from hearthnet_core.protocol.standing import ANCHOR

from .forging import House, World, ids
from .reference_fold import Reference

SEEDS = int(os.environ.get("HEARTHNET_SEEDS", "150"))
CHUNK = 25
chunks = pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
F = House("founder")


def heads_of(known: set[bytes], world: World) -> tuple[bytes, ...]:
    """What an honest node that knows these events names."""
    below = {a for id in known for a in world.events[id].header.after}
    return tuple(sorted(known - below))


def closed(world: World, some: set[bytes]) -> set[bytes]:
    """These events and everything they stand on."""
    found, waiting = set(), list(some)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting += world.events[id].header.after
    return found


def anything(dice: random.Random, world: World, by: SigningKey, after: tuple[bytes, ...], houses: list[House]) -> Event:
    """Some event by this node on this past, sensible or not."""
    whom = dice.choice(houses)
    cosigners = tuple(h.node() for h in dice.sample(houses, min(len(houses), dice.choice([0, 1, 3]))))
    match dice.choice(["join", "join", "promote", "promote", "revoke", "revoke", "demote", "policy", "add", "remove"]):
        case "join":
            return world.join(by, whom, after, dice.choice([0, 0, 0, 1]))
        case "promote":
            return world.promote(by, whom, after, dice.choice(["anchor", "anchor", "trusted"]))
        case "revoke":
            return world.revoke(by, whom, after, cosigners)
        case "demote":
            return world.demote(by, whom, after, dice.choice(["member", "trusted"]), cosigners)
        case "policy":
            changes = dice.choice(
                [{"invite": "trusted"}, {"invite": "member"}, {"revoke_cosigners": dice.randint(1, 3)}]
            )
            return world.policy(by, after, **changes)
        case "add":
            return world.add_node(by, whom, dice.choice([0, 1]), after)
        case _:
            return world.remove_node(by, whom, dice.choice([0, 1]), after)


def delivered(events: list[Event], founding: Event, dice: random.Random) -> Graph:
    """A graph that got them in another order and parked what came too early."""
    graph, waiting = Graph(founding), [e for e in events if e.id != founding.id]
    dice.shuffle(waiting)
    while waiting:
        parked = []
        for event in waiting:
            try:
                graph.add(event)
            except MissingParents:
                parked.append(event)
        assert len(parked) < len(waiting)
        waiting = parked
    return graph


def chaos(seed: int) -> tuple[World, Graph, list[Event]]:
    """Everybody signs anything upon any past."""
    dice = random.Random(seed)
    houses = [F] + [House(f"house {n}") for n in range(5)]
    world = World()
    graph, kept = Graph(world.founding), [world.founding]
    for house in houses[1:3]:
        for make in (world.join, world.promote):
            kept.append(make(F.node(), house, graph.heads))
            graph.add(kept[-1])
    for _ in range(60):
        author = dice.choice(houses[: dice.choice([1, 3, 6])]).node(dice.choice([0, 0, 0, 1]))
        if dice.random() < 0.6:
            after = graph.heads
        else:
            some = {bytes(e.id) for e in dice.sample(kept, min(len(kept), dice.choice([1, 1, 2])))}
            after = heads_of(closed(world, some), world)
        event = anything(dice, world, author, after, houses)
        try:
            graph.add(event)
            kept.append(event)
        except HearthNetError:
            continue
    return world, graph, kept


def comparable(state: State) -> object:
    members = {m.id: (m.active, m.rank, m.seniority) for m in state.members.values()}
    nodes = {n.id: (n.member, n.active, n.limit) for n in state.nodes.values()}
    return members, nodes, (state.policy.invite, state.policy.revoke_cosigners), state.name


@chunks
def test_the_fold_agrees_with_a_slow_second_one(first: int) -> None:
    for seed in range(first, first + CHUNK):
        _, graph, kept = chaos(seed)
        reference = Reference({bytes(e.id): e for e in kept})
        every = frozenset(bytes(e.id) for e in kept)
        view = reference.fold(every)
        assert comparable(graph.state) == (view.members, view.nodes, view.policy, view.name), seed
        assert graph.state.void == reference.gone(every), seed


@chunks
def test_any_order_of_delivery_gives_the_same_state(first: int) -> None:
    for seed in range(first, first + CHUNK):
        world, graph, kept = chaos(seed)
        dice = random.Random(seed)
        for _ in range(3):
            other = delivered(kept, world.founding, dice)
            assert other.state == graph.state, seed
            assert other.heads == graph.heads, seed


def takeover(seed: int) -> None:
    """Honest anchors gossip with delays; one of them is revoked by a senior and then forges what it can, for ever."""
    dice = random.Random(seed)
    world = World()
    graph = Graph(world.founding)
    honest = [F] + [House(f"honest {n}") for n in range(dice.randint(2, 4))]
    villain, puppets = House("villain"), [House(f"puppet {n}") for n in range(3)]

    def add(event: Event) -> Event:
        graph.add(event)
        return event

    if dice.random() < 0.5:
        add(world.policy(F.node(), graph.heads, revoke_cosigners=dice.randint(1, 2)))
    anchors = [F]
    for house in honest[1:]:
        add(world.join(dice.choice(anchors).node(), house, graph.heads))
        if dice.random() < 0.5:
            add(world.promote(dice.choice(anchors).node(), house, graph.heads))
            anchors.append(house)
    seniors = list(anchors)
    add(world.join(dice.choice(anchors).node(), villain, graph.heads))
    add(world.promote(dice.choice(anchors).node(), villain, graph.heads))
    for house in honest:
        if house not in anchors and dice.random() < 0.5:
            add(world.promote(villain.node(), house, graph.heads))
            anchors.append(house)
    fork = {bytes(e.id) for e in graph.events()}
    judge = dice.choice(seniors)
    cosigners = tuple(a.node() for a in anchors if a is not judge)
    made: set[bytes] = set()
    sentence: Event | None = None
    keys = [villain.node()] * 3 + [villain.node(1)] + [p.node() for p in puppets]
    for _ in range(30):
        if sentence is None and dice.random() < 0.2:
            # What the judge knows: the honest past, perhaps some of the forgeries.
            known = fork | (closed(world, made) if dice.random() < 0.1 else set())
            event = world.revoke(judge.node(), villain, heads_of(known, world), cosigners)
            try:
                sentence = add(event)
            except HearthNetError:
                return  # the forgeries were seen before the sentence: the villain was still an anchor and may act
            continue
        some = set(dice.sample(sorted(fork | made), dice.choice([1, 1, 2])))
        if dice.random() < 0.3 and sentence is not None:
            some.add(bytes(sentence.id))
        if dice.random() < 0.5:
            some |= made
        after = heads_of(closed(world, some), world)
        event = anything(dice, world, dice.choice(keys), after, [villain, villain, *puppets, *honest])
        try:
            graph.add(event)
            made.add(bytes(event.id))
        except HearthNetError:
            continue
    if sentence is None:
        return
    state = graph.state
    assert sentence.id not in state.void, seed
    if closed(world, set(sentence.header.after)) & made:
        return  # whoever the judge knew and did not remove may invite, also the villain
    assert not state.members[villain.id].active, seed
    assert not any(state.node(villain.node(n).node_id) for n in (0, 1)), seed
    assert not any(puppet.id in state.members for puppet in puppets), seed
    for house in honest:
        assert state.members[house.id].active, seed
        assert (state.members[house.id].rank == ANCHOR) == (house in anchors), seed
    assert state.void == made, seed


def test_mutual_removal_in_a_partition_ends_the_same_on_both_sides() -> None:
    world = World()
    graph = Graph(world.founding)
    a, b = House("a"), House("b")
    for house in (a, b):
        graph.add(world.join(F.node(), house, graph.heads))
        graph.add(world.promote(F.node(), house, graph.heads))
    graph.add(world.policy(F.node(), graph.heads, revoke_cosigners=1))
    fork = graph.heads
    good = world.revoke(a.node(), b, fork)
    bad = world.revoke(b.node(), a, fork)
    graph.add(good)
    with pytest.raises(HearthNetError):
        graph.add(bad)
    assert graph.state.members[a.id].active and not graph.state.members[b.id].active
    assert ids(good) == graph.heads
