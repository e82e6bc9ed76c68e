"""The whole state as `docs/api.md` shows it, and everybody who wants to hear when it changes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core import __version__
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.extractive import Extractive
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Chunk, Offer, Privacy
from hearthnet_core.community.membership import Membership
from hearthnet_core.community.shown import shown
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.net.mesh import Mesh, Peer
from hearthnet_core.protocol.standing import NodeInfo
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.ask import Asking
from hearthnet_core.services.community import CommunityService
from hearthnet_core.services.emergency import Emergency
from hearthnet_core.services.engines import Engines
from hearthnet_core.signals import Signal

LEAST_S = 0.25
"""At most four states a second."""
LOOK_S = 5.0
PING_S = 20.0
NOTICES = 20
SOFTWARE = "hearthnet/"
MAX_UNREAD = 1_000
"""Notices that wait for one slow subscriber; of more the oldest are found by `notices` only."""


class StateView:
    """Built from everything that has a part in it; `changed` is emitted by whoever changes something."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        membership: Membership,
        mesh: Mesh,
        registry: Registry,
        emergency: Emergency,
        asking: Asking,
        library: Callable[[], dict[str, Any]],
        engines: Engines,
        community: CommunityService,
        settings: SettingsFile,
        name: Callable[[], str],
        addresses: Callable[[], tuple[str, ...]],
        warnings: Callable[[], list[str]],
    ) -> None:
        self._runtime = runtime
        self._membership = membership
        self._mesh = mesh
        self._registry = registry
        self._emergency = emergency
        self._asking = asking
        self._library = library
        self._engines = engines
        self._community = community
        self._settings = settings
        self._name = name
        self._addresses = addresses
        self._warnings = warnings
        self._started = runtime.wall()
        self.changed: Signal[None] = Signal()

    @property
    def privacy(self) -> Privacy:
        """This home, until somebody answered."""
        return self._settings.now.privacy or Privacy.HOME

    async def now(self) -> dict[str, Any]:
        """`State` of `docs/api.md`."""
        member = self._membership.member
        mode, me = self._emergency.mode, self._mesh.me
        page = await self._community.notices(limit=NOTICES)
        return {
            "node": {
                "id": me.text,
                "short": me.short,
                "name": self._name(),
                "version": __version__,
                "address": next(iter(self._addresses()), ""),
                "started": self._started,
                "warnings": self._warnings(),
            },
            "member": {"id": member.id.text, "short": member.id.short, "name": shown(member.name), "role": member.role},
            "community": self._community.described(),
            "privacy": self.privacy.value,
            "privacy_chosen": self._settings.now.privacy is not None,
            "connectivity": self._emergency.described(bool(self._mesh.peers)),
            "mode": msgspec.to_builtins(mode),
            "peers": self.peers(),
            "capabilities": [_capability(o) for o in self._registry.offers()],
            "last_answer": msgspec.to_builtins(self._asking.last),
            "library": self._library(),
            "notices": page["notices"],
            "engines": [
                {"name": e.name, "url": e.url, "available": (o := e.offer()).available, "reason": o.reason}
                for e in self._engines.engines
            ],
            "next_step": self._next_step(),
        }

    def peers(self) -> list[dict[str, Any]]:
        """Every other node of the community, those that are here first."""
        nodes = [i for i in self._membership.state.nodes.values() if i.active and i.id != self._mesh.me]
        shown = [self._peer(info, self._mesh.peers.get(info.id)) for info in nodes]
        return sorted(shown, key=lambda p: (not p["connected"], p["name"].casefold(), p["node_id"]))

    async def subscribe(self) -> AsyncGenerator[Chunk]:
        """Never ends by itself: the state at once and after each change, each new notice, a sign of life."""
        dirty = asyncio.Event()
        disconnect = self.changed.connect(lambda _: dirty.set())
        try:
            async with aclosing(self._community.posted.watch(MAX_UNREAD)) as notices:
                said: dict[str, Any] = {}
                silent_since = self._runtime.now()
                while True:
                    dirty.clear()
                    state = await self.now()
                    if state != said:
                        said, silent_since = state, self._runtime.now()
                        yield Chunk("state", state)
                    for notice in notices.waiting():
                        yield Chunk("notice", {"notice": notice})
                    if self._runtime.now() - silent_since >= PING_S:
                        silent_since = self._runtime.now()
                        yield Chunk("ping", {})
                    await asyncio.sleep(LEAST_S)
                    try:
                        async with asyncio.timeout(LOOK_S):
                            await dirty.wait()
                    except TimeoutError:
                        continue
        finally:
            disconnect()

    def _peer(self, info: NodeInfo, peer: Peer | None) -> dict[str, Any]:
        member = self._membership.state.members[info.member]
        offers = self._registry.peers.get(info.id)
        return {
            "node_id": info.id.text,
            "short": info.id.short,
            "name": shown((peer.name if peer else "") or info.name),
            "member_id": info.member.text,
            "member_name": shown(member.name),
            "role": member.role,
            "home": self._membership.same_home(info.id),
            "connected": peer is not None,
            "latency_ms": _rounded(peer.connection.latency_ms) if peer else None,
            "address": next(iter(self._mesh.addresses_of(info.id)), peer.address if peer else ""),
            "version": shown(peer.connection.peer.software).removeprefix(SOFTWARE) if peer else "",
            "since": peer.since if peer else 0.0,
            "capabilities": [_capability(o) for o in offers.offers] if offers else [],
        }

    def _next_step(self) -> str:
        """The one thing worth doing now."""
        if self._settings.now.privacy is None:
            return "choose_privacy"
        if not self._addresses():
            return "check_network"
        if self._membership.alone:
            return "invite"
        own = [e.offer() for e in self._engines.engines]
        theirs = [o for p in self._registry.peers.values() for o in p.offers if o.capability == CHAT.name]
        if not any(o.available and o.provider != Extractive.name for o in (*own, *theirs)):
            return "add_model"
        return "none"


def _capability(offer: Offer) -> dict[str, Any]:
    return {
        "capability": offer.capability,
        "version": str(offer.version),
        "provider": offer.provider,
        "models": list(offer.models),
        "available": offer.available,
        "reason": "" if offer.available else offer.reason,
        "load": round(offer.load, 2),
        "internet": offer.internet,
    }


def _rounded(milliseconds: float | None) -> float | None:
    """Two significant digits: what changes less is no news."""
    if not milliseconds:
        return milliseconds
    return round(milliseconds, 1 - math.floor(math.log10(milliseconds)))
