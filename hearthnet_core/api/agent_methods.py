"""Asking with tools and pictures, and what a client answers meanwhile: a person's yes or no, its own tools' results."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec

from hearthnet_core.api.method import Method
from hearthnet_core.capability import Chunk
from hearthnet_core.services.agent.acting import CONFIRM, TOOL_RESULT, ToolAnswer
from hearthnet_core.services.agent.loop import Agent
from hearthnet_core.services.agent.request import MAX_ASK, AskParams
from hearthnet_core.services.agent.waiting import Waiting

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
MAX_TOOL_RESULT = 64 * 1024


class Confirm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    confirm_id: Id
    allow: bool


class ToolResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`trusted`: nothing in the result was written by others."""

    id: Id
    result: Any
    trusted: bool = False
    error: bool = False


class AgentMethods:
    """A confirmation counts only from the token that asked."""

    def __init__(self, agent: Agent, waiting: Waiting) -> None:
        self._agent = agent
        self._waiting = waiting

    def rows(self) -> tuple[Method, ...]:
        return (
            Method("ask", AskParams, self._agent.stream, max_body=MAX_ASK, knows_client=True),
            Method("confirm", Confirm, self._confirm, knows_client=True),
            Method("tool_result", ToolResult, self._tool_result, max_body=MAX_TOOL_RESULT, knows_client=True),
        )

    async def _confirm(self, params: Confirm, client: str) -> AsyncGenerator[Chunk]:
        self._waiting.answered(params.confirm_id, client, CONFIRM, params.allow)
        yield Chunk("done", {"allow": params.allow})

    async def _tool_result(self, params: ToolResult, client: str) -> AsyncGenerator[Chunk]:
        answer = ToolAnswer(params.result, trusted=params.trusted, error=params.error)
        self._waiting.answered(params.id, client, TOOL_RESULT, answer)
        yield Chunk("done", {})
