"""Real nodes as processes of their own: started, asked over their local API, killed. Used by the demo and the tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = [ROOT / ".cache" / venv / "bin/python" for venv in ("venv-node", "venv-run")]
PYTHON = next((python for python in PYTHONS if python.exists()), PYTHONS[0])
START_S = 60.0


class Failed(Exception):
    """The node answered with an error: `code` and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class NodeProcess:
    """One node in a data folder of its own, on free ports of 127.0.0.1, speaking on no other interface."""

    def __init__(self, name: str, folder: Path, settings: dict[str, Any] | None = None, within: str = "") -> None:
        """`within` names the network namespace it lives in."""
        self.name = name
        self.data = folder / name.lower()
        self.log = folder / f"{name.lower()}.log"
        self.program = ["-m", "hearthnet_core"]
        self.ports = free_port(), free_port()
        self._settings = settings or {}
        self.within = within
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self.node_id = ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def url(self) -> str:
        return str(json.loads((self.data / "run.json").read_text())["api"])

    async def start(self) -> None:
        """Returns when the node answers. Raises `RuntimeError` with the end of its log."""
        self.data.mkdir(parents=True, exist_ok=True)
        config = {
            "node": {"name": self.name, "host": "127.0.0.1", "port": self.ports[0]},
            "api": {"port": self.ports[1]},
            "discovery": {"interfaces": ["lo"]},
            "voice": {"enabled": False},
            **self._settings,
        }
        (self.data / "config.toml").write_text(toml(config))
        with contextlib.suppress(FileNotFoundError):
            (self.data / "run.json").unlink()
        clean = {k: v for k, v in os.environ.items() if not k.startswith("HEARTHNET_")}
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *inside(self.within),
                *[str(PYTHON), *self.program, "run", "--data", str(self.data)],
                cwd=ROOT,
                env=clean,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        async with asyncio.timeout(START_S):
            while not (self.data / "run.json").exists():
                if self._process.returncode is not None:
                    raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-2000:]}")
                await asyncio.sleep(0.05)
        token = (self.data / "api-token").read_text()
        await self._close_session()
        self._session = aiohttp.ClientSession(
            connector=connector_in(self.within), headers={"Authorization": f"Bearer {token}"}
        )
        self.node_id = (await self.call("state"))["node"]["id"]

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The `done` data. Raises `Failed`."""
        assert self._session is not None
        async with self._session.post(f"{self.url}/api/v1/{method}", json=params) as response:
            answer: dict[str, Any] = await response.json()
        if response.status != 200:
            raise Failed(answer["error"], answer["message"])
        return answer

    async def stream(self, method: str, **params: Any) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
        """(event, data), the last one `done`. Raises `Failed`."""
        assert self._session is not None
        headers = {"Accept": "application/x-ndjson"}
        request = self._session.post(f"{self.url}/api/v1/{method}", json=params, headers=headers, timeout=None)
        async with request as response:
            while line := await response.content.readline():
                message = json.loads(line)
                if message["event"] == "error":
                    raise Failed(message["data"]["error"], message["data"]["message"])
                yield message["event"], message["data"]

    async def until(self, what: str, condition: Any, seconds: float = 30.0) -> dict[str, Any]:
        """Waits for a state of which `condition(state)` holds. Raises `TimeoutError` naming `what`."""
        state: dict[str, Any] = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    state = await self.call("state")
                    if condition(state):
                        return state
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise TimeoutError(
                f"{self.name}: {what} did not happen within {seconds:g} s; last state: {state}"
            ) from None

    def kill(self) -> None:
        """As a power cut does."""
        if self.running:
            os.kill(self.pid, signal.SIGKILL)

    def hang(self) -> None:
        """Alive, but silent, until `kill` or `resume`."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def stop(self) -> int:
        """In order; returns the exit status."""
        await self._close_session()
        if self._process is None:
            return 0
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGCONT)
                self._process.terminate()
            try:
                async with asyncio.timeout(10):
                    await self._process.wait()
            except TimeoutError:
                self.kill()
        return await self._process.wait()

    async def _close_session(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


async def join(guest: NodeProcess, host: NodeProcess, *, own: bool = False) -> None:
    """`host` invites, `guest` joins; returns when both see each other."""
    invite = await host.call("create_invite", own=own)
    async for _ in guest.stream("join", text=invite["text"]):
        pass
    for one, other in ((guest, host), (host, guest)):
        await one.until(
            f"seeing {other.name}",
            lambda s, o=other: any(p["node_id"] == o.node_id and p["connected"] for p in s["peers"]),
        )


def connector_in(namespace: str) -> aiohttp.TCPConnector:
    """Connects from inside a network namespace: a socket belongs to the one it was made in."""

    def made(address: tuple[Any, ...]) -> socket.socket:
        with open("/proc/thread-self/ns/net") as here, open(f"/run/netns/{namespace}") as there:
            os.setns(there.fileno(), os.CLONE_NEWNET)
            try:
                return socket.socket(address[0], address[1], address[2])
            finally:
                os.setns(here.fileno(), os.CLONE_NEWNET)

    return aiohttp.TCPConnector(socket_factory=made if namespace else None)


def inside(namespace: str) -> list[str]:
    """What runs a command there."""
    return ["ip", "netns", "exec", namespace] if namespace else []


def free_port() -> int:
    """One nobody listens on; a node keeps its ports when it starts again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def toml(values: dict[str, Any]) -> str:
    """Enough TOML for a configuration: tables of plain values and lists of tables."""
    plain, tables = [], []
    for key, value in values.items():
        if isinstance(value, dict):
            tables.append(f"[{key}]\n{toml(value)}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            tables += [f"[[{key}]]\n{toml(row)}" for row in value]
        else:
            plain.append(f"{key} = {json.dumps(value)}")
    return "\n".join([*plain, *tables]) + "\n"
