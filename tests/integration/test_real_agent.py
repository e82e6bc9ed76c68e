"""A spoken wish through Home Assistant, a real node and an engine that speaks OpenAI's API, and back as a light that is on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from tests.core.backends.openai_server import OpenAIServer
from tests.integration.conftest import DOMAIN, set_up
from tests.integration.test_conversation_tools import say, speech
from tests.integration.test_real_node import RealNode

CONFIG = """
engines_auto = false
[node]
name = "Real"
host = "127.0.0.1"
port = 0
[api]
port = 0
[discovery]
enabled = false
[connectivity]
enabled = false
[voice]
enabled = false
[[engines]]
kind = "openai_compatible"
url = "{url}"
name = "kitchen"
"""


class Engine(OpenAIServer):
    """Wants `calls` one after the other, each time somebody has said something new to it, and then speaks."""

    def __init__(self, *calls: tuple[str, dict[str, Any]]) -> None:
        super().__init__()
        self.left = list(calls)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.deltas, self.pieces, self.finish = (), ("All", " done."), "stop"
        if self.left:
            name, arguments = self.left.pop(0)
            function = {"name": name, "arguments": json.dumps(arguments)}
            self.deltas = ({"tool_calls": [{"index": 0, "id": "c", "type": "function", "function": function}]},)
            self.pieces, self.finish = (), "tool_calls"
        return await super()._chat(request)


@pytest.fixture
async def engine(dist: Path) -> AsyncIterator[tuple[Engine, str]]:
    server = Engine()
    runner = web.AppRunner(server.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    yield server, f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/v1"
    await runner.cleanup()


@pytest.fixture
async def home(hass: HomeAssistant, tmp_path: Path, engine: tuple[Engine, str]) -> AsyncIterator[list[Any]]:
    """Calls of `light.turn_on`; the agent of a real node may control the house."""
    for name in ("conversation", "intent", "llm", "light"):
        assert await async_setup_component(hass, name, {})
    hass.states.async_set("light.kitchen", "off", {"friendly_name": "Kitchen"})
    async_expose_entity(hass, "conversation", "light.kitchen", True)
    calls = async_mock_service(hass, "light", "turn_on")
    data = tmp_path / "node"
    data.mkdir()
    node = RealNode(data)
    (data / "config.toml").write_text(CONFIG.format(url=engine[1]))
    await hass.async_add_executor_job(node.start)
    agent = {"max_sentences": 3, "llm_hass_api": ["assist"]}
    token = (data / "api-token").read_text().strip()
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Real",
        unique_id=None,
        data={"url": node.run["api"], "token": token, "fingerprint": ""},
        subentries_data=[
            ConfigSubentryData(subentry_type="conversation", title="HearthNet", data=agent, unique_id=None)
        ],
    )
    await set_up(hass, entry)
    yield calls
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    await hass.async_add_executor_job(node.stop)


async def test_a_wish_switches_a_light_on_by_itself(
    hass: HomeAssistant, home: list[Any], engine: tuple[Engine, str]
) -> None:
    engine[0].left = [("intent__HassTurnOn", {"name": "Kitchen"})]
    assert speech(await say(hass, "Turn the kitchen light on")) == "All done."
    assert [call.data["entity_id"] for call in home] == [["light.kitchen"]]
    asked, told = engine[0].requests
    names = [tool["function"]["name"] for tool in asked["tools"]]
    assert "search_library" in names and "intent__HassTurnOn" in names
    assert "Kitchen" in told["messages"][-1]["content"]


async def test_after_reading_what_others_wrote_it_asks_first_and_a_yes_is_enough(
    hass: HomeAssistant, home: list[Any], engine: tuple[Engine, str]
) -> None:
    engine[0].left = [("search_library", {"query": "drinking water"}), ("intent__HassTurnOn", {"name": "Kitchen"})]
    first = await say(hass, "Do what the water page says")
    assert "Kitchen" in speech(first) and speech(first).endswith("Shall I do it?") and not home
    second = await say(hass, "yes", conversation_id=first.conversation_id)
    assert speech(second) == "All done." and len(home) == 1


async def test_a_no_leaves_the_light_as_it_is(hass: HomeAssistant, home: list[Any], engine: tuple[Engine, str]) -> None:
    engine[0].left = [("search_library", {"query": "drinking water"}), ("intent__HassTurnOn", {"name": "Kitchen"})]
    first = await say(hass, "Do what the water page says")
    second = await say(hass, "no", conversation_id=first.conversation_id)
    assert speech(second) == "All done." and not home
    assert "did not allow" in json.dumps(engine[0].requests[-1])
