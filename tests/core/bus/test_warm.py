"""Who has the beginning of a request ready is asked again, as long as that is true."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.backends import fake
from hearthnet_core.backends.fake import Behaviour, FakeEngine
from hearthnet_core.bus.warm import COLD, FREE, FULL_CHARS, LEAST_CHARS, MAX_CONVERSATIONS, MAX_ENGINES, WARM_S, Warm
from hearthnet_core.capability import Call
from hearthnet_core.models.ids import NodeId

from .nodes import Answer, TestNode, ask, neighbourhood

ONE, OTHER = (b"1" * 32, "engine", "llm.chat"), (b"2" * 32, "engine", "llm.chat")
RULES = "You help a neighbourhood through a power cut. " * 60


def asked(question: str = "How?", *, system: str = RULES, **other: Any) -> Call:
    messages = ({"role": "system", "content": system}, {"role": "user", "content": question})
    fields = {name: other.pop(name) for name in ("caller",) if name in other}
    return Call(id="1", capability="llm.chat", deadline=30.0, body={"messages": messages, **other}, **fields)


def shares(warm: Warm, call: Call, now: float = 0.0) -> dict[Any, float]:
    """Whoever has some of it ready, and how much."""
    return {key: warmth.share for key, warmth in warm.of(call, now).items() if warmth.share > FREE}


def test_the_same_instructions_before_another_question_are_warm_where_they_were_read() -> None:
    warm = Warm()
    warm.answered(asked("How long?"), ONE, 1, 0.0)
    assert shares(warm, asked("In what?")) == {ONE: 1.0}
    assert "characters" in warm.of(asked("In what?"), 0.0)[ONE].why
    assert shares(warm, asked("In what?", system="Other rules. " * 200)) == {}


def test_the_next_turn_of_a_dialogue_without_a_name_is_warm_turn_by_turn() -> None:
    warm = Warm()
    turns = [{"role": "user" if n % 2 == 0 else "assistant", "content": f"{n} " + "water " * 60} for n in range(6)]

    def upto(n: int) -> Call:
        return Call(id="1", capability="llm.chat", deadline=1.0, body={"messages": turns[:n]})

    warm.answered(upto(3), ONE, 1, 0.0)
    warm.answered(upto(1), OTHER, 1, 0.0)
    found = shares(warm, upto(5))
    assert found[ONE] - FREE > 2.5 * (found[OTHER] - FREE) > 0


@pytest.mark.parametrize("part", ["passages", "tools", "max_sentences"])
def test_what_engines_read_before_the_first_turn_is_part_of_the_beginning(part: str) -> None:
    warm = Warm()
    settled = {"passages": [{"text": "a" * 500}], "tools": [{"name": "x"}], "max_sentences": 2}
    warm.answered(asked(**{part: settled[part]}), ONE, 1, 0.0)
    assert shares(warm, asked(**{part: settled[part]})) == {ONE: 1.0}
    assert shares(warm, asked()) == {}


def test_a_short_beginning_counts_for_nothing_and_a_long_one_for_no_more_than_all() -> None:
    warm = Warm()
    short, long = "x" * (LEAST_CHARS - 50), "y" * (FULL_CHARS * 5)
    warm.answered(asked("A?", system=short), ONE, 2, 0.0)
    warm.answered(asked("A?", system=long), ONE, 2, 0.0)
    assert shares(warm, asked("B?", system=short)) == {}
    assert shares(warm, asked("B?", system=long)) == {ONE: 1.0}


def test_an_engine_keeps_one_beginning_for_each_of_its_slots() -> None:
    warm = Warm()
    systems = [letter * 3_000 for letter in "abc"]
    for system in systems:
        warm.answered(asked(system=system), ONE, 2, 0.0)
    assert [bool(shares(warm, asked("B?", system=s))) for s in systems] == [False, True, True]
    warm.answered(asked("C?", system=systems[1]), ONE, 2, 0.0)
    assert [bool(shares(warm, asked("B?", system=s))) for s in systems] == [False, True, True], (
        "it went on in that slot"
    )


def test_after_a_while_nothing_is_warm_but_the_conversation_goes_on_where_it_was() -> None:
    warm = Warm()
    warm.answered(asked(conversation="c"), ONE, 1, 0.0)
    assert shares(warm, asked(), WARM_S - 1) == {ONE: 1.0}
    assert shares(warm, asked(), WARM_S + 1) == {}
    assert warm.of(asked(conversation="c"), WARM_S + 1)[ONE].why == "answered earlier in this conversation"


def test_somebody_else_s_conversation_of_the_same_name_is_another_one() -> None:
    warm = Warm()
    neighbour = NodeId(b"n" * 32)
    warm.answered(asked(system="", conversation="c", caller=neighbour), ONE, 1, 0.0)
    assert shares(warm, asked(system="", conversation="c")) == {}
    assert shares(warm, asked(system="", conversation="c", caller=neighbour)) == {ONE: 1.0}


def test_pictures_end_the_comparison() -> None:
    warm = Warm()

    def with_picture(last: str) -> Call:
        turns = [{"role": "user", "content": "w" * 900, "images": [b"x" * 50]}, {"role": "user", "content": last}]
        return Call(id="1", capability="llm.chat", deadline=1.0, body={"messages": turns})

    warm.answered(with_picture("A"), ONE, 1, 0.0)
    assert shares(warm, with_picture("A")) == {}


def test_what_is_remembered_is_bounded() -> None:
    warm = Warm()
    for n in range(3 * max(MAX_CONVERSATIONS, MAX_ENGINES)):
        key = (n.to_bytes(32), "engine", "llm.chat")
        warm.answered(asked(system=f"{n}" * 500, conversation=f"c{n}"), key, 64, 0.0)
        warm.answered(asked(system=f"{n}!" * 500), key, 64, 0.0)
    assert len(warm._conversations) <= MAX_CONVERSATIONS and len(warm._engines) <= MAX_ENGINES
    for n in range(50):
        warm.answered(asked(system=f"{n}?" * 500), ONE, 64, 0.0)
    assert len(warm._engines[ONE]) <= 8


def test_who_has_a_free_place_is_better_than_who_would_push_out_what_others_need() -> None:
    warm = Warm()
    other = asked("B?", system="Other rules. " * 200)
    warm.answered(asked("A?"), ONE, 1, 0.0)
    warm.answered(asked("A?"), OTHER, 2, 0.0)
    found = warm.of(other, 1.0)
    assert found[ONE].share == 0.0 and "push out" in found[ONE].why and OTHER not in found
    assert COLD.share == FREE > 0
    assert warm.of(other, WARM_S + 1) == {}, "after a while nobody needs it"
    warm.answered(asked("short", system=""), ONE, 1, 2.0)
    assert ONE not in warm.of(other, 3.0), "what is short is read again at no cost"


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=8
    )
)
def test_whatever_a_body_holds_it_is_no_crash(messages: object) -> None:
    warm = Warm()
    call = Call(id="1", capability="llm.chat", deadline=1.0, body={"messages": messages, "conversation": messages})
    warm.answered(call, ONE, 1, 0.0)
    assert all(0 <= share <= 1 for share in shares(warm, call).values())


def body(question: str, **other: Any) -> dict[str, Any]:
    return {"messages": [{"role": "system", "content": RULES}, {"role": "user", "content": question}], **other}


def node_of(answer: Answer) -> str:
    return str(answer.done["answered_by"]["node_id"])


def term(answer: Answer, name: str, provider: str = "twin") -> list[tuple[float, str]]:
    rows = [r for r in answer.trace.to_json()["candidates"] if r["provider"] == provider]
    return sorted((t["value"], t["why"]) for r in rows for t in r["terms"] if t["name"] == name)


def twins(count: int = 3) -> list[list[FakeEngine]]:
    return [[FakeEngine(name="twin", slots=2)] for _ in range(count)]


async def test_questions_with_the_same_beginning_go_where_it_is_ready_and_the_trace_says_so() -> None:
    async with neighbourhood([], *twins()) as (a, *_):
        first = await ask(a.bus, a.call(body("How long?")))
        again = [await ask(a.bus, a.call(body(f"Question {n}?"))) for n in range(7)]
        assert {node_of(x) for x in again} == {node_of(first)}
        assert term(first, "affinity") == [(FREE, "new to this conversation")] * 3
        *cold, (share, why) = term(again[-1], "affinity")
        assert share == 1.0 and "of this ready" in why and cold == [(FREE, "new to this conversation")] * 2


async def test_a_conversation_stays_although_another_node_is_a_little_better() -> None:
    """The other one has a higher quality, is nearer and idle."""
    here, there = FakeEngine(name="here", quality=1.0), FakeEngine(name="there", quality=0.6)
    async with neighbourhood([here], [there]) as (a, _):
        here.reason = "busy with something else"
        assert (await ask(a.bus, a.call(body("A?", conversation="c")))).outcomes == [("there", "ok")]
        here.reason = ""
        assert (await ask(a.bus, a.call(body("B?", conversation="c")))).outcomes == [("there", "ok")]
        other = a.call({"messages": [{"role": "user", "content": "Else?"}]})
        assert (await ask(a.bus, other)).outcomes == [("here", "ok")]


async def test_a_full_or_failing_node_loses_its_conversation() -> None:
    async with neighbourhood([], *twins(2)) as (a, *_):
        first = await ask(a.bus, a.call(body("A?", conversation="c")))
        (warm,) = (c for c in a.bus.candidates(a.call()) if c.node_id.text == node_of(first))
        room = a.bus.health.room(warm.key)
        room.in_flight = warm.offer.slots
        assert node_of(await ask(a.bus, a.call(body("B?", conversation="c")))) != node_of(first)
        room.in_flight = 0
        again = await ask(a.bus, a.call(body("C?", conversation="d")))
        (warm,) = (c for c in a.bus.candidates(a.call()) if c.node_id.text == node_of(again))
        a.bus.health.started(warm.key)
        a.bus.health.failed(warm.key, a.runtime.now(), "unavailable")
        after = await ask(a.bus, a.call(body("D?", conversation="d")))
        assert node_of(after) != node_of(again)
        assert [value for value, why in term(after, "affinity") if "does not count" in why] == [FREE]


class WithoutModel(FakeEngine):
    def offer(self) -> Any:
        return msgspec.structs.replace(super().offer(), models=(), loaded=())


async def test_what_needs_no_model_has_nothing_to_keep_ready() -> None:
    """The built-in answerer steps in once; the conversation goes back to the model."""
    model, simple = FakeEngine(fake.error(), fake.OK, name="model"), WithoutModel(name="simple", quality=0.3)
    async with neighbourhood([simple, model]) as (a,):
        answer = await ask(a.bus, a.call(body("A?", conversation="c")))
        assert answer.outcomes == [("model", "failed"), ("simple", "ok")]
        assert [share for share, _ in term(await asked_again(a), "affinity", "simple")] == [FREE]


async def asked_again(a: TestNode) -> Answer:
    return await ask(a.bus, a.call(body("B?", conversation="c")))


class TwoModels(FakeEngine):
    """Has both models, one of them in memory."""

    def __init__(self, name: str, loaded: str) -> None:
        super().__init__(name=name, slots=4)
        self._offer = msgspec.structs.replace(self._offer, models=("small:1b", "large:7b"), loaded=(loaded,))


@pytest.mark.parametrize("wish", ["large", "large:7b", "small:1b"])
async def test_who_has_the_wished_model_in_memory_is_preferred_and_the_trace_names_that_model(wish: str) -> None:
    engines = TwoModels("with small", "small:1b"), TwoModels("with large", "large:7b")
    async with neighbourhood([], *([e] for e in engines)) as (a, *_):
        answer = await ask(a.bus, a.call(body("A?", model=wish)))
        wished, other = ("large:7b", "small") if wish.startswith("large") else ("small:1b", "large")
        assert answer.outcomes == [(f"with {wished.partition(':')[0]}", "ok")]
        assert [r["model"] for r in answer.trace.candidates] == [wished, wished]
        assert [why for _, why in term(answer, "model", f"with {other}")] == [f"{wished} must be loaded first"]


async def test_eight_questions_at_once_spread_over_slots_before_they_crowd_the_warm_one() -> None:
    engines = [[FakeEngine(Behaviour(first_s=0.2), name="twin", slots=2)] for _ in range(3)]
    async with neighbourhood([], *engines) as (a, *_):
        await ask(a.bus, a.call(body("first")))
        answers = await asyncio.gather(*(ask(a.bus, a.call(body(f"{n}"))) for n in range(6)))
        counts = [sum(node_of(x) == node_of(y) for x in answers) for y in answers]
        assert max(counts) == 2
