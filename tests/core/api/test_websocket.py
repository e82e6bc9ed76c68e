"""Many calls on one connection: signing in, events, cancel, bounds, and the end of it all."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from hearthnet_core.api import websocket
from hearthnet_core.models.local_api import MAX_CALLS

from .served import Served, served, signed_in


async def refused(here: Served, first: str | bytes | None) -> dict[str, str]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{here.url}/api/v1/ws") as raw:
        if isinstance(first, bytes):
            await raw.send_bytes(first)
        elif first is not None:
            await raw.send_str(first)
        answer = await raw.receive_json(timeout=20)
        assert answer["type"] == "refused"
        assert (await raw.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE
        return dict(answer)


async def test_the_first_answer_says_which_node_and_versions_this_is() -> None:
    async with (
        served() as here,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{here.url}/api/v1/ws") as raw,
    ):
        await raw.send_json({"type": "auth", "token": here.token})
        ready = await raw.receive_json(timeout=20)
        assert ready["type"] == "ready"
        assert ready["api"] == {"version": "1.0", "lowest": "1.0"}
        assert len(ready["node_id"]) == 52


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ('{"type": "auth", "token": "wrong"}', "token_invalid"),
        ('{"id": 1, "method": "echo", "params": {"text": "a"}}', "bad_request"),
        ("{", "bad_request"),
        (b"\x00", "bad_request"),
        ('{"type": "auth", "token": "' + "x" * 5_000 + '"}', "bad_request"),
    ],
)
async def test_without_a_good_token_first_the_connection_is_refused(first: str | bytes, code: str) -> None:
    async with served() as here:
        assert (await refused(here, first))["error"] == code


async def test_who_says_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "AUTH_S", 0.05)
    async with served() as here:
        assert (await refused(here, None))["error"] == "timeout"


async def test_a_foreign_page_or_name_gets_no_connection() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as error:
                await session.ws_connect(f"{here.url}/api/v1/ws", headers=headers)
            assert error.value.status == 403


async def test_calls_run_side_by_side_and_each_ends_once() -> None:
    async with served() as here, signed_in(here) as client:
        await client.call(1, "wait")
        await client.call(2, "count", {"text": "n", "times": 2})
        await here.began.wait()
        seen = []
        while (message := await client.next())["event"] != "done":
            seen.append(message)
        assert message == {"id": 2, "event": "done", "data": {"text": "n"}}
        assert [m["data"] for m in seen if m["id"] == 2] == [{"text": "n0"}, {"text": "n1"}]


async def test_cancel_closes_the_generator_and_ends_with_timeout() -> None:
    async with served() as here, signed_in(here) as client:
        await client.call(1, "wait")
        await here.began.wait()
        await client.raw.send_json({"id": 1, "method": "cancel"})
        assert await client.answer(1) == {
            "id": 1,
            "event": "error",
            "data": {"error": "timeout", "message": "Cancelled."},
        }
        assert here.closed.is_set()
        await client.call(1, "echo", {"text": "the id is free again"})
        assert (await client.answer(1))["event"] == "done"


async def test_cancel_right_behind_its_call_is_not_lost() -> None:
    async with served() as here, signed_in(here) as client:
        await client.call(1, "wait")
        await client.raw.send_json({"id": 1, "method": "cancel"})
        assert (await client.answer(1))["data"]["message"] == "Cancelled."
        await client.raw.send_json({"id": 9, "method": "cancel"})
        await client.call(2, "echo", {"text": "a"})
        assert (await client.answer(2))["event"] == "done"


async def test_leaving_closes_every_generator() -> None:
    async with served() as here:
        async with signed_in(here) as client:
            await client.call(1, "wait")
            await here.began.wait()
        async with asyncio.timeout(20):
            await here.closed.wait()


async def test_one_call_too_many_is_refused_and_the_others_go_on() -> None:
    async with served() as here, signed_in(here) as client:
        for n in range(MAX_CALLS):
            await client.call(n, "wait")
        await client.call(99, "echo", {"text": "a"})
        assert (await client.answer(99))["data"]["error"] == "capacity_exceeded"
        await client.raw.send_json({"id": 0, "method": "cancel"})
        await client.answer(0)
        await client.call(100, "echo", {"text": "a"})
        assert (await client.answer(100))["event"] == "done"


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("nothing", {}, "not_found"),
        ("echo", {"text": "a", "colour": 1}, "bad_request"),
        ("fail", {}, "unavailable"),
        ("crash", {}, "internal_error"),
    ],
)
async def test_an_error_ends_its_call_and_nothing_else(method: str, params: dict[str, object], code: str) -> None:
    async with served() as here, signed_in(here) as client:
        await client.call(1, method, params)
        assert (await client.answer(1))["data"]["error"] == code
        await client.call(2, "echo", {"text": "a"})
        assert (await client.answer(2))["data"] == {"text": "a"}


@pytest.mark.parametrize("message", ["{", '{"id": "one", "method": "echo"}', "[" * 10_000, '{"method": "echo"}'])
async def test_what_is_no_call_ends_the_connection(message: str) -> None:
    async with served() as here, signed_in(here) as client:
        await client.raw.send_str(message)
        assert (await client.raw.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE
        assert client.raw.close_code == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_an_id_that_is_in_use_ends_the_connection() -> None:
    async with served() as here, signed_in(here) as client:
        await client.call(1, "wait")
        await here.began.wait()
        await client.call(1, "echo", {"text": "a"})
        while (message := await client.raw.receive(timeout=20)).type is aiohttp.WSMsgType.TEXT:
            assert json.loads(message.data)["event"] == "progress"
        assert client.raw.close_code == aiohttp.WSCloseCode.POLICY_VIOLATION
        async with asyncio.timeout(20):
            await here.closed.wait()


async def test_a_message_over_its_bound_ends_the_connection() -> None:
    async with served() as here, signed_in(here) as client:
        await client.call(1, "echo", {"text": "x" * 1_100_000})
        assert (await client.raw.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE
        assert client.raw.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_a_revoked_token_ends_what_runs_and_opens_nothing_more() -> None:
    async with served() as here, signed_in(here) as client:
        await client.call(1, "wait")
        await here.began.wait()
        here.tokens.revoke(here.tokens.list()[0].id)
        assert (await client.answer(1))["data"]["error"] == "token_revoked"
        await client.call(2, "echo", {"text": "a"})
        assert (await client.answer(2))["data"]["error"] == "token_revoked"


async def test_shutting_down_ends_calls_with_an_error_and_then_the_connection() -> None:
    async with served() as here, signed_in(here) as client:
        await client.call(1, "wait")
        await here.began.wait()
        closing = asyncio.create_task(here.server.aclose())
        assert "shutting down" in (await client.answer(1))["data"]["message"]
        assert (await client.raw.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE
        assert client.raw.close_code == aiohttp.WSCloseCode.GOING_AWAY
        await closing


async def test_who_reads_nothing_holds_the_producer_back_and_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "STALL_S", 1.0)
    monkeypatch.setattr(websocket, "PING_S", 3600.0)  # or a missing pong would end it as well
    async with served() as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(here.url.rpartition(":")[2]), limit=1024)
        writer.write(
            b"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        for message in (
            {"type": "auth", "token": here.token},
            {"id": 1, "method": "flood"},
            {"id": 2, "method": "flood"},
        ):
            text = json.dumps(message).encode()
            writer.write(bytes([0x81, 0x80 | 126]) + len(text).to_bytes(2) + bytes(4) + text)
        stood = -1
        async with asyncio.timeout(40):
            while here.produced != stood or not stood:
                stood = here.produced
                await asyncio.sleep(0.5)
            while here.server.connected:
                await asyncio.sleep(0.05)
        assert stood * 10_000 < 20_000_000
        writer.close()
