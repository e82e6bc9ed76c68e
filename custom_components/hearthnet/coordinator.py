"""What is known about one node, kept current by the node itself; comes back without help when the connection was lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from yarl import URL

from . import issues
from .api import Event, NodeClient
from .const import CONF_FINGERPRINT, DOMAIN, LOGGER, NAME
from .errors import CannotConnect, CertificateChanged, NodeError, VersionMismatch, WrongNode
from .session import node_session
from .state import NodeState, Peer

FIRST_RETRY_S = 1.0
LAST_RETRY_S = 60.0
SILENCE_S = 65
"""Three of the node's signs of life missed: the connection is dead."""

type HearthNetConfigEntry = ConfigEntry[HearthNetCoordinator]


class HearthNetCoordinator(DataUpdateCoordinator[NodeState]):
    """`data` is the last known state, also while the node cannot be reached; `last_update_success` says whether it can."""

    config_entry: HearthNetConfigEntry

    def __init__(self, hass: HomeAssistant, entry: HearthNetConfigEntry) -> None:
        super().__init__(hass, LOGGER, config_entry=entry, name=f"{NAME} {entry.title}", always_update=False)
        self.node_id: str = entry.unique_id or ""
        self.client = NodeClient(
            node_session(hass),
            URL(entry.data[CONF_URL]),
            entry.data[CONF_TOKEN],
            fingerprint=entry.data.get(CONF_FINGERPRINT, ""),
            node_id=self.node_id,
        )
        self.seen: float | None = None
        """Unix time of the node's last word."""
        self.trace: dict[str, Any] | None = None
        """Of the last answer: who was considered, and why."""
        self._notice_listeners: list[Callable[[dict[str, Any]], None]] = []
        self._described: Any = None
        self._trace_wanted = ""

    @override
    async def _async_update_data(self) -> NodeState:
        """The first state, and a refresh somebody asks for."""
        try:
            if self.data is None:
                await self.client.connect()
            raw = await self.client.call("state")
        except NodeError as error:
            if error.refuses_token:
                raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="invalid_auth") from error
            if isinstance(error, VersionMismatch):
                issues.version_mismatch(self.hass, self.config_entry, error)
            raise self._failed(error) from error
        self.seen = time.time()
        state = NodeState.read(raw)
        self._note(state)
        return state

    @override
    async def async_shutdown(self) -> None:
        await super().async_shutdown()
        await self.client.close()

    @property
    def online(self) -> bool:
        return self.last_update_success and self.client.connected

    async def run(self) -> None:
        """Follow the node until cancelled, or until it refuses the token."""
        failures = 0
        while not self._shutdown_requested:
            try:
                await self.client.connect()
                async with aclosing(self.client.stream("subscribe", silence_s=SILENCE_S)) as events:
                    async for event in events:
                        failures = 0
                        self._take(event)
                error: NodeError = CannotConnect("The HearthNet node ended the subscription.")
            except NodeError as lost:
                error = lost
            await self.client.close()
            if self._shutdown_requested:
                return
            self._lose(error)
            if error.refuses_token:
                self.config_entry.async_start_reauth(self.hass)
                return
            wait = min(LAST_RETRY_S, FIRST_RETRY_S * 2 ** min(failures, 10))
            failures += 1
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))

    @callback
    def async_add_notice_listener(self, listener: Callable[[dict[str, Any]], None]) -> CALLBACK_TYPE:
        """Called with each new notice."""
        self._notice_listeners.append(listener)
        return lambda: self._notice_listeners.remove(listener)

    @callback
    def _take(self, event: Event) -> None:
        self.seen = time.time()
        if event.name == "state":
            state = NodeState.read(event.data)
            if self.last_update_success and state == self.data:
                return
            if not self.last_update_success:
                LOGGER.info("The HearthNet node %s is back", self.config_entry.title)
            self._note(state)
            self.async_set_updated_data(state)
        elif event.name == "notice" and isinstance(notice := event.data.get("notice"), dict):
            for listener in list(self._notice_listeners):
                listener(notice)

    @callback
    def _lose(self, error: NodeError) -> None:
        if isinstance(error, VersionMismatch):
            issues.version_mismatch(self.hass, self.config_entry, error)
        failed = self._failed(error)
        failed.__cause__ = error
        self.last_exception = failed
        if self.last_update_success:
            LOGGER.warning("Lost the HearthNet node %s: %s", self.config_entry.title, error.message)
            self.last_update_success = False
            self.async_update_listeners()

    def _failed(self, error: NodeError) -> UpdateFailed:
        key = "cannot_connect"
        if isinstance(error, VersionMismatch):
            key = f"{error.update}_too_old"
        elif isinstance(error, CertificateChanged):
            key = "invalid_auth"
        elif isinstance(error, WrongNode):
            key = "wrong_node"
        return UpdateFailed(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders={"address": str(self.client.url)}
        )

    @callback
    def _note(self, state: NodeState) -> None:
        """Everything else that follows from a new state."""
        issues.follow(self.hass, self.config_entry, state)
        described = (state.name, state.version, [(p.node_id, p.name, p.version) for p in state.peers.values()])
        if described != self._described:
            self._described = described
            self._keep_devices(state)
        answer = state.last_answer
        if answer and answer.trace_id and answer.trace_id != self._trace_wanted:
            self._trace_wanted, self.trace = answer.trace_id, None
            self.config_entry.async_create_background_task(
                self.hass, self._fetch_trace(answer.trace_id), f"HearthNet trace {answer.trace_id}"
            )

    async def _fetch_trace(self, trace_id: str) -> None:
        try:
            trace = (await self.client.call("trace", {"id": trace_id})).get("trace")
        except NodeError as error:
            LOGGER.debug("No trace of the last answer: %s", error.message)
            return
        if isinstance(trace, dict) and trace_id == self._trace_wanted:
            self.trace = trace
            self.async_update_listeners()

    @callback
    def _keep_devices(self, state: NodeState) -> None:
        """One device for the node and each peer; those of nodes that left are removed, their entities with them."""
        registry, entry = dr.async_get(self.hass), self.config_entry
        node = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, self.node_id)},
            entry_type=dr.DeviceEntryType.SERVICE,
            manufacturer=NAME,
            model="Node",
            name=state.name or entry.title,
            sw_version=state.version or None,
        )
        for peer in state.peers.values():
            registry.async_get_or_create(
                config_entry_id=entry.entry_id,
                identifiers={(DOMAIN, peer.node_id)},
                entry_type=dr.DeviceEntryType.SERVICE,
                manufacturer=NAME,
                model="Peer",
                name=peer_name(peer),
                sw_version=peer.version or None,
                via_device_id=node.id,
            )
        kept = {self.node_id, *state.peers, *entry.subentries}
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            if not any(domain == DOMAIN and id_ in kept for domain, id_ in device.identifiers):
                registry.async_remove_device(device.id)


def peer_name(peer: Peer) -> str:
    return peer.name or f"{peer.node_id[:4]}-{peer.node_id[4:8]}"
