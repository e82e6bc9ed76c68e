"""Ed25519 keys and the one way to sign: over `hearthnet/1 <purpose>\\0` ‖ bytes, so no signature fits another purpose."""

from __future__ import annotations

from enum import StrEnum

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from hearthnet_core.errors import BadRequest, InvalidSignature
from hearthnet_core.models.ids import MemberId, NodeId

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


class Purpose(StrEnum):
    """What a signature is for. Part of the wire format: values never change."""

    EVENT = "event"
    OWNER = "owner"
    COSIGN = "cosign"
    JOIN = "join"
    MANIFEST = "manifest"
    CLIENT_AUTH = "client-auth"
    RECEIPT = "receipt"
    TOKEN = "token"
    INVITE = "invite"

    @property
    def prefix(self) -> bytes:
        return b"hearthnet/1 " + self.value.encode() + b"\0"


class SigningKey:
    """An Ed25519 private key, from 32 bytes of seed."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise BadRequest(f"A key's seed has {SEED_BYTES} bytes, not {len(seed)}.")
        self.seed = seed
        self.public_key, self._secret = crypto_sign_seed_keypair(seed)

    @property
    def node_id(self) -> NodeId:
        return NodeId.of(self.public_key)

    @property
    def member_id(self) -> MemberId:
        return MemberId.of(self.public_key)

    def sign(self, purpose: Purpose, data: bytes) -> bytes:
        """The 64-byte detached signature."""
        return crypto_sign(purpose.prefix + data, self._secret)[:SIGNATURE_BYTES]

    def __repr__(self) -> str:
        return f"SigningKey({self.node_id.short})"


def verify(public_key: bytes, purpose: Purpose, data: bytes, signature: bytes) -> None:
    """Returns when `signature` is good, raises `InvalidSignature` otherwise."""
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise InvalidSignature("A key or signature has the wrong size.")
    try:
        crypto_sign_open(signature + purpose.prefix + data, public_key)
    except (BadSignatureError, ValueError):
        raise InvalidSignature(f"The {purpose.value} signature does not verify.") from None
