"""Engines of a node: found by themselves, gone and back again, and the built-in answerer beside them."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from hearthnet_core.backends import openai_compatible
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.discover import Candidate
from hearthnet_core.backends.state import LANGUAGE_MODEL
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.registry import PeerOffers, Registry
from hearthnet_core.bus.remote import Stream
from hearthnet_core.capability import Call, Offer, Privacy, collect
from hearthnet_core.client import Client
from hearthnet_core.config import Config
from hearthnet_core.config.schema import EngineSettings, ExtractiveSettings
from hearthnet_core.config.secrets import Secrets
from hearthnet_core.errors import BadRequest, SchemaMismatch
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import engines as module
from hearthnet_core.services.engines import Engines
from script.demo_parts.nodes import free_port
from tests.core.backends.conftest import PNG
from tests.core.backends.ollama_server import OllamaServer, _model
from tests.core.backends.openai_server import OpenAIServer
from tests.core.node.living import Living, lives

PEER = NodeId(b"p" * 32)


class Place:
    """A port on which an engine may be running or not."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._runner: web.AppRunner | None = None

    async def start(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    made = Place()
    yield made
    await made.stop()


def registry() -> Registry:
    made = Registry()
    for contract in LANGUAGE_MODEL:
        made.define(contract)
    return made


def no_secret(name: str) -> str:
    raise BadRequest(f"There is no secret called {name}.")


@asynccontextmanager
async def engines(
    here: Registry,
    config: Config,
    *candidates: Candidate,
    privacy: Callable[[], Privacy] = lambda: Privacy.COMMUNITY,
    internet: Callable[[], bool] = lambda: True,
) -> AsyncIterator[tuple[Engines, list[None]]]:
    """(the engines, what `changed` told)."""
    made = Engines(here, config, no_secret, privacy=privacy, internet=internet, candidates=candidates)
    told: list[None] = []
    made.changed.connect(told.append)
    try:
        yield made, told
    finally:
        await made.aclose()


def offers(here: Registry) -> dict[str, Offer]:
    """Of `llm.chat` 1.0, by provider."""
    return {o.provider: o for o in here.offers() if (o.capability, o.version) == (CHAT.name, CHAT.version)}


async def test_an_engine_that_appears_on_a_default_port_is_offered_and_outlives_its_absence(place: Place) -> None:
    here = registry()
    async with engines(here, Config(), Candidate("ollama", "ollama", place.port)) as (made, told):
        await made.refresh()
        assert set(offers(here)) == {"extractive"} and told == []
        await place.start(OllamaServer().app())
        await made.refresh()
        assert offers(here)["ollama"].available and offers(here)["ollama"].models and len(told) == 1
        await made.refresh()
        assert len(told) == 1, "nothing changed"
        await place.stop()
        await made.refresh()
        gone = offers(here)["ollama"]
        assert not gone.available and "ollama" in gone.reason and len(told) == 2
        await place.start(OllamaServer().app())
        await made.refresh()
        assert offers(here)["ollama"].available and len(told) == 3
        assert [e.name for e in made.engines] == ["ollama"]


async def test_with_engines_auto_off_no_port_is_looked_at(place: Place) -> None:
    await place.start(OllamaServer().app())
    here = registry()
    async with engines(here, Config(engines_auto=False), Candidate("ollama", "ollama", place.port)) as (made, _):
        await made.refresh()
        assert set(offers(here)) == {"extractive"} and made.engines == []


def engine(url: str, **more: Any) -> EngineSettings:
    return EngineSettings(kind="openai_compatible", url=url, **more)


async def test_never_means_that_there_is_no_built_in_answerer() -> None:
    here = registry()
    async with engines(here, Config(extractive=ExtractiveSettings(when="never"))):
        assert here.offers() == ()


async def test_always_means_beside_any_engine(place: Place) -> None:
    await place.start(OpenAIServer().app())
    here = registry()
    async with engines(here, Config(engines=(engine(place.url, name="own"),))) as (made, _):
        await made.refresh()
        assert {name for name, o in offers(here).items() if o.available} == {"own", "extractive"}


async def test_alone_steps_back_for_an_engine_of_this_node_and_in_when_it_goes(place: Place) -> None:
    await place.start(OpenAIServer().app())
    here = registry()
    config = Config(extractive=ExtractiveSettings(when="alone"), engines=(engine(place.url, name="own"),))
    async with engines(here, config) as (made, _):
        assert offers(here)["extractive"].available, "not asked yet"
        await made.refresh()
        assert offers(here)["extractive"].reason == module.ALONE
        await place.stop()
        await made.refresh()
        assert offers(here)["extractive"].available


@pytest.mark.parametrize(
    ("privacy", "home", "internet_backed", "online", "steps_in"),
    [
        (Privacy.COMMUNITY, False, False, True, False),
        (Privacy.HOME, False, False, True, True),
        (Privacy.HOME, True, False, True, False),
        (Privacy.LOCAL, True, False, True, True),
        (Privacy.COMMUNITY, False, True, True, True),
        (Privacy.ANY, False, True, True, False),
        (Privacy.ANY, False, True, False, True),
    ],
)
async def test_alone_counts_only_neighbours_who_may_be_asked(
    privacy: Privacy, home: bool, internet_backed: bool, online: bool, steps_in: bool
) -> None:
    here = registry()
    config = Config(extractive=ExtractiveSettings(when="alone"))
    async with engines(here, config, privacy=lambda: privacy, internet=lambda: online):
        theirs = Offer(capability=CHAT.name, provider="big", internet=internet_backed)
        here.peer_changed(PeerOffers(PEER, "Bob", home, b"", (theirs,), lambda: 1.0))
        assert offers(here)["extractive"].available is steps_in
        here.peer_gone(PEER)
        assert offers(here)["extractive"].available


async def test_an_answerer_for_when_alone_is_no_offer_to_neighbours_who_wait_likewise() -> None:
    here = registry()
    async with engines(here, Config(extractive=ExtractiveSettings(when="alone"))):
        assert offers(here)["extractive"].available and here.public_offers() == ()


async def test_what_an_engine_can_is_offered_once_it_has_shown_it_and_then_with_its_reason(place: Place) -> None:
    server = OllamaServer()
    server.models = [_model("llama3.2:3b")]
    await place.start(server.app())
    here = registry()
    async with engines(here, Config(), Candidate("ollama", "ollama", place.port)) as (made, told):

        def offered() -> dict[str, bool]:
            return {f"{o.capability} {o.version}": o.available for o in here.offers() if o.provider == "ollama"}

        await made.refresh()
        assert offered() == {"llm.chat 1.0": True, "llm.chat 2.0": True, "llm.complete 1.0": True}
        server.models.append(_model("nomic-embed-text:latest", "nomic-bert"))
        await made.refresh()
        assert offered()["embed.text 1.0"] and len(told) == 2
        server.models.pop()
        await made.refresh()
        assert offered()["embed.text 1.0"] is False and offered()["llm.chat 1.0"] and len(told) == 3
        await place.stop()
        await made.refresh()
        assert len(offered()) == 4 and not any(offered().values())


class Streams:
    """A registry behind a bus, as this household's own call meets it."""

    def __init__(self, here: Registry, internet: Callable[[], bool]) -> None:
        async def nowhere(*_: object) -> Stream:
            raise AssertionError("there is no neighbour")

        self.bus = Bus(
            SystemRuntime(),
            here,
            nowhere,
            NodeId(b"m" * 32),
            lambda: "me",
            privacy=lambda: Privacy.ANY,
            internet=internet,
        )

    async def ask(self, **body: Any) -> dict[str, Any]:
        asked = Call(
            id="c",
            capability=CHAT.name,
            deadline=asyncio.get_running_loop().time() + 20,
            body={"messages": [{"role": "user", "content": "How long?"}], **body},
            privacy=Privacy.ANY,
        )
        return await collect(self.bus, asked)


async def test_while_the_internet_is_out_the_best_model_of_the_house_answers_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = OpenAIServer(), OpenAIServer()
    near.models, far.models = [{"id": "small", "owned_by": "llamacpp"}], [{"id": "huge"}]
    elsewhere, online = Place(), True
    await place.start(near.app())
    await elsewhere.start(far.app())
    monkeypatch.setattr(openai_compatible, "is_internet", lambda url: url == elsewhere.url)
    here = registry()
    rows = (engine(place.url, name="near", quality=0.3), engine(elsewhere.url, name="far", quality=1.0))
    try:
        async with engines(here, Config(engines=rows)) as (made, _):
            await made.refresh()
            street = Streams(here, lambda: online)
            assert (await street.ask())["answered_by"]["provider"] == "far"
            online = False
            far.mode = "hang"
            began = asyncio.get_running_loop().time()
            done = await street.ask()
            assert done["answered_by"]["provider"] == "near" and asyncio.get_running_loop().time() - began < 0.5
            assert len(far.requests) == 1, "withdrawn, not asked and not waited for"
            (row,) = [c for c in done["trace"].candidates if c["provider"] == "far"]
            assert row["excluded"] == "needs the internet, which is out"
            online, far.mode = True, "429"
            assert (await street.ask())["answered_by"]["provider"] == "near", (
                "a service that is busy is left for the house's own"
            )
    finally:
        await elsewhere.stop()


async def test_a_question_too_long_for_one_engine_goes_to_another(place: Place) -> None:
    small, large = OpenAIServer(), OpenAIServer()
    small.models, large.models = [{"id": "small", "max_model_len": 512}], [{"id": "large", "max_model_len": 32_768}]
    elsewhere = Place()
    await place.start(small.app())
    await elsewhere.start(large.app())
    here = registry()
    rows = (engine(place.url, name="small", quality=1.0), engine(elsewhere.url, name="large", quality=0.1))
    try:
        async with engines(here, Config(engines=rows, extractive=ExtractiveSettings(when="never"))) as (made, _):
            await made.refresh()
            street = Streams(here, lambda: True)
            long = [{"role": "user", "content": "water " * 1_000}]
            assert (await street.ask(messages=long))["answered_by"]["provider"] == "large"
            assert small.requests == []
            with pytest.raises(SchemaMismatch, match=r"about 35,0\d\d tokens; \w+ takes"):
                await street.ask(
                    messages=[{"role": "user", "content": "water " * 10_000}] * 2
                    + [{"role": "user", "content": "x" * 2_500}]
                )
    finally:
        await elsewhere.stop()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (engine("http://127.0.0.1:1", secret="big_one"), "no secret called big_one"),
        (engine("http://127.0.0.1:1", name="extractive"), "give the engine another name"),
        (engine("127.0.0.1"), "is no engine address"),
        (engine("http://me:secret@127.0.0.1:1"), "keys go into the secrets file"),
    ],
)
async def test_an_engine_that_is_set_up_wrong_is_refused_with_a_sentence(settings: EngineSettings, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        Engines(registry(), Config(engines=(settings,)), no_secret, privacy=lambda: Privacy.HOME, internet=lambda: True)


async def test_a_node_whose_engines_key_is_missing_says_at_the_start_how_to_store_it(tmp_path: Path) -> None:
    row = {"kind": "openai_compatible", "url": "http://127.0.0.1:1", "secret": "big_one"}
    with pytest.raises(BadRequest, match="config set-secret big_one"):
        async with lives(tmp_path, "Alice", engines=[row]):
            raise AssertionError("it started")


async def test_the_stored_key_opens_the_engine_and_is_shown_nowhere(tmp_path: Path, place: Place) -> None:
    server = OpenAIServer()
    server.key = "sk-very-secret"
    await place.start(server.app())
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "secrets.json").write_text('{"big_one": "sk-very-secret"}')
    row = {"kind": "openai_compatible", "url": place.url, "name": "big", "secret": "big_one"}
    async with lives(tmp_path, "Alice", engines=[row], extractive={"when": "never"}) as alice:
        done = await alice.call("ask", question="How long can I store water?")
        assert done["answered_by"]["provider"] == "big"
        shown = [await alice.call(m) for m in ("state", "config", "doctor", "traces", "peers")]
        assert "sk-very-secret" not in str(shown) + str(done)
        assert shown[1]["config"]["engines"][0]["secret"] == "big_one"


async def test_a_key_that_is_stored_anew_while_the_node_runs_is_used_without_a_restart(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.2)
    server = OpenAIServer()
    server.key = "first"
    await place.start(server.app())
    path = tmp_path / "alice" / "secrets.json"
    path.parent.mkdir()
    Secrets(path).set("big_one", "first")
    row = {"kind": "openai_compatible", "url": place.url, "name": "big", "secret": "big_one"}
    async with lives(tmp_path, "Alice", engines=[row], extractive={"when": "never"}) as alice:
        server.key = "second"
        state = await alice.until(lambda s: not s["engines"][0]["available"])
        assert "refuses the key" in state["engines"][0]["reason"]
        Secrets(path).set("big_one", "second")
        await alice.until(lambda s: s["engines"][0]["available"])
        Secrets(path).set("big_one", "")
        state = await alice.until(lambda s: not s["engines"][0]["available"])
        assert "config set-secret big_one" in state["engines"][0]["reason"]


async def test_a_neighbour_hears_within_seconds_that_an_engine_came_and_went(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.2)
    row = {"kind": "openai_compatible", "url": place.url, "name": "big"}

    def offered(state: dict[str, Any]) -> list[tuple[bool, list[str]]]:
        return [
            (c["available"], c["models"])
            for p in state["peers"]
            for c in p["capabilities"]
            if (c["provider"], c["capability"], c["version"]) == ("big", "llm.chat", "1.0")
        ]

    async with AsyncExitStack() as stack:
        alice: Living = await stack.enter_async_context(lives(tmp_path, "Alice"))
        bob: Living = await stack.enter_async_context(lives(tmp_path, "Bob", engines=[row]))
        await bob.call("join", text=(await alice.call("create_invite"))["text"])
        state = await alice.until(lambda s: offered(s) == [(False, [])])
        (reason,) = [c["reason"] for p in state["peers"] for c in p["capabilities"] if c["provider"] == "big"]
        assert reason.endswith(("?", "."))
        await place.start(OpenAIServer().app())
        await alice.until(lambda s: offered(s) == [(True, ["tiny"])])
        await place.stop()
        await alice.until(lambda s: offered(s) == [(False, [])])
        state = await bob.call("state")
        assert [e["available"] for e in state["engines"]] == [False]
        assert not any(c["available"] for c in state["capabilities"] if c["provider"] == "big"), "of each capability"


async def test_what_a_neighbours_engine_sees_and_wants_done_crosses_the_mesh(tmp_path: Path, place: Place) -> None:
    server = OllamaServer()
    server.models = [_model("qwen3-vl:4b", "qwen3vl", ("completion", "tools", "vision", "thinking"))]
    await place.start(server.app())
    row = {"kind": "ollama", "url": place.url, "name": "eyes"}
    async with AsyncExitStack() as stack:
        alice: Living = await stack.enter_async_context(lives(tmp_path, "Alice", extractive={"when": "never"}))
        bob: Living = await stack.enter_async_context(lives(tmp_path, "Bob", engines=[row]))
        await bob.call("join", text=(await alice.call("create_invite"))["text"])
        await alice.call("set_privacy", privacy="community")
        await alice.until(
            lambda s: any(c["capability"] == "img.describe" for p in s["peers"] for c in p["capabilities"])
        )
        picture = PNG + b"\0" * 600_000
        body = {"image": base64.b64encode(picture).decode(), "question": "What is edible in this photo?"}
        done = await alice.call("call", capability="img.describe", body=body)
        assert done["text"] == "Store water for six months." and done["answered_by"]["node_name"] == "Bob"
        (sent,) = server.requests[0]["messages"]
        assert base64.b64decode(sent["images"][0]) == picture and sent["content"] == "What is edible in this photo?"

        server.calls, server.mode = ({"name": "market.search", "arguments": {"query": "apples"}},), "thinking"
        asked = {"messages": [{"role": "user", "content": "Buy."}], "tools": [{"name": "market.search"}]}
        async with Client.local(alice.data) as client:
            given = {"capability": "llm.chat", "version": "2.0", "body": asked}
            async with aclosing(client.stream("call", given)) as source:
                events = [event async for event in source]
        told = [data for event, data in events if event == "tool_call"]
        assert [(c["name"], c["arguments"]) for c in told] == [("market.search", {"query": "apples"})]
        assert ("thinking", {"text": "secret thought"}) in events
        assert events[-1][0] == "done" and events[-1][1]["finish_reason"] == "tool_calls"
        assert all(receipt["valid"] for receipt in events[-1][1]["receipts"])
