"""A real local API with the shapes of docs/api.md, and the real command line run against it as its own process."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core.api.method import Method, once
from hearthnet_core.api.pairing import Pairing
from hearthnet_core.api.server import ApiServer
from hearthnet_core.api.token_methods import TokenMethods
from hearthnet_core.api.tokens import Tokens
from hearthnet_core.capability import Chunk
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.errors import BY_CODE, NotFound
from hearthnet_core.models.local_api import RUN_FILE, RunFile
from hearthnet_core.runtime import SystemRuntime

from .shapes import COMMUNITY, EVIL, INSPECTED, INVITED, NODE, NOTICE, SEARCHED, SOURCE, STATE, TRACE

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Household:
    data: Path
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    peers: list[dict[str, Any]] = field(default_factory=lambda: list(STATE["peers"]))
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def methods(self, tokens: Tokens, pairing: Pairing) -> dict[str, Method]:
        def fixed(name: str, data: dict[str, Any]) -> Method:
            async def answer(params: dict[str, Any]) -> dict[str, Any]:
                self.asked.append((name, params))
                return data

            return once(name, dict, answer)

        async def peers(_: dict[str, Any]) -> dict[str, Any]:
            return {"peers": self.peers}

        async def pair_code(_: dict[str, Any]) -> dict[str, Any]:
            return {**msgspec.to_builtins(pairing.code()), "address": "http://127.0.0.1:7860"}

        async def list_tokens(_: dict[str, Any]) -> dict[str, Any]:
            return {"tokens": msgspec.to_builtins(tokens.list())}

        async def revoke_token(params: dict[str, Any]) -> dict[str, Any]:
            tokens.revoke(params["id"])
            return {}

        async def trace(params: dict[str, Any]) -> dict[str, Any]:
            if params["id"] != "t1":
                raise NotFound("That trace is no longer here.")
            return {"trace": TRACE}

        async def ask(params: dict[str, Any]) -> AsyncGenerator[Chunk]:
            self.asked.append(("ask", params))
            yield Chunk("progress", {"step": "searching"})
            yield Chunk("sources", {"sources": [SOURCE], "searched": []})
            yield Chunk("delta", {"text": "Two weeks [1]."})
            if params["question"] == "for ever":
                try:
                    self.waiting.set()
                    await asyncio.sleep(3600)
                finally:
                    self.cancelled.set()
            if params["question"] == "and then":
                yield Chunk(
                    "attempt_failed", {"n": 1, "error": "unavailable", "message": "Bob left.", "after_sentences": 1}
                )
            yield Chunk("delta", {"text": f" Ask {EVIL}."})
            by = {"node_id": NODE, "node_name": "Bob", "provider": "ollama", "model": "llama", "home": False}
            yield Chunk(
                "done",
                {
                    "text": "Two weeks [1].",
                    "sources": [SOURCE, {**SOURCE, "rank": 2, "doc_title": "Never cited"}],
                    "answered_by": by,
                    "trace": TRACE,
                    "receipts": [],
                    "grounded": True,
                },
            )

        async def join(params: dict[str, Any]) -> AsyncGenerator[Chunk]:
            self.asked.append(("join", params))
            yield Chunk("progress", {"step": "dialling"})
            yield Chunk("done", {"community": COMMUNITY, "member_id": NODE})

        async def call(params: dict[str, Any]) -> AsyncGenerator[Chunk]:
            self.asked.append(("call", params))
            if params["capability"] in BY_CODE:
                raise BY_CODE[params["capability"]]("As ordered.")
            yield Chunk("delta", {"text": "a"})
            yield Chunk("done", {"echo": params["body"]})

        checks = [{"name": "disk", "status": "error", "message": "The disk is full.", "fix": "Free some space."}]
        rows = (
            fixed("state", STATE),
            once("peers", dict, peers),
            fixed("search", SEARCHED),
            fixed("notices", {"notices": [NOTICE], "next": None}),
            fixed("post_notice", {"notice": NOTICE}),
            fixed("create_invite", INVITED),
            fixed("inspect_invite", INSPECTED),
            fixed("set_privacy", {"privacy": "community", "privacy_chosen": True}),
            fixed("traces", {"traces": [TRACE]}),
            fixed("doctor", {"checks": checks, "ok": False}),
            fixed("export", {"path": "/somewhere", "events": 3, "documents": 2, "bytes": 10}),
            once("trace", dict, trace),
            once("pair_code", dict, pair_code),
            once("tokens", dict, list_tokens),
            once("revoke_token", dict, revoke_token),
            *TokenMethods(tokens).rows(),
            Method("ask", dict, ask),
            Method("join", dict, join),
            Method("call", dict, call),
        )
        return {row.name: row for row in rows}


@asynccontextmanager
async def household(data: Path) -> AsyncIterator[tuple[Household, Tokens]]:
    runtime = SystemRuntime()
    data.mkdir(parents=True, exist_ok=True)
    tokens = Tokens(SettingsFile(None), runtime, data)
    pairing = Pairing(runtime, tokens, NODE)
    home = Household(data)
    server = ApiServer(
        runtime,
        methods=home.methods(tokens, pairing),
        tokens=tokens,
        pairing=pairing,
        health=lambda: {"node_id": NODE, "name": "Alice", "public_key": ""},
    )
    await server.start("127.0.0.1", 0, None)
    (data / RUN_FILE).write_bytes(msgspec.json.encode(RunFile(pid=os.getpid(), api=server.url)))
    try:
        yield home, tokens
    finally:
        await server.aclose()
        runtime.close()


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def environment(data: Path, **more: str) -> dict[str, str]:
    """Compiled once for all these processes, also where bytecode is otherwise not written."""
    unwanted = ("HEARTHNET_", "PYTHONDONTWRITEBYTECODE", "NO_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    compiled = {"PYTHONPYCACHEPREFIX": str(ROOT / ".cache/pycache"), "PYTHONIOENCODING": "utf-8"}
    return {**kept, **compiled, "HEARTHNET_DATA": str(data), **more}


async def hearthnet(data: Path, *arguments: str, stdin: str = "", **more: str) -> Ran:
    """Runs the command line to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hearthnet_core",
        *arguments,
        cwd=ROOT,
        env=environment(data, **more),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


async def on_a_terminal(data: Path, *arguments: str, typed: str = "", **more: str) -> Ran:
    """Runs it with a real pseudo-terminal for all three streams; `out` is everything that was painted."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hearthnet_core",
        *arguments,
        cwd=ROOT,
        env=environment(data, **{"TERM": "xterm", **more}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    loop, painted, ended = asyncio.get_running_loop(), bytearray(), asyncio.Event()

    def read() -> None:
        try:
            part = os.read(ours, 65536)
        except OSError:
            part = b""
        painted.extend(part)
        if not part:
            loop.remove_reader(ours)
            ended.set()

    loop.add_reader(ours, read)
    code = await process.wait()
    await ended.wait()
    os.close(ours)
    return Ran(code, painted.decode(), "")
