"""Engines of a node: found by themselves, gone and back again, and the built-in answerer beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.discover import Candidate
from hearthnet_core.backends.state import LANGUAGE_MODEL
from hearthnet_core.bus.registry import PeerOffers, Registry
from hearthnet_core.capability import Offer, Privacy
from hearthnet_core.config import Config
from hearthnet_core.config.schema import EngineSettings, ExtractiveSettings
from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import NodeId
from hearthnet_core.services import engines as module
from hearthnet_core.services.engines import Engines
from script.demo_parts.nodes import free_port
from tests.core.backends.ollama_server import OllamaServer
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
