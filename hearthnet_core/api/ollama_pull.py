"""`/api/pull`: a model for this household's own engine, by the method `pull_model`; nobody's else."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import msgspec
from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard, Stream
from hearthnet_core.api.method import Method
from hearthnet_core.api.reach import is_best
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.errors import BadRequest, HearthNetError, NotFound, NotImplementedHere
from hearthnet_core.models.local_api import MAX_BODY, NDJSON

PULL = "pull_model"


class PullBody(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is the older word for `model`."""

    model: str = ""
    name: str = ""
    stream: bool | None = None


class Pull:
    """`methods` are the node's own."""

    def __init__(self, conversing: Conversing, methods: Mapping[str, Method]) -> None:
        self._conversing = conversing
        self._methods = methods

    async def answer(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """What is in reach already is there at once. Raises `HearthNetError` until the first byte is written."""
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), PullBody)
        if not (model := asked.model or asked.name):
            raise BadRequest("model: say which.")
        stream = Stream(request, NDJSON)
        try:
            async with running(), aclosing(self._lines(model)) as lines:
                async for line in lines:
                    if asked.stream is not False:
                        await stream.send(msgspec.json.encode(line) + b"\n")
        except HearthNetError as error:
            if not stream.begun:
                raise
            await stream.send(msgspec.json.encode({"error": error.message}) + b"\n")
        return await stream.end() if asked.stream is not False else bodies.answer({"status": "success"})

    async def _lines(self, model: str) -> AsyncGenerator[dict[str, Any]]:
        if not self._there(model):
            if (method := self._methods.get(PULL)) is None:
                raise NotImplementedHere(
                    f"{model[:100]} is not in reach, and this node fetches no models by itself; fetch it where its engine runs."
                )
            params = method.read(msgspec.json.encode({"model": model}))
            async with aclosing(method.stream(params)) as chunks:
                async for chunk in chunks:
                    if chunk.event == "progress":
                        yield _progress(chunk.data)
        yield {"status": "success"}

    def _there(self, model: str) -> bool:
        try:
            return is_best(model) or bool(self._conversing.reach.named(model, (CHAT2, CHAT, EMBED)))
        except NotFound:
            return False


def _progress(data: dict[str, Any]) -> dict[str, Any]:
    """In Ollama's words; the sizes are left out while they are not known."""
    sizes = {name: data[name] for name in ("total", "completed") if data.get("total")}
    return {"status": str(data.get("status", "")), **sizes}
