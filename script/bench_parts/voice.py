"""What the neighbourhood adds to a Wyoming service: transcript and first sound asked of the service itself, and through this
node's voice server with the service at a neighbour's, in turns.

`python -m script.bench_parts.voice [ROUNDS]`; prints one JSON object, in milliseconds. The service answers at once: what a
real one takes is the same either way. Nodes are processes of their own and speak TLS.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.tts import Synthesize

from script.demo_parts.nodes import NodeProcess, free_port, join
from tests.core.backends.wyoming_server import WyomingServer

SECONDS = 5
FORM = {"rate": 16_000, "width": 2, "channels": 1}
PCM = bytes(range(250)) * (SECONDS * 2 * 16_000 // 250)
TEXT = "Boil the water for three minutes."


async def until(client: AsyncTcpClient, kind: type[Any]) -> None:
    async with asyncio.timeout(30):
        while (event := await client.read_event()) is not None:
            if kind.is_type(event.type):
                return
            if event.type == "error":
                break
    raise RuntimeError(f"no {kind.__name__}")


async def heard(host: str, port: int) -> float:
    """Milliseconds from the end of a recording to the transcript."""
    async with AsyncTcpClient(host, port) as client:
        await client.write_event(Transcribe(language="en").event())
        await client.write_event(AudioStart(**FORM).event())
        for start in range(0, len(PCM), 6_400):
            await client.write_event(AudioChunk(audio=PCM[start : start + 6_400], **FORM).event())
        began = time.perf_counter()
        await client.write_event(AudioStop().event())
        await until(client, Transcript)
        return (time.perf_counter() - began) * 1000


async def spoken(host: str, port: int) -> float:
    """Milliseconds from a sentence to its first sound."""
    async with AsyncTcpClient(host, port) as client:
        began = time.perf_counter()
        await client.write_event(Synthesize(text=TEXT).event())
        await until(client, AudioChunk)
        took = (time.perf_counter() - began) * 1000
        await until(client, AudioStop)
        return took


async def main(rounds: int) -> None:
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with WyomingServer().serving() as service:
            quiet: dict[str, Any] = {"engines_auto": False, "connectivity": {"enabled": False}}
            port = free_port()
            alice = NodeProcess("Alice", Path(folder), {**quiet, "voice": {"port": port}})
            bob = NodeProcess("Bob", Path(folder), {**quiet, "speech": [{"kind": "wyoming", "url": service.url}]})
            try:
                await asyncio.gather(alice.start(), bob.start())
                await join(bob, alice)
                await alice.call("set_privacy", privacy="community")
                direct = int(service.url.rpartition(":")[2])
                for _ in range(rounds + 3):
                    for way, at in (("direct", direct), ("mesh", port)):
                        for name, measure in (("transcript", heard), ("sound", spoken)):
                            found.setdefault(f"{way}_{name}", []).append(await measure("127.0.0.1", at))
                        service.asked.clear()
            finally:
                await asyncio.gather(alice.stop(), bob.stop())
    result: dict[str, float] = {}
    for key, values in found.items():
        result[f"{key}_ms"] = round(statistics.median(values[3:]), 2)
    for name in ("transcript", "sound"):
        result[f"added_{name}_ms"] = round(result[f"mesh_{name}_ms"] - result[f"direct_{name}_ms"], 2)
    json.dump(result, sys.stdout)
    print()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
