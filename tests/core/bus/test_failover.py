"""An answer comes although nodes fail: before its first word nobody notices, after it nothing is lost or repeated."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

import pytest

from hearthnet_core.backends import fake
from hearthnet_core.backends.chat import CHAT, ChatDone, chat_request
from hearthnet_core.backends.fake import SENTENCES, Behaviour, FakeEngine
from hearthnet_core.backends.telling import Telling
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.errors import InternalError, Timeout, Unavailable

from .nodes import Answer, TestNode, ask, neighbourhood

WHOLE = " ".join(SENTENCES)


class Starting(FakeEngine):
    """Cannot go on exactly: it begins again, word by word, and what it repeats is taken out as real engines do it."""

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        chat_request(call)
        self.calls.append(call)
        telling = Telling(self.name, call.said, exact=False)
        for word in WHOLE.split(" "):
            if (chunk := telling.piece(word if word == "Fill" else f" {word}")) is not None:
                yield chunk
        if (chunk := telling.rest()) is not None:
            yield chunk
        yield telling.done("stop", "starting", None)


class InWords(FakeEngine):
    """Says it word by word and breaks off in the middle of a sentence."""

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.calls.append(call)
        words = WHOLE.split(" ")
        for n, word in enumerate(words[:6]):
            yield Chunk("delta", {"text": word if not n else f" {word}"})
        raise Unavailable("The engine died.")


def best(*script: Behaviour, name: str = "best", **other: object) -> FakeEngine:
    return FakeEngine(*script, name=name, quality=0.95, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "act",
    [fake.error(), fake.error("internal_error"), fake.error("bad_request"), fake.EMPTY, fake.truncate(0), fake.drop(0)],
    ids=["503", "internal", "refused", "empty", "no done", "drop"],
)
async def test_a_failure_before_the_first_word_is_silent(act: Behaviour) -> None:
    bad, good = best(act), FakeEngine(name="good")
    async with neighbourhood([], [bad], [good]) as (a, *_):
        answer = await ask(a.bus, a.call())
        assert answer.text == answer.done["text"] == WHOLE
        assert answer.outcomes == [("best", "failed"), ("good", "ok")]
        assert [c["continues"] for c in answer.events("attempt")] == [False, False]
        assert good.calls[0].said == ""


@pytest.mark.parametrize("act", [fake.drop(2), fake.truncate(2)], ids=["drop", "no done"])
async def test_an_answer_that_breaks_off_goes_on_elsewhere_to_the_character(act: Behaviour) -> None:
    bad, good = best(act), FakeEngine(name="good")
    async with neighbourhood([], [bad], [good]) as (a, _, c):
        answer = await ask(a.bus, a.call())
        assert answer.text == answer.done["text"] == WHOLE
        assert good.calls[0].said == " ".join(SENTENCES[:2])
        assert answer.events("attempt_failed")[0]["after_sentences"] == 2
        assert [c["continues"] for c in answer.events("attempt")] == [False, True]
        assert answer.done["answered_by"]["node_id"] == c.id.text


@pytest.mark.parametrize("kind", [FakeEngine, Starting], ids=["goes on exactly", "begins again"])
async def test_a_break_in_the_middle_of_a_sentence_loses_and_repeats_nothing(kind: type[FakeEngine]) -> None:
    bad = InWords(name="best", quality=0.95)
    good = kind(name="good", continues=kind is FakeEngine)
    async with neighbourhood([], [bad], [good]) as (a, *_):
        answer = await ask(a.bus, a.call())
        assert answer.text == answer.done["text"] == WHOLE
        if kind is Starting:
            assert good.calls[0].said == SENTENCES[0], "the unfinished sentence was held back"
        else:
            assert good.calls[0].said == "Fill clean bottles. Keep them cool"


async def test_a_node_that_dies_while_it_speaks_is_replaced_and_nothing_is_said_twice() -> None:
    slow, good = best(Behaviour(delay_s=0.3)), FakeEngine(name="good")
    async with neighbourhood([], [slow], [good]) as (a, b, _):
        answer = Answer()
        stream = a.bus.stream(a.call())
        async for chunk in stream:
            answer.chunks.append(chunk)
            if chunk.event == "delta" and len(answer.events("delta")) == 2:
                b.mesh.peers[a.id].connection.abort()
        assert answer.text == WHOLE
        assert answer.outcomes == [("best", "failed"), ("good", "ok")]


async def test_a_node_that_goes_silent_is_taken_for_dead_after_a_second_and_a_half() -> None:
    """Its connection stands and its socket is open, but nothing comes any more, heartbeats included."""
    bad, good = best(fake.HANG), FakeEngine(name="good")
    async with neighbourhood([], [bad], [good]) as (a, b, _):
        b.mesh.peers[a.id].connection._link.write = _never  # type: ignore[method-assign]
        began = time.monotonic()
        answer = await ask(a.bus, a.call())
        assert 1.4 < time.monotonic() - began < 6
        assert answer.text == WHOLE
        assert "silent" in answer.trace.attempts[0].message


async def test_a_working_node_that_takes_its_time_is_not_taken_for_dead() -> None:
    slow = best(Behaviour(first_s=2.5))
    async with neighbourhood([], [slow]) as (a, _):
        answer = await ask(a.bus, a.call())
        assert answer.outcomes == [("best", "ok")]
        assert answer.text == WHOLE


async def test_a_hanging_engine_gets_half_of_the_time_and_the_next_one_the_rest() -> None:
    hanging, good = best(fake.HANG), FakeEngine(name="good")
    async with neighbourhood([], [hanging], [good]) as (a, *_):
        began = a.runtime.now()
        answer = await ask(a.bus, a.call(deadline=began + 4.0))
        assert answer.outcomes == [("best", "failed"), ("good", "ok")]
        assert 1.9 < a.runtime.now() - began < 4.0
        assert hanging.open == 0, "the one that hung was let go"


async def test_all_attempts_share_one_deadline() -> None:
    async with neighbourhood([], [best(fake.HANG)], [FakeEngine(fake.HANG, name="second")]) as (a, *_):
        began = a.runtime.now()
        with pytest.raises(Timeout):
            await ask(a.bus, a.call(deadline=began + 3.0))
        assert 2.9 < a.runtime.now() - began < 8.0


async def test_a_slow_reader_of_an_answer_is_never_hit_by_its_timer() -> None:
    """The caller may think for longer than the deadline between two chunks; only waiting for the next one costs."""
    async with neighbourhood([FakeEngine()]) as (a,):
        answer = Answer()
        async for chunk in a.bus.stream(a.call(deadline=a.runtime.now() + 0.5)):
            answer.chunks.append(chunk)
            if chunk.event == "delta":
                await asyncio.sleep(0.4)
        assert answer.text == WHOLE


async def test_leaving_an_answer_stops_the_engine_on_the_other_node_at_once() -> None:
    slow = best(Behaviour(delay_s=5.0))
    async with neighbourhood([], [slow]) as (a, _):
        stream = a.bus.stream(a.call())
        async for chunk in stream:
            if chunk.event == "delta":
                break
        began = time.monotonic()
        await stream.aclose()
        while slow.open:
            await asyncio.sleep(0.005)
        assert time.monotonic() - began < 2.0
        assert slow.cancelled == 1
        assert a.bus.traces.newest(1)[0].attempts[0].outcome == "cancelled"
        assert a.bus.health.of((b_id(a), "best", CHAT.name)).failures_in_row == 0


def b_id(a: TestNode) -> bytes:
    return next(iter(a.registry.peers))


async def test_an_engine_that_crashes_is_a_failure_with_its_kind_and_not_a_crash_here() -> None:
    class Broken(FakeEngine):
        async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
            self.calls.append(call)
            yield Chunk("delta", {"text": "Fill"})
            raise ZeroDivisionError

    async with neighbourhood([Broken(name="broken")]) as (a,):
        with pytest.raises(InternalError, match="ZeroDivisionError"):
            await ask(a.bus, a.call())
        trace = a.bus.traces.newest(1)[0]
        assert [(t.outcome, t.error) for t in trace.attempts] == [("failed", "internal_error")]


async def test_an_answer_whose_end_breaks_its_schema_is_a_failure() -> None:
    class Wrong(FakeEngine):
        async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
            self.calls.append(call)
            yield Chunk("delta", {"text": SENTENCES[0]})
            yield Chunk("done", {"model": 7})

    async with neighbourhood([Wrong(name="best", quality=0.95)], [FakeEngine(name="good")]) as (a, _):
        answer = await ask(a.bus, a.call())
        assert answer.outcomes == [("best", "failed"), ("good", "ok")]
        assert answer.text == WHOLE


async def test_a_long_answer_can_be_continued_too() -> None:
    """What was said no longer fits into the frame that opens a stream."""
    many = tuple(f"Sentence number {n} is about water." for n in range(1500))
    bad = best(fake.drop(1400), sentences=many)
    good = FakeEngine(name="good", sentences=many)
    async with neighbourhood([], [bad], [good]) as (a, *_):
        answer = await ask(a.bus, a.call())
        assert answer.text == " ".join(many)
        assert len(good.calls[0].said) > 40_000


async def test_a_continuation_that_adds_nothing_without_saying_so_is_no_answer() -> None:
    class Mute(FakeEngine):
        async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
            self.calls.append(call)
            yield ChatDone(finish_reason="stop", model="mute").chunk()

    engines = [best(fake.drop(1))], [Mute(name="mute", quality=0.9)], [FakeEngine(name="good", quality=0.3)]
    async with neighbourhood([], *engines) as (a, *_):
        answer = await ask(a.bus, a.call())
        assert answer.text == WHOLE
        assert [p for p, outcome in answer.outcomes if outcome == "failed"] == ["best", "mute"]


async def test_nobody_offers_it_is_a_sentence_that_says_what_to_do() -> None:
    async with neighbourhood([]) as (a,):
        with pytest.raises(Unavailable, match=f"offers {CHAT.name}; connect an engine"):
            await ask(a.bus, a.call())


async def _never(data: bytes) -> None:
    await asyncio.Event().wait()
