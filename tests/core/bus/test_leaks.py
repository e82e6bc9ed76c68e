"""Calls leave nothing behind: a few hundred are enough to see it, ten thousand are measured by `script/bench llm`."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from contextlib import aclosing

from hearthnet_core.backends import fake
from hearthnet_core.backends.fake import FakeEngine
from hearthnet_core.errors import HearthNetError
from hearthnet_core.net import limits

from .nodes import QUESTION, TestNode, neighbourhood

WARM_UP, CALLS = 250, 300
"""Traces, conversations and the like are full after the first of them."""
BYTES_A_CALL = 400
OBJECTS_A_CALL = 0.5


async def some(node: TestNode, engines: tuple[FakeEngine, ...], count: int) -> None:
    """Answered here and there, broken off, refused, hedged by nobody, left in the middle."""
    for n in range(count):
        for engine in engines:
            engine.calls.clear()
        engines[0].reason = "" if n % 2 else "not now"
        engines[1].script = [fake.drop(1) if n % 7 == 0 else fake.OK]
        made = node.call({**QUESTION, "conversation": f"c{n}", "model": "unknown" if n % 11 == 0 else ""})
        try:
            async with aclosing(node.bus.stream(made)) as chunks:
                async for chunk in chunks:
                    if n % 5 == 0 and chunk.event == "delta":
                        break
        except HearthNetError:
            pass
    await asyncio.sleep(0.05)


async def test_hundreds_of_calls_leave_no_objects_and_no_memory_behind() -> None:
    engines = FakeEngine(name="mine", slots=8), FakeEngine(name="theirs", slots=8)
    before = limits.MEMBER_PER_S, limits.MEMBER_BURST
    limits.MEMBER_PER_S = limits.MEMBER_BURST = 1e9  # type: ignore[misc]
    try:
        async with neighbourhood([engines[0]], [engines[1]]) as (a, _):
            tracemalloc.start()  # before anything that is kept: what replaces it later is no growth
            await some(a, engines, WARM_UP)
            gc.collect()
            objects, (memory, _peak) = len(gc.get_objects()), tracemalloc.get_traced_memory()
            await some(a, engines, CALLS)
            gc.collect()
            more, grown = len(gc.get_objects()) - objects, tracemalloc.get_traced_memory()[0] - memory
            assert more / CALLS < OBJECTS_A_CALL, f"{more} objects more"
            assert grown / CALLS < BYTES_A_CALL, f"{grown} bytes more"
            assert not a.bus._under_way and all(not c.in_flight for c in a.bus.candidates(a.call()))
    finally:
        tracemalloc.stop()
        limits.MEMBER_PER_S, limits.MEMBER_BURST = before  # type: ignore[misc]
