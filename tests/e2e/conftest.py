"""Real processes for the tests of this folder; what they wrote is shown when a test fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from script.demo_parts.nodes import NodeProcess

type Start = Callable[..., Any]


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Start]:
    """`await street("Bob", extractive={…})` starts a node; all of them are stopped at the end."""
    nodes: list[NodeProcess] = []

    async def start(name: str, *, within: str = "", **settings: Any) -> NodeProcess:
        quiet = {"engines_auto": False, "connectivity": {"enabled": False}}
        node = NodeProcess(name, tmp_path, {**quiet, **settings}, within)
        nodes.append(node)
        await node.start()
        return node

    yield start
    await asyncio.gather(*(node.stop() for node in nodes), return_exceptions=True)
    for node in nodes:
        print(f"── {node.name}\n{node.log.read_text()[-3000:]}")
