"""The line about HearthNet under Settings, System information."""

from __future__ import annotations

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import API_VERSION, DOMAIN
from .coordinator import HearthNetConfigEntry


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    register.async_register_info(system_health_info, "/hearthnet")


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    loaded: list[HearthNetConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    nodes = [entry.runtime_data for entry in loaded]
    return {
        "api_version": ".".join(map(str, API_VERSION)),
        "nodes": len(hass.config_entries.async_entries(DOMAIN, include_ignore=False)),
        "nodes_online": sum(node.online for node in nodes),
        "node_versions": ", ".join(sorted({node.data.version for node in nodes if node.data.version})),
        "neighbours": sum(node.data.near for node in nodes if node.online),
    }
