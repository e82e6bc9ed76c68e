"""The state as docs/api.md shows it, and what a subscriber hears: everything that matters, not more often than agreed."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import aiohttp
import msgspec
import pytest

from hearthnet_core.api import state as module
from hearthnet_core.signals import Signal
from tests.core.backends.conftest import serving
from tests.core.backends.openai_server import OpenAIServer
from tests.core.node.living import Living, lives


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """No field more and none less than docs/api.md has."""


class Node(Strict):
    id: str
    short: str
    name: str
    version: str
    address: str
    started: float
    warnings: list[Literal["clock", "cloned_node", "removed"]]


class Member(Strict):
    id: str
    short: str
    name: str
    role: Literal["member", "trusted", "anchor"]


class Community(Strict):
    id: str
    short: str
    name: str
    members: int
    alone: bool
    readmit: list[str]


class Connectivity(Strict):
    state: Literal["online", "degraded", "offline", "isolated", "unknown"]
    cause: Literal["none", "dns", "captive_portal", "gateway", "no_route", "unknown"]
    since: float
    internet: bool
    mesh: bool


class Mode(Strict):
    mode: Literal["normal", "emergency", "drill"]
    since: float
    by: str
    reason: str


class Capability(Strict):
    capability: str
    version: str
    provider: str
    models: list[str]
    available: bool
    reason: str
    load: float
    internet: bool


class Peer(Strict):
    node_id: str
    short: str
    name: str
    member_id: str
    member_name: str
    role: Literal["member", "trusted", "anchor"]
    home: bool
    connected: bool
    latency_ms: float | None
    address: str
    version: str
    since: float
    capabilities: list[Capability]


class Answer(Strict):
    node_id: str
    node_name: str
    at: float
    capability: str
    model: str
    trace_id: str


class IndexingProgress(Strict):
    done: int
    total: int
    model: str


class Library(Strict):
    documents: int
    chunks: int
    model: str
    note: str
    indexing: IndexingProgress | None
    pictures: int
    picture_model: str
    picture_note: str
    picture_indexing: IndexingProgress | None


class Notice(Strict):
    id: str
    title: str
    body: str
    severity: Literal["info", "warning", "urgent"]
    author_node: str
    author_name: str
    member_id: str
    at: float
    expires: float
    late: bool


class Engine(Strict):
    name: str
    url: str
    available: bool
    reason: str


class State(Strict):
    node: Node
    member: Member
    community: Community
    privacy: Literal["local", "home", "community", "any"]
    privacy_chosen: bool
    connectivity: Connectivity
    mode: Mode
    peers: list[Peer]
    capabilities: list[Capability]
    last_answer: Answer | None
    library: Library
    notices: list[Notice]
    engines: list[Engine]
    next_step: Literal["none", "invite", "choose_privacy", "add_model", "check_network"]


async def joined(guest: Living, host: Living) -> None:
    await guest.call("join", text=(await host.call("create_invite"))["text"])
    for node in (guest, host):
        await node.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))


@asynccontextmanager
async def subscribed(node: Living) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{node.started.api}/api/v1/ws") as socket:
        await socket.send_json({"type": "auth", "token": (node.data / "api-token").read_text()})
        assert (await socket.receive_json())["type"] == "ready"
        await socket.send_json({"id": 1, "method": "subscribe"})
        yield socket


async def next_of(socket: aiohttp.ClientWebSocketResponse, seconds: float = 20.0) -> tuple[str, dict[str, Any]]:
    message = json.loads((await socket.receive(seconds)).data)
    return message["event"], message["data"]


async def test_every_field_of_the_contract_is_there_with_its_type_and_no_other(tmp_path: Path) -> None:
    row = {"kind": "openai_compatible", "url": "http://127.0.0.1:1", "name": "gone"}
    async with lives(tmp_path, "Alice", engines=[row]) as alice, lives(tmp_path, "Bob") as bob:
        alone = msgspec.convert(await alice.call("state"), State)
        assert alone.last_answer is None and alone.peers == [] and alone.notices == []
        assert alone.community.alone and alone.community.members == 1 and alone.member.role == "anchor"
        await joined(bob, alice)
        await alice.call("ask", question="How long can I store drinking water?")
        await bob.call("post_notice", title="The pump works", severity="warning")
        await alice.until(lambda s: s["notices"])
        state = msgspec.convert(await alice.call("state"), State)
    (peer,) = state.peers
    assert peer.name == "Bob" and peer.connected and not peer.home and peer.role == "member" and peer.since > 0
    assert peer.address.startswith("127.0.0.1:") and {c.capability for c in peer.capabilities} >= {
        "rag.query",
        "llm.chat",
    }
    assert "rag.ingest" not in {c.capability for c in peer.capabilities}
    (engine,) = state.engines
    assert (engine.name, engine.url, engine.available) == ("gone", "http://127.0.0.1:1", False) and engine.reason
    assert state.last_answer is not None and state.last_answer.node_name == "Alice"
    assert state.library.documents == 66 < state.library.chunks
    assert (state.notices[0].title, state.notices[0].author_name) == ("The pump works", "Bob")
    assert state.node.address.startswith("127.0.0.1:") and state.node.warnings == []


async def test_the_next_step_goes_from_privacy_to_network_to_invite_to_model_to_none(tmp_path: Path) -> None:
    async with lives(
        tmp_path, "Alice", node={"name": "Alice", "port": 0}, discovery={"enabled": False, "interfaces": ["nosuch0"]}
    ) as alice:
        state = await alice.call("state")
        assert (state["next_step"], state["node"]["address"]) == ("choose_privacy", "")
        await alice.call("set_privacy", privacy="community")
        assert (await alice.call("state"))["next_step"] == "check_network"
    server = OpenAIServer()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(server.app()))
        row = {"kind": "openai_compatible", "url": url, "name": "big"}
        alice = await stack.enter_async_context(lives(tmp_path, "Alice"))
        bob = await stack.enter_async_context(lives(tmp_path, "Bob"))
        assert (await alice.call("state"))["next_step"] == "invite"
        await joined(bob, alice)
        assert (await alice.call("state"))["next_step"] == "add_model"
        carol = await stack.enter_async_context(lives(tmp_path, "Carol", engines=[row]))
        await joined(carol, alice)
        await alice.until(lambda s: s["next_step"] == "none")


async def test_a_subscriber_hears_the_state_at_once_each_change_and_each_notice(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice, subscribed(alice) as socket:
        event, first = await next_of(socket)
        assert event == "state" and msgspec.convert(first, State).mode.mode == "normal"
        posted = (await alice.call("post_notice", title="The pump works"))["notice"]
        heard = [await next_of(socket), await next_of(socket)]
        assert ("notice", {"notice": posted}) in heard
        (state,) = [data for event, data in heard if event == "state"]
        assert state["notices"] == [posted]


async def test_many_changes_are_at_most_four_states_a_second_and_the_last_one_is_told(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice, subscribed(alice) as socket:
        await next_of(socket)
        states, began = 0, time.monotonic()
        for n in range(40):
            await alice.call("set_mode", mode="drill" if n % 2 == 0 else "normal", reason=f"change {n}")
        await alice.call("set_mode", mode="drill", reason="the last")
        while True:
            event, data = await next_of(socket)
            states += event == "state"
            if event == "state" and data["mode"]["reason"] == "the last":
                break
        assert states <= 4 * (time.monotonic() - began) + 2


async def test_a_subscriber_who_reads_slowly_gets_every_notice_and_the_newest_state(tmp_path: Path) -> None:
    """More than a hundred at once, as when two halves of a street meet again."""
    wanted = [f"notice {n}" for n in range(150)]
    async with lives(tmp_path, "Alice") as alice, lives(tmp_path, "Bob") as bob:
        await joined(bob, alice)
        async with subscribed(alice) as socket:
            await next_of(socket)
            await asyncio.gather(*(bob.call("post_notice", title=title) for title in wanted))
            heard: list[str] = []
            newest: dict[str, Any] = {}
            async with asyncio.timeout(60):
                while len(heard) < len(wanted) or len(newest["notices"]) < module.NOTICES:
                    event, data = await next_of(socket, 60)
                    if event == "notice":
                        heard.append(data["notice"]["title"])
                    else:
                        newest = data
                    await asyncio.sleep(0.01)
        assert sorted(heard) == sorted(wanted)
        assert len(newest["notices"]) == module.NOTICES


async def test_notices_of_a_stream_nobody_reads_wait_and_are_not_lost(tmp_path: Path) -> None:
    wanted = [f"notice {n}" for n in range(100)]
    async with lives(tmp_path, "Alice") as alice, subscribed(alice) as socket:
        await next_of(socket)
        await asyncio.gather(*(alice.call("post_notice", title=title) for title in wanted))
        await asyncio.sleep(1.0)
        heard = []
        async with asyncio.timeout(30):
            while len(heard) < len(wanted):
                event, data = await next_of(socket)
                if event == "notice":
                    heard.append(data["notice"]["title"])
        assert sorted(heard) == sorted(wanted)


async def test_silence_is_broken_by_a_sign_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_S", 0.5)
    monkeypatch.setattr(module, "LOOK_S", 0.2)
    async with lives(tmp_path, "Alice") as alice, subscribed(alice) as socket:
        assert [(await next_of(socket))[0] for _ in range(3)] == ["state", "ping", "ping"]


async def test_who_unsubscribes_or_vanishes_leaves_nothing_behind(tmp_path: Path) -> None:
    def listeners() -> int:
        """To any signal of the process, however they were connected."""
        gc.collect()
        return sum(len(o._listeners) for o in gc.get_objects() if isinstance(o, Signal))

    async with lives(tmp_path, "Alice") as alice:
        before = listeners()
        for n in range(5):
            async with subscribed(alice) as socket:
                await next_of(socket)
                assert listeners() > before
                if n % 2:
                    await socket.send_json({"id": 1, "method": "cancel"})
                    assert (await next_of(socket))[0] == "error"
        async with asyncio.timeout(20):
            while listeners() != before:
                await asyncio.sleep(0.05)


async def test_what_neighbours_call_themselves_is_cleaned_for_the_screen(tmp_path: Path) -> None:
    bad = "B\x1b[2Jo\u202eb\n"
    row = {"kind": "openai_compatible", "url": "http://127.0.0.1:1", "name": bad}
    bobs = {"node": {"name": bad, "host": "127.0.0.1", "port": 0}, "engines": [row]}
    async with lives(tmp_path, "Alice") as alice, lives(tmp_path, "Bob", **bobs) as bob:
        await joined(bob, alice)
        await alice.call("set_privacy", privacy="community")
        state = await alice.until(
            lambda s: any(c["provider"] != "library" for p in s["peers"] for c in p["capabilities"])
        )
        done = await alice.call("ask", question="How long can I store drinking water?")
        found = await alice.call("search", query="drinking water")
        for shown in (state, done["trace"], found["searched"], await alice.call("peers")):
            text = json.dumps(shown, ensure_ascii=False)
            assert "\\u001b" not in text and "\u202e" not in text and "\\n" not in text
        assert state["peers"][0]["name"] == "B[2Job"
