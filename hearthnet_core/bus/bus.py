"""The bus: one provider in front of all others. It validates, then routes a call to whoever is best, here or elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec

from hearthnet_core.bus.attempt import Ground
from hearthnet_core.bus.direct import direct
from hearthnet_core.bus.health import Health, Key
from hearthnet_core.bus.hedge import Budget
from hearthnet_core.bus.line import Line
from hearthnet_core.bus.registry import Local, PeerOffers, Registry
from hearthnet_core.bus.remote import Open, RemoteProvider
from hearthnet_core.bus.routed import Routed
from hearthnet_core.bus.router import UNKNOWN, Candidate, Praise, Ranked, meant, rank
from hearthnet_core.bus.trace import Traces
from hearthnet_core.bus.warm import COLD, Warm, Warmth
from hearthnet_core.capability import Call, Chunk, Offer, Privacy, Provider
from hearthnet_core.contract import Contract
from hearthnet_core.errors import Forbidden, Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.signals import Signal

type Opinion = Callable[[NodeId, str, str], Praise]
"""What people here think of (node, provider, model), as far as the question at hand goes."""


def _no_opinion(call: Call) -> Opinion | None:
    return None


class Bus:
    """`privacy` and `internet` are asked at each call; `open` reaches a connected peer. `traces` keeps the last stories
    of this household's own calls, `health` what was seen of each provider; `answered` tells of each whole answer in
    words that this household got, and of who gave it. `opinion` of a call says what people here think of who could answer it."""

    def __init__(
        self,
        runtime: Runtime,
        registry: Registry,
        open: Open,
        me: NodeId,
        name: Callable[[], str],
        *,
        privacy: Callable[[], Privacy],
        internet: Callable[[], bool],
        opinion: Callable[[Call], Opinion | None] = _no_opinion,
    ) -> None:
        self._runtime = runtime
        self._registry = registry
        self._open = open
        self._me = me
        self._name = name
        self._privacy = privacy
        self._internet = internet
        self._opinion = opinion
        self.health = Health()
        self.traces = Traces()
        self.answered: Signal[tuple[Call, Candidate]] = Signal()
        self._warm = Warm()
        self._budget = Budget()
        self._ground = Ground(
            runtime=runtime,
            health=self.health,
            warm=self._warm,
            line=Line(),
            provider=self.provider,
            answered=self._told,
        )
        self._under_way: set[tuple[str, NodeId | None, str]] = set()

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        """Events as in `docs/api.md`, "Ask"; the last `done` is the provider's data with `answered_by`, `receipts` and
        `trace`. A call of this household is narrowed to the node's privacy, a peer's keeps its own. Raises what the last
        attempt failed with, `SchemaMismatch`, `NotImplementedHere`, `Forbidden`, `CapacityExceeded` or `Timeout`."""
        contract = self._registry.contract(call.capability, call.version)
        contract.check_request(call.body)
        if call.caller is None:
            # A private capability is this node's own: a neighbour that claims to offer it too gets nothing of it.
            privacy = Privacy.LOCAL if contract.private else self._privacy().narrowed(call.privacy)
            if privacy is not call.privacy:
                call = msgspec.structs.replace(call, privacy=privacy)
        else:
            self._check_peers_call(call, contract)
        key = call.id, call.caller, call.provider
        mine = key not in self._under_way
        self._under_way.add(key)
        try:
            async with aclosing(self._way(call, contract)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            if mine:
                self._under_way.discard(key)

    def candidates(self, call: Call) -> list[Candidate]:
        """Everyone who says they offer this, this node included. For a peer's call own providers come alone if there are
        any, the one it chose alone if that is still here, and `home` is the household of whoever asks."""
        seen = self._seen(call)
        found = [self._here(offer, seen) for _, offer in self._registry.local(call)]
        if call.caller is not None and found:
            return [c for c in found if c.offer.provider == call.provider] or found
        their_home = call.caller is None or self._same_home(call.caller)
        for peer in self._registry.peers.values():
            for offer in peer.offers:
                if offer.capability == call.capability and offer.version.major == call.version.major:
                    found.append(self._there(peer, offer, seen, home=peer.home and their_home))
        return found

    def ranked(self, call: Call) -> list[Ranked]:
        """All of them, best first, as the call would meet them now."""
        return rank(call, self.candidates(call), internet=self._internet())

    def provider(self, candidate: Candidate, call: Call) -> Provider:
        """The one behind a candidate, here or there. Raises `Unavailable` when it has gone."""
        if candidate.local:
            for local, offer in self._registry.local(call):
                if offer.provider == candidate.offer.provider:
                    return local.provider
            raise Unavailable("This node's own provider went away.")
        peer = self._registry.peers.get(candidate.node_id)
        if peer is None:
            raise Unavailable(f"{candidate.node_name} is no longer reachable.")
        most = self._registry.contract(call.capability, call.version).max_body
        return RemoteProvider(
            self._runtime, self._open, self._me, peer.node_id, peer.public_key, most, candidate.offer.provider
        )

    def _check_peers_call(self, call: Call, contract: Contract) -> None:
        if contract.private:
            raise Forbidden(f"{call.capability} is only for this household.")
        if call.privacy is Privacy.LOCAL:
            raise Forbidden("This call was not to leave its node; the other node should not have sent it.")
        # Whoever was asked before us knows the id too, and could keep it occupied here: what is answered here is not refused
        # for somebody else's call of that name.
        others = any(id == call.id for id, *_ in self._under_way) and not self._registry.local(call)
        if others or (call.id, call.caller, call.provider) in self._under_way:
            raise Unavailable("This call came around in a loop.")

    def _way(self, call: Call, contract: Contract) -> AsyncGenerator[Chunk]:
        if (alone := self._alone(call, contract)) is not None:
            return direct(self._ground, call, contract, *alone, self.traces)
        routed = Routed(self._ground, call, contract, lambda: self.ranked(call), self._budget)
        if call.caller is None:
            self.traces.keep(routed.story.trace)
        return routed.stream()

    def _alone(self, call: Call, contract: Contract) -> tuple[Local, Candidate] | None:
        """The one provider that can answer, when there is nothing to choose and nothing to continue."""
        if contract.text:
            return None
        local = self._registry.local(call)
        if len(local) != 1:
            return None
        (row, offer) = local[0]
        if call.caller is None and self._registry.peers and self._offered_by_peers(call):
            return None
        candidate = self._here(offer, _Seen(self._runtime.now()))
        usable = (
            offer.available
            and not offer.internet
            and not (offer.private and call.caller is not None)
            and offer.version.serves(call.version)
            and candidate.in_flight < offer.slots
            and candidate.health.failures_in_row == 0
        )
        return (row, candidate) if usable else None

    def _told(self, call: Call, candidate: Candidate) -> None:
        if call.caller is None:
            self.answered.emit((call, candidate))

    def _seen(self, call: Call) -> _Seen:
        now = self._runtime.now()
        opinion = self._opinion(call) if call.caller is None else None
        return _Seen(now, self._warm.of(call, now), opinion, call)

    def _here(self, offer: Offer, seen: _Seen) -> Candidate:
        return self._candidate(self._me, self._name(), offer, seen, local=True, home=True, rtt_ms=None)

    def _there(self, peer: PeerOffers, offer: Offer, seen: _Seen, *, home: bool) -> Candidate:
        return self._candidate(peer.node_id, peer.name, offer, seen, local=False, home=home, rtt_ms=peer.rtt_ms())

    def _candidate(
        self, node_id: NodeId, name: str, offer: Offer, seen: _Seen, *, local: bool, home: bool, rtt_ms: float | None
    ) -> Candidate:
        key: Key = (node_id, offer.provider, offer.capability)
        health, room = self.health.of(key), self.health.room(key)
        return Candidate(
            node_id=node_id,
            node_name=name,
            offer=offer,
            local=local,
            home=home,
            rtt_ms=rtt_ms,
            health=health,
            ejected=self.health.excluded(key, seen.now),
            in_flight=room.in_flight,
            busy=self.health.busy(key, seen.now),
            warm=seen.warm.get(key, COLD),
            praise=seen.praise(node_id, offer),
        )

    def _same_home(self, caller: NodeId) -> bool:
        peer = self._registry.peers.get(caller)
        return peer is not None and peer.home

    def _offered_by_peers(self, call: Call) -> bool:
        return any(
            o.capability == call.capability and o.version.major == call.version.major
            for p in self._registry.peers.values()
            for o in p.offers
        )


class _Seen(msgspec.Struct, frozen=True):
    """What all candidates of one call are looked at with."""

    now: float
    warm: dict[Key, Warmth] = {}
    opinion: Opinion | None = None
    call: Call | None = None

    def praise(self, node_id: NodeId, offer: Offer) -> Praise:
        if self.opinion is None or self.call is None:
            return UNKNOWN
        return self.opinion(node_id, offer.provider, meant(offer, self.call)[0])
