"""The voice: a question to the neighbourhood, answered aloud in a few sentences; who knew it and why is not spoken."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal, override

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_PROMPT, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_MAX_SENTENCES, DOMAIN, LOGGER, MAX_SENTENCES, NAME, SUBENTRY_CONVERSATION
from .coordinator import HearthNetConfigEntry, HearthNetCoordinator
from .errors import CannotConnect, NodeError
from .services import ASK_SILENCE_S, MAX_QUESTION
from .speech import Speech
from .wording import Words, async_words

PARALLEL_UPDATES = 0
MAX_HISTORY = 20
MAX_TURN = 4_000
MAX_SYSTEM = 4_000
MAX_SOURCES = 5


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthNetConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    for subentry in entry.get_subentries_of_type(SUBENTRY_CONVERSATION):
        async_add_entities([HearthNetAgent(entry.runtime_data, subentry)], config_subentry_id=subentry.subentry_id)


class HearthNetAgent(conversation.ConversationEntity):
    """Always available: when the node is not, it says so calmly instead of failing."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_supports_streaming = True

    def __init__(self, node: HearthNetCoordinator, subentry: ConfigSubentry) -> None:
        self._node = node
        self._options = subentry.data
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=NAME,
            model="Conversation agent",
            name=subentry.title,
        )

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return MATCH_ALL

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        try:
            await chat_log.async_provide_llm_data(
                user_input.as_llm_context(DOMAIN),
                None,
                self._options.get(CONF_PROMPT) or "",
                user_input.extra_system_prompt,
            )
        except conversation.ConverseError as error:
            return error.as_conversation_result()
        words = await async_words(self.hass, user_input.language)
        answer = _Answer(self._node, words)
        # Between the node and here stand this generator and the chat log's: closing ours is what cancels the call.
        async with aclosing(answer.stream(self._params(user_input, chat_log))) as deltas:
            async for _ in chat_log.async_add_delta_content_stream(self.entity_id, deltas):
                pass
        result = conversation.async_get_result_from_chat_log(user_input, chat_log)
        if answer.failed:
            speech = result.response.speech["plain"]["speech"]
            result.response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, speech)
        return result

    def _params(self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog) -> dict[str, Any]:
        params: dict[str, Any] = {
            "question": user_input.text[:MAX_QUESTION],
            "privacy": self._node.data.privacy,
            "language": user_input.language,
            "conversation": chat_log.conversation_id[:64],
            "history": history(chat_log.content),
            "max_sentences": min(MAX_SENTENCES, int(self._options.get(CONF_MAX_SENTENCES, MAX_SENTENCES))),
        }
        system = "\n".join(
            filter(None, [self._options.get(CONF_PROMPT) and _system(chat_log), user_input.extra_system_prompt])
        )
        if system:
            params["system"] = system[:MAX_SYSTEM]
        return params


def history(content: list[conversation.Content]) -> list[dict[str, str]]:
    """The turns before this question, oldest first."""
    turns = [
        {"role": part.role, "content": part.content[:MAX_TURN]}
        for part in content
        if isinstance(part, conversation.UserContent | conversation.AssistantContent) and part.content
    ]
    return turns[:-1][-MAX_HISTORY:]


def _system(chat_log: conversation.ChatLog) -> str:
    first = chat_log.content[0]
    return first.content if isinstance(first, conversation.SystemContent) else ""


class _Answer:
    """The events of one `ask` as deltas for the chat log."""

    def __init__(self, node: HearthNetCoordinator, words: Words) -> None:
        self._node = node
        self._words = words
        self.failed = False

    async def stream(self, params: dict[str, Any]) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        speech = Speech(params["max_sentences"])
        yield {"role": "assistant", "content": ""}
        try:
            async with aclosing(self._node.client.stream("ask", params, silence_s=ASK_SILENCE_S)) as events:
                async for event in events:
                    if event.name == "delta" and isinstance(text := event.data.get("text"), str):
                        if said := speech.add(text):
                            yield {"content": said}
                    elif event.name == "attempt_failed":
                        yield {
                            "thinking_content": self._words("answer_moved", reason=str(event.data.get("message", "")))
                            + "\n"
                        }
                    elif event.name == "done":
                        if said := speech.end():
                            yield {"content": said}
                        if not speech.said:
                            self.failed = True
                            yield {"content": self._words("spoken_nothing")}
                        yield {"thinking_content": provenance(event.data, self._words)}
        except NodeError as error:
            self.failed = True
            LOGGER.debug("A question was not answered: %s", error.message)
            sentence = self._words(spoken(error))
            yield {"content": f" {self._words('spoken_broken_off')}" if speech.said else sentence}
            yield {"thinking_content": error.message}


def spoken(error: NodeError) -> str:
    """Which calm sentence fits."""
    if isinstance(error, CannotConnect):
        return "spoken_no_node"
    if error.code in ("rate_limited", "capacity_exceeded"):
        return "spoken_busy"
    if error.code == "timeout":
        return "spoken_slow"
    return "spoken_nobody" if error.code in ("unavailable", "partition") else "spoken_failed"


def provenance(done: dict[str, Any], words: Words) -> str:
    """Who answered, who else was considered, and from what."""
    lines = []
    by = done.get("answered_by")
    if isinstance(by, dict):
        model = " · ".join(str(by[key]) for key in ("provider", "model") if by.get(key))
        lines.append(words("answered_by", name=str(by.get("node_name", "")), model=model))
    trace = done.get("trace")
    for candidate in (trace.get("candidates") or [])[:MAX_SOURCES] if isinstance(trace, dict) else ():
        name, why = str(candidate.get("node_name", "")), str(candidate.get("excluded", ""))
        if candidate.get("allowed"):
            lines.append(words("considered", name=name, score=str(candidate.get("score", ""))))
        else:
            lines.append(words("left_out", name=name, reason=why))
    for number, source in enumerate((done.get("sources") or [])[:MAX_SOURCES], 1):
        lines.append(
            f"[{number}] "
            + words("source", title=str(source.get("doc_title", "")), name=str(source.get("node_name", "")))
        )
    return "\n".join(lines)
