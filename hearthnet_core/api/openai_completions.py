"""`/v1/completions`: text that goes on from a prompt, by `llm.complete@1.0` or, where nobody offers it, by a chat model."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard
from hearthnet_core.api.openai_chat import beside, streamed, usage
from hearthnet_core.api.openai_messages import Sampling
from hearthnet_core.backends.chat2 import CompleteRequest
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import BadRequest
from hearthnet_core.models.local_api import MAX_BODY
from hearthnet_core.runtime import Runtime


class Request(Sampling, frozen=True, kw_only=True):
    """`prompt` is one text; token numbers mean something else to every model."""

    prompt: str | list[str]
    suffix: str | None = None
    echo: bool | None = None
    best_of: int | None = None
    logprobs: int | None = None


class Completions:
    def __init__(self, runtime: Runtime, conversing: Conversing) -> None:
        self._runtime = runtime
        self._conversing = conversing

    async def answer(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """Raises `HearthNetError` until the first byte is written."""
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), Request)
        head = {
            "id": f"cmpl-{self._runtime.random_bytes(12).hex()}",
            "object": "text_completion",
            "created": int(self._runtime.wall()),
            "model": asked.model,
        }
        async with aclosing(self._conversing.complete(_translated(asked))) as chunks:
            if not asked.stream:
                async with running():
                    return bodies.answer(await _whole(head, chunks))
            counted = asked.stream_options is not None and bool(asked.stream_options.include_usage)
            return await streamed(request, running, _events(head, chunks, counted))


def _translated(asked: Request) -> CompleteRequest:
    """Raises `BadRequest` naming what does not fit."""
    if asked.echo or asked.logprobs or asked.best_of not in (None, 1):
        raise BadRequest("echo, best_of and logprobs are not offered; leave them out.")
    prompts = [asked.prompt] if isinstance(asked.prompt, str) else asked.prompt
    if len(prompts) != 1 or not prompts[0]:
        raise BadRequest("prompt: give one text that is not empty.")
    return CompleteRequest(prompt=prompts[0], suffix=asked.suffix or "", **asked.fields())


def _choice(text: str, finish: str | None) -> list[dict[str, Any]]:
    return [{"index": 0, "text": text, "logprobs": None, "finish_reason": finish}]


async def _whole(head: dict[str, Any], chunks: AsyncGenerator[Chunk]) -> dict[str, Any]:
    text, done = [], {}
    async for chunk in chunks:
        if chunk.event == "delta":
            text.append(chunk.data["text"])
        elif chunk.last:
            done = chunk.data
    choices = _choice("".join(text), done["finish_reason"])
    return {**head, "choices": choices, "usage": usage(done), "hearthnet": beside(done)}


async def _events(head: dict[str, Any], chunks: AsyncGenerator[Chunk], counted: bool) -> AsyncGenerator[dict[str, Any]]:
    async for chunk in chunks:
        if chunk.event == "delta":
            yield {**head, "choices": _choice(chunk.data["text"], None)}
        elif chunk.last:
            yield {**head, "choices": _choice("", chunk.data["finish_reason"]), "hearthnet": beside(chunk.data)}
            if counted:
                yield {**head, "choices": [], "usage": usage(chunk.data)}
