"""Engines that speak OpenAI's API: llama.cpp, vLLM, LM Studio, LocalAI and services on the internet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import yarl

from hearthnet_core.backends.address import engine_url, is_internet
from hearthnet_core.backends.answering import Asked, Piece, answered
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.known import KnownModel
from hearthnet_core.backends.lines import events
from hearthnet_core.backends.openai_models import (
    CONTINUES,
    LLAMA_CPP,
    LM_STUDIO,
    Listing,
    Props,
    Row,
    kind_of,
    known,
    shown,
)
from hearthnet_core.backends.openai_wire import Reading, body
from hearthnet_core.backends.patience import CONNECT_S, PATIENT, PROBE_S, Patience
from hearthnet_core.backends.refusal import refusal
from hearthnet_core.backends.state import LANGUAGE_MODEL, State
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, HearthNetError, InternalError, NotFound, Unavailable
from hearthnet_core.models.local_api import AS_ENGINE

MAX_LIST = 4 * 1024 * 1024
MAX_REFUSAL = 16 * 1024
_STREAM = "text/event-stream"


class _Vector(msgspec.Struct):
    embedding: list[float]
    index: int = 0


class _Vectors(msgspec.Struct):
    data: list[_Vector]


class OpenAICompatible:
    """`continues` None asks the engine who it is (`kind`, known after a probe): only those known to go on from a
    partial answer are trusted to. `key` is asked at each request, so that a new one is used at once. `context` and `vision`
    say what the server does not."""

    contracts = LANGUAGE_MODEL

    def __init__(
        self,
        name: str,
        url: str,
        *,
        key: Callable[[], str] = lambda: "",
        models: tuple[str, ...] = (),
        slots: int = 1,
        quality: float = 0.6,
        continues: bool | None = None,
        context: int = 0,
        vision: tuple[str, ...] = (),
        patience: Patience = PATIENT,
    ) -> None:
        self.name = name
        self.url = engine_url(url)
        self._root = self.url if yarl.URL(self.url).path.strip("/") else f"{self.url}/v1"
        self._beside = self._root.removesuffix("/v1")
        self._key = key
        self._headers()
        self._continues = continues
        self._context = context
        self._vision = vision
        self._patience = patience
        self.kind = ""
        self._ids: dict[str, str] = {}
        self._completes = True
        self._state = State(name, allowed=models, slots=slots, quality=quality, internet=is_internet(self.url))
        self._http: aiohttp.ClientSession | None = None

    def offer(self, contract: Contract = CHAT) -> Offer:
        return self._state.offer(contract)

    def models(self) -> tuple[KnownModel, ...]:
        return self._state.models

    async def probe(self) -> Offer:
        try:
            async with asyncio.timeout(PROBE_S):
                rows, props = await self._listed()
        except TimeoutError:
            return self._state.down(
                f"{self.name} at {self.url} did not answer within {PROBE_S:.0f} s; is it overloaded?"
            )
        except HearthNetError as error:
            return self._state.down(error.message)
        self._ids = {shown(r.id): r.id for r in rows}
        models = [known(r, self.kind, props, context=self._context, vision=self._vision) for r in rows]
        continues = self.kind in CONTINUES if self._continues is None else self._continues
        # Services on the internet have mostly given it up, and asking would cost money.
        completes = self._completes and (self.kind in CONTINUES or not self._state.offer().internet)
        return self._state.up(models, continues=continues, completes=completes)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        return answered(self, self._state, self._patience, call)

    async def pieces(self, asked: Asked) -> AsyncGenerator[Piece]:
        sent = body(asked, self._ids.get(asked.model.name, asked.model.name), self.kind)
        reading = Reading(self.name, asked)
        path = "/chat/completions" if asked.complete is None else "/completions"
        async with aclosing(self._events(path, sent, asked.model.name)) as source:
            async for data in source:
                piece = reading.piece(data)
                yield piece
                if piece.last:
                    return
        yield reading.rest()

    async def vectors(self, model: str, texts: list[str]) -> list[list[float]]:
        sent = {"model": self._ids.get(model, model), "input": texts, "encoding_format": "float"}
        async with self._answer("POST", f"{self._root}/embeddings", sent) as response:
            content = await _bounded(response, MAX_LIST)
            if response.status != 200:
                raise refusal(self.name, response.status, content, response.headers.get("Retry-After"), model)
        try:
            rows = msgspec.json.decode(content, type=_Vectors).data
        except (msgspec.DecodeError, RecursionError):
            raise Unavailable(f"{self.name} answered nonsense where vectors were asked for.") from None
        return [row.embedding for row in sorted(rows, key=lambda r: r.index)]

    async def _events(self, path: str, sent: dict[str, Any], model: str) -> AsyncGenerator[bytes]:
        """The data of each event. Leaving it closes the response at once, which tells the engine to stop."""
        async with self._answer("POST", f"{self._root}{path}", sent) as response:
            if response.status != 200:
                text = await _bounded(response, MAX_REFUSAL)
                if path == "/completions" and response.status in (404, 405, 501):
                    self._completes = False
                    self._state.completes_no_more()
                    raise NotFound(f"{self.name} completes no bare text; it only chats.")
                raise refusal(self.name, response.status, text, response.headers.get("Retry-After"), model)
            if response.content_type != _STREAM or response.headers.get("Content-Encoding", "identity") != "identity":
                raise Unavailable(f"{self.name} does not stream its answer; is this an OpenAI-compatible engine?")
            async with aclosing(events(self.name, response.content.iter_any())) as source:
                async for data in source:
                    yield data

    async def _listed(self) -> tuple[list[Row], Props | None]:
        """The models, and llama.cpp's own word on the one it runs."""
        rows = await self._got(f"{self._root}/models", Listing)
        self.kind = kind_of(rows.data)
        if self.kind == LM_STUDIO:
            return (await self._more(f"{self._beside}/api/v0/models", Listing) or rows).data, None
        if self.kind == LLAMA_CPP and len(rows.data) == 1 and rows.data[0].status is None:
            return rows.data, await self._more(f"{self._beside}/props", Props)
        return rows.data, None

    async def _more[T](self, url: str, shape: type[T]) -> T | None:
        """What only this server tells, if it does."""
        try:
            return await self._got(url, shape)
        except HearthNetError:
            return None

    async def _got[T](self, url: str, shape: type[T]) -> T:
        async with self._answer("GET", url) as response:
            content = await _bounded(response, MAX_LIST)
            if response.status == 404:
                raise Unavailable(f"What answers at {self.url} is no OpenAI-compatible engine.")
            if response.status != 200:
                raise refusal(self.name, response.status, content, response.headers.get("Retry-After"))
        try:
            return msgspec.json.decode(content, type=shape)
        except (msgspec.DecodeError, RecursionError):
            raise Unavailable(f"What answers at {self.url} is no OpenAI-compatible engine.") from None

    @asynccontextmanager
    async def _answer(
        self, verb: str, url: str, sent: dict[str, Any] | None = None
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """The response, closed at once when it is left; its failures in our words."""
        response: aiohttp.ClientResponse | None = None
        try:
            response = await self._session().request(
                verb, url, json=sent, headers=self._headers(), allow_redirects=False
            )
            yield response
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientError):
                raise
            raise self._unreachable(error, begun=response is not None) from None
        finally:
            if response is not None:
                response.close()

    def _unreachable(self, error: Exception, *, begun: bool) -> HearthNetError:
        if begun:
            return Unavailable(f"The answer of {self.name} broke off.")
        if isinstance(error, aiohttp.InvalidURL):
            return InternalError(f"{self.url} is no address.")
        return Unavailable(f"{self.name} does not answer at {self.url}; start it, or correct its address.")

    def _headers(self) -> dict[str, str]:
        key = self._key()
        if not (key.isascii() and key.isprintable()):
            raise BadRequest(f"The key of {self.name} holds characters no key has; look into the secrets file.")
        return {"Accept-Encoding": "identity", **AS_ENGINE} | ({"Authorization": f"Bearer {key}"} if key else {})

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None or self._http.closed:
            self._http = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                # One request a connection: engines drop idle ones without a word, and a POST is not sent twice.
                connector=aiohttp.TCPConnector(limit=0, force_close=True),
                auto_decompress=False,
            )
        return self._http


async def _bounded(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, cut at `limit`."""
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) >= limit:
            break
    return bytes(content[:limit])
