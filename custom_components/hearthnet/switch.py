"""Emergency mode by one switch. A drill is not an emergency: it shows as off."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import HearthNetConfigEntry
from .entity import NodeEntity
from .errors import NodeError
from .services import raised

PARALLEL_UPDATES = 1
EMERGENCY = SwitchEntityDescription(key="emergency_mode", translation_key="emergency_mode")


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthNetConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    async_add_entities([EmergencyMode(entry.runtime_data, EMERGENCY)])


class EmergencyMode(NodeEntity, SwitchEntity):
    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.data.mode == "emergency"

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._set("emergency")

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._set("normal")

    async def _set(self, mode: str) -> None:
        # the same people as the set_mode action; automations and voice have no user
        if self._context and self._context.user_id:
            user = await self.hass.auth.async_get_user(self._context.user_id)
            if user is None:
                raise UnknownUser(context=self._context)
            if not user.is_admin:
                raise Unauthorized(context=self._context)
        try:
            await self.coordinator.client.call("set_mode", {"mode": mode})
        except NodeError as error:
            raise raised(error) from error
