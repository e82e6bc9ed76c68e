"""What this node offers and what its peers say they offer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import msgspec

from hearthnet_core.capability import MAX_NAME, Call, Offer, Provider, Version
from hearthnet_core.community.shown import shown
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, NotImplementedHere
from hearthnet_core.models.ids import NodeId

MAX_OFFERS_PER_PEER = 64
MAX_MODELS = 64
MAX_SLOTS = 64
MAX_REASON = 300


@dataclasses.dataclass(frozen=True)
class Local:
    """A provider of this node. `offer` is asked at each use, because load and models change."""

    provider: Provider
    offer: Callable[[], Offer]


@dataclasses.dataclass(frozen=True)
class PeerOffers:
    """A connected peer's manifest, as far as routing needs it."""

    node_id: NodeId
    name: str
    home: bool
    public_key: bytes
    offers: tuple[Offer, ...]
    rtt_ms: Callable[[], float | None]


class Registry:
    """Contracts, local providers and peers' offers. Peers leave it the moment their connection dies."""

    def __init__(self) -> None:
        self._contracts: dict[tuple[str, int], Contract] = {}
        self._local: dict[tuple[str, int], dict[str, Local]] = {}
        self.peers: dict[NodeId, PeerOffers] = {}

    def define(self, contract: Contract) -> None:
        """Makes a capability known; the same name and major version only once."""
        key = (contract.name, contract.version.major)
        if key in self._contracts:
            raise BadRequest(f"{contract.name} {contract.version.major} is defined twice.")
        self._contracts[key] = contract

    def contract(self, capability: str, version: Version) -> Contract:
        """Raises `NotImplementedHere` for a capability or version this software does not know."""
        contract = self._contracts.get((capability, version.major))
        if contract is None or not contract.version.serves(version):
            raise NotImplementedHere(
                f"This node does not know {capability[:100]} {version}; update it or ask for an older version."
            )
        return contract

    def contracts(self) -> list[Contract]:
        return list(self._contracts.values())

    def provide(self, provider: Provider, offer: Callable[[], Offer]) -> Callable[[], None]:
        """Adds a local provider of one capability at one major version; returns what removes it again."""
        first = offer()
        self.contract(first.capability, first.version)
        rows = self._local.setdefault((first.capability, first.version.major), {})
        if first.provider in rows:
            raise BadRequest(f"{first.provider} already provides {first.capability}.")
        rows[first.provider] = Local(provider, offer)

        def remove() -> None:
            rows.pop(first.provider, None)

        return remove

    def local(self, call: Call) -> list[tuple[Local, Offer]]:
        rows = self._local.get((call.capability, call.version.major), {})
        return [(row, row.offer()) for row in rows.values()]

    def offers(self) -> tuple[Offer, ...]:
        """Everything this node offers, for its own panel."""
        return tuple(row.offer() for rows in self._local.values() for row in rows.values())

    def public_offers(self) -> tuple[Offer, ...]:
        """What the manifest carries: no private capability, at most `MAX_OFFERS_PER_PEER`."""
        return tuple(o for o in self.offers() if not o.private)[:MAX_OFFERS_PER_PEER]

    def peer_changed(self, peer: PeerOffers) -> None:
        """A connected peer's offers as its manifest tells them now; figures are cut to what can be true, text is made fit
        for a screen, because names and reasons reach people in traces and errors."""
        offers = tuple(_bounded(offer) for offer in peer.offers[:MAX_OFFERS_PER_PEER])
        self.peers[peer.node_id] = dataclasses.replace(peer, name=shown(peer.name), offers=offers)

    def peer_gone(self, node_id: NodeId) -> None:
        """Its connection ended: it is out of routing at once."""
        self.peers.pop(node_id, None)


def _bounded(offer: Offer) -> Offer:
    return msgspec.structs.replace(
        offer,
        capability=offer.capability[:MAX_NAME],
        provider=shown(offer.provider[:MAX_NAME]),
        models=tuple(shown(m[:MAX_NAME]) for m in offer.models[:MAX_MODELS]),
        loaded=tuple(shown(m[:MAX_NAME]) for m in offer.loaded[:MAX_MODELS]),
        reason=shown(offer.reason[:MAX_REASON]),
        quality=_fraction(offer.quality),
        load=_fraction(offer.load),
        slots=min(max(1, offer.slots), MAX_SLOTS),
    )


def _fraction(value: float) -> float:
    """0…1; what is no number counts as 0."""
    return min(1.0, value) if value > 0 else 0.0
