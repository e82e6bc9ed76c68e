"""Who belongs to a community and may do what: a pure function of the set of authority events.

Theory. Each event names the heads its author knew (`after`), so the events form a graph, and Past(e) is fixed for ever.
An event is *valid* when its signers held the role in the fold of its own past; that never changes. Removals are then
considered most senior signer first. One that applies voids what its subject did outside the removal's past: a removed
anchor who forks from an old state, with whatever Lamport values, gains nothing. What stood only on a void event is void
as well. State follows from what still counts, by rules that never look at order of arrival.

`ground` says who may do what, `fold` what counts and what it adds up to, `standing` holds the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hearthnet_core.errors import BadRequest, Forbidden, HearthNetError
from hearthnet_core.identity.keys import Purpose, verify
from hearthnet_core.models.ids import EventId, MemberId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.bodies import read_statement
from hearthnet_core.protocol.event import MAX_AFTER, Event, check_signature, founding_id, unpack_body
from hearthnet_core.protocol.fold import dropped, extended, summed
from hearthnet_core.protocol.ground import check_ground, check_subject
from hearthnet_core.protocol.standing import ANCHOR, FOUNDER, Member, NodeInfo, Policy, Row, State

__all__ = ["Graph", "Member", "MissingParents", "NodeInfo", "Policy", "State"]

MAX_EVENTS = 20_000
FOR_ANCHORS = 4_000
"""Of these: whoever fills the history with what any member may write can still be removed."""
MAX_STEP = 2**20
KEPT_STATES = 64


class MissingParents(HearthNetError):
    """The event stands on others that have not come yet."""

    code = "unavailable"
    status = 503


class Graph:
    """All authority events of one community. `add` refuses what can never count; `state` is the fold of everything."""

    def __init__(self, founding: Event) -> None:
        """Raises `BadRequest` or `InvalidSignature` when this founds nothing."""
        self._rows: list[Row] = []
        self._index: dict[EventId, int] = {}
        self._states: dict[int, State] = {}
        self._heads: set[int] = set()
        self._redeemed: dict[tuple[bytes, bytes], int] = {}
        self._renewals: list[Row] = []
        self.community = founding_id(founding.header)
        self._found(founding)

    def __contains__(self, id: EventId) -> bool:
        return id in self._index

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def heads(self) -> tuple[bytes, ...]:
        """Ids for the next event's `after`, sorted; at most the 32 deepest."""
        rows = sorted((self._rows[i] for i in self._heads), key=lambda r: (-r.depth, r.event.id))[:MAX_AFTER]
        return tuple(sorted(bytes(r.event.id) for r in rows))

    @property
    def state(self) -> State:
        return self._fold((1 << len(self._rows)) - 1)

    @property
    def top(self) -> int:
        """The largest Lamport value of an authority event."""
        return max(self._rows[i].event.header.lamport for i in self._heads)

    def events(self) -> Iterator[Event]:
        """In causal order."""
        return (row.event for row in self._rows)

    def named(self, ids: tuple[bytes, ...]) -> list[Event]:
        """These events, all of them known."""
        return [self._rows[self._index[EventId(id)]].event for id in ids]

    def add(self, event: Event) -> None:
        """Raises `MissingParents` if it must wait; `Forbidden`, `InvalidSignature`, `BadRequest` if it never counts."""
        if event.id in self._index:
            return
        if len(self._rows) >= MAX_EVENTS:
            raise Forbidden("This community's history is full.")
        row, header = _decoded(event), event.header
        if header.community != self.community or header.scope != self._rows[0].event.header.scope:
            raise BadRequest("This event belongs to another community.")
        if not header.after or header.expires is not None:
            raise BadRequest("An authority event names what it stands on and never expires.")
        if not all(parent in self._index for parent in header.after):
            raise MissingParents
        parents = [self._rows[self._index[EventId(parent)]] for parent in header.after]
        latest = max(p.event.header.lamport for p in parents)
        if not latest < header.lamport <= latest + MAX_STEP:
            raise BadRequest("An authority event's Lamport value is not a step above what it stands on.")
        for parent in parents:
            row.past |= parent.past | parent.bit
        row.depth = 1 + max(p.depth for p in parents)
        before = self._fold(row.past)
        info = before.nodes.get(event.author)
        if info is None:
            raise Forbidden("The event's author was no member.")
        check_signature(event, info.public_key)
        row.member = info.member
        row.seniority = before.members[info.member].seniority
        check_subject(row, before)
        row.needs = check_ground(row, before)
        if len(self._rows) >= MAX_EVENTS - FOR_ANCHORS and before.members[info.member].rank < ANCHOR:
            raise Forbidden("This community's history is full; only anchors write the rest of it.")
        self._check_unused(row)
        self._keep(row, before)

    def _keep(self, row: Row, before: State) -> None:
        """`before` is the fold of its past."""
        everything = (1 << len(self._rows)) - 1
        row.bit = 1 << len(self._rows)
        self._heads -= {self._index[EventId(parent)] for parent in row.event.header.after}
        self._heads.add(len(self._rows))
        self._index[row.event.id] = len(self._rows)
        self._rows.append(row)
        for renewal in self._renewals:
            if row.past & renewal.bit:
                renewal.above |= row.bit
        if isinstance(row.body, bodies.Joined | bodies.NodeAdded | bodies.Promoted):
            self._renewals.append(row)
        if isinstance(row.body, bodies.Joined):
            key = row.event.header.author, row.body.invite_id
            self._redeemed[key] = self._redeemed.get(key, 0) | row.bit
        if row.past == everything and (state := extended(before, row)) is not None:
            self._remember(row.past | row.bit, state)

    def _check_unused(self, row: Row) -> None:
        """Or a removed node could be plugged in again with its old statement."""
        if not isinstance(row.body, bodies.Joined):
            return
        if self._redeemed.get((row.event.header.author, row.body.invite_id), 0) & row.past:
            raise Forbidden("This invite was used before.")

    def _found(self, event: Event) -> None:
        row, header = _decoded(event), event.header
        body, statement = row.body, row.statement
        if not isinstance(body, bodies.Created) or statement is None:
            raise BadRequest("A community begins with its founding.")
        if header.community != self.community or header.after or header.lamport != 1 or header.expires is not None:
            raise BadRequest("This is no proper founding.")
        check_signature(event, statement.node)
        verify(statement.owner, Purpose.JOIN, bodies.founding_bytes(header.scope, body.member), body.owner_sig)
        row.bit, row.seniority, row.member = 1, FOUNDER, statement.member_id
        self._rows.append(row)
        self._index[event.id] = 0
        self._heads.add(0)

    def _fold(self, mask: int) -> State:
        found = self._states.get(mask)
        if found is None:
            found = folded([r for r in self._rows if r.bit & mask], self._rows[0])
            self._remember(mask, found)
        return found

    def _remember(self, mask: int, state: State) -> None:
        while len(self._states) >= KEPT_STATES:
            del self._states[next(iter(self._states))]
        self._states[mask] = state


def folded(rows: list[Row], founding: Row) -> State:
    """The whole fold of `rows`, in causal order."""
    community = founding_id(founding.event.header)
    gone = dropped(rows, founding, community)
    state = summed([r for r in rows if not r.bit & gone], founding, community)
    if not gone:
        return state
    lost = [r for r in rows if r.bit & gone]
    let_in = {r.statement.member_id for r in lost if r.statement is not None}
    readmit = sorted(m for m in let_in if m not in state.members or not _removed_or_active(m, rows, gone, state))
    return replace(state, void=frozenset(r.event.id for r in lost), readmit=tuple(readmit))


def _removed_or_active(member: MemberId, rows: list[Row], gone: int, state: State) -> bool:
    return state.members[member].active or any(
        isinstance(r.body, bodies.Revoked) and r.body.member == member and not r.bit & gone for r in rows
    )


def _decoded(event: Event) -> Row:
    kind = bodies.AUTHORITY.get(event.type)
    if kind is None or event.body is None:
        raise BadRequest(f"{event.type} is no authority event this version knows, or its body is missing.")
    body = unpack_body(event.body, kind)
    statement = None
    if isinstance(body, bodies.Created | bodies.Joined):
        statement = read_statement(body.member)
    return Row(event, body, statement)
