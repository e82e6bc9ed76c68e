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

    def start(self, name: str, work: Callable[[], Awaitable[None]], *, restart: bool = True) -> asyncio.Task[None]:
        """Runs `work()` until it returns; when it raises, again after a jittered pause (or, told so, never)."""
        return self._keep(self._steady(name, work) if restart else self._once(name, work()), name)

    def spawn(self, work: Coroutine[Any, Any, None], name: str = "") -> asyncio.Task[None]:
        """Runs something short once; a failure is logged."""
        name = name or getattr(work, "__qualname__", "work")
        task = self._keep(self._once(name, work), name)
        task.add_done_callback(lambda _: work.close())  # cancelled before its first step: never awaited
        return task

    async def aclose(self) -> None:
        """Cancels and awaits everything, also what was started meanwhile. Safe to call from one of its own tasks."""
        self._closing = True
        mine = asyncio.current_task()
        while tasks := [task for task in self._tasks if task is not mine]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.aclose()

    def _keep(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        if self._closing:
            work.close()
            work = _nothing()
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _once(self, name: str, work: Awaitable[None]) -> None:
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
            if self._runtime.now() - began > STEADY_S:
                pause, said = FIRST_PAUSE_S, ""
            await asyncio.sleep(pause * self._runtime.uniform(0.7, 1.3))
            pause = min(pause * 2, LONGEST_PAUSE_S)


async def _nothing() -> None:
    """What a closing supervisor runs instead."""
