"""Who waits for room, in the order they came. A slot that becomes free wakes one of them, not all, and only the first looks
now and then by itself: with a thousand waiting, looking anew would cost more than answering."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

LOOK_S = 0.25
"""Room that nobody here hears of (a neighbour is free again) is found by then."""


type Wants = tuple[str, str, str]
"""(capability, model, privacy): for two who want the same, room for one would have been room for the other."""


class Line:
    """One line for each thing that is wanted: a slot that may serve several wakes the first of each."""

    def __init__(self) -> None:
        self._waiting: dict[Wants, deque[asyncio.Future[None]]] = {}

    def freed(self) -> None:
        """There may be room again."""
        for wants in self._waiting:
            self.next(wants)

    def next(self, wants: Wants) -> None:
        """Wakes the first in line. Whoever was woken and leaves, with room or without, calls this for the one behind."""
        line = self._waiting.get(wants, ())
        turn = next((t for t in line if not t.done()), None)
        if turn is not None:
            turn.set_result(None)

    async def wait(self, wants: Wants, seconds: float, *, again: bool = False) -> None:
        """Until it is this one's turn to look, `seconds` at most; `again`: it looked in vain and keeps its place."""
        line = self._waiting.setdefault(wants, deque())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (line.appendleft if again else line.append)(turn)
        try:
            async with asyncio.timeout(min(LOOK_S, seconds) if line[0] is turn else seconds):
                await turn
        except TimeoutError:
            return
        finally:
            with contextlib.suppress(ValueError):
                line.remove(turn)
            if not line and self._waiting.get(wants) is line:
                del self._waiting[wants]
