"""Reranking by a service that speaks Jina's or Cohere's `POST …/rerank`: an address, a model and a key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import aiohttp
import msgspec
import yarl

from hearthnet_core.backends.address import engine_url, is_internet
from hearthnet_core.backends.patience import CONNECT_S
from hearthnet_core.backends.refusal import refusal
from hearthnet_core.backends.reranking import RERANK, Ranking, RerankDone, RerankRequest
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.config.schema import RerankerSettings
from hearthnet_core.contract import Contract
from hearthnet_core.errors import HearthNetError, NotImplementedHere, Timeout, Unauthorized, Unavailable

MAX_ANSWER = 4 * 1024 * 1024
ANSWER_S = 20.0


class _Result(msgspec.Struct):
    index: int
    relevance_score: float


class _Answer(msgspec.Struct):
    results: list[_Result]


class RerankApi:
    """`key` is asked at each request, so that a new one is used at once. Whether it works is known by its last answer:
    such services have nothing else that could be asked."""

    contracts: tuple[Contract, ...] = (RERANK,)

    def __init__(self, name: str, url: str, model: str, *, key: Callable[[], str] = lambda: "", slots: int = 2) -> None:
        """`url` with or without `/rerank` at its end. Raises `BadRequest` for one that is no address."""
        self.url = engine_url(url)
        self.name = name
        self._to = self.url if self.url.endswith("/rerank") else f"{self.url}/rerank"
        self._model = model
        self._key = key
        self._slots = slots
        self._internet = is_internet(self.url)
        self._reason = ""
        self._in_flight = 0
        self._http: aiohttp.ClientSession | None = None

    async def probe(self) -> None:
        """A refused key is tried again: it may have been changed."""
        self._reason = ""

    def offer(self, contract: Contract) -> Offer:
        return Offer(
            capability=contract.name,
            version=contract.version,
            provider=self.name,
            models=(self._model,),
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
        if call.capability != RERANK.name:
            raise NotImplementedHere(f"{self.name} does not do {call.capability}.")
        request = RERANK.read(call.body, RerankRequest)
        self._in_flight += 1
        try:
            results = await self._ranked(request)
        except Unauthorized as refused:
            self._reason = refused.message
            raise
        finally:
            self._in_flight -= 1
        yield Chunk("done", msgspec.to_builtins(RerankDone(results=results, model=self._model)))

    async def _ranked(self, request: RerankRequest) -> tuple[Ranking, ...]:
        body = {
            "model": self._model,
            "query": request.query,
            "documents": list(request.documents),
            "top_n": len(request.documents),
            "return_documents": False,
        }
        key = self._key()
        if not (key.isascii() and key.isprintable()):
            raise Unauthorized(f"The key of {self.name} holds characters no key has; look into the secrets file.")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            async with (
                asyncio.timeout(ANSWER_S),
                self._session().post(self._to, json=body, headers=headers, allow_redirects=False) as response,
            ):
                raw = await response.content.read(MAX_ANSWER + 1)
                while len(raw) <= MAX_ANSWER and (more := await response.content.read(MAX_ANSWER + 1 - len(raw))):
                    raw += more
                if response.status != 200:
                    raise refusal(self.name, response.status, raw, response.headers.get("Retry-After"), self._model)
        except TimeoutError:
            raise Timeout(f"{self.name} did not answer within {ANSWER_S:.0f} s.") from None
        except HearthNetError:
            raise
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable(f"{self.name} cannot be reached at {self.url}: {type(error).__name__}.") from None
        return self._read(raw, len(request.documents))

    def _read(self, raw: bytes, count: int) -> tuple[Ranking, ...]:
        """Best first; documents it left out come last, in their order."""
        try:
            answer = msgspec.json.decode(raw[: MAX_ANSWER + 1], type=_Answer)
        except (msgspec.DecodeError, RecursionError):
            raise Unavailable(f"{self.name} answered with something that is no ranking; check its address.") from None
        scores: dict[int, float] = {}
        for row in answer.results:
            if not 0 <= row.index < count or row.index in scores:
                raise Unavailable(f"{self.name} ranked passages it was not given.")
            scores[row.index] = row.relevance_score
        least = min(scores.values(), default=0.0)
        ranked = [Ranking(index=n, score=scores.get(n, least)) for n in range(count)]
        return tuple(sorted(ranked, key=lambda r: (r.index not in scores, -r.score, r.index)))

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None or self._http.closed:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S))
        return self._http


def reranker(settings: RerankerSettings, secret: Callable[[str], str]) -> RerankApi:
    """Raises `BadRequest` for one that is set up wrong."""
    name = settings.name or (yarl.URL(engine_url(settings.url)).host or "reranker")
    key = (lambda: secret(settings.secret)) if settings.secret else lambda: ""
    return RerankApi(name, settings.url, settings.model, key=key, slots=settings.slots)
