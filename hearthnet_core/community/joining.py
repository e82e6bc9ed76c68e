"""`join/1`: a guest shows that it knows an invite's secret, and is let in by the node that made it.

Both sides are here. With an invite `own` the guest becomes a node of the inviting household: that takes one round trip
more, as the guest signs over what the event will stand on. A guest that is a member already (its first answer was lost)
gets the history again and uses nothing up.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Protocol

import msgspec

from hearthnet_core.community.guesses import Guesses
from hearthnet_core.community.invites import Claim, Invites, UnknownInvite, WrongProof
from hearthnet_core.community.membership import MAX_NAME, Membership, Outdated
from hearthnet_core.errors import (
    BadRequest,
    Forbidden,
    HearthNetError,
    InvalidSignature,
    RateLimited,
    Revoked,
    Timeout,
    Unavailable,
)
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import MemberId, NodeId, ScopeId
from hearthnet_core.models.wire import UNREADABLE
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.authority import MAX_EVENTS, Graph
from hearthnet_core.protocol.bodies import Eight, Hash, Packed, Signature, Statement
from hearthnet_core.protocol.event import MAX_AFTER, MAX_BODY, MAX_HEADER, Event, decode, unpack_body
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.protocol.invite import Invite, proof
from hearthnet_core.runtime import Runtime

PROTOCOL = "join/1"
MAX_REQUEST = 2_048
MAX_REPLY = MAX_HEADER + MAX_BODY + 1_024
MAX_HISTORY_BYTES = 64 * 1024 * 1024
MESSAGE_S = 10.0
HISTORY_S = 120.0
MAX_TERMS = 4


class Stream(Protocol):
    """What joining needs of a mesh stream. `remote` is `ip:port` of the other end."""

    @property
    def remote(self) -> str: ...
    async def send(self, message: bytes) -> None: ...
    async def receive(self) -> bytes | None: ...
    async def end(self) -> None: ...
    async def reset(self, code: str, message: str) -> None: ...


class Request(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The guest's first message. Without signatures: asked in as a node of the inviting household."""

    invite_id: Eight
    mac: Hash
    statement: Packed
    owner_sig: Signature | None = None
    node_sig: Signature | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """To a guest with an invite `own`: whose node it will be, and what that stands on. Sent again when it changed."""

    member: Hash
    after: Annotated[tuple[Hash, ...], msgspec.Meta(min_length=1, max_length=MAX_AFTER)]


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """The guest's `node_proof` over the terms."""

    node_sig: Signature


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The event that let the guest in, and how many authority events follow."""

    event: tuple[bytes, bytes, bytes]
    authority: Annotated[int, msgspec.Meta(ge=1, le=MAX_EVENTS)]


type Wire = tuple[bytes, bytes, bytes]
_encoder = msgspec.msgpack.Encoder()
_wires = msgspec.msgpack.Decoder(tuple[bytes, bytes, bytes])


class JoinServer:
    """`handle` is the handler of `join/1`."""

    def __init__(self, runtime: Runtime, membership: Membership, invites: Invites) -> None:
        self._membership = membership
        self._invites = invites
        self._guesses = Guesses(runtime)
        self._serving: set[NodeId] = set()

    async def handle(self, stream: Stream, payload: bytes, proven: Proven) -> None:
        """One guest. Raises, for the stream to be reset with: `Expired`, `Forbidden`, `Revoked`, `InvalidSignature`,
        `RateLimited`, `Unavailable` (this clock is wrong), `BadRequest`, `Timeout`."""
        if proven.node_id in self._serving:
            raise RateLimited("This node is joining already; wait for that to end.", retry_after_ms=2_000)
        self._serving.add(proven.node_id)
        try:
            event = await self._let_in(stream, proven)
            await self._tell(stream, event)
        finally:
            self._serving.discard(proven.node_id)

    async def _let_in(self, stream: Stream, proven: Proven) -> Event:
        guessers = proven.node_id.text, stream.remote.rpartition(":")[0]
        self._guesses.check(guessers)
        request = _read(await _message(stream, MAX_REQUEST), Request)
        if self._membership.state.node(proven.node_id) is not None:
            return self._admission_of(proven.node_id)
        statement = bodies.read_statement(request.statement)
        if statement.node != proven.public_key:
            raise InvalidSignature("This request to join was written for another node than the one that sends it.")
        try:
            claim = await self._invites.redeem(
                request.invite_id, request.mac, proven.server_hello, proven.client_hello, request.statement
            )
        except (UnknownInvite, WrongProof):
            self._guesses.missed(guessers)
            raise
        if claim.own:
            return await self._take_in(stream, statement, claim)
        try:
            return await self._admit(request, statement)
        except HearthNetError:
            await self._invites.put_back(claim)
            raise

    async def _admit(self, request: Request, statement: Statement) -> Event:
        if request.owner_sig is None or request.node_sig is None:
            raise BadRequest("This invite is for a household, not for a node of this one; copy it again.")
        if self._membership.member.role != "anchor" and self._membership.removed_by_others(statement.member_id):
            raise Revoked("This household was removed from the community; only an anchor's invite lets it in again.")
        body = bodies.Joined(
            member=request.statement,
            invite_id=request.invite_id,
            owner_sig=request.owner_sig,
            node_sig=request.node_sig,
        )
        return await self._membership.admit(body)

    async def _take_in(self, stream: Stream, statement: Statement, claim: Claim) -> Event:
        """Until the event is being written, whatever goes wrong puts the invite back."""
        membership = self._membership
        for _ in range(MAX_TERMS):
            try:
                after = membership.heads
                await _say(stream, Terms(member=bytes(membership.member.id), after=after))
                consent = _read(await _message(stream, MAX_REQUEST), Consent)
            except BaseException:
                await asyncio.shield(self._invites.put_back(claim))
                raise
            try:
                return await membership.add_node(statement.node, statement.node_name, consent.node_sig, after)
            except Outdated:
                continue
            except HearthNetError:
                await self._invites.put_back(claim)
                raise
        await self._invites.put_back(claim)
        raise Outdated

    def _admission_of(self, node_id: NodeId) -> Event:
        """The latest event that made it a node."""
        return next(e for e in reversed(self._membership.history()) if _admits(e) == node_id)

    async def _tell(self, stream: Stream, event: Event) -> None:
        history = self._membership.history()
        try:
            async with asyncio.timeout(HISTORY_S):
                await _say(stream, Answer(event=_wire(event), authority=len(history)))
                for item in history:
                    await stream.send(_encoder.encode(_wire(item)))
        except TimeoutError:
            raise Timeout("The community's history did not get through in time; try again.") from None


async def join(
    stream: Stream,
    proven: Proven,
    invite: Invite,
    *,
    node: SigningKey,
    owner: SigningKey,
    name: str,
    node_name: str,
    runtime: Runtime,
) -> list[Event]:
    """Joins through `stream`, opened to the invite's node: every authority event, the founding first, checked: it is
    the invite's community, and this node is in it. Raises what the other side refused with, `Timeout`,
    or `Forbidden` for an answer that does not hold.
    """
    if proven.node_id != invite.node:
        raise InvalidSignature("Another node answers than the one that made the invite; nothing was sent to it.")
    statement = Statement(
        owner=owner.public_key,
        node=node.public_key,
        home=runtime.random_bytes(ScopeId.size),
        name=name[:MAX_NAME],
        node_name=node_name[:MAX_NAME],
    )
    raw = bodies.pack_statement(statement)
    mac = proof(invite.secret, proven.server_hello, proven.client_hello, raw)
    owner_sig = node_sig = None
    if not invite.own:
        owner_sig, node_sig = making.join_proofs(owner, node, invite.community, invite.node, invite.id, raw)
    await _say(stream, Request(invite_id=invite.id, mac=mac, statement=raw, owner_sig=owner_sig, node_sig=node_sig))
    answer = await _answer(stream, invite, node)
    try:
        async with asyncio.timeout(HISTORY_S):
            history, graph = await _history(stream, invite, answer.authority)
    except TimeoutError:
        raise Timeout("The community's history did not arrive in time; try again.") from None
    _check_joined(graph, invite, node.node_id, owner.member_id, answer)
    return history


async def _answer(stream: Stream, invite: Invite, node: SigningKey) -> Answer:
    for _ in range(MAX_TERMS + 1):
        raw = await _message(stream, MAX_REPLY)
        try:
            return msgspec.msgpack.decode(raw, type=Answer)
        except UNREADABLE:
            terms = _read(raw, Terms)
        if not invite.own:
            break
        node_sig = making.node_proof(node, invite.community, MemberId(terms.member), terms.after)
        await _say(stream, Consent(node_sig=node_sig))
    raise BadRequest("The node that made the invite answers in a way that makes no sense.")


async def _history(stream: Stream, invite: Invite, count: int) -> tuple[list[Event], Graph]:
    history: list[Event] = []
    graph: Graph | None = None
    size = 0
    while len(history) < count:
        raw = await _message(stream, MAX_REPLY)
        size += len(raw)
        if size > MAX_HISTORY_BYTES:
            raise BadRequest("The community's history is larger than a node takes.")
        try:
            event = decode(_wires.decode(raw))
        except UNREADABLE:
            raise BadRequest("The community's history cannot be read.") from None
        if graph is None:
            graph = Graph(event)
            if graph.community != invite.community:
                raise Forbidden("The node that made the invite answers with another community than the invite's.")
        else:
            graph.add(event)
        history.append(event)
    assert graph is not None  # count is at least 1
    return history, graph


def _check_joined(graph: Graph, invite: Invite, me: NodeId, mine: MemberId, answer: Answer) -> None:
    state = graph.state
    info, inviter = state.node(me), state.nodes.get(invite.node)
    if info is None or inviter is None or decode(answer.event).id not in graph:
        raise Forbidden("The node that made the invite did not let this node in.")
    if info.member != (inviter.member if invite.own else mine):
        raise Forbidden(
            "This node is in that community already, as part of another household. Have it taken out there first."
        )


def _admits(event: Event) -> NodeId | None:
    assert event.body is not None  # of authority bodies none is ever erased
    match event.type:
        case bodies.CREATED:
            return event.author
        case bodies.JOINED:
            return bodies.read_statement(unpack_body(event.body, bodies.Joined).member).node_id
        case bodies.NODE_ADDED:
            return NodeId.of(unpack_body(event.body, bodies.NodeAdded).node)
    return None


def _wire(event: Event) -> Wire:
    assert event.body is not None
    return event.header_bytes, event.signature, event.body


async def _say(stream: Stream, message: msgspec.Struct) -> None:
    await stream.send(_encoder.encode(message))


async def _message(stream: Stream, most: int) -> bytes:
    try:
        async with asyncio.timeout(MESSAGE_S):
            raw = await stream.receive()
    except TimeoutError:
        raise Timeout("The other node does not answer; try again.") from None
    if raw is None:
        raise Unavailable("The other node broke off; try again.")
    if len(raw) > most:
        raise BadRequest("The other node sent more than joining takes.")
    return raw


def _read[T](raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(raw, type=kind)
    except UNREADABLE:
        raise BadRequest("The other node sent something that is no part of joining.") from None
