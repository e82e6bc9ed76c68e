"""`/v1/embeddings`: vectors by `embed.text`, as many texts at once as a client sends."""

from __future__ import annotations

import base64
import struct
from typing import Any, Literal

import msgspec
from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard
from hearthnet_core.errors import BadRequest

MAX_BODY = 8 * 1024 * 1024


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`input` is text; token numbers mean something else to every model."""

    model: str
    input: str | list[str]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = None


class Embeddings:
    def __init__(self, conversing: Conversing) -> None:
        self._conversing = conversing

    async def answer(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), Request)
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        async with running():
            vectors, model = await self._conversing.embed(texts, asked.model)
        if asked.dimensions not in (None, len(vectors[0])):
            raise BadRequest(f"dimensions: {model} has {len(vectors[0])}, and they cannot be cut.")
        coded = asked.encoding_format == "base64"
        data = [
            {"object": "embedding", "index": n, "embedding": _base64(vector) if coded else vector}
            for n, vector in enumerate(vectors)
        ]
        # Engines of `embed.text` do not count tokens; the field is kept because clients read it.
        counted: dict[str, Any] = {"prompt_tokens": 0, "total_tokens": 0}
        return bodies.answer({"object": "list", "data": data, "model": model, "usage": counted})


def _base64(vector: list[float]) -> str:
    """Little-endian 32-bit floats."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
