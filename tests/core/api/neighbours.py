"""Alice's local API with its facades, and Bob beside her: real mesh, real bus, engines that do what a script says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.ollama import Ollama
from hearthnet_core.api.openai import OpenAI
from hearthnet_core.api.pairing import Pairing
from hearthnet_core.api.reach import Reach
from hearthnet_core.api.server import ApiServer
from hearthnet_core.api.tokens import Tokens
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.seeing import DESCRIBE
from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE
from hearthnet_core.capability import Call, Chunk, Offer, Privacy
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.contract import Contract
from hearthnet_core.services.ask import Asking
from hearthnet_core.services.knowledge import QUERY
from hearthnet_core.services.search import Search
from hearthnet_core.services.speech import Speech
from tests.core.bus.nodes import TestNode, neighbourhood

CONTRACTS = (CHAT, CHAT2, COMPLETE, EMBED, DESCRIBE, TRANSCRIBE, SYNTHESIZE, QUERY)
MODEL = "llama3.2:latest"
WHOLE = Chunk("done", {"finish_reason": "stop", "model": MODEL, "usage": {"prompt_tokens": 7, "completion_tokens": 3}})


class Engine:
    """Says `chunks` to every call of its capability; an exception among them is raised there, `None` waits for ever."""

    def __init__(
        self,
        contract: Contract,
        *chunks: Chunk | Exception | None,
        models: Iterable[str] = (MODEL,),
        name: str = "engine",
    ) -> None:
        self.contract = contract
        self.chunks = chunks
        self.calls: list[Call] = []
        self.waiting, self.cancelled = asyncio.Event(), asyncio.Event()
        self._offer = Offer(
            capability=contract.name,
            version=contract.version,
            provider=name,
            models=tuple(models),
            loaded=tuple(models),
            slots=8,
            continues=True,
        )

    @property
    def asked(self) -> dict[str, Any]:
        """The body of the one call that came."""
        (call,) = self.calls
        return call.body

    def offer(self) -> Offer:
        return self._offer

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.contract.check_request(call.body)
        self.calls.append(call)
        try:
            for chunk in self.chunks:
                if chunk is None:
                    self.waiting.set()
                    await asyncio.sleep(3600)
                elif isinstance(chunk, Exception):
                    raise chunk
                else:
                    yield chunk
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled.set()
            raise


def says(*texts: str) -> tuple[Chunk, ...]:
    return (*(Chunk("delta", {"text": text}) for text in texts), WHOLE)


@dataclass
class Facades:
    url: str
    token: str
    server: ApiServer
    tokens: Tokens
    alice: TestNode
    others: list[TestNode]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@asynccontextmanager
async def facades(
    *alice: Engine, bob: Iterable[Engine] = (), privacy: Privacy = Privacy.COMMUNITY, home: bool = False
) -> AsyncIterator[Facades]:
    rows: list[Iterable[Engine]] = [alice, bob] if bob else [alice]
    async with neighbourhood(*rows, contracts=CONTRACTS, privacy=privacy, homes=(0, 1) if home else ()) as nodes:
        me = nodes[0]
        runtime = me.runtime
        tokens = Tokens(SettingsFile(None), runtime)
        reach = Reach(runtime, me.bus, privacy=lambda: me.privacy, internet=lambda: True)
        search = Search(runtime, me.bus, me.id, lambda: me.privacy)
        asking = Asking(runtime, me.bus, search, lambda: me.privacy, lambda other: other == me.id)
        conversing = Conversing(runtime, me.bus, reach, asking)
        server = ApiServer(
            runtime,
            methods={},
            tokens=tokens,
            pairing=Pairing(runtime, tokens, me.id.text),
            health=dict,
            facades=(OpenAI(runtime, conversing, Speech(runtime, me.bus)), Ollama(runtime, conversing, {})),
        )
        await server.start("127.0.0.1", 0, None)
        try:
            yield Facades(server.url, tokens.issue("test", "program", "models"), server, tokens, me, nodes[1:])
        finally:
            await server.aclose()
