"""Ollama, through its own client package. The package is imported when an Ollama first answers: it is heavy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

import yarl

from hearthnet_core.backends.address import engine_url, is_internet
from hearthnet_core.backends.chat import ChatRequest, Usage, chat_request, prompt
from hearthnet_core.backends.lines import MAX_LINE, too_long
from hearthnet_core.backends.patience import CONNECT_S, PATIENT, PROBE_S, Patience, following
from hearthnet_core.backends.refusal import refusal
from hearthnet_core.backends.state import State
from hearthnet_core.backends.telling import Telling
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.errors import HearthNetError, Timeout, Unavailable

if TYPE_CHECKING:
    import httpx
    import ollama

MAX_LIST = 1024 * 1024


class Ollama:
    """Continues from a partial answer: Ollama goes on with a last message of the assistant's. Models that Ollama itself
    fetches from its cloud are never offered: a question must not leave the house unnoticed."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        api_key: str = "",
        models: tuple[str, ...] = (),
        slots: int = 1,
        quality: float = 0.6,
        continues: bool = True,
        patience: Patience = PATIENT,
    ) -> None:
        self.name = name
        self.url = engine_url(url)
        self._api_key = api_key
        self._continues = continues
        self._patience = patience
        self._state = State(name, allowed=models, slots=slots, quality=quality, internet=is_internet(self.url))
        self._made: ollama.AsyncClient | None = None

    def offer(self) -> Offer:
        return self._state.offer()

    async def probe(self) -> Offer:
        try:
            async with asyncio.timeout(PROBE_S):
                await self._listening()
                models, loaded = await self._list()
        except TimeoutError:
            return self._state.down(
                f"{self.name} at {self.url} did not answer within {PROBE_S:.0f} s; is it overloaded?"
            )
        except HearthNetError as error:
            return self._state.down(error.message)
        return self._state.up(models, loaded, continues=self._continues)

    async def close(self) -> None:
        if self._made is not None:
            made, self._made = self._made, None
            await made.close()  # type: ignore[no-untyped-call]

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = chat_request(call)
        model = self._state.pick(request.model)
        telling = Telling(self.name, call.said, exact=self._continues)
        end: ollama.ChatResponse | None = None
        with self._state.working():
            async with aclosing(self._parts(request, model, call.said)) as source:
                patience = self._patience.first
                while end is None and (part := await following(self.name, source, patience)) is not None:
                    if part.message.thinking:
                        chunk = telling.thought()
                    else:
                        chunk = telling.piece(part.message.content or "")
                    if chunk:
                        yield chunk
                    if part.done:
                        end = part
                    patience = self._patience.gap
        if end is None:
            raise Unavailable(f"The answer of {self.name} broke off.")
        if chunk := telling.rest():
            yield chunk
        usage = Usage(end.prompt_eval_count or 0, end.eval_count or 0) if end.eval_count is not None else None
        yield telling.done(end.done_reason or "stop", model, usage)

    async def _parts(self, request: ChatRequest, model: str, said: str) -> AsyncGenerator[ollama.ChatResponse]:
        """Leaving it closes the response at once, which tells Ollama to stop."""
        import ollama

        options = {
            "num_predict": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stop": list(request.stop) or None,
        }
        try:
            answer = await self._client().chat(
                model=model,
                messages=prompt(request, said, prefill=self._continues),
                options={k: v for k, v in options.items() if v is not None},
                stream=True,
            )
            async with aclosing(cast("AsyncGenerator[ollama.ChatResponse]", answer)) as parts:
                async for part in parts:
                    yield part
        except ollama.ResponseError as error:
            raise refusal(self.name, error.status_code, error.error, model=model) from None
        except Exception as error:
            raise self._translated(error) from None

    async def _listening(self) -> None:
        """A bare connection, so that the client is not imported for an Ollama that is not there."""
        url = yarl.URL(self.url)
        try:
            _, writer = await asyncio.open_connection(url.host, url.port)
        except OSError as error:
            raise self._translated(error) from None
        writer.close()

    async def _list(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(models, loaded ones)."""
        import ollama

        client = self._client()
        try:
            listed, running = await client.list(), await client.ps()
        except ollama.ResponseError as error:
            if error.status_code == 404:
                raise Unavailable(f"What answers at {self.url} is no Ollama.") from None
            raise refusal(self.name, error.status_code, error.error) from None
        except Exception as error:
            raise self._translated(error) from None
        models = tuple(m.model for m in listed.models if m.model and not _in_the_cloud(m.model) and _chats(m))
        return models, tuple(m.model for m in running.models if m.model)

    def _client(self) -> ollama.AsyncClient:
        if self._made is None:
            import httpx
            import ollama

            self._made = ollama.AsyncClient(
                self.url,
                follow_redirects=False,
                trust_env=False,
                timeout=httpx.Timeout(None, connect=CONNECT_S),
                headers={"Authorization": f"Bearer {self._api_key or 'none'}", "Accept-Encoding": "identity"},
                transport=_bounded_transport(self.name),
            )
        return self._made

    def _translated(self, error: Exception) -> HearthNetError:
        """What the client and its HTTP library raise, in our words; our own pass through."""
        if isinstance(error, HearthNetError):
            return error
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, HearthNetError):
                return cause
            cause = cause.__cause__ or cause.__context__
        kind = type(error).__name__
        if kind in ("ConnectError", "ConnectTimeout") or isinstance(error, OSError):
            return Unavailable(f"{self.name} does not answer at {self.url}; start it, or correct its address.")
        if kind == "ReadTimeout":
            return Timeout(f"{self.name} was silent for too long.")
        if isinstance(error, (ValueError, TypeError, AttributeError, RecursionError)):
            return Unavailable(f"{self.name} answered nonsense; is this really an Ollama?")
        return Unavailable(f"The answer of {self.name} broke off.")


def _in_the_cloud(model: str) -> bool:
    tag = model.rpartition(":")[2].casefold()
    return tag == "cloud" or tag.endswith("-cloud")


def _chats(model: Any) -> bool:
    """Embedding models say so by their family."""
    return "bert" not in str(getattr(model.details, "family", "") or "").casefold()


def _bounded_transport(engine: str) -> httpx.AsyncBaseTransport:
    """The client reads lines and lists of any length; this refuses them before they are kept."""
    import httpx

    class Bounded(httpx.AsyncByteStream):
        def __init__(self, inner: httpx.AsyncByteStream, *, total: bool) -> None:
            self._inner = inner
            self._total = total

        async def __aiter__(self) -> AsyncIterator[bytes]:
            line, limit = 0, MAX_LIST if self._total else MAX_LINE
            async for chunk in self._inner:
                cut = -1 if self._total else chunk.rfind(b"\n")
                line = len(chunk) - cut - 1 if cut >= 0 else line + len(chunk)
                if line > limit or (cut > limit and max(map(len, chunk.split(b"\n"))) > limit):
                    raise too_long(engine)
                yield chunk

        async def aclose(self) -> None:
            await self._inner.aclose()

    class Transport(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await super().handle_async_request(request)
            if response.headers.get("Content-Encoding", "identity") != "identity":
                await response.aclose()
                raise too_long(engine)
            stream = cast(httpx.AsyncByteStream, response.stream)
            response.stream = Bounded(stream, total=not request.url.path.endswith("/api/chat"))
            return response

    # One request a connection: engines drop idle ones without a word, and a POST is not sent twice.
    return Transport(limits=httpx.Limits(max_keepalive_connections=0))
