"""The announcement to Supervisor, as its own process, against a real local API and a Supervisor on a real socket."""

from __future__ import annotations

import asyncio
import importlib.util
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
from hearthnet_core.bus.bus import Bus
from hearthnet_core.config.schema import VoiceSettings
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.speech import Speech
from hearthnet_core.services.voice import Voice
from tests.addon.supervisor import SECRET, FakeSupervisor

SCRIPT = Path(__file__).resolve().parents[2] / "addon/rootfs/usr/lib/hearthnet/announce.py"
NODE_ID = "n" * 52
NOBODY: Bus = None  # type: ignore[assignment]  # nothing is heard or said here


class Api:
    """A node's local API with what the announcement needs of it, and its voice server if that is on."""

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
        self.voice = Voice(self.runtime, Speech(self.runtime, NOBODY), VoiceSettings(port=0))
        self.options: dict[str, Any] = {"voice": {"enabled": False, "port": 1}}

    async def announced(self, supervisor: FakeSupervisor, secret: str = SECRET) -> tuple[int, str]:
        return await announced(self.data, self.port, supervisor, secret, **self.options)


@asynccontextmanager
async def serving(data: Path, voice: bool = False) -> AsyncIterator[Api]:
    api = Api(data)
    _, api.port = await api.server.start("127.0.0.1", 0, None)
    if voice:
        await api.voice.listen()
        assert api.voice.address is not None
        api.options = {"voice": {"enabled": True, "port": api.voice.address[1]}}
    try:
        yield api
    finally:
        await api.voice.aclose()
        await api.server.aclose()
        api.runtime.close()


async def announced(data: Path, port: int, supervisor: FakeSupervisor, secret: str, **more: Any) -> tuple[int, str]:
    """Runs the script as the app's service does, with `more` options; its exit code and all it printed."""
    options = data / "options.json"
    options.write_text(json.dumps({"api": {"port": port}} | more))
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


def services(supervisor: FakeSupervisor) -> list[str]:
    return [message["service"] for message in supervisor.messages]


async def test_supervisor_is_told_of_the_voice_server_where_home_assistant_reaches_it(tmp_path: Path) -> None:
    async with serving(tmp_path, voice=True) as api:
        with FakeSupervisor() as supervisor:
            code, output = await api.announced(supervisor)
        assert (code, services(supervisor)) == (0, ["hearthnet", "wyoming"]), output
        host, port = api.voice.address or ("", 0)
        assert host == "127.0.0.1"
        assert supervisor.messages[1]["config"] == {"uri": f"tcp://127.0.0.1:{port}"}
        assert f"told of the voice server at tcp://127.0.0.1:{port}." in output


async def test_a_voice_server_that_is_off_is_not_announced(tmp_path: Path) -> None:
    async with serving(tmp_path, voice=True) as api:
        api.options["voice"]["enabled"] = False
        with FakeSupervisor() as supervisor:
            code, output = await api.announced(supervisor)
        assert (code, services(supervisor)) == (0, ["hearthnet"])
        assert "voice" not in output


async def test_another_program_on_the_voice_servers_port_is_not_announced_as_ours(tmp_path: Path) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = json.loads(await reader.readline())
        program = {"name": "faster-whisper", "installed": True}
        said = {"type": "info", "data": {"asr": [program]}} if asked["type"] == "describe" else {}
        writer.write(json.dumps(said).encode() + b"\n")

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    async with server, serving(tmp_path) as api:
        port = server.sockets[0].getsockname()[1]
        api.options = {"voice": {"enabled": True, "port": port}}
        with FakeSupervisor() as supervisor:
            code, output = await api.announced(supervisor)
        assert (code, services(supervisor)) == (1, ["hearthnet"])
        assert f"does not listen on port {port}" in output and "another `voice.port`" in output
        assert "by hand" not in output and "Traceback" not in output


async def test_nothing_on_the_voice_servers_port_is_said_and_the_node_is_announced_all_the_same(tmp_path: Path) -> None:
    async with serving(tmp_path) as api:
        api.options = {"voice": {"enabled": True, "port": 1}}
        with FakeSupervisor() as supervisor:
            code, output = await api.announced(supervisor)
        assert (code, services(supervisor)) == (1, ["hearthnet"])
        assert "not told of the voice server. It does not listen on port 1:" in output and "Traceback" not in output


async def test_a_supervisor_that_does_not_know_the_voice_service_is_still_told_of_the_node(tmp_path: Path) -> None:
    async with serving(tmp_path, voice=True) as api:
        with FakeSupervisor(services=("hearthnet",)) as supervisor:
            code, output = await api.announced(supervisor)
        assert (code, services(supervisor), supervisor.refused) == (1, ["hearthnet"], [403])
        port = api.options["voice"]["port"]
        assert "not told of the voice server. Supervisor refused the announcement (HTTP 403)." in output
        assert f"Add the Wyoming integration by hand: host 127.0.0.1, port {port}." in output
        assert f"told of this node at 127.0.0.1:{api.port}." in output


@pytest.mark.parametrize(("broken", "told"), [("wyoming", ["hearthnet"]), ("hearthnet", ["wyoming"])])
async def test_a_supervisor_that_fails_with_one_service_is_told_of_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken: str, told: list[str]
) -> None:
    spec = importlib.util.spec_from_file_location("announce", SCRIPT)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "TRIES", 2)
    monkeypatch.setenv("SUPERVISOR_TOKEN", SECRET)
    async with serving(tmp_path, voice=True) as api:
        options = tmp_path / "options.json"
        options.write_text(json.dumps({"api": {"port": api.port}} | api.options))
        with FakeSupervisor(broken=(broken,)) as supervisor:
            words = ["--data", str(tmp_path), "--options", str(options), "--supervisor", supervisor.url]
            monkeypatch.setattr(sys, "argv", ["announce.py", *words])
            code = await asyncio.to_thread(script.main)
        assert (code, services(supervisor), supervisor.refused) == (1, told, [503, 503])
        assert "Supervisor refused the announcement (HTTP 503)." in capsys.readouterr().err
