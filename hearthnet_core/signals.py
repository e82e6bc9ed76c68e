"""In-process notifications: a signal tells, a listener decides. Nothing is stored, nothing crosses the wire."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

LOGGER = logging.getLogger(__name__)
WATCH_DEPTH = 64


class Watch[T]:
    """The values of a signal from now on. A slow reader loses the oldest ones. Close it (`contextlib.aclosing`)."""

    def __init__(self, signal: Signal[T], depth: int) -> None:
        self._values: deque[T] = deque(maxlen=depth)
        self._arrived = asyncio.Event()
        self._closed = False
        self._disconnect = signal.connect(self._put)

    def __aiter__(self) -> Watch[T]:
        return self

    async def __anext__(self) -> T:
        while not self._values:
            if self._closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._values.popleft()

    def waiting(self) -> list[T]:
        """What has arrived and was not read yet, without waiting for more."""
        values = list(self._values)
        self._values.clear()
        return values

    async def aclose(self) -> None:
        self._closed = True
        self._disconnect()
        self._values.clear()
        self._arrived.set()

    def _put(self, value: T) -> None:
        self._values.append(value)
        self._arrived.set()


class Signal[T]:
    """Listeners are called at once, in order of connection; one that fails is logged and does not stop the others."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def connect(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Returns what disconnects it again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def watch(self, depth: int = WATCH_DEPTH) -> Watch[T]:
        """An async iterator that is connected at once, so nothing between this call and the first turn is missed."""
        return Watch(self, depth)

    def emit(self, value: T) -> None:
        for listener in list(self._listeners):
            try:
                listener(value)
            except Exception:
                LOGGER.exception("A listener failed")
