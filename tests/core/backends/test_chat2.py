"""`llm.chat` 2.0 and what else an engine offers, through both kinds of engines: tools, pictures, schemas, reasoning,
completion, descriptions and vectors."""

from __future__ import annotations

import asyncio
import base64
import json
import math
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hearthnet_core.backends.chat2 import COMPLETE
from hearthnet_core.backends.ollama import Ollama
from hearthnet_core.backends.openai_compatible import OpenAICompatible
from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    HearthNetError,
    NotFound,
    NotImplementedHere,
    SchemaMismatch,
    Timeout,
    Unavailable,
)

from .conftest import PNG, SHORT, call, call2, other, serving, told
from .ollama_server import OllamaServer, _model
from .openai_server import OpenAIServer

type Engine = Ollama | OpenAICompatible
type Both = tuple[Engine, OllamaServer | OpenAIServer]

WEATHER = {
    "name": "mesh.weather",
    "description": "The weather of a place",
    "parameters": {
        "type": "object",
        "properties": {"place": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
        "required": ["place"],
    },
}
WANTED = {"place": {"city": "Bonn"}}
PERSON = {
    "type": "object",
    "properties": {"age": {"type": "integer"}},
    "required": ["age"],
    "additionalProperties": False,
}


@pytest.fixture(params=["ollama", "openai"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Both]:
    server = OllamaServer() if request.param == "ollama" else OpenAIServer()
    async with serving(server.app()) as url:
        engine: Engine
        if isinstance(server, OllamaServer):
            server.models = [
                _model("qwen3:4b", "qwen3", ("completion", "tools", "thinking", "vision", "insert")),
                _model("nomic-embed-text:latest", "nomic-bert"),
            ]
            engine = Ollama("engine", url)
        else:
            server.models = [{"id": "qwen3-vl"}, {"id": "nomic-embed-text"}]
            engine = OpenAICompatible("engine", url)
        assert (await engine.probe()).available
        yield engine, server
        await engine.close()


def wants(server: OllamaServer | OpenAIServer, *calls: tuple[str, dict[str, Any]], text: tuple[str, ...] = ()) -> None:
    """What the model wants done, as its engine says it: Ollama whole, OpenAI's in pieces of its JSON."""
    server.pieces = text
    if isinstance(server, OllamaServer):
        server.calls = tuple({"name": name, "arguments": arguments} for name, arguments in calls)
        return
    deltas: list[dict[str, Any]] = []
    for n, (name, arguments) in enumerate(calls):
        raw, wire = json.dumps(arguments), name.replace(".", "__")
        head = {"index": n, "id": f"call_{n}", "type": "function", "function": {"name": wire, "arguments": ""}}
        deltas.append({"tool_calls": [head]})
        deltas += [
            {"tool_calls": [{"index": n, "function": {"arguments": raw[i : i + 5]}}]} for i in range(0, len(raw), 5)
        ]
    server.deltas, server.finish = tuple(deltas), "tool_calls"


def calls_of(others: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(c.data["name"], c.data["arguments"]) for c in others if c.event == "tool_call"]


async def test_a_tool_call_comes_whole_and_the_tools_schema_goes_whole(both: Both) -> None:
    engine, server = both
    wants(server, ("mesh.weather", WANTED))
    text, done, others = await told(engine, call2(tools=[WEATHER]))
    assert text == "" and calls_of(others) == [("mesh.weather", WANTED)]
    assert done["finish_reason"] == "tool_calls" and done["usage"] == {"prompt_tokens": 5, "completion_tokens": 6}
    (sent,) = server.requests[0]["tools"]
    assert sent["type"] == "function" and sent["function"]["parameters"] == WEATHER["parameters"]


async def test_two_calls_at_once_beside_text_have_ids_of_their_own(both: Both) -> None:
    engine, server = both
    wants(server, ("mesh.weather", WANTED), ("mesh.weather", {"place": {"city": "Ulm"}}), text=("I look.",))
    text, _, others = await told(engine, call2(tools=[WEATHER]))
    assert text == "I look." and len({c.data["id"] for c in others}) == 2
    assert [a["place"]["city"] for _, a in calls_of(others)] == ["Bonn", "Ulm"]


async def test_what_a_tool_answered_goes_back_as_its_engine_wants_it(both: Both) -> None:
    engine, server = both
    asked = {"id": "c1", "name": "mesh.weather", "arguments": WANTED}
    history = [
        {"role": "user", "content": "Rain?"},
        {"role": "assistant", "content": "", "tool_calls": [asked]},
        {"role": "tool", "content": "dry", "tool_call_id": "c1"},
    ]
    await told(engine, call2(messages=history, tools=[WEATHER]))
    _, before, after = server.requests[0]["messages"]
    (given,) = before["tool_calls"]
    if isinstance(server, OllamaServer):
        assert given["function"] == {"name": "mesh.weather", "arguments": WANTED}
        assert after == {"role": "tool", "content": "dry", "tool_name": "mesh.weather"}
    else:
        assert given["id"] == "c1" and json.loads(given["function"]["arguments"]) == WANTED
        assert after == {"role": "tool", "content": "dry", "tool_call_id": "c1"}


@pytest.mark.parametrize(("choice", "sent"), [("auto", True), ("none", False)])
async def test_tools_are_sent_unless_none_may_be_called(both: Both, choice: str, sent: bool) -> None:
    engine, server = both
    await told(engine, call2(tools=[WEATHER], tool_choice=choice))
    assert ("tools" in server.requests[0]) is sent


async def test_a_model_that_calls_no_tool_though_it_must_fails_before_it_has_said_anything(both: Both) -> None:
    engine, _ = both
    seen: list[str] = []
    with pytest.raises(Unavailable, match="called no tool"):
        async for chunk in engine.stream(call2(tools=[WEATHER], tool_choice="required")):
            seen.append(chunk.event)
    assert "delta" not in seen


async def test_a_call_for_a_tool_nobody_offered_fails(both: Both) -> None:
    engine, server = both
    wants(server, ("open_door", {}))
    with pytest.raises(Unavailable, match="not offered: 'open_door'"):
        await told(engine, call2(tools=[WEATHER]))


@pytest.mark.parametrize("arguments", ['{"place": {"ci', "[1]", '{"place": ' + "[" * 100_000, "{]}"])
async def test_a_tool_call_with_broken_json_is_one_clear_failure(
    openai: tuple[OpenAIServer, str], arguments: str
) -> None:
    server, url = openai
    server.pieces = ()
    part = {"index": 0, "id": "x", "function": {"name": "mesh__weather", "arguments": arguments}}
    server.deltas, server.finish = ({"tool_calls": [part]},), "tool_calls"
    engine = OpenAICompatible("engine", url)
    await engine.probe()
    with pytest.raises(Unavailable, match=r"broken JSON|too much"):
        await told(engine, call2(tools=[WEATHER]))
    await engine.close()


async def test_an_engine_that_sends_calls_whole_and_without_an_index_is_understood(
    openai: tuple[OpenAIServer, str],
) -> None:
    server, url = openai
    server.pieces = ()
    parts = [
        {"function": {"name": "mesh__weather", "arguments": json.dumps(WANTED)}},
        {"function": {"name": "mesh__weather"}},
    ]
    server.deltas = ({"tool_calls": parts},)
    engine = OpenAICompatible("engine", url)
    await engine.probe()
    _, done, others = await told(engine, call2(tools=[WEATHER]))
    assert calls_of(others) == [("mesh.weather", WANTED), ("mesh.weather", {})]
    assert [c.data["id"] for c in others] == ["c-0", "c-1"] and done["finish_reason"] == "tool_calls"
    await engine.close()


async def test_more_calls_than_sixteen_are_refused(both: Both) -> None:
    engine, server = both
    wants(server, *[("mesh.weather", WANTED)] * 17)
    with pytest.raises(Unavailable, match="more than 16"):
        await told(engine, call2(tools=[WEATHER]))


async def test_a_picture_reaches_the_engine_in_its_own_form(both: Both) -> None:
    engine, server = both
    await told(engine, call2(messages=[{"role": "user", "content": "What is it?", "images": [PNG]}]))
    (sent,) = server.requests[0]["messages"]
    encoded = base64.b64encode(PNG).decode()
    if isinstance(server, OllamaServer):
        assert sent["images"] == [encoded]
    else:
        text, picture = sent["content"]
        assert text == {"type": "text", "text": "What is it?"}
        assert picture == {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encoded}"}}


@pytest.mark.parametrize(
    ("message", "error", "part"),
    [
        ({"role": "user", "images": [b"<html>not a picture"]}, BadRequest, "no picture"),
        ({"role": "assistant", "content": "x", "images": [PNG]}, SchemaMismatch, "only a user's"),
        ({"role": "tool", "content": "x"}, SchemaMismatch, "tool_call_id"),
        (
            {"role": "user", "content": "x", "tool_calls": [{"id": "1", "name": "a"}]},
            SchemaMismatch,
            "only the assistant",
        ),
    ],
)
async def test_what_does_not_belong_into_a_conversation_is_named(
    both: Both, message: dict[str, Any], error: type[HearthNetError], part: str
) -> None:
    engine, server = both
    with pytest.raises(error, match=part):
        await told(engine, call2(messages=[message]))
    assert server.requests == []


async def test_a_model_that_cannot_see_or_call_is_left_for_one_that_can(ollama: tuple[OllamaServer, str]) -> None:
    server, url = ollama
    server.models = [_model("plain:1b", can=("completion",)), _model("moondream:2b", can=("completion", "vision"))]
    engine = Ollama("engine", url)
    await engine.probe()
    picture = [{"role": "user", "content": "What is it?", "images": [PNG]}]
    assert (await told(engine, call2(messages=picture)))[1]["model"] == "moondream:2b"
    with pytest.raises(SchemaMismatch, match="plain:1b does not take pictures"):
        await told(engine, call2(messages=picture, model="plain"))
    with pytest.raises(SchemaMismatch, match="No model of engine takes tools"):
        await told(engine, call2(tools=[WEATHER]))
    assert len(server.requests) == 1
    await engine.close()


async def test_a_schema_goes_to_the_engine_and_the_answer_comes_when_it_fits(both: Both) -> None:
    engine, server = both
    server.pieces = ('{"age"', ": 4", "1}")
    text, done, others = await told(engine, call2(schema=PERSON))
    assert json.loads(text) == {"age": 41} and done["finish_reason"] == "stop"
    assert {c.event for c in others} <= {"progress"}
    sent = server.requests[0]
    if isinstance(server, OllamaServer):
        assert sent["format"] == PERSON
    else:
        assert sent["response_format"]["json_schema"]["schema"] == PERSON
    assert "additionalProperties" in sent["messages"][0]["content"]


@pytest.mark.parametrize(
    ("pieces", "part"), [(('{"age": ', '"old"}'), r"\$.age is no integer"), (('{"age": 4',), "its answer is none")]
)
async def test_an_answer_that_does_not_fit_fails_before_any_of_it_is_told(
    both: Both, pieces: tuple[str, ...], part: str
) -> None:
    engine, server = both
    server.pieces = pieces
    seen: list[str] = []
    with pytest.raises(Unavailable, match=part):
        async for chunk in engine.stream(call2(schema=PERSON)):
            seen.append(chunk.event)
    assert "delta" not in seen


async def test_reasoning_is_told_apart_from_the_answer(both: Both) -> None:
    engine, server = both
    server.mode = "thinking"
    text, _, others = await told(engine, call2())
    assert text == "Store water for six months."
    assert [(c.event, c.data) for c in others] == [("thinking", {"text": "secret thought"})]


async def test_reasoning_within_the_text_is_told_apart_too(both: Both) -> None:
    engine, server = both
    server.pieces = ("<thi", "nk>A thought that is", " longer</th", "ink>\n\nStore", " it.")
    text, _, others = await told(engine, call2())
    assert text == "Store it." and "".join(c.data["text"] for c in others) == "A thought that is longer"
    assert {c.event for c in others} == {"thinking"}
    text, _, others = await told(engine, call())
    assert text == "Store it." and [c.data for c in others] == [{"step": "thinking"}], "1.0 tells no reasoning"


@pytest.mark.parametrize("think", [True, False, None])
async def test_thinking_is_wished_only_where_somebody_wished_it(
    ollama: tuple[OllamaServer, str], think: bool | None
) -> None:
    server, url = ollama
    server.models = [_model("qwen3:4b", can=("completion", "thinking")), _model("gemma:2b", can=("completion",))]
    engine = Ollama("engine", url)
    await engine.probe()
    await told(engine, call2(think=think, model="qwen3"))
    assert server.requests[0].get("think") is think
    await told(engine, call2(think=think, model="gemma"))
    assert "think" not in server.requests[1], "a model without it refuses the word"
    await engine.close()


async def test_every_wish_reaches_the_engine(both: Both) -> None:
    engine, server = both
    wishes: dict[str, Any] = {"temperature": 0.5, "top_p": 0.9, "seed": 3, "stop": ["END"], "max_tokens": 9}
    for asked in (call(**wishes), call2(**wishes), other("llm.complete", prompt="x", **wishes)):
        await told(engine, asked)
    for sent in server.requests:
        options = sent["options"] if isinstance(server, OllamaServer) else sent
        assert {k: options[k] for k in ("temperature", "top_p", "seed", "stop")} == {
            k: wishes[k] for k in ("temperature", "top_p", "seed", "stop")
        }
        assert options["num_predict" if isinstance(server, OllamaServer) else "max_tokens"] == 9


async def test_bare_text_is_gone_on_from_without_a_template(both: Both) -> None:
    engine, server = both
    server.pieces = (" upon", " a time")
    text, done, _ = await told(engine, other("llm.complete", said=" there was", prompt="Once"))
    assert text == " upon a time" and done["finish_reason"] == "stop" and done["continued"] is True
    sent = server.requests[0]
    assert sent["prompt"] == "Once there was" and "messages" not in sent
    assert sent.get("raw", False) is isinstance(server, OllamaServer)


async def test_a_gap_is_filled_by_a_model_that_can(ollama: tuple[OllamaServer, str]) -> None:
    server, url = ollama
    server.models = [_model("llama3.2:3b"), _model("codellama:code", can=("completion", "insert"))]
    engine = Ollama("engine", url)
    await engine.probe()
    _, done, _ = await told(engine, other("llm.complete", prompt="def f(", suffix="return 1"))
    assert done["model"] == "codellama:code"
    assert server.requests[0]["suffix"] == "return 1" and "raw" not in server.requests[0]
    with pytest.raises(SchemaMismatch, match="gaps to fill"):
        await told(engine, other("llm.complete", prompt="x", suffix="y", model="llama3.2"))
    await engine.close()


async def test_a_picture_is_described_in_the_language_asked_for(both: Both) -> None:
    engine, server = both
    asked = other("img.describe", image=PNG, question="What is edible?", language="de")
    text, done, _ = await told(engine, asked)
    assert (
        text == "Store water for six months." and done["finish_reason"] == "stop" and done["model"].startswith("qwen3")
    )
    assert "What is edible? Answer in German." in json.dumps(server.requests[0]["messages"])


async def test_vectors_have_length_one_and_come_in_order(both: Both) -> None:
    engine, server = both
    _, done, _ = await told(engine, other("embed.text", texts=["a", "b", "a"], kind="query"))
    first, second, third = done["embeddings"]
    assert first == third != second and done["dim"] == 8 and done["model"].startswith("nomic-embed-text")
    assert math.isclose(math.hypot(*first), 1)
    assert server.requests[0]["input"] == ["search_query: a", "search_query: b", "search_query: a"]


@pytest.mark.parametrize(
    ("engine_mode", "error", "part"),
    [("429", CapacityExceeded, "slow"), ("hang", Timeout, "silent"), ("nonsense", Unavailable, "no usable")],
)
async def test_vectors_that_do_not_come_are_a_clear_error(
    openai: tuple[OpenAIServer, str], engine_mode: str, error: type[HearthNetError], part: str
) -> None:
    server, url = openai
    server.models = [{"id": "nomic-embed-text"}]
    engine = OpenAICompatible("engine", url, patience=SHORT)
    await engine.probe()
    server.mode = engine_mode
    with pytest.raises(error, match=part) as raised:
        await told(engine, other("embed.text", texts=["a", "b"]))
    assert type(raised.value) is error
    await engine.close()


async def test_vectors_without_a_direction_are_refused(ollama: tuple[OllamaServer, str]) -> None:
    engine = Ollama("engine", ollama[1])
    await engine.probe()
    ollama[0].mode = "zeros"
    with pytest.raises(Unavailable, match="no usable vectors"):
        await told(engine, other("embed.text", texts=["a"]))
    await engine.close()


@pytest.mark.parametrize(
    ("mode", "part"),
    [("html", "502"), ("endless", "does not come to an end"), ("truncated", "broke off"), ("stall", "silent")],
)
async def test_a_bad_day_is_a_clear_error_in_the_newer_contract_too(both: Both, mode: str, part: str) -> None:
    engine, server = both
    server.mode, engine._patience = mode, SHORT
    async with asyncio.timeout(10):
        with pytest.raises(HearthNetError, match=part) as raised:
            await told(engine, call2())
    assert "<" not in raised.value.message and engine.offer().load == 0


async def test_half_a_character_costs_that_character_alone(both: Both) -> None:
    engine, server = both
    server.mode = "half_character"
    text, _, _ = await told(engine, call2())
    assert text == "water\N{REPLACEMENT CHARACTER}Store water for six months."


async def test_an_older_minor_or_another_capability_is_not_answered(both: Both) -> None:
    engine, _ = both
    with pytest.raises(NotImplementedHere, match=r"llm\.chat 2\.0"):
        await told(engine, other("ocr.image"))


async def test_an_engine_without_plain_completion_stops_offering_it(openai: tuple[OpenAIServer, str]) -> None:
    server, url = openai
    server.models, server.mode = [{"id": "tiny"}], "only_chat"
    engine = OpenAICompatible("engine", url)
    await engine.probe()
    assert engine.offer(COMPLETE).available
    with pytest.raises(NotFound, match="only chats"):
        await told(engine, other("llm.complete", prompt="x"))
    await engine.probe()
    assert not engine.offer(COMPLETE).available and engine.offer().available
    await engine.close()


@pytest.mark.parametrize("mode", ["stall", "hang"])
async def test_cancelling_reaches_the_engine_within_200_ms(both: Both, mode: str) -> None:
    engine, server = both
    server.mode = mode
    task = asyncio.ensure_future(told(engine, call2(tools=[WEATHER])))
    await (server.streaming if mode == "stall" else server.asked).wait()
    began = asyncio.get_running_loop().time()
    task.cancel()
    async with asyncio.timeout(2):
        await server.gone.wait()
    assert asyncio.get_running_loop().time() - began < 0.2
    with pytest.raises(asyncio.CancelledError):
        await task
