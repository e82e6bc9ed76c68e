"""`/api/chat` and `/api/generate`: the answer as Ollama's clients expect it, whole or in lines."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard, Stream
from hearthnet_core.api.ollama_messages import ChatBody, GenerateBody, Options, Usual, images, messages
from hearthnet_core.api.openai_chat import beside
from hearthnet_core.api.openai_messages import MAX_BODY
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE, Chat2Request, CompleteRequest, Message2, Tool
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import HearthNetError
from hearthnet_core.models.local_api import NDJSON
from hearthnet_core.runtime import Runtime

CHATTING = (CHAT2, CHAT, COMPLETE)
NS = 1_000_000_000

type Form = Callable[[str, str, list[dict[str, Any]]], dict[str, Any]]
"""(text, thinking, tool calls) as the fields of one line."""


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
            messages=messages(asked.messages),
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
        user = Message2(role="user", content=asked.prompt, images=images(asked.images))
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
    told = [line["message"] for line in lines]
    message: dict[str, Any] = {"role": "assistant", "content": "".join(m["content"] for m in told)}
    if thinking := "".join(m.get("thinking", "") for m in told):
        message["thinking"] = thinking
    if calls := [call for m in told for call in m.get("tool_calls", ())]:
        message["tool_calls"] = calls
    return {**whole, "message": message}
