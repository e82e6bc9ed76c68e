"""`/v1/chat/completions`: the answer as clients of OpenAI's API expect it, whole or streamed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard, Stream
from hearthnet_core.api.openai_errors import failed
from hearthnet_core.api.openai_messages import MAX_BODY, Request, translated
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import HearthNetError
from hearthnet_core.runtime import Runtime

SSE = "text/event-stream"


class Chat:
    def __init__(self, runtime: Runtime, conversing: Conversing) -> None:
        self._runtime = runtime
        self._conversing = conversing

    async def answer(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """Raises `HearthNetError` until the first byte is written."""
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), Request)
        chat = translated(asked)
        head = {
            "id": f"chatcmpl-{self._runtime.random_bytes(12).hex()}",
            "created": int(self._runtime.wall()),
            "model": asked.model,
        }
        async with aclosing(self._conversing.chat(chat)) as chunks:
            if not asked.stream:
                async with running():
                    return bodies.answer(await _whole(head, chunks))
            counted = asked.stream_options is not None and bool(asked.stream_options.include_usage)
            return await streamed(request, running, _events(head, chunks, counted))


async def streamed(
    request: web.BaseRequest, running: Guard, events: AsyncGenerator[dict[str, Any]]
) -> web.StreamResponse:
    """Server-sent events, `[DONE]` at the end; what fails after the first is an event that this API's clients raise."""
    stream = Stream(request, SSE)
    try:
        async with running(), aclosing(events) as told:
            async for event in told:
                await stream.send(b"data: " + msgspec.json.encode(event) + b"\n\n")
    except HearthNetError as error:
        if not stream.begun:
            raise
        await stream.send(b"data: " + msgspec.json.encode(failed(error)) + b"\n\n")
    else:
        await stream.send(b"data: [DONE]\n\n")
    return await stream.end()


def usage(done: dict[str, Any]) -> dict[str, int] | None:
    """Of the engine's own count; None where it did not count."""
    counted = done.get("usage")
    if not isinstance(counted, dict):
        return None
    prompt, completion = int(counted.get("prompt_tokens", 0)), int(counted.get("completion_tokens", 0))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def beside(done: dict[str, Any]) -> dict[str, Any]:
    """What other programs of this API do not have, under a name of its own: who answered, and from which sources."""
    return {"answered_by": done["answered_by"], "sources": done.get("sources", [])}


def _called(call: dict[str, Any], **more: Any) -> dict[str, Any]:
    function = {"name": call["name"], "arguments": json.dumps(call.get("arguments", {}), ensure_ascii=False)}
    return {**more, "id": call["id"], "type": "function", "function": function}


def _finish(done: dict[str, Any], calls: int) -> str:
    return "tool_calls" if calls else str(done["finish_reason"])


async def _whole(head: dict[str, Any], chunks: AsyncGenerator[Chunk]) -> dict[str, Any]:
    text, thought, calls, done = [], [], [], {}
    async for chunk in chunks:
        match chunk.event:
            case "delta":
                text.append(chunk.data["text"])
            case "thinking":
                thought.append(chunk.data["text"])
            case "tool_call":
                calls.append(_called(chunk.data))
            case "done":
                done = chunk.data
    message: dict[str, Any] = {
        "role": "assistant",
        "content": "".join(text) if text or not calls else None,
        "refusal": None,
    }
    if thought:
        message["reasoning_content"] = "".join(thought)
    if calls:
        message["tool_calls"] = calls
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(done, len(calls))}
    return {
        **head, "object": "chat.completion", "choices": [choice], "usage": usage(done), "hearthnet": beside(done),
    }  # fmt: skip


async def _events(head: dict[str, Any], chunks: AsyncGenerator[Chunk], counted: bool) -> AsyncGenerator[dict[str, Any]]:
    usual: dict[str, Any] = {**head, "object": "chat.completion.chunk"}
    if counted:
        usual["usage"] = None

    def piece(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**usual, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}

    begun, calls = False, 0
    async for chunk in chunks:
        if chunk.event in ("delta", "thinking", "tool_call", "done") and not begun:
            begun = True
            yield piece({"role": "assistant", "content": ""})
        match chunk.event:
            case "delta":
                yield piece({"content": chunk.data["text"]})
            case "thinking":
                yield piece({"reasoning_content": chunk.data["text"]})
            case "tool_call":
                yield piece({"tool_calls": [_called(chunk.data, index=calls)]})
                calls += 1
            case "done":
                yield {**piece({}, _finish(chunk.data, calls)), "hearthnet": beside(chunk.data)}
                if counted:
                    yield {**usual, "choices": [], "usage": usage(chunk.data)}
