"""A question from beginning to end: find passages, let the best engine in reach answer from them, say who did and why."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Literal

import msgspec

from hearthnet_core.backends.chat import CHAT, ChatRequest, Message, Passage
from hearthnet_core.backends.terms import language_of
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.trace import Trace
from hearthnet_core.capability import LLM_TIMEOUT_S, Call, Chunk, Privacy
from hearthnet_core.community.shown import shown
from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.knowledge import QueryRequest
from hearthnet_core.services.search import FoundPassages, Search, Source
from hearthnet_core.signals import Signal

PASSAGES = 5
ANSWER_TOKENS = 1_024
"""A model that does not stop by itself must not hold a neighbour's engine until the deadline."""
MAX_QUESTION = 4_000
MAX_MODEL = 200
MAX_HISTORY = 20
MAX_HISTORY_BYTES = 48_000
"""Of a longer conversation the oldest turns stay behind: the call must fit into `remote.MAX_BODY`, and a model's window."""
STEPS = ("queued", "thinking")
"""What an engine or the bus may say of its progress; a neighbour's other words go nowhere."""

Question = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_QUESTION)]
Short = Annotated[str, msgspec.Meta(max_length=200)]
Language = Annotated[str, msgspec.Meta(max_length=20)]


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: Literal["user", "assistant"]
    content: Annotated[str, msgspec.Meta(max_length=16_000)]


class AskRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`language` as `en` or `de-AT`; found from the question when empty. `privacy` may only narrow the node's setting."""

    question: Question
    privacy: Privacy | None = None
    model: Short = ""
    language: Language = ""
    conversation: Short = ""
    history: Annotated[tuple[Turn, ...], msgspec.Meta(max_length=MAX_HISTORY)] = ()
    max_sentences: Annotated[int, msgspec.Meta(ge=1, le=50)] | None = None
    system: Annotated[str, msgspec.Meta(max_length=8_000)] = ""


class LastAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who answered last; `at` in Unix seconds."""

    node_id: str
    node_name: str
    at: float
    capability: str
    model: str
    trace_id: str


type Sure = Callable[[str, str, Sequence[Source]], Awaitable[dict[str, Any] | None]]
"""(question, language, passages) → how sure it is that the right passage is among them, where that can be said."""


class Asking:
    """The `ask` method. `answered` tells of each finished answer."""

    def __init__(
        self,
        runtime: Runtime,
        bus: Bus,
        search: Search,
        privacy: Callable[[], Privacy],
        same_home: Callable[[NodeId], bool],
        sure: Sure | None = None,
    ) -> None:
        self._runtime = runtime
        self._bus = bus
        self._search = search
        self._privacy = privacy
        self._same_home = same_home
        self._sure = sure
        self.last: LastAnswer | None = None
        self.answered: Signal[LastAnswer] = Signal()

    async def stream(self, request: AskRequest, more: Mapping[str, Any] | None = None) -> AsyncGenerator[Chunk]:
        """The events of `docs/api.md`, "Ask". Raises `BadRequest` for an empty question, else as `Bus.stream` does.
        `more` are fields of `ChatRequest` that the method has no parameter for: `temperature`, `stop` …"""
        if not request.question.strip():
            raise BadRequest("Ask something: the question is empty.")
        privacy = self._privacy().narrowed(request.privacy)
        language = request.language or language_of(request.question)
        yield Chunk("progress", {"step": "searching"})
        found = await self._search.query(
            QueryRequest(query=request.question, k=PASSAGES, language=language),
            privacy,
            travels=privacy,
        )
        sources = msgspec.to_builtins(found.results)
        yield Chunk("sources", {"sources": sources, "searched": msgspec.to_builtins(found.searched)})
        yield Chunk("progress", {"step": "asking"})
        call = self._call(request, privacy, language, found, more or {})
        async with aclosing(self._bus.stream(call)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    done = self.finished(chunk.data, sources)
                    if self._sure and (sure := await self._sure(request.question, language, found.results)):
                        done.data["confidence"] = sure
                    yield done
                elif chunk.event != "progress":
                    yield chunk
                elif chunk.data.get("step") in STEPS:
                    yield Chunk("progress", {"step": chunk.data["step"]})

    def _call(
        self, request: AskRequest, privacy: Privacy, language: str, found: FoundPassages, more: Mapping[str, Any]
    ) -> Call:
        system = (Message("system", request.system),) if request.system else ()
        history = tuple(Message(t.role, t.content) for t in latest(request.history))
        body = ChatRequest(
            messages=(*system, *history, Message("user", request.question)),
            question=request.question,
            passages=tuple(
                Passage(text=s.text, title=s.doc_title[:200], language=s.language[:200], id=s.chunk_id[:200])
                for s in found.results
            ),
            model=request.model,
            language=language,
            conversation=request.conversation,
            max_sentences=request.max_sentences,
            max_tokens=ANSWER_TOKENS,
        )
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=CHAT.name,
            version=CHAT.version,
            body={**msgspec.to_builtins(body), **more},
            privacy=privacy,
            deadline=self._runtime.now() + LLM_TIMEOUT_S,
        )

    def finished(self, data: dict[str, Any], sources: list[dict[str, Any]]) -> Chunk:
        """The `done` of a question, from the bus's; whoever cares is told who answered."""
        trace, by = data["trace"], data["answered_by"]
        assert isinstance(trace, Trace)
        node_id = NodeId.parse(by["node_id"])
        by = {**by, "model": shown(by["model"])[:MAX_MODEL]}
        self.last = LastAnswer(
            node_id=by["node_id"],
            node_name=by["node_name"],
            at=self._runtime.wall(),
            capability=trace.capability,
            model=by["model"],
            trace_id=trace.id,
        )
        self.answered.emit(self.last)
        return Chunk(
            "done",
            {
                "text": data.get("text", ""),
                "sources": sources,
                "answered_by": {**by, "home": self._same_home(node_id)},
                "trace": trace.to_json(),
                "receipts": data.get("receipts", []),
                "grounded": bool(data.get("grounded", True)) and bool(sources),
                "finish_reason": str(data.get("finish_reason") or "stop"),
                "usage": data.get("usage"),
            },
        )


def latest[T: Turn](history: tuple[T, ...]) -> tuple[T, ...]:
    """The newest turns that fit into `MAX_HISTORY_BYTES` together, oldest first."""
    left, kept = MAX_HISTORY_BYTES, len(history)
    while kept and (left := left - len(history[kept - 1].content.encode())) >= 0:
        kept -= 1
    return history[kept:]
