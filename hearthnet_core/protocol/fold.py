"""The two halves of the authority fold: which events do not count, and what the others add up to.

Rows come in causal order. A set of events is an integer with a bit for each, so a past is one `&`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from msgspec import UNSET

from hearthnet_core.errors import HearthNetError
from hearthnet_core.models.ids import CommunityId, MemberId, NodeId, ScopeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.bodies import ROLES, Statement
from hearthnet_core.protocol.ground import check_ground
from hearthnet_core.protocol.standing import ANCHOR, FOUNDER, Member, NodeInfo, Policy, Row, Seniority, State


def dropped(rows: Sequence[Row], founding: Row, community: CommunityId) -> int:
    """The events of `rows` that do not count.

    A removal that had voided something and then turned out to be void itself must do nothing, so the removals are gone
    through again without it. Each turn takes one removal away: it ends.
    """
    removals = [row for row in rows if row.is_removal]
    removals.sort(key=_turn)
    index = _Index(rows)
    banned = 0
    while removals:
        void, applied = banned, list[tuple[Row, int]]()
        gone = cascade(rows, void, founding, community) if void else 0
        for removal in removals:
            if removal.bit & gone:
                continue
            victims = victims_of(removal, index)
            applied.append((removal, victims))
            if victims & ~void:
                void |= victims
                gone = cascade(rows, void, founding, community)
        undone = [removal for removal, victims in applied if victims and removal.bit & gone]
        if not undone:
            return gone
        banned |= undone[0].bit
    return 0


def _turn(removal: Row) -> tuple[Seniority, int, int, bytes]:
    """Most senior signer first; of one household what its owner key signed, what it did to itself, then the rest."""
    match removal.body:
        case bodies.NodeRemoved():
            kind = 0
        case bodies.Revoked(member=subject) | bodies.Demoted(member=subject) if subject == removal.member:
            kind = 1
        case _:
            kind = 2
    return removal.seniority, kind, removal.depth, removal.event.id


class _Index:
    """Which rows are whose, so that a removal costs what its subject did and not what everybody did."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._at = {row.bit: row for row in rows}
        self.by_node: dict[bytes, int] = {}
        self.by_member: dict[bytes, int] = {}
        self.plugs: dict[bytes, list[Row]] = {}
        self.joins: dict[bytes, list[Row]] = {}
        self.promotions: dict[bytes, list[Row]] = {}
        for row in rows:
            author = row.event.header.author
            self.by_node[author] = self.by_node.get(author, 0) | row.bit
            if row.member is not None:
                self.by_member[row.member] = self.by_member.get(row.member, 0) | row.bit
            if row.statement is not None:
                self.joins.setdefault(row.statement.member_id, []).append(row)
                self.plugs.setdefault(row.statement.node_id, []).append(row)
            match row.body:
                case bodies.NodeAdded(node=node):
                    self.plugs.setdefault(NodeId.of(node), []).append(row)
                case bodies.Promoted(member=subject):
                    self.promotions.setdefault(subject, []).append(row)

    def of(self, mask: int) -> Iterator[Row]:
        while mask:
            bit = mask & -mask
            mask ^= bit
            yield self._at[bit]


def victims_of(removal: Row, index: _Index) -> int:
    """What its subject authored outside the removal's past, except on the ground of being let in again after it."""
    left = -1
    again: Sequence[Row]
    match removal.body:
        case bodies.NodeRemoved(node_id=node_id):
            theirs, again = index.by_node.get(node_id, 0), index.plugs.get(node_id, ())
        case bodies.Revoked(member=subject):
            theirs, again = index.by_member.get(subject, 0), index.joins.get(subject, ())
        case bodies.Demoted(member=subject, role=role):
            left = ROLES.index(role)
            theirs, again = index.by_member.get(subject, 0), index.promotions.get(subject, ())
        case _:
            return 0
    theirs &= ~(removal.past | removal.bit)
    for at in range(bisect_left(again, removal.bit, key=_bit), len(again)):
        if not theirs:
            break
        if again[at].past & removal.bit:
            theirs &= ~again[at].above
    found = 0
    for row in index.of(theirs):
        if row.needs > left:
            found |= row.bit
    return found


def _bit(row: Row) -> int:
    return row.bit


def cascade(rows: Iterable[Row], void: int, founding: Row, community: CommunityId) -> int:
    """`void` and everything that stood on it."""
    rows, gone = list(rows), void
    for row in rows:
        if row.bit & gone or not row.past & gone:
            continue
        try:
            check_ground(row, summed([r for r in rows if r.bit & row.past & ~gone], founding, community))
        except HearthNetError:
            gone |= row.bit
    return gone


@dataclass(slots=True)
class _Claims:
    """What the counting events say of one member."""

    statement: Statement
    joins: list[Row] = field(default_factory=list)
    grants: list[tuple[Row, int]] = field(default_factory=list)
    owner: bytes = b""


def summed(counting: Sequence[Row], founding: Row, community: CommunityId) -> State:
    """What these events add up to, all of them counting."""
    ended: dict[bytes, list[Row]] = {}
    lowered: dict[bytes, list[Row]] = {}
    unplugged: dict[bytes, list[Row]] = {}
    claims: dict[MemberId, _Claims] = {}
    plugs: dict[NodeId, list[tuple[Row, MemberId, bytes, str]]] = {}
    grants: list[tuple[bytes, Row, int]] = []
    owners: dict[MemberId, bytes] = {}
    policy, name = Policy(), ""
    for row in sorted(counting, key=lambda r: r.order):
        if (statement := row.statement) is not None:
            member = statement.member_id
            claims.setdefault(member, _Claims(statement, owner=statement.owner)).joins.append(row)
            plugs.setdefault(statement.node_id, []).append((row, member, statement.node, statement.node_name))
        match row.body:
            case bodies.Created(name=name) if statement is not None:
                grants.append((statement.member_id, row, ANCHOR))
            case bodies.Revoked(member=subject):
                ended.setdefault(subject, []).append(row)
                lowered.setdefault(subject, []).append(row)
            case bodies.Demoted(member=subject, role=role):
                lowered.setdefault(subject, []).append(row)
                grants.append((subject, row, ROLES.index(role)))
            case bodies.Promoted(member=subject, role=role):
                grants.append((subject, row, ROLES.index(role)))
            case bodies.NodeAdded(node=node, node_name=node_name) if row.member is not None:
                plugs.setdefault(NodeId.of(node), []).append((row, row.member, node, node_name))
            case bodies.NodeRemoved(node_id=node_id):
                unplugged.setdefault(node_id, []).append(row)
            case bodies.KeyRotated(new_owner=key) if row.member is not None:
                owners[row.member] = key
            case bodies.PolicyUpdated():
                policy = updated(policy, row.body)
                name = row.body.name if row.body.name is not UNSET else name
    lowering = {subject: _mask(rows) for subject, rows in lowered.items()}
    for subject, row, rank in grants:
        if subject in claims and _survives(row, lowering.get(subject, 0)):
            claims[MemberId(subject)].grants.append((row, rank))
    members = {id: _member(id, c, ended.get(id, ()), owners.get(id)) for id, c in claims.items()}
    nodes = {id: _node(id, said, members, unplugged.get(id, []), ended) for id, said in plugs.items()}
    assert isinstance(founding.body, bodies.Created)
    board = ScopeId(founding.body.board)
    return State(community, name, founding.event.scope, board, policy, members, nodes)


def updated(policy: Policy, body: bodies.PolicyUpdated) -> Policy:
    if body.invite is not UNSET:
        policy = replace(policy, invite=body.invite)
    if body.revoke_cosigners is not UNSET:
        policy = replace(policy, revoke_cosigners=body.revoke_cosigners)
    return policy


def extended(state: State, row: Row) -> State | None:
    """`summed` with one event more that stands on all the others; None where only going through all of them tells."""
    match row.body:
        case bodies.Joined() if row.statement is not None and row.statement.member_id not in state.members:
            s, id = row.statement, row.statement.member_id
            if s.node_id in state.nodes:
                return None
            made = Member(id, s.name, "member", True, s.owner, ScopeId(s.home), (1, *row.order))
            node = NodeInfo(s.node_id, s.node, id, s.node_name, True, None)
            readmit = tuple(m for m in state.readmit if m != id)
            members, nodes = {**state.members, id: made}, {**state.nodes, s.node_id: node}
            return replace(state, members=members, nodes=nodes, readmit=readmit)
        case bodies.Promoted(member=subject, role=role):
            target = state.members[MemberId(subject)]
            rank = max(target.rank, ROLES.index(role))
            raised = rank == ANCHOR and target.rank < ANCHOR
            seniority: Seniority = (0, *row.order) if raised else target.seniority
            made = replace(target, role=ROLES[rank], seniority=seniority)
            return replace(state, members={**state.members, target.id: made})
        case bodies.PolicyUpdated():
            name = row.body.name if row.body.name is not UNSET else state.name
            return replace(state, policy=updated(state.policy, row.body), name=name)
        case bodies.NodeAdded(node=key, node_name=name) if row.member is not None:
            id_ = NodeId.of(key)
            known = state.nodes.get(id_)
            info = NodeInfo(id_, key, row.member, name, True, None)
            if known is not None:
                info = replace(known, active=True, limit=None)
            return replace(state, nodes={**state.nodes, id_: info})
        case bodies.NodeRemoved(node_id=node_id):
            info = replace(state.nodes[NodeId(node_id)], active=False, limit=row.event.header.lamport)
            return replace(state, nodes={**state.nodes, info.id: info})
    return None


def _mask(rows: Iterable[Row]) -> int:
    mask = 0
    for row in rows:
        mask |= row.bit
    return mask


def _survives(row: Row, against: int) -> bool:
    """Removal wins over anything concurrent with it."""
    return not against & ~(row.past | row.bit)


def _member(id: MemberId, claims: _Claims, ended: Iterable[Row], owner: bytes | None) -> Member:
    against = _mask(ended)
    joined = [row for row in claims.joins if _survives(row, against)]
    held = claims.grants if joined else []
    rank = max((rank for _, rank in held), default=0)
    anchored = [row for row, given in held if given == ANCHOR]
    if anchored:
        first = anchored[0]
        seniority: Seniority = FOUNDER if first.depth == 0 else (0, *first.order)
    else:
        seniority = (1, *(joined or claims.joins)[0].order)
    s = claims.statement
    return Member(id, s.name, ROLES[rank], bool(joined), owner or s.owner, ScopeId(s.home), seniority)


def _node(
    id: NodeId,
    said: list[tuple[Row, MemberId, bytes, str]],
    members: dict[MemberId, Member],
    unplugged: list[Row],
    ended: dict[bytes, list[Row]],
) -> NodeInfo:
    """Who said it first owns it: nobody takes a node by naming it again, as the node itself signs."""
    _, member, key, name = said[0]
    against = unplugged + ended.get(member, [])
    own = [row for row, owner, *_ in said if owner == member]
    mask = _mask(against)
    active = members[member].active and any(_survives(row, mask) for row in own)
    limit = max((r.event.header.lamport for r in against), default=0)
    return NodeInfo(id, key, member, name, active, None if active else limit)
