"""The panel in the sidebar and the card for dashboards, served from this folder: nothing is loaded from anywhere else."""

from __future__ import annotations

import hashlib
from pathlib import Path

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from . import issues
from .const import DOMAIN, LOGGER, NAME

DIST = Path(__file__).parent / "frontend" / "dist"
PANEL_FILE, CARD_FILE = "hearthnet-panel.js", "hearthnet-card.js"
URL_BASE = "/hearthnet_static"
ICON = "mdi:campfire"
HASH_CHARS = 12

DATA_BUNDLE: HassKey[str] = HassKey(f"{DOMAIN}_bundle")


def bundle_hash(folder: Path) -> str:
    """Of both files together; empty when one is missing."""
    digest = hashlib.sha256()
    try:
        for name in (PANEL_FILE, CARD_FILE):
            digest.update((folder / name).read_bytes())
    except OSError:
        return ""
    return digest.hexdigest()[:HASH_CHARS]


@callback
def bundle(hass: HomeAssistant) -> str:
    """The hash the files are served with since Home Assistant started; empty when they are missing."""
    return hass.data.get(DATA_BUNDLE, "")


async def async_serve_frontend(hass: HomeAssistant) -> None:
    """Once per start: a path cannot be taken back."""
    version = await hass.async_add_executor_job(bundle_hash, DIST)
    hass.data[DATA_BUNDLE] = version
    issues.frontend_missing(hass, not version)
    if not version:
        LOGGER.warning("The HearthNet panel is missing from %s; install the integration again", DIST)
        return
    await hass.http.async_register_static_paths([StaticPathConfig(URL_BASE, str(DIST), cache_headers=True)])
    frontend.add_extra_js_url(hass, f"{URL_BASE}/{CARD_FILE}?v={version}")


async def async_register_panel(hass: HomeAssistant) -> None:
    """The sidebar's entry, whenever it is not there."""
    version = bundle(hass)
    if version and not frontend.async_panel_exists(hass, DOMAIN):
        await panel_custom.async_register_panel(
            hass,
            frontend_url_path=DOMAIN,
            webcomponent_name="hearthnet-panel",
            sidebar_title=NAME,
            sidebar_icon=ICON,
            module_url=f"{URL_BASE}/{PANEL_FILE}?v={version}",
            embed_iframe=False,
            require_admin=False,
            config={"bundle": version},
        )


@callback
def async_remove_panel(hass: HomeAssistant) -> None:
    frontend.async_remove_panel(hass, DOMAIN, warn_if_unknown=False)
