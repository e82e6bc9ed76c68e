"""POST and GET on the local API: who gets in, what a body may be, which answer an error is."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import socket
from pathlib import Path

import aiohttp
import pytest

from hearthnet_core.api import bodies, listener
from hearthnet_core.api.limits import MAX_FAILURES, WINDOW_S
from hearthnet_core.errors import BadRequest, Unavailable
from hearthnet_core.identity.keys import Purpose, verify

from .served import NODE, Served, served


async def post(here: Served, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, object]]:
    data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{here.url}{path}", data=data, headers={**here.headers, **headers}) as response,
    ):
        return response.status, await response.json()


async def test_health_needs_no_token_and_says_who_answers() -> None:
    async with (
        served() as here,
        aiohttp.ClientSession() as session,
        session.get(f"{here.url}/health") as response,
    ):
        assert await response.json() == {
            "service": "hearthnet",
            "status": "ok",
            "version": "0.1.0",
            "node_id": NODE.node_id.text,
            "name": "Alice",
            "public_key": base64.b64encode(NODE.public_key).decode(),
            "api": {"version": "1.0", "lowest": "1.0"},
            "fingerprint": "",
            "fingerprint_signature": "",
            "claimed": False,
        }


async def test_method_answers_its_done_data() -> None:
    async with served() as here:
        assert await post(here, "/api/v1/echo", {"text": "ab", "times": 2}) == (200, {"text": "abab"})
        assert await post(here, "/api/v1/count", {"text": "n", "times": 3}) == (200, {"text": "n"})


async def test_an_empty_body_counts_as_no_parameters() -> None:
    async with served() as here:
        status, body = await post(here, "/api/v1/fail", b"")
        assert (status, body["error"]) == (503, "unavailable")


async def test_error_body_and_status_are_those_of_its_class() -> None:
    async with served() as here:
        assert await post(here, "/api/v1/fail") == (
            503,
            {"error": "unavailable", "message": "Bob is out.", "retry_after_ms": 1500, "alt_nodes": ["carol"]},
        )


async def test_what_nobody_foresaw_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        async with served() as here:
            status, body = await post(here, "/api/v1/crash")
    assert (status, body["error"]) == (500, "internal_error")
    assert "1234" not in json.dumps(body)
    assert "1234" in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer no"},
    ],
)
async def test_without_a_good_token_no_method_runs(headers: dict[str, str]) -> None:
    async with served() as here:
        status, body = await post(here, "/api/v1/echo", {"text": "a"}, **headers)
        assert status == 401
        assert "text" not in body
        assert "hearthnet pair" in str(body["message"])


async def test_a_revoked_token_is_told_so() -> None:
    async with served() as here:
        here.tokens.revoke(here.tokens.list()[0].id)
        status, body = await post(here, "/api/v1/echo", {"text": "a"})
        assert (status, body["error"]) == (401, "token_revoked")


async def test_revoking_ends_a_stream_that_runs_under_the_token() -> None:
    async with (
        served() as here,
        aiohttp.ClientSession() as session,
        session.post(f"{here.url}/api/v1/wait", headers={**here.headers, "Accept": "application/x-ndjson"}) as response,
    ):
        await here.began.wait()
        here.tokens.revoke(here.tokens.list()[0].id)
        lines = (await response.text()).splitlines()
        assert json.loads(lines[-1])["data"]["error"] == "token_revoked"
        assert here.closed.is_set()


async def test_too_many_wrong_tokens_are_no_longer_listened_to_but_a_good_one_is() -> None:
    async with served() as here:
        for n in range(MAX_FAILURES):
            assert (await post(here, "/api/v1/echo", Authorization=f"Bearer wrong{n}"))[0] == 401
        status, body = await post(here, "/api/v1/echo", Authorization="Bearer wrong")
        assert (status, body["error"]) == (429, "rate_limited")
        assert (await post(here, "/api/v1/echo", {"text": "a"}))[0] == 200
        here.runtime.ahead += WINDOW_S
        assert (await post(here, "/api/v1/echo", Authorization="Bearer wrong"))[0] == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "file://"])
async def test_a_foreign_web_page_is_refused_even_with_a_token(origin: str) -> None:
    async with served() as here:
        status, body = await post(here, "/api/v1/echo", {"text": "a"}, Origin=origin)
        assert (status, body["error"]) == (403, "forbidden")


async def test_the_nodes_own_origin_is_let_in() -> None:
    async with served() as here:
        assert (await post(here, "/api/v1/echo", {"text": "a"}, Origin=here.url))[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "localhost.evil.example", "127.0.0.1.evil.example", ""]
)
async def test_a_name_that_is_not_ours_is_refused(host: str) -> None:
    async with served() as here:
        status, body = await post(here, "/api/v1/echo", {"text": "a"}, Host=host)
        assert (status, body["error"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "host", ["localhost:7860", "LOCALHOST", "127.0.0.1", "[::1]:7860", "192.168.1.5:7860", socket.gethostname()]
)
async def test_own_names_and_addresses_are_let_in(host: str) -> None:
    async with served() as here:
        assert (await post(here, "/api/v1/echo", {"text": "a"}, Host=host))[0] == 200


async def test_a_body_over_its_bound_is_refused_and_ingest_may_be_larger() -> None:
    async with served() as here:
        text = {"text": "x" * 1_100_000}
        status, body = await post(here, "/api/v1/echo", text)
        assert (status, body["error"]) == (400, "bad_request")
        assert "1024 KiB" in str(body["message"])
        assert await post(here, "/api/v1/ingest", text) == (200, {"size": 1_100_000})


async def test_a_body_of_unknown_length_is_cut_at_its_bound() -> None:
    sent = 0

    async def endless():  # type: ignore[no-untyped-def]
        nonlocal sent
        while sent < 500_000_000:
            sent += 100_000
            yield b" " * 100_000

    async with served() as here, aiohttp.ClientSession() as session:
        try:
            async with session.post(f"{here.url}/api/v1/echo", data=endless(), headers=here.headers) as response:
                assert response.status == 400
        except aiohttp.ClientError:
            pass  # cut off before it read the answer: as good
        assert sent < 400_000_000


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "echo"),
        (b"[]", "echo"),
        (b'{"text": 1}', "text"),
        (b"{}", "text"),
        (b'{"text": "a", "colour": 1}', "colour"),
    ],
)
async def test_parameters_that_do_not_fit_are_refused_by_name(body: bytes, says: str) -> None:
    async with served() as here:
        status, answer = await post(here, "/api/v1/echo", body)
        assert (status, answer["error"]) == (400, "bad_request")
        assert says in str(answer["message"])


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/", "/api/v1/echo/more", "/", "/api/v2/echo"])
async def test_an_unknown_address_is_not_found(path: str) -> None:
    async with served() as here:
        status, body = await post(here, path)
        assert (status, body["error"]) == (404, "not_found")


async def test_ndjson_gives_every_event_and_ends_with_done() -> None:
    async with (
        served() as here,
        aiohttp.ClientSession() as session,
        session.post(
            f"{here.url}/api/v1/count",
            json={"text": "n", "times": 2},
            headers={**here.headers, "Accept": "application/x-ndjson"},
        ) as response,
    ):
        assert response.content_type == "application/x-ndjson"
        assert [json.loads(line) for line in (await response.text()).splitlines()] == [
            {"event": "delta", "data": {"text": "n0"}},
            {"event": "delta", "data": {"text": "n1"}},
            {"event": "done", "data": {"text": "n"}},
        ]


async def test_ndjson_ends_with_the_error() -> None:
    async with (
        served() as here,
        aiohttp.ClientSession() as session,
        session.post(f"{here.url}/api/v1/fail", headers={**here.headers, "Accept": "application/x-ndjson"}) as response,
    ):
        (line,) = (await response.text()).splitlines()
        assert json.loads(line)["event"] == "error"
        assert json.loads(line)["data"]["message"] == "Bob is out."


async def test_a_client_that_hangs_up_cancels_its_call() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        async with session.post(f"{here.url}/api/v1/wait", headers={**here.headers, "Accept": "application/x-ndjson"}):
            await here.began.wait()
        async with asyncio.timeout(20):
            await here.closed.wait()


async def test_shutting_down_ends_a_stream_with_an_error() -> None:
    async with (
        served() as here,
        aiohttp.ClientSession() as session,
        session.post(f"{here.url}/api/v1/wait", headers={**here.headers, "Accept": "application/x-ndjson"}) as response,
    ):
        await here.began.wait()
        await here.server.aclose()
        last = json.loads((await response.text()).splitlines()[-1])
        assert last["data"]["error"] == "unavailable"
        assert "shutting down" in last["data"]["message"]
        assert here.closed.is_set()


async def test_a_taken_port_is_a_sentence_that_names_the_option() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with served() as here:
            with pytest.raises(Unavailable, match=r"Port \d+ is taken .* api\.port"):
                await here.server.start("127.0.0.1", taken.getsockname()[1], None)


async def test_off_loopback_plain_http_is_refused() -> None:
    async with served() as here:
        with pytest.raises(BadRequest, match="TLS"):
            await here.server.start("0.0.0.0", 0, None)


async def test_off_loopback_the_node_key_vouches_for_the_certificate_and_both_stay(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        async with served(tmp_path, "0.0.0.0") as here, aiohttp.ClientSession() as session:
            assert here.url.startswith("https://127.0.0.1:")
            async with session.get(f"{here.url}/health", ssl=False) as response:
                health = await response.json()
            pinned = aiohttp.Fingerprint(bytes.fromhex(health["fingerprint"]))
            named = {"Host": "nuc.lan"}  # a router's name for it; under TLS no other page can have rebound it
            async with session.get(f"{here.url}/health", ssl=pinned, headers=named) as response:
                assert response.status == 200
        signature = base64.b64decode(health["fingerprint_signature"])
        verify(NODE.public_key, Purpose.MANIFEST, health["fingerprint"].encode(), signature)
        seen.append(health["fingerprint"])
    assert seen[0] == seen[1]
    assert (tmp_path / "identity/api.pem").stat().st_mode & 0o777 == 0o600


async def test_only_so_many_connections_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "MAX_CONNECTIONS", 3)
    async with served() as here:
        port = int(here.url.rpartition(":")[2])
        kept = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(20):
            with pytest.raises(ConnectionError):
                if await reader.read() == b"":
                    raise ConnectionResetError
        writer.close()
        for _, other in kept:
            other.close()


async def test_a_connection_that_says_nothing_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "FIRST_REQUEST_S", 0.05)
    async with served() as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(here.url.rpartition(":")[2]))
        writer.write(b"GET /health HTTP/1.1\r\nHost: loc")
        async with asyncio.timeout(20):
            with pytest.raises(ConnectionError):
                if await reader.read() == b"":
                    raise ConnectionResetError
        writer.close()


async def test_a_body_that_never_arrives_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_S", 0.05)
    async with served() as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(here.url.rpartition(":")[2]))
        head = f"POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {here.token}\r\n"
        writer.write(f"{head}Content-Length: 100\r\n\r\n".encode())
        async with asyncio.timeout(20):
            assert b"408" in await reader.readline()
        writer.close()
