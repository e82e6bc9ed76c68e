"""Documents from the panel into the node's library: too large for a WebSocket message, so they are passed on as they come."""

from __future__ import annotations

import json
from contextlib import aclosing
from http import HTTPStatus

from aiohttp import web
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .api import NDJSON
from .const import DOMAIN
from .coordinator import HearthNetConfigEntry
from .errors import NodeError

READING_S = 600
"""Between two events: a scanned page is read in a minute, a large file before its first one."""
PARAMS = ("name", "corpus", "title", "language")


@callback
def async_setup_upload(hass: HomeAssistant) -> None:
    hass.http.register_view(UploadView())


class UploadView(HomeAssistantView):
    """`POST /api/hearthnet/upload?name=…&corpus=…`, the file as the body. The answer is what the node's `ingest_file` says,
    an event a line. For administrators: a document of the household is the household's."""

    url = "/api/hearthnet/upload"
    name = "api:hearthnet:upload"

    async def post(self, request: web.Request) -> web.StreamResponse:
        if not request[KEY_HASS_USER].is_admin:
            return self.json_message("Only an administrator may add documents.", HTTPStatus.FORBIDDEN)
        entry = _entry(request.app[KEY_HASS], request.query.get("entry_id"))
        if entry is None:
            return self.json_message("The HearthNet node is not connected.", HTTPStatus.NOT_FOUND)
        response = web.StreamResponse(headers={"Content-Type": NDJSON, "Cache-Control": "no-store"})
        await response.prepare(request)

        async def line(event: str, data: object) -> None:
            await response.write(json.dumps({"event": event, "data": data}).encode() + b"\n")

        query = {name: request.query[name] for name in PARAMS if request.query.get(name)}
        answer = entry.runtime_data.client.post(
            "ingest_file",
            request.content.iter_any(),
            query=query,
            content_type="application/octet-stream",
            silence_s=READING_S,
        )
        try:
            async with aclosing(answer) as events:
                async for event in events:
                    await line(event.name, event.data)
        except NodeError as error:
            await line("error", error.to_wire())
        await response.write_eof()
        return response


def _entry(hass: HomeAssistant, wanted: str | None) -> HearthNetConfigEntry | None:
    entries: list[HearthNetConfigEntry] = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    loaded = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
    return next((entry for entry in loaded if wanted in (None, "", entry.entry_id)), None)
