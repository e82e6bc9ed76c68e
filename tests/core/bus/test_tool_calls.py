"""`llm.chat` at two versions side by side; and a tool call that was told counts as said."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2
from hearthnet_core.backends.fake import FakeEngine
from hearthnet_core.bus import attempt
from hearthnet_core.capability import Call, Chunk, Offer, Version
from hearthnet_core.errors import InternalError, NotImplementedHere, Unavailable

from .nodes import QUESTION, Answer, TestNode, ask, neighbourhood

LIGHT = Chunk("tool_call", {"id": "1", "name": "light", "arguments": {"on": True}})
DONE = Chunk("done", {"finish_reason": "tool_calls", "model": "m"})
STOP = Chunk("done", {"finish_reason": "stop", "model": "m"})


def says(text: str) -> Chunk:
    return Chunk("delta", {"text": text})


def thinks(text: str) -> Chunk:
    return Chunk("thinking", {"text": text})


class Scripted:
    """Says exactly this; without a `done` at its end it breaks off."""

    def __init__(
        self, *chunks: Chunk, name: str = "best", quality: float = 1.0, continues: bool = True, version: int = 2
    ) -> None:
        self.chunks = chunks
        self.calls: list[Call] = []
        self._offer = Offer(
            capability="llm.chat",
            version=Version(version, 0),
            provider=name,
            models=("m",),
            loaded=("m",),
            quality=quality,
            continues=continues,
            slots=4,
        )

    def offer(self) -> Offer:
        return self._offer

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.calls.append(call)
        for chunk in self.chunks:
            yield chunk
        raise Unavailable("The engine died.")


def chat2(node: TestNode, **body: Any) -> Call:
    return node.call({**QUESTION, **body}, version=Version(2, 0))


def told(answer: Answer) -> list[Chunk]:
    return [c for c in answer.chunks if c.event in ("delta", "thinking", "tool_call")]


async def test_both_versions_of_chat_are_served_side_by_side_each_by_its_own() -> None:
    old, new = FakeEngine(name="engine"), Scripted(says("New."), STOP, name="engine")
    async with neighbourhood([], [old, new], contracts=(CHAT, CHAT2)) as (a, b):
        assert (await ask(a.bus, a.call())).text.startswith("Fill")
        assert (await ask(a.bus, chat2(a))).text == "New."
        assert (len(old.calls), len(new.calls)) == (1, 1)
        versions = {str(o.version) for o in a.registry.peers[b.id].offers}
        assert versions == {"1.0", "2.0"}


async def test_a_node_without_the_newer_version_is_not_asked_for_it() -> None:
    old = FakeEngine(name="old", quality=1.0)
    async with neighbourhood([], [old], [Scripted(says("New."), STOP, name="new")], contracts=(CHAT, CHAT2)) as (a, *_):
        answer = await ask(a.bus, chat2(a))
        assert answer.outcomes == [("new", "ok")] and old.calls == []
        with pytest.raises(NotImplementedHere):
            await ask(a.bus, a.call(version=Version(3, 0)))


async def test_an_answer_of_tool_calls_alone_is_no_empty_answer() -> None:
    async with neighbourhood([], [Scripted(LIGHT, DONE)], contracts=(CHAT2,)) as (a, _):
        answer = await ask(a.bus, chat2(a))
        assert told(answer) == [LIGHT] and answer.outcomes == [("best", "ok")]
        assert answer.done["finish_reason"] == "tool_calls" and answer.done["text"] == ""
        assert answer.done["receipts"][0]["valid"]


async def test_thoughts_alone_are_an_empty_answer() -> None:
    good = Scripted(says("Yes."), STOP, name="good", quality=0.1)
    async with neighbourhood([], [Scripted(thinks("Hm."), STOP)], [good], contracts=(CHAT2,)) as (a, *_):
        answer = await ask(a.bus, chat2(a))
        assert answer.outcomes == [("best", "failed"), ("good", "ok")] and answer.text == "Yes."


async def test_the_words_before_a_tool_call_are_said_before_it() -> None:
    """They are held back for the end of their sentence, because the other engine could not go on exactly."""
    other = Scripted(says("Other."), STOP, name="other", quality=0.1, continues=False)
    engine = Scripted(says("I switch"), says(" it on"), LIGHT, says(" now."), DONE)
    async with neighbourhood([], [engine], [other], contracts=(CHAT2,)) as (a, *_):
        answer = await ask(a.bus, chat2(a))
        assert told(answer) == [says("I switch it on"), LIGHT, says(" now.")]
        assert answer.done["text"] == "I switch it on now."


async def test_after_a_tool_call_nobody_goes_on_elsewhere() -> None:
    other = Scripted(says("Other."), STOP, name="other", quality=0.1)
    async with neighbourhood([], [Scripted(says("Wait."), LIGHT)], [other], contracts=(CHAT2,)) as (a, *_):
        seen = Answer()
        with pytest.raises(Unavailable):
            async for chunk in a.bus.stream(chat2(a)):
                seen.chunks.append(chunk)
        assert told(seen) == [says("Wait."), LIGHT]
        assert [f["n"] for f in seen.events("attempt_failed")] == [1]
        assert other.calls == []


async def test_before_a_tool_call_a_failure_moves_on_as_ever() -> None:
    other = Scripted(LIGHT, DONE, name="other", quality=0.1)
    async with neighbourhood([], [Scripted(thinks("Hm."))], [other], contracts=(CHAT2,)) as (a, *_):
        answer = await ask(a.bus, chat2(a))
        assert answer.outcomes == [("best", "failed"), ("other", "ok")]
        assert told(answer) == [thinks("Hm."), LIGHT]


@pytest.mark.parametrize(
    "data",
    [{}, {"id": "1", "name": "no spaces here"}, {"id": "1", "name": "x", "arguments": "{"}, {"id": 1, "name": "x"}],
    ids=["nothing", "name", "arguments", "id"],
)
async def test_a_tool_call_that_is_none_is_a_failure_of_its_engine_and_never_told(data: dict[str, Any]) -> None:
    other = Scripted(says("Fine."), STOP, name="other", quality=0.1)
    bad = Scripted(Chunk("tool_call", data), DONE)
    async with neighbourhood([], [bad], [other], contracts=(CHAT2,)) as (a, *_):
        answer = await ask(a.bus, chat2(a))
        assert answer.outcomes == [("best", "failed"), ("other", "ok")] and told(answer) == [says("Fine.")]


async def test_the_older_version_knows_no_tool_calls_and_tells_none() -> None:
    engine = Scripted(LIGHT, thinks("Hm."), Chunk("sources", {"x": 1}), says("Yes."), STOP, version=1)
    async with neighbourhood([], [engine], contracts=(CHAT,)) as (a, _):
        assert told(await ask(a.bus, a.call())) == [says("Yes.")]


async def test_thoughts_without_end_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "MAX_BESIDE", 10_000)
    engine = Scripted(*[thinks("hm " * 100)] * 100, says("Yes."), STOP)
    async with neighbourhood([engine], contracts=(CHAT2,)) as (a,):
        with pytest.raises(Unavailable, match="end"):
            await ask(a.bus, chat2(a))


async def test_an_engine_may_not_say_what_only_the_bus_says() -> None:
    engine = Scripted(Chunk("route", {"trace_id": "x"}), Chunk("speaks"), says("Yes."), STOP)
    async with neighbourhood([engine], contracts=(CHAT2,)) as (a,):
        answer = await ask(a.bus, chat2(a))
        assert [r["trace_id"] for r in answer.events("route")] == [answer.trace.id] and not answer.events("speaks")


def test_the_contract_names_what_else_an_answer_may_tell() -> None:
    CHAT2.check_event("tool_call", LIGHT.data)
    with pytest.raises(InternalError, match="tool_call"):
        CHAT2.check_event("tool_call", {"id": "1"})
    assert set(CHAT2.events) == {"thinking", "tool_call"} and not CHAT.events
    assert msgspec.structs.fields(CHAT2.events["tool_call"])[0].name == "id"
