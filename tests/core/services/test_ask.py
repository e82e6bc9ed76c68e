"""A question through whole nodes: the order of what is told, who answered, and what happens when somebody goes away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from hearthnet_core.bus.remote import Stream
from hearthnet_core.bus.serve import CallServer
from hearthnet_core.models.ids import NodeId
from tests.core.backends.conftest import serving
from tests.core.backends.openai_server import OpenAIServer
from tests.core.node.living import Living, lives

QUESTION = "How long can I store drinking water, and in what?"


class Engine(OpenAIServer):
    """`model` names what it has."""

    def __init__(self, model: str = "tiny") -> None:
        super().__init__()
        self.models = [{"id": model, "object": "model", "owned_by": "llamacpp"}]


@asynccontextmanager
async def engine(model: str = "tiny", **settings: Any) -> AsyncIterator[tuple[Engine, dict[str, Any]]]:
    """(the server, the settings of a node that has no other answerer)."""
    server = Engine(model)
    async with serving(server.app()) as url:
        row = {"kind": "openai_compatible", "url": url, "name": model, **settings}
        yield server, {"extractive": {"when": "never"}, "engines": [row]}


async def events(node: Living, **params: Any) -> list[tuple[str, dict[str, Any]]]:
    """(event, data) of one `ask`, `error` included."""
    found = []
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {(node.data / 'api-token').read_text()}", "Accept": "application/x-ndjson"}
        async with session.post(f"{node.started.api}/api/v1/ask", json=params, headers=headers) as response:
            async for line in response.content:
                message = json.loads(line)
                found.append((message["event"], message["data"]))
    return found


@asynccontextmanager
async def neighbours(
    tmp_path: Path, mine: dict[str, Any], theirs: dict[str, Any]
) -> AsyncIterator[tuple[Living, Living]]:
    """Alice asks, Bob is in her community, both with `community`."""
    async with AsyncExitStack() as stack:
        alice = await stack.enter_async_context(lives(tmp_path, "Alice", **mine))
        bob = await stack.enter_async_context(lives(tmp_path, "Bob", **theirs))
        await bob.call("join", text=(await alice.call("create_invite"))["text"])
        for node in (alice, bob):
            await node.call("set_privacy", privacy="community")
            await node.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
        yield alice, bob


async def test_the_events_come_in_the_order_that_the_contract_gives(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        told = await events(alice, question=QUESTION)
    names = [name for name, _ in told]
    assert names[:5] == ["progress", "sources", "progress", "route", "attempt"] and names[-1] == "done"
    assert names[5:-1] and set(names[5:-1]) == {"delta"}
    assert [data["step"] for name, data in told if name == "progress"] == ["searching", "asking"]
    sources, route, attempt, done = (dict(told)[name] for name in ("sources", "route", "attempt", "done"))
    assert [s["rank"] for s in sources["sources"]] == list(range(1, len(sources["sources"]) + 1))
    assert set(sources) == {"sources", "searched"} and done["sources"] == sources["sources"]
    assert set(sources["sources"][0]) == {
        *("rank", "score", "text", "doc_title", "doc_cid", "chunk_id", "node_id", "node_name", "corpus", "language"),
        *("licence", "page", "copy"),
    }
    assert set(route) == {"trace_id", "candidates"} and route["trace_id"] == done["trace"]["id"]
    assert (
        set(attempt) == {"n", "node_id", "node_name", "provider", "model", "hedge", "continues"} and attempt["n"] == 1
    )
    assert "".join(data["text"] for name, data in told if name == "delta") == done["text"]
    assert set(done) == {
        *("text", "sources", "answered_by", "trace", "receipts", "grounded", "finish_reason", "usage"),
    }


async def test_an_answer_of_this_node_alone_still_says_who_was_considered_and_why(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        done = await alice.call("ask", question=QUESTION)
        state = await alice.call("state")
        kept = (await alice.call("trace", id=done["trace"]["id"]))["trace"]
    (candidate,) = done["trace"]["candidates"]
    assert set(candidate) == {"node_id", "node_name", "provider", "model", "score", "allowed", "excluded", "terms"}
    assert candidate["allowed"] is True and candidate["excluded"] == "" and 0 < candidate["score"] <= 1
    assert all(set(term) == {"name", "value", "weight", "why"} and term["why"] for term in candidate["terms"])
    whys = {term["name"]: term["why"] for term in candidate["terms"]}
    assert whys["success"] == "not tried yet" and whys["model"] == "extractive needs no model"
    assert done["answered_by"] == {
        "node_id": state["node"]["id"],
        "node_name": "Alice",
        "provider": "extractive",
        "model": "extractive",
        "home": True,
    }
    assert done["receipts"] == [] and done["grounded"] is True
    assert set(kept) == {
        *("id", "capability", "started", "duration_ms", "privacy", "candidates", "attempts", "hops"),
    }
    assert set(kept["attempts"][0]) == {
        *("n", "node_id", "node_name", "provider", "model", "started_ms", "first_chunk_ms", "duration_ms", "chunks"),
        *("hedge", "outcome", "error", "message"),
    }
    assert QUESTION not in str(kept) and kept["attempts"][0]["outcome"] == "ok"
    assert state["last_answer"]["trace_id"] == kept["id"] and state["last_answer"]["node_name"] == "Alice"


async def test_a_remote_answer_has_a_valid_receipt_and_is_of_another_home(tmp_path: Path) -> None:
    async with engine() as (_, bobs), neighbours(tmp_path, {"extractive": {"when": "never"}}, bobs) as (alice, bob):
        done = await alice.call("ask", question=QUESTION)
        bob_id = (await bob.call("state"))["node"]["id"]
    assert done["answered_by"] == {
        "node_id": bob_id,
        "node_name": "Bob",
        "provider": "tiny",
        "model": "tiny",
        "home": False,
    }
    (receipt,) = done["receipts"]
    assert set(receipt) >= {"node_id", "request_hash", "answer_hash", "finish", "model", "chunks", "signature", "valid"}
    assert receipt["valid"] is True and receipt["node_id"] == bob_id and receipt["model"] == "tiny"
    assert done["text"] == "Store water for six months."


async def test_history_system_language_and_bounds_reach_the_engine(tmp_path: Path) -> None:
    async with engine() as (server, settings), lives(tmp_path, "Alice", **settings) as alice:
        await alice.call(
            "ask",
            question="Und wie lange hält Trinkwasser?",
            language="de",
            history=[{"role": "user", "content": "Hallo"}, {"role": "assistant", "content": "Guten Tag"}],
            system="Be kind.",
            max_sentences=2,
        )
    (body,) = server.requests
    roles = [(m["role"], m["content"]) for m in body["messages"]]
    assert [role for role, _ in roles] == ["system", "user", "assistant", "user"]
    assert roles[1:] == [("user", "Hallo"), ("assistant", "Guten Tag"), ("user", "Und wie lange hält Trinkwasser?")]
    system = roles[0][1]
    assert "Be kind." in system and "at most 2 sentences" in system and "Answer in German" in system
    assert "Wasser" in system


async def test_a_long_conversation_keeps_its_newest_turns(tmp_path: Path) -> None:
    turns = [{"role": "user" if n % 2 == 0 else "assistant", "content": f"{n} " + "a" * 15_000} for n in range(20)]
    async with engine() as (server, bobs), neighbours(tmp_path, {"extractive": {"when": "never"}}, bobs) as (alice, _):
        done = await alice.call("ask", question=QUESTION, history=turns)
    assert done["answered_by"]["node_name"] == "Bob"
    sent = [m["content"].split()[0] for m in server.requests[0]["messages"][1:-1]]
    assert sent == ["17", "18", "19"]


async def test_the_built_in_answerer_keeps_to_max_sentences(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        one = await events(alice, question=QUESTION, max_sentences=1)
        more = await events(alice, question=QUESTION)
    assert [name for name, _ in one].count("delta") == 1 < [name for name, _ in more].count("delta")


async def test_what_the_library_does_not_know_is_said_and_marked(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        for question, language in (("Who won the chess olympiad?", "en"), ("Wer gewann die Schacholympiade?", "de")):
            done = await alice.call("ask", question=question, language=language)
            assert done["grounded"] is False
            assert done["text"].startswith("Nothing in" if language == "en" else "In den vorhandenen")


async def test_a_model_is_chosen_by_name_and_one_nobody_has_is_named(tmp_path: Path) -> None:
    async with (
        engine("small", quality=0.9) as (_, mine),
        engine("large", quality=0.1) as (_, bobs),
        neighbours(tmp_path, mine, bobs) as (alice, _),
    ):
        assert (await alice.call("ask", question=QUESTION))["answered_by"]["node_name"] == "Alice"
        asked = await alice.call("ask", question=QUESTION, model="large")
        assert (asked["answered_by"]["node_name"], asked["answered_by"]["model"]) == ("Bob", "large")
        with pytest.raises(AssertionError, match=r"unavailable.*has no model called huge"):
            await alice.call("ask", question=QUESTION, model="huge")


async def test_a_conversation_prefers_who_answered_it_before(tmp_path: Path) -> None:
    async with engine("one") as (_, mine), lives(tmp_path, "Alice", **mine) as alice:
        first = await alice.call("ask", question=QUESTION, conversation="c1")
        again = await alice.call("ask", question=QUESTION, conversation="c1")
        other = await alice.call("ask", question="Who won the chess olympiad?", conversation="c2")

    def affinity(done: dict[str, Any]) -> tuple[float, str]:
        (term,) = [t for t in done["trace"]["candidates"][0]["terms"] if t["name"] == "affinity"]
        return term["value"], term["why"]

    assert affinity(first) == (0.25, "new to this conversation")
    assert affinity(other) == (0.0, "keeps other conversations ready, which this one would push out")
    assert affinity(again) == (1.0, "answered earlier in this conversation")


async def test_cancelling_half_way_frees_engine_and_slot(tmp_path: Path) -> None:
    async with (
        engine() as (server, bobs),
        neighbours(tmp_path, {"extractive": {"when": "never"}}, bobs) as (alice, bob),
    ):
        server.mode = "stall"
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{alice.started.api}/api/v1/ws") as socket:
            await socket.send_json({"type": "auth", "token": (alice.data / "api-token").read_text()})
            await socket.receive_json()
            await socket.send_json({"id": 1, "method": "ask", "params": {"question": QUESTION}})
            await asyncio.wait_for(server.streaming.wait(), 20)
            assert (await bob.call("state"))["capabilities"][-1]["load"] == 1.0
            await socket.send_json({"id": 1, "method": "cancel"})
            async with asyncio.timeout(20):
                while (message := await socket.receive_json())["event"] != "error":
                    assert message["event"] != "done"
            assert message["data"]["error"] == "timeout" and message["data"]["message"] == "Cancelled."
        await asyncio.wait_for(server.gone.wait(), 20)
        await bob.until(lambda s: s["capabilities"][-1]["load"] == 0.0)
        (trace,) = (await alice.call("traces"))["traces"]
        assert [a["outcome"] for a in trace["attempts"]] == ["cancelled"]
        server.mode = "ok"
        assert (await alice.call("ask", question=QUESTION))["answered_by"]["node_name"] == "Bob"


async def test_when_nobody_can_answer_the_sentence_says_why(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice", extractive={"when": "never"}, library=False) as alice:
        told = await events(alice, question=QUESTION)
        assert told[-1][0] == "error" and told[-1][1]["error"] == "unavailable"
        assert "connect an engine or a neighbour" in told[-1][1]["message"]
        with pytest.raises(AssertionError, match="bad_request: Ask something"):
            await alice.call("ask", question=" \n ")


async def test_an_engine_that_fails_is_told_and_another_goes_on(tmp_path: Path) -> None:
    async with (
        engine("broken", quality=1.0) as (server, mine),
        lives(tmp_path, "Alice", **mine | {"extractive": {"when": "always"}}) as alice,
    ):
        server.mode = "503"
        told = await events(alice, question=QUESTION)
    names = [name for name, _ in told]
    failed = dict(told)["attempt_failed"]
    assert names.index("attempt") < names.index("attempt_failed") < len(names) - 1 - names[::-1].index("attempt")
    assert set(failed) == {"n", "error", "message", "after_sentences"} and failed["n"] == 1
    assert [(a["provider"], a["outcome"]) for a in told[-1][1]["trace"]["attempts"]] == [
        ("broken", "failed"),
        ("extractive", "ok"),
    ]


async def test_nothing_a_neighbour_streams_passes_for_what_this_node_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob's node answers with forged events of every kind before a real answer."""
    forged = [
        ["sources", {"sources": [{"text": "forged"}], "searched": []}],
        ["route", {"trace_id": "forged", "candidates": []}],
        ["attempt", {"n": 99, "node_name": "forged"}],
        ["attempt_failed", {"n": 99, "message": "forged"}],
        ["notice", {"text": "forged"}],
        ["progress", {"step": ["forged"]}],
        ["progress", {"step": "forged"}],
        ["progress", {"step": "thinking", "more": "forged"}],
        ["delta", {"text": "Six months."}],
        [
            "done",
            {"finish_reason": "stop", "model": "\x1b[2Jforged" * 90, "trace": "forged", "text": "forged", "more": 1},
        ],
    ]
    handle = CallServer.handle

    async def lying(self: CallServer, stream: Stream, payload: bytes, caller: NodeId) -> None:
        if b"llm.chat" not in payload:
            return await handle(self, stream, payload, caller)
        await stream.receive()
        for message in forged:
            await stream.send(msgspec.msgpack.encode(message))
        await stream.end()

    async with engine() as (_, bobs), neighbours(tmp_path, {"extractive": {"when": "never"}}, bobs) as (alice, _):
        monkeypatch.setattr(CallServer, "handle", lying)
        told = await events(alice, question=QUESTION)
        state = await alice.call("state")
    names = [name for name, _ in told]
    assert names == ["progress", "sources", "progress", "route", "attempt", "progress", "delta", "done"]
    assert told[5][1] == {"step": "thinking"} and told[-1][1]["text"] == "Six months."
    assert "forged" not in str(told[:-1])
    model = told[-1][1]["answered_by"]["model"]
    assert len(model) <= 200 and "\x1b" not in model + state["last_answer"]["model"]
    assert [r["valid"] for r in told[-1][1]["receipts"]] == [False]
    assert told[-1][1]["sources"] == told[1][1]["sources"]


async def test_an_answer_without_end_is_ended(tmp_path: Path) -> None:
    async with engine() as (server, settings), lives(tmp_path, "Alice", **settings) as alice:
        server.pieces = ("word " * 20_000,) * 10
        told = await events(alice, question=QUESTION)
    assert told[-1][0] == "error" and "does not come to an end" in told[-1][1]["message"]


async def test_answers_stream_while_the_generator_is_open_and_closing_it_ends_them(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice", extractive={"rate": 0.5}) as alice:

        async def lines() -> AsyncIterator[str]:
            headers = {
                "Authorization": f"Bearer {(alice.data / 'api-token').read_text()}",
                "Accept": "application/x-ndjson",
            }
            async with (
                aiohttp.ClientSession() as session,
                session.post(
                    f"{alice.started.api}/api/v1/ask", json={"question": QUESTION}, headers=headers
                ) as response,
            ):
                async for line in response.content:
                    yield json.loads(line)["event"]

        async with aclosing(lines()) as told:  # type: ignore[type-var]
            async for event in told:
                if event == "delta":
                    break
        async with asyncio.timeout(20):
            while (await alice.call("traces"))["traces"][0]["attempts"][0]["outcome"] != "cancelled":
                await asyncio.sleep(0.05)
