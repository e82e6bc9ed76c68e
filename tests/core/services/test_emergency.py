"""Mode and connectivity: set by people, observed by probes of real sockets, heard by whoever subscribes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hearthnet_core.api import state as view
from hearthnet_core.errors import BadRequest
from script.demo_parts.nodes import free_port
from tests.core.node.living import Living, lives


class Internet:
    """What a node believes to be the internet: one port that is there or not."""

    def __init__(self) -> None:
        self.port = free_port()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        async def hello(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        self._server = await asyncio.start_server(hello, "127.0.0.1", self.port)

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def probing(self) -> dict[str, Any]:
        return {"targets": [f"tcp://127.0.0.1:{self.port}"], "interval_s": 0.3}


@pytest.fixture
async def internet() -> AsyncIterator[Internet]:
    made = Internet()
    await made.start()
    yield made
    await made.cut()


@pytest.fixture(autouse=True)
def pushed_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A subscriber that looks by itself every few seconds would hide a change that nobody tells."""
    monkeypatch.setattr(view, "LOOK_S", 3_600.0)


@asynccontextmanager
async def subscribed(node: Living) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{node.started.api}/api/v1/ws") as socket:
        await socket.send_json({"type": "auth", "token": (node.data / "api-token").read_text()})
        assert (await socket.receive_json())["type"] == "ready"
        await socket.send_json({"id": 1, "method": "subscribe"})
        yield socket


async def heard(socket: aiohttp.ClientWebSocketResponse, key: str, field: str, wanted: str) -> dict[str, Any]:
    """The first state in which `state[key][field]` is `wanted`."""
    async with asyncio.timeout(40):
        while True:
            message = json.loads((await socket.receive()).data)
            if message["event"] == "state" and message["data"][key][field] == wanted:
                return dict(message["data"])


async def test_a_mode_is_kept_with_its_reason_over_a_repetition_and_a_restart(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        assert (await alice.call("state"))["mode"]["mode"] == "normal"
        before = time.time()
        first = (await alice.call("set_mode", mode="emergency", reason="flood\x1b[2J in\nthe street", by="Anna"))[
            "mode"
        ]
        assert first["mode"] == "emergency" and first["by"] == "Anna" and first["since"] >= before - 1
        assert first["reason"] == "flood[2J in the street"
        again = (await alice.call("set_mode", mode="emergency", reason="another", by="automation"))["mode"]
        assert again == first == (await alice.call("state"))["mode"]
    async with lives(tmp_path, "Alice") as alice:
        assert (await alice.call("state"))["mode"] == first
        over = (await alice.call("set_mode", mode="normal"))["mode"]
        assert over["mode"] == "normal" and over["since"] >= first["since"] and over["reason"] == ""
        drill = (await alice.call("set_mode", mode="drill"))["mode"]
        assert drill["mode"] == "drill" and drill["by"] == "api"


@pytest.mark.parametrize(
    "params", [{"mode": "panic"}, {"mode": "drill", "reason": "x" * 201}, {"mode": "drill", "by": 7}, {}]
)
async def test_a_mode_that_is_none_is_refused_and_changes_nothing(tmp_path: Path, params: dict[str, Any]) -> None:
    async with lives(tmp_path, "Alice") as alice:
        with pytest.raises(AssertionError, match="bad_request: set_mode"):
            await alice.call("set_mode", **params)
        assert (await alice.call("state"))["mode"]["mode"] == "normal"


async def test_a_new_mode_is_pushed_within_a_second(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice, subscribed(alice) as socket:
        await heard(socket, "mode", "mode", "normal")
        began = time.monotonic()
        await alice.call("set_mode", mode="drill")
        await heard(socket, "mode", "mode", "drill")
        assert time.monotonic() - began < 5.0


async def test_each_step_from_online_to_isolated_and_back_is_pushed(tmp_path: Path, internet: Internet) -> None:
    async with lives(tmp_path, "Alice", connectivity=internet.probing) as alice, subscribed(alice) as socket:
        state = await heard(socket, "connectivity", "state", "online")
        assert state["connectivity"]["internet"] is True and state["connectivity"]["cause"] == "none"
        assert state["connectivity"]["mesh"] is False
        await internet.cut()
        degraded = await heard(socket, "connectivity", "state", "degraded")
        isolated = await heard(socket, "connectivity", "state", "isolated")
        assert degraded["connectivity"]["internet"] is True and isolated["connectivity"]["internet"] is False
        assert isolated["connectivity"]["cause"] == "unknown"
        await internet.start()
        back = await heard(socket, "connectivity", "state", "online")
        sinces = [s["connectivity"]["since"] for s in (state, degraded, isolated, back)]
        assert sinces == sorted(sinces) and len(set(sinces)) == 4
        assert back["mode"]["mode"] == "normal", "connectivity never sets the mode"


async def test_an_internet_engine_is_withdrawn_while_offline_and_not_waited_for(
    tmp_path: Path, internet: Internet
) -> None:
    row = {"kind": "openai_compatible", "url": "https://llm.example.invalid", "name": "cloud", "quality": 1.0}
    async with lives(tmp_path, "Alice", connectivity=internet.probing, engines=[row]) as alice:
        await alice.call("set_privacy", privacy="any")
        await alice.until(lambda s: s["connectivity"]["state"] == "online")
        (cloud,) = [c for c in (await alice.call("state"))["capabilities"] if c["provider"] == "cloud"]
        assert cloud["internet"] is True
        await internet.cut()
        await alice.until(lambda s: s["connectivity"]["state"] == "isolated", 40)
        began = time.monotonic()
        done = await alice.call("ask", question="How long can I store drinking water?")
        assert time.monotonic() - began < 8.0
        why = {c["provider"]: c["excluded"] for c in done["trace"]["candidates"]}
        assert why == {"extractive": "", "cloud": "needs the internet, which is out"}
        assert done["answered_by"]["provider"] == "extractive"


async def test_the_mesh_flag_follows_the_neighbours_and_offline_is_not_isolated(
    tmp_path: Path, internet: Internet
) -> None:
    async with AsyncExitStack() as stack:
        alice = await stack.enter_async_context(lives(tmp_path, "Alice", connectivity=internet.probing))
        async with lives(tmp_path, "Bob") as bob:
            await bob.call("join", text=(await alice.call("create_invite"))["text"])
            await alice.until(lambda s: s["connectivity"]["mesh"] and s["connectivity"]["state"] == "online")
            await internet.cut()
            state = await alice.until(lambda s: not s["connectivity"]["internet"], 40)
            assert state["connectivity"]["state"] == "offline" and state["connectivity"]["mesh"] is True
        state = await alice.until(lambda s: not s["connectivity"]["mesh"])
        assert state["connectivity"]["state"] == "isolated" and state["connectivity"]["internet"] is False


async def test_without_probes_the_state_is_unknown_and_says_so(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        assert (await alice.call("state"))["connectivity"]["state"] == "unknown"


async def test_a_target_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"connectivity\.targets: 'ping me'"):
        async with lives(tmp_path, "Alice", connectivity={"targets": ["ping me"]}):
            raise AssertionError("it started")
