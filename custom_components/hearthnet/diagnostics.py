"""What helps to find a fault, without anything that opens a door or was said in confidence."""

from __future__ import annotations

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant

from .const import API_LOWEST, API_VERSION, CONF_FINGERPRINT
from .coordinator import HearthNetConfigEntry
from .panel import bundle

SECRET = {CONF_TOKEN, CONF_FINGERPRINT, CONF_URL}
CONFIDENTIAL = {
    "address",
    "author_name",
    "body",
    "member_name",
    "name",
    "node_name",
    "reason",
    "title",
    "url",
}
"""In the state: people, their texts, and where their machines are."""


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: HearthNetConfigEntry) -> dict[str, Any]:
    node = entry.runtime_data
    health = node.client.health
    return {
        "entry": async_redact_data(dict(entry.data), SECRET),
        "subentries": [
            {"type": s.subentry_type, "data": async_redact_data(dict(s.data), {"prompt"})}
            for s in entry.subentries.values()
        ],
        "tls": node.client.url.scheme == "https",
        "online": node.online,
        "last_exception": type(node.last_exception).__name__ if node.last_exception else None,
        "seen": node.seen,
        "integration_api": {"version": API_VERSION, "lowest": API_LOWEST},
        "node_api": {"version": health.api, "lowest": health.lowest, "node": health.version} if health else None,
        "bundle": bundle(hass),
        "state": async_redact_data(node.data.raw, CONFIDENTIAL),
    }
