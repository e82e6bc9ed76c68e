"""A second provider is asked when the first takes longer than usual to begin; who speaks first answers.

After Dean and Barroso, "The Tail at Scale" (2013): hedge after the time by which the first word usually came, and cap the
extra work at a small share of all calls.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing

from hearthnet_core.bus.attempt import SPEAKS, Attempting, Ground
from hearthnet_core.bus.router import Candidate
from hearthnet_core.bus.story import Story, failed
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import HearthNetError

SHARE = 0.05
WINDOW = 200
KNOWN_AFTER = 5
SPREADS = 4.0
LEAST_S = 0.1


class Budget:
    """At most `SHARE` of the last `WINDOW` calls that might have been hedged are."""

    def __init__(self) -> None:
        self._hedged: deque[bool] = deque(maxlen=WINDOW)

    def called(self) -> None:
        self._hedged.append(False)

    def take(self) -> bool:
        """Whether this call, counted already, may be hedged; if so it counts as one that was."""
        if not self.left:
            return False
        self._hedged[-1] = True
        return True

    @property
    def left(self) -> bool:
        return bool(self._hedged) and (sum(self._hedged) + 1) / len(self._hedged) <= SHARE


def usual_s(candidate: Candidate, *, loaded: bool) -> float | None:
    """Seconds by which its first word has usually come, as RFC 6298 has it; None while that is not known."""
    health = candidate.health
    if health.first_s is None or health.completed < KNOWN_AFTER or health.failures_in_row or not loaded:
        return None
    return max(LEAST_S, health.first_s + SPREADS * health.spread_s)


class Race:
    """One attempt and, if it has not spoken `after` seconds after it was asked, what `second` gives then. `last` is the
    attempt to whom the end of the stream, good or bad, is due."""

    def __init__(
        self,
        ground: Ground,
        story: Story,
        first: Attempting,
        after: float,
        second: Callable[[], Attempting | None],
    ) -> None:
        self.last = first
        self._ground = ground
        self._story = story
        self._after: float | None = after
        self._second = second
        self._streams: dict[Attempting, AsyncGenerator[Chunk]] = {}

    async def stream(self) -> AsyncGenerator[Chunk]:
        async with AsyncExitStack() as stack:
            await self._join(stack, self.last)
            while (chunk := await anext(self._streams[self.last])).event != "attempt":
                yield chunk
            yield chunk
            at = self._ground.runtime.now() + (self._after or 0.0)
            while self._after is not None:
                told, failure = await self._sooner(stack, at)
                for chunk in told:
                    yield chunk
                if failure is not None:
                    raise failure
            async for chunk in self._streams[self.last]:
                yield chunk

    async def _sooner(self, stack: AsyncExitStack, at: float) -> tuple[list[Chunk], HearthNetError | None]:
        """What is told next, and what ends it: the first one's next chunk or, once that is late, everything until one of
        the two has spoken. Nothing is under way when this returns; `_after` is None when nothing is left to decide."""
        told: list[Chunk] = []
        first = self.last
        async with asyncio.TaskGroup() as group:
            running = {first: group.create_task(self._step(first))}
            await asyncio.wait(running.values(), timeout=max(0.0, at - self._ground.runtime.now()))
            if not running[first].done():
                self._after = None
                if (rival := self._second()) is not None:
                    await self._join(stack, rival)
                    running[rival] = group.create_task(self._step(rival))
            came, told = await self._decided(running, group)
            for task in running.values():
                task.cancel()
        for loser in running:
            await self._streams[loser].aclose()
            loser.attempt.message = f"{self.last.attempt.node_name or 'Another node'} spoke first."
            if loser is first:
                self._ground.health.slow(loser.key, loser.attempt.duration_ms / 1000)
        if isinstance(came, HearthNetError):
            return told, came
        if came.last or came.event == SPEAKS:
            self._after = None
        return [*told, came], None

    async def _decided(
        self, running: dict[Attempting, asyncio.Task[Chunk | HearthNetError]], group: asyncio.TaskGroup
    ) -> tuple[Chunk | HearthNetError, list[Chunk]]:
        """What decides the race, and what is told before; `last` is then whose it is, and no longer `running`."""
        told: list[Chunk] = []
        alone = len(running) == 1
        while True:
            await asyncio.wait(running.values(), return_when=asyncio.FIRST_COMPLETED)
            for runner in [r for r, task in running.items() if task.done()]:
                came = running.pop(runner).result()
                self.last = runner
                if isinstance(came, HearthNetError):
                    if not running:
                        return came, told
                    told.append(failed(runner.attempt, self._story))
                elif alone or came.last or came.event == SPEAKS:
                    return came, told
                else:
                    if came.event == "attempt":
                        told.append(came)
                    running[runner] = group.create_task(self._step(runner))

    async def _join(self, stack: AsyncExitStack, runner: Attempting) -> None:
        self._streams[runner] = await stack.enter_async_context(aclosing(runner.stream()))

    async def _step(self, runner: Attempting) -> Chunk | HearthNetError:
        try:
            return await anext(self._streams[runner])
        except HearthNetError as error:
            return error
