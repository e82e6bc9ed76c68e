"""How far a question travels: two whole nodes over TLS, read from outside through the local API of the other one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from hearthnet_core.bus.remote import Stream
from hearthnet_core.bus.serve import CallServer
from hearthnet_core.models.ids import NodeId
from tests.core.node.living import Living, lives

QUESTION = "How long can I store drinking water?"


@asynccontextmanager
async def neighbours(tmp_path: Path) -> AsyncIterator[tuple[Living, Living]]:
    """Alice, whose own answerer steps back, and Bob, both in one community."""
    async with AsyncExitStack() as stack:
        alice = await stack.enter_async_context(lives(tmp_path, "Alice", extractive={"when": "never"}))
        bob = await stack.enter_async_context(lives(tmp_path, "Bob"))
        await alice.call("ingest", name="diary.md", text="# Diary\n\nOur drinking water is behind the blue door.")
        invite = await alice.call("create_invite")
        await bob.call("join", text=invite["text"])
        await alice.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
        yield alice, bob


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The opening of every call that reached any node from another one."""
    openings: list[bytes] = []
    handle = CallServer.handle

    async def heard(self: CallServer, stream: Stream, payload: bytes, caller: NodeId) -> None:
        openings.append(payload)
        await handle(self, stream, payload, caller)

    monkeypatch.setattr(CallServer, "handle", heard)
    return openings


async def test_nothing_is_shared_before_somebody_chose_and_nothing_with_this_home(
    tmp_path: Path, arrived: list[bytes]
) -> None:
    async with neighbours(tmp_path) as (alice, _):
        for _ in range(2):
            with pytest.raises(AssertionError, match="privacy: this question stays in this household"):
                await alice.call("ask", question=QUESTION)  # the only answerer in reach is Bob
            found = await alice.call("search", query=QUESTION)
            assert {s["name"] for s in found["searched"]} == {"Alice"}
            await alice.call("set_privacy", privacy="home")
        assert arrived == []
        await alice.call("set_privacy", privacy="community")
        answer = await alice.call("ask", question=QUESTION)
        assert answer["answered_by"]["node_name"] == "Bob"
        assert [b"rag.query" in opening for opening in arrived] == [True, False]
        assert b"llm.chat" in arrived[1]


async def test_a_question_may_be_narrowed_and_never_widened(tmp_path: Path, arrived: list[bytes]) -> None:
    async with neighbours(tmp_path) as (alice, _):
        await alice.call("set_privacy", privacy="home")
        with pytest.raises(AssertionError, match="privacy"):
            await alice.call("ask", question=QUESTION, privacy="any")
        await alice.call("set_privacy", privacy="community")
        with pytest.raises(AssertionError, match="privacy"):
            await alice.call("ask", question=QUESTION, privacy="local")
        assert arrived == []


async def test_what_the_household_keeps_to_itself_does_not_travel_with_a_question(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as (alice, bob):
        await alice.call("set_privacy", privacy="community")
        answer = await alice.call("ask", question="Where is our drinking water, behind which door?")
        assert answer["answered_by"]["node_name"] == "Bob"
        assert "blue door" not in str(answer)
        found = await alice.call("search", query="drinking water door")
        assert any("blue door" in s["text"] for s in found["results"])
        theirs = await bob.call("search", query="drinking water door")
        assert "blue door" not in str(theirs)
