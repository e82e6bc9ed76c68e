"""What happened, in order, as one hash: the same seed gives the same one, in any process on any machine."""

from __future__ import annotations

from collections import Counter
from typing import TextIO

from blake3 import blake3

from hearthnet_core.simulation.clock import SimLoop


class Trace:
    """`out`, where given, gets each line but those of single deliveries."""

    def __init__(self, loop: SimLoop, out: TextIO | None = None) -> None:
        self._loop = loop
        self._hash = blake3()
        self._out = out
        self.reached: Counter[str] = Counter()
        self.deliveries = 0

    def note(self, place: str, what: str) -> None:
        line = f"{self._loop.time():.6f} {place} {what}\n"
        self._hash.update(line.encode())
        if self._out is not None:
            self._out.write(line)

    def fault(self, kind: str, place: str, what: str = "") -> None:
        """Something that was to happen did happen."""
        self.reached[kind] += 1
        self.note(place, f"! {kind} {what}")

    def delivered(self, source: str, target: str, size: int) -> None:
        self.deliveries += 1
        self._hash.update(f"{self._loop.time():.6f} {source}>{target} {size}\n".encode())

    @property
    def digest(self) -> str:
        return self._hash.hexdigest(16)
