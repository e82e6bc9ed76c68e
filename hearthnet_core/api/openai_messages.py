"""What clients of OpenAI's API send to `/v1/chat/completions`, as a request of `llm.chat@2.0`."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Literal

import msgspec

from hearthnet_core.api.conversing import MOST_TOKENS
from hearthnet_core.backends.chat2 import Chat2Request, Message2, Tool, ToolCall
from hearthnet_core.errors import BadRequest

MAX_BODY = 14 * 1024 * 1024
"""Four pictures of what `llm.chat@2.0` takes, in base64."""
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
