"""The client by itself, against nodes that misbehave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from custom_components.hearthnet import api, pairing
from custom_components.hearthnet.address import is_loopback, node_url
from custom_components.hearthnet.api import NodeClient
from custom_components.hearthnet.errors import CannotConnect, CertificateChanged, NodeError, NotHearthNet
from custom_components.hearthnet.privacy import narrowed
from tests.integration.conftest import until
from tests.integration.fake_node import FakeNode, answer

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


@pytest.fixture
async def client(node: FakeNode, session: aiohttp.ClientSession) -> AsyncIterator[NodeClient]:
    made = NodeClient(session, URL(node.url), "token-0", node_id=node.node_id)
    yield made
    await made.close()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[URL]]]:
    """A server whose every path is one handler."""
    runners = []

    async def start(handler: Handler) -> URL:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return URL(f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}")

    yield start
    for runner in runners:
        await runner.cleanup()


def talking(first: dict[str, Any] | str | None, *then: str) -> Handler:
    """A healthy node whose WebSocket answers `first` to the token and `then` to the first call."""
    fake = FakeNode()

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/health":
            return await fake._health(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        if isinstance(first, dict):
            await socket.send_json(first)
        elif first is not None:
            await socket.send_str(first)
        else:
            await socket.close()
            return socket
        await socket.receive()
        for text in then:
            await socket.send_str(text)
        await socket.receive()
        return socket

    return handler


READY = {"type": "ready", "api": {"version": "1.0", "lowest": "1.0"}, "node_id": "x", "version": "1"}


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("localhost", "http://localhost:7860"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:7860"),
        ("[::1]:9", "http://[::1]:9"),
        ("http://localhost:7860/", "http://localhost:7860"),
        ("https://localhost:7860", "https://localhost:7860"),
        (" 192.168.1.5 ", "https://192.168.1.5:7860"),
        ("http://192.168.1.5:7860/path?x=1", "https://192.168.1.5:7860"),
        ("alice.local", "https://alice.local:7860"),
        ("fd00::5", "https://[fd00::5]:7860"),
    ],
)
def test_a_token_crosses_a_network_only_under_tls(typed: str, url: str) -> None:
    assert str(node_url(typed)) == url


def test_what_is_this_machine() -> None:
    assert [host for host in ("localhost", "x.localhost", "127.9.9.9", "::1") if not is_loopback(host)] == []
    assert [host for host in ("localhost.example", "10.0.0.1", "0.0.0.0", "fe80::1") if is_loopback(host)] == []


def test_narrowing() -> None:
    assert narrowed("community", "made up") is None
    assert narrowed("made up", None) == "made up"


async def test_calls_run_at_once_and_each_gets_its_own(node: FakeNode, client: NodeClient) -> None:
    await client.connect()
    await client.connect()  # already there
    modes = ("normal", "drill", "emergency")
    done = await asyncio.gather(*(client.call("set_mode", {"mode": mode}) for mode in modes))
    assert [answered["mode"]["mode"] for answered in done] == list(modes)


async def test_without_a_connection_a_call_fails_at_once(client: NodeClient) -> None:
    with pytest.raises(CannotConnect):
        await client.call("state")
    await client.closed()


async def test_a_call_fails_when_the_connection_goes(node: FakeNode, client: NodeClient) -> None:
    await client.connect()
    node.script = [("progress", {}), asyncio.Event()]
    with pytest.raises(CannotConnect):
        async with aclosing(client.stream("ask")) as events:
            async for _ in events:
                await node.drop()
    await client.closed()
    with pytest.raises(CannotConnect):
        await client.call("state")


async def test_a_call_without_an_end_ends_for_us(node: FakeNode, client: NodeClient) -> None:
    await client.connect()
    node.script = [asyncio.Event()]
    with pytest.raises(NodeError) as raised:
        await client.call("ask", timeout_s=0.2)
    assert raised.value.code == "timeout"
    with pytest.raises(NodeError) as raised:
        async with aclosing(client.stream("ask", silence_s=0.2)) as events:
            async for _ in events:
                pass
    assert raised.value.code == "timeout"
    await until(lambda: [call.cancelled for call in node.calls] == [True, True], "the node was told")


async def test_closing_an_answer_cancels_it_and_late_events_hurt_nobody(node: FakeNode, client: NodeClient) -> None:
    await client.connect()
    go_on = asyncio.Event()
    node.script = [("progress", {}), go_on, *answer("late")]
    async with aclosing(client.stream("ask")) as events:
        async for event in events:
            assert event.name == "progress"
            break
    go_on.set()
    assert (await client.call("state"))["node"]["name"] == "Alice"


async def test_an_answer_that_nobody_reads_is_given_up(
    node: FakeNode, client: NodeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MAX_WAITING", 4)
    await client.connect()
    node.script = [("delta", {"text": "x"})] * 50 + [asyncio.Event()]
    seen = 0
    with pytest.raises(NodeError) as raised:
        async with aclosing(client.stream("ask")) as events:
            async for _ in events:
                seen += 1
                await until(lambda: node.calls[0].cancelled)
    assert raised.value.code == "capacity_exceeded"
    assert seen <= 5
    assert client.connected is True


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (None, CannotConnect),
        ("garbage", NotHearthNet),
        ("[]", NotHearthNet),
        ({"type": "hello"}, NotHearthNet),
        ({"type": "refused", "error": "rate_limited", "message": "Too many."}, NodeError),
        ({"type": "refused"}, NodeError),
    ],
)
async def test_who_is_not_ready_is_no_connection(
    serve: Any, session: aiohttp.ClientSession, first: Any, kind: type[NodeError]
) -> None:
    client = NodeClient(session, await serve(talking(first)), "token-0")
    with pytest.raises(kind) as raised:
        await client.connect()
    assert raised.value.refuses_token is False
    assert client.connected is False


async def test_frames_that_make_no_sense_are_passed_over(serve: Any, session: aiohttp.ClientSession) -> None:
    good = json.dumps({"id": 1, "event": "done", "data": {"fine": True}})
    bad = (
        "{",
        "[]",
        "5",
        '{"id": 1}',
        '{"id": "1", "event": "done"}',
        '{"id": 99, "event": "done"}',
        '{"id": 1, "event": 5}',
    )
    client = NodeClient(session, await serve(talking(READY, *bad, good)), "token-0")
    await client.connect()
    assert await client.call("state") == {"fine": True}
    await client.close()


async def test_an_error_without_a_body_is_still_one(serve: Any, session: aiohttp.ClientSession) -> None:
    client = NodeClient(session, await serve(talking(READY, '{"id": 1, "event": "error", "data": 7}')), "token-0")
    await client.connect()
    with pytest.raises(NodeError) as raised:
        await client.call("state")
    assert (raised.value.code, raised.value.to_wire()["error"]) == ("internal_error", "internal_error")
    await client.close()


async def test_a_redirect_takes_no_token_elsewhere(serve: Any, session: aiohttp.ClientSession) -> None:
    asked: list[str | None] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Authorization"))
        return web.json_response({})

    other = await serve(elsewhere)

    async def away(request: web.Request) -> web.Response:
        return web.json_response({}, status=307, headers={"Location": str(other)})

    with pytest.raises(NotHearthNet):
        await pairing.call_once(session, await serve(away), "", "secret", "state", {})
    assert asked == []


async def test_replies_are_bounded(serve: Any, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "MAX_REPLY", 1000)

    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" " * 1000)
        return response

    with pytest.raises(NotHearthNet):
        await pairing.health(session, await serve(flood), "")


@pytest.mark.parametrize(
    ("offer", "proof"),
    [
        ({}, {}),
        ({"pairing_id": "x", "nonce": "AAAA", "salt": "AAAA"}, {}),
        ({"pairing_id": "../x", "nonce": "A" * 22 + "==", "salt": "A" * 22 + "=="}, {}),
        ({"pairing_id": "x", "nonce": "!", "salt": 5}, {}),
        ({"pairing_id": "x", "nonce": "A" * 22 + "==", "salt": "A" * 22 + "=="}, {"token": "x"}),
    ],
)
async def test_a_pairing_that_is_none(
    serve: Any, session: aiohttp.ClientSession, offer: dict[str, Any], proof: dict[str, Any]
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(offer if request.path.endswith("pair") else proof)

    with pytest.raises(NotHearthNet):
        await pairing.pair(session, await serve(handler), "", "ABCDEFGHJK")


async def test_plain_http_where_tls_was_expected(node: FakeNode) -> None:
    with pytest.raises(NotHearthNet):
        await pairing.see_certificate(URL(node.url).with_scheme("https"))


async def test_an_entry_without_a_fingerprint_never_speaks_tls(
    tls_node: FakeNode, session: aiohttp.ClientSession
) -> None:
    with pytest.raises(CertificateChanged):
        await pairing.health(session, URL(tls_node.url), "")
    assert tls_node.calls == []
