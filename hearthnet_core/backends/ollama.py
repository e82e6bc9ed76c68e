"""Ollama, through its own client package."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

import yarl

from hearthnet_core.backends import Progress
from hearthnet_core.backends.address import engine_url, is_internet
from hearthnet_core.backends.answering import Asked, Piece, answered
from hearthnet_core.backends.chat import CHAT, Usage
from hearthnet_core.backends.conversation import for_ollama, tool_rows
from hearthnet_core.backends.known import THINKING, KnownModel
from hearthnet_core.backends.ollama_client import made, translated
from hearthnet_core.backends.ollama_models import Shown
from hearthnet_core.backends.patience import PATIENT, PROBE_S, Patience
from hearthnet_core.backends.state import LANGUAGE_MODEL, State
from hearthnet_core.backends.tool_calls import Assembly
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import HearthNetError, Unavailable

if TYPE_CHECKING:
    import ollama


class Ollama:
    """Continues from a partial answer: Ollama goes on with a last message of the assistant's. Models that Ollama itself
    fetches from its cloud are never offered: a question must not leave the house unnoticed.

    `keep_alive` (how long a model stays loaded) and `context` (tokens it is loaded with) are this household's alone: no
    call carries a wish for them, so no neighbour can pin a model or fill the memory."""

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
        continues: bool = True,
        keep_alive: str = "",
        context: int = 0,
        vision: tuple[str, ...] = (),
        patience: Patience = PATIENT,
    ) -> None:
        self.name = name
        self.url = engine_url(url)
        self._key = key
        key()  # one that is missing is said at the start
        self._continues = continues
        self._keep_alive: float | str | None = _duration(keep_alive)
        self._context = context
        self._patience = patience
        self._state = State(name, allowed=models, slots=slots, quality=quality, internet=is_internet(self.url))
        self._shown = Shown(context=context, vision=vision)
        self._made: ollama.AsyncClient | None = None

    def offer(self, contract: Contract = CHAT) -> Offer:
        return self._state.offer(contract)

    def models(self) -> tuple[KnownModel, ...]:
        return self._state.models

    async def probe(self) -> Offer:
        try:
            async with asyncio.timeout(PROBE_S):
                self._key()  # a key that is missing is said here, not in the middle of a call
                await self._listening()
            self._client()  # not within the time: importing it takes seconds on a small machine
            async with asyncio.timeout(PROBE_S):
                models = await self._listed()
        except TimeoutError:
            return self._state.down(
                f"{self.name} at {self.url} did not answer within {PROBE_S:.0f} s; is it overloaded?"
            )
        except HearthNetError as error:
            return self._state.down(error.message)
        return self._state.up(models, continues=self._continues)

    async def close(self) -> None:
        if self._made is not None:
            client, self._made = self._made, None
            await client.close()  # type: ignore[no-untyped-call]

    def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        return answered(self, self._state, self._patience, call)

    async def pieces(self, asked: Asked) -> AsyncGenerator[Piece]:
        import ollama

        shape: type[Any] = ollama.ChatResponse if asked.complete is None else ollama.GenerateResponse
        path = "/api/chat" if asked.complete is None else "/api/generate"
        names = {t.name: t.name for t in asked.chat.tools}
        assembly, count = Assembly(self.name, names, asked.call_id), 0
        try:
            # Not through `chat`: its types for tools drop what they do not know of a JSON Schema, nested objects for one.
            answer = await self._client()._request(shape, "POST", path, json=self._body(asked), stream=True)
            async with aclosing(cast("AsyncGenerator[Any]", answer)) as parts:
                async for part in parts:
                    message = part.message if asked.complete is None else None
                    calls = []
                    for wanted in (message and message.tool_calls) or ():
                        arguments = dict(wanted.function.arguments)
                        calls.append(assembly.whole(count, "", wanted.function.name, arguments))
                        count += 1
                    yield Piece(
                        (message.content if message else part.response) or "",
                        (message.thinking if message else part.thinking) or "",
                        tuple(calls),
                        (part.done_reason or "stop") if part.done else "",
                        Usage(part.prompt_eval_count or 0, part.eval_count) if part.eval_count is not None else None,
                        last=bool(part.done),
                    )
        except Exception as error:
            raise self._translated(error, asked.model.name) from None

    async def vectors(self, model: str, texts: list[str]) -> list[list[float]]:
        try:
            answer = await self._client().embed(model, texts, truncate=True, keep_alive=self._keep_alive)
            return [list(v) for v in answer.embeddings]
        except Exception as error:
            raise self._translated(error, model) from None

    def reachable(self) -> bool:
        return self._state.reachable

    def keeps(self, model: str) -> bool:
        return True

    async def pull(self, model: str) -> AsyncGenerator[Progress]:
        """Ollama keeps what it has fetched: a pull that broke off goes on where it stopped."""
        try:
            answer = await self._client().pull(model, stream=True)
            async with aclosing(cast("AsyncGenerator[ollama.ProgressResponse]", answer)) as parts:
                async for part in parts:
                    yield Progress(part.status or "", part.digest or "", part.completed or 0, part.total or 0)
                    if part.status == "success":
                        return
        except Exception as error:
            raise self._translated(error, model) from None
        raise Unavailable(
            f"{self.name} stopped pulling {model} before it was whole; pull it again, it goes on from there."
        )

    async def delete(self, model: str) -> None:
        try:
            await self._client().delete(model)
        except Exception as error:
            raise self._translated(error, model) from None

    def _body(self, asked: Asked) -> dict[str, Any]:
        options = {("num_predict" if k == "max_tokens" else k): v for k, v in asked.sampling.items()}
        if self._context:
            options["num_ctx"] = min(self._context, asked.model.context or self._context)
        body: dict[str, Any] = {"model": asked.model.name, "stream": True, "options": options}
        if self._keep_alive is not None:
            body["keep_alive"] = self._keep_alive
        if (complete := asked.complete) is not None:
            gap = {"suffix": complete.suffix} if complete.suffix else {"raw": True}
            return {**body, "prompt": complete.prompt + asked.said, **gap}
        chat = asked.chat
        if chat.tools and chat.tool_choice != "none":
            body["tools"] = tool_rows(chat.tools, dots=True)
        if chat.schema is not None:
            body["format"] = chat.schema
        if chat.think is not None and THINKING in asked.model.can:
            body["think"] = chat.think
        return {**body, "messages": for_ollama(asked.messages)}

    async def _listening(self) -> None:
        """A bare connection, so that the client is not imported for an Ollama that is not there."""
        url = yarl.URL(self.url)
        try:
            _, writer = await asyncio.open_connection(url.host, url.port)
        except OSError as error:
            raise self._translated(error) from None
        writer.close()

    async def _listed(self) -> list[KnownModel]:
        try:
            return await self._shown.list(self._client())
        except TimeoutError:
            raise
        except Exception as error:
            if getattr(error, "status_code", 0) == 404:
                raise Unavailable(f"What answers at {self.url} is no Ollama.") from None
            raise self._translated(error) from None

    def _client(self) -> ollama.AsyncClient:
        if self._made is None:
            self._made = made(self.name, self.url, self._key)
        return self._made

    def _translated(self, error: Exception, model: str = "") -> HearthNetError:
        return translated(self.name, self.url, error, model)


def _duration(text: str) -> float | str | None:
    """As Ollama takes it: seconds as a number (-1: for ever, 0: not at all), else like `30m`."""
    try:
        return float(text) if text else None
    except ValueError:
        return text
