"""The Ollama-compatible facade, used by the official client."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import aiohttp
import ollama
import pytest

from hearthnet_core.api.ollama import OLLAMA_VERSION
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import Unavailable
from tests.core.node.living import lives

from .neighbours import MODEL, WHOLE, Engine, Facades, facades, says
from .test_openai import CALL, PNG, TOOL, Embedder

ASKED = [{"role": "user", "content": "How long does water keep?"}]


def client(here: Facades) -> ollama.AsyncClient:
    return ollama.AsyncClient(here.url, headers=here.headers)


async def raw(here: Facades, path: str, body: object, **headers: str) -> tuple[int, list[dict[str, Any]]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with (
        aiohttp.ClientSession(headers={**here.headers, **headers}) as session,
        session.post(f"{here.url}/api/{path}", data=data) as response,
    ):
        return response.status, [json.loads(line) for line in (await response.text()).splitlines()]


async def test_an_answer_of_a_neighbour() -> None:
    engine = Engine(CHAT2, *says("Six ", "months."))
    async with facades(bob=[engine]) as here:
        answer = await client(here).chat(MODEL, ASKED)
    assert (answer.message.content, answer.done, answer.done_reason) == ("Six months.", True, "stop")
    assert (answer.prompt_eval_count, answer.eval_count) == (7, 3)
    assert answer.total_duration is not None and answer.total_duration > 0
    assert engine.asked["model"] == MODEL


async def test_a_stream_is_lines_and_the_last_is_done() -> None:
    async with facades(Engine(CHAT2, Chunk("thinking", {"text": "Hm."}), *says("Six ", "months."))) as here:
        parts = [part async for part in await client(here).chat("llama3.2", ASKED, stream=True, think=True)]
    assert "".join(part.message.content or "" for part in parts) == "Six months."
    assert "".join(part.message.thinking or "" for part in parts) == "Hm."
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]


async def test_what_a_client_sends_streams_unless_it_says_otherwise() -> None:
    async with facades(Engine(CHAT2, *says("Six months."))) as here:
        status, lines = await raw(here, "chat", {"model": MODEL, "messages": ASKED})
        assert status == 200 and len(lines) > 1 and lines[-1]["done"] is True
        _, (whole,) = await raw(here, "chat", {"model": MODEL, "messages": ASKED, "stream": False})
        assert whole["message"] == {"role": "assistant", "content": "Six months."}


async def test_tools_go_to_the_model_and_its_calls_come_back() -> None:
    engine = Engine(CHAT2, CALL, Chunk("done", {"finish_reason": "tool_calls", "model": MODEL}))
    async with facades(engine) as here:
        for stream in (False, True):
            if stream:
                parts = [part async for part in await client(here).chat(MODEL, ASKED, tools=[TOOL], stream=True)]
                calls = [call for part in parts for call in part.message.tool_calls or ()]
            else:
                calls = list((await client(here).chat(MODEL, ASKED, tools=[TOOL])).message.tool_calls or ())
            assert [(c.function.name, c.function.arguments) for c in calls] == [
                ("light_on", {"room": "kitchen", "level": 3})
            ]
    assert engine.calls[0].body["tools"][0]["name"] == "light_on"


async def test_results_of_tools_find_the_calls_they_answer() -> None:
    engine = Engine(CHAT2, *says("Done."))
    calls = [{"function": {"name": name, "arguments": {}}} for name in ("a", "b", "a")]
    turns = [
        *ASKED,
        {"role": "assistant", "content": "", "tool_calls": calls},
        {"role": "tool", "tool_name": "b", "content": "of b"},
        {"role": "tool", "content": "of the first a"},
        {"role": "tool", "content": "of the second a"},
    ]
    async with facades(engine) as here:
        await client(here).chat(MODEL, turns)
    _, called, *results = engine.asked["messages"]
    ids = [call["id"] for call in called["tool_calls"]]
    assert len(set(ids)) == 3
    assert [result["tool_call_id"] for result in results] == [ids[1], ids[0], ids[2]]


async def test_what_would_decide_about_a_neighbours_memory_reaches_nobody() -> None:
    engine = Engine(CHAT2, *says("Six months."))
    async with facades(bob=[engine]) as here:
        await client(here).chat(
            MODEL,
            ASKED,
            keep_alive=-1,
            options={"num_ctx": 131_072, "num_gpu": 99, "temperature": 0.3, "num_predict": 9},
        )
    assert engine.asked["temperature"] == 0.3 and engine.asked["max_tokens"] == 9
    told = json.dumps(engine.asked)
    assert "131072" not in told and "keep_alive" not in told and "99" not in told


async def test_an_empty_request_loads_nothing_and_asks_nobody() -> None:
    engine = Engine(CHAT2, *says("Six months."))
    async with facades(engine) as here:
        loaded = await client(here).generate(MODEL, keep_alive=-1)
        assert (loaded.done, loaded.done_reason, loaded.response) == (True, "load", "")
        with pytest.raises(ollama.ResponseError, match="No model"):
            await client(here).generate("gpt-9")
    assert engine.calls == []


async def test_a_picture_is_sent_as_its_bytes() -> None:
    engine = Engine(CHAT2, *says("A lamp."))
    async with facades(engine) as here:
        await client(here).generate(MODEL, "What is this?", system="Be brief.", images=[PNG])
        status, (told,) = await raw(here, "generate", {"model": MODEL, "prompt": "x", "images": ["/etc/passwd!"]})
    system, user = engine.asked["messages"]
    assert (system["content"], user["content"], list(user["images"])) == ("Be brief.", "What is this?", [PNG])
    assert status == 400 and "base64" in told["error"]


@pytest.mark.parametrize(
    ("form", "schema"), [("json", {"type": "object"}), ({"type": "array"}, {"type": "array"}), ("", None)]
)
async def test_a_format_is_a_schema(form: Any, schema: Any) -> None:
    engine = Engine(CHAT2, *says("{}"))
    async with facades(engine) as here:
        await client(here).chat(MODEL, ASKED, format=form)
    assert engine.asked["schema"] == schema


async def test_a_raw_prompt_is_completed() -> None:
    engine = Engine(COMPLETE, *says("upon a time."))
    async with facades(engine) as here:
        answer = await client(here).generate(MODEL, "Once ", raw=True, suffix="!")
    assert answer.response == "upon a time."
    assert (engine.asked["prompt"], engine.asked["suffix"]) == ("Once ", "!")


async def test_where_nobody_speaks_2_0_plain_questions_go_as_1_0() -> None:
    engine = Engine(CHAT, *says("Six months."))
    async with facades(bob=[engine]) as here:
        assert (await client(here).chat(MODEL, ASKED, think=False)).message.content == "Six months."
        with pytest.raises(ollama.ResponseError, match=r"llm\.chat 2\.0") as caught:
            await client(here).chat(MODEL, ASKED, tools=[TOOL])
    assert caught.value.status_code == 400


async def test_vectors_come_in_the_new_and_the_old_way() -> None:
    engine = Embedder(EMBED, models=("minilm",))
    async with facades(engine) as here:
        found = await client(here).embed("minilm", ["a", "bb", *(["ccc"] * 30)])
        assert [list(v) for v in found.embeddings][:3] == [[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]
        assert len(found.embeddings) == 32
        old = await client(here).embeddings("minilm:latest", "four")
        assert list(old.embedding) == [1.0, 4.0]


async def test_models_are_listed_with_what_they_can() -> None:
    engines = [Engine(CHAT2, *says("x")), Engine(EMBED, models=("minilm",), name="embedder")]
    async with facades(bob=engines) as here:
        asked = client(here)
        assert [m.model for m in (await asked.list()).models] == ["hearthnet:latest", MODEL, "minilm"]
        assert [m.model for m in (await asked.ps()).models] == ["hearthnet:latest", MODEL, "minilm"]
        shown = await asked.show(MODEL)
        assert shown.capabilities == ["completion", "tools"]
        assert (await asked.show("minilm")).capabilities == ["embedding"]
        assert "completion" in ((await asked.show("hearthnet")).capabilities or ())
        with pytest.raises(ollama.ResponseError, match="No model") as caught:
            await asked.show("gpt-9")
        assert caught.value.status_code == 404


async def test_a_model_in_reach_needs_no_pull_and_another_is_a_clear_error() -> None:
    async with facades(bob=[Engine(CHAT2, *says("x"))]) as here:
        assert (await client(here).pull("llama3.2")).status == "success"
        parts = [part.status async for part in await client(here).pull(MODEL, stream=True)]
        assert parts == ["success"]
        with pytest.raises(ollama.ResponseError, match="fetch"):
            await client(here).pull("mistral")


async def test_what_fails_before_the_first_line_has_its_status() -> None:
    async with facades(Engine(CHAT2, Unavailable("The engine is out."))) as here:
        for stream in (False, True):
            status, (told,) = await raw(here, "chat", {"model": MODEL, "messages": ASKED, "stream": stream})
            assert (status, told) == (503, {"error": "The engine is out."})


async def test_what_fails_after_the_first_line_is_raised_by_the_client() -> None:
    engine = Engine(CHAT2, Chunk("delta", {"text": "Six months. And "}), Unavailable("The engine is out."))
    async with facades(engine) as here:
        said = []
        with pytest.raises(ollama.ResponseError, match=r"The engine is out\."):
            async for part in await client(here).chat(MODEL, ASKED, stream=True):
                said.append(part.message.content or "")
        assert "".join(said).startswith("Six months.")
        status, (told,) = await raw(here, "chat", {"model": MODEL, "messages": ASKED, "stream": False})
        assert (status, told) == (503, {"error": "The engine is out."})


async def test_a_client_that_leaves_cancels_its_call_at_the_neighbour_too() -> None:
    engine = Engine(CHAT2, Chunk("delta", {"text": "Six. "}), None)
    async with facades(bob=[engine]) as here, aiohttp.ClientSession(headers=here.headers) as session:
        async with session.post(f"{here.url}/api/chat", json={"model": MODEL, "messages": ASKED}) as response:
            assert response.status == 200
            await engine.waiting.wait()
        async with asyncio.timeout(20):
            await engine.cancelled.wait()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("chat", {"messages": ASKED}),
        ("chat", {"model": "", "messages": ASKED}),
        ("chat", {"model": MODEL, "messages": [{"role": "pirate"}]}),
        ("chat", {"model": MODEL, "messages": ASKED, "options": []}),
        ("chat", {"model": MODEL, "messages": ASKED, "format": "xml"}),
        ("chat", {"model": MODEL, "messages": ASKED, "options": {"temperature": 99}}),
        ("chat", {"model": MODEL, "messages": ASKED, "tools": [{"function": {"name": "a b"}}]}),
        ("chat", {"model": MODEL, "messages": ASKED * 200}),
        ("generate", {"model": MODEL, "prompt": 1}),
        ("embed", {"model": MODEL, "input": []}),
        ("pull", {}),
        ("show", {}),
        ("chat", b"{" * 100_000),
        ("chat", b'{"model":' + b'{"a":' * 50_000),
        ("chat", b"\xff"),
    ],
)
async def test_what_does_not_fit_is_refused_in_this_apis_words(path: str, body: object) -> None:
    engines = [Engine(contract, *says("x"), name=contract.name) for contract in (CHAT2, COMPLETE, EMBED)]
    async with facades(*engines) as here:
        status, (told,) = await raw(here, path, body)
    assert status == 400 and set(told) == {"error"} and len(told["error"]) > 10


async def test_anybody_may_see_that_somebody_is_there_and_no_more() -> None:
    async with facades() as here, aiohttp.ClientSession() as session:
        async with session.get(here.url) as response:
            assert (response.status, await response.text()) == (200, "Ollama is running")
        async with session.head(here.url) as response:
            assert response.status == 200
        for path in ("api/tags", "api/ps", "api/version"):
            async with session.get(f"{here.url}/{path}") as response:
                assert response.status == 401 and set(await response.json()) == {"error"}
        with pytest.raises(ollama.ResponseError) as caught:
            await ollama.AsyncClient(here.url).list()
        assert caught.value.status_code == 401


async def test_the_open_port_needs_no_token_and_has_the_facades_only() -> None:
    async with facades(bob=[Engine(CHAT2, *says("Six months."))]) as here, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{await here.server.start_open(0)}"
        assert (await ollama.AsyncClient(url).chat(MODEL, ASKED)).message.content == "Six months."
        async with session.get(f"{url}/v1/models") as response:
            assert response.status == 200
        for path in ("api/v1/state", "api/v1/ws", "api/v1/pair", "health"):
            async with session.post(f"{url}/{path}", headers=here.headers) as response:
                assert response.status == 404, path
        async with session.post(f"{url}/api/pull", json={"model": MODEL}) as response:
            assert response.status == 403 and "token" in (await response.json())["error"]
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}):
            async with session.get(f"{url}/api/tags", headers=headers) as response:
                assert response.status == 403, headers
            async with session.post(f"{url}/api/chat", headers=headers, data="{}") as response:
                assert response.status == 403, headers


async def test_the_version_is_that_of_the_api_that_is_followed() -> None:
    async with (
        facades() as here,
        aiohttp.ClientSession(headers=here.headers) as session,
        session.get(f"{here.url}/api/version") as response,
    ):
        assert await response.json() == {"version": OLLAMA_VERSION}


async def test_hearthnet_answers_from_the_library_and_lists_what_it_cites(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        token = (await alice.call("create_token", name="a program"))["token"]
        asked = ollama.AsyncClient(alice.started.api, headers={"Authorization": f"Bearer {token}"})
        turns = [{"role": "user", "content": "How do I make water safe to drink?"}]
        answer = await asked.chat("hearthnet", turns)
        text = answer.message.content or ""
        assert "[1]" in text.partition("\n\n[")[0] and "water" in text.casefold()
        listed = text.rpartition("\n\n")[2].splitlines()
        assert listed and all(line.startswith("[") and "Alice" in line for line in listed)
        parts = [part async for part in await asked.chat("hearthnet:latest", turns, stream=True)]
        assert "".join(part.message.content or "" for part in parts) == text
        assert (await alice.call("state"))["last_answer"]["node_name"] == "Alice"


async def test_an_empty_answer_is_a_failure_not_a_blank() -> None:
    async with facades(Engine(CHAT2, WHOLE)) as here:
        with pytest.raises(ollama.ResponseError, match="empty"):
            await client(here).chat(MODEL, ASKED)


async def test_base64_of_a_picture_need_not_be_a_file() -> None:
    engine = Engine(CHAT2, *says("A lamp."))
    async with facades(engine) as here:
        turns = [{"role": "user", "content": "?", "images": [base64.b64encode(PNG).decode()]}]
        status, _ = await raw(here, "chat", {"model": MODEL, "messages": turns})
    assert status == 200 and list(engine.asked["messages"][0]["images"]) == [PNG]
