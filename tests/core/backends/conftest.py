"""Servers on loopback and one way to ask an engine."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hearthnet_core.backends.chat2 import CHAT2
from hearthnet_core.backends.patience import Patience
from hearthnet_core.capability import Call, Chunk, Provider

from .ollama_server import OllamaServer
from .openai_server import OpenAIServer

SHORT = Patience(first=0.4, gap=0.4, tail=0.2)


PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 4, 4, 8, 2, 0, 0, 0) + b"\0\0\0\0"
"""What opens a picture of four by four pixels: engines of the tests do not look further."""


def call(said: str = "", **body: Any) -> Call:
    """`llm.chat` 1.0."""
    body.setdefault("messages", [{"role": "user", "content": "How long can I store water?"}])
    return Call(id="c", capability="llm.chat", deadline=1e9, body=body, said=said)


def call2(said: str = "", **body: Any) -> Call:
    """`llm.chat` 2.0."""
    return msgspec.structs.replace(call(said, **body), version=CHAT2.version)


def other(capability: str, said: str = "", **body: Any) -> Call:
    """Any other capability at 1.0."""
    return Call(id="c", capability=capability, deadline=1e9, body=body, said=said)


async def told(engine: Provider, asked: Call | None = None) -> tuple[str, dict[str, Any], list[Chunk]]:
    """(text, data of `done`, the other chunks)."""
    text, others = "", list[Chunk]()
    async with aclosing(engine.stream(asked or call())) as chunks:
        async for chunk in chunks:
            if chunk.last:
                return text, chunk.data, others
            if chunk.event == "delta":
                text += chunk.data["text"]
            else:
                others.append(chunk)
    raise AssertionError("no done")


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    async with AsyncExitStack() as stack:
        server = TestServer(app, handler_cancellation=True)
        await stack.enter_async_context(server)
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
async def openai() -> AsyncIterator[tuple[OpenAIServer, str]]:
    server = OpenAIServer()
    async with serving(server.app()) as url:
        yield server, url


@pytest.fixture
async def ollama() -> AsyncIterator[tuple[OllamaServer, str]]:
    server = OllamaServer()
    async with serving(server.app()) as url:
        yield server, url
