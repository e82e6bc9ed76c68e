"""A real llama-server with the tiny model, for tests: the one `script/setup --llama` fetched, or one that runs already."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from script.demo_parts import llama
from script.demo_parts.nodes import ROOT

from .tiny_model import write

CONTEXT = 2_048
"""Of each slot."""


def check_fetched() -> None:
    """Skips where it cannot be had, as tests/reasons.toml lists; fails where it only was not fetched."""
    if llama.fetched():
        return
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
    check_fetched()
    model = folder / "tiny.gguf"
    if not model.exists():
        write(model)
    one_thread = ("--threads", "1")
    async with llama.llama_server(model, folder / "log", slots=slots, context=context, more=one_thread) as url:
        yield url
