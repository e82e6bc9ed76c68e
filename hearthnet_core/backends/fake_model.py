"""A model that wants tools, and whose every turn a function decides, for tests: by native calls or by JSON in its text."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

import msgspec

from hearthnet_core.backends.chat import CHAT, ChatRequest
from hearthnet_core.backends.chat2 import CHAT2, Chat2Request, ToolCall
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.errors import HearthNetError

type Reply = str | ToolCall | list[str | ToolCall] | HearthNetError
type Decide = Callable[[str], Reply]


class FakeModel:
    """`decide` gets all text of the conversation and gives what is said and called. `native`: by `llm.chat@2.0`, else by
    `llm.chat@1.0` with calls written as `write` does it. `requests` are all that came."""

    def __init__(
        self,
        decide: Decide,
        *,
        native: bool = True,
        name: str = "fake",
        model: str = "fake-tools",
        write: Callable[[ToolCall], str] | None = None,
        internet: bool = False,
    ) -> None:
        self.decide = decide
        self.name = name
        self.requests: list[Chat2Request | ChatRequest] = []
        self._native = native
        self._write = write or fenced
        contract = CHAT2 if native else CHAT
        self._contract = contract
        self._offer = Offer(
            capability=contract.name,
            version=contract.version,
            provider=name,
            models=(model,),
            loaded=(model,),
            slots=4,
            internet=internet,
        )

    def offer(self) -> Offer:
        return self._offer

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request: Chat2Request | ChatRequest = (
            CHAT2.read(call.body, Chat2Request) if self._native else CHAT.read(call.body, ChatRequest)
        )
        self.requests.append(request)
        reply = self.decide("\n".join(m.content for m in request.messages))
        called = False
        for part in reply if isinstance(reply, list) else [reply]:
            if isinstance(part, HearthNetError):
                raise part
            if isinstance(part, ToolCall) and self._native:
                called = True
                yield Chunk("tool_call", msgspec.to_builtins(part))
            else:
                text = self._write(part) if isinstance(part, ToolCall) else part
                for at in range(0, len(text), 7):  # no piece ends where a word does
                    yield Chunk("delta", {"text": text[at : at + 7]})
        done: dict[str, Any] = {"finish_reason": "tool_calls" if called else "stop", "model": self._offer.models[0]}
        yield Chunk("done", done)


def fenced(call: ToolCall) -> str:
    """As a model that was told to use JSON in its text writes it."""
    body = msgspec.json.encode({"tool": call.name, "arguments": call.arguments}).decode()
    return f"```json\n{body}\n```"
