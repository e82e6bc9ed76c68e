"""Hearing by a server that speaks OpenAI's `/audio/transcriptions`: LocalAI, Speaches, vLLM, or a service on the internet
(Cohere Transcribe, OpenAI …), which is only an address, a model and a key."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncGenerator

import aiohttp
import msgspec
import yarl

from hearthnet_core.backends.address import engine_url, is_internet
from hearthnet_core.backends.patience import CONNECT_S, PROBE_S
from hearthnet_core.backends.refusal import refusal
from hearthnet_core.backends.speech import TRANSCRIBE, TranscribeDone, TranscribeRequest
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, HearthNetError, NotImplementedHere, SchemaMismatch, Timeout, Unavailable

MAX_LIST = 1024 * 1024
MAX_ANSWER = 1024 * 1024
MAX_TEXT = 64_000
ANSWER_S = 115.0
ALIVE_EVERY_S = 2.0


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


class _Transcription(msgspec.Struct):
    text: str
    language: str | None = None


class TranscriptionApi:
    """`models`: those to use, the first unless another is asked for. One request a connection."""

    contracts: tuple[Contract, ...] = (TRANSCRIBE,)

    def __init__(
        self,
        name: str,
        url: str,
        *,
        models: tuple[str, ...],
        api_key: str = "",
        slots: int = 1,
        quality: float | None = None,
    ) -> None:
        """Raises `BadRequest` for an address or a key that is none, and without a model."""
        if not (api_key.isascii() and api_key.isprintable()):
            raise BadRequest(f"The key of {name} holds characters no key has; look into the secrets file.")
        if not models:
            raise BadRequest(f"{name}: name the model it is to listen with (speech.models).")
        self.name = name
        self.url = engine_url(url)
        self._root = self.url if yarl.URL(self.url).path.strip("/") else f"{self.url}/v1"
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._models = models
        self._slots = slots
        self._quality = 0.8 if quality is None else quality
        self._internet = is_internet(self.url)
        self._reason = f"{name} was not asked yet what it can do."
        self._in_flight = 0
        self._http: aiohttp.ClientSession | None = None

    async def probe(self) -> None:
        """Whether it answers and takes the key; one that does not list its models is believed."""
        try:
            async with (
                asyncio.timeout(PROBE_S),
                self._session().get(f"{self._root}/models", allow_redirects=False) as response,
            ):
                body = await _bounded(response, MAX_LIST)
                status = response.status
        except TimeoutError:
            self._reason = f"{self.name} at {self.url} did not answer within {PROBE_S:.0f} s; is it overloaded?"
        except (aiohttp.ClientError, OSError):
            self._reason = f"{self.name} does not answer at {self.url}; start it, or correct its address."
        else:
            self._reason = self._missing(body) if status == 200 else ""
            if status not in (200, 404, 405):
                self._reason = refusal(self.name, status, body).message

    def offer(self, contract: Contract) -> Offer:
        return Offer(
            capability=contract.name,
            version=contract.version,
            provider=self.name,
            models=self._models,
            loaded=self._models,
            quality=self._quality,
            internet=self._internet,
            slots=self._slots,
            load=min(1.0, self._in_flight / self._slots),
            available=not self._reason,
            reason=self._reason,
        )

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        if call.capability != TRANSCRIBE.name:
            raise NotImplementedHere(f"{self.name} does not do {call.capability}.")
        request = TRANSCRIBE.read(call.body, TranscribeRequest)
        model = request.model or self._models[0]
        if model not in self._models:
            raise SchemaMismatch(f"{self.name} has no model called {model[:60]!r}.")
        self._in_flight += 1
        # A task group around a `yield` would wrap what closes the generator; this is ended below, whatever happens.
        asking = asyncio.gather(self._asked(request, model))
        try:
            while not (await asyncio.wait([asking], timeout=ALIVE_EVERY_S))[0]:
                yield Chunk("progress", {"step": "working"})
            (said,) = asking.result()
        finally:
            self._in_flight -= 1
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        done = TranscribeDone(
            text=said.text.strip()[:MAX_TEXT], language=(said.language or request.language)[:20], model=model
        )
        yield Chunk("done", msgspec.to_builtins(done))

    async def _asked(self, request: TranscribeRequest, model: str) -> _Transcription:
        response: aiohttp.ClientResponse | None = None
        try:
            async with asyncio.timeout(ANSWER_S):
                response = await self._session().post(
                    f"{self._root}/audio/transcriptions", data=_form(request, model), allow_redirects=False
                )
                body = await _bounded(response, MAX_ANSWER)
            if response.status != 200:
                raise refusal(self.name, response.status, body, response.headers.get("Retry-After"), model)
            return msgspec.json.decode(body, type=_Transcription)
        except TimeoutError:
            raise Timeout(f"{self.name} has been silent for {ANSWER_S:.0f} s.") from None
        except (msgspec.DecodeError, RecursionError):
            raise Unavailable(f"{self.name} answered nonsense; is this really an OpenAI-compatible service?") from None
        except (aiohttp.ClientError, OSError):
            raise self._broken(begun=response is not None) from None
        finally:
            if response is not None:
                response.close()

    def _missing(self, listed: bytes) -> str:
        """The sentence for models it does not have, where it says what it has."""
        try:
            has = {model.id for model in msgspec.json.decode(listed, type=_Models).data}
        except (msgspec.DecodeError, RecursionError):
            return f"What answers at {self.url} is no OpenAI-compatible service."
        if has and not has & set(self._models):
            return f"{self.name} has no model called {' or '.join(self._models)}."[:300]
        return ""

    def _broken(self, *, begun: bool) -> HearthNetError:
        if begun:
            return Unavailable(f"The answer of {self.name} broke off.")
        return Unavailable(f"{self.name} does not answer at {self.url}; start it, or correct its address.")

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None or self._http.closed:
            self._http = aiohttp.ClientSession(
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                connector=aiohttp.TCPConnector(limit=0, force_close=True),
            )
        return self._http


def wav(pcm: bytes, rate: int) -> bytes:
    """A WAV file of 16-bit mono sound."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return held.getvalue()


def _form(request: TranscribeRequest, model: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("model", model)
    form.add_field("response_format", "json")
    if request.language:
        form.add_field("language", request.language.partition("-")[0].casefold())
    form.add_field("file", wav(request.audio, request.rate), filename="speech.wav", content_type="audio/wav")
    return form


async def _bounded(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, cut at `limit`."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= limit:
            break
    return bytes(body[:limit])
