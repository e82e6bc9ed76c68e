"""An event for each new notice of the community, of the type of its severity."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import HearthNetConfigEntry
from .entity import NodeEntity
from .state import SEVERITIES

PARALLEL_UPDATES = 0
NOTICES = EventEntityDescription(key="notices", translation_key="notices", event_types=SEVERITIES)
SHOWN = ("id", "title", "body", "author_name", "at", "expires", "late")


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthNetConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    async_add_entities([Notices(entry.runtime_data, NOTICES)])


class Notices(NodeEntity, EventEntity):
    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_add_notice_listener(self._new))

    @callback
    def _new(self, notice: dict[str, Any]) -> None:
        severity = notice.get("severity")
        self._trigger_event(
            severity if severity in SEVERITIES else SEVERITIES[0], {key: notice.get(key) for key in SHOWN}
        )
        self.async_write_ha_state()
