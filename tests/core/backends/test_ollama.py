"""The Ollama adapter against a server that follows Ollama's documented API."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from hearthnet_core.backends.ollama import Ollama
from hearthnet_core.backends.patience import Patience
from hearthnet_core.errors import CapacityExceeded, HearthNetError, NotFound, Timeout, Unavailable

from .conftest import SHORT, call, told
from .ollama_server import OllamaServer, _model

type Server = tuple[OllamaServer, str]


@pytest.fixture
async def engine(ollama: Server) -> AsyncIterator[Ollama]:
    engine = Ollama("ollama", ollama[1], patience=SHORT)
    assert (await engine.probe()).available
    yield engine
    await engine.close()


async def test_streams_the_answer_with_its_usage(engine: Ollama, ollama: Server) -> None:
    text, done, _ = await told(engine, call(temperature=0.5, max_tokens=9, seed=3, stop=["END"]))
    assert text == "Store water for six months."
    assert done["model"] == "llama3.2:3b" and done["usage"] == {"prompt_tokens": 5, "completion_tokens": 6}
    assert ollama[0].requests[0]["options"] == {"temperature": 0.5, "num_predict": 9, "seed": 3, "stop": ["END"]}


async def test_probe_lists_chat_models_and_which_are_loaded(ollama: Server) -> None:
    server, url = ollama
    server.models.append(_model("qwen3:8b"))
    server.loaded = [_model("qwen3:8b")]
    engine = Ollama("ollama", url)
    offer = await engine.probe()
    assert offer.models == ("llama3.2:3b", "qwen3:8b") and offer.loaded == ("qwen3:8b",)
    assert offer.continues
    assert (await told(engine))[1]["model"] == "qwen3:8b"
    await engine.close()


async def test_models_of_ollamas_cloud_are_never_offered(ollama: Server) -> None:
    server, url = ollama
    server.models = [_model("gpt-oss:120b-cloud"), _model("glm-4.6:cloud")]
    engine = Ollama("ollama", url)
    offer = await engine.probe()
    assert not offer.available and offer.models == () and "no chat model" in offer.reason
    await engine.close()


@pytest.mark.parametrize(
    ("mode", "error", "part"),
    [
        ("404", NotFound, "llama3.2:3b"),
        ("503", Unavailable, "server busy"),
        ("429", CapacityExceeded, "too many"),
        ("garbage", Unavailable, "nonsense"),
        ("list", Unavailable, "nonsense"),
        ("truncated", Unavailable, "broke off"),
        ("cut", Unavailable, "broke off"),
        ("error", Unavailable, "an error was encountered"),
        ("empty", Unavailable, "empty"),
        ("long_line", Unavailable, "256 KiB"),
        ("hang", Timeout, "silent"),
        ("stall", Timeout, "silent"),
    ],
)
async def test_each_failure_is_its_own_clear_error(
    engine: Ollama, ollama: Server, mode: str, error: type[HearthNetError], part: str
) -> None:
    ollama[0].mode = mode
    with pytest.raises(error) as raised:
        await told(engine)
    assert type(raised.value) is error
    assert part in raised.value.message
    assert engine.offer().load == 0


async def test_reasoning_never_becomes_answer(engine: Ollama, ollama: Server) -> None:
    ollama[0].mode = "thinking"
    text, _, others = await told(engine)
    assert text == "Store water for six months."
    assert [c.data for c in others] == [{"step": "thinking"}]


async def test_a_cut_off_answer_says_length(engine: Ollama, ollama: Server) -> None:
    ollama[0].mode = "length"
    assert (await told(engine))[1]["finish_reason"] == "length"


async def test_continuing_sends_the_text_as_the_models_own_beginning(engine: Ollama, ollama: Server) -> None:
    _, done, _ = await told(engine, call(said="Store water"))
    assert ollama[0].requests[0]["messages"][-1] == {"role": "assistant", "content": "Store water"}
    assert done["continued"] is True


@pytest.mark.parametrize("mode", ["stall", "hang"])
async def test_closing_the_generator_closes_the_connection_at_once(ollama: Server, mode: str) -> None:
    server, url = ollama
    engine = Ollama("ollama", url, patience=Patience())
    await engine.probe()
    server.mode = mode
    task = asyncio.ensure_future(told(engine))
    await (server.streaming if mode == "stall" else server.asked).wait()
    began = asyncio.get_running_loop().time()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2):
        await server.gone.wait()
    assert asyncio.get_running_loop().time() - began < 0.2
    await engine.close()


@pytest.mark.parametrize(
    ("mode", "part"), [("tags_garbage", "nonsense"), ("tags_huge", "KiB"), ("tags_503", "starting up")]
)
async def test_probing_a_stranger_says_so(ollama: Server, mode: str, part: str) -> None:
    ollama[0].mode = mode
    engine = Ollama("ollama", ollama[1])
    offer = await engine.probe()
    assert not offer.available and part in offer.reason
    await engine.close()


async def test_an_ollama_that_is_down_is_honestly_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        engine = Ollama("ollama", f"http://127.0.0.1:{taken.getsockname()[1]}")
        offer = await engine.probe()
    assert not offer.available and "start it" in offer.reason
    with pytest.raises(Unavailable, match="start it"):
        await told(engine)
    await engine.close()
