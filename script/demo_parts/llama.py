"""A real llama-server as a process: the one that `script/setup --llama` fetched."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from script.demo_parts.nodes import PYTHON, ROOT, free_port

HOME = ROOT / ".cache" / "llama-fallback"
PROGRAM = HOME / "llama-server"
MODEL_MAKER = ROOT / "tests" / "core" / "backends" / "tiny_model.py"
START_S = 120.0


def fetched() -> bool:
    return (HOME / "complete").exists()


async def tiny_model(folder: Path) -> Path:
    """A model of random weights, made by the test tools. Raises `RuntimeError`."""
    model = folder / "tiny.gguf"
    if not model.exists():
        maker = await asyncio.create_subprocess_exec(str(PYTHON), str(MODEL_MAKER), str(model))
        if await maker.wait():
            raise RuntimeError("The tiny model could not be made; run script/setup --node.")
    return model


@asynccontextmanager
async def llama_server(
    model: Path, log: Path, *, slots: int, context: int, more: tuple[str, ...] = ()
) -> AsyncIterator[str]:
    """Its address. `context` is each slot's, in tokens. Raises `RuntimeError` with the end of its log."""
    port = free_port()
    options = ["--model", str(model), "--host", "127.0.0.1", "--port", str(port), "--parallel", str(slots)]
    options += ["--ctx-size", str(slots * context), "--slots", "--no-webui", *more]
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, *options, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
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
    raise RuntimeError(f"llama-server did not start; its log is {log}:\n{_end(log)}")


def _end(log: Path) -> str:
    return log.read_text(errors="replace")[-2_000:]
