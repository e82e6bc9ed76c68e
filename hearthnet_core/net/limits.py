"""How often somebody may open a stream. Members count by node, strangers by address: keys are free to make."""

from __future__ import annotations

from hearthnet_core.errors import RateLimited
from hearthnet_core.models.ids import NodeId

MEMBER_PER_S, MEMBER_BURST = 50.0, 200.0
GUEST_PER_S, GUEST_BURST = 0.2, 8.0
MAX_BUCKETS = 1024


class OpenLimits:
    """Token buckets, bounded; reconnecting does not refill one. Both methods raise `RateLimited`."""

    def __init__(self) -> None:
        self._buckets: dict[bytes, tuple[float, float]] = {}

    def member(self, node_id: NodeId, now: float) -> None:
        self._take(bytes(node_id), now, MEMBER_PER_S, MEMBER_BURST)

    def guest(self, remote: str, now: float) -> None:
        self._take(remote.rpartition(":")[0].encode(), now, GUEST_PER_S, GUEST_BURST)

    def _take(self, key: bytes, now: float, per_s: float, burst: float) -> None:
        tokens, at = self._buckets.pop(key, (burst, now))
        tokens = min(burst, tokens + (now - at) * per_s)
        self._buckets[key] = (max(0.0, tokens - 1), now)
        while len(self._buckets) > MAX_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
        if tokens < 1:
            raise RateLimited(
                "Too many streams were opened; wait a moment.", retry_after_ms=int(1000 * (1 - tokens) / per_s)
            )
