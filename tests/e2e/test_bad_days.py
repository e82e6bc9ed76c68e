"""What goes wrong in a neighbourhood, done to real processes: each time the person gets a sentence, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from script.demo_parts.nodes import PYTHON, ROOT, Failed, NodeProcess, join

from .conftest import Start

QUESTION = "How long can I store drinking water, and in what?"
PACED = {"rate": 2.0}


async def neighbours(street: Start) -> tuple[NodeProcess, NodeProcess, NodeProcess]:
    """Alice asks; Bob is the better answerer, Carol the second."""
    alice = await street("Alice", extractive={"when": "alone"})
    bob = await street("Bob", extractive={**PACED, "quality": 0.4})
    carol = await street("Carol", extractive={**PACED, "quality": 0.3})
    await join(bob, alice)
    await join(carol, alice)
    for node in (alice, bob, carol):
        await node.call("set_privacy", privacy="community")
    await alice.until("two answerers", lambda s: sum(_answers(p) for p in s["peers"]) == 2)
    return alice, bob, carol


def _answers(peer: dict[str, Any]) -> bool:
    return peer["connected"] and any(c["capability"] == "llm.chat" and c["available"] for c in peer["capabilities"])


async def titles(node: NodeProcess) -> set[str]:
    return {n["title"] for n in (await node.call("notices", limit=100))["notices"]}


async def have(node: NodeProcess, wanted: set[str], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not wanted <= await titles(node):
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("what", ["kill", "hang"])
async def test_a_neighbour_who_dies_or_hangs_in_mid_sentence_is_continued_by_the_next(street: Start, what: str) -> None:
    alice, bob, _ = await neighbours(street)
    calm = await alice.call("ask", question=QUESTION)
    assert calm["answered_by"]["node_name"] == "Bob"
    deltas, done = 0, {}
    async for event, data in alice.stream("ask", question=QUESTION):
        if event == "delta":
            deltas += 1
            if deltas == 2:
                getattr(bob, what)()
        done = data
    assert done["text"] == calm["text"]
    assert [(a["node_name"], a["outcome"]) for a in done["trace"]["attempts"]] == [("Bob", "failed"), ("Carol", "ok")]


async def test_an_engine_that_answers_503_costs_the_person_nothing(street: Start) -> None:
    refused = 0

    async def refuse(request: web.Request) -> web.Response:
        nonlocal refused
        if request.path.endswith("/models"):
            return web.json_response({"object": "list", "data": [{"id": "big-model", "object": "model"}]})
        refused += request.method == "POST"
        return web.json_response({"error": {"message": "overloaded"}}, status=503)

    server = web.AppRunner(app := web.Application())
    app.router.add_route("*", "/{path:.*}", refuse)
    await server.setup()
    site = web.TCPSite(server, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    try:
        engine = {"kind": "openai_compatible", "url": f"http://127.0.0.1:{port}/v1", "quality": 0.9}
        alice = await street("Alice", extractive={"when": "alone"})
        bob = await street("Bob", extractive={"when": "never"}, engines=[engine])
        carol = await street("Carol")
        await join(bob, alice)
        await join(carol, alice)
        await alice.call("set_privacy", privacy="community")
        await alice.until("two answerers", lambda s: sum(_answers(p) for p in s["peers"]) == 2)
        answers = [await alice.call("ask", question=QUESTION) for _ in range(6)]
    finally:
        await server.cleanup()
    assert {a["answered_by"]["node_name"] for a in answers} == {"Carol"}
    assert 1 <= refused <= 3, "three failures in a row set it aside"


async def test_killed_a_hundred_times_while_writing_nothing_acknowledged_is_lost(street: Start) -> None:
    node = await street("Alice")
    chance = random.Random(7)
    acknowledged: set[str] = set()
    for round in range(100):

        async def write(round: int = round) -> None:
            for n in range(1000):
                title = f"notice {round}.{n}"
                await node.call("post_notice", title=title)
                acknowledged.add(title)

        writers = [asyncio.ensure_future(write()) for _ in range(1)]
        await asyncio.sleep(chance.uniform(0.0, 0.15))
        node.kill()
        await asyncio.gather(*writers, return_exceptions=True)
        await node.start()
    kept: set[str] = set()
    cursor = None
    while True:
        page = await node.call("notices", limit=100, **({"before": cursor} if cursor else {}))
        kept |= {n["title"] for n in page["notices"]}
        cursor = page["next"]
        if cursor is None:
            break
    assert acknowledged - kept == set()
    assert len(acknowledged) > 100
    assert await node.stop() == 0
    check = sqlite3.connect(node.data / "node.db")
    assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()


@pytest.mark.parametrize("who", ["Alice", "Bob"])
async def test_yesterdays_backup_of_either_side_loses_nothing_anywhere(street: Start, tmp_path: Path, who: str) -> None:
    nodes = {"Alice": await street("Alice"), "Bob": await street("Bob")}
    restored, other = nodes[who], nodes["Bob" if who == "Alice" else "Alice"]
    await join(nodes["Bob"], nodes["Alice"])
    await restored.call("post_notice", title="before the backup")
    await have(other, {"before the backup"})
    await restored.stop()
    shutil.copytree(restored.data, tmp_path / "backup")
    await restored.start()
    await restored.call("post_notice", title="mine after the backup")
    await other.call("post_notice", title="theirs after the backup")
    everything = {"before the backup", "mine after the backup", "theirs after the backup"}
    await have(restored, everything)
    await have(other, everything)
    await restored.stop()
    shutil.rmtree(restored.data)
    shutil.copytree(tmp_path / "backup", restored.data)
    await restored.start()
    await restored.call("post_notice", title="on top of the backup")
    await other.call("post_notice", title="at the same time")
    everything |= {"on top of the backup", "at the same time"}
    await have(restored, everything)
    await have(other, everything)


def hearthnet(data: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HEARTHNET_")}
    return subprocess.run(
        [str(PYTHON), "-m", "hearthnet_core", *arguments, "--data", str(data)],
        cwd=ROOT, env=clean, capture_output=True, text=True, timeout=60, check=False, **more,
    )  # fmt: skip


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for key in ("node", "api"):
            data = tmp_path / key
            data.mkdir()
            other = "api" if key == "node" else "node"
            (data / "config.toml").write_text(
                f'[{key}]\nhost = "127.0.0.1"\nport = {port}\n[{other}]\nhost = "127.0.0.1"\nport = 0\n'
            )
            done = hearthnet(data, "run")
            assert done.returncode == 5, done.stderr
            assert f"{key}.port" in done.stderr
            assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    data = tmp_path / "read-only"
    data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", str(data)], check=True)
    try:
        done = hearthnet(data, "run")
    finally:
        subprocess.run(["umount", str(data)], check=True)
    assert done.returncode != 0
    assert str(data) in done.stderr
    assert "HEARTHNET_DATA" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_full_disk_refuses_new_notices_and_keeps_the_old_ones(street: Start, tmp_path: Path) -> None:
    small = tmp_path / "alice"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(small)], check=True)
    try:
        node = await street("Alice", library=False)
        await node.call("post_notice", title="while there was room")
        filler = small / "filler"
        with pytest.raises(OSError), filler.open("wb") as file:
            while True:
                file.write(bytes(65536))
                file.flush()
        with pytest.raises(Failed, match=r"disk .* is full") as failed:
            for n in range(2000):
                await node.call("post_notice", title=f"notice {n}", body="x" * 2000)
        assert failed.value.code == "unavailable"
        before = await titles(node)
        assert "while there was room" in before
        filler.unlink()
        await node.call("post_notice", title="after some was freed")
        node.kill()
        await node.start()
        assert {"while there was room", "after some was freed"} <= await titles(node)
        await node.stop()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


async def test_a_node_that_fills_its_own_disk_keeps_enough_to_talk_and_to_start_again(
    street: Start, tmp_path: Path
) -> None:
    small = tmp_path / "alice"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(small)], check=True)
    try:
        node = await street("Alice", library=False)
        chance = random.Random(8)
        with pytest.raises(Failed, match=r"disk .* is full: .* are kept for the node itself") as failed:
            for n in range(500):
                words = " ".join(f"{chance.getrandbits(40):x}" for _ in range(20_000))
                await node.call("ingest", name=f"document-{n}.md", text=f"# Document {n}\n\n{words}")
        assert failed.value.code == "unavailable" and n > 10
        assert shutil.disk_usage(small).free > 1024 * 1024
        for n in range(200):
            await node.call("post_notice", title=f"notice {n}", body="x" * 2000)
        for _ in range(3):
            node.kill()
            await node.start()
        assert "notice 199" in await titles(node)
        assert (await node.call("search", query="Document 7"))["results"]
        await node.stop()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.mark.parametrize("wall", ["lambda: real() + 600", "lambda: real() - 600", "lambda: real() - 1.795e9"])
async def test_a_clock_that_is_wrong_neither_stops_nor_loses_anything(street: Start, wall: str) -> None:
    alice = await street("Alice")
    bob = await street("Bob")
    await bob.stop()
    bob.program = [
        "-c",
        f"import time, sys; real = time.time; time.time = {wall}; from hearthnet_core.cli import main; sys.exit(main())",
    ]
    await bob.start()
    await join(bob, alice)
    await bob.call("post_notice", title="from the wrong clock")
    await alice.call("post_notice", title="from the right clock")
    both = {"from the wrong clock", "from the right clock"}
    await have(alice, {"from the right clock"})
    await have(bob, both)
    state = await bob.call("state")
    assert ("clock" in state["node"]["warnings"]) is ("1.795e9" in wall)
    if "1.795e9" not in wall:  # a notice dated 1970 has expired for whoever knows better
        await have(alice, both)


async def test_a_second_node_on_the_same_data_is_refused_and_the_first_goes_on(street: Start) -> None:
    node = await street("Alice")
    done = hearthnet(node.data, "run")
    assert done.returncode == 5
    assert "already running" in done.stderr
    assert (await node.call("state"))["node"]["name"] == "Alice"


async def test_a_cable_cut_between_two_hosts_and_plugged_in_again_heals_both_boards(street: Start) -> None:
    with Hosts() as hosts:
        there = {"api": {"port": 7860}, "discovery": {"enabled": False}}
        alice = await street("Alice", node={"name": "Alice", "port": 7080}, within=hosts.a, **there)
        bob = await street("Bob", node={"name": "Bob", "port": 7080}, within=hosts.b, **there)
        await join(bob, alice)
        hosts.cut()
        for node in (alice, bob):
            await node.until("nobody there", lambda s: not any(p["connected"] for p in s["peers"]))
        await alice.call("post_notice", title="written at Alice's")
        await bob.call("post_notice", title="written at Bob's")
        assert await titles(alice) == {"written at Alice's"}
        hosts.mend()
        for node in (alice, bob):
            await have(node, {"written at Alice's", "written at Bob's"}, 60)


class Hosts:
    """Two network namespaces with a cable between them; the local APIs are reached from inside each."""

    def __init__(self) -> None:
        tag = f"{os.getpid()}"
        self.a, self.b = f"hn-a-{tag}", f"hn-b-{tag}"
        self._ends = f"hna{tag}"[:15], f"hnb{tag}"[:15]

    def __enter__(self) -> Hosts:
        for host in (self.a, self.b):
            _ip("netns", "add", host)
            _ip("-n", host, "link", "set", "lo", "up")
        _ip(
            "link",
            "add",
            self._ends[0],
            "netns",
            self.a,
            "type",
            "veth",
            "peer",
            "name",
            self._ends[1],
            "netns",
            self.b,
        )
        for number, (host, end) in enumerate(zip((self.a, self.b), self._ends, strict=True), 1):
            _ip("-n", host, "addr", "add", f"10.77.0.{number}/24", "dev", end)
            _ip("-n", host, "link", "set", end, "up")
        return self

    def cut(self) -> None:
        _ip("-n", self.a, "link", "set", self._ends[0], "down")

    def mend(self) -> None:
        _ip("-n", self.a, "link", "set", self._ends[0], "up")

    def __exit__(self, *_: object) -> None:
        for host in (self.a, self.b):
            subprocess.run(["ip", "netns", "del", host], check=False)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
