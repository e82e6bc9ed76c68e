"""How often somebody may be wrong: a few times at once, then once in a while. Being right costs nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from hearthnet_core.errors import RateLimited
from hearthnet_core.runtime import Runtime

AT_ONCE = 5
AGAIN_AFTER_S = 30.0
MAX_REMEMBERED = 512


class Guesses:
    """Counts by whatever names a guesser: its NodeId (free to make anew) and the address it comes from."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, guessers: Iterable[str]) -> None:
        """Raises `RateLimited`, which says when to come back."""
        for guesser in guessers:
            left = self._now(guesser)
            if left < 1:
                wait = (1 - left) * AGAIN_AFTER_S
                raise RateLimited(
                    f"Too many invites that do not fit; try again in {wait:.0f} seconds.",
                    retry_after_ms=int(wait * 1000),
                )

    def missed(self, guessers: Iterable[str]) -> None:
        for guesser in guessers:
            self._left[guesser] = max(0.0, self._now(guesser) - 1), self._runtime.now()
            self._left.move_to_end(guesser)
        while len(self._left) > MAX_REMEMBERED:
            self._left.popitem(last=False)

    def _now(self, guesser: str) -> float:
        left, at = self._left.get(guesser, (float(AT_ONCE), 0.0))
        return min(float(AT_ONCE), left + (self._runtime.now() - at) / AGAIN_AFTER_S)
