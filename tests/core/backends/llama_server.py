"""A real llama-server with the tiny model, for tests: the one `script/setup --llama` fetched, or one that runs already."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from .tiny_model import write

ROOT = Path(__file__).parents[3]
PROGRAM = ROOT / ".cache" / "llama-fallback" / "llama-server"
START_S = 30.0
CONTEXT = 2_048
"""Of each slot."""


def program() -> Path:
    """Skips where it cannot be had, as tests/reasons.toml lists; fails where it only was not fetched."""
    if (PROGRAM.parent / "complete").exists():
        return PROGRAM
    possible = subprocess.run([ROOT / "script" / "llama-fallback", "--possible"], capture_output=True, check=False)
    if possible.returncode == 0:
        pytest.fail("There is no llama-server yet; run script/setup --llama.")
    pytest.skip("There is no llama-server for this machine: HEARTHNET_LLAMA_SERVER may name one that runs")


@asynccontextmanager
async def llama_server(folder: Path, *, slots: int = 2, context: int = CONTEXT) -> AsyncIterator[str]:
    """Its address. `HEARTHNET_LLAMA_SERVER` names one with 2 slots of 2,048 tokens or more instead."""
    if url := os.environ.get("HEARTHNET_LLAMA_SERVER"):
        yield url.rstrip("/")
        return
    model, log = folder / "tiny.gguf", folder / "llama-server.log"
    if not model.exists():
        write(model)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--model", model, "--host", "127.0.0.1", "--port", port, "--parallel", slots]
    options += ["--ctx-size", slots * context, "--threads", 1, "--slots", "--no-webui"]
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            program(), *map(str, options), stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        await _ready(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _ready(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(START_S), aiohttp.ClientSession() as session:
        while process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{url}/health") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.05)
    raise RuntimeError(f"llama-server did not start:\n{log.read_text(errors='replace')[-2_000:]}")
