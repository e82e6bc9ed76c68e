"""What an Ollama's models can do, how long they may be asked, and fetching and deleting them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.ollama import Ollama
from hearthnet_core.backends.seeing import DESCRIBE
from hearthnet_core.errors import NotFound, SchemaMismatch, Unavailable

from .conftest import call, told
from .ollama_server import OllamaServer, _model

type Server = tuple[OllamaServer, str]
SEES = ("completion", "vision")


async def probed(server: Server, **options: Any) -> Ollama:
    engine = Ollama("ollama", server[1], **options)
    await engine.probe()
    return engine


@pytest.fixture
async def full(ollama: Server) -> AsyncIterator[tuple[Ollama, OllamaServer]]:
    server, _ = ollama
    server.models = [
        _model("llama3.2:3b"),
        _model("nomic-embed-text:latest", "nomic-bert"),
        _model("moondream:latest", "phi2", SEES, context=2048),
        _model("codellama:code", can=("completion", "insert")),
    ]
    engine = await probed(ollama)
    yield engine, server
    await engine.close()


async def test_each_offer_names_the_models_that_can_do_just_that(full: tuple[Ollama, OllamaServer]) -> None:
    engine, _ = full
    chat = ("llama3.2:3b", "moondream:latest", "codellama:code")
    found = {c.name + str(c.version): engine.offer(c) for c in engine.contracts}
    assert {name: o.models for name, o in found.items()} == {
        "llm.chat1.0": chat,
        "llm.chat2.0": chat,
        "llm.complete1.0": chat,
        "embed.text1.0": ("nomic-embed-text:latest",),
        "img.describe1.0": ("moondream:latest",),
    }
    assert all(o.available and o.provider == "ollama" for o in found.values())


async def test_what_no_model_can_do_is_unavailable_with_what_to_do(ollama: Server) -> None:
    ollama[0].models = [_model("llama3.2:3b")]
    engine = await probed(ollama)
    assert engine.offer(CHAT).available and engine.offer(CHAT2).available and engine.offer(COMPLETE).available
    for contract, part in ((EMBED, "embedding model"), (DESCRIBE, "sees pictures")):
        offer = engine.offer(contract)
        assert not offer.available and offer.models == () and part in offer.reason
    await engine.close()


async def test_models_are_known_by_what_show_tells_and_asked_for_it_once(full: tuple[Ollama, OllamaServer]) -> None:
    engine, server = full
    await engine.probe()
    assert sorted(server.shown) == sorted(m["model"] for m in server.models)
    (model,) = [m for m in engine.models() if m.name == "llama3.2:3b"]
    assert model.family == "llama" and model.parameters == "3.2B" and model.quantization == "Q4_K_M"
    assert model.size_bytes == 2_000_000_000 and model.can == {"completion", "tools"} and not model.loaded


async def test_an_older_ollama_that_tells_no_capabilities_is_judged_by_names(ollama: Server) -> None:
    ollama[0].models = [_model("llava:7b", can=None), _model("mistral:7b", can=None), _model("bge-m3", "bert", None)]
    engine = await probed(ollama)
    assert engine.offer(CHAT).models == ("llava:7b", "mistral:7b")
    assert engine.offer(DESCRIBE).models == ("llava:7b",) and engine.offer(EMBED).models == ("bge-m3",)
    await engine.close()


async def test_one_model_that_cannot_be_shown_hides_no_other(ollama: Server) -> None:
    ollama[0].mode = "show_404"
    engine = await probed(ollama)
    assert engine.offer(CHAT).models == ("llama3.2:3b",) and engine.offer(EMBED).available
    await engine.close()


async def test_a_cloud_model_with_an_innocent_name_is_not_offered(ollama: Server) -> None:
    ollama[0].models.append(_model("mine:latest", remote_host="https://ollama.com:443", remote_model="gpt-oss:120b"))
    engine = await probed(ollama)
    assert [m.name for m in engine.models()] == ["llama3.2:3b", "nomic-embed-text:latest"]
    await engine.close()


@pytest.mark.parametrize(
    ("parameters", "options", "context"),
    [
        ("", {}, 4096),
        ("num_ctx    16384\nstop    x", {}, 16384),
        ("", {"context": 8192}, 8192),
        ("", {"context": 10**6}, 131_072),
    ],
)
async def test_a_models_context_is_what_it_will_be_loaded_with(
    ollama: Server, parameters: str, options: dict[str, Any], context: int
) -> None:
    ollama[0].models = [_model("llama3.2:3b", parameters=parameters)]
    engine = await probed(ollama, **options)
    assert engine.models()[0].context == context
    await told(engine)
    assert ollama[0].requests[0]["options"].get("num_ctx", 0) == (context if options else 0)
    await engine.close()


async def test_a_loaded_models_context_is_the_one_it_runs_with(ollama: Server) -> None:
    ollama[0].loaded = [{**_model("llama3.2:3b"), "context_length": 32768}]
    engine = await probed(ollama)
    assert engine.models()[0].context == 32768 and engine.models()[0].loaded
    await engine.close()


async def test_too_long_a_question_says_by_how_much_and_is_not_sent(ollama: Server) -> None:
    engine = await probed(ollama, context=8192)
    long = [{"role": "user", "content": "water " * 5_400}]
    with pytest.raises(SchemaMismatch, match=r"about 9,264 tokens; llama3.2:3b takes 8,192"):
        await told(engine, call(messages=long))
    assert ollama[0].requests == []
    with pytest.raises(SchemaMismatch, match=r"\(4,192 for the question\)"):
        await told(engine, call(messages=[{"role": "user", "content": "water " * 2_500}], max_tokens=4_000))
    await told(engine, call(messages=[{"role": "user", "content": "water " * 2_000}], max_tokens=8_000))
    await engine.close()


async def test_a_model_that_takes_more_is_chosen_for_a_long_question(ollama: Server) -> None:
    small, large = _model("small:1b", context=2048), _model("large:1b", parameters="num_ctx 32768")
    ollama[0].models = [small, large]
    engine = await probed(ollama)
    assert (await told(engine))[1]["model"] == "small:1b"
    long = [{"role": "user", "content": "water " * 3_000}]
    assert (await told(engine, call(messages=long)))[1]["model"] == "large:1b"
    with pytest.raises(SchemaMismatch, match="small:1b takes 2,048"):
        await told(engine, call(messages=long, model="small:1b"))
    await engine.close()


@pytest.mark.parametrize(("given", "sent"), [("30m", "30m"), ("-1", -1.0), ("0", 0.0), ("", None)])
async def test_how_long_a_model_stays_loaded_is_this_households_option_alone(
    ollama: Server, given: str, sent: object
) -> None:
    engine = await probed(ollama, keep_alive=given)
    await told(engine, call(keep_alive="24h", options={"num_ctx": 100_000}, num_ctx=100_000))
    assert ollama[0].requests[0].get("keep_alive") == sent
    assert ollama[0].requests[0]["options"] == {}
    await engine.probe()
    assert engine.models()[0].loaded is (given != "0")
    await engine.close()


async def test_a_model_is_pulled_with_progress_and_offered(ollama: Server) -> None:
    engine = await probed(ollama)
    async with aclosing(engine.pull("qwen3:0.6b")) as parts:
        seen = [p async for p in parts]
    assert seen[0].status == "pulling manifest" and seen[-1].status == "success"
    assert max(p.completed for p in seen) == max(p.total for p in seen) == 1000
    await engine.probe()
    assert "qwen3:0.6b" in engine.offer().models
    await engine.close()


async def test_a_full_disk_is_said_and_nothing_that_was_fetched_is_lost(ollama: Server) -> None:
    server, _ = ollama
    server.space = 500
    engine = await probed(ollama)

    async def pull() -> list[int]:
        async with aclosing(engine.pull("qwen3:0.6b")) as parts:
            return [p.completed async for p in parts if p.total]

    with pytest.raises(Unavailable, match=r"disk of ollama is full\. Free some space"):
        await pull()
    assert server.fetched == {"sha256:aaaa": 500} and len(server.models) == 2
    server.space = 10_000
    assert (await pull())[0] == 500, "it goes on where it stopped"
    await engine.close()


async def test_pulling_what_is_nowhere_and_a_pull_that_breaks_off_are_clear_errors(ollama: Server) -> None:
    engine = await probed(ollama)
    with pytest.raises(NotFound, match="nobody/knows' to pull"):
        async with aclosing(engine.pull("nobody/knows")) as parts:
            _ = [p async for p in parts]
    ollama[0].mode = "pull_cut"
    with pytest.raises(Unavailable, match="broke off"):
        async with aclosing(engine.pull("qwen3:0.6b")) as parts:
            _ = [p async for p in parts]
    await engine.close()


async def test_leaving_a_pull_stops_it(ollama: Server) -> None:
    server, _ = ollama
    server.go.clear()
    engine = await probed(ollama)
    task = asyncio.ensure_future(_drained(engine))
    await server.streaming.wait()
    task.cancel()
    async with asyncio.timeout(2):
        await server.gone.wait()
    await engine.close()


async def _drained(engine: Ollama) -> None:
    async with aclosing(engine.pull("qwen3:0.6b")) as parts:
        async for _ in parts:
            pass


async def test_a_model_is_deleted_once(ollama: Server) -> None:
    engine = await probed(ollama)
    await engine.delete("llama3.2:3b")
    with pytest.raises(NotFound, match=r"llama3\.2:3b"):
        await engine.delete("llama3.2:3b")
    assert not (await engine.probe()).available
    await engine.close()


async def test_a_model_that_is_not_pulled_says_how_to_get_it(ollama: Server) -> None:
    engine = await probed(ollama)
    ollama[0].mode = "404"
    with pytest.raises(NotFound, match=r"pull it with `hearthnet models pull llama3\.2:3b`"):
        await told(engine)
    await engine.close()


async def test_a_new_key_is_used_at_once(ollama: Server) -> None:
    keys = ["first"]
    engine = await probed(ollama, key=lambda: keys[0])
    keys[0] = "second"
    await engine.probe()
    assert ollama[0].keys == ["Bearer first", "Bearer second"]
    await engine.close()
