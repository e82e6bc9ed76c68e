"""Households with real keys that make authority events on any past they like, honest or not."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field

import msgspec

from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import CommunityId, EventId, MemberId, NodeId, ScopeId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.bodies import Statement
from hearthnet_core.protocol.event import Event
from hearthnet_core.protocol.making import Stamp

SCOPE, BOARD = ScopeId(b"s" * 16), ScopeId(b"b" * 16)


@functools.cache
def key(name: str) -> SigningKey:
    return SigningKey(hashlib.sha256(name.encode()).digest())


@dataclass(frozen=True)
class House:
    """A household called `name`; `node(1)` is its second node."""

    name: str

    @property
    def owner(self) -> SigningKey:
        return key(f"owner {self.name}")

    @property
    def id(self) -> MemberId:
        return self.owner.member_id

    def node(self, n: int = 0) -> SigningKey:
        return key(f"node {self.name} {n}")

    def statement(self, n: int = 0) -> Statement:
        home = ScopeId(hashlib.sha256(self.name.encode()).digest()[:16])
        return Statement(
            owner=self.owner.public_key, node=self.node(n).public_key, home=home, name=self.name, node_name=f"{n}"
        )


@dataclass
class World:
    """Every event ever made, whoever knows it."""

    founder: House = field(default_factory=lambda: House("founder"))
    events: dict[bytes, Event] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        founder = self.founder
        self.founding = making.founding(
            founder.node(), founder.owner, "Elm Street", founder.statement(), SCOPE, BOARD, self._stamp(1)
        )
        self.community = CommunityId(self.founding.header.community)
        self.events[self.founding.id] = self.founding

    def _stamp(self, lamport: int) -> Stamp:
        self.count += 1
        return Stamp(lamport=lamport, wall=1_790_000_000_000, salt=self.count.to_bytes(16, "big"))

    def make(self, node: SigningKey, after: tuple[bytes, ...], type: str, body: msgspec.Struct, step: int = 1) -> Event:
        lamport = step + max(self.events[a].header.lamport for a in after)
        made = making.event(node, self.community, SCOPE, type, body, self._stamp(lamport), after)
        self.events[made.id] = made
        return made

    def join(self, by: SigningKey, guest: House, after: tuple[bytes, ...], n: int = 0) -> Event:
        raw = bodies.pack_statement(guest.statement(n))
        self.count += 1
        invite = self.count.to_bytes(8, "big")
        owner_sig, node_sig = making.join_proofs(guest.owner, guest.node(n), self.community, by.node_id, invite, raw)
        body = bodies.Joined(member=raw, invite_id=invite, owner_sig=owner_sig, node_sig=node_sig)
        return self.make(by, after, bodies.JOINED, body)

    def promote(self, by: SigningKey, whom: House, after: tuple[bytes, ...], role: str = "anchor") -> Event:
        return self.make(by, after, bodies.PROMOTED, bodies.Promoted(member=whom.id, role=role))  # type: ignore[arg-type]

    def revoke(
        self, by: SigningKey, whom: House, after: tuple[bytes, ...], cosigners: tuple[SigningKey, ...] = ()
    ) -> Event:
        cosigs = tuple(making.cosign(c, bodies.REVOKED, self.community, after, whom.id) for c in cosigners)
        return self.make(by, after, bodies.REVOKED, bodies.Revoked(member=whom.id, reason="", cosigs=cosigs))

    def demote(
        self,
        by: SigningKey,
        whom: House,
        after: tuple[bytes, ...],
        role: str = "member",
        cosigners: tuple[SigningKey, ...] = (),
    ) -> Event:
        cosigs = tuple(making.cosign(c, bodies.DEMOTED, self.community, after, whom.id, role) for c in cosigners)
        body = bodies.Demoted(member=whom.id, role=role, cosigs=cosigs)  # type: ignore[arg-type]
        return self.make(by, after, bodies.DEMOTED, body)

    def policy(self, by: SigningKey, after: tuple[bytes, ...], **changes: object) -> Event:
        return self.make(by, after, bodies.POLICY, bodies.PolicyUpdated(**changes))  # type: ignore[arg-type]

    def add_node(self, by: SigningKey, house: House, n: int, after: tuple[bytes, ...]) -> Event:
        body = making.node_added(house.owner, house.node(n), f"{n}", self.community, house.id, after)
        return self.make(by, after, bodies.NODE_ADDED, body)

    def remove_node(self, by: SigningKey, house: House, n: int, after: tuple[bytes, ...]) -> Event:
        node_id = NodeId.of(house.node(n).public_key)
        body = making.node_removed(house.owner, node_id, "", self.community, house.id, after)
        return self.make(by, after, bodies.NODE_REMOVED, body)


def ids(*events: Event) -> tuple[bytes, ...]:
    return tuple(sorted(bytes(EventId(e.id)) for e in events))
