"""Foreign clients at Alice, Bob's Ollama behind him: whole nodes, the real adapter, the official clients."""

from __future__ import annotations

import base64
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import ollama
import openai
import pytest

from tests.core.backends.conftest import PNG, serving
from tests.core.backends.ollama_server import OllamaServer
from tests.core.node.living import Living, lives

from .test_openai import TOOL

MODEL = "llama3.2:3b"
ASKED: list[Any] = [{"role": "user", "content": "How long does water keep?"}]


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[tuple[Living, Living, OllamaServer]]:
    """Alice has no engine, Bob has Ollama; questions may go to the community."""
    engine = OllamaServer()
    engine.pieces = ("Keep it ", "cool ", "and dark.")
    engine.models[0]["_can"] = ["completion", "tools", "vision"]
    async with serving(engine.app()) as url, lives(tmp_path, "Alice", extractive={"when": "never"}) as alice:
        row = {"kind": "ollama", "url": url, "name": "ollama"}
        async with lives(tmp_path, "Bob", extractive={"when": "never"}, engines=[row]) as bob:
            await alice.call("set_privacy", privacy="community")
            await bob.call("set_privacy", privacy="community")
            await bob.call("join", text=(await alice.call("create_invite"))["text"])
            await alice.until(lambda s: any(c["models"] for p in s["peers"] for c in p["capabilities"]))
            yield alice, bob, engine


def chats(engine: OllamaServer) -> list[dict[str, Any]]:
    """What came to be answered; the library has its passages embedded meanwhile."""
    return [body for body in engine.requests if "messages" in body]


async def key(node: Living) -> str:
    return str((await node.call("create_token", name="a program"))["token"])


async def test_openais_client_at_alice_is_answered_by_bobs_ollama(street: tuple[Living, Living, OllamaServer]) -> None:
    alice, _, engine = street
    async with openai.AsyncOpenAI(
        base_url=f"{alice.started.api}/v1", api_key=await key(alice), max_retries=0
    ) as client:
        assert MODEL in [m.id for m in (await client.models.list()).data]
        answer = await client.chat.completions.create(model="llama3.2", messages=ASKED, seed=4)
        assert answer.choices[0].message.content == "Keep it cool and dark."
        assert answer.hearthnet["answered_by"]["node_name"] == "Bob"  # type: ignore[attr-defined]
        stream = await client.chat.completions.create(model=MODEL, messages=ASKED, stream=True)
        said = "".join([piece.choices[0].delta.content or "" async for piece in stream])
        assert said == "Keep it cool and dark."
        vectors = await client.embeddings.create(model="nomic-embed-text", input=["a", "b", "a"])
        assert vectors.data[0].embedding == vectors.data[2].embedding != vectors.data[1].embedding
    assert chats(engine)[0]["options"]["seed"] == 4


async def test_tools_reach_the_own_ollama_and_its_calls_come_back(street: tuple[Living, Living, OllamaServer]) -> None:
    alice, bob, engine = street
    engine.calls = ({"name": "light_on", "arguments": {"room": "kitchen"}},)
    for node in (bob, alice):
        async with openai.AsyncOpenAI(
            base_url=f"{node.started.api}/v1", api_key=await key(node), max_retries=0
        ) as client:
            if node is alice:
                with pytest.raises(openai.BadRequestError, match="no engine of this household"):
                    await client.chat.completions.create(model="llama3.2", messages=ASKED, tools=[TOOL])
                continue
            answer = await client.chat.completions.create(model="llama3.2", messages=ASKED, tools=[TOOL])
            (call,) = answer.choices[0].message.tool_calls or ()
            assert call.type == "function" and call.function.name == "light_on"
    (sent,) = chats(engine)
    assert sent["tools"][0]["function"]["name"] == "light_on"


async def test_ollamas_client_at_alice_decides_nothing_about_bobs_ollama(
    street: tuple[Living, Living, OllamaServer],
) -> None:
    alice, _, engine = street
    client = ollama.AsyncClient(alice.started.api, headers={"Authorization": f"Bearer {await key(alice)}"})
    assert "hearthnet:latest" in [m.model for m in (await client.list()).models]
    answer = await client.chat(MODEL, ASKED, keep_alive=-1, options={"num_ctx": 99_999, "num_gpu": 7})
    assert answer.message.content == "Keep it cool and dark."
    (sent,) = chats(engine)
    assert sent.get("keep_alive") != -1
    assert sent.get("options", {}).get("num_ctx") != 99_999 and "num_gpu" not in sent.get("options", {})
    with pytest.raises(ollama.ResponseError, match="fetch"):
        await client.pull("mistral")
    assert engine.pulls == 0


async def test_a_pull_fetches_into_the_own_engine_with_progress(street: tuple[Living, Living, OllamaServer]) -> None:
    _, bob, engine = street
    client = ollama.AsyncClient(bob.started.api, headers={"Authorization": f"Bearer {await key(bob)}"})
    parts = [part async for part in await client.pull("mistral", stream=True)]
    assert parts[-1].status == "success" and engine.pulls == 1
    assert any(part.total and part.completed == part.total for part in parts)
    assert "mistral" in [m.model for m in (await client.list()).models]
    with pytest.raises(ollama.ResponseError):
        await client.pull("nobody/has-this")


async def test_a_picture_crosses_to_a_model_that_sees(street: tuple[Living, Living, OllamaServer]) -> None:
    alice, _, engine = street
    client = ollama.AsyncClient(alice.started.api, headers={"Authorization": f"Bearer {await key(alice)}"})
    turns = [{"role": "user", "content": "What is this?", "images": [base64.b64encode(PNG).decode()]}]
    answer = await client.chat(MODEL, turns)
    assert answer.message.content == "Keep it cool and dark."
    assert base64.b64decode(chats(engine)[-1]["messages"][-1]["images"][0]) == PNG


async def test_a_node_is_no_engine_of_another_nor_of_itself(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    row = {"kind": "ollama", "url": f"http://127.0.0.1:{port}", "name": "myself"}
    other = {"kind": "openai_compatible", "url": f"http://127.0.0.1:{port}", "name": "myself too"}
    async with (
        lives(tmp_path, "Alice", api={"port": 0, "open_port": port}, engines=[row, other]) as alice,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"http://127.0.0.1:{port}/api/tags") as response:
            assert [m["name"] for m in (await response.json())["models"]] == ["hearthnet:latest"]
        engines = (await alice.call("state"))["engines"]
        assert [e["name"] for e in engines] == ["myself", "myself too"]
        assert not any(e["available"] for e in engines) and all(e["reason"] for e in engines)


async def test_an_open_port_that_is_taken_is_a_sentence_that_names_the_option(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = {"port": 0, "open_port": taken.getsockname()[1]}
        with pytest.raises(Exception, match=r"api\.open_port"):
            async with lives(tmp_path, "Alice", api=settings):
                pass
