"""The cable to everywhere is out: Home Assistant and the node start on a host that has nothing but itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from script.demo_parts.home_assistant import HomeAssistant
from script.demo_parts.nodes import NodeProcess, free_port


@pytest.fixture
def island() -> Iterator[str]:
    """A network namespace with loopback only."""
    name = f"hn-island-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
    yield name
    subprocess.run(["ip", "netns", "del", name], check=True)


async def test_after_a_power_cut_without_any_network_both_start_and_the_house_answers(
    tmp_path: Path, island: str
) -> None:
    alice = NodeProcess(
        "Alice", tmp_path, {"engines_auto": False, "discovery": {}, "node": {"name": "Alice", "port": free_port()}}
    )
    home = HomeAssistant(tmp_path)
    try:
        await asyncio.gather(alice.start(), home.start())
        await home.onboard()
        code = (await alice.call("pair_code"))["code"]
        done = await home.flow({"address": alice.url, "code": code}, {"privacy": "community"})
        assert done["type"] == "create_entry", done
        await home.settled()
        await home.stop()
        assert await alice.stop() == 0

        alice.within = home.within = island
        await asyncio.gather(alice.start(), home.start())
        await home.log_in()
        await home.connect()
        async with asyncio.timeout(60):
            while await connectivity(home, alice.node_id) != "isolated":
                await asyncio.sleep(0.5)
        async with aclosing(home.subscribe("hearthnet/ask", question="How do I purify water?")) as messages:
            async for message in messages:
                if message["event"] in ("done", "error"):
                    break
        assert message["event"] == "done"
        assert message["data"]["answered_by"]["node_name"] == "Alice"
        assert message["data"]["sources"]
    finally:
        await asyncio.gather(home.stop(), alice.stop())
        print(home.log.read_text()[-3000:], alice.log.read_text()[-2000:])


async def connectivity(home: HomeAssistant, node_id: str) -> str:
    """What the node's sensor shows; empty until the integration has set it up."""
    rows = await home.send("config/entity_registry/list")
    states = await home.states()
    found = [r["entity_id"] for r in rows if r["unique_id"] == f"{node_id}_connectivity"]
    return str(states.get(found[0], {}).get("state", "")) if found else ""
