"""A real Home Assistant as a process: onboarded, logged in, driven over HTTP and WebSocket as a browser would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp

from script.demo_parts.nodes import ROOT, connector_in, free_port, inside

HASS = ROOT / ".cache/venv-ha/bin/hass"
START_S = 240.0
ADDRESS = """\
http:
  server_host: 127.0.0.1
  server_port: {port}
"""
CONFIGURATION = """\
frontend:
config:
conversation:
automation: !include automations.yaml
script:
logger:
  default: warning
  logs:
    custom_components.hearthnet: info
homeassistant:
  name: Alice
  country: DE
  unit_system: metric
  time_zone: Europe/Berlin
"""


class HomeAssistant:
    """`url`, `user` and `password` open it in a browser. `within` names the network namespace of the next start."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "home-assistant"
        self.log = folder / "home-assistant.log"
        self.user, self.password = "alice", secrets.token_urlsafe(9)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = f"{self.url}/"
        self.token: dict[str, Any] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._next = 0
        self._settled = False
        self.within = ""

    async def start(self) -> None:
        """Returns when it serves."""
        components = self.config / "custom_components"
        components.mkdir(parents=True, exist_ok=True)
        shutil.copytree(ROOT / "custom_components/hearthnet", components / "hearthnet", dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
        blueprints = self.config / "blueprints/automation/hearthnet"
        shutil.copytree(ROOT / "blueprints/automation/hearthnet", blueprints, dirs_exist_ok=True)
        address = "" if self._settled else ADDRESS.format(port=self.port)
        (self.config / "configuration.yaml").write_text(address + CONFIGURATION)
        automations = self.config / "automations.yaml"
        if not automations.exists():
            automations.write_text("[]\n")
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("HEARTHNET_")},
            "UV_SYSTEM_CERTS": "1",
            "PATH": f"{HASS.parent}:{os.environ.get('PATH', '')}",
        }
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *inside(self.within), str(HASS), "-c", str(self.config),
                env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        if self._session is not None:
            await self._session.close()
        self._session = aiohttp.ClientSession(connector=connector_in(self.within))
        async with asyncio.timeout(START_S):
            while True:
                if self._process.returncode is not None:
                    raise RuntimeError(f"Home Assistant did not start:\n{self.log.read_text()[-3000:]}")
                with contextlib.suppress(aiohttp.ClientError):
                    async with self._session.get(f"{self.url}/manifest.json") as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.25)

    async def onboard(self) -> None:
        """The first user, and the rest of the first-run wizard."""
        made = await self.http(
            "post", "/api/onboarding/users", auth=False,
            json={"client_id": self.client, "name": "Alice", "username": self.user, "password": self.password, "language": "en"},
        )  # fmt: skip
        await self._exchange(made["auth_code"])
        where = {"client_id": self.client, "redirect_uri": self.client}
        for step, body in (("core_config", {}), ("analytics", {}), ("integration", where)):
            await self.http("post", f"/api/onboarding/{step}", json=body)
        await self.connect()
        # Or Home Assistant goes back to its usual port five minutes later: it takes the YAML for a trial.
        await self.send("http/config/promote")
        self._settled = True

    async def log_in(self, user: str = "", password: str = "") -> None:
        flow = await self.http(
            "post", "/auth/login_flow", auth=False,
            json={"client_id": self.client, "handler": ["homeassistant", None], "redirect_uri": self.client},
        )  # fmt: skip
        done = await self.http(
            "post", f"/auth/login_flow/{flow['flow_id']}", auth=False,
            json={"client_id": self.client, "username": user or self.user, "password": password or self.password},
        )  # fmt: skip
        await self._exchange(done["result"])

    async def http(self, verb: str, path: str, *, auth: bool = True, **more: Any) -> Any:
        assert self._session is not None
        headers = {"Authorization": f"Bearer {self.token['access_token']}"} if auth else {}
        async with self._session.request(verb, f"{self.url}{path}", headers=headers, **more) as response:
            if response.status >= 400:
                raise RuntimeError(f"{verb} {path}: {response.status} {await response.text()}")
            return await response.json()

    async def flow(self, *steps: dict[str, Any], handler: str = "hearthnet") -> dict[str, Any]:
        """Goes through a config flow as its form does; returns the last answer."""
        answer: dict[str, Any] = await self.http("post", "/api/config/config_entries/flow", json={"handler": handler})
        for step in steps:
            answer = await self.http("post", f"/api/config/config_entries/flow/{answer['flow_id']}", json=step)
        return answer

    async def connect(self) -> None:
        """Opens the WebSocket."""
        assert self._session is not None
        await self.disconnect()
        self._socket = await self._session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0)
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self.token["access_token"]})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            raise RuntimeError(f"Home Assistant refused the token: {answer}")
        self._reader = asyncio.get_running_loop().create_task(self._read(self._socket))

    async def disconnect(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    async def send(self, type: str, **fields: Any) -> Any:
        """One command; its result. Raises `RuntimeError` with Home Assistant's own words."""
        id, answers = await self._begin(type, fields)
        try:
            async with asyncio.timeout(120):
                answer = await answers.get()
        finally:
            self._waiting.pop(id, None)
        if not answer.get("success", True):
            raise RuntimeError(f"{type}: {answer['error']['code']}: {answer['error']['message']}")
        return answer["result"]

    async def subscribe(self, type: str, **fields: Any) -> AsyncGenerator[Any]:
        """Events of a subscription, until closed."""
        id, answers = await self._begin(type, fields)
        try:
            first = await answers.get()
            if not first.get("success", True):
                raise RuntimeError(f"{type}: {first['error']['code']}: {first['error']['message']}")
            while True:
                answer = await answers.get()
                if answer["type"] == "closed":
                    raise RuntimeError("Home Assistant closed the connection.")
                yield answer["event"]
        finally:
            self._waiting.pop(id, None)
            if self._socket is not None and not self._socket.closed:
                self._next += 1
                await self._socket.send_json({"id": self._next, "type": "unsubscribe_events", "subscription": id})

    async def action(self, action: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """An action of the integration with its response."""
        answer = await self.send(
            "call_service", domain="hearthnet", service=action, service_data=data or {}, return_response=True, **more
        )
        return answer["response"]

    async def binary(self, handler: int, payload: bytes) -> None:
        """A binary message, as a browser sends sound; an empty one ends it."""
        assert self._socket is not None
        await self._socket.send_bytes(bytes([handler]) + payload)

    async def download(self, path: str) -> bytes:
        """What Home Assistant serves without asking who wants it: its own signed addresses."""
        assert self._session is not None
        async with self._session.get(f"{self.url}{path}") as response:
            response.raise_for_status()
            return await response.read()

    async def states(self) -> dict[str, dict[str, Any]]:
        return {s["entity_id"]: s for s in await self.send("get_states")}

    async def settled(self) -> None:
        """Waits for the end of its start; stopped earlier, it forgets what it had not written yet."""
        async with asyncio.timeout(START_S):
            while (await self.send("get_config"))["state"] != "RUNNING":  # noqa: ASYNC110 another process is asked
                await asyncio.sleep(0.5)

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    async def stop(self) -> None:
        await self.disconnect()
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(30):
                    await self._process.wait()
            except TimeoutError:
                self.kill()
                await self._process.wait()

    async def _begin(self, type: str, fields: dict[str, Any]) -> tuple[int, asyncio.Queue[dict[str, Any]]]:
        assert self._socket is not None
        self._next += 1
        id = self._next
        answers = self._waiting[id] = asyncio.Queue()
        await self._socket.send_json({"id": id, "type": type, **fields})
        return id, answers

    async def _read(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        async for message in connection:
            answer = message.json()
            for one in answer if isinstance(answer, list) else [answer]:
                if (queue := self._waiting.get(one.get("id", 0))) is not None:
                    queue.put_nowait(one)
        for queue in self._waiting.values():
            queue.put_nowait({"type": "closed", "success": False, "error": {"code": "closed", "message": "gone"}})

    async def _exchange(self, code: str) -> None:
        assert self._session is not None
        form = {"client_id": self.client, "grant_type": "authorization_code", "code": code}
        async with self._session.post(f"{self.url}/auth/token", data=form) as response:
            response.raise_for_status()
            self.token = await response.json()
