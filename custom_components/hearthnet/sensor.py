"""Connectivity with its cause, the mode, the neighbours, and who answered last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .coordinator import HearthNetConfigEntry, HearthNetCoordinator
from .entity import NodeEntity, PeerEntity, async_add_with_peers
from .state import CONNECTIVITY, MODES

PARALLEL_UPDATES = 0
MAX_CANDIDATES = 5


def _last_answered_by(coordinator: HearthNetCoordinator) -> dict[str, Any]:
    answer = coordinator.data.last_answer
    if answer is None:
        return {}
    trace = coordinator.trace or {}
    candidates = trace.get("candidates")
    return {
        "model": answer.model,
        "capability": answer.capability,
        "at": dt_util.utc_from_timestamp(answer.at).isoformat() if answer.at is not None else None,
        "trace_id": answer.trace_id,
        "candidates": [
            {key: candidate.get(key) for key in ("node_name", "model", "score", "allowed", "excluded")}
            for candidate in (candidates if isinstance(candidates, list) else [])[:MAX_CANDIDATES]
            if isinstance(candidate, dict)
        ],
    }


@dataclass(frozen=True, kw_only=True)
class NodeSensorDescription(SensorEntityDescription):
    value: Callable[[HearthNetCoordinator], StateType]
    attributes: Callable[[HearthNetCoordinator], dict[str, Any]] | None = None


NODE = (
    NodeSensorDescription(
        key="connectivity",
        translation_key="connectivity",
        device_class=SensorDeviceClass.ENUM,
        options=CONNECTIVITY,
        value=lambda node: node.data.connectivity,
        attributes=lambda node: {"cause": node.data.cause},
    ),
    NodeSensorDescription(
        key="mode",
        translation_key="mode",
        device_class=SensorDeviceClass.ENUM,
        options=MODES,
        value=lambda node: node.data.mode,
        attributes=lambda node: {"reason": node.data.mode_reason, "set_by": node.data.mode_by},
    ),
    NodeSensorDescription(
        key="peers",
        translation_key="peers",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda node: node.data.near,
    ),
    NodeSensorDescription(
        key="last_answered_by",
        translation_key="last_answered_by",
        value=lambda node: node.data.last_answer.node_name if node.data.last_answer else None,
        attributes=_last_answered_by,
    ),
)
LATENCY = SensorEntityDescription(
    key="latency",
    translation_key="peer_latency",
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.MILLISECONDS,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=1,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthNetConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    async_add_entities(NodeSensor(entry.runtime_data, description) for description in NODE)
    async_add_with_peers(entry, async_add_entities, PeerLatency, LATENCY)


class NodeSensor(NodeEntity, SensorEntity):
    entity_description: NodeSensorDescription
    _unrecorded_attributes = frozenset({"candidates"})

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value(self.coordinator)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        attributes = self.entity_description.attributes
        return attributes(self.coordinator) if attributes else None


class PeerLatency(PeerEntity, SensorEntity):
    @property
    @override
    def native_value(self) -> StateType:
        return self.peer.latency_ms if self.peer else None
