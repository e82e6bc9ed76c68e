"""`/api/embed`, and `/api/embeddings` as older clients of Ollama know it."""

from __future__ import annotations

import msgspec
from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard
from hearthnet_core.api.openai_embeddings import MAX_BODY
from hearthnet_core.errors import BadRequest
from hearthnet_core.runtime import Runtime

NS = 1_000_000_000


class EmbedBody(msgspec.Struct, frozen=True, kw_only=True):
    model: str
    input: str | list[str] = ""
    dimensions: int | None = None


class EmbeddingsBody(msgspec.Struct, frozen=True, kw_only=True):
    model: str
    prompt: str = ""


class Embed:
    def __init__(self, runtime: Runtime, conversing: Conversing) -> None:
        self._runtime = runtime
        self._conversing = conversing

    async def embed(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), EmbedBody)
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        began = self._runtime.now()
        async with running():
            vectors, model = await self._conversing.embed(texts, asked.model)
        if asked.dimensions not in (None, len(vectors[0])):
            raise BadRequest(f"dimensions: {model} has {len(vectors[0])}, and they cannot be cut.")
        took = int((self._runtime.now() - began) * NS)
        return bodies.answer(
            {"model": model, "embeddings": vectors, "total_duration": took, "load_duration": 0, "prompt_eval_count": 0}
        )

    async def embeddings(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), EmbeddingsBody)
        async with running():
            vectors, _ = await self._conversing.embed([asked.prompt], asked.model)
        return bodies.answer({"embedding": vectors[0]})
