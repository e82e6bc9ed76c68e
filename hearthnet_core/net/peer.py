"""A member's node with a living connection."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hearthnet_core.capability import Offer
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.connection import Connection


@dataclass
class Peer:
    """`since` is wall time, for display. `manifest` stays after its lifetime, but its offers do not count any more."""

    node_id: NodeId
    connection: Connection
    since: float
    address: str
    manifest: Manifest | None = None
    message: bytes = b""
    fresh: bool = False
    tell: asyncio.Event = field(default_factory=asyncio.Event)
    ageing: asyncio.TimerHandle | None = None

    @property
    def public_key(self) -> bytes:
        return self.connection.peer.public_key

    @property
    def name(self) -> str:
        return (self.manifest.name if self.manifest else "") or self.connection.peer.name

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What it offers now: nothing before its first manifest and after the last one's lifetime."""
        return self.manifest.offers if self.manifest is not None and self.fresh else ()

    @property
    def latency_ms(self) -> float | None:
        return self.connection.latency_ms
