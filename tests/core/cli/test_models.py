"""`hearthnet models` against a real node that has an Ollama."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.core.backends.conftest import serving
from tests.core.backends.ollama_server import OllamaServer
from tests.core.node.living import Living, lives

from .household import ROOT, environment, hearthnet, on_a_terminal


@asynccontextmanager
async def home(folder: Path) -> AsyncIterator[tuple[OllamaServer, Living]]:
    server = OllamaServer()
    async with serving(server.app()) as url:
        row = {"kind": "ollama", "url": url, "name": "ollama"}
        async with lives(folder, "Alice", engines=[row]) as alice:
            yield server, alice


async def test_models_are_listed_pulled_and_deleted(tmp_path: Path) -> None:
    async with home(tmp_path) as (_, alice):
        listed = await hearthnet(alice.data, "models")
        assert listed.code == 0 and "llama3.2:3b" in listed.out and "2.0 GB" in listed.out and "4,096" in listed.out
        pulled = await hearthnet(alice.data, "models", "pull", "qwen3:0.6b")
        assert pulled.code == 0 and pulled.out == "qwen3:0.6b is on ollama.\n"
        assert "100%  1.2 kB of 1.2 kB" in pulled.err
        names = [m["name"] for m in (await hearthnet(alice.data, "models", "list", "--json")).data["models"]]
        assert "qwen3:0.6b" in names
        deleted = await hearthnet(alice.data, "models", "delete", "qwen3:0.6b", "--engine", "ollama")
        assert deleted.out == "Deleted qwen3:0.6b from ollama.\n"
        again = await hearthnet(alice.data, "models", "delete", "qwen3:0.6b")
        assert again.code == 3 and "qwen3:0.6b" in again.err
        assert [m["name"] for m in (await alice.call("models"))["models"]] == ["llama3.2:3b", "nomic-embed-text:latest"]


async def test_a_terminal_sees_a_bar(tmp_path: Path) -> None:
    async with home(tmp_path) as (_, alice):
        seen = await on_a_terminal(alice.data, "models", "pull", "qwen3:0.6b")
    assert "██████" in seen.out + seen.err and "1.2 kB of 1.2 kB" in seen.out + seen.err


async def test_a_full_disk_is_a_sentence_and_five(tmp_path: Path) -> None:
    async with home(tmp_path) as (server, alice):
        server.space = 300
        ran = await hearthnet(alice.data, "models", "pull", "qwen3:0.6b")
    assert ran.code == 5 and "The disk of ollama is full. Free some space" in ran.err and "Traceback" not in ran.err


async def test_after_ctrl_c_the_node_goes_on_with_the_pull(tmp_path: Path) -> None:
    async with home(tmp_path) as (server, alice):
        server.go.clear()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "hearthnet_core", "models", "pull", "qwen3:0.6b"),
            cwd=ROOT,
            env=environment(alice.data),
            stderr=asyncio.subprocess.DEVNULL,
        )
        await server.streaming.wait()
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130
        server.go.set()
        assert (await alice.call("pull_model", model="qwen3:0.6b"))["model"] == "qwen3:0.6b"
        assert server.pulls == 1


async def test_without_a_model_it_says_how_to_get_one(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        assert "hearthnet models pull" in (await hearthnet(alice.data, "models")).out
