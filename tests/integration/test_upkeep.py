"""What helps when something is wrong: repairs, diagnostics, system information, and the panel's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import frontend
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from custom_components.hearthnet.diagnostics import async_get_config_entry_diagnostics
from tests.integration.conftest import DOMAIN, entry_for, set_up, until
from tests.integration.fake_node import NOW, FakeNode


def issues(registry: ir.IssueRegistry) -> set[str]:
    return {
        issue.translation_key for (domain, _), issue in registry.issues.items() if domain == DOMAIN and issue.active
    }


async def test_who_may_see_questions_is_asked_until_it_is_answered(
    hass: HomeAssistant, node: FakeNode, issue_registry: ir.IssueRegistry, hass_client: Any
) -> None:
    node.state["privacy_chosen"] = False
    entry = await set_up(hass, entry_for(node))
    assert await async_setup_component(hass, REPAIRS, {})
    assert issues(issue_registry) == {"privacy_not_chosen"}
    client = await hass_client()
    begun = await client.post(
        "/api/repairs/issues/fix",
        json={"handler": DOMAIN, "issue_id": f"privacy_not_chosen_{entry.entry_id}"},
    )
    flow = await begun.json()
    assert (flow["type"], flow["step_id"]) == ("form", "privacy")
    (field,) = flow["data_schema"]
    assert (field["required"], "default" in field, field.get("description")) == (True, False, None)
    node.refuse["set_privacy"] = ("internal_error", "No.")
    step = f"/api/repairs/issues/fix/{flow['flow_id']}"
    assert (await (await client.post(step, json={"privacy": "community"})).json())["errors"] == {
        "base": "cannot_connect"
    }
    node.refuse.clear()
    assert (await (await client.post(step, json={"privacy": "community"})).json())["type"] == "create_entry"
    assert issues(issue_registry) == set()
    await until(lambda: entry.runtime_data.data.privacy == "community")


async def test_a_repair_of_a_node_that_is_not_there_waits(
    hass: HomeAssistant, node: FakeNode, hass_client: Any
) -> None:
    node.state["privacy_chosen"] = False
    entry = await set_up(hass, entry_for(node))
    assert await async_setup_component(hass, REPAIRS, {})
    await hass.config_entries.async_unload(entry.entry_id)
    begun = await (await hass_client()).post(
        "/api/repairs/issues/fix",
        json={"handler": DOMAIN, "issue_id": f"privacy_not_chosen_{entry.entry_id}"},
    )
    flow = await begun.json()
    assert (flow["type"], flow["reason"]) == ("abort", "not_loaded")


async def test_a_wrong_clock_a_cloned_and_a_removed_node_are_repairs_while_they_last(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    node.push(node={"warnings": ["clock", "cloned_node", "removed", "something new"]})
    await until(lambda: issues(issue_registry) == {"clock_wrong", "node_cloned", "node_removed"})
    node.push(node={"warnings": []})
    await until(lambda: issues(issue_registry) == set())


async def test_an_entry_that_is_removed_takes_its_repairs_and_its_panel_along(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    node.push(node={"warnings": ["clock"]})
    await until(lambda: issues(issue_registry))
    assert frontend.async_panel_exists(hass, DOMAIN)
    await hass.config_entries.async_remove(entry.entry_id)
    assert issues(issue_registry) == set()
    assert not frontend.async_panel_exists(hass, DOMAIN)
    await set_up(hass, entry_for(node))
    assert frontend.async_panel_exists(hass, DOMAIN)


async def test_diagnostics_hold_no_secret_and_nothing_said_in_confidence(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    notice = {
        "id": "n",
        "title": "Birthday",
        "body": "At the garden",
        "author_name": "Bob",
        "severity": "info",
        "at": NOW,
    }
    node.push(notices=[notice], mode={"reason": "Burglars"})
    await until(lambda: entry.runtime_data.data.raw["notices"])
    found = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(found)
    for secret in ("token-0", node.url, "Birthday", "garden", "Bob", "Elm Street", "192.0.2", "Burglars", "Alice"):
        assert secret not in text, secret
    assert found["online"] is True
    assert found["node_api"] == {"version": (1, 0), "lowest": (1, 0), "node": "0.1.0"}
    assert found["state"]["library"] == {"documents": 16, "chunks": 240}


async def test_system_information(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    assert await get_system_health_info(hass, DOMAIN) == {
        "api_version": "1.0",
        "nodes": 1,
        "nodes_online": 1,
        "node_versions": "0.1.0",
        "neighbours": 1,
    }


async def test_panel_and_card_are_served_under_the_hash_of_their_content(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, hass_client_no_auth: Any, dist: Path
) -> None:
    panel = hass.data[frontend.DATA_PANELS][DOMAIN]
    url = panel.config["_panel_custom"]["module_url"]
    version = panel.config["bundle"]
    assert url == f"/hearthnet_static/hearthnet-panel.js?v={version}"
    assert (panel.require_admin, panel.sidebar_title) == (False, "HearthNet")
    card = f"/hearthnet_static/hearthnet-card.js?v={version}"
    assert card in hass.data[frontend.DATA_EXTRA_MODULE_URL].urls
    client = await hass_client_no_auth()
    for path, text in ((url, "// hearthnet-panel.js\n"), (card, "// hearthnet-card.js\n")):
        served = await client.get(path)
        assert (served.status, await served.text()) == (200, text)
        assert "max-age=2678400" in served.headers["Cache-Control"]


async def test_another_content_has_another_hash(dist: Path) -> None:
    from custom_components.hearthnet.panel import bundle_hash

    before = bundle_hash(dist)
    (dist / "hearthnet-card.js").write_text("// changed\n")
    assert bundle_hash(dist) != before


async def test_without_the_panels_files_everything_else_works(
    hass: HomeAssistant,
    node: FakeNode,
    dist: Path,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (dist / "hearthnet-panel.js").unlink()
    await set_up(hass, entry_for(node))
    assert hass.states.get("binary_sensor.alice_internet").state == "on"
    assert issues(issue_registry) == {"frontend_missing"}
    assert "panel is missing" in caplog.text
    assert not frontend.async_panel_exists(hass, DOMAIN)
