"""How a question fares when neighbours fail: real nodes as processes, real engines over HTTP, each node with one engine.

`python -m script.bench_parts.failover [trials] [requests]`; prints one JSON object. A process is killed (its connections
reset) or stopped (it goes silent) while it answers; engines refuse with 503, hang, or drop the answer in the middle.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from aiohttp import web

from script.demo_parts.nodes import Failed, NodeProcess, join

QUESTION = "How long can I store drinking water, and in what?"
WORD_S = 0.02
WORDS = [f"{word} " for n in range(1, 9) for word in f"Advice {n} is to boil all water.".split()]
ANSWER = "".join(WORDS).strip()
BREAK_AFTER = 24
AT_ONCE = 4
SETTLE_S = 60.0


class Engine:
    """One OpenAI-compatible engine. `fault`: "", "503", "hang" or "drop". `on_word(n)` is told before each word goes out."""

    def __init__(self, fault: str = "", word_s: float = 0.0) -> None:
        self.fault, self.word_s = fault, word_s
        self.on_word: Callable[[int], bool] | None = None
        self.arrived = self.ended = self.late = 0

    async def models(self, request: web.Request) -> web.Response:
        model = {"id": "advice", "object": "model", "owned_by": "llamacpp"}  # goes on from a partial answer
        return web.json_response({"object": "list", "data": [model]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        self.arrived += 1
        self.late += self.ended >= 3
        try:
            if self.fault == "503":
                return web.json_response({"error": {"message": "overloaded"}}, status=503)
            return await self._told(request)
        finally:
            self.ended += 1

    async def _told(self, request: web.Request) -> web.StreamResponse:
        last = (await request.json())["messages"][-1]
        said = last["content"] if last["role"] == "assistant" else ""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if self.fault == "hang":
            await self._left(request)
            return response
        rest = "".join(WORDS)[len(said) :]
        for n, word in enumerate(rest.split(" ")[:-1]):
            if self.on_word is not None and self.on_word(n):
                await self._left(request)
                return response
            if self.fault == "drop" and n == BREAK_AFTER:
                assert request.transport is not None
                request.transport.abort()
                return response
            await self._event(response, {"choices": [{"delta": {"content": f"{word} "}}]})
            await asyncio.sleep(self.word_s)
        await self._event(response, {"choices": [{"delta": {}, "finish_reason": "stop"}]})
        await response.write(b"data: [DONE]\n\n")
        return response

    async def _event(self, response: web.StreamResponse, event: dict[str, Any]) -> None:
        await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")

    async def _left(self, request: web.Request) -> None:
        """Silent until who asked has gone."""
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@asynccontextmanager
async def street(folder: Path, engines: dict[str, Engine]) -> AsyncIterator[tuple[NodeProcess, list[NodeProcess]]]:
    """The node that asks, and one for each engine, in one community."""
    app = web.Application()
    for name, engine in engines.items():
        app.router.add_get(f"/{name}/v1/models", engine.models)
        app.router.add_post(f"/{name}/v1/chat/completions", engine.chat)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    quiet = {"engines_auto": False, "connectivity": {"enabled": False}, "extractive": {"when": "never"}}
    asker = NodeProcess("asker", folder, quiet)
    others = []
    for name, engine in engines.items():
        row = {
            "kind": "openai_compatible",
            "url": f"http://127.0.0.1:{port}/{name}/v1",
            "slots": 8,
            "quality": 1.0 if engine.fault else 0.1,
        }
        others.append(NodeProcess(name, folder, {**quiet, "engines": [row]}))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        for node in (asker, *others):
            stack.push_async_callback(node.stop)
            await node.start()
        for node in others:
            await join(node, asker)
        for node in (asker, *others):
            await node.call("set_privacy", privacy="community")
        await answering(asker, len(others))
        yield asker, others


async def answering(asker: NodeProcess, count: int) -> None:
    def holds(state: dict[str, Any]) -> bool:
        offers = [c for p in state["peers"] if p["connected"] for c in p["capabilities"]]
        return sum((c["capability"], c["version"]) == ("llm.chat", "1.0") and c["available"] for c in offers) == count

    await asker.until(f"{count} neighbours who answer", holds, SETTLE_S)


async def asked(asker: NodeProcess) -> tuple[list[float], dict[str, Any]]:
    """When each piece came, and what `done` said."""
    at, done = [], {}
    async with aclosing(asker.stream("ask", question=QUESTION)) as events:
        async for event, data in events:
            if event == "delta":
                at.append(time.perf_counter())
            done = data
    return at, done


async def takeovers(folder: Path, trials: int) -> dict[str, float]:
    """Whoever gets the question is the one that fails; the other goes on."""
    engines = {"bob": Engine(word_s=WORD_S), "carol": Engine(word_s=WORD_S)}
    result: dict[str, float] = {}
    whole = total = 0
    async with street(folder, engines) as (asker, others):
        calm = []
        for _ in range(max(trials, 5)):
            began = time.perf_counter()
            at, _ = await asked(asker)
            calm.append((at[0] - began) * 1000)
        result["calm_first_token_p50_ms"] = statistics.median(calm)
        for kind, how, word in (
            ("reset_to_next_token", NodeProcess.kill, 0),
            ("silence_to_next_token", NodeProcess.hang, 0),
            ("reset_gap", NodeProcess.kill, BREAK_AFTER),
            ("silence_gap", NodeProcess.hang, BREAK_AFTER),
        ):
            waited = []
            for _ in range(trials):
                victim, ms, text = await _failing(asker, others, engines, how, word)
                waited.append(ms)
                whole += text == ANSWER
                total += 1
                if how is NodeProcess.kill:
                    await victim.stop()
                    await victim.start()
                else:
                    victim.resume()
                await answering(asker, len(others))
            result[f"{kind}_p50_ms"], result[f"{kind}_p95_ms"] = statistics.median(waited), p95(waited)
    return {**result, "takeovers": total, "lost_or_repeated": total - whole}


async def _failing(
    asker: NodeProcess,
    others: list[NodeProcess],
    engines: dict[str, Engine],
    how: Callable[[NodeProcess], None],
    word: int,
) -> tuple[NodeProcess, float, str]:
    """Who failed, milliseconds until the answer went on (for a gap: since the piece before), and the answer."""
    failed: list[tuple[NodeProcess, float]] = []

    def strike(node: NodeProcess, n: int) -> bool:
        if n == word and not failed:
            how(node)
            failed.append((node, time.perf_counter()))
            return True
        return False

    for node in others:
        engines[node.name].on_word = lambda n, node=node: strike(node, n)  # type: ignore[misc]
    at, done = await asked(asker)
    victim, when = failed[0]
    if word:
        return victim, max(b - a for a, b in pairwise(at)) * 1000, done["text"].strip()
    return victim, (at[0] - when) * 1000, done["text"].strip()


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


async def bad_nodes(folder: Path, requests: int) -> dict[str, float]:
    """Three neighbours that look best and fail, two that answer; the shares that went well, and that still went to a
    failing one after its third failure."""
    bad = {"503": Engine("503"), "hangs": Engine("hang"), "drops": Engine("drop")}
    good = {"good": Engine(), "fine": Engine()}
    succeeded: list[bool] = []
    async with street(folder, bad | good) as (asker, _):

        async def some() -> None:
            for _ in range(requests // AT_ONCE):
                try:
                    _, done = await asked(asker)
                except Failed:
                    continue
                succeeded.append(done["text"].strip() == ANSWER)

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(some())
        took = time.perf_counter() - began
    result = {"requests": requests, "succeeded_share": sum(succeeded) / requests, "requests_per_s": requests / took}
    for name, engine in bad.items():
        result[f"{name}_requests"], result[f"{name}_late_share"] = engine.arrived, engine.late / requests
    result["late_share_most"] = max(engine.late for engine in bad.values()) / requests
    return result


async def measured(folder: Path, trials: int, requests: int) -> dict[str, float]:
    for name in ("takeovers", "bad"):
        (folder / name).mkdir()
    return await takeovers(folder / "takeovers", trials) | await bad_nodes(folder / "bad", requests)


def main() -> None:
    trials, requests = (int(a) for a in (sys.argv[1:] + ["20", "200"][len(sys.argv) - 1 :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), trials, requests))
    json.dump({name: round(value, 3) for name, value in found.items()}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
