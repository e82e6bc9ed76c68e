"""Setting up, losing the node, coming back, unloading."""

from __future__ import annotations

import logging

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import DOMAIN, certificate, entry_for, set_up, until
from tests.integration.fake_node import FakeNode

INTERNET = "binary_sensor.alice_internet"


async def test_a_node_that_answers_is_set_up_and_followed(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    assert hass.states.get(INTERNET).state == "on"
    node.push(connectivity={"state": "offline", "internet": False, "cause": "gateway"})
    await until(lambda: hass.states.get(INTERNET).state == "off")
    assert hass.states.get("sensor.alice_connectivity").state == "offline"


async def test_a_node_that_is_down_at_the_start_is_tried_again(hass: HomeAssistant, node: FakeNode) -> None:
    await node.stop()
    entry = await set_up(hass, entry_for(node))
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "cannot_connect"
    await node.start()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_entities_go_unavailable_with_the_node_and_come_back_by_themselves(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    await node.stop()
    await until(lambda: hass.states.get(INTERNET).state == "unavailable")
    node.state["connectivity"]["internet"] = False
    await node.start()
    await until(lambda: hass.states.get(INTERNET).state == "off")
    assert entry.state is ConfigEntryState.LOADED
    assert caplog.text.count("Lost the HearthNet node") == 1
    assert caplog.text.count("is back") == 1


async def test_a_cut_connection_is_made_again(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    await node.drop()
    await until(lambda: len(node.asked("subscribe")) == 2)
    node.push(mode={"mode": "drill"})
    await until(lambda: hass.states.get("sensor.alice_mode").state == "drill")


async def test_a_wrong_token_asks_for_pairing_again(hass: HomeAssistant, node: FakeNode) -> None:
    entry = await set_up(hass, entry_for(node, token="stolen"))
    assert entry.state is ConfigEntryState.SETUP_ERROR
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH]


async def test_a_token_revoked_while_running_asks_for_pairing_again(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    node.tokens.clear()
    await node.drop()
    await until(lambda: hass.config_entries.flow.async_progress())
    assert hass.config_entries.flow.async_progress()[0]["context"]["source"] == SOURCE_REAUTH
    assert hass.states.get(INTERNET).state == "unavailable"


async def test_another_certificate_gets_no_token(hass: HomeAssistant, tls_node: FakeNode) -> None:
    entry = await set_up(hass, entry_for(tls_node, fingerprint="00" * 32))
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert hass.config_entries.flow.async_progress()[0]["context"]["source"] == SOURCE_REAUTH
    assert tls_node.calls == []


async def test_the_pinned_certificate_is_enough(hass: HomeAssistant, tls_node: FakeNode) -> None:
    entry = await set_up(hass, entry_for(tls_node))
    assert entry.state is ConfigEntryState.LOADED


async def test_another_node_at_the_address_gets_no_token(hass: HomeAssistant, node: FakeNode, dist: object) -> None:
    entry = entry_for(node)
    other = FakeNode(name="Mallory")
    other.port = node.port
    await node.stop()
    await other.start()
    seen: list[str] = []
    other.tokens = {"token-0"}
    await set_up(hass, entry)
    await other.stop()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "wrong_node"
    assert other.calls == seen


@pytest.mark.parametrize(
    ("api", "side"),
    [
        ({"version": "0.9", "lowest": "0.9"}, "node_too_old"),
        ({"version": "2.1", "lowest": "2.0"}, "integration_too_old"),
    ],
)
async def test_versions_that_do_not_fit_say_which_side_to_update(
    hass: HomeAssistant, node: FakeNode, issue_registry: ir.IssueRegistry, api: dict[str, str], side: str
) -> None:
    node.api = api
    entry = await set_up(hass, entry_for(node))
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == side
    issue = issue_registry.async_get_issue(DOMAIN, f"{side}_{entry.entry_id}")
    assert issue.translation_key == side
    assert issue.severity is ir.IssueSeverity.ERROR
    node.api = {"version": "1.4", "lowest": "1.0"}
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert issue_registry.async_get_issue(DOMAIN, f"{side}_{entry.entry_id}") is None


async def test_a_node_updated_too_far_while_running_is_a_repair(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    node.api = {"version": "2.0", "lowest": "2.0"}
    await node.drop()
    issue_id = f"integration_too_old_{entry.entry_id}"
    await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert hass.states.get(INTERNET).state == "unavailable"
    node.api = {"version": "2.0", "lowest": "1.0"}
    await until(lambda: hass.states.get(INTERNET).state == "on")
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_unloading_closes_the_connection_and_reloading_opens_it(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    await until(lambda: not node.subscribed)
    assert hass.states.get(INTERNET).state == "unavailable"
    await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: node.subscribed)
    assert hass.states.get(INTERNET).state == "on"


async def test_a_new_certificate_of_the_same_node_is_not_trusted_silently(
    hass: HomeAssistant, tls_node: FakeNode, tmp_path: object
) -> None:
    entry = await set_up(hass, entry_for(tls_node))
    await until(lambda: tls_node.subscribed)
    await tls_node.stop()
    certificate(tls_node.certificate)
    await tls_node.start()
    await until(lambda: hass.config_entries.flow.async_progress())
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get(INTERNET).state == "unavailable"


async def test_a_good_day_leaves_nothing_in_the_log(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """No warning of ours, and no word of Home Assistant about something we use that will go."""
    node.push(mode={"mode": "drill"}, peers=[])
    await until(lambda: hass.states.get("sensor.alice_mode").state == "drill")
    await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: len(node.asked("subscribe")) == 2)
    await hass.config_entries.async_unload(entry.entry_id)
    loud = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [text for text in loud if DOMAIN in text.lower() and "has not been tested" not in text] == []
