"""A question answered in steps: the model says or asks for a tool, the tool's result goes back to it, and so on, bounded."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core.backends.chat import CHAT, LANGUAGES, Usage
from hearthnet_core.backends.chat2 import CHAT2, Message2, ToolCall
from hearthnet_core.backends.images import check_image
from hearthnet_core.backends.terms import language_of
from hearthnet_core.capability import Chunk, Privacy
from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    NotFound,
    NotImplementedHere,
    RateLimited,
    Timeout,
    Unavailable,
)
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.agent.acting import Acted, Acting
from hearthnet_core.services.agent.calling import Calling
from hearthnet_core.services.agent.in_text import REPAIR
from hearthnet_core.services.agent.pictures import Pictures
from hearthnet_core.services.agent.quoting import RULE
from hearthnet_core.services.agent.request import MAX_PICTURES, AskParams
from hearthnet_core.services.agent.taint import Said, frozen
from hearthnet_core.services.agent.tool import AgentTool, Desk
from hearthnet_core.services.agent.turns import InText, Native, Turned, Way
from hearthnet_core.services.agent.waiting import Waiting
from hearthnet_core.services.ask import Asking, latest

MAX_STEPS = 8
MAX_TURNS = 10
MAX_CALLS_A_TURN = 4
TOTAL_S = 300.0
MAX_TOLD = 48_000
"""Characters of all that the model says for one question."""
MAX_TURN = 16_000
NEXT = (BadRequest, CapacityExceeded, NotFound, NotImplementedHere, RateLimited, Unavailable)
"""Failures after which another way is tried, while nothing was said or done."""
SYSTEM = (
    "You are the assistant of a household and its neighbourhood. Use your tools when they help, and never make up what a"
    " tool could tell you. Answer in {language}, briefly. When you use passages of the library, put their number after each"
    f" sentence, like [1]. {RULE}"
)


class Agent:
    """The `ask` method, with tools and pictures. `tools` are the node's own, in the order models see them."""

    def __init__(
        self,
        runtime: Runtime,
        calling: Calling,
        asking: Asking,
        waiting: Waiting,
        tools: Iterable[AgentTool],
        *,
        privacy: Callable[[], Privacy],
        same_home: Callable[[NodeId], bool],
    ) -> None:
        self._runtime = runtime
        self._calling = calling
        self._asking = asking
        self._waiting = waiting
        self._tools = tuple(tools)
        self._privacy = privacy
        self._same_home = same_home
        self._pictures = Pictures(calling, asking)

    async def stream(self, request: AskParams, client: str) -> AsyncGenerator[Chunk]:
        """The events of `docs/api.md`, "Ask" and "Steps". Raises `BadRequest` for what cannot be asked, else as `Bus.stream`."""
        self._check(request)
        answer = self._stepwise(request, client) if request.agent else self._plainly(request)
        async with aclosing(answer) as chunks:
            async for chunk in chunks:
                yield chunk

    def _check(self, request: AskParams) -> None:
        if not request.question.strip():
            raise BadRequest("Ask something: the question is empty.")
        if sum(map(len, request.images)) > MAX_PICTURES:
            raise BadRequest(f"All pictures of a question together have at most {MAX_PICTURES // 1024**2} MiB.")
        for image in request.images:
            check_image(image)
        names = [*(t.name for t in self._tools), *(t.name for t in request.client_tools)]
        if len(set(names)) < len(names):
            raise BadRequest("client_tools: each needs a name of its own, and none of this node's tools.")
        if request.client_tools and not request.agent:
            raise BadRequest("client_tools are for questions with agent: true.")

    def _plainly(self, request: AskParams) -> AsyncGenerator[Chunk]:
        if request.images:
            return self._pictures.stream(request, self._desk(request))
        return self._asking.stream(request.plain())

    def _desk(self, request: AskParams) -> Desk:
        privacy = self._privacy().narrowed(request.privacy)
        if request.client_tools:
            privacy = privacy.narrowed(Privacy.HOME)
        return Desk(
            privacy=privacy,
            until=self._runtime.now() + TOTAL_S,
            language=request.language or language_of(request.question),
            images=request.images,
        )

    async def _stepwise(self, request: AskParams, client: str) -> AsyncGenerator[Chunk]:
        yield Chunk("progress", {"step": "asking"})
        desk = self._desk(request)
        for way in self._ways(request, desk):
            acting = Acting(self._runtime, self._waiting, request, client, desk, self._tools)
            begun = False
            try:
                async with aclosing(self._turns(way, acting, request, desk)) as chunks:
                    async for chunk in chunks:
                        begun = begun or chunk.event in ("delta", "step")
                        yield chunk
                return
            except NEXT:
                if begun:
                    raise
        yield Chunk("progress", {"step": "without_tools"})
        async with aclosing(self._plainly(request)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    chunk = Chunk("done", {**chunk.data, "agent": "none", "steps": [], "tainted": True, "home": False})
                yield chunk

    def _ways(self, request: AskParams, desk: Desk) -> list[Way]:
        """Native calls first; JSON in text with the best model that talks."""
        found: list[Way] = []
        if self._calling.anybody(CHAT2, desk.privacy, request.model):
            found.append(Native(self._calling, request, desk, self._same_home))
        for candidate in self._calling.able(CHAT, desk.privacy, request.model):
            if models := candidate.offer.loaded or candidate.offer.models:
                found.append(InText(self._calling, request, desk, self._same_home, request.model or models[0]))
                break
        return found

    async def _turns(self, way: Way, acting: Acting, request: AskParams, desk: Desk) -> AsyncGenerator[Chunk]:
        context = _beginning(request, desk)
        told, repaired = "", False
        receipts: list[Any] = []
        usage: dict[str, int] = {}
        for n in range(MAX_TURNS):
            if self._runtime.now() >= desk.until:
                raise Timeout(f"The question was not answered within {TOTAL_S / 60:g} minutes; ask for less at once.")
            over = acting.spent or len(acting.steps) >= MAX_STEPS or n == MAX_TURNS - 1
            turn: Turned | None = None
            separate = bool(told)
            before = desk.attempts
            async with aclosing(way.turn([s.message for s in context], () if over else acting.offered())) as items:
                async for item in items:
                    if isinstance(item, Turned):
                        turn = item
                    elif item.event == "delta":
                        text = ("\n\n" if separate else "") + item.data["text"]
                        separate = False
                        told += text
                        if len(told) > MAX_TOLD:
                            raise Unavailable("The answer does not come to an end.")
                        yield Chunk("delta", {"text": text})
                    else:
                        yield _counted(item, before, desk)
            assert turn is not None
            receipts += turn.done.get("receipts", [])
            for name, count in _used(turn.done):
                usage[name] = usage.get(name, 0) + count
            read = [said.foreign for said in context if said.foreign]
            whose = read[0] if read else "" if turn.home else "a neighbour's engine"
            calls = () if over else turn.calls[:MAX_CALLS_A_TURN]
            wanted = tuple(_bearable(call) for call in calls)
            context.append(Said(Message2(role="assistant", content=turn.text[:MAX_TURN], tool_calls=wanted), whose))
            if turn.broken and not repaired and not over:
                repaired = True
                context.append(Said(Message2(role="user", content=REPAIR.format(why=turn.broken))))
                continue
            if not calls:
                if not told.strip():
                    raise Unavailable("The model came to no answer.")
                done = {**turn.done, "text": told, "receipts": receipts, "usage": usage or None}
                yield self._done(way, acting, request, desk, done, context)
                return
            for call in calls:
                found = len(desk.sources)
                acted = Acted("Not done: too many calls.")
                if len(acting.steps) < MAX_STEPS:
                    async with aclosing(acting.step(call, context)) as events:
                        async for event in events:
                            if isinstance(event, Acted):
                                acted = event
                            else:
                                yield event
                if len(desk.sources) > found:
                    yield Chunk("sources", {"sources": msgspec.to_builtins(desk.sources), "searched": []})
                context.append(Said(Message2(role="tool", content=acted.text, tool_call_id=call.id), acted.foreign))
        raise Unavailable("The model came to no answer.")

    def _done(
        self,
        way: Way,
        acting: Acting,
        request: AskParams,
        desk: Desk,
        last: dict[str, Any],
        context: list[Said],
    ) -> Chunk:
        sources: list[dict[str, Any]] = msgspec.to_builtins(desk.sources)
        done = self._asking.finished(last, sources)
        return Chunk(
            "done",
            {
                **done.data,
                "agent": way.name,
                "steps": [step.to_json() for step in acting.steps],
                "tainted": any(said.foreign for said in context),
                "home": bool(request.client_tools) or any(t.home for t in request.history),
            },
        )


def _beginning(request: AskParams, desk: Desk) -> list[Said]:
    """What the household said, and what was answered before."""
    language = LANGUAGES.get(desk.language[:2].casefold(), "the language of the question")
    parts = [SYSTEM.format(language=language), request.system]
    if request.client_tools:
        parts.append(request.client_prompt)
    if request.images:
        parts.append(f"{len(request.images)} pictures came with the question, numbered from 1.")
    context = [Said(Message2(role="system", content="\n\n".join(filter(None, parts))))]
    inside = desk.privacy.reach <= Privacy.HOME.reach
    for turn in latest(request.history):
        if turn.home and not inside:
            continue
        whose = "an earlier answer" if turn.role == "assistant" and turn.tainted else ""
        context.append(Said(Message2(role=turn.role, content=turn.content), whose))
    context.append(Said(Message2(role="user", content=request.question)))
    return context


def _counted(chunk: Chunk, before: int, desk: Desk) -> Chunk:
    """Attempts are numbered through all turns."""
    if chunk.event not in ("attempt", "attempt_failed"):
        return chunk
    n = chunk.data["n"] + before
    desk.attempts = max(desk.attempts, n)
    return Chunk(chunk.event, {**chunk.data, "n": n})


def _used(done: dict[str, Any]) -> Iterable[tuple[str, int]]:
    """Tokens, where the engine counted; a neighbour's may have written more into it."""
    usage = msgspec.convert(done.get("usage"), Usage | None)
    return msgspec.structs.asdict(usage).items() if usage is not None else ()


def _bearable(call: ToolCall) -> ToolCall:
    """As it is shown, or without arguments where nobody could read them: it travels in each later turn."""
    arguments = frozen(call.arguments)
    return msgspec.structs.replace(call, arguments=msgspec.json.decode(arguments) if arguments is not None else {})
