"""The contracts of `llm.chat@2.0` (pictures, tools, answers by a schema) and `llm.complete@1.0`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from hearthnet_core.backends.chat import ChatDone, Passage, Short, Text, Usage
from hearthnet_core.capability import LLM_TIMEOUT_S, Version
from hearthnet_core.contract import Contract

MAX_IMAGES = 4
MAX_IMAGE = 8 * 1024 * 1024
MAX_CHAT_BODY = 10 * 1024 * 1024
MAX_TOOLS = 64
MAX_CALLS = 16

Image = Annotated[bytes, msgspec.Meta(min_length=8, max_length=MAX_IMAGE)]
ToolName = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_.-]{1,64}$")]


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """What a model wants done: in an answer the data of each `tool_call` event, in a conversation what was asked for."""

    id: Short
    name: ToolName
    arguments: dict[str, Any] = {}


class Thinking(msgspec.Struct, frozen=True):
    text: str


class Message2(msgspec.Struct, frozen=True, kw_only=True):
    """`images` are the bytes of JPEG, PNG or WebP files, of a user's message only. `tool` answers the call `tool_call_id`."""

    role: Literal["system", "user", "assistant", "tool"]
    content: Text = ""
    images: Annotated[tuple[Image, ...], msgspec.Meta(max_length=MAX_IMAGES)] = ()
    tool_calls: Annotated[tuple[ToolCall, ...], msgspec.Meta(max_length=MAX_CALLS)] = ()
    tool_call_id: Short = ""


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """`parameters` is a JSON Schema."""

    name: ToolName
    description: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    parameters: dict[str, Any] = {}


class Chat2Request(msgspec.Struct, frozen=True, kw_only=True):
    """As `llm.chat@1.0`, and `tools` the model may call, `schema` (a JSON Schema) that its answer must fit, `think` whether
    it may think first (None: as it is used to)."""

    messages: Annotated[tuple[Message2, ...], msgspec.Meta(min_length=1, max_length=128)]
    question: Annotated[str, msgspec.Meta(max_length=4_000)] = ""
    passages: Annotated[tuple[Passage, ...], msgspec.Meta(max_length=20)] = ()
    tools: Annotated[tuple[Tool, ...], msgspec.Meta(max_length=MAX_TOOLS)] = ()
    tool_choice: Literal["auto", "none", "required"] = "auto"
    schema: dict[str, Any] | None = None
    think: bool | None = None
    model: Short = ""
    language: Short = ""
    conversation: Short = ""
    max_sentences: Annotated[int, msgspec.Meta(ge=1, le=50)] | None = None
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=8192)] | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None
    stop: Annotated[tuple[Short, ...], msgspec.Meta(max_length=8)] = ()


class Chat2Done(msgspec.Struct, frozen=True, kw_only=True):
    """Events before it: `delta {text}`, `thinking {text}` (no part of the answer), `tool_call` (a `ToolCall`, whole)."""

    finish_reason: Literal["stop", "length", "tool_calls"]
    model: str
    usage: Usage | None = None
    grounded: bool = True
    continued: bool = False


class CompleteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`suffix` is what comes after the gap, for models that fill one."""

    prompt: Annotated[str, msgspec.Meta(min_length=1, max_length=64_000)]
    suffix: Annotated[str, msgspec.Meta(max_length=16_000)] = ""
    model: Short = ""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=8192)] | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None
    stop: Annotated[tuple[Short, ...], msgspec.Meta(max_length=8)] = ()


CHAT2 = Contract(
    name="llm.chat",
    version=Version(2, 0),
    request=Chat2Request,
    done=Chat2Done,
    text=True,
    events={"thinking": Thinking, "tool_call": ToolCall},
    timeout_s=LLM_TIMEOUT_S,
    max_body=MAX_CHAT_BODY,
)
COMPLETE = Contract(name="llm.complete", request=CompleteRequest, done=ChatDone, text=True, timeout_s=LLM_TIMEOUT_S)
