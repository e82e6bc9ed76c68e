"""Whoever takes longer than usual to begin gets company; the first to speak answers, the other is let go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import msgspec
import pytest

from hearthnet_core.backends import fake
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.fake import SENTENCES, Behaviour, FakeEngine
from hearthnet_core.bus.health import Record
from hearthnet_core.bus.hedge import KNOWN_AFTER, LEAST_S, SHARE, WINDOW, Budget, usual_s
from hearthnet_core.bus.router import Candidate
from hearthnet_core.capability import Chunk, Offer
from hearthnet_core.errors import Unavailable
from hearthnet_core.models.ids import NodeId
from tests.core.net.meshes import until

from .nodes import QUESTION, Answer, TestNode, ask, neighbourhood

WHOLE = " ".join(SENTENCES)
LATE = Behaviour(first_s=5.0)


def late(*script: Behaviour, **other: Any) -> FakeEngine:
    return FakeEngine(*(script or (LATE,)), name="best", quality=1.0, **other)


def second(*script: Behaviour, **other: Any) -> FakeEngine:
    return FakeEngine(*script, **{"name": "second", "quality": 0.1, **other})


def usually(node: TestNode, provider: str, first_s: float = 0.02, times: int = KNOWN_AFTER) -> None:
    """As if it had begun so quickly each time."""
    for candidate in node.bus.candidates(node.call()):
        if candidate.offer.provider == provider:
            for _ in range(times):
                node.bus.health.started(candidate.key)
                node.bus.health.succeeded(candidate.key, first_s, first_s * 2)


def calls_before(node: TestNode, count: int = WINDOW) -> None:
    for _ in range(count):
        node.bus._budget.called()


@asynccontextmanager
async def street(*engines: FakeEngine) -> AsyncIterator[TestNode]:
    """A node that asks, and one for each engine; the first one is known to begin at once."""
    async with neighbourhood([], *([e] for e in engines)) as (a, *_):
        usually(a, "best")
        calls_before(a)
        yield a


async def test_who_does_not_begin_as_usual_gets_company_and_the_first_to_speak_answers() -> None:
    slow, quick = late(), second()
    async with street(slow, quick) as a:
        began = time.monotonic()
        answer = await ask(a.bus, a.call())
        assert time.monotonic() - began < 2.0
        assert answer.text == answer.done["text"] == WHOLE
        assert answer.outcomes == [("best", "cancelled"), ("second", "ok")]
        assert [t.hedge for t in answer.trace.attempts] == [False, True]
        assert "spoke first" in answer.trace.attempts[0].message and not answer.trace.attempts[0].error
        assert [(c["provider"], c["hedge"]) for c in answer.events("attempt")] == [("best", False), ("second", True)]
        assert not answer.events("attempt_failed")
        assert {c.event for c in answer.chunks} == {"route", "attempt", "delta", "done"}
        await until(lambda: slow.open == 0)
        assert slow.cancelled == 1 and quick.calls[0].said == ""


async def test_who_lost_is_slower_and_not_to_blame() -> None:
    async with street(late(), second()) as a:
        await ask(a.bus, a.call())
        (lost,) = (c.health for c in a.bus.candidates(a.call()) if c.offer.provider == "best")
        assert (lost.failures_in_row, lost.failed, lost.success) == (0, 0, 1.0)
        assert (lost.first_s or 0) > 0.02


async def test_who_begins_as_usual_is_left_alone() -> None:
    quick, other = late(fake.OK), second()
    async with street(quick, other) as a:
        assert (await ask(a.bus, a.call())).outcomes == [("best", "ok")]
        assert other.calls == []


async def test_when_the_late_one_still_speaks_first_the_hedge_is_let_go() -> None:
    first, other = late(Behaviour(first_s=0.4)), second(Behaviour(first_s=5.0))
    async with street(first, other) as a:
        answer = await ask(a.bus, a.call())
        assert answer.text == WHOLE
        assert answer.outcomes == [("best", "ok"), ("second", "cancelled")]
        assert answer.done["answered_by"]["provider"] == "best"
        await until(lambda: other.open == 0)
        assert other.cancelled == 1


@pytest.mark.parametrize("held", [False, True], ids=["word by word", "whole sentences"])
async def test_who_has_begun_but_whose_sentence_is_not_out_yet_is_not_hedged(held: bool) -> None:
    """A provider that speaks has spoken, even while its words are held back for the end of their sentence."""

    class InWords(FakeEngine):
        async def stream(self, call: Any) -> Any:
            self.calls.append(call)
            for word in ("Boil", " it", " for", " a", " minute."):
                yield Chunk("delta", {"text": word})
                await asyncio.sleep(0.1)
            yield Chunk("done", {"finish_reason": "stop", "model": "m"})

    other = second(continues=not held)
    async with street(InWords(name="best", quality=1.0), other) as a:
        answer = await ask(a.bus, a.call())
        assert answer.text == "Boil it for a minute." and other.calls == []
        assert len(answer.events("delta")) == (1 if held else 5)


@pytest.mark.parametrize("act", [fake.error(), fake.EMPTY, fake.truncate(0)], ids=["503", "empty", "no done"])
async def test_a_hedge_that_fails_leaves_the_first_one_to_answer(act: Behaviour) -> None:
    async with street(late(Behaviour(first_s=0.5)), second(act)) as a:
        answer = await ask(a.bus, a.call())
        assert answer.text == WHOLE
        assert answer.outcomes == [("best", "ok"), ("second", "failed")]
        assert [(f["n"], f["after_sentences"]) for f in answer.events("attempt_failed")] == [(2, 0)]


async def test_when_the_late_one_fails_the_hedge_is_under_way_already() -> None:
    failing = late(Behaviour(fault=fake.Fault.ERROR, first_s=0.3))
    async with street(failing, second(Behaviour(first_s=0.5))) as a:
        answer = await ask(a.bus, a.call())
        assert answer.text == WHOLE
        assert answer.outcomes == [("best", "failed"), ("second", "ok")]
        assert [f["n"] for f in answer.events("attempt_failed")] == [1]


async def test_when_both_fail_the_next_one_is_asked_and_then_it_is_said_honestly() -> None:
    both = late(Behaviour(fault=fake.Fault.ERROR, first_s=0.3)), second(Behaviour(fault=fake.Fault.ERROR, first_s=0.3))
    third = FakeEngine(name="third", quality=0.0)
    async with street(*both, third) as a:
        assert (await ask(a.bus, a.call())).outcomes == [("best", "failed"), ("second", "failed"), ("third", "ok")]
        third.script = [fake.error()]
        with pytest.raises(Unavailable):
            await ask(a.bus, a.call())


async def test_an_answer_that_breaks_after_a_hedge_won_goes_on_elsewhere_to_the_character() -> None:
    third = FakeEngine(name="third", quality=0.0)
    async with street(late(), second(fake.drop(2)), third) as a:
        answer = await ask(a.bus, a.call())
        assert answer.text == WHOLE
        assert answer.outcomes == [("best", "cancelled"), ("second", "failed"), ("third", "ok")]
        assert third.calls[0].said == " ".join(SENTENCES[:2])


async def test_leaving_while_two_are_asked_lets_both_go_at_once() -> None:
    engines = late(), second(LATE)
    async with street(*engines) as a, asyncio.TaskGroup() as group:
        asking = group.create_task(ask(a.bus, a.call()))
        await until(lambda: all(e.open for e in engines))
        began = time.monotonic()
        asking.cancel()
        await until(lambda: not any(e.open for e in engines))
        assert time.monotonic() - began < 1.0
        assert [t.outcome for t in a.bus.traces.newest(1)[0].attempts] == ["cancelled", "cancelled"]
        assert all(not c.in_flight for c in a.bus.candidates(a.call()))


async def asked_alone(a: TestNode, body: dict[str, Any], other: FakeEngine) -> None:
    """The first one is waited for: 0.5 s are far more than its usual time."""
    answer = Answer()
    async with aclosing(a.bus.stream(a.call(body))) as chunks:
        async for chunk in chunks:
            answer.chunks.append(chunk)
    assert answer.outcomes == [("best", "ok")] and other.calls == []


SLOWISH = Behaviour(first_s=0.5)


async def test_while_its_usual_time_is_not_known_nobody_is_hedged() -> None:
    other = second()
    async with neighbourhood([], [late(SLOWISH)], [other]) as (a, *_):
        usually(a, "best", times=KNOWN_AFTER - 1)
        calls_before(a)
        await asked_alone(a, QUESTION, other)


async def test_what_may_act_is_asked_once() -> None:
    other = second()
    async with street(late(SLOWISH), other) as a:
        await asked_alone(a, {**QUESTION, "tools": [{"name": "lights"}]}, other)


async def test_without_budget_nobody_is_hedged() -> None:
    other = second()
    async with neighbourhood([], [late(SLOWISH)], [other]) as (a, *_):
        usually(a, "best")
        await asked_alone(a, QUESTION, other)


@pytest.mark.parametrize("fault", ["full", "costs", "fails"])
async def test_who_is_full_costs_money_or_is_set_aside_is_no_hedge(fault: str) -> None:
    other = second(internet=fault == "costs")
    async with street(late(SLOWISH), other) as a:
        (candidate,) = (c for c in a.bus.candidates(a.call()) if c.offer.provider == "second")
        if fault == "full":
            a.bus.health.room(candidate.key).in_flight = 99
        if fault == "fails":
            for _ in range(3):
                a.bus.health.started(candidate.key)
                a.bus.health.failed(candidate.key, a.runtime.now(), "unavailable")
        await asked_alone(a, QUESTION, other)


async def test_a_neighbour_s_call_is_never_hedged() -> None:
    slow, other = late(SLOWISH), second()
    async with neighbourhood([slow, other], []) as (a, b):
        usually(a, "best")
        calls_before(a)
        answer = await ask(b.bus, b.call())
        assert answer.text == WHOLE and other.calls == []


def test_of_a_thousand_calls_that_are_all_late_one_in_twenty_is_hedged() -> None:
    budget, hedged = Budget(), 0
    for n in range(1, 1001):
        budget.called()
        hedged += budget.take()
        assert hedged <= SHARE * max(n, WINDOW)
    assert 0.9 * SHARE * 1000 <= hedged <= SHARE * 1000


def test_the_usual_time_is_the_mean_and_four_deviations_and_needs_a_history() -> None:
    offer = Offer(capability=CHAT.name, provider="p")
    record = Record(first_s=0.5, spread_s=0.1, completed=KNOWN_AFTER)
    known = Candidate(node_id=NodeId(bytes(32)), node_name="n", offer=offer, health=record)
    assert usual_s(known, loaded=True) == pytest.approx(0.9)
    assert usual_s(known, loaded=False) is None

    def with_record(**other: Any) -> Candidate:
        fields = {"first_s": 0.5, "spread_s": 0.1, "completed": KNOWN_AFTER}
        return msgspec.structs.replace(known, health=Record(**{**fields, **other}))

    assert usual_s(with_record(completed=KNOWN_AFTER - 1), loaded=True) is None
    assert usual_s(with_record(failures_in_row=1), loaded=True) is None
    assert usual_s(with_record(first_s=0.001, spread_s=0.0), loaded=True) == LEAST_S
