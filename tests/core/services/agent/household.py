"""An agent on a real bus, with a library, a board and a mode of its own, and a model that does what a function says."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core.backends.chat import CHAT, ChatDone, chat_request
from hearthnet_core.backends.chat2 import CHAT2, Chat2Request
from hearthnet_core.backends.seeing import DESCRIBE, OCR_IMAGE, TRANSLATE
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Call, Chunk, Offer, Privacy, Provider
from hearthnet_core.config.schema import ConnectivitySettings
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.contract import Contract
from hearthnet_core.errors import HearthNetError
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.agent.acting import CONFIRM, TOOL_RESULT, ToolAnswer
from hearthnet_core.services.agent.calling import Calling
from hearthnet_core.services.agent.community_tools import CommunityTools
from hearthnet_core.services.agent.knowledge_tools import KnowledgeTools
from hearthnet_core.services.agent.loop import Agent
from hearthnet_core.services.agent.picture_tools import PictureTools
from hearthnet_core.services.agent.request import AskParams
from hearthnet_core.services.agent.waiting import Waiting
from hearthnet_core.services.ask import Asking
from hearthnet_core.services.emergency import Emergency
from hearthnet_core.services.knowledge import QUERY, Found, QueryDone
from hearthnet_core.services.search import Search

ME = NodeId(bytes(32))
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 4, 4, 8, 2, 0, 0, 0) + bytes(8)
CLIENT = "token-1"


class Answerer:
    """Gives one `done`, with what it says before it, to every call of its capability; keeps the calls."""

    def __init__(self, contract: Contract, done: Mapping[str, Any], *deltas: str, models: Iterable[str] = ()) -> None:
        self.contract, self.done, self.deltas = contract, dict(done), deltas
        self.calls: list[Call] = []
        self._offer = Offer(
            capability=contract.name, version=contract.version, provider=contract.name, models=tuple(models), slots=8
        )

    def offer(self) -> Offer:
        return self._offer

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.contract.check_request(call.body)
        self.calls.append(call)
        for text in self.deltas:
            yield Chunk("delta", {"text": text})
        yield Chunk("done", self.done)


class Quoting:
    """The built-in answerer's place: no model, and an answer of its own."""

    def offer(self) -> Offer:
        return Offer(capability=CHAT.name, provider="extractive", slots=8)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        chat_request(call)
        yield Chunk("delta", {"text": "Quoted from the library."})
        yield ChatDone(finish_reason="stop", model="extractive").chunk()


class Board:
    """What is on it, and what was written to it."""

    def __init__(self, notices: Iterable[Mapping[str, str]] = ()) -> None:
        self.listed = [{"severity": "info", "author_name": "Bob", "body": "", **n} for n in notices]
        self.posted: list[tuple[Any, ...]] = []

    async def notices(self, limit: int = 50, before: str | None = None) -> dict[str, Any]:
        return {"notices": self.listed[:limit], "next": None}

    async def post_notice(self, *given: Any) -> dict[str, Any]:
        self.posted.append(given)
        return {"notice": {}}


class Told:
    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self.error: HearthNetError | None = None

    @property
    def done(self) -> dict[str, Any]:
        assert self.chunks and self.chunks[-1].last, self.error
        return self.chunks[-1].data

    @property
    def text(self) -> str:
        return "".join(c.data["text"] for c in self.chunks if c.event == "delta")

    def events(self, name: str) -> list[dict[str, Any]]:
        return [c.data for c in self.chunks if c.event == name]

    @property
    def states(self) -> list[tuple[str, str]]:
        return [(s["tool"], s["state"]) for s in self.events("step")]


class Household:
    """`documents` are (title, text); `privacy` is the node's setting."""

    def __init__(
        self,
        *engines: Provider,
        documents: Iterable[tuple[str, str]] = (),
        notices: Iterable[Mapping[str, str]] = (),
        privacy: Privacy = Privacy.HOME,
        home: Callable[[NodeId], bool] = lambda _: True,
    ) -> None:
        self.runtime = SystemRuntime(1)
        self.registry = Registry()
        for contract in (CHAT, CHAT2, DESCRIBE, OCR_IMAGE, TRANSLATE, QUERY):
            self.registry.define(contract)
        found = tuple(
            Found(rank=n, score=1.0, text=text, metadata={"doc_title": title, "chunk_id": str(n), "corpus": "shared"})
            for n, (title, text) in enumerate(documents, 1)
        )
        for engine in (*engines, Answerer(QUERY, msgspec.to_builtins(QueryDone(chunks=found)))):
            self.registry.provide(engine, engine.offer)  # type: ignore[attr-defined]
        self.bus = Bus(
            self.runtime, self.registry, None, ME, lambda: "Alice", privacy=lambda: privacy, internet=lambda: True
        )  # type: ignore[arg-type]
        self.board = Board(notices)
        self.emergency = Emergency(self.runtime, SettingsFile(None), ConnectivitySettings(enabled=False))
        self.waiting = Waiting(self.runtime)
        search = Search(self.runtime, self.bus, ME, lambda: privacy)
        calling = Calling(self.runtime, self.bus, lambda: True)
        asking = Asking(self.runtime, self.bus, search, lambda: privacy, home)
        community = CommunityTools(self.registry, self.board, self.emergency, lambda: "Alice")  # type: ignore[arg-type]
        self.tools = (*KnowledgeTools(calling, search).rows(), *PictureTools(calling).rows(), *community.rows())
        self.agent = Agent(
            self.runtime, calling, asking, self.waiting, self.tools, privacy=lambda: privacy, same_home=home
        )
        self.requested: list[tuple[str, dict[str, Any]]] = []
        self.confirmed: list[dict[str, Any]] = []

    async def events(self, params: Mapping[str, Any], client: str = CLIENT) -> AsyncIterator[Chunk]:
        """As a client's JSON says it."""
        request = msgspec.json.decode(msgspec.json.encode(params), type=AskParams)
        async with aclosing(self.agent.stream(request, client)) as chunks:
            async for chunk in chunks:
                yield msgspec.json.decode(msgspec.json.encode(chunk), type=Chunk) if not chunk.last else chunk

    async def ask(
        self,
        question: str = "What is new?",
        *,
        allow: bool | None = False,
        results: Mapping[str, ToolAnswer] | None = None,
        **params: Any,
    ) -> Told:
        """Answers every confirmation with `allow` (None: not at all), and every request of a client's tool."""
        told = Told()
        try:
            async with aclosing(self.events({"question": question, "agent": True, **params})) as chunks:
                async for chunk in chunks:
                    told.chunks.append(chunk)
                    if chunk.event == "step" and chunk.data["state"] == "needs_confirmation":
                        self.confirmed.append(chunk.data)
                        if allow is not None:
                            self.waiting.answered(chunk.data["confirm_id"], CLIENT, CONFIRM, allow)
                    elif chunk.event == "tool_request":
                        self.requested.append((chunk.data["name"], chunk.data["arguments"]))
                        answer = (results or {}).get(chunk.data["name"], ToolAnswer("done", trusted=True))
                        self.waiting.answered(chunk.data["id"], CLIENT, TOOL_RESULT, answer)
        except HearthNetError as error:
            told.error = error
        self.runtime.close()
        return told

    @property
    def acted(self) -> bool:
        """Was anything changed, here or at the client?"""
        return bool(self.board.posted or self.requested or self.emergency.mode.mode != "normal")


@contextlib.contextmanager
def changed(module: Any, **values: Any) -> Any:
    """Bounds of a module, for a while."""
    before = {name: getattr(module, name) for name in values}
    for name, value in values.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


def seen(requests: Iterable[Any]) -> str:
    """All that a model has read."""
    return "\n".join(m.content for r in requests for m in r.messages)


def offered(request: Any) -> list[str]:
    return [t.name for t in request.tools] if isinstance(request, Chat2Request) else []
