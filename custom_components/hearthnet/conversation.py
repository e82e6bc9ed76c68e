"""The voice: a question to the neighbourhood, answered aloud in a few sentences; who knew it and why is not spoken."""

from __future__ import annotations

from typing import Any, Literal, override

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_LLM_HASS_API, CONF_PROMPT, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import home_tools
from .answer import Answer, Provenance
from .const import CONF_MAX_SENTENCES, DOMAIN, MAX_SENTENCES, NAME, SUBENTRY_CONVERSATION
from .coordinator import HearthNetConfigEntry, HearthNetCoordinator
from .held import Held, meant
from .services import MAX_QUESTION
from .wording import Words, async_words

PARALLEL_UPDATES = 0
MAX_HISTORY = 20
MAX_TURN = 4_000
MAX_SYSTEM = 4_000


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

    @property
    @override
    def supported_features(self) -> conversation.ConversationEntityFeature:
        """Of the entity itself: it controls the house where an API for that was chosen."""
        chosen = self._options.get(CONF_LLM_HASS_API)
        return conversation.ConversationEntityFeature.CONTROL if chosen else conversation.ConversationEntityFeature(0)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._held = Held(self.hass)

    @override
    async def async_will_remove_from_hass(self) -> None:
        await self._held.close()
        await super().async_will_remove_from_hass()

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        try:
            await chat_log.async_provide_llm_data(
                user_input.as_llm_context(DOMAIN),
                home_tools.apis(self.hass, self._options.get(CONF_LLM_HASS_API)) or None,
                self._options.get(CONF_PROMPT) or "",
                user_input.extra_system_prompt,
            )
        except conversation.ConverseError as error:
            return error.as_conversation_result()
        words = await async_words(self.hass, user_input.language)
        answer = await self._continued(user_input, chat_log.conversation_id, words)
        if answer is None:
            answer = Answer(self._node, chat_log, self._params(user_input, chat_log))
        await answer.talk(chat_log, self.entity_id, words)
        if answer.asking is not None:
            self._held.keep(chat_log.conversation_id, user_input, answer)
        result = conversation.async_get_result_from_chat_log(user_input, chat_log)
        if answer.failed:
            speech = result.response.speech["plain"]["speech"]
            result.response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, speech)
        return result

    async def _continued(
        self, user_input: conversation.ConversationInput, conversation_id: str, words: Words
    ) -> Answer | None:
        """The answer that waited for this yes or no. Whatever else is said withdraws it, and is a question of its own."""
        if (answer := self._held.take(conversation_id, user_input)) is None:
            return None
        if (allow := meant(user_input.text, words)) is None:
            await answer.close()
            return None
        await answer.confirm(allow)
        return answer

    def _params(self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog) -> dict[str, Any]:
        params: dict[str, Any] = {
            "question": user_input.text[:MAX_QUESTION],
            "privacy": self._node.data.privacy,
            "language": user_input.language,
            "conversation": chat_log.conversation_id[:64],
            "history": history(chat_log.content),
            "max_sentences": min(MAX_SENTENCES, int(self._options.get(CONF_MAX_SENTENCES, MAX_SENTENCES))),
        }
        about_the_house = chat_log.llm_api.api_prompt if chat_log.llm_api else ""
        own = _system(chat_log).replace(about_the_house, "") if self._options.get(CONF_PROMPT) else ""
        system = "\n".join(filter(None, [own.strip(), user_input.extra_system_prompt]))
        if system:
            params["system"] = system[:MAX_SYSTEM]
        if tools := home_tools.offered(chat_log):
            # The devices of this house go to engines of this house, or nowhere: the node sees to that.
            params["agent"] = True
            params["client_tools"] = tools
            params["client_prompt"] = about_the_house[: home_tools.MAX_PROMPT]
        return params


def history(content: list[conversation.Content]) -> list[dict[str, Any]]:
    """The turns before this question, oldest first; with our own answers, what the node said of where they come from."""
    turns: list[dict[str, Any]] = []
    for part in content:
        if isinstance(part, conversation.UserContent | conversation.AssistantContent) and part.content:
            turn: dict[str, Any] = {"role": part.role, "content": part.content[:MAX_TURN]}
            if isinstance(part, conversation.AssistantContent) and isinstance(part.native, Provenance):
                turn |= {"tainted": part.native.tainted, "home": part.native.home}
            turns.append(turn)
    return turns[:-1][-MAX_HISTORY:]


def _system(chat_log: conversation.ChatLog) -> str:
    first = chat_log.content[0]
    return first.content if isinstance(first, conversation.SystemContent) else ""
