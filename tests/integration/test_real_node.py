"""The integration against a real node in a process of its own, over TLS as from another machine: both sides mean the same."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import conversation
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.hearthnet.pairing import health
from tests.integration.conftest import DOMAIN, until

ROOT = Path(__file__).parents[2]
START_S = 60
CONFIG = """
engines_auto = false
[node]
name = "Real"
host = "127.0.0.1"
port = 0
[api]
host = "0.0.0.0"
port = 0
[discovery]
interfaces = ["lo"]
[connectivity]
enabled = false
"""


class RealNode:
    def __init__(self, data: Path) -> None:
        self.data = data
        (data / "config.toml").write_text(CONFIG)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        (self.data / "run.json").unlink(missing_ok=True)
        with (self.data / "node.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hearthnet_core", "run", "--data", str(self.data)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while not (self.data / "run.json").exists():
            said = (self.data / "node.log").read_text()
            assert self.process.poll() is None and time.monotonic() < deadline, said
            time.sleep(0.1)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(START_S)

    @property
    def run(self) -> dict[str, Any]:
        return json.loads((self.data / "run.json").read_text())

    @property
    def address(self) -> str:
        return f"127.0.0.1:{URL(self.run['api']).port}"

    def code(self) -> str:
        shown = subprocess.run(
            [sys.executable, "-m", "hearthnet_core", "pair", "--json", "--data", str(self.data)],
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=START_S,
        ).stdout
        return json.loads(shown)["code"]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNode]:
    node = RealNode(tmp_path_factory.mktemp("real"))
    node.start()
    yield node
    node.stop()


@pytest.fixture
async def paired(hass: HomeAssistant, real: RealNode, dist: Path, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """Through the flow, with a code that the node shows; 127.0.0.1 stands for another machine."""
    monkeypatch.setattr("custom_components.hearthnet.address.is_loopback", lambda host: False)
    assert await async_setup_component(hass, "conversation", {})
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    code = await hass.async_add_executor_job(real.code)
    for typed, errors in (("AAAAA-AAAAA", {"code": "wrong_code"}), (code, None)):
        flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"address": real.address, "code": typed})
        assert flow.get("errors") in (errors, {}), flow
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "privacy")
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"privacy": "home"})
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    return flow["result"]


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    return await hass.config_entries.flow.async_init(DOMAIN, context=context)


async def act(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


@pytest.mark.timeout(180)
async def test_everything_a_household_does_reaches_a_real_node(
    hass: HomeAssistant, real: RealNode, paired: MockConfigEntry
) -> None:
    assert paired.state is ConfigEntryState.LOADED
    assert paired.data["fingerprint"] == real.run["fingerprint"]
    state = paired.runtime_data.data
    assert (state.name, state.privacy, state.privacy_chosen) == ("Real", "home", True)
    seen = await health(async_get_clientsession(hass), URL(paired.data["url"]), paired.data["fingerprint"])
    assert seen.vouches_for(paired.data["fingerprint"]) is True
    assert seen.vouches_for("00" * 32) is False

    answer = await act(hass, "ask", question="How long can I store drinking water, and in what?")
    assert "water" in answer["text"].lower()
    assert answer["answered_by"]["node_name"] == "Real"
    assert answer["sources"][0]["doc_title"]
    await until(lambda: hass.states.get("sensor.real_last_answered_by").state == "Real")
    await until(lambda: hass.states.get("sensor.real_last_answered_by").attributes["candidates"])

    said = await conversation.async_converse(
        hass, "How much water should I store?", None, Context(), "en", "conversation.hearthnet"
    )
    spoken = said.response.speech["plain"]["speech"]
    assert "water" in spoken.lower()
    assert re.search(r"\[\d", spoken) is None

    assert (await act(hass, "search", query="boil water", k=2))["results"]
    await act(hass, "set_mode", mode="drill", reason="Saturday")
    await until(lambda: hass.states.get("sensor.real_mode").state == "drill")
    await act(hass, "set_mode", mode="normal")
    await until(lambda: hass.states.get("sensor.real_mode").state == "normal")
    assert (await act(hass, "post_notice", title="Water", body="It is back."))["notice"]["title"] == "Water"
    await until(lambda: hass.states.get("event.real_notices").attributes.get("title") == "Water")
    assert (await act(hass, "create_invite", ttl_hours=1))["qr_svg"]

    flow = await reconfigure(hass, paired)
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"address": real.address})
    assert flow["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert paired.state is ConfigEntryState.LOADED


@pytest.mark.timeout(180)
async def test_a_node_that_comes_back_elsewhere_is_found_by_its_proof(
    hass: HomeAssistant, real: RealNode, paired: MockConfigEntry
) -> None:
    """A new port, a new certificate: its key vouches for both, and the token it gave is still good."""
    await hass.async_add_executor_job(real.stop)
    await until(lambda: hass.states.get("sensor.real_mode").state == "unavailable")
    (real.data / "identity/api.pem").unlink()
    before = paired.data["fingerprint"]
    await hass.async_add_executor_job(real.start)
    assert real.run["fingerprint"] != before
    flow = await reconfigure(hass, paired)
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"address": real.address})
    assert flow.get("reason") == "reconfigure_successful", flow
    await hass.async_block_till_done()
    await until(lambda: hass.states.get("sensor.real_mode").state == "normal")
    assert paired.data["fingerprint"] == real.run["fingerprint"]
