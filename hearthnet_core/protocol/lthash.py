"""LtHash16: a set's fingerprint that takes members in and out in any order (Bellare and Micciancio; lattice variant by
Lewi et al.). 1,024 little-endian lanes of 16 bits; an element is the 2,048-byte BLAKE3 output of its bytes, added or
subtracted lane by lane. A plain sum of ids could be forged by a member.

All lanes are summed at once inside big integers. Even lanes are cut out so that each has 16 free bits above it; odd
ones are what the whole sum has besides. So 65,536 elements add up before a carry could reach another lane.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import batched
from typing import Self

from blake3 import blake3

LANES = 1024
STATE_BYTES = LANES * 2
BATCH = 1024  # of the 65,536 possible: `batched` allocates a whole batch at once
_EVEN = int.from_bytes(b"\xff\xff\x00\x00" * (LANES // 2), "little")
_BORROW = int.from_bytes(b"\x00\x00\x01\x00" * (LANES // 2), "little")


class LtHash:
    """The fingerprint of a set of distinct elements. The set itself, and its count, are kept by the caller."""

    __slots__ = ("_even", "_odd")

    def __init__(self) -> None:
        self._even = 0
        self._odd = 0

    @classmethod
    def from_state(cls, state: bytes) -> Self:
        """The hash whose `state` was stored; ValueError when it has not 2,048 bytes."""
        if len(state) != STATE_BYTES:
            raise ValueError(
                f"A stored fingerprint has {STATE_BYTES} bytes, not {len(state)}; rebuild it from the log."
            )
        value = int.from_bytes(state, "little")
        self = cls()
        self._even = value & _EVEN
        self._odd = (value >> 16) & _EVEN
        return self

    def add(self, element: bytes) -> None:
        self._add(*_sums((element,)))

    def remove(self, element: bytes) -> None:
        self._subtract(*_sums((element,)))

    def add_many(self, elements: Iterable[bytes]) -> None:
        for some in batched(elements, BATCH, strict=False):
            self._add(*_sums(some))

    def remove_many(self, elements: Iterable[bytes]) -> None:
        for some in batched(elements, BATCH, strict=False):
            self._subtract(*_sums(some))

    @property
    def state(self) -> bytes:
        """2,048 bytes to store; see `from_state`."""
        return (self._even | self._odd << 16).to_bytes(STATE_BYTES, "little")

    def digest(self, count: int) -> bytes:
        """32 bytes: BLAKE3(state ‖ u64le count), where `count` is how many elements the set has."""
        return blake3(self.state + count.to_bytes(8, "little")).digest()

    def _add(self, even: int, odd: int) -> None:
        self._even = (self._even + even) & _EVEN
        self._odd = (self._odd + odd) & _EVEN

    def _subtract(self, even: int, odd: int) -> None:
        self._even = (self._even + _BORROW - even) & _EVEN
        self._odd = (self._odd + _BORROW - odd) & _EVEN


def _sums(elements: tuple[bytes, ...]) -> tuple[int, int]:
    """The sums of at most `BATCH` elements' even and odd lanes, each mod 2¹⁶ in a slot of 32 bits."""
    even = total = 0
    expand = int.from_bytes
    for element in elements:
        value = expand(blake3(element).digest(STATE_BYTES), "little")
        even += value & _EVEN
        total += value
    return even & _EVEN, ((total - even) >> 16) & _EVEN
