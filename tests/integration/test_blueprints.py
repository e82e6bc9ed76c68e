"""Both blueprints, loaded from their files and run by Home Assistant against a node."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from tests.integration.conftest import until
from tests.integration.fake_node import FakeNode

BLUEPRINTS = Path(__file__).parents[2] / "blueprints"
INTERNET, MODE = "binary_sensor.alice_internet", "sensor.alice_mode"
GONE = {"state": "offline", "internet": False, "cause": "gateway"}
WAIT_MIN = 0.2
BACK = {"state": "online", "internet": True, "cause": "none"}


@pytest.fixture(autouse=True)
async def house(hass: HomeAssistant, tmp_path: Path) -> None:
    """A configuration folder with our blueprints where a person's import puts them."""
    hass.config.config_dir = str(tmp_path / "config")
    shutil.copytree(BLUEPRINTS, tmp_path / "config" / "blueprints")
    assert await async_setup_component(hass, "persistent_notification", {})


async def automate(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    use = {"path": f"hearthnet/{name}.yaml", "input": inputs}
    assert await async_setup_component(hass, "automation", {"automation": {"alias": "It", "use_blueprint": use}})
    await hass.async_block_till_done()
    assert hass.states.get("automation.it").state == "on"


async def seconds(hass: HomeAssistant, count: float) -> None:
    """Timers due by then fire now; the clock itself goes on, sockets need it.

    So the waits here are shorter than the silence that ends a connection.
    """
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=count))
    await hass.async_block_till_done()


async def connectivity(hass: HomeAssistant, node: FakeNode, change: dict[str, Any], state: str) -> None:
    node.push(connectivity=change)
    await until(lambda: hass.states.get(INTERNET).state == state)


async def test_a_lost_internet_begins_an_emergency_after_the_wait_and_not_before(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    await automate(hass, "enter_emergency_when_internet_lost", internet=INTERNET, mode=MODE, minutes=WAIT_MIN)
    await connectivity(hass, node, GONE, "off")
    await seconds(hass, 8)
    assert node.asked("set_mode") == []
    await seconds(hass, 13)
    await until(lambda: node.asked("set_mode"))
    assert node.asked("set_mode") == [{"mode": "emergency", "reason": "No internet"}]
    await until(lambda: hass.states.get(MODE).state == "emergency")

    await connectivity(hass, node, BACK, "on")
    await seconds(hass, 13)
    await until(lambda: len(node.asked("set_mode")) == 2)
    assert node.asked("set_mode")[1] == {"mode": "normal"}


async def test_a_short_outage_begins_nothing(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    await automate(hass, "enter_emergency_when_internet_lost", internet=INTERNET, mode=MODE, minutes=WAIT_MIN)
    await connectivity(hass, node, GONE, "off")
    await seconds(hass, 8)
    await connectivity(hass, node, BACK, "on")
    await seconds(hass, 13)
    assert node.asked("set_mode") == []


async def test_a_node_that_restarts_is_no_outage(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    await automate(hass, "enter_emergency_when_internet_lost", internet=INTERNET, mode=MODE, minutes=WAIT_MIN)
    await node.stop()
    await until(lambda: hass.states.get(INTERNET).state == "unavailable")
    await seconds(hass, 13)
    assert node.asked("set_mode") == []


async def test_a_mode_that_somebody_set_is_left_alone(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    await automate(hass, "enter_emergency_when_internet_lost", internet=INTERNET, mode=MODE, minutes=WAIT_MIN)
    node.push(mode={"mode": "emergency", "reason": "Storm"})
    await until(lambda: hass.states.get(MODE).state == "emergency")
    await connectivity(hass, node, GONE, "off")
    await seconds(hass, 13)
    await connectivity(hass, node, BACK, "on")
    await seconds(hass, 13)
    assert node.asked("set_mode") == []


async def test_whoever_likes_ends_the_emergency_by_hand(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    await automate(
        hass, "enter_emergency_when_internet_lost", internet=INTERNET, mode=MODE, minutes=WAIT_MIN, back_to_normal=False
    )
    await connectivity(hass, node, GONE, "off")
    await seconds(hass, 13)
    await until(lambda: hass.states.get(MODE).state == "emergency")
    await connectivity(hass, node, BACK, "on")
    await seconds(hass, 13)
    assert len(node.asked("set_mode")) == 1


@pytest.mark.parametrize(
    ("mode", "title", "begins"),
    [
        ("emergency", "HearthNet: emergency", "Emergency mode is on."),
        ("drill", "HearthNet: drill", "This is a drill"),
    ],
)
async def test_the_household_is_told_and_told_that_it_is_over(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, mode: str, title: str, begins: str
) -> None:
    lights = async_mock_service(hass, "light", "turn_on")
    over = async_mock_service(hass, "script", "all_clear")
    await automate(
        hass,
        "announce_emergency",
        mode=MODE,
        during=[{"action": "light.turn_on", "data": {"entity_id": "light.hall", "effect": "{{ mode }}: {{ text }}"}}],
        after=[{"action": "script.all_clear", "data": {"said": "{{ text }}"}}],
    )
    notifications = persistent_notification._async_get_or_create_notifications(hass)
    node.push(mode={"mode": mode, "reason": "Storm"})
    await until(lambda: lights)
    (notice,) = notifications.values()
    assert notice["title"] == title
    assert notice["message"].startswith(begins)
    assert notice["message"].endswith("(Storm)")
    assert lights[0].data["effect"].startswith(f"{mode}: {begins}")
    node.push(mode={"mode": "normal", "reason": ""})
    await until(lambda: over)
    assert over[0].data["said"] == "Emergency mode is off again."
    assert notifications == {}


async def test_an_end_during_an_outage_takes_the_notification_away_and_nothing_else_happens(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    over = async_mock_service(hass, "script", "all_clear")
    await automate(hass, "announce_emergency", mode=MODE, after=[{"action": "script.all_clear"}])
    notifications = persistent_notification._async_get_or_create_notifications(hass)
    node.push(mode={"mode": "emergency"})
    await until(lambda: notifications)
    await node.stop()
    await until(lambda: hass.states.get(MODE).state == "unavailable")
    assert len(notifications) == 1
    node.state["mode"]["mode"] = "normal"
    await node.start()
    await until(lambda: not notifications)
    await hass.async_block_till_done()
    assert over == []
