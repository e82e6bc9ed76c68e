"""The OpenAI-compatible adapter against a real llama-server, whatever nonsense its model says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hearthnet_core.backends.openai_compatible import OpenAICompatible
from hearthnet_core.errors import SchemaMismatch

from .conftest import call, told
from .llama_server import llama_server


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("llama")


@pytest.fixture
async def url(models: Path) -> AsyncIterator[str]:
    async with llama_server(models) as url:
        yield url


@pytest.fixture
async def engine(url: str) -> AsyncIterator[OpenAICompatible]:
    engine = OpenAICompatible("llama.cpp", url)
    offer = await engine.probe()
    assert offer.available and offer.continues and offer.loaded == offer.models
    yield engine
    await engine.close()


async def test_it_streams_with_length_and_usage(engine: OpenAICompatible) -> None:
    text, done, _ = await told(engine, call(max_tokens=40, seed=1, temperature=1.0))
    assert text and done["finish_reason"] in ("length", "stop")
    assert 1 <= done["usage"]["completion_tokens"] <= 40


async def test_it_goes_on_from_a_partial_answer_exactly(engine: OpenAICompatible) -> None:
    same = []
    for n in range(20):
        asked: dict[str, Any] = {"messages": [{"role": "user", "content": f"Question {n}"}], "temperature": 0.0}
        whole, _, _ = await told(engine, call(max_tokens=12, **asked))
        cut = whole.find(" ", len(whole) // 2)
        if whole.isascii() and cut > 0:
            rest, done, _ = await told(engine, call(said=whole[:cut], max_tokens=12, **asked))
            assert done["continued"] is True
            same.append(rest.startswith(whole[cut:]))
    assert len(same) > 10
    assert sum(same) > len(same) / 2, "a model may split words otherwise, but not most of the time"


async def test_closing_the_generator_frees_the_slot(engine: OpenAICompatible, url: str) -> None:
    asked = call(max_tokens=8000, messages=[{"role": "user", "content": "x"}])
    async with aiohttp.ClientSession() as session:

        async def busy() -> bool:
            async with session.get(f"{url}/slots") as response:
                return any(slot["is_processing"] for slot in await response.json())

        async with aclosing(engine.stream(asked)) as chunks:
            await anext(chunks)
        async with asyncio.timeout(1):
            while await busy():
                await asyncio.sleep(0.02)


async def test_a_prompt_beyond_its_context_is_for_another_engine(engine: OpenAICompatible) -> None:
    long = [{"role": "user", "content": "water " * 1_000}] * 4
    with pytest.raises(SchemaMismatch, match="context"):
        await told(engine, call(messages=long))
