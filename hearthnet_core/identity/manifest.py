"""What a node says of itself to its peers, signed; never in the log, and alive only as long as its connection."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hearthnet_core.capability import Offer
from hearthnet_core.errors import BadRequest
from hearthnet_core.identity.keys import Purpose, SigningKey, verify
from hearthnet_core.models.ids import NodeId
from hearthnet_core.models.wire import UNREADABLE

MAX_BYTES = 16 * 1024
Short = Annotated[str, msgspec.Meta(max_length=64)]
Sentence = Annotated[str, msgspec.Meta(max_length=300)]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """(boot, seq) only ever grows; `lifetime_s` runs on the receiver's clock from receipt."""

    node: bytes
    boot: int
    seq: int
    lifetime_s: int = 120
    name: Short = ""
    software: Short = ""
    addresses: Annotated[tuple[Sentence, ...], msgspec.Meta(max_length=8)] = ()
    offers: Annotated[tuple[Offer, ...], msgspec.Meta(max_length=64)] = ()


_decoder = msgspec.msgpack.Decoder(Manifest)
_pairs = msgspec.msgpack.Decoder(tuple[bytes, bytes])


def signed(manifest: Manifest, key: SigningKey) -> bytes:
    """The `manifest/1` message."""
    raw = msgspec.msgpack.encode(manifest)
    return msgspec.msgpack.encode((raw, key.sign(Purpose.MANIFEST, raw)))


def read(message: bytes, public_key: bytes) -> Manifest:
    """Raises `BadRequest` or `InvalidSignature`."""
    if len(message) > MAX_BYTES + 256:
        raise BadRequest("The other node's manifest is too large.")
    try:
        raw, signature = _pairs.decode(message)
        verify(public_key, Purpose.MANIFEST, raw, signature)
        manifest = _decoder.decode(raw)
    except UNREADABLE:
        raise BadRequest("The other node's manifest cannot be read.") from None
    if manifest.node != NodeId.of(public_key) or not 0 < manifest.lifetime_s <= 300:
        raise BadRequest("The other node's manifest is not its own.")
    return manifest
