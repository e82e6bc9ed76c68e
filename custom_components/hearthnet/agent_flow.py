"""A voice of the node as a config subentry: its name, how much it says, its instructions, what of the house it may move."""

from __future__ import annotations

from typing import Any, Final

import probatio
from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_LLM_HASS_API, CONF_NAME, CONF_PROMPT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
)

from .const import CONF_MAX_SENTENCES, MAX_SENTENCES, NAME
from .home_tools import apis

DEFAULT_AGENT: Final = {CONF_MAX_SENTENCES: MAX_SENTENCES}


def schema(hass: HomeAssistant) -> probatio.Schema:
    """`llm_hass_api`: what of this house the agent may see and move."""
    choices = [SelectOptionDict(label=api.name, value=api.id) for api in llm.async_get_apis(hass)]
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            probatio.Required(CONF_MAX_SENTENCES, default=MAX_SENTENCES): NumberSelector(
                NumberSelectorConfig(min=1, max=MAX_SENTENCES, step=1, mode=NumberSelectorMode.SLIDER)
            ),
            probatio.Optional(CONF_PROMPT): TemplateSelector(),
            probatio.Optional(CONF_LLM_HASS_API): SelectSelector(
                SelectSelectorConfig(options=choices, multiple=True, mode=SelectSelectorMode.LIST)
            ),
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
        if CONF_LLM_HASS_API in suggested:
            suggested = {**suggested, CONF_LLM_HASS_API: apis(self.hass, suggested[CONF_LLM_HASS_API])}
        form = self.add_suggested_values_to_schema(schema(self.hass), suggested)
        return self.async_show_form(step_id=step, data_schema=form)


def _split(user_input: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    data = {**user_input, CONF_MAX_SENTENCES: int(user_input[CONF_MAX_SENTENCES])}
    if not data.get(CONF_LLM_HASS_API):
        data.pop(CONF_LLM_HASS_API, None)
    return data.pop(CONF_NAME), data
