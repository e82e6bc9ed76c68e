"""The one repair that can be done here: answering who may see questions."""

from __future__ import annotations

from typing import Any

import probatio
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import CONF_PRIVACY, DOMAIN
from .coordinator import HearthNetConfigEntry
from .errors import NodeError
from .privacy import privacy_schema


class PrivacyRepairFlow(RepairsFlow):
    def __init__(self, entry_id: str) -> None:
        self._entry_id = entry_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_privacy()

    async def async_step_privacy(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        entry: HearthNetConfigEntry | None = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        errors = {}
        if user_input is not None:
            try:
                await entry.runtime_data.client.call("set_privacy", {"privacy": user_input[CONF_PRIVACY]})
            except NodeError:
                errors["base"] = "cannot_connect"
            else:
                ir.async_delete_issue(self.hass, DOMAIN, self.issue_id)
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="privacy",
            data_schema=probatio.Schema(privacy_schema()),
            errors=errors,
            description_placeholders={"name": entry.title},
        )


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    return PrivacyRepairFlow(str((data or {}).get("entry_id")))
