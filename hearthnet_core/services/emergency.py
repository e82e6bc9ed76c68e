"""What still works and what mode the house is in. Connectivity is observed; the mode is set, by people and automations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from hearthnet_core.community.shown import shown
from hearthnet_core.config.schema import ConnectivitySettings
from hearthnet_core.config.settings import Mode, SettingsFile
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.connectivity import Connectivity, Detector
from hearthnet_core.services.probes import DEFAULT_TARGETS, Probe, watch
from hearthnet_core.signals import Signal


class SetMode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`by` names who sets it, for people to read."""

    mode: Literal["normal", "emergency", "drill"]
    by: Annotated[str, msgspec.Meta(max_length=64)] = "api"
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Emergency:
    """`changed`: connectivity or mode is not what it was."""

    def __init__(self, runtime: Runtime, settings: SettingsFile, config: ConnectivitySettings) -> None:
        """Raises `BadRequest` for a target that is none."""
        self._runtime = runtime
        self._settings = settings
        self._interval_s = config.interval_s
        self._probes = [Probe(t) for t in config.targets or DEFAULT_TARGETS] if config.enabled else []
        self.detector = Detector(tuple(p.target for p in self._probes))
        self._started = runtime.wall()
        self._wall_since = self._started
        self._shown = self.detector.now
        self.changed: Signal[None] = Signal()

    @property
    def connectivity(self) -> Connectivity:
        return self.detector.now

    @property
    def mode(self) -> Mode:
        """Normal since the start, as far as this node knows, until somebody sets it."""
        mode = self._settings.now.mode
        return mode if mode.since else msgspec.structs.replace(mode, since=self._started)

    @property
    def hurry(self) -> bool:
        """Neighbours are told sooner in an emergency."""
        return self.mode.mode != "normal" or not self.connectivity.internet

    async def watch(self) -> None:
        """Probes for ever; without targets nothing is probed and the state stays unknown."""
        if self._probes:
            await watch(self._runtime, self.detector, self._probes, self._look, self._interval_s)

    def peers_changed(self, any_peer: bool) -> None:
        self.detector.peers_changed(any_peer, self._runtime.now())
        self._look()

    async def set_mode(self, request: SetMode) -> Mode:
        """On the disk when it returns. The same mode again changes nothing, so `since` stays true."""
        mode = self.mode
        if mode.mode != request.mode:
            by, reason = shown(request.by), shown(request.reason)
            mode = Mode(mode=request.mode, since=self._runtime.wall(), by=by, reason=reason)
            await self._runtime.offload(self._settings.changed, mode=mode)
            self.changed.emit(None)
        return mode

    def described(self, any_peer: bool) -> dict[str, Any]:
        """`connectivity` of the state in `docs/api.md`."""
        now = self.connectivity
        return {
            "state": now.state.value,
            "cause": now.cause.value,
            "since": self._wall_since,
            "internet": now.internet,
            "mesh": any_peer,
        }

    def _look(self) -> None:
        now = self.detector.now
        if now != self._shown:
            if now.state is not self._shown.state:
                self._wall_since = self._runtime.wall()
            self._shown = now
            self.changed.emit(None)
