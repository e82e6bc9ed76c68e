"""Whether the internet is there, whether a neighbour is, and each peer's connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import HearthNetConfigEntry
from .entity import NodeEntity, PeerEntity, async_add_with_peers
from .state import NodeState

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class NodeBinarySensorDescription(BinarySensorEntityDescription):
    value: Callable[[NodeState], bool | None]


NODE = (
    NodeBinarySensorDescription(
        key="internet",
        translation_key="internet",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        # until the first probes are in, nobody knows: that is no outage
        value=lambda state: None if state.connectivity == "unknown" else state.internet,
    ),
    NodeBinarySensorDescription(
        key="mesh",
        translation_key="mesh",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        value=lambda state: state.mesh,
    ),
)
PEER = BinarySensorEntityDescription(
    key="connected",
    translation_key="peer_connected",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthNetConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    async_add_entities(NodeBinarySensor(entry.runtime_data, description) for description in NODE)
    async_add_with_peers(entry, async_add_entities, PeerConnected, PEER)


class NodeBinarySensor(NodeEntity, BinarySensorEntity):
    entity_description: NodeBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.value(self.coordinator.data)


class PeerConnected(PeerEntity, BinarySensorEntity):
    @property
    @override
    def is_on(self) -> bool | None:
        return self.peer.connected if self.peer else None
