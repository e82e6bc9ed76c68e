"""What the app announces of its voice server, taken by Home Assistant as Supervisor passes it on: its own Wyoming integration
offers it, and hears and speaks with the node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, patch
from uuid import UUID

import pytest
from aiohasupervisor.models import Discovery
from homeassistant.components.hassio import discovery
from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component

from script.demo_parts.nodes import free_port
from tests.addon.supervisor import SECRET, FakeSupervisor
from tests.integration.test_ollama import PlainNode
from tests.integration.test_real_node import ROOT, START_S

SCRIPT = ROOT / "addon/rootfs/usr/lib/hearthnet/announce.py"
APP = SimpleNamespace(name="HearthNet")
SLUG = "a0d7b954_hearthnet"
MESSAGE = UUID(int=7)


class VoiceNode(PlainNode):
    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.voice = free_port()
        with (data / "config.toml").open("a") as config:
            config.write(f"\n[voice]\nport = {self.voice}\n")

    def announced(self) -> dict[str, Any]:
        """What the app's own script tells Supervisor of the voice server."""
        options = self.data / "options.json"
        api = int(self.run["api"].rpartition(":")[2])
        options.write_text(json.dumps({"api": {"port": api}, "voice": {"enabled": True, "port": self.voice}}))
        with FakeSupervisor() as supervisor:
            words = [SCRIPT, "--data", self.data, "--options", options, "--supervisor", supervisor.url]
            environment = os.environ | {"SUPERVISOR_TOKEN": SECRET, "PYTHONPATH": str(ROOT)}
            subprocess.run([sys.executable, *words], env=environment, check=True, timeout=START_S)
            _, voice = supervisor.messages
        return voice


@pytest.fixture
def spoken(tmp_path: Path, around: None) -> Iterator[VoiceNode]:
    node = VoiceNode(tmp_path)
    node.start()
    yield node
    node.stop()


async def passed_on(hass: HomeAssistant, message: dict[str, Any]) -> None:
    """By what Home Assistant has for Supervisor's messages."""
    supervisor = AsyncMock()
    supervisor.addons.addon_info.return_value = APP
    with patch.object(discovery, "get_supervisor_client", return_value=supervisor):
        view = discovery.HassIODiscovery(hass)
    await view.async_process_new(
        Discovery(addon=SLUG, service=message["service"], uuid=MESSAGE, config=dict(message["config"]))
    )
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.timeout(180)
async def test_home_assistants_wyoming_integration_takes_what_the_app_announces(
    hass: HomeAssistant, spoken: VoiceNode
) -> None:
    assert await async_setup_component(hass, "conversation", {})
    await passed_on(hass, await hass.async_add_executor_job(spoken.announced))
    (flow,) = hass.config_entries.flow.async_progress_by_handler("wyoming")
    assert (flow["context"]["source"], flow["step_id"]) == (SOURCE_HASSIO, "hassio_confirm")
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "HearthNet"), done
    assert done["data"] == {"host": "127.0.0.1", "port": spoken.voice}
    await hass.async_block_till_done()
    assert done["result"].state is ConfigEntryState.LOADED
    assert hass.states.get("stt.hearthnet") and hass.states.get("tts.hearthnet")


@pytest.mark.timeout(180)
async def test_one_that_was_added_by_hand_is_not_offered_again(hass: HomeAssistant, spoken: VoiceNode) -> None:
    assert await async_setup_component(hass, "conversation", {})
    flow = await hass.config_entries.flow.async_init("wyoming", context={"source": SOURCE_USER})
    typed = {"host": "127.0.0.1", "port": spoken.voice}
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], typed)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await passed_on(hass, await hass.async_add_executor_job(spoken.announced))
    assert hass.config_entries.flow.async_progress_by_handler("wyoming") == []
    (entry,) = hass.config_entries.async_entries("wyoming")
    assert entry.unique_id == MESSAGE.hex
