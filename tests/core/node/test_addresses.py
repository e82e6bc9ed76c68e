"""Two nodes that go down together find each other again without discovery."""

from __future__ import annotations

from pathlib import Path

from script.demo_parts.nodes import free_port
from tests.core.node.living import lives


async def test_nodes_that_restart_together_find_each_other_without_discovery(tmp_path: Path) -> None:
    ports = {name: {"node": {"name": name, "host": "127.0.0.1", "port": free_port()}} for name in ("Alice", "Bob")}
    async with lives(tmp_path, "Alice", **ports["Alice"]) as alice, lives(tmp_path, "Bob", **ports["Bob"]) as bob:
        await bob.call("join", text=(await alice.call("create_invite"))["text"])
        await bob.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
        await alice.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
    async with lives(tmp_path, "Alice", **ports["Alice"]) as alice, lives(tmp_path, "Bob", **ports["Bob"]):
        await alice.until(lambda s: any(p["connected"] for p in s["peers"]))
        assert (await alice.call("notices"))["notices"] == []


async def test_one_that_alone_knows_the_other_dials_it(tmp_path: Path) -> None:
    port = {"node": {"name": "Alice", "host": "127.0.0.1", "port": free_port()}}
    async with lives(tmp_path, "Alice", **port) as alice, lives(tmp_path, "Bob") as bob:
        await bob.call("join", text=(await alice.call("create_invite"))["text"])
        await bob.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
    async with lives(tmp_path, "Alice", **port), lives(tmp_path, "Bob") as bob:  # Bob has another port now
        await bob.until(lambda s: any(p["connected"] for p in s["peers"]))
        assert [p["name"] for p in (await bob.call("state"))["peers"]] == ["Alice"]
