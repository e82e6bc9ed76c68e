"""Who is asked: bad nodes lose their traffic, full ones are waited for, and no call runs in circles."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncGenerator

import msgspec
import pytest

from hearthnet_core.backends import fake
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.fake import SENTENCES, Behaviour, FakeEngine
from hearthnet_core.bus.health import EJECT_AFTER
from hearthnet_core.bus.registry import PeerOffers
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.errors import CapacityExceeded, HearthNetError, Unavailable

from .nodes import QUESTION, ask, neighbourhood

WHOLE = " ".join(SENTENCES)


class Counting(FakeEngine):
    """Knows how many calls came after its third failure ended."""

    failures = 0
    after_third = 0

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.after_third += self.failures >= EJECT_AFTER
        try:
            async for chunk in super().stream(call):
                yield chunk
                if chunk.last:
                    return
        finally:
            self.failures += 1


async def test_of_two_hundred_requests_with_three_bad_nodes_almost_all_succeed_and_the_bad_ones_get_no_traffic() -> (
    None
):
    """Bad nodes claim the best quality: one answers 503, one hangs, one drops in the middle of its answer."""
    bad = [
        Counting(fake.error(), name="503", quality=1.0),
        Counting(fake.HANG, name="hangs", quality=1.0),
        Counting(fake.drop(1), name="drops", quality=1.0),
    ]
    good = [FakeEngine(name="good", quality=0.0, slots=8), FakeEngine(name="good", quality=0.0, slots=8)]
    async with neighbourhood([], *[[b] for b in bad], *[[g] for g in good]) as (a, *_):
        texts: list[str] = []

        async def some(count: int) -> None:
            for _ in range(count):
                try:
                    texts.append((await ask(a.bus, a.call(deadline=a.runtime.now() + 8.0))).text)
                except HearthNetError as error:
                    texts.append(error.message)

        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(some(50))
        assert len(texts) == 200
        assert sum(text == WHOLE for text in texts) >= 198
        assert all(b.after_third <= 10 for b in bad), {b.name: b.after_third for b in bad}
        assert all(b.failures >= EJECT_AFTER for b in bad), {b.name: b.failures for b in bad}


async def test_a_healed_node_comes_back_by_one_probe() -> None:
    healed = FakeEngine(Behaviour(first_s=0.3), name="best", quality=1.0)
    async with neighbourhood([], [healed], [FakeEngine(name="good", quality=0.0, slots=8)]) as (a, b, _):
        for _ in range(EJECT_AFTER):
            a.bus.health.started((b.id, "best", CHAT.name))
            a.bus.health.failed((b.id, "best", CHAT.name), a.runtime.now(), "unavailable")
        assert (await ask(a.bus, a.call())).outcomes == [("good", "ok")]
        a.bus.health.of((b.id, "best", CHAT.name)).ejected_until = a.runtime.now()
        answers = await asyncio.gather(*(ask(a.bus, a.call()) for _ in range(5)))
        assert sorted(x.outcomes[0][0] for x in answers) == ["best", "good", "good", "good", "good"]
        after = {row["provider"]: row["excluded"] for row in (await ask(a.bus, a.call())).trace.candidates}
        assert after == {"best": "", "good": ""}


async def test_more_calls_than_slots_wait_for_room() -> None:
    engine = FakeEngine(Behaviour(first_s=0.3), slots=1)
    async with neighbourhood([engine]) as (a,):
        answers = await asyncio.gather(*(ask(a.bus, a.call()) for _ in range(4)))
        assert [x.text for x in answers] == [WHOLE] * 4
        assert sum(bool(x.events("progress")) for x in answers) == 3


async def test_when_no_room_comes_the_caller_is_told_who_is_busy() -> None:
    engine = FakeEngine(Behaviour(first_s=6.0), slots=1)
    async with neighbourhood([], [engine]) as (a, _), asyncio.TaskGroup() as group:
        first = group.create_task(ask(a.bus, a.call()))
        await asyncio.sleep(0.3)
        began = a.runtime.now()
        with pytest.raises(CapacityExceeded) as met:
            await ask(a.bus, a.call())
        assert 1.5 < a.runtime.now() - began < 5
        assert met.value.retry_after_ms and met.value.alt_nodes
        first.cancel()


async def test_a_node_that_says_it_is_full_is_passed_over_and_is_no_failing_node() -> None:
    full = FakeEngine(fake.error("capacity_exceeded", 5000), fake.OK, name="full", quality=1.0)
    async with neighbourhood([], [full], [FakeEngine(name="good")]) as (a, b, _):
        for _ in range(5):
            assert (await ask(a.bus, a.call())).text == WHOLE
        assert len(full.calls) == 1
        assert a.bus.health.of((b.id, "full", CHAT.name)).failures_in_row == 0


async def test_the_only_node_is_asked_again_when_it_has_room_again() -> None:
    engine = FakeEngine(fake.error("capacity_exceeded", 300), fake.OK, name="only")
    async with neighbourhood([], [engine]) as (a, _):
        answer = await ask(a.bus, a.call())
        assert answer.text == WHOLE
        assert answer.outcomes == [("only", "failed"), ("only", "ok")]


async def test_a_call_is_passed_on_to_whom_only_the_asked_node_knows() -> None:
    """A knows B, B knows C; B has no engine of its own but the manifest of a relay would say so: here A asks B directly."""
    far = FakeEngine(name="far")
    async with neighbourhood([], [], [far], link=[(0, 1), (1, 2)]) as (a, b, c):
        offer = far.offer()
        peer = a.registry.peers[b.id]
        a.registry.peer_changed(_with(peer, offer))
        answer = await ask(a.bus, a.call())
        assert answer.text == WHOLE
        assert answer.trace.hops == [b.id.text, c.id.text]
        assert answer.done["answered_by"]["node_id"] == b.id.text, "who signed is who vouches"
        assert answer.done["receipts"][0]["valid"]
        assert far.calls[0].hops == 1


async def test_a_call_without_hops_left_is_answered_here_or_not_at_all() -> None:
    far = FakeEngine(name="far")
    async with neighbourhood([], [], [far], link=[(0, 1), (1, 2)]) as (a, b, _):
        a.registry.peer_changed(_with(a.registry.peers[b.id], far.offer()))
        with pytest.raises(Unavailable, match="passed on"):
            await ask(a.bus, a.call(hops=1))
        assert far.calls == []


async def test_a_call_that_comes_back_is_refused() -> None:
    """Everybody claims to have an engine and nobody has: the call walks until a node meets it again or hops are out."""
    async with neighbourhood([], [], []) as nodes:
        lie = FakeEngine(name="lie").offer()
        for node in nodes:
            for other in nodes:
                if other is not node:
                    node.registry.peer_changed(_with(node.registry.peers[other.id], lie))
        with pytest.raises(Unavailable):
            await ask(nodes[0].bus, nodes[0].call())
        assert not any(node.bus._under_way for node in nodes)
        assert len(nodes[0].bus.traces.newest(100)[0].attempts) <= 6


async def test_a_replayed_call_id_is_refused_while_the_first_runs() -> None:
    engine = FakeEngine(Behaviour(first_s=1.0))
    async with neighbourhood([], [engine], []) as (a, b, c):
        made = a.call()
        async with asyncio.TaskGroup() as group:
            first = group.create_task(ask(a.bus, made))
            await asyncio.sleep(0.4)
            with pytest.raises(Unavailable, match="loop"):
                await ask(a.bus, msgspec.structs.replace(made, deadline=a.runtime.now() + 5))
            theirs = await ask(c.bus, msgspec.structs.replace(made, deadline=c.runtime.now() + 5))
            assert theirs.text == WHOLE  # whoever learned the id cannot keep the first caller's name occupied
        assert first.result().text == WHOLE
        assert b.id.text == first.result().done["answered_by"]["node_id"]


async def test_the_trace_tells_of_every_candidate_and_every_attempt() -> None:
    engines = [FakeEngine(name="mine", quality=0.2)], [FakeEngine(fake.error(), name="best", quality=1.0)]
    cloud = FakeEngine(name="cloud", internet=True)
    async with neighbourhood(*engines, [cloud]) as (a, b, c):
        a.internet = False
        answer = await ask(a.bus, a.call())
        shown = {row["provider"]: row for row in answer.trace.to_json()["candidates"]}
        assert set(shown) == {"mine", "best", "cloud"}
        assert shown["mine"]["allowed"] and shown["best"]["score"] > shown["mine"]["score"]
        assert not shown["cloud"]["allowed"] and "internet" in shown["cloud"]["excluded"]
        assert all(term["why"] for row in shown.values() for term in row["terms"])
        assert [(t.provider, t.outcome, t.error) for t in answer.trace.attempts] == [
            ("best", "failed", "unavailable"),
            ("mine", "ok", ""),
        ]
        assert a.bus.traces.get(answer.trace.id) is answer.trace
        assert "water" not in str(answer.trace.to_json()).replace(b.name, "").replace(c.name, "")
        assert answer.events("route")[0]["candidates"] == answer.trace.candidates


async def test_the_next_question_of_a_conversation_goes_where_the_last_one_went() -> None:
    twins = [FakeEngine(name="twin")], [FakeEngine(name="twin")]
    async with neighbourhood([], *twins) as (a, *_):
        body = {**QUESTION, "conversation": "c1"}
        first = await ask(a.bus, a.call(body))
        again = [await ask(a.bus, a.call(body)) for _ in range(3)]
        assert {x.done["answered_by"]["node_id"] for x in again} == {first.done["answered_by"]["node_id"]}


async def test_of_two_engines_of_a_neighbour_the_chosen_one_answers_and_the_other_takes_over() -> None:
    """The first attempt may still be ending there when the second one comes: that is no loop."""
    slow, other = FakeEngine(fake.HANG, name="slow", quality=1.0), FakeEngine(name="other", quality=0.2)
    async with neighbourhood([], [slow, other]) as (a, _):
        answer = await ask(a.bus, a.call(deadline=a.runtime.now() + 4.0))
        assert answer.text == WHOLE
        assert answer.outcomes == [("slow", "failed"), ("other", "ok")]
        assert (len(slow.calls), len(other.calls)) == (1, 1)


async def test_a_chosen_engine_that_is_gone_is_replaced_by_what_the_neighbour_has() -> None:
    other = FakeEngine(name="other")
    async with neighbourhood([], [other]) as (a, b):
        a.registry.peer_changed(_with(a.registry.peers[b.id], FakeEngine(name="gone").offer()))
        answer = await ask(a.bus, a.call())
        assert answer.text == WHOLE and len(other.calls) == 1


def _with(peer: PeerOffers, offer: Offer) -> PeerOffers:
    """As if the peer's manifest said that it has this."""
    return dataclasses.replace(peer, offers=(offer,))
