"""Engines that speak OpenAI's chat completions: llama.cpp, vLLM, LM Studio, LocalAI and services on the internet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import aiohttp
import msgspec
import yarl

from hearthnet_core.backends.address import engine_url, is_internet
from hearthnet_core.backends.chat import ChatRequest, Usage, chat_request, prompt
from hearthnet_core.backends.lines import events
from hearthnet_core.backends.patience import CONNECT_S, PATIENT, PROBE_S, Patience, following
from hearthnet_core.backends.refusal import refusal
from hearthnet_core.backends.state import State
from hearthnet_core.backends.telling import Telling
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.errors import BadRequest, HearthNetError, InternalError, Timeout, Unavailable

MAX_LIST = 1024 * 1024
MAX_REFUSAL = 16 * 1024
CONTINUES = frozenset({"llamacpp", "vllm"})
VLLM_CONTINUATION = {"add_generation_prompt": False, "continue_final_message": True}
_STREAM = "text/event-stream"


class _Status(msgspec.Struct):
    value: str = ""


class _Model(msgspec.Struct):
    id: str
    owned_by: str | None = None
    status: _Status | None = None


class _Models(msgspec.Struct):
    data: list[_Model]


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Event(msgspec.Struct):
    choices: list[_Choice] = []
    usage: Usage | None = None
    error: Any = None


class OpenAICompatible:
    """`continues` None asks the engine who it is (`kind`, known after a probe): only those known to go on from a
    partial answer are trusted to."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        api_key: str = "",
        models: tuple[str, ...] = (),
        slots: int = 1,
        quality: float = 0.6,
        continues: bool | None = None,
        patience: Patience = PATIENT,
    ) -> None:
        if not (api_key.isascii() and api_key.isprintable()):
            raise BadRequest(f"The key of {name} holds characters no key has; look into the secrets file.")
        self.name = name
        self.url = engine_url(url)
        self._root = self.url if yarl.URL(self.url).path.strip("/") else f"{self.url}/v1"
        self._headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
        self._continues = continues
        self._patience = patience
        self.kind = ""
        self._ids: dict[str, str] = {}
        self._state = State(name, allowed=models, slots=slots, quality=quality, internet=is_internet(self.url))
        self._http: aiohttp.ClientSession | None = None

    def offer(self) -> Offer:
        return self._state.offer()

    async def probe(self) -> Offer:
        try:
            async with asyncio.timeout(PROBE_S):
                listed = await self._list()
        except TimeoutError:
            return self._state.down(
                f"{self.name} at {self.url} did not answer within {PROBE_S:.0f} s; is it overloaded?"
            )
        except HearthNetError as error:
            return self._state.down(error.message)
        self.kind = next((m.owned_by or "" for m in listed), "").casefold()
        self._ids = {_shown(m.id): m.id for m in listed}
        loaded = tuple(
            _shown(m.id) for m in listed if (m.status.value == "loaded" if m.status else self.kind in CONTINUES)
        )
        continues = self.kind in CONTINUES if self._continues is None else self._continues
        return self._state.up(tuple(self._ids), loaded, continues=continues)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = chat_request(call)
        model = self._state.pick(request.model)
        exact = self._state.offer().continues
        telling = Telling(self.name, call.said, exact=exact)
        usage: Usage | None = None
        finish = ""
        with self._state.working():
            async with aclosing(self._events(self._body(request, model, call.said, exact), model)) as source:
                patience = self._patience.first
                while True:
                    try:
                        data = await following(self.name, source, patience)
                    except Timeout:
                        if finish:
                            break
                        raise
                    if data is None or data == b"[DONE]":
                        finish = finish or ("stop" if data else "")
                        break
                    event = self._decoded(data)
                    usage = event.usage or usage
                    for choice in event.choices[:1]:
                        finish = choice.finish_reason or finish
                        if choice.delta.reasoning_content or choice.delta.reasoning:
                            chunk = telling.thought()
                        else:
                            chunk = telling.piece(choice.delta.content or "")
                        if chunk:
                            yield chunk
                    patience = self._patience.tail if finish else self._patience.gap
        if not finish:
            raise Unavailable(f"The answer of {self.name} broke off.")
        if chunk := telling.rest():
            yield chunk
        yield telling.done(finish, model, usage)

    def _body(self, request: ChatRequest, model: str, said: str, exact: bool) -> dict[str, Any]:
        options = {
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stop": list(request.stop) or None,
        }
        return {
            "model": self._ids.get(model, model),
            "messages": prompt(request, said, prefill=exact),
            "stream": True,
            "stream_options": {"include_usage": True},
            **{k: v for k, v in options.items() if v is not None},
            **(VLLM_CONTINUATION if said and exact and self.kind == "vllm" else {}),
        }

    def _decoded(self, data: bytes) -> _Event:
        try:
            event = msgspec.json.decode(data, type=_Event)
        except (msgspec.DecodeError, RecursionError):
            raise Unavailable(f"{self.name} answered nonsense; is this really an OpenAI-compatible engine?") from None
        if event.error is not None:
            code = event.error.get("code") if isinstance(event.error, dict) else None
            status = code if isinstance(code, int) and 400 <= code < 600 else 500
            raise refusal(self.name, status, msgspec.json.encode({"error": event.error}))
        return event

    async def _events(self, body: dict[str, Any], model: str) -> AsyncGenerator[bytes]:
        """The data of each event. Leaving it closes the response at once, which tells the engine to stop."""
        response: aiohttp.ClientResponse | None = None
        try:
            response = await self._session().post(f"{self._root}/chat/completions", json=body, allow_redirects=False)
            if response.status != 200:
                text = await _bounded(response, MAX_REFUSAL)
                raise refusal(self.name, response.status, text, response.headers.get("Retry-After"), model)
            if response.content_type != _STREAM or response.headers.get("Content-Encoding", "identity") != "identity":
                raise Unavailable(f"{self.name} does not stream its answer; is this an OpenAI-compatible engine?")
            async with aclosing(events(self.name, response.content.iter_any())) as source:
                async for data in source:
                    yield data
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(error, begun=response is not None) from None
        finally:
            if response is not None:
                response.close()

    async def _list(self) -> list[_Model]:
        response: aiohttp.ClientResponse | None = None
        try:
            response = await self._session().get(f"{self._root}/models", allow_redirects=False)
            body = await _bounded(response, MAX_LIST)
            if response.status == 404:
                raise Unavailable(f"What answers at {self.url} is no OpenAI-compatible engine.")
            if response.status != 200:
                raise refusal(self.name, response.status, body, response.headers.get("Retry-After"))
            return msgspec.json.decode(body, type=_Models).data
        except (msgspec.DecodeError, RecursionError):
            raise Unavailable(f"What answers at {self.url} is no OpenAI-compatible engine.") from None
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise self._unreachable(error, begun=False) from None
        finally:
            if response is not None:
                response.close()

    def _unreachable(self, error: Exception, *, begun: bool) -> HearthNetError:
        if begun:
            return Unavailable(f"The answer of {self.name} broke off.")
        if isinstance(error, aiohttp.InvalidURL):
            return InternalError(f"{self.url} is no address.")
        return Unavailable(f"{self.name} does not answer at {self.url}; start it, or correct its address.")

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None or self._http.closed:
            self._http = aiohttp.ClientSession(
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                # One request a connection: engines drop idle ones without a word, and a POST is not sent twice.
                connector=aiohttp.TCPConnector(limit=0, force_close=True),
                auto_decompress=False,
            )
        return self._http


async def _bounded(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, cut at `limit`."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= limit:
            break
    return bytes(body[:limit])


def _shown(model: str) -> str:
    """The name others may see: llama.cpp gives the path of its file."""
    return model.replace("\\", "/").rpartition("/")[2] if model.endswith(".gguf") else model
