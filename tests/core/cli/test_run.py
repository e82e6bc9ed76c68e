"""`hearthnet run` for real: a node of its own on free ports, used through the command line, and stopped."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from .household import ROOT, environment, hearthnet

ALONE = {
    "HEARTHNET_NODE__NAME": "Alice",
    "HEARTHNET_NODE__HOST": "127.0.0.1",
    "HEARTHNET_NODE__PORT": "0",
    "HEARTHNET_API__PORT": "0",
    "HEARTHNET_DISCOVERY__ENABLED": "false",
    "HEARTHNET_CONNECTIVITY__ENABLED": "false",
    "HEARTHNET_ENGINES_AUTO": "false",
}


@asynccontextmanager
async def running(data: Path, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hearthnet_core",
        "run",
        *options,
        cwd=ROOT,
        env=environment(data, **ALONE),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def said(process: asyncio.subprocess.Process, last: bytes) -> str:
    """What it printed, up to a line that begins with `last`."""
    assert process.stdout is not None
    text = b""
    async with asyncio.timeout(50):
        while line := await process.stdout.readline():
            text += line
            if line.startswith(last):
                return text.decode()
    assert process.stderr is not None
    raise AssertionError((await process.stderr.read()).decode())


@pytest.mark.timeout(120)
async def test_a_node_needs_no_configuration_and_stops_when_told(tmp_path: Path) -> None:
    async with running(tmp_path) as process:
        text = await said(process, b"Stop it with")
        assert "Alice is ready." in text and "first start" in text and "this home" in text and "66 documents" in text
        state = (await hearthnet(tmp_path, "status", "--json")).data
        assert state["node"]["short"] in text
        assert (await hearthnet(tmp_path, "pair", "--json")).data["code"] in text
        answer = await hearthnet(tmp_path, "ask", "How long can I store drinking water?")
        assert answer.code == 0 and "Answered by Alice" in answer.out
        checks = (await hearthnet(tmp_path, "doctor", "--json")).data["checks"]
        assert len(checks) == 15
        second = await hearthnet(tmp_path, "run", **ALONE)
        assert second.code == 5 and "already running" in second.err
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert not (tmp_path / "run.json").exists()


@pytest.mark.timeout(120)
async def test_run_says_in_json_what_it_became_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    async with running(tmp_path, "--json") as process:
        started: dict[str, Any] = json.loads(await said(process, b"}"))
        assert started["name"] == "Alice" and started["first"] is True and len(started["code"]) == 11
        assert started["api"].startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0


async def test_a_taken_port_is_a_sentence_and_an_exit_code(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = await hearthnet(tmp_path, "run", **{**ALONE, "HEARTHNET_API__PORT": port})
    assert ran.code == 5
    assert f"Port {port} is taken" in ran.err and "api.port" in ran.err and "Traceback" not in ran.err


async def test_a_wrong_option_is_named_before_anything_starts(tmp_path: Path) -> None:
    ran = await hearthnet(tmp_path, "run", **{**ALONE, "HEARTHNET_API__PORT": "many"})
    assert ran.code == 2 and "api.port" in ran.err
    assert not (tmp_path / "identity").exists()
