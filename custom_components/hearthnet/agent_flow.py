"""A voice of the node as a config subentry: its name, how much it says, and instructions of one's own."""

from __future__ import annotations

from typing import Any, Final

import probatio
from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME, CONF_PROMPT
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TemplateSelector,
    TextSelector,
)

from .const import CONF_MAX_SENTENCES, MAX_SENTENCES, NAME

DEFAULT_AGENT: Final = {CONF_MAX_SENTENCES: MAX_SENTENCES}
SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Required(CONF_MAX_SENTENCES, default=MAX_SENTENCES): NumberSelector(
            NumberSelectorConfig(min=1, max=MAX_SENTENCES, step=1, mode=NumberSelectorMode.SLIDER)
        ),
        probatio.Optional(CONF_PROMPT): TemplateSelector(),
    }
)


class AgentSubentryFlow(ConfigSubentryFlow):
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        if user_input is not None:
            title, data = _split(user_input)
            return self.async_create_entry(title=title, data=data)
        return self._form("user", {CONF_NAME: NAME, **DEFAULT_AGENT})

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            title, data = _split(user_input)
            return self.async_update_and_abort(self._get_entry(), subentry, title=title, data=data)
        return self._form("reconfigure", {CONF_NAME: subentry.title, **subentry.data})

    def _form(self, step: str, suggested: dict[str, Any]) -> SubentryFlowResult:
        return self.async_show_form(step_id=step, data_schema=self.add_suggested_values_to_schema(SCHEMA, suggested))


def _split(user_input: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    data = {**user_input, CONF_MAX_SENTENCES: int(user_input[CONF_MAX_SENTENCES])}
    return data.pop(CONF_NAME), data
