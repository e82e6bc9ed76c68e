"""What panel and card use: commands of Home Assistant's own WebSocket, so every user and wall tablet can."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import probatio
from homeassistant.components import websocket_api
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coordinator import HearthNetConfigEntry, HearthNetCoordinator
from .errors import CannotConnect, NodeError
from .panel import bundle
from .services import ASK_SILENCE_S, JOIN_S, MAX_QUESTION, SEARCH_S

EVERYONE = frozenset(
    {
        *("search", "notices", "post_notice", "traces", "trace", "peers"),
        *("corpora", "documents", "document", "find_pictures", "models", "feedback", "confirm"),
    }
)
ADMINS = frozenset(
    {
        *("create_invite", "inspect_invite", "join", "leave", "set_mode", "set_privacy", "doctor"),
        *("set_corpus", "delete_document", "delete_model"),
    }
)
STREAMS = frozenset({"speak", "transcribe", "extract"})
CAPABILITIES = frozenset({"stt.transcribe", "tts.synthesize", "img.describe", "ocr.image", "trans.text"})
"""What everyone may have done by `hearthnet/stream`; `call` reaches nothing else from a page."""
ADMINS_STREAMS = frozenset({"pull_model"})
TIMEOUTS = {"search": SEARCH_S, "find_pictures": SEARCH_S, "join": JOIN_S, "doctor": 60}
SILENCES = {"extract": 300.0}
"""A part of a long document is one answer of a model, asked for twice when it does not fit: no event comes meanwhile."""
MAX_HISTORY = 20
MAX_IMAGES = 4
MAX_IMAGE = 3_000_000
"""Letters of base64: what Home Assistant's own WebSocket takes in one message."""

# The last known state of each entry, so that a page opened while the node is away has something to show.
DATA_LAST: HassKey[dict[str, tuple[float, dict[str, Any]]]] = HassKey(f"{DOMAIN}_last_states")


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    hass.data[DATA_LAST] = {}
    for command in (ws_nodes, ws_subscribe, ws_ask, ws_stream, ws_request):
        websocket_api.async_register_command(hass, command)


@websocket_api.websocket_command({probatio.Required("type"): "hearthnet/nodes"})
@callback
def ws_nodes(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    connection.send_result(
        msg["id"],
        [
            {"entry_id": e.entry_id, "title": e.title, "node_id": e.unique_id, "loaded": _loaded(e)}
            for e in _entries(hass)
        ],
    )


@websocket_api.websocket_command({probatio.Required("type"): "hearthnet/subscribe", probatio.Optional("entry_id"): str})
@callback
def ws_subscribe(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    if (entry := _chosen(hass, connection, msg)) is None:
        return
    subscription = _Subscription(hass, connection, msg["id"], entry)
    connection.subscriptions[msg["id"]] = subscription.close
    connection.send_result(msg["id"])
    subscription.follow()


@websocket_api.websocket_command(
    {
        probatio.Required("type"): "hearthnet/ask",
        probatio.Optional("entry_id"): str,
        probatio.Required("question"): probatio.All(str, probatio.Length(min=1, max=MAX_QUESTION)),
        probatio.Optional("language"): probatio.All(str, probatio.Length(max=35)),
        probatio.Optional("conversation"): probatio.All(str, probatio.Length(max=64)),
        probatio.Optional("agent"): bool,
        probatio.Optional("images"): probatio.All(
            [probatio.All(str, probatio.Length(min=8, max=MAX_IMAGE))], probatio.Length(max=MAX_IMAGES)
        ),
        probatio.Optional("history"): probatio.All(
            [
                {
                    probatio.Required("role"): probatio.In(["user", "assistant"]),
                    probatio.Required("content"): probatio.All(str, probatio.Length(max=16_000)),
                }
            ],
            probatio.Length(max=MAX_HISTORY),
        ),
    }
)
@callback
def ws_ask(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    if (entry := _chosen(hass, connection, msg)) is None:
        return
    params = {key: value for key, value in msg.items() if key not in ("id", "type", "entry_id")}

    _forward(hass, connection, msg, entry, "ask", params)


@websocket_api.websocket_command(
    {
        probatio.Required("type"): "hearthnet/stream",
        probatio.Optional("entry_id"): str,
        probatio.Required("method"): str,
        probatio.Optional("params", default={}): dict,
    }
)
@callback
def ws_stream(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    method, params = msg["method"], dict(msg["params"])
    known = method in STREAMS or (method == "call" and params.get("capability") in CAPABILITIES)
    if not known and method not in ADMINS_STREAMS:
        connection.send_error(msg["id"], "bad_request", "The panel may not call this method.")
        return
    keeps = method == "extract" and "corpus" in params  # the data becomes a document of the household
    if (method in ADMINS_STREAMS or keeps) and not connection.user.is_admin:
        connection.send_error(msg["id"], websocket_api.ERR_UNAUTHORIZED, "Only an administrator may do this.")
        return
    if (entry := _chosen(hass, connection, msg)) is not None:
        _forward(hass, connection, msg, entry, method, params)


@callback
def _forward(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
    entry: HearthNetConfigEntry,
    method: str,
    params: dict[str, Any],
) -> None:
    """The method's events as those of a subscription; unsubscribing cancels it."""

    async def forward() -> None:
        try:
            node = _node(entry)
            if method in ("ask", "call", "extract"):
                params["privacy"] = node.data.privacy
            silence = SILENCES.get(method, ASK_SILENCE_S)
            async with aclosing(node.client.stream(method, params, silence_s=silence)) as events:
                async for event in events:
                    connection.send_event(msg["id"], {"event": event.name, "data": event.data})
        except NodeError as error:
            connection.send_event(msg["id"], {"event": "error", "data": error.to_wire()})

    connection.send_result(msg["id"])
    task = hass.async_create_background_task(forward(), f"HearthNet {method} {msg['id']}", eager_start=False)
    connection.subscriptions[msg["id"]] = task.cancel


@websocket_api.websocket_command(
    {
        probatio.Required("type"): "hearthnet/request",
        probatio.Optional("entry_id"): str,
        probatio.Required("method"): str,
        probatio.Optional("params", default={}): dict,
    }
)
@websocket_api.async_response
async def ws_request(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    method = msg["method"]
    if method not in EVERYONE | ADMINS:
        connection.send_error(msg["id"], "bad_request", "The panel may not call this method.")
        return
    if method in ADMINS and not connection.user.is_admin:
        connection.send_error(msg["id"], websocket_api.ERR_UNAUTHORIZED, "Only an administrator may do this.")
        return
    if (entry := _chosen(hass, connection, msg)) is None:
        return
    try:
        node = _node(entry)
        done = await node.client.call(method, msg["params"], timeout_s=TIMEOUTS.get(method, 30))
        if method in ADMINS:
            await node.async_refresh()  # the next question must not meet the privacy of before
    except NodeError as error:
        connection.send_error(msg["id"], error.code, error.message)
    else:
        connection.send_result(msg["id"], done)


class _Subscription:
    """Follows one entry through reloads and outages, for one page."""

    def __init__(
        self, hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg_id: int, entry: HearthNetConfigEntry
    ) -> None:
        self._hass = hass
        self._connection = connection
        self._msg_id = msg_id
        self._entry = entry
        self._node: HearthNetCoordinator | None = None
        self._leave_node: Callable[[], None] | None = None
        self._leave_entry = entry.async_on_state_change(self.follow)

    @callback
    def follow(self) -> None:
        """At once, and whenever the entry is loaded or unloaded."""
        node = self._entry.runtime_data if _loaded(self._entry) else None
        if node is None or node is not self._node:
            self._drop()
            if node is not None:
                self._node, self._leave_node = node, node.async_add_listener(self._send)
        self._send()

    @callback
    def close(self) -> None:
        self._leave_entry()
        self._drop()

    def _drop(self) -> None:
        leave, self._leave_node, self._node = self._leave_node, None, None
        if leave is not None:
            leave()

    @callback
    def _send(self) -> None:
        node, last = self._node, self._hass.data[DATA_LAST]
        entry_id = self._entry.entry_id
        if node is not None and node.seen is not None:
            last[entry_id] = (node.seen, node.data.raw)
        seen, state = last.get(entry_id, (None, None))
        online = node is not None and node.last_update_success
        message: dict[str, Any] = {
            "kind": "state",
            "entry_id": entry_id,
            "online": online,
            "state": state,
            "seen": seen,
            "bundle": bundle(self._hass),
            "admin": self._connection.user.is_admin,
        }
        if not online:
            failed = node.last_exception if node is not None else None
            message["error"] = str(failed or self._entry.reason or "") or "The HearthNet node is not connected."
        self._connection.send_event(self._msg_id, message)


def _entries(hass: HomeAssistant) -> list[HearthNetConfigEntry]:
    return hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)


def _loaded(entry: HearthNetConfigEntry) -> bool:
    return entry.state is ConfigEntryState.LOADED


def _node(entry: HearthNetConfigEntry) -> HearthNetCoordinator:
    if not _loaded(entry):
        raise CannotConnect("The HearthNet node is not connected.")
    return entry.runtime_data


@callback
def _chosen(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> HearthNetConfigEntry | None:
    """The entry that is meant: the one named, or the first that is loaded, or the first."""
    entries = _entries(hass)
    wanted = msg.get("entry_id")
    if wanted is None:
        found = next(filter(_loaded, entries), entries[0] if entries else None)
    else:
        found = next((entry for entry in entries if entry.entry_id == wanted), None)
    if found is None:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, "There is no such HearthNet node.")
    return found
