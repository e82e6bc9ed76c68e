"""What travels between us and an OpenAI-compatible server: requests, and the events of a streamed answer."""

from __future__ import annotations

from typing import Any

import msgspec

from hearthnet_core.backends.answering import Asked, Piece
from hearthnet_core.backends.chat import Usage
from hearthnet_core.backends.chat2 import ToolCall
from hearthnet_core.backends.conversation import for_openai, tool_rows, wire_name
from hearthnet_core.backends.openai_models import CONTINUES, VLLM
from hearthnet_core.backends.refusal import refusal
from hearthnet_core.backends.tool_calls import Assembly
from hearthnet_core.errors import Unavailable

VLLM_CONTINUATION = {"add_generation_prompt": False, "continue_final_message": True}


class Function(msgspec.Struct):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class CallPart(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: Function = msgspec.field(default_factory=Function)


class Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[CallPart] | None = None


class Choice(msgspec.Struct):
    delta: Delta = msgspec.field(default_factory=Delta)
    text: str | None = None
    finish_reason: str | None = None


class Event(msgspec.Struct):
    choices: list[Choice] = []
    usage: Usage | None = None
    error: Any = None


_events = msgspec.json.Decoder(Event)


def body(asked: Asked, model: str, kind: str) -> dict[str, Any]:
    """The request for `/chat/completions`, or for `/completions` when bare text is to be gone on from."""
    found = {"model": model, "stream": True, "stream_options": {"include_usage": True}, **asked.sampling}
    if (complete := asked.complete) is not None:
        gap = {"suffix": complete.suffix} if complete.suffix else {}
        return {**found, "prompt": complete.prompt + asked.said, **gap}
    chat = asked.chat
    found["messages"] = for_openai(asked.messages)
    if chat.tools and chat.tool_choice != "none":
        found["tools"] = tool_rows(chat.tools, dots=False)
        if chat.tool_choice == "required":
            found["tool_choice"] = "required"
    if chat.schema is not None:
        named = {"name": "answer", "schema": chat.schema, "strict": True}
        found["response_format"] = {"type": "json_schema", "json_schema": named}
    if chat.think is not None and kind in CONTINUES:
        found["chat_template_kwargs"] = {"enable_thinking": chat.think}
    return {**found, **(VLLM_CONTINUATION if asked.said and asked.exact and kind == VLLM else {})}


class Reading:
    """Events of one answer into pieces. Tool calls come in parts and are passed on when the answer ends."""

    def __init__(self, engine: str, asked: Asked) -> None:
        self._engine = engine
        self._assembly = Assembly(engine, {wire_name(t.name): t.name for t in asked.chat.tools}, asked.call_id)
        self._finish = ""
        self._passed = False

    def piece(self, data: bytes) -> Piece:
        """Raises what the engine says in place of an answer."""
        if data == b"[DONE]":
            return Piece(finish=self._finish or "stop", calls=self._whole(), last=True)
        event = self._decoded(data)
        if not event.choices:
            return Piece(usage=event.usage)
        choice = event.choices[0]
        for part in choice.delta.tool_calls or ():
            given = part.function.arguments
            text = given if isinstance(given, str) else msgspec.json.encode(given or {}).decode() if given else ""
            self._assembly.add(part.index, part.id or "", part.function.name or "", text)
        self._finish = choice.finish_reason or self._finish
        return Piece(
            choice.text or choice.delta.content or "",
            choice.delta.reasoning_content or choice.delta.reasoning or "",
            self._whole() if self._finish else (),
            self._finish,
            event.usage,
        )

    def rest(self) -> Piece:
        """The stream ended without its end mark; some engines leave it out."""
        return Piece(finish=self._finish, calls=self._whole() if self._finish else (), last=True)

    def _whole(self) -> tuple[ToolCall, ...]:
        """The calls, once: no more of them comes after the reason to end."""
        calls, self._passed = () if self._passed else tuple(self._assembly.finished()), True
        return calls

    def _decoded(self, data: bytes) -> Event:
        try:
            try:
                event = _events.decode(data)
            except (msgspec.DecodeError, UnicodeDecodeError):
                event = _events.decode(
                    data.decode("utf-8", "replace")
                )  # half a character is no reason to lose an answer
        except (msgspec.DecodeError, RecursionError):
            raise Unavailable(
                f"{self._engine} answered nonsense; is this really an OpenAI-compatible engine?"
            ) from None
        if event.error is not None:
            code = event.error.get("code") if isinstance(event.error, dict) else None
            status = code if isinstance(code, int) and 400 <= code < 600 else 500
            raise refusal(self._engine, status, msgspec.json.encode({"error": event.error}))
        return event
