"""The announcement to Supervisor, as its own process, against a real local API and a Supervisor on a real socket."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from hearthnet_core.api.method import Nothing, once
from hearthnet_core.api.pairing import Pairing
from hearthnet_core.api.server import ApiServer
from hearthnet_core.api.tokens import Tokens
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.runtime import SystemRuntime
from tests.addon.supervisor import SECRET, FakeSupervisor

SCRIPT = Path(__file__).resolve().parents[2] / "addon/rootfs/usr/lib/hearthnet/announce.py"
NODE_ID = "n" * 52


class Api:
    """A node's local API with what the announcement needs of it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.runtime = SystemRuntime()
        self.tokens = Tokens(SettingsFile(data / "settings.json"), self.runtime, data)
        pairing = self.pairing = Pairing(self.runtime, self.tokens, NODE_ID)

        async def pair_code(_: Nothing) -> dict[str, Any]:
            return {**msgspec.to_builtins(pairing.code()), "address": ""}

        async def peers(_: Nothing) -> dict[str, Any]:
            return {"peers": []}

        self.server = ApiServer(
            self.runtime,
            methods={"pair_code": once("pair_code", Nothing, pair_code), "peers": once("peers", Nothing, peers)},
            tokens=self.tokens,
            pairing=pairing,
            health=lambda: {"node_id": NODE_ID, "name": "Alice", "public_key": b""},
        )
        self.port = 0

    async def announced(self, supervisor: FakeSupervisor, secret: str = SECRET) -> tuple[int, str]:
        return await announced(self.data, self.port, supervisor, secret)


@asynccontextmanager
async def serving(data: Path) -> AsyncIterator[Api]:
    api = Api(data)
    _, api.port = await api.server.start("127.0.0.1", 0, None)
    try:
        yield api
    finally:
        await api.server.aclose()
        api.runtime.close()


async def announced(data: Path, port: int, supervisor: FakeSupervisor, secret: str) -> tuple[int, str]:
    """Runs the script as the app's service does; its exit code and all it printed."""
    options = data / "options.json"
    options.write_text(json.dumps({"api": {"port": port}}))
    environment = {k: v for k, v in os.environ.items() if k != "SUPERVISOR_TOKEN"}
    if secret:
        environment["SUPERVISOR_TOKEN"] = secret
    words = [SCRIPT, "--data", data, "--options", options, "--supervisor", supervisor.url]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), 50)
    return int(process.returncode or 0), output.decode()


async def opens(api: Api, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.server.url}/api/v1/peers", json={}, headers=headers) as answer,
    ):
        return answer.status == 200


async def test_supervisor_is_told_loopback_and_a_token_that_opens_the_api(tmp_path: Path) -> None:
    async with serving(tmp_path) as api:
        with FakeSupervisor() as supervisor:
            code, output = await api.announced(supervisor)
        assert code == 0, output
        (message,) = supervisor.messages
        config = message["config"]
        assert message["service"] == "hearthnet"
        assert config | {"token": ""} == {"host": "127.0.0.1", "port": api.port, "token": "", "node_id": NODE_ID}
        assert await opens(api, config["token"])
        assert config["token"] not in output
        assert [token.client for token in api.tokens.list()] == ["home_assistant"]


async def test_the_next_start_announces_the_same_token_which_only_its_owner_can_read(tmp_path: Path) -> None:
    async with serving(tmp_path) as api:
        with FakeSupervisor() as supervisor:
            await api.announced(supervisor)
    async with serving(tmp_path) as api:
        with FakeSupervisor() as again:
            await api.announced(again)
    assert again.messages[0]["config"]["token"] == supervisor.messages[0]["config"]["token"]
    assert len(api.tokens.list()) == 1
    assert stat.S_IMODE((tmp_path / "announced.json").stat().st_mode) == 0o600


async def test_a_revoked_token_is_replaced_at_the_next_start(tmp_path: Path) -> None:
    async with serving(tmp_path) as api:
        with FakeSupervisor() as supervisor:
            await api.announced(supervisor)
            api.tokens.revoke(api.tokens.list()[0].id)
            await api.announced(supervisor)
        first, second = (message["config"]["token"] for message in supervisor.messages)
        assert [await opens(api, first), await opens(api, second)] == [False, True]


async def test_a_busy_supervisor_is_asked_again(tmp_path: Path) -> None:
    async with serving(tmp_path) as api:
        with FakeSupervisor(busy=2) as supervisor:
            code, output = await api.announced(supervisor)
        assert (code, supervisor.refused, len(supervisor.messages)) == (0, [503, 503], 1), output


async def test_a_refusal_is_one_sentence_that_says_what_to_do_and_is_not_repeated(tmp_path: Path) -> None:
    async with serving(tmp_path) as api:
        with FakeSupervisor(services=("mqtt",)) as supervisor:
            code, output = await api.announced(supervisor)
        assert (code, supervisor.refused) == (1, [403])
        assert "HTTP 403" in output
        assert f"by hand: address 127.0.0.1:{api.port}, code {api.pairing.code().code} " in output
        assert "Traceback" not in output


async def test_without_supervisor_nothing_is_paired_and_nothing_sent(tmp_path: Path) -> None:
    async with serving(tmp_path) as api:
        with FakeSupervisor() as supervisor:
            code, output = await api.announced(supervisor, secret="")
        assert (code, supervisor.messages, supervisor.refused) == (0, [], [])
        assert "not started by Home Assistant's Supervisor" in output
        assert api.tokens.list() == ()


async def test_another_program_on_the_port_is_given_no_token(tmp_path: Path) -> None:
    seen: list[web.BaseRequest] = []

    async def other(request: web.BaseRequest) -> web.Response:
        seen.append(request)
        return web.json_response({"service": "something else"})

    (tmp_path / "api-token").write_text("hn_secret")
    (tmp_path / "announced.json").write_text('{"token": "hn_kept"}')
    runner = web.ServerRunner(web.Server(other))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        with FakeSupervisor() as supervisor:
            code, output = await announced(tmp_path, runner.addresses[0][1], supervisor, SECRET)
    finally:
        await runner.cleanup()
    assert code == 1 and "choose another one for `api.port`" in output
    assert [(request.path, request.headers.get("Authorization")) for request in seen] == [("/health", None)]
    assert supervisor.messages == []


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"token": 5}', '{"other": 1}'])
async def test_a_damaged_note_of_the_last_token_leads_to_a_new_one(tmp_path: Path, kept: str) -> None:
    (tmp_path / "announced.json").write_text(kept)
    async with serving(tmp_path) as api:
        with FakeSupervisor() as supervisor:
            code, output = await api.announced(supervisor)
        assert code == 0, output
        assert await opens(api, supervisor.messages[0]["config"]["token"])
