"""Signals tell everybody, in order, whatever one listener does."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from hearthnet_core.signals import Signal


def test_a_failing_listener_does_not_stop_the_next() -> None:
    signal: Signal[int] = Signal()
    heard: list[int] = []

    def broken(value: int) -> None:
        raise RuntimeError(value)

    signal.connect(broken)
    disconnect = signal.connect(heard.append)
    signal.emit(1)
    disconnect()
    disconnect()
    signal.emit(2)
    assert heard == [1]


async def test_a_watch_hears_what_was_said_before_its_first_turn() -> None:
    signal: Signal[int] = Signal()
    async with aclosing(signal.watch()) as values:
        signal.emit(7)
        assert await anext(values) == 7


async def test_a_slow_watch_keeps_the_latest() -> None:
    signal: Signal[int] = Signal()
    async with aclosing(signal.watch(2)) as values:
        for n in range(5):
            signal.emit(n)
        assert [await anext(values), await anext(values)] == [3, 4]


async def test_closing_a_watch_ends_its_reader_and_its_connection() -> None:
    signal: Signal[int] = Signal()
    watch = signal.watch()

    async def read() -> list[int]:
        return [value async for value in watch]

    async with asyncio.TaskGroup() as group:
        reader = group.create_task(read())
        await asyncio.sleep(0)
        await watch.aclose()
    signal.emit(1)
    assert reader.result() == []
