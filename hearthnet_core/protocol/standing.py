"""What the authority fold results in, and its rows: who belongs to a community, as what, with which nodes."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from hearthnet_core.models.ids import CommunityId, EventId, MemberId, NodeId, ScopeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.bodies import ROLES, Role, Statement
from hearthnet_core.protocol.event import Event

ANCHOR = ROLES.index("anchor")
FOUNDER: Seniority = (0, 0, b"")

type Seniority = tuple[int, int, bytes]
"""Lower is more senior: the founder, then anchors by their promotion, then the others by their joining."""


@dataclass(frozen=True, slots=True)
class Policy:
    invite: Role = "member"
    revoke_cosigners: int = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A household as the community sees it. Not `active`: removed, or admitted by something void."""

    id: MemberId
    name: str
    role: Role
    active: bool
    owner: bytes
    home: ScopeId
    seniority: Seniority

    @property
    def rank(self) -> int:
        return ROLES.index(self.role)


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """A node's key and household. `limit`: content above this Lamport value does not count; None without limit."""

    id: NodeId
    public_key: bytes
    member: MemberId
    name: str
    active: bool
    limit: int | None


@dataclass(frozen=True, slots=True)
class State:
    """The fold's result, never changed. `void`: events that do not count. `readmit`: whose admission was among them."""

    community: CommunityId
    name: str
    scope: ScopeId
    board: ScopeId
    policy: Policy
    members: dict[MemberId, Member]
    nodes: dict[NodeId, NodeInfo]
    void: frozenset[EventId] = frozenset()
    readmit: tuple[MemberId, ...] = ()

    def node(self, node_id: NodeId) -> NodeInfo | None:
        """An active node of an active member, or None."""
        info = self.nodes.get(node_id)
        return info if info is not None and info.active else None

    def anchors(self) -> list[MemberId]:
        return [m.id for m in self.members.values() if m.active and m.role == "anchor"]

    def nodes_of(self, member: MemberId) -> list[NodeInfo]:
        return [n for n in self.nodes.values() if n.active and n.member == member]


@dataclass(slots=True, eq=False)
class Row:
    """An event in the graph. `past` is a set of events, a bit for each; `needs` the rank it took. `above`, kept for what
    lets somebody in or up: the events that stand on it."""

    event: Event
    body: msgspec.Struct
    statement: Statement | None
    past: int = 0
    bit: int = 0
    above: int = 0
    depth: int = 0
    member: MemberId | None = None
    seniority: Seniority = (2, 0, b"")
    needs: int = 0
    verified: dict[bytes, bool] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, bytes]:
        """Depth, then id: an order that extends causality and that nobody's clock decides."""
        return self.depth, self.event.id

    @property
    def rank(self) -> Seniority:
        """How senior it makes the one it admits (1, …); promotions to anchor turn the 1 into 0."""
        return (1, self.depth, self.event.id)

    @property
    def is_removal(self) -> bool:
        return isinstance(self.body, bodies.Revoked | bodies.Demoted | bodies.NodeRemoved)
