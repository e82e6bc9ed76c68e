"""Questions that wait over a turn of the conversation for a person's yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from homeassistant.components.conversation import ConversationInput
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .answer import Answer
from .wording import Words

HOLD_S = 55
"""A little less than the node waits."""


@dataclass(frozen=True)
class _Kept:
    answer: Answer
    speaker: tuple[str | None, str | None, str | None]
    forget: CALLBACK_TYPE


class Held:
    """At most one for each conversation; another person or another device cannot answer it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._kept: dict[str, _Kept] = {}

    @callback
    def keep(self, conversation_id: str, user_input: ConversationInput, answer: Answer) -> None:
        @callback
        def over(_: datetime) -> None:
            self._drop(conversation_id)

        self._drop(conversation_id)
        self._kept[conversation_id] = _Kept(answer, _speaker(user_input), async_call_later(self._hass, HOLD_S, over))

    def take(self, conversation_id: str, user_input: ConversationInput) -> Answer | None:
        """What waits for this person's word, if anything does."""
        kept = self._kept.get(conversation_id)
        if kept is None or kept.speaker != _speaker(user_input):
            return None
        del self._kept[conversation_id]
        kept.forget()
        return kept.answer

    async def close(self) -> None:
        while self._kept:
            _, kept = self._kept.popitem()
            kept.forget()
            await kept.answer.close()

    @callback
    def _drop(self, conversation_id: str) -> None:
        if (kept := self._kept.pop(conversation_id, None)) is not None:
            kept.forget()
            self._hass.async_create_task(kept.answer.close(), "HearthNet withdraws a question")


def meant(text: str, words: Words) -> bool | None:
    """Yes, no, or something else, which is never taken for a yes."""
    plain = " ".join("".join(c if c.isalnum() or c == "'" else " " for c in text.casefold()).split())
    for key, meaning in (("words_yes", True), ("words_no", False)):
        if plain in (word.strip().casefold() for word in words(key).split(",")):
            return meaning
    return None


def _speaker(user_input: ConversationInput) -> tuple[str | None, str | None, str | None]:
    return user_input.context.user_id, user_input.device_id, user_input.satellite_id
