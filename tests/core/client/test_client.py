"""The client against a real local API, and against things that are none."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from hearthnet_core.client import Client, pair
from hearthnet_core.client.client import check_versions
from hearthnet_core.errors import (
    BadRequest,
    InternalError,
    InvalidSignature,
    TokenInvalid,
    Unauthorized,
    Unavailable,
    VersionMismatch,
)
from hearthnet_core.models.local_api import RUN_FILE, RunFile
from hearthnet_core.runtime import SystemRuntime
from tests.core.api.served import Served, served


@asynccontextmanager
async def client(here: Served) -> AsyncIterator[Client]:
    async with Client(here.url, here.token) as found:
        yield found


async def test_call_and_stream_give_what_the_node_gave() -> None:
    async with served() as here, client(here) as node:
        assert await node.call("echo", {"text": "a", "times": 2}) == {"text": "aa"}
        async with aclosing(node.stream("count", {"text": "n", "times": 2})) as events:
            seen = [event async for event in events]
        assert seen == [("delta", {"text": "n0"}), ("delta", {"text": "n1"}), ("done", {"text": "n"})]


async def test_failures_come_back_as_their_own_class() -> None:
    async with served() as here, client(here) as node:
        with pytest.raises(Unavailable, match=r"Bob is out\.") as error:
            await node.call("fail")
        assert error.value.retry_after_ms == 1500 and error.value.alt_nodes == ("carol",)
        with pytest.raises(Unavailable, match=r"Bob is out\."):
            async with aclosing(node.stream("fail")) as events:
                async for _ in events:
                    raise AssertionError
        with pytest.raises(BadRequest, match="colour"):
            await node.call("echo", {"text": "a", "colour": 1})
        with pytest.raises(InternalError):
            await node.call("crash")
    async with served() as here, Client(here.url, "wrong") as node:
        with pytest.raises(TokenInvalid):
            await node.call("echo", {"text": "a"})


async def test_closing_a_stream_cancels_the_call() -> None:
    async with served() as here, client(here) as node:
        async with aclosing(node.stream("wait")) as events:
            assert await anext(events) == ("progress", {"step": "waiting"})
            await here.began.wait()
        async with asyncio.timeout(20):
            await here.closed.wait()


async def test_lines_larger_than_a_read_come_whole() -> None:
    async with served() as here, client(here) as node:
        text = "ü" * 400_000
        async with aclosing(node.stream("count", {"text": text, "times": 1})) as events:
            seen = [data["text"] async for _, data in events]
        assert seen == [text + "0", text]


async def test_a_node_that_stops_is_said_to_have_stopped() -> None:
    async with served() as here, client(here) as node:
        with pytest.raises(Unavailable, match="shutting down"):
            async with aclosing(node.stream("wait")) as events:
                async for _ in events:
                    await here.server.aclose()
        with pytest.raises(Unavailable, match=r"No node answers|broke"):
            await node.call("echo", {"text": "a"})


async def test_local_finds_the_node_of_a_data_folder(tmp_path: Path) -> None:
    async with served(tmp_path) as here:
        running = RunFile(pid=os.getpid(), api=here.url)
        (tmp_path / RUN_FILE).write_bytes(msgspec.json.encode(running))
        async with Client.local(tmp_path) as node:
            assert await node.call("echo", {"text": "a"}) == {"text": "a"}
    with pytest.raises(Unavailable, match=r"No node is running on .* `hearthnet run`"):
        async with Client.local(tmp_path):
            raise AssertionError
    (tmp_path / RUN_FILE).write_text("{")
    with pytest.raises(Unavailable, match="No node is running on"):
        Client.local(tmp_path)


async def test_local_over_tls_pins_the_certificate(tmp_path: Path) -> None:
    async with served(tmp_path, "0.0.0.0") as here:
        running = RunFile(pid=os.getpid(), api=here.url, fingerprint=here.server.fingerprint)
        (tmp_path / RUN_FILE).write_bytes(msgspec.json.encode(running))
        async with Client.local(tmp_path) as node:
            assert await node.call("echo", {"text": "a"}) == {"text": "a"}
        with pytest.raises(InvalidSignature, match="another certificate"):
            async with Client(here.url, here.token, "ab" * 32):
                raise AssertionError


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_pairing_gives_a_token_that_works(tmp_path: Path, host: str) -> None:
    runtime = SystemRuntime()
    async with served(tmp_path, host) as here:
        code = here.pairing.code().code
        with pytest.raises(Unauthorized, match="4 tries left"):
            await pair(here.url, "AAAAA-AAAAA", runtime=runtime, name="A program", client="program")
        paired = await pair(here.url, code.lower(), runtime=runtime, name="A program", client="program")
        assert paired.fingerprint == here.server.fingerprint
        async with Client(here.url, paired.token, paired.fingerprint) as node:
            assert await node.call("echo", {"text": "a"}) == {"text": "a"}
    with pytest.raises(BadRequest, match="ABCDE-FGHJK"):
        await pair(here.url, "ABC", runtime=runtime, name="x", client="x")


@asynccontextmanager
async def listening(routes: list[web.RouteDef]) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_node_that_does_not_know_the_code_gets_no_trust() -> None:
    async def health(_: web.Request) -> web.Response:
        return web.json_response({"api": {"version": "1.0", "lowest": "1.0"}})

    async def begin(_: web.Request) -> web.Response:
        sixteen = "AAAAAAAAAAAAAAAAAAAAAA=="
        return web.json_response({"pairing_id": "x", "nonce": sixteen, "salt": sixteen, "node_id": "x"})

    async def finish(_: web.Request) -> web.Response:
        return web.json_response({"mac": "AAAA", "token": "stolen", "node_id": "x"})

    routes = [web.get("/health", health), web.post("/api/v1/pair", begin), web.post("/api/v1/pair/x", finish)]
    async with listening(routes) as url:
        with pytest.raises(InvalidSignature, match="not the node you meant"):
            await pair(url, "ABCDE-FGHJK", runtime=SystemRuntime(), name="x", client="x")


async def test_what_is_no_node_is_said_to_be_none() -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    async def json(_: web.Request) -> web.Response:
        return web.json_response({"hello": 1})

    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound("/other")

    for handler in (page, json, elsewhere):
        async with listening([web.get("/health", handler)]) as url:
            with pytest.raises((Unavailable, VersionMismatch), match="no HearthNet node"):
                async with Client(url):
                    raise AssertionError
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="No node answers"):
            async with Client(f"http://127.0.0.1:{free.getsockname()[1]}"):
                raise AssertionError


def test_a_version_that_does_not_fit_says_which_side_to_update() -> None:
    check_versions({"version": "1.7", "lowest": "1.0"})
    with pytest.raises(VersionMismatch, match="update the node"):
        check_versions({"version": "0.9", "lowest": "0.1"})
    with pytest.raises(VersionMismatch, match="This program is too old"):
        check_versions({"version": "2.1", "lowest": "2.0"})
