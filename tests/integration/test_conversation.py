"""The voice: what is spoken, what is not, and what happens when nobody answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from homeassistant.components import conversation
from homeassistant.components.conversation import chat_log as chat_logs
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.chat_session import async_get_chat_session
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import entry_for, set_up, until
from tests.integration.fake_node import FakeNode, Refused, answer

AGENT = "conversation.hearthnet"


@pytest.fixture(autouse=True)
async def ready(hass: HomeAssistant, core: None) -> None:
    assert await async_setup_component(hass, "conversation", {})


async def say(hass: HomeAssistant, text: str, **changes: Any) -> conversation.ConversationResult:
    given = {"conversation_id": None, "context": Context(), "language": "en", "agent_id": AGENT, **changes}
    return await conversation.async_converse(hass, text, **given)


def speech(result: conversation.ConversationResult) -> str:
    return result.response.speech["plain"]["speech"]


def last(hass: HomeAssistant, result: conversation.ConversationResult) -> conversation.AssistantContent:
    content = hass.data[chat_logs.DATA_CHAT_LOGS][result.conversation_id].content[-1]
    assert isinstance(content, conversation.AssistantContent)
    return content


async def test_the_answer_is_spoken_without_marks_and_provenance_is_thought(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    result = await say(hass, "How do I store water?")
    assert speech(result) == "Store water in clean containers."
    assert result.response.response_type is intent.IntentResponseType.ACTION_DONE
    thought = last(hass, result).thinking_content
    assert thought.splitlines() == [
        "Answered by Bob (ollama · llama).",
        "Bob was considered, score 0.81.",
        "Carol was left out: quarantined for 20 s",
        "[1] Water, from Bob",
    ]
    (asked,) = node.asked("ask")
    assert asked == {
        "question": "How do I store water?",
        "privacy": "home",
        "language": "en",
        "conversation": result.conversation_id,
        "history": [],
        "max_sentences": 3,
    }


async def test_it_streams(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    """The first words are out while the rest is not yet known."""
    assert hass.data["conversation"].get_entity(AGENT).supports_streaming is True
    go_on, heard = asyncio.Event(), []
    node.script = [*answer("First words. ")[:-1], go_on, *answer("Then the rest.")[4:]]

    async def listen() -> conversation.ConversationResult:  # as a voice pipeline does
        with (
            async_get_chat_session(hass, context=Context()) as session,
            chat_logs.async_get_chat_log(
                hass, session, chat_log_delta_listener=lambda _, delta: heard.append(delta.get("content") or "")
            ),
        ):
            return await say(hass, "Tell me", conversation_id=session.conversation_id)

    talking = hass.async_create_task(listen())
    await until(lambda: "First words." in "".join(heard) or talking.done())
    assert not talking.done()
    go_on.set()
    assert speech(await talking) == "First words. Then the rest."


@pytest.mark.parametrize("most", [1, 3])
async def test_no_more_is_spoken_than_the_agent_may_say(hass: HomeAssistant, node: FakeNode, most: int) -> None:
    node.script = answer("One [1]. Two", " [2]. Three. ", "Four. Five.")
    entry = entry_for(node)
    subentry = next(iter(entry.subentries.values()))
    await set_up(hass, entry)
    hass.config_entries.async_update_subentry(entry, subentry, data={"max_sentences": most})
    await hass.async_block_till_done()
    assert speech(await say(hass, "Count")) == " ".join(["One.", "Two.", "Three."][:most])
    assert node.asked("ask")[0]["max_sentences"] == most


async def test_a_conversation_goes_on(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    first = await say(hass, "How do I store water?")
    second = await say(hass, "And for how long?", conversation_id=first.conversation_id)
    assert second.conversation_id == first.conversation_id
    asked = node.asked("ask")[1]
    assert asked["conversation"] == first.conversation_id
    assert asked["history"] == [
        {"role": "user", "content": "How do I store water?"},
        {"role": "assistant", "content": "Store water in clean containers."},
    ]


async def test_a_long_conversation_is_cut_to_what_the_node_takes(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    conversation_id = None
    for turn in range(13):
        conversation_id = (await say(hass, f"Question {turn}", conversation_id=conversation_id)).conversation_id
    history = node.asked("ask")[-1]["history"]
    assert len(history) == 20
    assert history[0]["content"] == "Question 2"


async def test_language_prompt_and_extra_instructions_travel_along(hass: HomeAssistant, node: FakeNode) -> None:
    entry = entry_for(node)
    subentry = next(iter(entry.subentries.values()))
    await set_up(hass, entry)
    hass.config_entries.async_update_subentry(
        entry, subentry, data={"max_sentences": 2, "prompt": "You live in {{ 'Elm' }} Street."}
    )
    await hass.async_block_till_done()
    await say(hass, "Wie lange?", language="de", extra_system_prompt="Be brief.")
    (asked,) = node.asked("ask")
    assert asked["language"] == "de"
    assert "You live in Elm Street." in asked["system"]
    assert "Be brief." in asked["system"]


@pytest.mark.parametrize("setting", ["home", "community"])
async def test_a_question_carries_who_may_see_it(hass: HomeAssistant, node: FakeNode, setting: str) -> None:
    node.state["privacy"] = setting
    await set_up(hass, entry_for(node))
    await say(hass, "Who sees this?")
    assert node.asked("ask")[0]["privacy"] == setting


@pytest.mark.parametrize(
    ("code", "language", "sentence"),
    [
        ("unavailable", "en", "Nobody could answer that just now. Please try again in a while."),
        ("unavailable", "de", "Das konnte gerade niemand beantworten. Versuch es bitte später noch einmal."),
        ("unavailable", "de-AT", "Das konnte gerade niemand beantworten. Versuch es bitte später noch einmal."),
        ("capacity_exceeded", "en", "Everyone is busy right now. Please ask again in a minute."),
        ("timeout", "fr", "That took too long. Please ask again in a while."),
        ("internal_error", "en", "Something went wrong on the way. Please ask again."),
    ],
)
async def test_a_failure_is_one_calm_sentence(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, code: str, language: str, sentence: str
) -> None:
    node.script = [Refused(503, code, "Traceback: stack frames")]
    result = await say(hass, "Hello?", language=language)
    assert speech(result) == sentence
    assert result.response.response_type is intent.IntentResponseType.ERROR
    assert last(hass, result).thinking_content == "Traceback: stack frames"


async def test_while_the_node_is_away_it_says_so(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    await node.stop()
    result = await say(hass, "Hello?")
    assert speech(result) == "I cannot reach your HearthNet node right now. I keep trying."


async def test_an_answer_that_breaks_off_keeps_what_was_said(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    node.script = [*answer("Store it cool. ", "Then")[:-1], node.drop]
    result = await say(hass, "How?")
    assert speech(result) == "Store it cool. Then I got no further than that just now."


async def test_an_answer_that_moves_on_is_not_noticed_aloud(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    moved = ("attempt_failed", {"n": 1, "error": "unavailable", "message": "Bob is gone.", "after_sentences": 1})
    node.script = [*answer("First. ")[:-1], moved, *answer("Second.")[4:]]
    result = await say(hass, "How?")
    assert speech(result) == "First. Second."
    assert last(hass, result).thinking_content.startswith("The answer went on elsewhere: Bob is gone.")


async def test_an_empty_answer_is_said_to_be_one(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    node.script = answer("")
    assert speech(await say(hass, "What?")) == "I found nothing about that."


async def test_who_stops_listening_stops_the_answer(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    node.script = [*answer("First. ")[:-1], asyncio.Event()]
    talking = hass.async_create_task(say(hass, "Long story"))
    await until(lambda: node.asked("ask"))
    talking.cancel()
    await until(lambda: any(call.cancelled for call in node.calls if call.method == "ask"))
    assert talking.cancelled() or talking.done()


async def test_markup_and_templates_of_a_neighbour_stay_text(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    node.script = answer("{{ states('sun.sun') }} {name}")
    node.script[-1][1]["answered_by"]["node_name"] = "{model} {{ 1 + 1 }}"
    result = await say(hass, "What?")
    assert speech(result) == "{{ states('sun.sun') }} {name}"
    assert "{{ 1 + 1 }}" in last(hass, result).thinking_content
