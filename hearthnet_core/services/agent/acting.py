"""One call that a model wants: judged, confirmed where the rule of `taint` says so, done, and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Any

import msgspec

from hearthnet_core.backends.chat2 import Tool, ToolCall
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import HearthNetError
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.agent.quoting import quoted
from hearthnet_core.services.agent.request import AskParams, ClientTool
from hearthnet_core.services.agent.steps import State, Step
from hearthnet_core.services.agent.taint import MAX_WHYS, Effect, Said, Verdict, foreign, frozen, judge
from hearthnet_core.services.agent.tool import AgentTool, Desk, Outcome
from hearthnet_core.services.agent.waiting import Waited, Waiting

CONFIRM_S = 60.0
CLIENT_TOOL_S = 60.0
STILL_HERE_S = 15.0
MAX_RESULT = 6_000
"""Characters of one result that a model reads."""
MAX_RESULTS = 32_000
"""Of all results of one question together."""
CONFIRM, TOOL_RESULT = "confirm", "tool_result"


class ToolAnswer(msgspec.Struct, frozen=True):
    """What a client's own tool gave. `trusted`: none of it was written by others."""

    result: Any
    trusted: bool = False
    error: bool = False


class Acted(msgspec.Struct, frozen=True):
    """What the model is told of its call, last of a step; `foreign` as in `Said`."""

    text: str
    foreign: str = ""


class Acting:
    """The steps of one question. `client` is the token it was asked with."""

    def __init__(
        self,
        runtime: Runtime,
        waiting: Waiting,
        request: AskParams,
        client: str,
        desk: Desk,
        tools: Iterable[AgentTool],
    ) -> None:
        self._runtime = runtime
        self._waiting = waiting
        self._client = client
        self._desk = desk
        self._own_words = "\n".join((request.question, *(t.content for t in request.history if t.role == "user")))
        self._tools = {t.name: t for t in tools if not t.restricted or t.name in request.tools}
        self._client_tools = {t.name: t for t in request.client_tools}
        self._denied: set[str] = set()
        self._made: set[tuple[str, bytes]] = set()
        self._told = 0
        self.steps: list[Step] = []

    @property
    def spent(self) -> bool:
        """Has the model read as much as it may?"""
        return self._told >= MAX_RESULTS

    def offered(self) -> list[Tool]:
        """What a model may call now, always in the same order, so that its engine knows the beginning again."""
        ours = [t.described() for t in self._tools.values() if t.usable(self._desk)]
        theirs = [
            Tool(name=t.name, description=t.description, parameters=t.parameters) for t in self._client_tools.values()
        ]
        return ours + theirs

    async def step(self, call: ToolCall, context: list[Said]) -> AsyncGenerator[Chunk | Acted]:
        """Chunks, `Acted` last. Everything that goes wrong is told to the model and to people, never raised."""
        tool = self._client_tools.get(call.name) or self._tools.get(call.name)
        arguments = frozen(call.arguments)
        shown = msgspec.json.decode(arguments) if arguments is not None else {}
        step = Step(n=len(self.steps) + 1, tool=call.name, arguments=shown, tainted_by=foreign(context)[:MAX_WHYS])
        self.steps.append(step)
        if tool is None or arguments is None:
            why = "there is no such tool" if tool is None else "its arguments are more than a person can read"
            yield step.chunk(State.FAILED, why)
            yield Acted(f"Not done: {why}.")
            return
        if (call.name, arguments) in self._made:
            yield step.chunk(State.FAILED, "the same call again")
            yield Acted("You have made this very call already; use its result, or do something else.")
            return
        verdict = self._judged(tool, step)
        if verdict is Verdict.REFUSE or (verdict is Verdict.ASK and call.name in self._denied):
            why = (
                "it names an address that the person did not"
                if verdict is Verdict.REFUSE
                else "it was not allowed before"
            )
            yield step.chunk(State.REFUSED, why)
            yield Acted(f"Refused: {why}. Do not try it again; go on without it.")
            return
        try:
            given = self._read(tool, arguments)
        except msgspec.ValidationError as error:
            yield step.chunk(State.FAILED, "its arguments do not fit")
            takes = ", ".join(tool.arguments.__struct_fields__) if isinstance(tool, AgentTool) else ""
            yield Acted(f"Not done: {error}. It takes: {takes}."[:MAX_RESULT])
            return
        if verdict is Verdict.ASK:
            with self._waiting.begin(self._client, CONFIRM) as waited:
                yield step.chunk(State.NEEDS_CONFIRMATION, confirm_id=waited.id, expires_in_s=CONFIRM_S)
                async for chunk in self._wait(waited, CONFIRM_S):
                    yield chunk
                allowed = waited.answer.done() and waited.answer.result() is True
                answered = waited.answer.done()
            if not allowed:
                self._denied.add(call.name)
                yield step.chunk(State.REFUSED, "not allowed" if answered else "nobody confirmed it in time")
                yield Acted("The person did not allow this. Do not try it again; go on without it.")
                return
        self._made.add((call.name, arguments))
        if isinstance(tool, ClientTool):
            async for item in self._by_client(tool, step, shown):
                yield item
        else:
            async for item in self._by_us(tool, step, given):
                yield item

    def _judged(self, tool: AgentTool | ClientTool, step: Step) -> Verdict:
        if isinstance(tool, ClientTool):
            effect = Effect.CLIENT if tool.side_effect else Effect.NONE
        else:
            effect = tool.effect
        return judge(
            effect,
            step.arguments,
            client_tool=isinstance(tool, ClientTool),
            tainted=bool(step.tainted_by),
            own_words=self._own_words,
        )

    def _read(self, tool: AgentTool | ClientTool, arguments: bytes) -> Any:
        """What was shown, read once more: nothing in between could have changed it."""
        return None if isinstance(tool, ClientTool) else msgspec.json.decode(arguments, type=tool.arguments)

    async def _by_us(self, tool: AgentTool, step: Step, given: Any) -> AsyncGenerator[Chunk | Acted]:
        yield step.chunk(State.RUNNING)
        try:
            outcome = await tool.run(given, self._desk)
        except HearthNetError as error:
            yield step.chunk(State.FAILED, error.message)
            yield self._acted(Outcome(text=f"It failed: {error.message}", summary="", foreign="an error message"))
            return
        step.trace_id = outcome.trace_id
        yield step.chunk(State.DONE, outcome.summary)
        yield self._acted(outcome)

    async def _by_client(
        self, tool: ClientTool, step: Step, arguments: dict[str, Any]
    ) -> AsyncGenerator[Chunk | Acted]:
        yield step.chunk(State.RUNNING)
        with self._waiting.begin(self._client, TOOL_RESULT) as waited:
            yield Chunk("tool_request", {"id": waited.id, "name": tool.name, "arguments": arguments, "n": step.n})
            async for chunk in self._wait(waited, CLIENT_TOOL_S):
                yield chunk
            answer = waited.answer.result() if waited.answer.done() else None
        if answer is None:
            yield step.chunk(State.FAILED, "no result came in time")
            yield Acted("No result came in time; whether it was done is not known.")
            return
        yield step.chunk(State.FAILED if answer.error else State.DONE)
        text = answer.result if isinstance(answer.result, str) else msgspec.json.encode(answer.result).decode()
        whose = "" if answer.trusted else f"a result of {tool.name}"
        yield self._acted(Outcome(text=f"It failed: {text}" if answer.error else text, summary="", foreign=whose))

    def _acted(self, outcome: Outcome) -> Acted:
        text = outcome.text[: max(0, min(MAX_RESULT, MAX_RESULTS - self._told))]
        self._told += len(text)
        return Acted(quoted(text) if outcome.foreign else text, outcome.foreign)

    async def _wait(self, waited: Waited, seconds: float) -> AsyncGenerator[Chunk]:
        """Until it is answered, the time is over or the question's own; says now and then that it still waits."""
        until = min(self._desk.until, self._runtime.now() + seconds)
        while not waited.answer.done() and (left := until - self._runtime.now()) > 0:
            await asyncio.wait((waited.answer,), timeout=min(STILL_HERE_S, left))
            if not waited.answer.done() and until - self._runtime.now() > 0:
                yield Chunk("progress", {"step": "waiting"})
