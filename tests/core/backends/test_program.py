"""A program that reads for the node: bounded, and gone when the node is."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import psutil
import pytest

from hearthnet_core.backends import program
from hearthnet_core.errors import BadRequest, Timeout, Unavailable

NODE = """
import asyncio
from hearthnet_core.backends import program
async def main():
    async with program.started(["/bin/sh", "-c", "while :; do :; done"], b"", cpu_s=60) as process:
        print(process.pid, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_program_ends_with_a_node_that_is_killed() -> None:
    if subprocess.run(["setpriv", "--pdeathsig", "KILL", "true"], check=False).returncode:
        pytest.skip("this system's setpriv cannot do that")
    node = await asyncio.create_subprocess_exec(sys.executable, "-c", NODE, stdout=asyncio.subprocess.PIPE)
    assert node.stdout is not None
    async with asyncio.timeout(30):
        reader = psutil.Process(int(await node.stdout.readline()))
        while "while" not in " ".join(reader.cmdline()[:3]) or reader.name() == "setpriv":
            await asyncio.sleep(0.01)
        node.send_signal(signal.SIGKILL)
        await node.wait()
        while reader.is_running() and reader.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)


async def test_a_name_with_a_dash_is_no_option_and_bytes_come_through() -> None:
    said = await program.run(["cat", "-"], b"-n water", most=100, seconds=10)
    assert said == b"-n water"


async def test_what_is_not_there_fails_or_does_not_end_is_told() -> None:
    with pytest.raises(Unavailable, match="not installed"):
        await program.run(["no-such-program-here"], b"", most=10, seconds=10)
    with pytest.raises(BadRequest, match="cannot read this: salty"):
        await program.run(["sh", "-c", "echo salty >&2; exit 3"], b"", most=10, seconds=10)
    with pytest.raises(BadRequest, match="more than 10 bytes"):
        await program.run(["sh", "-c", "echo 0123456789"], b"", most=10, seconds=10)
    with pytest.raises(Timeout):
        await program.run(["sleep", "60"], b"", most=10, seconds=0.3)
