"""Home Assistant's own Ollama integration, set up against a real node: it lists the neighbourhood's models and converses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import conversation
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component

from tests.integration.test_real_node import ROOT, START_S, RealNode

QUESTION = "How do I make water safe to drink?"


class PlainNode(RealNode):
    """On loopback, as in the Home Assistant app: plain HTTP."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        config = data / "config.toml"
        config.write_text(config.read_text().replace('[api]\nhost = "0.0.0.0"', '[api]\nhost = "127.0.0.1"'))

    def token(self) -> str:
        made = subprocess.run(
            [sys.executable, "-m", "hearthnet_core", "token", "create", "--name", "Ollama", "--json", "--data", str(self.data)],
            cwd=ROOT, capture_output=True, check=True, timeout=START_S,
        ).stdout  # fmt: skip
        return str(json.loads(made)["token"])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainNode]:
    node = PlainNode(tmp_path_factory.mktemp("plain"))
    node.start()
    yield node
    node.stop()


async def configured(hass: HomeAssistant, node: PlainNode, **data: str) -> dict[str, Any]:
    flow = await hass.config_entries.flow.async_init("ollama", context={"source": SOURCE_USER})
    return dict(await hass.config_entries.flow.async_configure(flow["flow_id"], {"url": node.run["api"], **data}))


async def test_the_mesh_answers_through_home_assistants_own_ollama_integration(
    hass: HomeAssistant, plain: PlainNode
) -> None:
    assert await async_setup_component(hass, "conversation", {})
    refused = await configured(hass, plain)
    assert refused["errors"] == {"base": "invalid_auth"}

    token = await hass.async_add_executor_job(plain.token)
    flow = await configured(hass, plain, api_key=token)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = flow["result"]
    assert entry.state is ConfigEntryState.LOADED

    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "conversation"), context={"source": SOURCE_USER}
    )
    offered = [option["value"] for option in form["data_schema"].schema["model"].config["options"]]
    assert offered[0] == "hearthnet:latest"
    made = await hass.config_entries.subentries.async_configure(
        form["flow_id"],
        {
            "name": "The mesh",
            "model": "hearthnet:latest",
            "max_history": 20,
            "num_ctx": 8192,
            "keep_alive": -1,
            "think": False,
        },
    )
    assert made["type"] is FlowResultType.CREATE_ENTRY, made
    await hass.async_block_till_done()

    (agent,) = hass.states.async_entity_ids("conversation")[-1:]
    answer = await conversation.async_converse(hass, QUESTION, None, Context(), agent_id=agent)
    said = answer.response.speech["plain"]["speech"]
    assert "water" in said.casefold() and "[1]" in said
    again = await conversation.async_converse(
        hass, "And how long does it keep?", answer.conversation_id, Context(), agent_id=agent
    )
    assert again.response.speech["plain"]["speech"]
