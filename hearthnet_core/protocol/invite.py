"""Invites: what a guest needs to find one node of a community and to prove it was asked in. See docs/protocol.md."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import struct

import blake3
import msgspec

from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.protocol.words import WORDS

PREFIX = "HN1:"
MAX_TEXT = 220
MAX_ADDRESSES = 4
SECRET_BYTES = 16
ID_BYTES = 8
CHECK_BYTES = 4
FLAG_OWN = 1
WORD_COUNT = 6
_FIXED = struct.Struct(">32s32s16sIBB")


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    """`expires` in Unix seconds by the inviting node's clock; `own`: the guest joins this household."""

    community: CommunityId
    node: NodeId
    secret: bytes
    expires: int
    own: bool = False
    addresses: tuple[str, ...] = ()

    @property
    def id(self) -> bytes:
        return invite_id(self.secret)

    @property
    def words(self) -> str:
        return words(self.node, self.community)

    def encode(self) -> str:
        """The text behind `HN1:`. Raises `BadRequest` for addresses that are no `ip:port`, or too many of them."""
        if len(self.addresses) > MAX_ADDRESSES or len(self.secret) != SECRET_BYTES:
            raise BadRequest(f"An invite has at most {MAX_ADDRESSES} addresses and a secret of {SECRET_BYTES} bytes.")
        raw = _FIXED.pack(
            self.community, self.node, self.secret, self.expires, FLAG_OWN if self.own else 0, len(self.addresses)
        )
        raw += b"".join(_pack(address) for address in self.addresses)
        raw += blake3.blake3(raw).digest()[:CHECK_BYTES]
        text = PREFIX + base64.b32encode(raw).decode().rstrip("=")
        if len(text) > MAX_TEXT:
            raise BadRequest("This invite does not fit a code; give it fewer addresses.")
        return text


def invite_id(secret: bytes) -> bytes:
    return blake3.blake3(b"hearthnet/1 invite-id" + secret).digest()[:ID_BYTES]


def proof(secret: bytes, server_hello: bytes, client_hello: bytes, statement: bytes) -> bytes:
    """What a guest shows in `join/1`: it knows the secret, on this connection, for this statement."""
    return hmac.digest(secret, b"join" + server_hello + client_hello + statement, "sha256")


def words(node: NodeId, community: CommunityId) -> str:
    """Six words two people compare by voice: ten bits each of BLAKE3(NodeId ‖ CommunityId), most significant first."""
    bits = int.from_bytes(blake3.blake3(node + community).digest()[:8], "big") >> 4
    return " ".join(WORDS[(bits >> (10 * (WORD_COUNT - 1 - i))) & 1023] for i in range(WORD_COUNT))


def decode(text: str) -> Invite:
    """Takes blanks, line breaks and lower case as typed by people. Raises `BadRequest` that says what is wrong."""
    plain = "".join(text[: MAX_TEXT * 4].split()).upper()
    if not plain.startswith(PREFIX):
        raise BadRequest("This is no HearthNet invite; it begins with HN1:.")
    plain = plain.removeprefix(PREFIX)
    if len(plain) + len(PREFIX) > MAX_TEXT:
        raise BadRequest("This invite is too long; copy it again, nothing before or after it.")
    try:
        raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:
        raise BadRequest("This invite is damaged; copy it again, all of it.") from None
    body, check = raw[:-CHECK_BYTES], raw[-CHECK_BYTES:]
    if len(body) < _FIXED.size or blake3.blake3(body).digest()[:CHECK_BYTES] != check:
        raise BadRequest("This invite is damaged or cut off; copy it again, all of it.")
    community, node, secret, expires, flags, count = _FIXED.unpack_from(body)
    if count > MAX_ADDRESSES:
        raise BadRequest("This invite is malformed.")
    addresses, rest = [], body[_FIXED.size :]
    for _ in range(count):
        address, rest = _unpack(rest)
        addresses.append(address)
    if rest:
        raise BadRequest("This invite is malformed.")
    return Invite(
        community=CommunityId(community),
        node=NodeId(node),
        secret=secret,
        expires=expires,
        own=bool(flags & FLAG_OWN),
        addresses=tuple(addresses),
    )


def _pack(address: str) -> bytes:
    host, colon, port = address.rpartition(":")
    try:
        ip = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        if not colon or not 0 < int(port) < 65_536:
            raise ValueError(port)
    except ValueError:
        raise BadRequest(f"{address[:80]!r} is not an address like 192.168.1.5:7080.") from None
    return bytes([ip.version]) + ip.packed + int(port).to_bytes(2, "big")


def _unpack(raw: bytes) -> tuple[str, bytes]:
    size = {4: 4, 6: 16}.get(raw[0] if raw else 0, 0)
    if not size or len(raw) < size + 3:
        raise BadRequest("This invite is malformed.")
    ip = ipaddress.ip_address(raw[1 : size + 1])
    port = int.from_bytes(raw[size + 1 : size + 3], "big")
    if not port:
        raise BadRequest("This invite is malformed.")
    return (f"[{ip}]:{port}" if size == 16 else f"{ip}:{port}"), raw[size + 3 :]
