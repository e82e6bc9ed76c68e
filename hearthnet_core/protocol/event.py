"""Events: a signed header and a detached body. Kept as the bytes that came; the id is BLAKE3 of the header bytes."""

from __future__ import annotations

import re
from typing import Any

import blake3
import msgspec

from hearthnet_core.errors import BadRequest, InvalidSignature
from hearthnet_core.identity.keys import SIGNATURE_BYTES, Purpose, SigningKey, verify
from hearthnet_core.models.ids import ZERO_COMMUNITY, CommunityId, EventId, NodeId, ScopeId, plain
from hearthnet_core.models.wire import UNREADABLE, check_canonical

VERSION = 1
MAX_HEADER = 2_048
MAX_BODY = 65_536
MAX_AFTER = 32
MAX_NUMBER = 2**53 - 1
MAX_EXPIRES = 2**16 - 1
"""A day in 2149. Each day has a fingerprint of its own, so there must not be as many as an author likes."""
SALT_BYTES = 16
_TYPE = re.compile(r"[a-z0-9_.]{1,64}")


class Header(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The eleven fields of docs/protocol.md."""

    version: int
    community: bytes
    scope: bytes
    author: bytes
    type: str
    lamport: int
    wall: int
    expires: int | None
    after: tuple[bytes, ...]
    body_len: int
    body_hash: bytes


class Event(msgspec.Struct, frozen=True):
    """A decoded event. `body` is None when it was erased or has not come yet."""

    id: EventId
    header: Header
    header_bytes: bytes
    signature: bytes
    body: bytes | None

    @property
    def author(self) -> NodeId:
        return NodeId(self.header.author)

    @property
    def scope(self) -> ScopeId:
        return ScopeId(self.header.scope)

    @property
    def type(self) -> str:
        return self.header.type

    @property
    def wire(self) -> tuple[bytes, bytes, bytes | None]:
        return self.header_bytes, self.signature, self.body


_headers = msgspec.msgpack.Decoder(Header)
_encoder = msgspec.msgpack.Encoder(enc_hook=plain)
type Wire = tuple[bytes, bytes, bytes | None]


def event_id(header_bytes: bytes) -> EventId:
    return EventId(blake3.blake3(header_bytes).digest())


def founding_id(header: Header) -> CommunityId:
    """The CommunityId that a founding header makes."""
    zeroed = msgspec.structs.replace(header, community=bytes(ZERO_COMMUNITY))
    return CommunityId(blake3.blake3(_encoder.encode(zeroed)).digest())


def pack_body(salt: bytes, fields: msgspec.Struct | dict[str, Any]) -> bytes:
    """16 bytes of salt ‖ one MessagePack map."""
    if len(salt) != SALT_BYTES:
        raise BadRequest("A body's salt has 16 bytes.")
    body = salt + _encoder.encode(fields)
    if len(body) > MAX_BODY:
        raise BadRequest(f"This is {len(body)} bytes; an event carries at most {MAX_BODY}.")
    return body


def unpack_body[T](body: bytes, kind: type[T]) -> T:
    """Raises `BadRequest` when the map does not fit `kind`, or is not in its canonical form where nobody looks."""
    raw = body[SALT_BYTES:]
    try:
        fields = msgspec.msgpack.decode(raw, type=kind)
        if _encoder.encode(fields) != raw:  # keys we do not know, or another order
            check_canonical(raw)
    except UNREADABLE as error:
        raise BadRequest(f"An event's body cannot be read: {error}.") from None
    return fields


def make(key: SigningKey, header: Header, body: bytes) -> Event:
    """Signs. `body_len` and `body_hash` are filled in; a founding header gets its community."""
    header = msgspec.structs.replace(header, body_len=len(body), body_hash=blake3.blake3(body).digest())
    if header.community == ZERO_COMMUNITY:
        header = msgspec.structs.replace(header, community=bytes(founding_id(header)))
    raw = _encoder.encode(header)
    return decode((raw, key.sign(Purpose.EVENT, raw), body))


def decode(wire: Wire) -> Event:
    """Checks form and bounds, not the signature. Raises `BadRequest`."""
    raw, signature, body = wire
    if len(raw) > MAX_HEADER or len(signature) != SIGNATURE_BYTES:
        raise BadRequest("An event's header or signature has an impossible size.")
    try:
        header = _headers.decode(raw)
    except UNREADABLE:
        raise BadRequest("An event's header cannot be read.") from None
    if header.version != VERSION:
        raise BadRequest(f"An event has version {header.version}; this node knows {VERSION}. Update this node.")
    sizes = (len(header.community), len(header.scope), len(header.author), len(header.body_hash))
    numbers = (header.lamport - 1, header.wall, header.body_len - SALT_BYTES)
    if (
        sizes != (32, 16, 32, 32)
        or any(not 0 <= n <= MAX_NUMBER for n in numbers)
        or header.lamport > MAX_NUMBER
        or header.body_len > MAX_BODY
        or (header.expires is not None and not 0 <= header.expires <= MAX_EXPIRES)
        or not _TYPE.fullmatch(header.type)
        or len(header.after) > MAX_AFTER
        or any(len(a) != 32 for a in header.after)
        or list(header.after) != sorted(set(header.after))
        or _encoder.encode(header) != raw
    ):
        raise BadRequest("An event's header is out of bounds or not in its canonical form.")
    if body is not None and (len(body) != header.body_len or blake3.blake3(body).digest() != header.body_hash):
        raise InvalidSignature("An event's body is not the one that was signed.")
    return Event(event_id(raw), header, raw, signature, body)


def check_signature(event: Event, public_key: bytes) -> None:
    """Raises `InvalidSignature` unless `public_key` is the author's and signed this."""
    if NodeId.of(public_key) != event.header.author:
        raise InvalidSignature("An event is signed by another node than its author.")
    verify(public_key, Purpose.EVENT, event.header_bytes, event.signature)
