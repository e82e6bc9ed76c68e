"""A real local API on a free port, with a few methods that show how it treats every method."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from hearthnet_core.api.method import Method, Nothing, once
from hearthnet_core.api.pairing import Pairing
from hearthnet_core.api.server import ApiServer
from hearthnet_core.api.tls import api_tls
from hearthnet_core.api.tokens import Tokens
from hearthnet_core.capability import Chunk
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.errors import Unavailable
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.local_api import MAX_INGEST
from hearthnet_core.runtime import SystemRuntime

NODE = SigningKey(bytes(32))


class Echo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    times: int = 1


class Patient(SystemRuntime):
    """The real machine with a clock that can be put forward."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


@dataclass
class Served:
    """The server's address, a good token, and what its methods saw."""

    url: str
    token: str
    server: ApiServer
    tokens: Tokens
    pairing: Pairing
    runtime: Patient
    began: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    produced: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def methods(self) -> dict[str, Method]:
        async def echo(params: Echo) -> dict[str, Any]:
            return {"text": params.text * params.times}

        async def size(params: Echo) -> dict[str, Any]:
            return {"size": len(params.text)}

        async def count(params: Echo) -> AsyncGenerator[Chunk]:
            for n in range(params.times):
                yield Chunk("delta", {"text": f"{params.text}{n}"})
            yield Chunk("done", {"text": params.text})

        async def wait(_: Nothing) -> AsyncGenerator[Chunk]:
            try:
                yield Chunk("progress", {"step": "waiting"})
                self.began.set()
                await asyncio.sleep(3600)
                yield Chunk("done")
            finally:
                self.closed.set()

        async def flood(_: Nothing) -> AsyncGenerator[Chunk]:
            while True:
                self.produced += 1
                yield Chunk("delta", {"text": "x" * 10_000})
                await asyncio.sleep(0)

        async def fail(_: Nothing) -> dict[str, Any]:
            raise Unavailable("Bob is out.", retry_after_ms=1500, alt_nodes=("carol",))

        async def crash(_: Nothing) -> dict[str, Any]:
            raise ValueError("the secret is 1234")

        rows = (
            once("echo", Echo, echo),
            once("ingest", Echo, size, max_body=MAX_INGEST),
            Method("count", Echo, count),
            Method("wait", Nothing, wait),
            Method("flood", Nothing, flood),
            once("fail", Nothing, fail),
            once("crash", Nothing, crash),
        )
        return {row.name: row for row in rows}


@asynccontextmanager
async def served(data: Path | None = None, host: str = "127.0.0.1") -> AsyncIterator[Served]:
    runtime = Patient()
    tokens = Tokens(SettingsFile(data / "settings.json" if data else None), runtime, data)
    pairing = Pairing(runtime, tokens, NODE.node_id.text)
    here = Served("", tokens.issue("test", "test"), None, tokens, pairing, runtime)  # type: ignore[arg-type]
    here.server = ApiServer(
        runtime,
        methods=here.methods(),
        tokens=tokens,
        pairing=pairing,
        health=lambda: {"node_id": NODE.node_id.text, "name": "Alice", "public_key": NODE.public_key},
    )
    await here.server.start(host, 0, api_tls(data, NODE) if data and host != "127.0.0.1" else None)
    here.url = here.server.url
    try:
        yield here
    finally:
        await here.server.aclose()
        runtime.close()


class Socket:
    """A WebSocket client that has signed in."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.raw = socket

    async def call(self, number: int, method: str, params: dict[str, Any] | None = None) -> None:
        await self.raw.send_json({"id": number, "method": method, "params": params or {}})

    async def next(self) -> dict[str, Any]:
        message = await self.raw.receive(timeout=20)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        return dict(json.loads(message.data))

    async def answer(self, number: int) -> dict[str, Any]:
        """The last message of a call; others are passed over."""
        while True:
            message = await self.next()
            if message["id"] == number and message["event"] in ("done", "error"):
                return message


@asynccontextmanager
async def signed_in(here: Served) -> AsyncIterator[Socket]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{here.url}/api/v1/ws") as raw:
        await raw.send_json({"type": "auth", "token": here.token})
        ready = await raw.receive_json(timeout=20)
        assert ready["type"] == "ready"
        yield Socket(raw)
