"""Who keeps long-lived work alive: a crashed service is started again after a growing pause, and said so once per cause."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from hearthnet_core.runtime import Runtime

LOGGER = logging.getLogger(__name__)
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0


class Supervisor:
    """Owns every task that has no natural end. Leaving the context cancels and awaits them all."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Runs `work()` until it returns; when it raises, again after a jittered pause."""
        return self._keep(self._steady(name, work), name)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Runs something short once; a failure is logged."""
        return self._keep(self._once(name, work), name)

    async def aclose(self) -> None:
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.aclose()

    def _keep(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _once(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            LOGGER.exception("%s failed", name)

    async def _steady(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        pause, said = FIRST_PAUSE_S, ""
        while True:
            began = self._runtime.now()
            try:
                return await work()
            except Exception as error:
                cause = f"{type(error).__name__}: {error}"
                if cause != said:
                    LOGGER.exception("%s failed and is started again", name)
                    said = cause
            pause = FIRST_PAUSE_S if self._runtime.now() - began > STEADY_S else min(pause * 2, LONGEST_PAUSE_S)
            await asyncio.sleep(pause * self._runtime.uniform(0.7, 1.3))
