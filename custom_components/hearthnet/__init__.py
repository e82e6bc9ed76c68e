"""HearthNet: a neighbourhood's mesh of language models and knowledge that works with the internet cut.

Home Assistant never hosts the node; each config entry is a connection to one, over the local API of docs/api.md.
"""

from __future__ import annotations

import probatio
from homeassistant.config_entries import SOURCE_IMPORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import ConfigType

from . import issues
from .const import CONF_NODE_URL, DOMAIN, PLATFORMS
from .coordinator import HearthNetConfigEntry, HearthNetCoordinator
from .panel import async_register_panel, async_remove_panel, async_serve_frontend
from .services import async_setup_services
from .upload import async_setup_upload
from .websocket_api import async_setup_websocket_api

CONFIG_SCHEMA = probatio.Schema(
    {DOMAIN: probatio.Any(None, probatio.Schema({probatio.Optional(CONF_NODE_URL): cv.string}))},
    extra=probatio.ALLOW_EXTRA,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    await async_serve_frontend(hass)
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    async_setup_upload(hass)
    if node_url := (config.get(DOMAIN) or {}).get(CONF_NODE_URL):
        hass.async_create_task(
            hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_IMPORT}, data={CONF_NODE_URL: node_url}
            )
        )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: HearthNetConfigEntry) -> None:
    await async_register_panel(hass)  # before the node answers: the panel says that it does not
    coordinator = HearthNetCoordinator(hass, entry)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_create_background_task(hass, coordinator.run(), f"HearthNet {entry.title}")
    entry.async_on_unload(entry.add_update_listener(_async_reload))


async def async_unload_entry(hass: HomeAssistant, entry: HearthNetConfigEntry) -> None:
    await hass.config_entries.async_unload_platforms_or_raise(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: HearthNetConfigEntry) -> None:
    issues.forget(hass, entry)
    if not hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        async_remove_panel(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: HearthNetConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Only what is no longer there may be removed by hand; the rest would come back at once."""
    if not isinstance(device, dr.DeviceEntry):
        return False
    kept = {entry.unique_id, *entry.subentries}
    coordinator = getattr(entry, "runtime_data", None)
    if coordinator is not None:
        kept.update(coordinator.data.peers)
    return not any(domain == DOMAIN and id_ in kept for domain, id_ in device.identifiers)


async def _async_reload(hass: HomeAssistant, entry: HearthNetConfigEntry) -> None:
    await hass.config_entries.async_reload(entry.entry_id)
