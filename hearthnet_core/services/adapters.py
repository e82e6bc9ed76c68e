"""What this node can do besides answering: speech, pictures, embeddings … Offered while it works, with the reason when not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from hearthnet_core.backends import Adapter
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Offer
from hearthnet_core.contract import Contract
from hearthnet_core.signals import Signal

AGAIN_S = 10.0
LOOK_S = 1.0
"""What a call found out (nobody answers any more) is told by then, long before the next probe."""


class Adapters:
    """`changed` says that what is offered is not what it was."""

    def __init__(self, registry: Registry, adapters: Iterable[Adapter]) -> None:
        self.adapters = tuple(adapters)
        self._shown: tuple[Offer, ...] = ()
        self.changed: Signal[None] = Signal()
        for adapter in self.adapters:
            for contract in adapter.contracts:
                registry.provide(adapter, lambda a=adapter, c=contract: a.offer(c))  # type: ignore[misc]

    async def refresh(self) -> None:
        """Probes everything once, all at once."""
        async with asyncio.TaskGroup() as group:
            for adapter in self.adapters:
                group.create_task(adapter.probe())
        self._tell()

    async def keep(self) -> None:
        """Probes for ever."""
        while True:
            await self.refresh()
            for _ in range(round(AGAIN_S / LOOK_S)):
                await asyncio.sleep(LOOK_S)
                self._tell()

    def _tell(self) -> None:
        offers = tuple(self._essence(a, c) for a in self.adapters for c in a.contracts)
        if offers != self._shown:
            self._shown = offers
            self.changed.emit(None)

    async def aclose(self) -> None:
        for adapter in self.adapters:
            await adapter.close()

    @staticmethod
    def _essence(adapter: Adapter, contract: Contract) -> Offer:
        """Without the load of the moment."""
        return msgspec.structs.replace(adapter.offer(contract), load=0.0)
