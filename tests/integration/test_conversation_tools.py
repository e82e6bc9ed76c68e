"""The voice with Home Assistant's own tools: what is offered, what is run, what is asked first, and who may say yes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.components import conversation
from homeassistant.components.conversation import chat_log as chat_logs
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.hearthnet import held
from tests.integration.conftest import entry_for, set_up, until
from tests.integration.fake_node import FakeNode, Refused, answer, done

AGENT = "conversation.hearthnet"
ON = "intent__HassTurnOn"
STEP = {"n": 1, "tool": "post_notice", "arguments": {"title": "Water is back"}, "summary": "", "tainted": False}


@pytest.fixture
async def lights(hass: HomeAssistant, core: None) -> list[Any]:
    """Calls of `light.turn_on` for the exposed light Kitchen."""
    for name in ("conversation", "intent", "llm", "light"):
        assert await async_setup_component(hass, name, {})
    hass.states.async_set("light.kitchen", "off", {"friendly_name": "Kitchen"})
    async_expose_entity(hass, "conversation", "light.kitchen", True)
    return async_mock_service(hass, "light", "turn_on")


@pytest.fixture
async def agent(hass: HomeAssistant, node: FakeNode, lights: list[Any]) -> MockConfigEntry:
    """An agent that may control the house."""
    entry = entry_for(node)
    subentry = next(iter(entry.subentries.values()))
    await set_up(hass, entry)
    data = {"max_sentences": 3, "llm_hass_api": ["assist"]}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    return entry


async def say(hass: HomeAssistant, text: str, **changes: Any) -> conversation.ConversationResult:
    given = {"conversation_id": None, "context": Context(), "language": "en", "agent_id": AGENT, **changes}
    return await conversation.async_converse(hass, text, **given)


def speech(result: conversation.ConversationResult) -> str:
    return result.response.speech["plain"]["speech"]


def came(node: FakeNode, method: str) -> Callable[[], Awaitable[None]]:
    async def wait() -> None:
        await until(lambda: node.asked(method), method)

    return wait


def step(state: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "step", {**STEP, "state": state, **more}


def end(text: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    told = {"steps": [{**STEP, "state": "done"}], "agent": "tools", "tainted": False, "home": True, **more}
    return [("delta", {"text": text}), ("done", {**done(text), **told})]


def request(name: str = ON, **arguments: Any) -> tuple[str, dict[str, Any]]:
    return "tool_request", {"id": "r1", "name": name, "arguments": arguments or {"name": "Kitchen"}, "n": 1}


async def test_the_house_s_tools_are_offered_and_its_devices_only_beside_them(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    await say(hass, "Turn the kitchen light on")
    (asked,) = node.asked("ask")
    tools = {tool["name"]: tool for tool in asked["client_tools"]}
    assert asked["agent"] is True and tools[ON]["side_effect"] is True
    assert tools["homeassistant__GetLiveContext"]["side_effect"] is False
    assert "name" in tools[ON]["parameters"]["properties"]
    assert "Kitchen" in asked["client_prompt"]
    assert "Kitchen" not in asked.get("system", "")


async def test_the_agent_s_instructions_travel_without_the_devices(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    subentry = next(iter(agent.subentries.values()))
    data = {**subentry.data, "prompt": "Speak like a pirate."}
    hass.config_entries.async_update_subentry(agent, subentry, data=data)
    await hass.async_block_till_done()
    await say(hass, "Hello", extra_system_prompt="Be brief.")
    (asked,) = node.asked("ask")
    assert "pirate" in asked["system"] and "Be brief." in asked["system"] and "Kitchen" not in asked["system"]
    assert "Kitchen" in asked["client_prompt"]


async def test_a_requested_tool_is_run_by_home_assistant_and_the_answer_goes_on(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry, lights: list[Any]
) -> None:
    node.script = [("delta", {"text": "One moment."}), request(), came(node, "tool_result"), *end("The light is on.")]
    result = await say(hass, "Turn the kitchen light on")
    assert speech(result) == "The light is on."
    (call,) = lights
    assert call.data["entity_id"] == ["light.kitchen"]
    (given,) = node.asked("tool_result")
    assert given["id"] == "r1" and given["trusted"] is True and given["error"] is False
    assert given["result"]["data"]["success"][0]["name"] == "Kitchen"
    roles = [content.role for content in hass.data[chat_logs.DATA_CHAT_LOGS][result.conversation_id].content]
    assert roles == ["system", "user", "assistant", "tool_result", "assistant"]
    assert len(node.asked("ask")) == 1


async def test_what_a_tool_reads_of_the_world_is_not_trusted(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    node.script = [request("homeassistant__GetLiveContext"), came(node, "tool_result"), *end("It is off.")]
    await say(hass, "Is the light on?")
    (given,) = node.asked("tool_result")
    assert given["trusted"] is False and "Kitchen" in str(given["result"])


async def test_a_tool_that_does_not_exist_is_an_error_for_the_model(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    node.script = [request("rm"), came(node, "tool_result"), *end("I cannot.")]
    assert speech(await say(hass, "Do it")) == "I cannot."
    assert node.asked("tool_result")[0]["error"] is True and node.asked("tool_result")[0]["trusted"] is False


async def asked_for_a_yes(hass: HomeAssistant, node: FakeNode, **more: Any) -> conversation.ConversationResult:
    node.script = [
        step("needs_confirmation", confirm_id="c1", expires_in_s=60, **more),
        came(node, "confirm"),
        step("done"),
        *end("It is on the board."),
    ]
    return await say(hass, "Tell the neighbours the water is back")


async def test_a_step_that_needs_a_person_is_read_out_and_a_yes_lets_it_go_on(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    first = await asked_for_a_yes(hass, node)
    assert speech(first) == "Put this on the notice board: title Water is back. Shall I do that?"
    assert first.continue_conversation is True and not node.asked("confirm")
    second = await say(hass, "Yes, please!", conversation_id=first.conversation_id)
    assert node.asked("confirm") == [{"confirm_id": "c1", "allow": True}]
    assert speech(second) == "It is on the board." and len(node.asked("ask")) == 1


async def test_a_yes_is_understood_in_german(hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry) -> None:
    first = await asked_for_a_yes(hass, node, tainted=True)
    assert "written by others" in speech(first)
    await say(hass, "Ja, bitte.", conversation_id=first.conversation_id, language="de")
    assert node.asked("confirm")[0]["allow"] is True


async def test_a_no_is_passed_on(hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry) -> None:
    first = await asked_for_a_yes(hass, node)
    await say(hass, "No", conversation_id=first.conversation_id)
    assert node.asked("confirm") == [{"confirm_id": "c1", "allow": False}]


async def test_anything_else_withdraws_it_and_is_a_question_of_its_own(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    first = await asked_for_a_yes(hass, node)
    node.script = answer("It rains.")
    second = await say(hass, "Yes but what is the weather?", conversation_id=first.conversation_id)
    assert speech(second) == "It rains." and not node.asked("confirm")
    await until(lambda: next(c for c in node.calls if c.method == "ask").cancelled)


@pytest.mark.parametrize("another", ["device", "person"])
async def test_somebody_else_s_yes_is_none(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry, hass_admin_user: MockUser, another: str
) -> None:
    first = await asked_for_a_yes(hass, node)
    node.script = answer("What do you mean?")
    other = {"device_id": "another"} if another == "device" else {"context": Context(user_id=hass_admin_user.id)}
    second = await say(hass, "Yes", conversation_id=first.conversation_id, **other)
    assert not node.asked("confirm")
    assert speech(second) == ("What do you mean?" if another == "device" else "Unauthorized")


async def test_nobody_answers_and_it_is_withdrawn(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry, freezer: Any
) -> None:
    first = await asked_for_a_yes(hass, node)
    freezer.tick(held.HOLD_S + 1)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    await until(lambda: node.calls[-1].cancelled)
    node.script = answer("Yes what?")
    await say(hass, "Yes", conversation_id=first.conversation_id)
    assert not node.asked("confirm")


async def test_what_is_too_long_to_be_heard_out_is_refused(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    result = await asked_for_a_yes(hass, node, arguments={"title": "x", "body": "word " * 200})
    assert node.asked("confirm") == [{"confirm_id": "c1", "allow": False}]
    assert speech(result) == "It is on the board."


async def test_an_entry_that_is_unloaded_withdraws_what_waits(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    await asked_for_a_yes(hass, node)
    assert await hass.config_entries.async_unload(agent.entry_id)
    await hass.async_block_till_done()
    assert not node.asked("confirm")


async def test_the_next_turn_says_where_the_last_answer_came_from(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    node.script = [request(), came(node, "tool_result"), *end("The light is on.")]
    first = await say(hass, "Kitchen light on")
    node.script = end("Water is in the cellar.", tainted=True, home=False)
    await say(hass, "Where is the water?", conversation_id=first.conversation_id)
    await say(hass, "Thanks", conversation_id=first.conversation_id)
    turns = node.asked("ask")[-1]["history"]
    assert [(t.get("tainted"), t.get("home")) for t in turns if t["role"] == "assistant"] == [
        (False, True),
        (True, False),
    ]


async def test_a_node_that_fails_on_the_way_is_told_calmly(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    node.script = [request(), came(node, "tool_result"), Refused(503, "unavailable", "The engine died.")]
    result = await say(hass, "Kitchen light on")
    assert speech(result) == "Nobody could answer that just now. Please try again in a while."


async def test_without_an_api_the_agent_asks_as_ever(
    hass: HomeAssistant, node: FakeNode, lights: list[Any], entry: MockConfigEntry
) -> None:
    await say(hass, "Hello")
    assert "agent" not in node.asked("ask")[0]
    features = hass.states.get(AGENT).attributes["supported_features"]
    assert not features & conversation.ConversationEntityFeature.CONTROL


async def test_an_api_that_is_gone_is_left_out(hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry) -> None:
    subentry = next(iter(agent.subentries.values()))
    hass.config_entries.async_update_subentry(agent, subentry, data={"max_sentences": 3, "llm_hass_api": ["gone"]})
    await hass.async_block_till_done()
    await say(hass, "Hello")
    assert "agent" not in node.asked("ask")[0]


async def test_what_the_house_lets_it_control_is_chosen_with_the_agent(
    hass: HomeAssistant, node: FakeNode, agent: MockConfigEntry
) -> None:
    subentry_id = next(iter(agent.subentries))
    context = {"source": "reconfigure", "subentry_id": subentry_id}
    flow = await hass.config_entries.subentries.async_init((agent.entry_id, "conversation"), context=context)
    chosen = next(k for k in flow["data_schema"].schema if k == "llm_hass_api")
    assert chosen.description == {"suggested_value": ["assist"]}
    given = {"name": "Voice", "max_sentences": 2, "llm_hass_api": []}
    await hass.config_entries.subentries.async_configure(flow["flow_id"], given)
    assert agent.subentries[subentry_id].data == {"max_sentences": 2}
    assert llm.LLM_API_ASSIST in {api.id for api in llm.async_get_apis(hass)}
