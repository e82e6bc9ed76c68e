"""Identifiers are types, not strings: raw bytes inside, lower-case base32 without padding outside."""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import Self

from hearthnet_core.errors import BadRequest

SHORT_GROUPS = 4


@functools.lru_cache(maxsize=4096)
def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


class Id(bytes):
    """A fixed-size binary id. Construction checks the size."""

    size = 32

    def __new__(cls, raw: bytes) -> Self:
        if len(raw) != cls.size:
            raise BadRequest(f"A {cls.__name__} has {cls.size} bytes, not {len(raw)}.")
        return super().__new__(cls, raw)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the textual form; case, blanks and dashes do not matter. Raises `BadRequest`."""
        plain = "".join(text.split()).replace("-", "").upper()
        try:
            raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
        except ValueError:
            raise BadRequest(f"{text[:80]!r} is not a {cls.__name__}.") from None
        return cls(raw)

    @property
    def text(self) -> str:
        """The whole id, 52 characters for 32 bytes."""
        return _text(self)

    @property
    def short(self) -> str:
        """For people's eyes: the first 16 characters in groups of four."""
        text = self.text
        return "-".join(text[i : i + 4] for i in range(0, min(len(text), 4 * SHORT_GROUPS), 4))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.short})"


class NodeId(Id):
    """SHA-256 of a node's Ed25519 public key."""

    @classmethod
    def of(cls, public_key: bytes) -> Self:
        return cls(hashlib.sha256(public_key).digest())


class MemberId(Id):
    """SHA-256 of a household's first owner public key; permanent, whatever the keys become."""

    @classmethod
    def of(cls, public_key: bytes) -> Self:
        return cls(hashlib.sha256(public_key).digest())


class CommunityId(Id):
    """BLAKE3 of the founding header with its community field zeroed."""


class EventId(Id):
    """BLAKE3 of an event's header bytes, signature excluded."""


class ScopeId(Id):
    """A random id that says who may read, sync and store an event."""

    size = 16


ZERO_COMMUNITY = CommunityId(bytes(32))


def plain(value: object) -> bytes:
    """msgspec's `enc_hook`: an id is written as its bytes."""
    if isinstance(value, Id):
        return bytes(value)
    raise NotImplementedError(f"{type(value).__name__} cannot be encoded.")
