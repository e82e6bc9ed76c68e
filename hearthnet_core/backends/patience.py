"""How long an engine may be silent. The whole call's deadline is the bus's; these catch an engine that hangs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import NamedTuple

from hearthnet_core.errors import Timeout

CONNECT_S = 5.0
PROBE_S = 3.0
THINKING_EVERY_S = 2.0


class Patience(NamedTuple):
    """Seconds to the first event (a model may have to be loaded), between two, and after the end was announced."""

    first: float = 110.0
    gap: float = 20.0
    tail: float = 2.0


PATIENT = Patience()


async def following[T](engine: str, source: AsyncGenerator[T], seconds: float) -> T | None:
    """The next event, None at the end. Raises `Timeout`; then the source is spent."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(source, None)
    except TimeoutError:
        raise Timeout(f"{engine} has been silent for {seconds:.0f} s.") from None


class Ticker:
    """True at most every `THINKING_EVERY_S`, so that a long silence of reasoning still shows signs of life."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return False
        self._next = now + THINKING_EVERY_S
        return True
