"""Who is who in this node's community, and what each may do. Everything follows from the log, nothing from local state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from hearthnet_core.community.standing import Standing
from hearthnet_core.errors import BadRequest, Forbidden, Revoked, Unavailable
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.models.ids import CommunityId, MemberId, NodeId, ScopeId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.bodies import Statement
from hearthnet_core.protocol.event import SALT_BYTES, Event, unpack_body
from hearthnet_core.protocol.making import Stamp
from hearthnet_core.protocol.standing import ANCHOR, Member, NodeInfo, State
from hearthnet_core.runtime import Runtime
from hearthnet_core.signals import Signal

MAX_NAME = 64
CALL, SYNC, JOIN = "call:", "sync:", "join"


class Outdated(Unavailable):
    """Membership changed at the same moment; try again."""


class Membership:
    """`changed` tells every new state, another community's included. The log must have been opened."""

    def __init__(self, log: EventLog, runtime: Runtime, node: SigningKey, owner: SigningKey) -> None:
        self._log = log
        self._runtime = runtime
        self._node = node
        self._owner = owner
        self.changed: Signal[State] = Signal()
        log.authority.connect(self.changed.emit)

    @property
    def founded(self) -> bool:
        """False only before the first start has called `found`."""
        return self._log.founded

    @property
    def state(self) -> State:
        return self._log.state

    @property
    def community(self) -> CommunityId:
        return self.state.community

    @property
    def me(self) -> NodeInfo:
        """This node; not `active` after it was removed, or its admission became void."""
        return self.state.nodes.get(self._node.node_id) or self._never_in()[0]

    @property
    def member(self) -> Member:
        """This household; not `active` after it was removed, or its admission became void."""
        return self.state.members.get(self.me.member) or self._never_in()[1]

    @property
    def alone(self) -> bool:
        """One household with one node."""
        state = self.state
        return sum(n.active for n in state.nodes.values()) == 1 and self._others(state) == []

    @property
    def holds_owner_key(self) -> bool:
        """Only such a node can add nodes to the household or remove them."""
        return self.member.owner == self._owner.public_key

    def standing(self, node_id: NodeId) -> Standing:
        if self.state.node(node_id) is not None:
            return Standing.MEMBER
        return Standing.REVOKED if node_id in self.state.nodes else Standing.GUEST

    def same_home(self, node_id: NodeId) -> bool:
        """Is this an active node of this household?"""
        info = self.state.node(node_id)
        return info is not None and info.member == self.me.member

    def role(self, node_id: NodeId) -> bodies.Role:
        """Of the household of this node; `member`, the least, for who is none."""
        info = self.state.node(node_id)
        return self.state.members[info.member].role if info is not None else "member"

    def authorise(self, node_id: NodeId, action: str) -> None:
        """Returns when this peer may do `action`: `call:<capability>`, `sync:<scope text>` or `join`.

        Raises `Revoked` for who was removed, `Forbidden` for everybody and everything else.
        """
        if action == JOIN:
            return
        match self.standing(node_id):
            case Standing.REVOKED:
                raise Revoked
            case Standing.GUEST:
                raise Forbidden("This node is no member of the community; it may only join.")
        if action.startswith(SYNC):
            if action.removeprefix(SYNC) not in (scope.text for scope in self.scopes(node_id)):
                raise Forbidden("This is not kept for your household.")
        elif not action.startswith(CALL):
            raise Forbidden("This is not allowed for neighbours.")

    def scopes(self, peer: NodeId) -> tuple[ScopeId, ...]:
        """What this peer may read and store, membership first; nothing for who is no member."""
        state = self.state
        if state.node(peer) is None:
            return ()
        shared = (state.scope, state.board)
        return (*shared, self.member.home) if self.same_home(peer) else shared

    def statement(self, name: str, node_name: str) -> Statement:
        """Who this node would be as a household of its own, with a new private scope."""
        return Statement(
            owner=self._owner.public_key,
            node=self._node.public_key,
            home=self._runtime.random_bytes(ScopeId.size),
            name=name[:MAX_NAME],
            node_name=node_name[:MAX_NAME],
        )

    async def found(self, name: str, node_name: str, household: str = "") -> None:
        """Founds the community `name`, of one, and makes it the current one. The household is called `household`, or
        as its node."""
        stamp = Stamp(lamport=1, wall=max(0, int(self._runtime.wall() * 1000)), salt=self._random(SALT_BYTES))
        statement = self.statement(household or node_name, node_name)
        scope, board = ScopeId(self._random(ScopeId.size)), ScopeId(self._random(ScopeId.size))
        await self._log.begin(making.founding(self._node, self._owner, name[:MAX_NAME], statement, scope, board, stamp))

    async def enter(self, history: Sequence[Event]) -> None:
        """Makes another community the current one: its founding and all authority in causal order, as `joining.join`
        gave and checked them. The old one stays readable. Raises what refuses an event; nothing changed then."""
        await self._log.begin(history[0], history[1:])
        self.changed.emit(self.state)

    async def leave(self, spread: Callable[[], Awaitable[None]] | None = None) -> None:
        """Goes, and founds a community of one again, under the old names. `spread` is awaited in between, while this
        node is still connected to those who should hear of it.

        With the owner key the household goes with all its nodes; while only its own nodes are there, or without the
        owner key, this node goes alone. Raises `Forbidden` when nobody would be left who may decide.
        """
        state, me, member = self.state, self.me, self.member
        if self.alone:
            raise BadRequest("This node is in a community of its own; there is nothing to leave.")
        if me.active and self.holds_owner_key:
            if self._others(state):
                self._check_successor(member.id)
                await self._log.append(
                    bodies.REVOKED, state.scope, bodies.Revoked(member=member.id, reason="", cosigs=())
                )
            else:
                await self.remove_node(me.id)
            if spread is not None:
                await spread()
        household = member.name or me.name or me.id.short
        await self.found(f"{household}'s home"[:MAX_NAME], me.name or household, household)

    async def revoke(self, member: MemberId, reason: str = "", cosigs: bodies.Cosigs = ()) -> Event:
        """Removes another household. Raises `Forbidden` with what it takes."""
        self._known(member)
        if member == self.member.id:
            raise BadRequest("To take this household out, leave the community.")
        self._check_anchor()
        return await self._append(bodies.REVOKED, bodies.Revoked(member=member, reason=reason[:200], cosigs=cosigs))

    async def promote(self, member: MemberId, role: bodies.Role) -> Event:
        """To `trusted` or `anchor`."""
        if role == "member" or not self._known(member).active:
            raise BadRequest("An active household is promoted to trusted or anchor.")
        self._check_anchor()
        return await self._append(bodies.PROMOTED, bodies.Promoted(member=member, role=role))

    async def demote(self, member: MemberId, role: bodies.Role, cosigs: bodies.Cosigs = ()) -> Event:
        """To `member` or `trusted`, also this household itself."""
        if role == "anchor" or not self._known(member).active:
            raise BadRequest("An active household is demoted to member or trusted.")
        if member == self.member.id:
            self._check_successor(member)
        else:
            self._check_anchor()
        return await self._append(bodies.DEMOTED, bodies.Demoted(member=member, role=role, cosigs=cosigs))

    async def admit(self, body: bodies.Joined) -> Event:
        """Lets a household in, as it stated itself. Raises `Forbidden`, `InvalidSignature`, `Revoked`."""
        return await self._append(bodies.JOINED, body)

    @property
    def heads(self) -> tuple[bytes, ...]:
        """What the next authority event stands on."""
        return self._log.graph.heads

    async def add_node(self, node_key: bytes, name: str, node_sig: bytes, after: tuple[bytes, ...]) -> Event:
        """Adds a node that signed over `after`. Raises `Outdated` when membership has changed since."""
        self.check_owner_key()
        community, member, owner = self.community, self.member.id, self._owner

        def body(heads: tuple[bytes, ...]) -> bodies.NodeAdded:
            if heads != after:
                raise Outdated
            return making.node_taken_in(owner, node_key, node_sig, name[:MAX_NAME], community, member, after)

        return await self._log.append(bodies.NODE_ADDED, self.state.scope, body)

    async def remove_node(self, node_id: NodeId, reason: str = "") -> Event:
        """Takes a node out of this household."""
        self.check_owner_key()
        if not self.same_home(node_id):
            raise BadRequest("That is no node of this household.")
        community, member, owner = self.community, self.member.id, self._owner
        return await self._log.append(
            bodies.NODE_REMOVED,
            self.state.scope,
            lambda after: making.node_removed(owner, node_id, reason[:200], community, member, after),
        )

    def check_owner_key(self) -> None:
        if not self.holds_owner_key:
            raise Forbidden(
                f"Only the node that holds the key of {self.member.name} can add or remove its nodes; do it there."
            )

    def check_may_invite(self) -> None:
        """Raises `Forbidden` or `Revoked`."""
        if not self.me.active:
            raise Revoked
        needs = bodies.ROLES.index(self.state.policy.invite)
        if self.member.rank < needs:
            raise Forbidden(f"In this community inviting takes the role {bodies.ROLES[needs]}; ask an anchor.")

    def removed_by_others(self, member: MemberId) -> bool:
        """Was this household, which is not in the community now, put out by somebody else than itself?"""
        state = self.state
        known = state.members.get(member)
        if known is None or known.active:
            return False
        for event in self._log.graph.events():
            if event.type == bodies.REVOKED and event.id not in state.void and event.body is not None:
                author = state.nodes.get(event.author)
                removed = unpack_body(event.body, bodies.Revoked).member
                if removed == member and author is not None and author.member != member:
                    return True
        return False

    def history(self) -> list[Event]:
        """Every authority event, the founding first, in causal order."""
        return list(self._log.graph.events())

    async def _append(
        self, type: str, body: bodies.Revoked | bodies.Promoted | bodies.Demoted | bodies.Joined
    ) -> Event:
        return await self._log.append(type, self.state.scope, body)

    def _known(self, member: MemberId) -> Member:
        known = self.state.members.get(member)
        if known is None:
            raise BadRequest("There is no such household in this community.")
        return known

    def _others(self, state: State) -> list[Member]:
        return [m for m in state.members.values() if m.active and m.id != self.me.member]

    def _check_anchor(self) -> None:
        if self.member.rank < ANCHOR:
            raise Forbidden(f"This takes the role anchor, and {self.member.name} is {self.member.role}; ask an anchor.")

    def _never_in(self) -> tuple[NodeInfo, Member]:
        """As this node's last statement, which does not count, would have had it."""
        statement = None
        for event in self._log.graph.events():
            if event.type == bodies.JOINED and event.body is not None:
                said = bodies.read_statement(unpack_body(event.body, bodies.Joined).member)
                statement = said if said.node == self._node.public_key else statement
        id, name = self._owner.member_id, statement.name if statement is not None else ""
        home = ScopeId(statement.home if statement is not None else bytes(ScopeId.size))
        node_name = statement.node_name if statement is not None else ""
        node = NodeInfo(self._node.node_id, self._node.public_key, id, node_name, False, 0)
        return node, Member(id, name, "member", False, self._owner.public_key, home, (2, 0, b""))

    def _check_successor(self, member: MemberId) -> None:
        if self.state.anchors() == [member]:
            raise Forbidden("This household is the community's only anchor: make somebody else anchor first.")

    def _random(self, count: int) -> bytes:
        return self._runtime.random_bytes(count)
