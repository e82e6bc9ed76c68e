"""What a node can do besides answering is offered while it works, and everybody hears when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from hearthnet_core.backends.speech import TRANSCRIBE
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.services import adapters as module
from hearthnet_core.services.adapters import Adapters


class Ear:
    name = "ear"
    contracts: tuple[Contract, ...] = (TRANSCRIBE,)

    def __init__(self) -> None:
        self.there, self.reason, self.load = True, "not looked for yet", 0.0

    async def probe(self) -> None:
        self.reason = "" if self.there else "nobody answers"

    def offer(self, contract: Contract) -> Offer:
        return Offer(
            capability=contract.name,
            provider=self.name,
            load=self.load,
            available=not self.reason,
            reason=self.reason,
        )

    async def close(self) -> None:
        self.reason = "closed"

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        yield Chunk("done", {"text": ""})


def registry() -> Registry:
    made = Registry()
    made.define(TRANSCRIBE)
    return made


async def test_it_is_offered_once_it_was_found_and_a_change_is_told_once() -> None:
    here, ear, told = registry(), Ear(), list[None]()
    made = Adapters(here, [ear])
    made.changed.connect(told.append)
    assert [o.available for o in here.offers()] == [False]
    await made.refresh()
    await made.refresh()
    assert ([o.available for o in here.offers()], len(told)) == ([True], 1)
    ear.load = 0.5
    await made.refresh()
    assert len(told) == 1, "the load of the moment is no news"


async def test_what_a_call_found_out_is_told_without_waiting_for_the_next_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    ear, told = Ear(), list[None]()
    made = Adapters(registry(), [ear])
    made.changed.connect(told.append)
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(made.keep())
        async with asyncio.timeout(5):
            while not told:
                await asyncio.sleep(0.01)
            ear.reason = "the connection was refused"
            while len(told) < 2:
                await asyncio.sleep(0.01)
        keeping.cancel()
    assert ear.reason == "the connection was refused", "no probe came between"
