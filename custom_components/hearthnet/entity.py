"""What all entities of a node share."""

from __future__ import annotations

from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import HearthNetConfigEntry, HearthNetCoordinator
from .state import Peer


class NodeEntity(CoordinatorEntity[HearthNetCoordinator]):
    """Something the node itself says."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: HearthNetCoordinator, description: EntityDescription) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{coordinator.node_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, coordinator.node_id)})


class PeerEntity(CoordinatorEntity[HearthNetCoordinator]):
    """Something the node says of a peer."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: HearthNetCoordinator, peer_id: str, description: EntityDescription) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        self.peer_id = peer_id
        self._attr_unique_id = f"{coordinator.node_id}_peer_{peer_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, peer_id)})

    @property
    def peer(self) -> Peer | None:
        return self.coordinator.data.peers.get(self.peer_id)

    @property
    @override
    def available(self) -> bool:
        return super().available and self.peer is not None


@callback
def async_add_with_peers(
    entry: HearthNetConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: type[PeerEntity],
    description: EntityDescription,
) -> None:
    """An entity for each peer, also for those that come later, or come back."""
    coordinator = entry.runtime_data
    known: set[str] = set()

    @callback
    def add() -> None:
        peers = set(coordinator.data.peers)
        new = peers - known
        known.intersection_update(peers)
        known.update(new)
        if new:
            entities: list[Entity] = [kind(coordinator, peer_id, description) for peer_id in sorted(new)]
            async_add_entities(entities)

    add()
    entry.async_on_unload(coordinator.async_add_listener(add))
