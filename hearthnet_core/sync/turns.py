"""Who is caught up with: one peer at a time, so that what several hold comes once. Pure.

A peer that makes no progress, or takes long, keeps its turn but no longer keeps the others waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hearthnet_core.models.ids import NodeId

STALLED_S = 3.0
LONGEST_S = 30.0


@dataclass
class Turns:
    """Times in monotonic seconds."""

    holders: dict[NodeId, tuple[float, float]] = field(default_factory=dict)
    waiting: dict[NodeId, None] = field(default_factory=dict)

    def take(self, peer: NodeId, now: float) -> bool:
        """True: go on. False: wait to be named by `next`."""
        if peer not in self.holders and self._taken(now):
            self.waiting[peer] = None
            return False
        self.waiting.pop(peer, None)
        began, _ = self.holders.get(peer, (now, now))
        self.holders[peer] = (began, now)
        return True

    def done(self, peer: NodeId) -> None:
        self.holders.pop(peer, None)
        self.waiting.pop(peer, None)

    def next(self, now: float) -> NodeId | None:
        """Whose turn it is now, if somebody waits and nobody is in the way."""
        return next(iter(self.waiting), None) if not self._taken(now) else None

    def _taken(self, now: float) -> bool:
        return any(now - last < STALLED_S and now - began < LONGEST_S for began, last in self.holders.values())
