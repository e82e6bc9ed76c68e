"""`/v1/chat/completions`: what OpenAI's clients send as a request of `llm.chat@2.0`, and the answer as they expect it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal

import msgspec
from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import MOST_TOKENS, Conversing
from hearthnet_core.api.facade import Guard, Stream
from hearthnet_core.api.openai_errors import failed
from hearthnet_core.backends.chat2 import Chat2Request, Message2, Tool, ToolCall
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import BadRequest, HearthNetError
from hearthnet_core.runtime import Runtime

MAX_BODY = 14 * 1024 * 1024
"""Four pictures of what `llm.chat@2.0` takes, in base64."""
SSE = "text/event-stream"
SEED_RANGE = 2**31
LEAST_TOP_P = 0.001
ANY_OBJECT: dict[str, Any] = {"type": "object"}


class Url(msgspec.Struct, frozen=True):
    url: str


class Part(msgspec.Struct, frozen=True):
    type: str
    text: str = ""
    image_url: Url | None = None


class Function(msgspec.Struct, frozen=True):
    name: str
    arguments: str = "{}"
    description: str | None = None
    parameters: dict[str, Any] | None = None


class Asked(msgspec.Struct, frozen=True):
    """A tool call of an earlier answer, or a tool."""

    function: Function
    id: str = ""
    type: Literal["function"] = "function"


class Said(msgspec.Struct, frozen=True):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None
    tool_calls: list[Asked] | None = None
    tool_call_id: str | None = None


class Named(msgspec.Struct, frozen=True):
    """A tool that is to be called: a function of that name."""

    function: Function
    type: Literal["function"] = "function"


class Schema(msgspec.Struct, frozen=True):
    schema: dict[str, Any] | None = None


class Format(msgspec.Struct, frozen=True):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: Schema | None = None


class StreamOptions(msgspec.Struct, frozen=True):
    include_usage: bool | None = None


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """What both kinds of completions take."""

    model: str
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: str | list[str] | None = None

    def fields(self, most: int | None = None) -> dict[str, Any]:
        """Those of `llm.chat` and `llm.complete`. Raises `BadRequest`."""
        if self.n not in (None, 1):
            raise BadRequest("n: one answer is given to a request; send it again for another.")
        limit = most or self.max_tokens
        if limit is not None and limit < 1:
            raise BadRequest("max_tokens: at least 1.")
        return {
            "model": self.model,
            "max_tokens": limit and min(limit, MOST_TOKENS),
            "temperature": self.temperature,
            "top_p": None if self.top_p is None else max(self.top_p, LEAST_TOP_P),
            "seed": None if self.seed is None else self.seed % SEED_RANGE,
            "stop": (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ()),
        }


class Request(Sampling, frozen=True, kw_only=True):
    """What is not here is ignored, as servers of this API do; what would change the answer is refused."""

    messages: list[Said]
    max_completion_tokens: int | None = None
    tools: list[Asked] | None = None
    tool_choice: Literal["none", "auto", "required"] | Named | None = None
    response_format: Format | None = None
    reasoning_effort: str | None = None
    functions: Any = None
    logprobs: bool | None = None
    modalities: list[str] | None = None


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


def translated(asked: Request) -> Chat2Request:
    """Raises `BadRequest` naming what does not fit."""
    if asked.functions:
        raise BadRequest("functions: use tools instead.")
    if asked.logprobs:
        raise BadRequest("logprobs: the neighbourhood's engines do not tell them.")
    if asked.modalities and asked.modalities != ["text"]:
        raise BadRequest("modalities: only text comes back; /v1/audio/speech speaks it.")
    tools, choice = asked.tools or [], asked.tool_choice or "auto"
    if isinstance(choice, Named):
        tools = [tool for tool in tools if tool.function.name == choice.function.name]
        if not tools:
            raise BadRequest(f"tool_choice: there is no tool called {choice.function.name[:64]!r} among tools.")
        choice = "required"
    return Chat2Request(
        messages=tuple(_message(said, f"messages[{n}]") for n, said in enumerate(asked.messages)),
        tools=tuple(
            Tool(name=f.name, description=f.description or "", parameters=f.parameters or {})
            for f in (tool.function for tool in tools)
        ),
        tool_choice=choice,
        schema=_schema(asked.response_format),
        think=None if asked.reasoning_effort is None else asked.reasoning_effort not in ("none", "minimal"),
        **asked.fields(asked.max_completion_tokens),
    )


def _message(said: Said, where: str) -> Message2:
    texts, images = [], []
    parts = [Part("text", said.content)] if isinstance(said.content, str) else said.content or []
    for n, part in enumerate(parts):
        if part.type == "text":
            texts.append(part.text)
        elif part.type == "image_url" and part.image_url is not None:
            images.append(_picture(part.image_url.url, f"{where}.content[{n}]"))
        else:
            raise BadRequest(f"{where}.content[{n}]: only text and image_url parts are understood.")
    return Message2(
        role="system" if said.role == "developer" else said.role,
        content="\n".join(texts),
        images=tuple(images),
        tool_calls=tuple(
            ToolCall(id=call.id, name=call.function.name, arguments=_arguments(call.function.arguments, where))
            for call in said.tool_calls or ()
        ),
        tool_call_id=said.tool_call_id or "",
    )


def _picture(url: str, where: str) -> bytes:
    """An address that a client names is never fetched: it could be one of this household's own machines."""
    head, comma, data = url.partition(",")
    if not (head.startswith("data:image/") and head.endswith(";base64") and comma):
        raise BadRequest(f"{where}: send the picture itself as a data: URL in base64; this node fetches no addresses.")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest(f"{where}: the picture's base64 is broken.") from None


def _arguments(text: str, where: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text or "{}")
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        found = None
    if not isinstance(found, dict):
        raise BadRequest(f"{where}.tool_calls: the arguments of a call are a JSON object, written as text.")
    return found


def _schema(wish: Format | None) -> dict[str, Any] | None:
    if wish is None or wish.type == "text":
        return None
    if wish.type == "json_object":
        return ANY_OBJECT
    if wish.json_schema is None or wish.json_schema.schema is None:
        raise BadRequest("response_format.json_schema: give the schema.")
    return wish.json_schema.schema


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
