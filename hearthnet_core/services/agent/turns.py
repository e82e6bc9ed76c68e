"""One turn of a model: what it says, and which tools it wants, by native calls or by JSON in its text."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

import msgspec

from hearthnet_core.backends.chat import CHAT, ChatRequest
from hearthnet_core.backends.chat2 import CHAT2, Chat2Request, Message2, Tool, ToolCall
from hearthnet_core.bus.trace import Trace
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import InternalError
from hearthnet_core.models.ids import NodeId
from hearthnet_core.services.agent import in_text
from hearthnet_core.services.agent.calling import Calling
from hearthnet_core.services.agent.request import AskParams
from hearthnet_core.services.agent.tool import Desk
from hearthnet_core.services.ask import ANSWER_TOKENS, STEPS

OURS = ("route", "attempt", "attempt_failed")
"""What the bus itself says."""
MAX_THOUGHT = 16_000


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """`broken` says what is wrong with a call that cannot be read; `home`: engines of this household alone were asked; `done`
    is the bus's last word."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    broken: str = ""
    home: bool
    done: dict[str, Any]


class Way(Protocol):
    """A way to talk with a model that may use tools. `name` as in the `done` of `ask`."""

    name: str

    def turn(self, messages: Sequence[Message2], tools: Sequence[Tool]) -> AsyncGenerator[Chunk | Turned]:
        """Chunks as they come, `Turned` last. Raises as `Bus.stream` does."""


class Native:
    name = "tools"

    def __init__(self, calling: Calling, request: AskParams, desk: Desk, same_home: Callable[[NodeId], bool]) -> None:
        self._calling = calling
        self._request = request
        self._desk = desk
        self._same_home = same_home

    async def turn(self, messages: Sequence[Message2], tools: Sequence[Tool]) -> AsyncGenerator[Chunk | Turned]:
        request = Chat2Request(
            messages=tuple(messages),
            tools=tuple(tools),
            model=self._request.model,
            language=self._desk.language,
            conversation=self._request.conversation,
            max_sentences=self._request.max_sentences,
            max_tokens=ANSWER_TOKENS,
        )
        calls: list[ToolCall] = []
        text, broken = "", ""
        async with aclosing(self._calling.stream(CHAT2, msgspec.to_builtins(request), self._desk)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    yield Turned(
                        text=text,
                        calls=tuple(calls),
                        broken="" if calls else broken,
                        home=_at_home(chunk.data, self._same_home),
                        done=chunk.data,
                    )
                    return
                if chunk.event == "tool_call":
                    try:
                        calls.append(msgspec.convert(chunk.data, ToolCall))
                    except msgspec.ValidationError as error:
                        broken = str(error)[:200]
                elif chunk.event == "delta":
                    text += chunk.data["text"]
                    yield chunk
                elif (passed := on_the_way(chunk)) is not None:
                    yield passed
        raise InternalError


class InText:
    """`model` is the one that is asked: the built-in answerer, which only quotes, has none."""

    name = "text"

    def __init__(
        self, calling: Calling, request: AskParams, desk: Desk, same_home: Callable[[NodeId], bool], model: str
    ) -> None:
        self._calling = calling
        self._request = request
        self._desk = desk
        self._same_home = same_home
        self._model = model
        self._count = 0

    async def turn(self, messages: Sequence[Message2], tools: Sequence[Tool]) -> AsyncGenerator[Chunk | Turned]:
        how = in_text.protocol(tools) if tools else "Answer now, in plain words."
        request = ChatRequest(
            messages=tuple(in_text.plain(messages, how)),
            model=self._model,
            language=self._desk.language,
            conversation=self._request.conversation,
            max_sentences=self._request.max_sentences,
            max_tokens=ANSWER_TOKENS,
        )
        self._count += 1
        text, shown = "", 0
        async with aclosing(self._calling.stream(CHAT, msgspec.to_builtins(request), self._desk)) as chunks:
            async for chunk in chunks:
                if chunk.event == "delta":
                    text += chunk.data["text"]
                    if piece := text[shown : in_text.free(text)]:
                        shown += len(piece)
                        yield Chunk("delta", {"text": piece})
                elif chunk.last:
                    found = in_text.read(text, f"call-{self._count}")
                    if found is None and (piece := text[shown:]):
                        shown = len(text)
                        yield Chunk("delta", {"text": piece})
                    yield Turned(
                        text=text[:shown],
                        calls=(found,) if isinstance(found, ToolCall) and tools else (),
                        broken=found.why if isinstance(found, in_text.Unreadable) else "",
                        home=_at_home(chunk.data, self._same_home),
                        done=chunk.data,
                    )
                    return
                elif (passed := on_the_way(chunk)) is not None:
                    yield passed
        raise InternalError


def on_the_way(chunk: Chunk) -> Chunk | None:
    """What a client is told of the way to an answer. An engine has no words but those: it may be a neighbour's."""
    if chunk.event in OURS:
        return chunk
    if chunk.event == "thinking" and isinstance(text := chunk.data.get("text"), str):
        return Chunk("thinking", {"text": text[:MAX_THOUGHT]})
    if chunk.event == "progress" and (step := chunk.data.get("step")) in STEPS:
        return Chunk("progress", {"step": step})
    return None


def _at_home(done: dict[str, Any], same_home: Callable[[NodeId], bool]) -> bool:
    """Of this household alone: also what an engine said that broke off before another went on."""
    trace = done["trace"]
    assert isinstance(trace, Trace)
    return all(same_home(NodeId.parse(attempt.node_id)) for attempt in trace.attempts if attempt.chunks)
