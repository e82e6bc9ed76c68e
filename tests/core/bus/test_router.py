"""Ranking is a pure function: filters first, then an order that depends on nothing but what it is given."""

from __future__ import annotations

import copy
import math
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.bus.health import Record
from hearthnet_core.bus.registry import PeerOffers, Registry
from hearthnet_core.bus.router import WEIGHTS, Candidate, Praise, excluded, rank, saturated, score
from hearthnet_core.bus.warm import Warmth
from hearthnet_core.capability import Call, Offer, Privacy, Version
from hearthnet_core.models.ids import NodeId

CALL = Call(id="1", capability="llm.chat", deadline=30.0, privacy=Privacy.ANY)
unit = st.floats(0, 1)
seconds = st.none() | st.floats(0, 100)

offers = st.builds(
    Offer,
    capability=st.just("llm.chat"),
    provider=st.sampled_from(["ollama", "llama.cpp", "extractive"]),
    models=st.lists(st.sampled_from(["small:1b", "large:70b"]), max_size=2).map(tuple),
    loaded=st.lists(st.sampled_from(["small:1b"]), max_size=1).map(tuple),
    quality=unit,
    internet=st.booleans(),
    on_battery=st.booleans(),
    slots=st.integers(1, 8),
    load=unit,
    available=st.booleans(),
    private=st.booleans(),
)
records = st.builds(
    Record,
    first_s=seconds,
    total_s=seconds,
    success=unit,
    completed=st.integers(0, 50),
    probing=st.booleans(),
)
candidates = st.builds(
    Candidate,
    node_id=st.integers(0, 5).map(lambda n: NodeId(bytes([n]) * 32)),
    node_name=st.just("node"),
    offer=offers,
    local=st.booleans(),
    home=st.booleans(),
    rtt_ms=st.none() | st.floats(0, 1000),
    health=records,
    ejected=st.sampled_from(["", "", "set aside for 9 s"]),
    in_flight=st.integers(0, 9),
    warm=st.builds(Warmth, share=unit, why=st.just("warm")),
    praise=st.builds(Praise, value=unit, why=st.just("good")),
)
calls = st.builds(
    Call,
    id=st.just("1"),
    capability=st.just("llm.chat"),
    deadline=st.just(30.0),
    privacy=st.sampled_from(Privacy),
    hops=st.integers(0, 3),
    caller=st.none() | st.integers(0, 5).map(lambda n: NodeId(bytes([n]) * 32)),
)


def unique(found: list[Candidate]) -> list[Candidate]:
    return list({c.key: c for c in found}.values())


@given(calls, st.lists(candidates, max_size=12).map(unique), st.booleans(), st.integers())
def test_the_order_depends_on_nothing_but_the_candidates(
    call: Call, found: list[Candidate], internet: bool, seed: int
) -> None:
    before = copy.deepcopy(found)
    rows = rank(call, found, internet=internet)
    assert found == before, "ranking changes nothing"
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)
    assert rank(call, shuffled, internet=internet) == rows
    assert sorted(r.candidate.key for r in rows) == sorted(c.key for c in found), "everyone considered is in it"
    allowed = [not r.excluded for r in rows]
    assert allowed == sorted(allowed, reverse=True), "those who may be asked come first"
    scores = [r.score for r in rows if not r.excluded]
    assert scores == sorted(scores, reverse=True)


@given(calls, candidates, st.booleans())
def test_a_score_is_a_fraction_made_of_explained_terms(call: Call, candidate: Candidate, internet: bool) -> None:
    points, terms = score(call, candidate)
    assert 0.0 <= points <= 1.0
    assert [t.name for t in terms] == list(WEIGHTS)
    assert all(0.0 <= t.value <= 1.0 and t.why for t in terms)
    assert points == pytest.approx(sum(t.value * t.weight for t in terms), abs=1e-6)


@given(calls, st.lists(candidates, max_size=12).map(unique), st.booleans())
def test_privacy_is_a_filter_no_score_and_no_need_overrides(call: Call, found: list[Candidate], internet: bool) -> None:
    for row in rank(call, found, internet=internet):
        if row.excluded:
            continue
        candidate, offer = row.candidate, row.candidate.offer
        if not candidate.local:
            assert call.privacy is not Privacy.LOCAL
            assert call.privacy is not Privacy.HOME or candidate.home
            assert call.hops > 0 and call.caller != candidate.node_id
        if offer.internet:
            assert call.privacy is Privacy.ANY and internet
        assert not (offer.private and (call.caller is not None or not candidate.local))
        assert offer.available


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_when_everybody_is_ejected_they_are_let_in_again_but_not_beside_a_probe() -> None:
    resting = Candidate(
        node_id=NodeId(bytes(32)),
        node_name="n",
        offer=Offer(capability="llm.chat", provider="p"),
        health=Record(),
        ejected="set aside for 9 s",
    )
    other = msgspec.structs.replace(resting, node_id=NodeId(b"1" * 32))
    probed = msgspec.structs.replace(resting, node_id=NodeId(b"2" * 32), health=Record(probing=True))
    assert [bool(r.excluded) for r in rank(CALL, [resting, other, probed])] == [False, False, True]
    fit = msgspec.structs.replace(resting, node_id=NodeId(b"3" * 32), ejected="")
    assert [r.candidate for r in rank(CALL, [resting, fit]) if not r.excluded] == [fit]


def test_a_version_or_model_it_does_not_have_excludes() -> None:
    offer = Offer(capability="llm.chat", provider="p", version=Version(1, 2), models=("llama3:8b",))
    candidate = Candidate(node_id=NodeId(bytes(32)), node_name="n", offer=offer, health=Record())
    ask = msgspec.structs.replace
    assert excluded(ask(CALL, version=Version(1, 1)), candidate, internet=True) == ""
    assert "version" in excluded(ask(CALL, version=Version(1, 3)), candidate, internet=True)
    assert "version" in excluded(ask(CALL, version=Version(2, 0)), candidate, internet=True)
    assert excluded(ask(CALL, body={"model": "llama3"}), candidate, internet=True) == ""
    assert "no model" in excluded(ask(CALL, body={"model": "llama3:70b"}), candidate, internet=True)
    assert "no model" in excluded(ask(CALL, body={"model": "qwen"}), candidate, internet=True)


def test_a_node_is_saturated_by_what_we_know_and_not_by_an_old_manifest() -> None:
    offer = Offer(capability="llm.chat", provider="p", slots=2, load=1.0)
    candidate = Candidate(node_id=NodeId(bytes(32)), node_name="n", offer=offer, health=Record(), in_flight=1)
    assert not saturated(candidate)
    assert saturated(msgspec.structs.replace(candidate, in_flight=2))
    assert saturated(msgspec.structs.replace(candidate, busy=True))


@pytest.mark.parametrize("boast", [math.inf, -math.inf, math.nan, 1e308, -5.0])
def test_figures_a_peer_cannot_have_are_cut_to_those_it_can(boast: float) -> None:
    registry = Registry()
    node_id = NodeId(bytes(32))
    offer = Offer(
        capability="llm.chat", provider="p" * 5000, quality=boast, load=boast, slots=10**12, models=("m",) * 900
    )
    registry.peer_changed(PeerOffers(node_id, "n", False, bytes(32), (offer,) * 200, lambda: None))
    kept = registry.peers[node_id].offers
    assert len(kept) == 64
    assert 0.0 <= kept[0].quality <= 1.0 and 0.0 <= kept[0].load <= 1.0
    assert kept[0].slots == 64 and len(kept[0].provider) == 100 and len(kept[0].models) == 64
