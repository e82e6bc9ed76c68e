"""`/api/chat` and `/api/generate`: what Ollama's clients send as a request of the mesh, and the answer as they expect it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import MOST_TOKENS, Conversing
from hearthnet_core.api.facade import Guard, Stream
from hearthnet_core.api.openai_chat import ANY_OBJECT, LEAST_TOP_P, MAX_BODY, SEED_RANGE, beside
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE, Chat2Request, CompleteRequest, Message2, Tool, ToolCall
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import BadRequest, HearthNetError
from hearthnet_core.models.local_api import NDJSON
from hearthnet_core.runtime import Runtime

CHATTING = (CHAT2, CHAT, COMPLETE)
NS = 1_000_000_000

type Form = Callable[[str, str, list[dict[str, Any]]], dict[str, Any]]
"""(text, thinking, tool calls) as the fields of one line."""


class Called(msgspec.Struct, frozen=True):
    name: str
    arguments: dict[str, Any] = {}


class Function(msgspec.Struct, frozen=True):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


class AskedTool(msgspec.Struct, frozen=True):
    function: Function


class AskedCall(msgspec.Struct, frozen=True):
    function: Called
    id: str | None = None


class Said(msgspec.Struct, frozen=True):
    role: Literal["system", "user", "assistant", "tool"]
    content: str | None = None
    images: list[str] | None = None
    tool_calls: list[AskedCall] | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None


class Options(msgspec.Struct, frozen=True):
    """`num_ctx` and all others are dropped: they would decide about the memory of somebody else's machine."""

    num_predict: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: str | list[str] | None = None

    def fields(self) -> dict[str, Any]:
        limit = self.num_predict if self.num_predict is not None and self.num_predict > 0 else None
        return {
            "max_tokens": limit and min(limit, MOST_TOKENS),
            "temperature": self.temperature,
            "top_p": None if self.top_p is None else max(self.top_p, LEAST_TOP_P),
            "seed": None if self.seed is None else self.seed % SEED_RANGE,
            "stop": (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ()),
        }


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """What both take. `think` may be a level; it is a wish."""

    model: Annotated[str, msgspec.Meta(min_length=1)]
    stream: bool | None = None
    format: str | dict[str, Any] | None = None
    think: bool | str | None = None
    options: Options | None = None

    def fields(self) -> dict[str, Any]:
        """Of `llm.chat@2.0`. Raises `BadRequest`."""
        schema = self.format or None
        if isinstance(schema, str):
            if schema != "json":
                raise BadRequest("format: json or a JSON Schema.")
            schema = ANY_OBJECT
        think = self.think not in ("", "none") if isinstance(self.think, str) else self.think
        return {"model": self.model, "schema": schema, "think": think, **(self.options or Options()).fields()}


class ChatBody(Usual, frozen=True, kw_only=True):
    messages: list[Said] | None = None
    tools: list[AskedTool] | None = None


class GenerateBody(Usual, frozen=True, kw_only=True):
    """`raw` and `suffix` go to `llm.complete`; `context`, `template` and `keep_alive` are dropped."""

    prompt: str | None = None
    system: str | None = None
    suffix: str | None = None
    images: list[str] | None = None
    raw: bool | None = None


class Chat:
    """An empty request is a client's way to load a model: it is answered, and no engine hears of it."""

    def __init__(self, runtime: Runtime, conversing: Conversing) -> None:
        self._runtime = runtime
        self._conversing = conversing

    async def chat(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """Raises `HearthNetError` until the first byte is written."""
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), ChatBody)
        if not asked.messages:
            return self._nothing(asked.model, _message)
        chat = Chat2Request(
            messages=_messages(asked.messages),
            tools=tuple(
                Tool(
                    name=t.function.name,
                    description=t.function.description or "",
                    parameters=t.function.parameters or {},
                )
                for t in asked.tools or ()
            ),
            **asked.fields(),
        )
        return await self._answer(request, running, asked, self._conversing.chat(chat), _message)

    async def generate(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """Raises `HearthNetError` until the first byte is written."""
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), GenerateBody)
        if not asked.prompt:
            return self._nothing(asked.model, _response)
        if asked.raw or asked.suffix:
            options = (asked.options or Options()).fields()
            complete = CompleteRequest(prompt=asked.prompt, suffix=asked.suffix or "", model=asked.model, **options)
            return await self._answer(request, running, asked, self._conversing.complete(complete), _response)
        system = (Message2(role="system", content=asked.system),) if asked.system else ()
        user = Message2(role="user", content=asked.prompt, images=_images(asked.images))
        chat = Chat2Request(messages=(*system, user), **asked.fields())
        return await self._answer(request, running, asked, self._conversing.chat(chat), _response)

    async def _answer(
        self, request: web.BaseRequest, running: Guard, asked: Usual, chunks: AsyncGenerator[Chunk], form: Form
    ) -> web.StreamResponse:
        stream = Stream(request, NDJSON)
        lines: list[dict[str, Any]] = []
        try:
            async with running(), aclosing(self._lines(asked.model, chunks, form)) as told:
                async for line in told:
                    if asked.stream is False:
                        lines.append(line)
                    else:
                        await stream.send(msgspec.json.encode(line) + b"\n")
        except HearthNetError as error:
            if not stream.begun:
                raise
            await stream.send(msgspec.json.encode({"error": error.message}) + b"\n")
        if asked.stream is False:
            return bodies.answer(_joined(lines))
        return await stream.end()

    async def _lines(self, model: str, chunks: AsyncGenerator[Chunk], form: Form) -> AsyncGenerator[dict[str, Any]]:
        began, first = self._runtime.now(), None
        async with aclosing(chunks) as answer:
            async for chunk in answer:
                if chunk.event in ("delta", "thinking", "tool_call") and first is None:
                    first = self._runtime.now()
                match chunk.event:
                    case "delta":
                        yield {**self._head(model), **form(chunk.data["text"], "", []), "done": False}
                    case "thinking":
                        yield {**self._head(model), **form("", chunk.data["text"], []), "done": False}
                    case "tool_call":
                        yield {**self._head(model), **form("", "", [chunk.data]), "done": False}
                    case "done":
                        counted = chunk.data.get("usage") or {}
                        now = self._runtime.now()
                        yield {
                            **self._head(model),
                            **form("", "", []),
                            "done": True,
                            "done_reason": "length" if chunk.data["finish_reason"] == "length" else "stop",
                            "total_duration": int((now - began) * NS),
                            "load_duration": 0,
                            "prompt_eval_count": counted.get("prompt_tokens", 0),
                            "prompt_eval_duration": int(((first or now) - began) * NS),
                            "eval_count": counted.get("completion_tokens", 0),
                            "eval_duration": int((now - (first or now)) * NS),
                            "hearthnet": beside(chunk.data),
                        }

    def _nothing(self, model: str, form: Form) -> web.Response:
        self._conversing.known(model, *CHATTING)
        return bodies.answer({**self._head(model), **form("", "", []), "done": True, "done_reason": "load"})

    def _head(self, model: str) -> dict[str, Any]:
        at = datetime.fromtimestamp(self._runtime.wall(), UTC).isoformat().replace("+00:00", "Z")
        return {"model": model, "created_at": at}


def _message(text: str, thinking: str, calls: list[dict[str, Any]]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if thinking:
        message["thinking"] = thinking
    if calls:
        message["tool_calls"] = [
            {"id": c["id"], "function": {"index": n, "name": c["name"], "arguments": c.get("arguments", {})}}
            for n, c in enumerate(calls)
        ]
    return {"message": message}


def _response(text: str, thinking: str, calls: list[dict[str, Any]]) -> dict[str, Any]:
    return {"response": text, "thinking": thinking} if thinking else {"response": text}


def _joined(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The last line with what all of them said."""
    whole = lines[-1]
    if "message" not in whole:
        for field in ("response", "thinking"):
            if said := "".join(line.get(field, "") for line in lines):
                whole = {**whole, field: said}
        return whole
    messages = [line["message"] for line in lines]
    message: dict[str, Any] = {"role": "assistant", "content": "".join(m["content"] for m in messages)}
    if thinking := "".join(m.get("thinking", "") for m in messages):
        message["thinking"] = thinking
    if calls := [call for m in messages for call in m.get("tool_calls", ())]:
        message["tool_calls"] = calls
    return {**whole, "message": message}


def _messages(said: list[Said]) -> tuple[Message2, ...]:
    """Ollama's results of tools name no call: each answers the oldest call of its name, or the oldest, that has none."""
    open_calls: list[ToolCall] = []
    found = []
    for n, message in enumerate(said):
        calls = tuple(
            ToolCall(id=call.id or f"call_{n}_{m}", name=call.function.name, arguments=call.function.arguments)
            for m, call in enumerate(message.tool_calls or ())
        )
        open_calls += calls
        answers = ""
        if message.role == "tool":
            named = [c for c in open_calls if message.tool_name in (None, "", c.name)] or open_calls
            exact = [c for c in open_calls if c.id == message.tool_call_id]
            if answered := (exact or named)[:1]:
                answers = answered[0].id
                open_calls.remove(answered[0])
        found.append(
            Message2(
                role=message.role,
                content=message.content or "",
                images=_images(message.images),
                tool_calls=calls,
                tool_call_id=answers,
            )
        )
    return tuple(found)


def _images(given: list[str] | None) -> tuple[bytes, ...]:
    """Pictures in base64; a path or an address is none."""
    try:
        return tuple(base64.b64decode(image, validate=True) for image in given or ())
    except (binascii.Error, ValueError):
        raise BadRequest("images: send each picture itself, in base64.") from None
