"""Calls that run now, so that each can be ended with a sentence for whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from hearthnet_core.errors import HearthNetError, Timeout


class Stop:
    """Ends one call from outside; also one that has not begun yet."""

    def __init__(self) -> None:
        self.error: HearthNetError | None = None
        self.limit: asyncio.Timeout | None = None

    def now(self, error: HearthNetError) -> None:
        """The call ends with `error` at its next step, unless it has been stopped already."""
        if self.error is not None:
            return
        self.error = error
        if self.limit is not None:
            self.limit.reschedule(asyncio.get_running_loop().time())


class Running:
    """`async with running.call(token_id):` around the work; `stop(…)` interrupts it there with an error."""

    def __init__(self) -> None:
        self._stops: dict[Stop, str] = {}
        self._closed: HearthNetError | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    @asynccontextmanager
    async def call(self, owner: str, stop: Stop | None = None) -> AsyncGenerator[None]:
        stop = stop or Stop()
        if self._closed is not None:
            stop.now(self._closed)
        if stop.error is not None:
            raise stop.error
        self._stops[stop] = owner
        self._idle.clear()
        try:
            async with asyncio.timeout(None) as limit:
                stop.limit = limit
                try:
                    yield
                finally:
                    stop.limit = None
        except TimeoutError:
            raise stop.error or Timeout from None
        finally:
            del self._stops[stop]
            if not self._stops:
                self._idle.set()

    def stop(self, owner: str, error: HearthNetError) -> None:
        """Ends what `owner` has running."""
        for stop in [stop for stop, whose in self._stops.items() if whose == owner]:
            stop.now(error)

    async def stop_all(self, error: HearthNetError) -> None:
        """Ends everything and returns when it has ended; what comes later gets `error` at once."""
        self._closed = error
        for stop in list(self._stops):
            stop.now(error)
        await self._idle.wait()
