"""Sentences of ours that Home Assistant does not translate by itself: what is spoken, and who answered."""

from __future__ import annotations

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

CATEGORY = "common"


class Words:
    def __init__(self, found: dict[str, str]) -> None:
        self._found = found

    def __call__(self, key: str, **values: str) -> str:
        text = self._found.get(f"component.{DOMAIN}.{CATEGORY}.{key}", key)
        for name, value in values.items():  # not str.format: values come from the neighbourhood
            text = text.replace(f"{{{name}}}", value)
        return text


async def async_words(hass: HomeAssistant, language: str) -> Words:
    """In the language of the question, else its base language, else English (which Home Assistant falls back to)."""
    found = await async_get_translations(hass, language, CATEGORY, [DOMAIN])
    base = language.partition("-")[0]
    if base != language and found == await async_get_translations(hass, "en", CATEGORY, [DOMAIN]):
        found = await async_get_translations(hass, base, CATEGORY, [DOMAIN])
    return Words(found)
