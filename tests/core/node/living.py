"""Whole nodes inside the test's process, on 127.0.0.1, used through their local API as any client would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from hearthnet_core.node.run import Started, living
from script.demo_parts.nodes import toml


class Living:
    def __init__(self, data: Path, started: Started, session: aiohttp.ClientSession) -> None:
        self.data, self.started, self._session = data, started, session

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Fails the test with the node's own words."""
        async with self._session.post(f"{self.started.api}/api/v1/{method}", json=params) as response:
            answer: dict[str, Any] = await response.json()
        assert response.status == 200, f"{answer['error']}: {answer['message']}"
        return answer

    async def upload(self, method: str, data: bytes | AsyncIterable[bytes], **query: str) -> list[dict[str, Any]]:
        """The events of a method whose body is a file."""
        headers = {"Content-Type": "application/octet-stream", "Accept": "application/x-ndjson"}
        url = f"{self.started.api}/api/v1/{method}"
        async with self._session.post(url, data=data, params=query, headers=headers) as response:
            return [json.loads(line) for line in (await response.text()).splitlines()]

    async def until(self, condition: Callable[[dict[str, Any]], object], seconds: float = 20.0) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            while not condition(state := await self.call("state")):
                await asyncio.sleep(0.05)
        return state


@asynccontextmanager
async def lives(folder: Path, name: str, **settings: Any) -> AsyncIterator[Living]:
    data = folder / name.lower()
    data.mkdir(exist_ok=True)
    config = {
        "engines_auto": False,
        "node": {"name": name, "host": "127.0.0.1", "port": 0},
        "api": {"port": 0},
        "discovery": {"enabled": False},
        "connectivity": {"enabled": False},
        "voice": {"enabled": False},
        **settings,
    }
    (data / "config.toml").write_text(toml(config))
    async with living(data, {}, None) as started:
        headers = {"Authorization": f"Bearer {(data / 'api-token').read_text()}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            yield Living(data, started, session)
