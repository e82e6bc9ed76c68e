"""Repairs: raised when a person has to do something, gone as soon as the cause is."""

from __future__ import annotations

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import API_VERSION, DOMAIN
from .errors import VersionMismatch
from .state import NodeState

PRIVACY = "privacy_not_chosen"
FRONTEND = "frontend_missing"
WARNINGS = {
    "clock": "clock_wrong",
    "cloned_node": "node_cloned",
    "index": "index_broken",
    "removed": "node_removed",
    "voice_port": "voice_port_taken",
}
"""The node's warnings (`state.node.warnings`) that a person can do something about."""
VERSIONS = ("node_too_old", "integration_too_old")


@callback
def follow(hass: HomeAssistant, entry: ConfigEntry, state: NodeState) -> None:
    """A state came, so the versions fit; the rest is as the state says."""
    for key in VERSIONS:
        ir.async_delete_issue(hass, DOMAIN, _id(key, entry))
    _show(hass, entry, PRIVACY, not state.privacy_chosen, fixable=True)
    for warning, key in WARNINGS.items():
        _show(hass, entry, key, warning in state.warnings)


@callback
def version_mismatch(hass: HomeAssistant, entry: ConfigEntry, error: VersionMismatch) -> None:
    key = f"{error.update}_too_old"
    for other in VERSIONS:
        if other != key:
            ir.async_delete_issue(hass, DOMAIN, _id(other, entry))
    ir.async_create_issue(
        hass,
        DOMAIN,
        _id(key, entry),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={
            "name": entry.title,
            "node_version": error.node_version,
            "api_version": ".".join(map(str, API_VERSION)),
        },
    )


@callback
def frontend_missing(hass: HomeAssistant, missing: bool) -> None:
    if not missing:
        ir.async_delete_issue(hass, DOMAIN, FRONTEND)
        return
    ir.async_create_issue(
        hass, DOMAIN, FRONTEND, is_fixable=False, severity=ir.IssueSeverity.WARNING, translation_key=FRONTEND
    )


@callback
def forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
    for key in (*VERSIONS, PRIVACY, *WARNINGS.values()):
        ir.async_delete_issue(hass, DOMAIN, _id(key, entry))


@callback
def _show(hass: HomeAssistant, entry: ConfigEntry, key: str, wanted: bool, *, fixable: bool = False) -> None:
    if not wanted:
        ir.async_delete_issue(hass, DOMAIN, _id(key, entry))
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        _id(key, entry),
        data={"entry_id": entry.entry_id},
        is_fixable=fixable,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"name": entry.title},
    )


def _id(key: str, entry: ConfigEntry) -> str:
    return f"{key}_{entry.entry_id}"
