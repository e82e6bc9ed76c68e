"""The fake does what its script says, and is a provider like any other."""

from __future__ import annotations

import asyncio

import pytest

from hearthnet_core.backends.fake import EMPTY, HANG, OK, FakeEngine, drop, error, stall, truncate
from hearthnet_core.errors import CapacityExceeded, Unavailable

from .conftest import call, told

WHOLE = "Fill clean bottles. Keep them cool and dark. Replace the water every six months."


async def test_says_its_sentences() -> None:
    assert (await told(FakeEngine()))[0] == WHOLE


@pytest.mark.parametrize("length", range(len(WHOLE) + 1))
async def test_goes_on_from_any_character(length: int) -> None:
    text, done, _ = await told(FakeEngine(), call(said=WHOLE[:length]))
    assert WHOLE[:length] + text == WHOLE
    assert done["continued"] is (length > 0)


async def test_follows_its_script_call_by_call() -> None:
    engine = FakeEngine(error("capacity_exceeded", 50), drop(2), EMPTY, OK)
    with pytest.raises(CapacityExceeded) as raised:
        await told(engine)
    assert raised.value.retry_after_ms == 50
    with pytest.raises(Unavailable):
        await told(engine)
    assert (await told(engine))[0] == ""
    assert (await told(engine))[0] == WHOLE == (await told(engine))[0]
    assert len(engine.calls) == 5 and engine.open == 0 and engine.cancelled == 0


async def test_truncate_ends_without_done() -> None:
    with pytest.raises(AssertionError, match="no done"):
        await told(FakeEngine(truncate(1)))


@pytest.mark.parametrize("behaviour", [HANG, stall(1)])
async def test_a_hanging_fake_is_left_by_closing_it(behaviour: object) -> None:
    engine = FakeEngine(behaviour)  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await told(engine)
    assert (engine.open, engine.cancelled) == (0, 1)
