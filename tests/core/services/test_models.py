"""Models of this node's engines: listed, pulled once however many ask, kept whatever happens, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hearthnet_core.backends.discover import Discovery, EngineConfig, Inside
from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, NotFound, Unavailable
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import models as module
from hearthnet_core.services.models import Models
from hearthnet_core.supervise import Supervisor
from tests.core.backends.conftest import serving
from tests.core.backends.ollama_server import OllamaServer
from tests.core.backends.openai_server import OpenAIServer

NEW = "qwen3:0.6b"


class House:
    """An Ollama and the models of a node that uses it."""

    def __init__(self, server: OllamaServer, models: Models, discovery: Discovery, supervisor: Supervisor) -> None:
        self.server, self.models, self.discovery, self.supervisor = server, models, discovery, supervisor

    async def pull(self, model: str = NEW, engine: str = "") -> list[dict[str, Any]]:
        async with aclosing(self.models.pull(engine, model)) as chunks:
            seen = [(c.event, c.data) async for c in chunks]
        assert [event for event, _ in seen[:-1]] == ["progress"] * (len(seen) - 1)
        assert seen[-1] == ("done", {"engine": "ollama", "model": model})
        return [data for _, data in seen[:-1]]

    async def begun(self, model: str = NEW) -> asyncio.Task[list[dict[str, Any]]]:
        """A pull that waits in the middle."""
        self.server.go.clear()
        self.server.streaming.clear()
        task = asyncio.ensure_future(self.pull(model))
        await self.server.streaming.wait()
        return task


@asynccontextmanager
async def house(*more: EngineConfig, ollama: bool = True) -> AsyncIterator[House]:
    server = OllamaServer()
    async with serving(server.app()) as url:
        own = (EngineConfig(kind="ollama", url=url, name="ollama"),) if ollama else ()
        discovery = Discovery((*own, *more), auto=False)

        async def refresh() -> None:
            await discovery.refresh()

        await refresh()
        async with Supervisor(SystemRuntime()) as supervisor:
            yield House(server, Models(supervisor, lambda: discovery.engines, refresh), discovery, supervisor)
        await discovery.close()


async def test_each_model_is_listed_with_what_is_known_of_it() -> None:
    async with house() as home:
        chat, embedding = home.models.listed()
        assert chat == {
            "engine": "ollama",
            "name": "llama3.2:3b",
            "family": "llama",
            "parameters": "3.2B",
            "quantization": "Q4_K_M",
            "context": 4096,
            "size_bytes": 2_000_000_000,
            "loaded": False,
            "capabilities": ["completion", "tools"],
        }
        assert embedding["capabilities"] == ["embedding"]


async def test_a_pull_tells_how_far_it_is_over_all_its_parts_and_then_the_model_is_there() -> None:
    async with house() as home:
        home.server.go.clear()
        seen: list[dict[str, Any]] = []
        async with aclosing(home.models.pull("", NEW)) as chunks:
            async for chunk in chunks:
                seen.append(chunk.data)
                if chunk.data.get("total") == 1000:
                    home.server.go.set()
        assert {"status": "pulling aaaa", "completed": 0, "total": 1000} in seen
        assert seen[-2] == {"status": "success", "completed": 1200, "total": 1200}
        assert seen[-1] == {"engine": "ollama", "model": NEW}
        figures = [p["completed"] for p in seen[:-1]]
        assert figures == sorted(figures)
        assert NEW in [m["name"] for m in home.models.listed()]
        assert NEW in home.discovery.engines[0].offer().models, "it can be asked at once"


async def test_two_pulls_of_one_model_share_one() -> None:
    async with house() as home:
        first = await home.begun()
        second = asyncio.ensure_future(home.pull())
        await asyncio.sleep(0)
        home.server.go.set()
        seen = await asyncio.gather(first, second)
        assert all(p[-1]["completed"] == 1200 for p in seen) and home.server.pulls == 1


async def test_a_pull_goes_on_when_who_asked_goes_away() -> None:
    async with house() as home:
        first = await home.begun()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        home.server.go.set()
        await home.pull()
        assert home.server.pulls == 1 and not home.server.gone.is_set()


async def test_a_full_disk_is_said_to_everybody_who_watches_and_the_next_pull_goes_on_from_there() -> None:
    async with house() as home:
        home.server.space = 600
        first = await home.begun()
        second = asyncio.ensure_future(home.pull())
        await asyncio.sleep(0)
        home.server.go.set()
        for watching in (first, second):
            with pytest.raises(Unavailable, match=r"disk of ollama is full\. Free some space"):
                await watching
        assert NEW not in [m["name"] for m in home.models.listed()] and len(home.models.listed()) == 2
        assert home.server.fetched == {"sha256:aaaa": 600}
        home.server.space = 10_000
        home.server.go.clear()
        async with aclosing(home.models.pull("", NEW)) as chunks:
            async for chunk in chunks:
                if chunk.data.get("total") == 1000:
                    assert chunk.data["completed"] >= 600
                    home.server.go.set()
        assert home.server.pulls == 2 and home.server.fetched == {"sha256:aaaa": 1000, "sha256:bbbb": 200}


async def test_an_engine_that_falls_silent_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PULL_SILENT_S", 0.1)
    async with house() as home:
        with pytest.raises(Unavailable, match="silent"):
            await (await home.begun())


async def test_deleting_stops_a_pull_and_says_so_to_who_watches() -> None:
    async with house() as home:
        first = await home.begun()
        assert await home.models.delete("", NEW) == {"engine": "ollama", "model": NEW}
        with pytest.raises(Unavailable, match="was stopped"):
            await first
        async with asyncio.timeout(2):
            await home.server.gone.wait()


async def test_a_pull_ends_with_the_node() -> None:
    async with house() as home:
        first = await home.begun()
        await home.supervisor.aclose()
        with pytest.raises(Unavailable, match="ended with the node"):
            await first


async def test_a_deleted_model_is_gone_at_once() -> None:
    async with house() as home:
        await home.models.delete("ollama", "llama3.2:3b")
        assert [m["name"] for m in home.models.listed()] == ["nomic-embed-text:latest"]
        with pytest.raises(NotFound, match=r"llama3\.2:3b"):
            await home.models.delete("", "llama3.2:3b")


async def test_no_more_than_four_are_pulled_at_once() -> None:
    async with house() as home:
        tasks = [await home.begun(f"m{n}") for n in range(module.MAX_PULLS)]
        with pytest.raises(CapacityExceeded, match="wait for one"):
            await home.pull("m9")
        home.server.go.set()
        await asyncio.gather(*tasks)
        await home.pull("m9")


@pytest.mark.parametrize("model", ["", "a b", "../etc", "-x", "x\n", "http://x/y?z", "gpt-oss:120b-cloud", "x:cloud"])
async def test_what_is_no_model_for_this_house_is_refused_before_the_engine_hears_of_it(model: str) -> None:
    async with house() as home:
        with pytest.raises(BadRequest):
            await home.pull(model)
        with pytest.raises(BadRequest):
            await home.models.delete("", model)
        assert home.server.pulls == 0


async def test_which_engine_is_meant_is_asked_only_when_it_is_not_clear() -> None:
    other, openai = OllamaServer(), OpenAIServer()
    async with serving(other.app()) as second, serving(openai.app()) as third:
        gone = EngineConfig(kind="ollama", url="http://127.0.0.1:1", name="gone")
        plain = EngineConfig(kind="openai_compatible", url=third, name="llama.cpp")
        async with house(gone, plain) as home:
            await home.pull()
            with pytest.raises(BadRequest, match="by itself"):
                await home.pull(engine="llama.cpp")
            with pytest.raises(NotFound, match="no engine called 'who'"):
                await home.pull(engine="who")
        async with house(EngineConfig(kind="ollama", url=second, name="second")) as home:
            with pytest.raises(BadRequest, match="ollama or second"):
                await home.pull()
            await home.pull(engine="ollama")
        async with house(plain, ollama=False) as home:
            with pytest.raises(Unavailable, match="install Ollama"):
                await home.pull()


async def test_an_engine_within_the_node_keeps_only_the_models_it_is_configured_with(tmp_path: Path) -> None:
    runtime = SystemRuntime()
    own = EngineConfig(kind="transformers", models=("tiny/own",), name="within")
    server = OllamaServer()
    async with serving(server.app()) as url, Supervisor(runtime) as supervisor:
        both = Discovery(
            (own, EngineConfig(kind="ollama", url=url, name="ollama")), auto=False, inside=Inside(tmp_path, runtime)
        )
        alone = Discovery((own,), auto=False, inside=Inside(tmp_path, runtime))

        async def refresh() -> None:
            await both.refresh()

        await refresh()
        home = House(server, Models(supervisor, lambda: both.engines, refresh), both, supervisor)
        await home.pull()
        with pytest.raises(BadRequest, match="within or ollama"):
            await home.pull("tiny/own")
        only = House(server, Models(supervisor, lambda: alone.engines, refresh), alone, supervisor)
        with pytest.raises(BadRequest, match=f"add {NEW} to them first"):
            await only.pull()
        await both.close()
        await alone.close()
    runtime.close()


async def test_an_engine_that_is_down_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    down = EngineConfig(kind="ollama", url="http://127.0.0.1:1", name="ollama")
    async with house(down, ollama=False) as home:
        with pytest.raises(HearthNetError, match="start it"):
            await home.pull()
