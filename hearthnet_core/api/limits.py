"""How often somebody may fail to sign in before nobody listens for a while."""

from __future__ import annotations

from collections import OrderedDict

from hearthnet_core.errors import RateLimited
from hearthnet_core.runtime import Runtime

MAX_FAILURES = 10
WINDOW_S = 60.0
MAX_KEYS = 1024


class Failures:
    """Counts failures per key (an address, a token's digest). The least recently failing key is forgotten first."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, *keys: str) -> None:
        """One more failure of each; raises `RateLimited` when one of them has had too many."""
        now = self._runtime.now()
        wait = 0.0
        for key in keys:
            began, failures = self._windows.get(key, (now, 0))
            if now - began >= WINDOW_S:
                began, failures = now, 0
            self._windows[key] = (began, failures + 1)
            self._windows.move_to_end(key)
            if failures >= MAX_FAILURES:
                wait = max(wait, began + WINDOW_S - now)
        while len(self._windows) > MAX_KEYS:
            self._windows.popitem(last=False)
        if wait:
            raise RateLimited(
                "Too many wrong tokens; check that this client is still paired, and wait a minute.",
                retry_after_ms=int(wait * 1000) + 1,
            )
