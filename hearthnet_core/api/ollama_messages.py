"""What Ollama's clients send to `/api/chat` and `/api/generate`, as requests of the mesh."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

import msgspec

from hearthnet_core.api.conversing import MOST_TOKENS
from hearthnet_core.api.openai_messages import ANY_OBJECT, LEAST_TOP_P, SEED_RANGE
from hearthnet_core.backends.chat2 import Message2, ToolCall
from hearthnet_core.errors import BadRequest


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


def messages(said: list[Said]) -> tuple[Message2, ...]:
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
                images=images(message.images),
                tool_calls=calls,
                tool_call_id=answers,
            )
        )
    return tuple(found)


def images(given: list[str] | None) -> tuple[bytes, ...]:
    """Pictures in base64; a path or an address is none."""
    try:
        return tuple(base64.b64decode(image, validate=True) for image in given or ())
    except (binascii.Error, ValueError):
        raise BadRequest("images: send each picture itself, in base64.") from None
