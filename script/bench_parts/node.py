"""Start and memory of a whole node as a process, beside a Python that only imports the same libraries.

`python -m script.bench_parts.node [runs]`; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from script.demo_parts.nodes import NodeProcess

SETTLE_S = 3.0
LIBRARIES = "aiohttp.web, blake3, cryptography.x509, msgspec, nacl.signing, psutil, sqlalchemy, zeroconf.asyncio"
BARE = f"import {LIBRARIES}; print(psutil.Process().memory_info().rss)"


async def measured(folder: Path, runs: int) -> dict[str, float]:
    quiet = {"engines_auto": False, "connectivity": {"enabled": False}}
    node = NodeProcess("bench", folder, quiet)
    first = await timed(node)
    await node.stop()
    again, bare, idle, libraries = [], [], [], []
    for _ in range(runs):
        began = time.perf_counter()
        only = await asyncio.create_subprocess_exec(sys.executable, "-c", BARE, stdout=asyncio.subprocess.PIPE)
        said, _ = await only.communicate()
        bare.append(time.perf_counter() - began)
        libraries.append(int(said) / 1e6)
        again.append(await timed(node))
        await asyncio.sleep(SETTLE_S)
        idle.append(psutil.Process(node.pid).memory_info().rss / 1e6)
        await node.stop()
    return {
        "first_start_s": first,
        "start_s": statistics.median(again),
        "libraries_s": statistics.median(bare),
        "idle_mb": max(idle),
        "libraries_mb": max(libraries),
    }


async def timed(node: NodeProcess) -> float:
    began = time.perf_counter()
    await node.start()
    return time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 5))
    json.dump({name: round(value, 3) for name, value in found.items()}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
