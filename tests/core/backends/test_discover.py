"""Engines are found by themselves on this machine, and nowhere else."""

from __future__ import annotations

import socket

import pytest
import yarl
from aiohttp import web

from hearthnet_core.backends.discover import CANDIDATES, Candidate, Discovery, EngineConfig, discover
from hearthnet_core.errors import BadRequest

from .conftest import serving, told
from .ollama_server import OllamaServer
from .openai_server import OpenAIServer

type OpenAI = tuple[OpenAIServer, str]
type Olla = tuple[OllamaServer, str]


def port(url: str) -> int:
    return yarl.URL(url).port or 0


async def test_engines_on_their_ports_are_found_and_answer(openai: OpenAI, ollama: Olla) -> None:
    candidates = (
        Candidate("ollama", "ollama", port(ollama[1])),
        Candidate("engine-8080", "openai_compatible", port(openai[1])),
    )
    found = Discovery(candidates=candidates)
    engines = await found.refresh()
    assert [e.name for e in engines] == ["ollama", "llama.cpp"]
    assert all(e.offer().available and e.offer().provider == e.name for e in engines)
    assert [(await told(e))[0] for e in engines] == ["Store water for six months."] * 2
    assert await found.refresh() == engines
    await found.close()


async def test_nothing_and_strangers_are_no_engines() -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="a printer")

    app = web.Application()
    app.router.add_get("/{anything:.*}", page)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with serving(app) as url:
            found = Discovery(
                candidates=(
                    Candidate("ollama", "ollama", taken.getsockname()[1]),
                    Candidate("ollama-2", "ollama", port(url)),
                    Candidate("engine", "openai_compatible", port(url)),
                )
            )
            assert await found.refresh() == []


async def test_an_engine_without_a_model_is_listed_with_what_to_do(ollama: Olla) -> None:
    ollama[0].models = []
    found = Discovery(candidates=(Candidate("ollama", "ollama", port(ollama[1])),))
    (engine,) = await found.refresh()
    assert not engine.offer().available and "load one into it" in engine.offer().reason
    await found.close()


async def test_an_engine_that_comes_later_is_found_and_one_that_goes_stays_with_its_reason() -> None:
    server = OpenAIServer()
    async with serving(server.app()) as url:
        found = Discovery((EngineConfig(kind="openai_compatible", url=url),), auto=False)
        (engine,) = await found.refresh()
        assert engine.offer().available
    (same,) = await found.refresh()
    assert same is engine and not engine.offer().available and "start it" in engine.offer().reason
    await found.close()


async def test_a_configured_engine_is_not_found_twice(openai: OpenAI) -> None:
    found = Discovery(
        (EngineConfig(kind="openai_compatible", url=openai[1].replace("127.0.0.1", "localhost"), name="mine"),),
        candidates=(Candidate("x", "openai_compatible", port(openai[1])),),
    )
    assert [e.name for e in await found.refresh()] == ["mine"]
    await found.close()


async def test_engines_without_a_name_get_different_ones() -> None:
    found = Discovery(
        (
            EngineConfig(kind="ollama", url="http://10.0.0.1:11434"),
            EngineConfig(kind="ollama", url="http://10.0.0.2:11434"),
            EngineConfig(kind="openai_compatible", url="https://api.example.com/v1"),
        ),
        auto=False,
    )
    assert [e.name for e in found.engines] == ["ollama", "ollama-2", "api.example.com"]


async def test_two_engines_of_one_name_are_refused() -> None:
    config = EngineConfig(kind="ollama", url="http://10.0.0.1:11434", name="a")
    with pytest.raises(BadRequest, match="its own name"):
        await discover((config, config), auto=False)


async def test_a_key_with_a_line_break_is_refused() -> None:
    with pytest.raises(BadRequest, match="secrets file"):
        await discover((EngineConfig(kind="openai_compatible", url="http://nas:1", api_key="a\r\nX: y"),), auto=False)


async def test_default_ports_are_those_of_the_known_engines() -> None:
    assert {c.port for c in CANDIDATES} == {11434, 8080, 1234, 8000}
