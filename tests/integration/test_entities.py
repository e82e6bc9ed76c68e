"""What dashboards and automations see."""

from __future__ import annotations

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.hearthnet import async_remove_config_entry_device
from tests.integration.conftest import DOMAIN, until
from tests.integration.fake_node import BOB, CAROL, NOW, FakeNode, peer


async def test_unique_ids_are_what_was_promised(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """They may never change: dashboards and automations hang on them."""
    n, agent = node.node_id, next(iter(entry.subentries))
    found = {(e.domain, e.unique_id) for e in er.async_entries_for_config_entry(entity_registry, entry.entry_id)}
    assert found == {
        ("ai_task", f"{n}_ai_task"),
        ("binary_sensor", f"{n}_internet"),
        ("binary_sensor", f"{n}_mesh"),
        ("binary_sensor", f"{n}_peer_{BOB}_connected"),
        ("conversation", agent),
        ("event", f"{n}_notices"),
        ("sensor", f"{n}_connectivity"),
        ("sensor", f"{n}_mode"),
        ("sensor", f"{n}_peers"),
        ("sensor", f"{n}_last_answered_by"),
        ("sensor", f"{n}_peer_{BOB}_latency"),
        ("switch", f"{n}_emergency_mode"),
    }


async def test_states_follow_the_node(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    def state(entity_id: str) -> str:
        return hass.states.get(entity_id).state

    assert state("binary_sensor.alice_internet") == "on"
    assert state("binary_sensor.alice_neighbourhood") == "on"
    assert state("sensor.alice_connectivity") == "online"
    assert state("sensor.alice_mode") == "normal"
    assert state("sensor.alice_neighbours_connected") == "1"
    assert state("sensor.alice_last_answered_by") == "unknown"
    assert state("switch.alice_emergency_mode") == "off"
    assert state("binary_sensor.bob_connection") == "on"
    node.push(
        connectivity={"state": "isolated", "cause": "no_route", "internet": False, "mesh": False},
        mode={"mode": "emergency", "reason": "Storm", "by": "cli"},
        peers=[peer(BOB, "Bob", connected=False, latency_ms=None)],
    )
    await until(lambda: state("sensor.alice_mode") == "emergency")
    assert state("binary_sensor.alice_internet") == "off"
    assert state("binary_sensor.alice_neighbourhood") == "off"
    assert state("sensor.alice_connectivity") == "isolated"
    assert hass.states.get("sensor.alice_connectivity").attributes["cause"] == "no_route"
    assert hass.states.get("sensor.alice_mode").attributes["reason"] == "Storm"
    assert state("sensor.alice_neighbours_connected") == "0"
    assert state("switch.alice_emergency_mode") == "on"
    assert state("binary_sensor.bob_connection") == "off"


async def test_before_the_first_probes_nobody_says_that_the_internet_is_gone(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    node.push(connectivity={"state": "unknown", "cause": "unknown", "internet": False})
    await until(lambda: hass.states.get("binary_sensor.alice_internet").state == "unknown")


async def test_a_drill_is_no_emergency(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    node.push(mode={"mode": "drill"})
    await until(lambda: hass.states.get("sensor.alice_mode").state == "drill")
    assert hass.states.get("switch.alice_emergency_mode").state == "off"


async def test_peers_are_devices_behind_the_node(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    alice = device_registry.async_get_device_by_identifier((DOMAIN, node.node_id), entry.entry_id)
    bob = device_registry.async_get_device_by_identifier((DOMAIN, BOB), entry.entry_id)
    assert (alice.name, alice.sw_version, alice.entry_type) == ("Alice", "0.1.0", dr.DeviceEntryType.SERVICE)
    assert (bob.name, bob.via_device_id) == ("Bob", alice.id)


async def test_peers_come_go_and_come_back_without_a_reload(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    def device(id_: str) -> dr.DeviceEntry | None:
        return device_registry.async_get_device_by_identifier((DOMAIN, id_), entry.entry_id)

    node.push(peers=[peer(BOB, "Bob"), peer(CAROL, "Carol")])
    await until(lambda: hass.states.get("binary_sensor.carol_connection"))
    assert device(CAROL).name == "Carol"
    node.push(peers=[peer(CAROL, "Caroline")])
    await until(lambda: hass.states.get("binary_sensor.bob_connection") is None)
    assert device(BOB) is None
    assert device(CAROL).name == "Caroline"
    node.push(peers=[peer(BOB, "Bob"), peer(CAROL, "Caroline")])
    await until(lambda: hass.states.get("binary_sensor.bob_connection"))
    assert hass.states.get("binary_sensor.bob_connection").state == "on"


async def test_a_peer_that_left_while_home_assistant_was_off_is_removed(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    node.state["peers"] = []
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert device_registry.async_get_device_by_identifier((DOMAIN, BOB), entry.entry_id) is None


async def test_only_devices_that_are_gone_may_be_deleted_by_hand(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    gone = device_registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={(DOMAIN, "gone")})
    bob = device_registry.async_get_device_by_identifier((DOMAIN, BOB), entry.entry_id)
    assert await async_remove_config_entry_device(hass, entry, gone) is True
    assert await async_remove_config_entry_device(hass, entry, bob) is False


async def test_who_answered_last_and_who_else_was_considered(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    node.push(
        last_answer={
            "node_id": BOB,
            "node_name": "Bob",
            "at": NOW,
            "capability": "llm.chat",
            "model": "llama",
            "trace_id": "t1",
        }
    )
    await until(lambda: hass.states.get("sensor.alice_last_answered_by").attributes.get("candidates"))
    state = hass.states.get("sensor.alice_last_answered_by")
    assert state.state == "Bob"
    assert state.attributes["model"] == "llama"
    assert state.attributes["capability"] == "llm.chat"
    assert state.attributes["at"] == "2026-09-21T14:13:20+00:00"
    assert state.attributes["trace_id"] == "t1"
    assert [(c["node_name"], c["allowed"], c["excluded"]) for c in state.attributes["candidates"]] == [
        ("Bob", True, ""),
        ("Carol", False, "quarantined for 20 s"),
    ]
    node.push(last_answer={"node_name": "Carol", "trace_id": "forgotten"})
    await until(lambda: hass.states.get("sensor.alice_last_answered_by").state == "Carol")
    assert hass.states.get("sensor.alice_last_answered_by").attributes["candidates"] == []


async def test_a_new_notice_is_an_event_of_its_severity(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    assert hass.states.get("event.alice_notices").state == "unknown"
    notice = {"id": "n", "title": "Water", "body": "Boil it.", "severity": "urgent", "author_name": "Bob", "at": NOW}
    node.tell("notice", {"notice": notice})
    await until(lambda: hass.states.get("event.alice_notices").state != "unknown")
    attributes = hass.states.get("event.alice_notices").attributes
    assert (attributes["event_type"], attributes["title"], attributes["author_name"]) == ("urgent", "Water", "Bob")
    node.tell("notice", {"notice": {**notice, "severity": "made up", "title": "Next"}})
    await until(lambda: hass.states.get("event.alice_notices").attributes["title"] == "Next")
    assert hass.states.get("event.alice_notices").attributes["event_type"] == "info"


async def test_the_switch_sets_the_mode(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    target = {"entity_id": "switch.alice_emergency_mode"}
    await hass.services.async_call("switch", "turn_on", target, blocking=True)
    await until(lambda: hass.states.get("switch.alice_emergency_mode").state == "on")
    await hass.services.async_call("switch", "turn_off", target, blocking=True)
    await until(lambda: hass.states.get("switch.alice_emergency_mode").state == "off")
    assert node.asked("set_mode") == [{"mode": "emergency"}, {"mode": "normal"}]


async def test_the_switch_is_no_way_around_the_rule_for_modes(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    target = {"entity_id": "switch.alice_emergency_mode"}
    user = MockUser(groups=[await hass.auth.async_get_group("system-users")]).add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call("switch", "turn_on", target, blocking=True, context=Context(user_id=user.id))
    assert node.asked("set_mode") == []


async def test_a_switch_that_fails_says_why(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    node.refuse["set_mode"] = ("unavailable", "The node is just starting.")
    with pytest.raises(HomeAssistantError, match="just starting"):
        await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.alice_emergency_mode"}, blocking=True)


async def test_garbage_in_the_state_breaks_nothing(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    node.tell(
        "state",
        {"node": 5, "peers": [1, {"node_id": ""}, {"node_id": "d" * 52}], "mode": {"mode": "war"}, "last_answer": "x"},
    )
    await until(lambda: hass.states.get("binary_sensor.dddd_dddd_connection"))
    assert hass.states.get("sensor.alice_mode").state == "normal"
    assert hass.states.get("sensor.alice_connectivity").state == "unknown"
    node.push(mode={"mode": "drill"})
    await until(lambda: hass.states.get("sensor.alice_mode").state == "drill")
