"""The HTTP session to the node, which is there also when there is no network at all."""

from __future__ import annotations

import aiohttp
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

OWN: HassKey[aiohttp.ClientSession] = HassKey(f"{DOMAIN}_session")


def node_session(hass: HomeAssistant) -> aiohttp.ClientSession:
    """Home Assistant's own. Its resolver needs an interface for mDNS and raises on a machine that has none but loopback;
    then, for as long as Home Assistant runs, one of ours: after a power cut the node on this machine must be reachable."""
    if (own := hass.data.get(OWN)) is not None:
        return own
    try:
        return async_get_clientsession(hass)
    except OSError:
        own = hass.data[OWN] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
        )

    async def close(_: Event) -> None:
        await own.close()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)
    return own
