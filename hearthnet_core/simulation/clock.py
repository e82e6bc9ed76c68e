"""Time and chance of the simulated world: an event loop that jumps to its next timer, and each node's `Runtime` on it.

Nothing here waits, opens a file or starts a thread. What runs next follows from the seed alone, so tasks hash by a
counter: a set of them is gone through in the same order in every process.
"""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 seeded, and never for a real key
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any

EPOCH = 1_800_000_000.0
"""What right clocks say when the world begins (Unix seconds)."""
DAY_S = 86_400.0

PLACE: ContextVar[str] = ContextVar("place", default="")
"""The name of the simulated machine that runs; tasks inherit it from who starts them."""


MAX_TURNS = 200_000
"""Turns of the loop without time passing; an hour of a busy world takes fewer at any one moment."""


class Standstill(Exception):
    """Time cannot pass any more: everybody waits for somebody, or somebody is busy for ever."""


class SimTask(asyncio.Task[Any]):
    """Knows its place and whether its machine died under it (`doomed`), and has a hash that does not depend on where it lies in memory."""

    def __init__(self, coro: Coroutine[Any, Any, Any], number: int, **options: Any) -> None:
        self.number = number
        self.doomed = False
        context: Context | None = options.get("context")
        self.place = PLACE.get() if context is None else context.get(PLACE, "")
        super().__init__(coro, **options)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


class _NoFiles:
    """Stands where asyncio waits for sockets: instead of waiting, time passes."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop
        self._turns = 0

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Standstill("everybody waits for somebody")
        self._turns = 0 if timeout > 0 else self._turns + 1
        if self._turns > MAX_TURNS:
            self._turns = 0
            raise Standstill("somebody is busy for ever")
        if timeout > 0:
            self._loop.jump()
        return []


class SimLoop(asyncio.BaseEventLoop):
    """`time()` begins at 0 and moves only when nothing is ready. Unhandled exceptions of tasks go to `on_failure`."""

    def __init__(self, on_failure: Callable[[str, str], None] | None = None) -> None:
        super().__init__()
        self._now = 0.0
        self._selector = _NoFiles(self)
        self._scheduled: list[Any]
        self._number = 0
        self.living: dict[int, SimTask] = {}
        self.set_task_factory(self._made)
        self.set_exception_handler(self._failed)
        self._on_failure = on_failure

    def time(self) -> float:
        return self._now

    def jump(self) -> None:
        """To the next timer exactly: adding what is left could fall short of it by a rounding, for ever."""
        self._now = max(self._now, self._scheduled[0]._when)

    def start_at(self, place: str, work: Coroutine[Any, Any, Any]) -> SimTask:
        """Starts work on that machine; what it starts in turn runs there too."""
        context = copy_context()
        context.run(PLACE.set, place)
        task = self.create_task(work, context=context)
        assert isinstance(task, SimTask)
        return task

    def tasks_of(self, place: str) -> list[SimTask]:
        """What runs on this machine, oldest first."""
        return [task for task in self.living.values() if task.place == place]

    def _made(self, loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **options: Any) -> SimTask:
        self._number += 1
        number = self._number
        task = self.living[number] = SimTask(coro, number, loop=loop, **options)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        assert isinstance(task, SimTask)
        self.living.pop(task.number, None)

    def _failed(self, loop: asyncio.AbstractEventLoop, what: dict[str, Any]) -> None:
        task = what.get("future") or what.get("task")
        if isinstance(task, SimTask) and task.doomed:
            return
        place = task.place if isinstance(task, SimTask) else PLACE.get()
        error = what.get("exception")
        if self._on_failure is not None:
            self._on_failure(place, f"{what.get('message', '')}: {type(error).__name__}: {error}")

    def _process_events(self, event_list: list[Any]) -> None:
        """There are no files, so no events."""

    def _write_to_self(self) -> None:
        """There are no threads, so nobody to wake."""


class Chance:
    """A stream of random numbers of its own for each name: one node's use does not shift another's."""

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed}/{name}")
        self.uniform = self._random.uniform
        self.choice = self._random.choice
        self.random = self._random.random
        self.shuffle = self._random.shuffle
        self.sample = self._random.sample
        self.randrange = self._random.randrange
        self.bytes = self._random.randbytes
        self.expovariate = self._random.expovariate


class SimRuntime:
    """One machine's. `skew` is how wrong its wall clock is, in seconds; a machine without a battery stands at 1970."""

    def __init__(self, loop: SimLoop, chance: Chance, skew: float = 0.0) -> None:
        self._loop = loop
        self._chance = chance
        self.skew = skew

    def now(self) -> float:
        return self._loop.time()

    def wall(self) -> float:
        return max(0.0, EPOCH + self._loop.time() + self.skew)

    def random_bytes(self, count: int) -> bytes:
        return self._chance.bytes(count)

    def uniform(self, low: float, high: float) -> float:
        return self._chance.uniform(low, high)

    async def offload[**P, R](self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Inline, but never at once: others get their turn, as they would with a thread."""
        await asyncio.sleep(0)
        return work(*args, **kwargs)


def true_day(loop: SimLoop) -> int:
    """The Unix day by a right clock."""
    return int((EPOCH + loop.time()) // DAY_S)
