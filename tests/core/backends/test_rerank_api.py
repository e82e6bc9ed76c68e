"""Reranking by Jina's and Cohere's API, against a server that follows it, its failures included."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from hearthnet_core.backends.rerank_api import RerankApi, reranker
from hearthnet_core.backends.reranking import RERANK
from hearthnet_core.capability import Call, collect
from hearthnet_core.config.schema import RerankerSettings
from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, Unauthorized, Unavailable

DOCUMENTS = ["The heating is off.", "Water keeps for six months.", "Nothing."]


class Service:
    """Scores by the words two texts share; `answer` replaces what it would say."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.answer: web.Response | None = None
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization", ""))
        self.asked.append(body := await request.json())
        if self.answer is not None:
            return self.answer
        words = set(body["query"].casefold().split())
        rows = [
            {"index": n, "relevance_score": len(words & set(text.casefold().split())) / 10}
            for n, text in enumerate(body["documents"])
        ]
        rows.sort(key=lambda row: -row["relevance_score"])
        return web.json_response({"results": rows[: body["top_n"]], "model": body["model"]})


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    made = Service()
    app = web.Application()
    app.router.add_post("/v2/rerank", made.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v2"
    yield made
    await runner.cleanup()


async def ranked(api: RerankApi) -> list[int]:
    body = {"query": "How long does water keep for", "documents": DOCUMENTS}
    try:
        done = await collect(api, Call(id="1", capability=RERANK.name, body=body, deadline=1e9))
    finally:
        await api.close()
    RERANK.check_done(done)
    return [row["index"] for row in done["results"]]


async def test_the_service_is_asked_as_its_documentation_says_and_its_order_comes_back(service: Service) -> None:
    settings = RerankerSettings(url=service.url, model="rerank-v3.5", secret="cohere")
    assert await ranked(reranker(settings, lambda name: f"key of {name}")) == [1, 0, 2]
    (asked,) = service.asked
    assert asked["model"] == "rerank-v3.5" and asked["documents"] == DOCUMENTS and asked["top_n"] == 3
    assert service.keys == ["Bearer key of cohere"]


async def test_what_it_leaves_out_comes_last(service: Service) -> None:
    service.answer = web.json_response({"results": [{"index": 2, "relevance_score": 0.9}]})
    assert await ranked(RerankApi("r", f"{service.url}/rerank", "m")) == [2, 0, 1]


@pytest.mark.parametrize(
    ("answer", "raised", "words"),
    [
        ((200, "<html>"), Unavailable, "no ranking"),
        ((200, '{"results": [{"index": 3, "relevance_score": 1}]}'), Unavailable, "was not given"),
        (
            (200, '{"results": [{"index": 1, "relevance_score": 1}, {"index": 1, "relevance_score": 1}]}'),
            Unavailable,
            "",
        ),
        ((200, "[" * 100_000), Unavailable, "no ranking"),
        ((401, '{"message": "invalid api token"}'), Unauthorized, "refuses the key"),
        ((429, "{}"), CapacityExceeded, "busy"),
        ((500, "oops"), Unavailable, "status 500"),
        ((302, ""), Unavailable, "elsewhere"),
    ],
    ids=range(8),
)
async def test_a_bad_answer_is_a_clear_error(
    service: Service, answer: tuple[int, str], raised: type[HearthNetError], words: str
) -> None:
    service.answer = web.Response(status=answer[0], text=answer[1])
    with pytest.raises(raised, match=words):
        await ranked(RerankApi("the ranker", service.url, "m"))


async def test_a_service_that_is_not_there_is_named(service: Service) -> None:
    with pytest.raises(Unavailable, match="the ranker cannot be reached"):
        await ranked(RerankApi("the ranker", "http://127.0.0.1:9", "m"))


def test_only_a_public_address_counts_as_the_internet() -> None:
    assert RerankApi("r", "https://api.jina.ai/v1", "m").offer(RERANK).internet
    assert not RerankApi("r", "http://192.168.1.4:8080", "m").offer(RERANK).internet
    with pytest.raises(BadRequest):
        RerankApi("r", "ftp://x", "m")
