"""Long-lived work comes back, short work does not, and closing leaves nothing behind."""

from __future__ import annotations

import asyncio
import logging

import pytest

from hearthnet_core import supervise
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.supervise import Supervisor


async def test_crashed_service_is_started_again_and_said_once_per_cause(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE_S", 0.001)
    runs = 0
    steady = asyncio.Event()

    async def service() -> None:
        nonlocal runs
        runs += 1
        if runs < 4:
            raise RuntimeError("the same cause")
        steady.set()
        await asyncio.sleep(3600)

    with caplog.at_level(logging.ERROR):
        async with Supervisor(SystemRuntime()) as supervisor:
            supervisor.start("service", service)
            async with asyncio.timeout(5):
                await steady.wait()
    assert runs == 4
    assert [r.getMessage() for r in caplog.records] == ["service failed and is started again"]


async def test_a_service_told_not_to_restart_stays_down() -> None:
    runs = 0

    async def service() -> None:
        nonlocal runs
        runs += 1
        raise RuntimeError("no")

    async with Supervisor(SystemRuntime()) as supervisor:
        await supervisor.start("service", service, restart=False)
        assert runs == 1


async def test_closing_ends_every_task_also_those_started_while_closing() -> None:
    ended: list[str] = []

    async def inner() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("inner")

    async with Supervisor(SystemRuntime()) as supervisor:

        async def outer() -> None:
            try:
                await asyncio.sleep(3600)
            finally:
                supervisor.spawn(inner(), "late")
                ended.append("outer")

        supervisor.spawn(outer(), "outer")
        supervisor.spawn(inner(), "first")
        await asyncio.sleep(0)
    assert sorted(ended) == ["inner", "outer"]
    assert asyncio.all_tasks() == {asyncio.current_task()}
