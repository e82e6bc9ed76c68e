"""`sync/1` on the wire: MessagePack arrays with their name first. Every size is checked while it is read."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from hearthnet_core.errors import BadRequest
from hearthnet_core.models.wire import UNREADABLE
from hearthnet_core.protocol.event import MAX_EXPIRES, MAX_NUMBER

PROTOCOL = "sync/1"
MAX_SCOPES = 64
MAX_EVENTS = 1_024
MAX_PREFIXES = 1_024
MAX_HAVE = 256
MAX_BUCKETS = 1_024
MAX_RANGES_BYTES = 512 * 1024
MAX_MESSAGE = 1024 * 1024
PREFIX_BYTES = 12
NONCE_BYTES = 16

type Scope = Annotated[bytes, Meta(min_length=16, max_length=16)]
type Link = Annotated[bytes, Meta(min_length=16, max_length=16)]
type Nonce = Annotated[bytes, Meta(min_length=NONCE_BYTES, max_length=NONCE_BYTES)]
type Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]
type Prefix = Annotated[bytes, Meta(min_length=PREFIX_BYTES, max_length=PREFIX_BYTES)]
type Number = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]
type Day = Annotated[int, Meta(ge=0, le=MAX_EXPIRES)]
type Sent = tuple[bytes, bytes, bytes | None]
type Prefixes = Annotated[tuple[Prefix, ...], Meta(min_length=1, max_length=MAX_PREFIXES)]
type SentEvents = Annotated[tuple[Sent, ...], Meta(max_length=MAX_EVENTS)]


class Summary(msgspec.Struct, frozen=True, array_like=True):
    """What a side holds of one scope: the end of its arrival log, and the fingerprint of all that both keep."""

    scope: Scope
    n: Number
    c: Link
    fingerprint: Digest


class Hello(msgspec.Struct, frozen=True, array_like=True, tag="hello"):
    """`today` is the Unix day by the sender's own clock; fingerprints are of what expires from the asking side's on."""

    root: Digest
    scopes: Annotated[tuple[Summary, ...], Meta(max_length=MAX_SCOPES)]
    today: Day


class Since(msgspec.Struct, frozen=True, array_like=True, tag="since"):
    scope: Scope
    n: Number
    c: Link
    limit: Annotated[int, Meta(ge=1, le=MAX_EVENTS)]


class Batch(msgspec.Struct, frozen=True, array_like=True, tag="batch"):
    scope: Scope
    first: Number
    events: SentEvents
    last: Number
    c: Link
    more: bool


class Lost(msgspec.Struct, frozen=True, array_like=True, tag="lost"):
    scope: Scope


class Compare(msgspec.Struct, frozen=True, array_like=True, tag="compare"):
    """Begins a repair: which buckets from the day `floor` on do you hold?"""

    scope: Scope
    floor: Day
    nonce: Nonce


class Bucket(msgspec.Struct, frozen=True, array_like=True):
    """Events of one expiry day; nil: those without expiry."""

    day: Day | None
    fingerprint: Digest


class Buckets(msgspec.Struct, frozen=True, array_like=True, tag="buckets"):
    """Answers `compare`. What is held up to n is in the buckets; nearest days first."""

    scope: Scope
    nonce: Nonce
    n: Number
    c: Link
    buckets: Annotated[tuple[Bucket, ...], Meta(max_length=MAX_BUCKETS)]


class Reconcile(msgspec.Struct, frozen=True, array_like=True, tag="reconcile"):
    scope: Scope
    bucket: Day | None
    message: Annotated[bytes, Meta(min_length=1, max_length=MAX_RANGES_BYTES)]


class Need(msgspec.Struct, frozen=True, array_like=True, tag="need"):
    """As `want`, by the keyed ids of the bucket that is being reconciled."""

    scope: Scope
    bucket: Day | None
    prefixes: Prefixes


class Want(msgspec.Struct, frozen=True, array_like=True, tag="want"):
    scope: Scope
    prefixes: Prefixes


class Events(msgspec.Struct, frozen=True, array_like=True, tag="events"):
    scope: Scope
    events: SentEvents
    more: bool


class Push(msgspec.Struct, frozen=True, array_like=True, tag="push"):
    scope: Scope
    event: Sent


class Have(msgspec.Struct, frozen=True, array_like=True, tag="have"):
    scope: Scope
    prefixes: Annotated[tuple[Prefix, ...], Meta(min_length=1, max_length=MAX_HAVE)]


class Mark(msgspec.Struct, frozen=True, array_like=True, tag="mark"):
    """Everything up to entry n has been told."""

    scope: Scope
    n: Number
    c: Link


type Question = Hello | Since | Compare | Reconcile | Need | Want
type Answer = Hello | Batch | Lost | Buckets | Reconcile | Events | Push | Have | Mark

_encoder = msgspec.msgpack.Encoder()
_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(
    Hello | Since | Compare | Reconcile | Need | Want
)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(
    Hello | Batch | Lost | Buckets | Reconcile | Events | Push | Have | Mark
)


def encode(message: Question | Answer) -> bytes:
    return _encoder.encode(message)


def question(raw: bytes) -> Question:
    """From the side that asks. Raises `BadRequest`."""
    return _decoded(_questions, raw)


def answer(raw: bytes) -> Answer:
    """From the side that is asked. Raises `BadRequest`."""
    return _decoded(_answers, raw)


def _decoded[T](decoder: msgspec.msgpack.Decoder[T], raw: bytes) -> T:
    if len(raw) > MAX_MESSAGE:
        raise BadRequest(f"A sync message of {len(raw)} bytes is too large.")
    try:
        return decoder.decode(raw)
    except UNREADABLE as error:
        raise BadRequest(f"A sync message cannot be read: {str(error)[:200]}.") from None
