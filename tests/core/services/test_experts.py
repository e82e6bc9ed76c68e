"""Who is good at what is learned from this household's feedback, explained, kept, bounded, and never stronger than a filter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.fake import FakeEngine
from hearthnet_core.bus.health import Record
from hearthnet_core.bus.router import Candidate, Praise
from hearthnet_core.capability import Call, Privacy, collect
from hearthnet_core.errors import Forbidden, NotFound, SchemaMismatch, Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import experts as module
from hearthnet_core.services.experts import ROUTE, Experts, RouteProvider
from hearthnet_core.storage.database import Database
from tests.core.bus.nodes import Answer, TestNode, ask, neighbourhood

RUNTIME = SystemRuntime()
BURN = "What do I do about a burn?"
BURNS = "How do I cool burns?"
WATER = "How long does water keep?"
DOCTOR, CLERK = (b"d" * 32, "doctor"), (b"c" * 32, "clerk")


def asked(question: str, id: str = "1", **other: Any) -> Call:
    body = {"messages": [{"role": "user", "content": question}]}
    return Call(id=id, capability=CHAT.name, deadline=RUNTIME.now() + 30, body=body, **other)


def by(who: tuple[bytes, str]) -> Candidate:
    engine = FakeEngine(name=who[1], model=f"{who[1]}:1b")
    return Candidate(node_id=NodeId(who[0]), node_name=who[1], offer=engine.offer(), health=Record())


async def opened(path: Path | None = None) -> tuple[Database, Experts]:
    database = await Database.open(path, RUNTIME)
    experts = Experts(database)
    await experts.load()
    return database, experts


async def rated(experts: Experts, who: tuple[bytes, str], question: str, good: int, bad: int = 0) -> None:
    for n in range(good + bad):
        experts.heard((asked(question, id=f"{who}{question}{n}"), by(who)))
        await experts.rate(f"{who}{question}{n}", n < good)


def praise(experts: Experts, who: tuple[bytes, str], question: str) -> Praise:
    opinion = experts.opinion(asked(question))
    return Praise() if opinion is None else opinion(NodeId(who[0]), who[1], f"{who[1]}:1b")


async def test_who_is_nobody_s_expert_yet_counts_as_neither_good_nor_bad() -> None:
    database, experts = await opened()
    assert experts.opinion(asked(BURN)) is None
    await rated(experts, DOCTOR, BURN, good=1)
    assert praise(experts, CLERK, BURN) == Praise()
    await database.close()


async def test_good_on_one_topic_is_not_good_on_every_topic() -> None:
    database, experts = await opened()
    await rated(experts, DOCTOR, BURN, good=8, bad=1)
    await rated(experts, DOCTOR, WATER, good=1, bad=8)
    await rated(experts, CLERK, WATER, good=8, bad=1)
    await rated(experts, CLERK, BURN, good=1, bad=8)
    for question, best, other in ((BURNS, DOCTOR, CLERK), ("Wo lagert man water am besten?", CLERK, DOCTOR)):
        assert praise(experts, best, question).value > 0.7 > 0.3 > praise(experts, other, question).value
    said = praise(experts, DOCTOR, BURNS)
    assert said.why == "people here found its answers on “burns” helpful 8 of 9 times"
    await database.close()


async def test_a_question_of_another_topic_gets_what_is_known_of_all() -> None:
    database, experts = await opened()
    await rated(experts, DOCTOR, BURN, good=3)
    said = praise(experts, DOCTOR, "Who plays chess?")
    assert said.value == pytest.approx(4 / 5) and said.why == "people here found its answers helpful 3 of 3 times"
    await database.close()


async def test_an_opinion_on_the_same_answer_replaces_the_one_before() -> None:
    database, experts = await opened()
    experts.heard((asked(BURN), by(DOCTOR)))
    for good in (True, True, False, True, False):
        await experts.rate("1", good)
    assert praise(experts, DOCTOR, BURN).why.endswith("its one answer on “burn” not helpful")
    await experts.rate("1", True)
    assert praise(experts, DOCTOR, BURN).why.endswith("its one answer on “burn” helpful")
    await database.close()


async def test_what_was_learned_survives_a_restart(tmp_path: Path) -> None:
    database, experts = await opened(tmp_path / "node.db")
    await rated(experts, DOCTOR, BURN, good=4, bad=1)
    before = praise(experts, DOCTOR, BURNS)
    await database.close()
    database, again = await opened(tmp_path / "node.db")
    assert praise(again, DOCTOR, BURNS) == before != Praise()
    with pytest.raises(NotFound, match="too long ago"):
        await again.rate(f"{DOCTOR}{BURN}0", True)
    await rated(again, DOCTOR, BURN, good=1)
    assert "5 of 6" in praise(again, DOCTOR, BURN).why
    await database.close()


async def test_only_this_many_are_remembered_and_the_oldest_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 30)
    monkeypatch.setattr(module, "MAX_ANSWERS", 10)
    database, experts = await opened(tmp_path / "node.db")
    for n in range(40):
        await rated(experts, DOCTOR, f"topic{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10]} alpha{n}beta", good=1)
    assert len(experts._counts) <= 30 and len(experts._answers) <= 10
    await database.close()
    database, again = await opened(tmp_path / "node.db")
    assert 0 < len(again._counts) <= 30
    assert "alpha39beta" in praise(again, DOCTOR, "alpha39beta").why
    assert "alpha1beta" not in praise(again, DOCTOR, "alpha1beta").why
    await database.close()


async def test_neither_passages_nor_what_others_said_are_part_of_the_topic() -> None:
    database, experts = await opened()
    body = {
        "messages": [
            {"role": "user", "content": "poison"},
            {"role": "assistant", "content": "poison"},
            {"role": "user", "content": BURN},
            {"role": "tool", "content": "poison"},
        ],
        "passages": [{"text": "poison", "title": "poison"}],
    }
    experts.heard((Call(id="1", capability=CHAT.name, deadline=0.0, body=body), by(DOCTOR)))
    await experts.rate("1", True)
    assert "poison" not in praise(experts, DOCTOR, "poison").why
    assert "“burn”" in praise(experts, DOCTOR, BURN).why
    await database.close()


async def tried(a: TestNode, question: str, **other: Any) -> Answer:
    return await ask(a.bus, a.call({"messages": [{"role": "user", "content": question}]}, **other))


async def test_the_next_question_of_that_topic_goes_to_the_expert_and_the_trace_says_why() -> None:
    database, experts = await opened()
    doctor, clerk = FakeEngine(name="doctor"), FakeEngine(name="clerk", quality=0.75)
    async with neighbourhood([], [doctor], [clerk]) as (a, *_):
        a.bus._opinion = experts.opinion
        a.bus.answered.connect(experts.heard)
        for candidate in a.bus.candidates(a.call()):  # both are as quick
            a.bus.health.started(candidate.key)
            a.bus.health.succeeded(candidate.key, 0.01, 0.02)
        answer = await tried(a, BURN)
        assert answer.outcomes == [("clerk", "ok")]
        await experts.rate(answer.trace.id, False)
        other = await tried(a, BURNS)
        assert other.outcomes == [("doctor", "ok")]
        await experts.rate(other.trace.id, True)
        last = await tried(a, BURNS)
        assert last.outcomes == [("doctor", "ok")]
        whys = {
            row["provider"]: t["why"]
            for row in last.trace.to_json()["candidates"]
            for t in row["terms"]
            if t["name"] == "feedback"
        }
        assert whys["doctor"].startswith("people here found its one answer on “") and "not" not in whys["doctor"]
        assert whys["clerk"] == "people here found its one answer on “burns” not helpful"
    await database.close()


async def test_no_praise_opens_what_privacy_closes() -> None:
    database, experts = await opened()
    street = FakeEngine(name="street")
    async with neighbourhood([], [street]) as (a, b):
        a.bus._opinion = experts.opinion
        a.bus.answered.connect(experts.heard)
        for _ in range(5):
            await experts.rate((await tried(a, BURN)).trace.id, True)
        with pytest.raises(Unavailable, match="household"):
            await tried(a, BURN, privacy=Privacy.HOME)
        assert len(street.calls) == 5 and b.id.text
    await database.close()


async def test_a_neighbour_s_questions_teach_nothing_and_meet_no_opinion() -> None:
    database, experts = await opened()
    async with neighbourhood([FakeEngine(name="one"), FakeEngine(name="two")], []) as (a, b):
        a.bus._opinion = experts.opinion
        a.bus.answered.connect(experts.heard)
        made = b.call({"messages": [{"role": "user", "content": BURN}]})
        await ask(b.bus, made)
        with pytest.raises(NotFound):
            await experts.rate(made.id, True)
        await experts.rate((await tried(a, BURN)).trace.id, True)
        seen: list[Call] = []
        a.bus._opinion = lambda call: seen.append(call)  # type: ignore[func-returns-value]
        await ask(b.bus, b.call())
        assert seen == []
    await database.close()


def routes(node: TestNode) -> None:
    provider = RouteProvider(node.bus, lambda: Privacy.COMMUNITY)
    node.registry.provide(provider, provider.offer)


async def test_the_route_capability_ranks_without_asking_anybody() -> None:
    good, poor = FakeEngine(name="good", quality=0.9), FakeEngine(name="poor", quality=0.1)
    async with neighbourhood([poor], [good], contracts=(CHAT, ROUTE)) as (a, b):
        routes(a)
        done = await collect(a.bus, a.call({"question": BURN}, capability=ROUTE.name))
        assert [(c["provider"], c["node_id"]) for c in done["candidates"]] == [("good", b.id.text), ("poor", a.id.text)]
        assert all(c["why"] and 0 < c["score"] < 1 and c["model"] == "fake-1" for c in done["candidates"])
        assert good.calls == poor.calls == []
        own = a.call({"question": BURN, "privacy": "local"}, capability=ROUTE.name)
        assert [c["provider"] for c in (await collect(a.bus, own))["candidates"]] == ["poor"]
        for wrong in ({"question": ""}, {}, {"question": "x" * 5_000}):
            with pytest.raises(SchemaMismatch):
                await collect(a.bus, a.call(wrong, capability=ROUTE.name))


async def test_the_route_capability_is_for_this_household_alone() -> None:
    async with neighbourhood([FakeEngine()], [], contracts=(CHAT, ROUTE)) as (a, b):
        routes(a)
        assert ROUTE.name not in {o.capability for o in a.registry.public_offers()}
        made = msgspec.structs.replace(b.call({"question": BURN}, capability=ROUTE.name), caller=b.id)
        with pytest.raises(Forbidden):
            await collect(a.bus, made)
