"""The only door to clocks, randomness and threads. Everything else receives a `Runtime`, so a world can be simulated."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol


class Runtime(Protocol):
    """What a node may know of time and chance, and its way to blocking work."""

    def now(self) -> float:
        """Monotonic seconds, the same clock as `asyncio.get_running_loop().time()`."""

    def wall(self) -> float:
        """Unix seconds as this machine believes; display only, may be wrong by decades."""

    def random_bytes(self, count: int) -> bytes:
        """`count` bytes fit for keys."""

    def uniform(self, low: float, high: float) -> float:
        """Jitter; never for secrets."""

    async def offload[**P, R](self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs blocking `work` off the event loop."""


class SystemRuntime:
    """The real machine. Blocking work runs on a small pool of its own; `close()` ends it."""

    def __init__(self, threads: int = 8) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="offload")

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def random_bytes(self, count: int) -> bytes:
        return os.urandom(count)

    def uniform(self, low: float, high: float) -> float:
        return random.uniform(low, high)

    async def offload[**P, R](self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
