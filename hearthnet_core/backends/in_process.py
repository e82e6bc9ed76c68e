"""What engines within the node's process have in common: models lie in folders, one is loaded at a time and computes for one
call at a time, and one that nobody uses any more is let go of."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from hearthnet_core.capability import Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import Unavailable
from hearthnet_core.runtime import Runtime

IDLE_S = 900.0
"""A model nobody used for so long is let go of; it takes a second to load again."""


class InProcess[Model]:
    """Who computes holds `_turn`, and in its thread `_lock`; `_loaded` is the name of a model and what was loaded of it."""

    name: str
    slots: int

    def __init__(self, runtime: Runtime, what: str) -> None:
        self._runtime = runtime
        self._what = what
        self._models: dict[str, Model] = {}
        self._reason = f"{what} were not looked for yet."
        self._turn = asyncio.Semaphore(1)
        self._lock = threading.Lock()
        self._loaded: tuple[str, Any] | None = None
        self._used = 0.0
        self._in_flight = 0

    def _look(self) -> tuple[dict[str, Model], str]:
        """The models by their names, and why there are none, or empty. Blocking."""
        raise NotImplementedError

    async def probe(self) -> None:
        self._models, self._reason = await self._runtime.offload(self._look)
        if self._loaded is not None and not self._in_flight and self._runtime.now() - self._used > IDLE_S:
            await self.close()

    def offer(self, contract: Contract) -> Offer:
        return Offer(
            capability=contract.name,
            version=contract.version,
            provider=self.name,
            models=tuple(self._models),
            loaded=(self._loaded[0],) if self._loaded else (),
            slots=self.slots,
            load=min(1.0, self._in_flight / self.slots),
            available=not self._reason,
            reason=self._reason,
        )

    async def close(self) -> None:
        with self._lock:
            self._loaded = None

    @contextlib.contextmanager
    def _busy(self) -> Iterator[None]:
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
            self._used = self._runtime.now()

    def _chosen(self, wish: str) -> tuple[str, Model]:
        """The wished one, the loaded one or the first. Raises `Unavailable`."""
        if self._reason or not self._models:
            raise Unavailable(self._reason or f"{self._what} are not there any more.")
        name = wish or (self._loaded[0] if self._loaded else next(iter(self._models)))
        if (model := self._models.get(name)) is None:
            raise Unavailable(f"{self.name} has no model called {name[:60]}.")
        return name, model
