"""The bodies of version 1, and what exactly is signed inside them. See docs/protocol.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import blake3
import msgspec
from msgspec import UNSET, UnsetType

from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import CommunityId, MemberId, NodeId, plain
from hearthnet_core.models.wire import UNREADABLE, check_canonical

MAX_STATEMENT = 1_024
MAX_NOTICE_DAYS = 31
DAY_MS = 86_400_000

Name = Annotated[str, msgspec.Meta(max_length=64)]
Reason = Annotated[str, msgspec.Meta(max_length=200)]
Key = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Hash = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
Sixteen = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Eight = Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
Packed = Annotated[bytes, msgspec.Meta(max_length=MAX_STATEMENT)]
Cosigs = Annotated[tuple[tuple[Hash, Signature], ...], msgspec.Meta(max_length=16)]
Role = Literal["member", "trusted", "anchor"]
Severity = Literal["info", "warning", "urgent"]

ROLES: tuple[Role, ...] = ("member", "trusted", "anchor")

CREATED = "community.created"
JOINED = "community.member.joined"
REVOKED = "community.member.revoked"
PROMOTED = "community.member.promoted"
DEMOTED = "community.member.demoted"
POLICY = "community.policy.updated"
NODE_ADDED = "node.added"
NODE_REMOVED = "node.removed"
KEY_ROTATED = "community.member.key_rotated"
NOTICE = "notice.posted"


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """Who a member is: public keys, the household's private scope, names."""

    owner: Key
    node: Key
    home: Sixteen
    name: Name
    node_name: Name

    @property
    def member_id(self) -> MemberId:
        return MemberId.of(self.owner)

    @property
    def node_id(self) -> NodeId:
        return NodeId.of(self.node)


class Created(msgspec.Struct, frozen=True, kw_only=True):
    name: Name
    board: Sixteen
    member: Packed
    owner_sig: Signature


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    member: Packed
    invite_id: Eight
    owner_sig: Signature
    node_sig: Signature


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    member: Hash
    reason: Reason
    cosigs: Cosigs


class Promoted(msgspec.Struct, frozen=True, kw_only=True):
    member: Hash
    role: Literal["trusted", "anchor"]


class Demoted(msgspec.Struct, frozen=True, kw_only=True):
    member: Hash
    role: Literal["member", "trusted"]
    cosigs: Cosigs


class PolicyUpdated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Only what is present changes."""

    invite: Role | UnsetType = UNSET
    revoke_cosigners: Annotated[int, msgspec.Meta(ge=1, le=16)] | UnsetType = UNSET
    name: Name | UnsetType = UNSET


class NodeAdded(msgspec.Struct, frozen=True, kw_only=True):
    node: Key
    node_name: Name
    owner_sig: Signature
    node_sig: Signature


class NodeRemoved(msgspec.Struct, frozen=True, kw_only=True):
    node_id: Hash
    reason: Reason
    owner_sig: Signature


class KeyRotated(msgspec.Struct, frozen=True, kw_only=True):
    member: Hash
    new_owner: Key
    old_sig: Signature
    new_sig: Signature


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    body: Annotated[str, msgspec.Meta(max_length=2_000)]
    severity: Severity


AUTHORITY: dict[str, type[msgspec.Struct]] = {
    CREATED: Created,
    JOINED: Joined,
    REVOKED: Revoked,
    PROMOTED: Promoted,
    DEMOTED: Demoted,
    POLICY: PolicyUpdated,
    NODE_ADDED: NodeAdded,
    NODE_REMOVED: NodeRemoved,
    KEY_ROTATED: KeyRotated,
}
CONTENT: dict[str, type[msgspec.Struct]] = {NOTICE: Notice}


_statements = msgspec.msgpack.Decoder(Statement)
_encoder = msgspec.msgpack.Encoder(enc_hook=plain)


def pack_statement(statement: Statement) -> bytes:
    return _encoder.encode(statement)


def read_statement(raw: bytes) -> Statement:
    """Raises `BadRequest`."""
    if len(raw) > MAX_STATEMENT:
        raise BadRequest("A member's statement is too long.")
    try:
        statement = _statements.decode(raw)
        if _encoder.encode(statement) != raw:  # keys we do not know, or another order
            check_canonical(raw)
    except UNREADABLE:
        raise BadRequest("A member's statement cannot be read.") from None
    return statement


def after_hash(after: Iterable[bytes]) -> bytes:
    """Binds a signature to the heads it was made upon, so it cannot be used again later."""
    return blake3.blake3(b"".join(after)).digest()


def founding_bytes(scope: bytes, statement: bytes) -> bytes:
    return CREATED.encode() + b"\0" + scope + statement


def joining_bytes(community: CommunityId, inviter: NodeId, invite_id: bytes, statement: bytes) -> bytes:
    return JOINED.encode() + b"\0" + community + inviter + invite_id + statement


def owner_bytes(type: str, community: CommunityId, member: MemberId, subject: bytes, after: Iterable[bytes]) -> bytes:
    return type.encode() + b"\0" + community + member + subject + after_hash(after)


def cosign_bytes(type: str, community: CommunityId, after: Iterable[bytes], member: bytes, role: str = "") -> bytes:
    return community + type.encode() + b"\0" + after_hash(after) + member + role.encode()
