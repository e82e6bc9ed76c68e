"""`llm.chat` 2.0 and `llm.complete` through a real llama-server, whose grammar makes even a model of nonsense fit a schema."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hearthnet_core.backends.chat2 import COMPLETE
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.openai_compatible import OpenAICompatible
from hearthnet_core.backends.seeing import DESCRIBE
from hearthnet_core.errors import SchemaMismatch

from .conftest import PNG, call2, other, told
from .llama_server import CONTEXT, llama_server

PERSON = {
    "type": "object",
    "properties": {"age": {"type": "integer", "maximum": 9}, "sex": {"enum": ["f", "m"]}},
    "required": ["age", "sex"],
    "additionalProperties": False,
}
TOOL = {"name": "mesh.weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("llama")


@pytest.fixture
async def engine(models: Path) -> AsyncIterator[OpenAICompatible]:
    async with llama_server(models) as url:
        engine = OpenAICompatible("llama.cpp", url)
        assert (await engine.probe()).available
        yield engine
        await engine.close()


async def test_what_it_says_of_itself_is_believed(engine: OpenAICompatible) -> None:
    (model,) = engine.models()
    assert model.context >= CONTEXT and model.size_bytes > 100_000 and model.loaded
    assert engine.offer(COMPLETE).available
    assert not engine.offer(DESCRIBE).available and not engine.offer(EMBED).available


async def test_an_answer_fits_its_schema(engine: OpenAICompatible) -> None:
    for seed in range(3):
        text, done, _ = await told(engine, call2(schema=PERSON, seed=seed, temperature=1.0, max_tokens=200))
        found = json.loads(text)
        assert found["age"] <= 9 and found["sex"] in ("f", "m") and done["finish_reason"] == "stop"


async def test_a_conversation_with_tools_and_their_answers_is_taken(engine: OpenAICompatible) -> None:
    asked = {"id": "c1", "name": "mesh.weather", "arguments": {"city": "Ulm"}}
    history = [
        {"role": "user", "content": "Rain?"},
        {"role": "assistant", "tool_calls": [asked]},
        {"role": "tool", "tool_call_id": "c1", "content": "dry"},
    ]
    text, done, _ = await told(engine, call2(messages=history, tools=[TOOL], max_tokens=8))
    assert text and done["usage"]["prompt_tokens"] > 5


async def test_bare_text_is_gone_on_from(engine: OpenAICompatible) -> None:
    whole, done, _ = await told(engine, other("llm.complete", prompt="Once", max_tokens=8, temperature=0))
    assert whole and done["finish_reason"] == "length" and done["usage"]["completion_tokens"] == 8
    cut = whole.index(" ", 3)
    rest, _, _ = await told(engine, other("llm.complete", whole[:cut], prompt="Once", max_tokens=4, temperature=0))
    assert whole[cut:].startswith(rest[:4])


async def test_a_picture_and_too_long_a_question_are_for_others(engine: OpenAICompatible) -> None:
    with pytest.raises(SchemaMismatch, match="takes pictures"):
        await told(engine, call2(messages=[{"role": "user", "content": "What is it?", "images": [PNG]}]))
    (model,) = engine.models()
    long = [{"role": "user", "content": "water " * model.context}]
    with pytest.raises(SchemaMismatch, match=f"takes {model.context:,} with its answer"):
        await told(engine, call2(messages=long))
