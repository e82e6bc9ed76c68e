"""Pairing over the real server: right code, wrong code, no more tries, and a node in the middle."""

from __future__ import annotations

import asyncio
import base64

import aiohttp
import pytest

from hearthnet_core.api.pairing import CODE_S, MAX_PENDING, TRIES
from hearthnet_core.models.local_api import pairing_key, pairing_mac, plain_code

from .served import Served, served

NONCE = bytes(range(16))


async def start(here: Served, session: aiohttp.ClientSession, client: str = "home_assistant") -> dict[str, str]:
    asked = {"name": "Home Assistant", "client": client, "nonce": base64.b64encode(NONCE).decode()}
    async with session.post(f"{here.url}/api/v1/pair", json=asked) as response:
        return {"status": response.status, **await response.json()}


async def finish(
    here: Served, session: aiohttp.ClientSession, begun: dict[str, str], code: str, seen: str = ""
) -> tuple[dict[str, str], bytes]:
    """The node's answer, and the MAC that it should have sent."""
    nonces = (NONCE, base64.b64decode(begun["nonce"]))
    key = pairing_key(plain_code(code), base64.b64decode(begun["salt"]))
    mac = base64.b64encode(pairing_mac(key, "client", seen, *nonces)).decode()
    async with session.post(f"{here.url}/api/v1/pair/{begun['pairing_id']}", json={"mac": mac}) as response:
        return {"status": response.status, **await response.json()}, pairing_mac(key, "node", seen, *nonces)


async def test_the_right_code_gives_a_token_that_works_and_the_node_proves_itself() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        code = here.pairing.code().code
        assert code[5] == "-" and len(code) == 11
        answer, node_mac = await finish(here, session, await start(here, session), code.lower())
        assert base64.b64decode(answer["mac"]) == node_mac
        here.token = answer["token"]
        async with session.post(f"{here.url}/api/v1/echo", json={"text": "a"}, headers=here.headers) as response:
            assert response.status == 200
        async with session.get(f"{here.url}/health") as response:
            assert (await response.json())["claimed"] is True
        (_, paired) = here.tokens.list()
        assert (paired.name, paired.client) == ("Home Assistant", "home_assistant")


async def test_a_code_pairs_once() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        code = here.pairing.code().code
        first, second = await start(here, session), await start(here, session)
        assert (await finish(here, session, first, code))[0]["status"] == 200
        assert (await finish(here, session, second, code))[0]["status"] == 404
        assert (await start(here, session))["error"] == "expired"


async def test_five_wrong_codes_and_the_right_one_comes_too_late() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        code = here.pairing.code().code
        begun = await start(here, session)
        for left in reversed(range(TRIES)):
            answer, _ = await finish(here, session, begun, "AAAAA-AAAAA")
            assert (answer["status"], answer["error"]) == (401, "unauthorized")
            assert (f"{left} " if left else "no try left") in answer["message"]
        answer, _ = await finish(here, session, begun, code)
        assert (answer["status"], answer["error"]) == (429, "rate_limited")
        assert (await start(here, session))["error"] == "rate_limited"
        fresh = here.pairing.code().code
        assert fresh != code
        assert (await finish(here, session, await start(here, session), fresh))[0]["status"] == 200


async def test_guessing_many_at_once_gives_no_more_tries() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        here.pairing.code()
        begun = await start(here, session)
        answers = await asyncio.gather(*(finish(here, session, begun, f"AAAAA-AAA{n:02}") for n in range(12)))
        codes = [answer["error"] for answer, _ in answers]
        assert codes.count("unauthorized") == TRIES
        assert codes.count("rate_limited") == 12 - TRIES


async def test_a_code_ends_after_ten_minutes_whatever_the_wall_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        monkeypatch.setattr(here.runtime, "wall", lambda: 0.0)
        code = here.pairing.code().code
        begun = await start(here, session)
        here.runtime.ahead += CODE_S
        assert (await finish(here, session, begun, code))[0]["error"] == "expired"
        assert here.pairing.code().code != code


async def test_who_sees_another_certificate_does_not_pair() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        code = here.pairing.code().code
        answer, _ = await finish(here, session, await start(here, session), code, seen="ab" * 32)
        assert answer["status"] == 401


async def test_without_a_code_shown_nobody_can_begin() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        answer = await start(here, session)
        assert (answer["status"], answer["error"]) == (410, "expired")
        assert "hearthnet pair" in answer["message"]


async def test_begun_pairings_are_bounded_and_the_newest_works() -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        code = here.pairing.code().code
        old = await start(here, session)
        for _ in range(MAX_PENDING):
            newest = await start(here, session)
        assert (await finish(here, session, old, code))[0]["error"] == "not_found"
        assert (await finish(here, session, newest, code))[0]["status"] == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "x", "client": "c", "nonce": "AAAA"},
        {"name": "x", "client": "c", "nonce": "!"},
        {"name": "", "client": "c", "nonce": base64.b64encode(NONCE).decode()},
        {"name": "x", "client": "NO SPACES", "nonce": base64.b64encode(NONCE).decode()},
        {"name": "x" * 65, "client": "c", "nonce": base64.b64encode(NONCE).decode()},
        {"name": "x"},
    ],
)
async def test_a_malformed_beginning_is_refused(asked: dict[str, str]) -> None:
    async with served() as here, aiohttp.ClientSession() as session:
        here.pairing.code()
        async with session.post(f"{here.url}/api/v1/pair", json=asked) as response:
            assert (await response.json())["error"] == "bad_request"
