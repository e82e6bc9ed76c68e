"""Events as they are made: the signatures that go inside bodies, and the headers around them. Pure."""

from __future__ import annotations

import msgspec

from hearthnet_core.identity.keys import Purpose, SigningKey
from hearthnet_core.models.ids import ZERO_COMMUNITY, CommunityId, MemberId, NodeId, ScopeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.bodies import Statement
from hearthnet_core.protocol.event import Event, Header, make, pack_body


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """Where an event stands: its Lamport value, the author's clock in milliseconds, 16 random bytes."""

    lamport: int
    wall: int
    salt: bytes


def event(
    key: SigningKey,
    community: CommunityId,
    scope: ScopeId,
    type: str,
    body: msgspec.Struct,
    stamp: Stamp,
    after: tuple[bytes, ...] = (),
    expires: int | None = None,
) -> Event:
    """Raises `BadRequest` when it is out of bounds."""
    header = Header(
        1, bytes(community), bytes(scope), bytes(key.node_id), type, stamp.lamport, stamp.wall, expires, after, 0, b""
    )
    return make(key, header, pack_body(stamp.salt, body))


def founding(
    node: SigningKey, owner: SigningKey, name: str, statement: Statement, scope: ScopeId, board: ScopeId, stamp: Stamp
) -> Event:
    raw = bodies.pack_statement(statement)
    signature = owner.sign(Purpose.JOIN, bodies.founding_bytes(scope, raw))
    body = bodies.Created(name=name, board=board, member=raw, owner_sig=signature)
    return event(node, ZERO_COMMUNITY, scope, bodies.CREATED, body, stamp)


def join_proofs(
    owner: SigningKey, node: SigningKey, community: CommunityId, inviter: NodeId, invite_id: bytes, statement: bytes
) -> tuple[bytes, bytes]:
    """What a guest signs with both of its keys: (owner_sig, node_sig)."""
    signed = bodies.joining_bytes(community, inviter, invite_id, statement)
    return owner.sign(Purpose.JOIN, signed), node.sign(Purpose.JOIN, signed)


def node_added(
    owner: SigningKey, node: SigningKey, name: str, community: CommunityId, member: MemberId, after: tuple[bytes, ...]
) -> bodies.NodeAdded:
    proof = node_proof(node, community, member, after)
    return node_taken_in(owner, node.public_key, proof, name, community, member, after)


def node_proof(node: SigningKey, community: CommunityId, member: MemberId, after: tuple[bytes, ...]) -> bytes:
    """What a node signs that is to be added to a household it does not hold the owner key of."""
    signed = bodies.owner_bytes(bodies.NODE_ADDED, community, member, node.public_key, after)
    return node.sign(Purpose.OWNER, signed)


def node_taken_in(
    owner: SigningKey,
    key: bytes,
    proof: bytes,
    name: str,
    community: CommunityId,
    member: MemberId,
    after: tuple[bytes, ...],
) -> bodies.NodeAdded:
    """`proof` is the node's `node_proof`, made upon the same `after`."""
    signed = bodies.owner_bytes(bodies.NODE_ADDED, community, member, key, after)
    return bodies.NodeAdded(node=key, node_name=name, owner_sig=owner.sign(Purpose.OWNER, signed), node_sig=proof)


def node_removed(
    owner: SigningKey, node_id: NodeId, reason: str, community: CommunityId, member: MemberId, after: tuple[bytes, ...]
) -> bodies.NodeRemoved:
    signed = bodies.owner_bytes(bodies.NODE_REMOVED, community, member, node_id, after)
    return bodies.NodeRemoved(node_id=node_id, reason=reason, owner_sig=owner.sign(Purpose.OWNER, signed))


def key_rotated(
    owner: SigningKey, new: SigningKey, community: CommunityId, member: MemberId, after: tuple[bytes, ...]
) -> bodies.KeyRotated:
    signed = bodies.owner_bytes(bodies.KEY_ROTATED, community, member, new.public_key, after)
    old_sig, new_sig = owner.sign(Purpose.OWNER, signed), new.sign(Purpose.OWNER, signed)
    return bodies.KeyRotated(member=member, new_owner=new.public_key, old_sig=old_sig, new_sig=new_sig)


def cosign(
    node: SigningKey, type: str, community: CommunityId, after: tuple[bytes, ...], member: MemberId, role: str = ""
) -> tuple[bytes, bytes]:
    """One co-signature, by a node of another anchor: (NodeId, signature)."""
    return bytes(node.node_id), node.sign(Purpose.COSIGN, bodies.cosign_bytes(type, community, after, member, role))
