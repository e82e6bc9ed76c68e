"""What the mesh costs a conversation and what it saves: first word, repeated beginnings, cancelling, crowds, leaks.

`python -m script.bench_parts.llm [trials] [requests] [calls]`; prints one JSON object. Nodes are buses over real TLS on loopback;
where `script/setup --llama` fetched it, engines are real llama-servers with a model of random weights.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import statistics
import sys
import tempfile
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from aiohttp import web

from hearthnet_core.backends.chat import CHAT, ChatDone
from hearthnet_core.backends.fake import Behaviour, FakeEngine
from hearthnet_core.backends.openai_compatible import OpenAICompatible
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.warm import Warm, Warmth
from hearthnet_core.capability import Call, Chunk, Provider
from hearthnet_core.errors import CapacityExceeded, HearthNetError
from hearthnet_core.net import limits
from script.bench_parts.bus import RUNTIME, call, nodes, p95
from script.demo_parts.llama import fetched, llama_server, tiny_model

FIRST_WORDS = 40
SAME = 8
PREFIX_WORDS = 1_500
PREFILL_S = 0.0005
"""Seconds a token that is not in the cache takes: 2,000 tokens a second, a small model on a good processor."""
CROWD = 1_000
WARM_UP = 2_000


def asked(question: str, system: str = "", **other: Any) -> Call:
    turns = [{"role": "system", "content": system}] if system else []
    body = {"messages": [*turns, {"role": "user", "content": question}], "max_tokens": 16, **other}
    return call(CHAT.name, body, 60.0)


async def first_word(provider: Provider, made: Call) -> float:
    """Milliseconds to the first piece of the answer, which is then left."""
    began = time.perf_counter()
    async with aclosing(provider.stream(made)) as chunks:
        async for chunk in chunks:
            if chunk.event == "delta":
                return (time.perf_counter() - began) * 1000
    raise AssertionError("it said nothing")


async def whole(provider: Provider, made: Call) -> float:
    """Milliseconds to the end of the answer."""
    began = time.perf_counter()
    async with aclosing(provider.stream(made)) as chunks:
        async for _ in chunks:
            pass
    return (time.perf_counter() - began) * 1000


class Telling:
    """An OpenAI-compatible engine that begins at once and pauses after each word; `left` is when it noticed that its
    caller had gone."""

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self.left = asyncio.Event()

    async def models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "llamacpp"}]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for n in range(10_000):
                event = {"choices": [{"delta": {"content": f"word{n} "}}]}
                await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
                await asyncio.sleep(self._pause_s)
        finally:
            self.left.set()
        return response


@asynccontextmanager
async def serving(engine: Telling) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/v1/models", engine.models)
    app.router.add_post("/v1/chat/completions", engine.chat)
    runner = web.AppRunner(app, shutdown_timeout=1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def engines(count: int, folder: Path, *, slots: int, context: int) -> AsyncIterator[list[str]]:
    """Addresses of real llama-servers. Nothing of a prompt is kept beside the slots, as on machines with little memory."""
    model = await tiny_model(folder)
    more = ("--threads", "1", "--cache-ram", "0")
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                llama_server(model, folder / f"llama-{n}.log", slots=slots, context=context, more=more)
            )
            for n in range(count)
        ]


async def probed(name: str, url: str, slots: int = 4) -> Any:
    engine = OpenAICompatible(name, url, slots=slots)
    await engine.probe()
    return engine


async def _direct(session: aiohttp.ClientSession, url: str, made: Call) -> float:
    """Without any of our software but the client library."""
    body = {**made.body, "stream": True}
    began = time.perf_counter()
    async with session.post(f"{url}/v1/chat/completions", json=body) as response:
        async for line in response.content:
            if line.startswith(b"data: {") and b'"content":"' in line:
                return (time.perf_counter() - began) * 1000
    raise AssertionError("it said nothing")


async def first_words(url: str) -> dict[str, float]:
    """Alternating, so that both meet the same machine; each question is new to the engine."""
    engine = await probed("engine", url)
    direct, mesh = [], []
    async with nodes([], [engine]) as (bus, _), aiohttp.ClientSession() as session:
        for n in range(-3, FIRST_WORDS):
            one = await _direct(session, url, asked(f"Question {n:04} of the one who asks directly?"))
            two = await first_word(bus, asked(f"Question {n:04} of the one who asks the mesh?   "))
            if n >= 0:
                direct.append(one)
                mesh.append(two)
    await engine.close()
    base, ours = statistics.median(direct), statistics.median(mesh)
    return {"direct_first_word_ms": base, "mesh_first_word_ms": ours, "added_first_word_ms": ours - base}


class Cached(FakeEngine):
    """Reads what is not in its cache at `PREFILL_S` a token. The cache is as a real one's: the last prompt of each slot, of
    which only an equal beginning helps."""

    def __init__(self, name: str, slots: int = 1) -> None:
        super().__init__(name=name, slots=slots)
        self._cache: OrderedDict[tuple[str, ...], None] = OrderedDict()
        self.read = 0

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        tokens = tuple(word for m in call.body["messages"] for word in m["content"].split())
        known, slot = max(((_equal(tokens, kept), kept) for kept in self._cache), default=(0, ()))
        if known > len(tokens) // 10 or len(self._cache) >= self._offer.slots:
            del self._cache[slot if known > len(tokens) // 10 else next(iter(self._cache))]
        self._cache[tokens] = None
        self.read += len(tokens) - known
        await asyncio.sleep((len(tokens) - known) * PREFILL_S)
        yield Chunk("delta", {"text": "Keep it cool."})
        yield ChatDone(finish_reason="stop", model=self._offer.models[0]).chunk()


def _equal(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


class Cold(Warm):
    """Affinity switched off."""

    def of(self, call: Call, now: float) -> dict[Any, Warmth]:
        return {}


async def same_beginnings(bus: Bus, word: str) -> float:
    """Milliseconds that the `SAME` questions with one beginning take together; a neighbour's question of another long
    beginning comes between any two."""
    ours, theirs = f"{word} water " * (PREFIX_WORDS // 2), f"{word} light " * (PREFIX_WORDS // 2)
    took = 0.0
    for n in range(SAME):
        took += await whole(bus, asked(f"Question {n}", ours, max_tokens=4))
        await whole(bus, asked(f"Else {n}", theirs, max_tokens=4))
    return took


async def repeated(made: list[list[Any]], words: tuple[str, str]) -> tuple[float, float]:
    """(without affinity, with it)."""
    async with nodes([], *made) as (bus, *_):
        warm, cold = bus._warm, Cold()
        bus._warm, bus._ground.__dict__["warm"] = cold, cold
        without = await same_beginnings(bus, words[0])
        bus._warm, bus._ground.__dict__["warm"] = warm, warm
        return without, await same_beginnings(bus, words[1])


async def prefixes(urls: list[str]) -> dict[str, float]:
    without, with_it = await repeated([[Cached(f"e{n}")] for n in range(3)], ("stone", "river"))
    found = {
        "same_prefix_without_ms": without,
        "same_prefix_with_ms": with_it,
        "same_prefix_gain": 1 - with_it / without,
    }
    if urls:
        made = [await probed("llama", url, slots=1) for url in urls]
        without, with_it = await repeated([[e] for e in made], ("stone", "river"))
        found |= {"llama_prefix_without_ms": without, "llama_prefix_with_ms": with_it}
        found["llama_prefix_gain"] = 1 - with_it / without
        for engine in made:
            await engine.close()
    return found


async def cancelling(trials: int) -> dict[str, float]:
    """From leaving an answer here to the engine of a neighbour knowing it."""
    took = []
    telling = Telling(0.01)
    async with serving(telling) as url:
        engine = await probed("engine", url)
        async with nodes([], [engine]) as (bus, _):
            for _ in range(trials):
                telling.left.clear()
                async with aclosing(bus.stream(asked("How?"))) as chunks:
                    async for chunk in chunks:
                        if chunk.event == "delta":
                            break
                    began = time.perf_counter()
                async with asyncio.timeout(10):
                    await telling.left.wait()
                took.append((time.perf_counter() - began) * 1000)
        await engine.close()
    return {"cancel_p50_ms": statistics.median(took), "cancel_p95_ms": p95(took)}


def resident_mb() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 1e6


async def crowd() -> dict[str, float]:
    """`CROWD` calls at once to three neighbours with 8 slots each."""
    made = [[FakeEngine(Behaviour(first_s=0.02), name="engine", slots=8)] for _ in range(3)]
    took: list[float] = []
    refused = failed = 0
    async with nodes([], *made) as (bus, *_):
        await whole(bus, asked("first"))
        before = resident_mb()

        async def one(n: int) -> None:
            nonlocal refused, failed
            try:
                took.append(await whole(bus, asked(f"Question {n}")))
            except CapacityExceeded:
                refused += 1
            except HearthNetError:
                failed += 1

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for n in range(CROWD):
                group.create_task(one(n))
        seconds = time.perf_counter() - began
        grown = resident_mb() - before
        in_flight = sum(c.in_flight for c in bus.candidates(asked("x")))
    return {
        "crowd": CROWD,
        "crowd_answered": len(took),
        "crowd_refused": refused,
        "crowd_failed": failed + in_flight,
        "crowd_p50_ms": statistics.median(took),
        "crowd_p95_ms": p95(took),
        "crowd_s": seconds,
        "crowd_grown_mb": grown,
    }


async def leaks(count: int) -> dict[str, float]:
    """What `count` calls leave behind, half of them here and half at a neighbour's, one in ten left in the middle."""
    mine, theirs = FakeEngine(name="mine", slots=8), FakeEngine(name="theirs", slots=8)
    async with nodes([mine], [theirs]) as (bus, _):

        async def some(times: int) -> None:
            for n in range(times):
                mine.reason = "" if n % 2 else "not now"
                mine.calls.clear()
                theirs.calls.clear()
                made = asked(f"Question {n}", conversation=f"c{n}")
                async with aclosing(bus.stream(made)) as chunks:
                    async for chunk in chunks:
                        if n % 10 == 0 and chunk.event == "delta":
                            break

        await some(WARM_UP)
        before, objects = resident_mb(), len(gc.get_objects())
        began = time.perf_counter()
        await some(count)
        seconds = time.perf_counter() - began
        grown, more = resident_mb() - before, len(gc.get_objects()) - objects
    return {
        "leak_calls": count,
        "leak_mb": grown,
        "leak_objects_per_call": more / count,
        "leak_calls_per_s": count / seconds,
    }


async def main(trials: int, calls: int) -> dict[str, float]:
    logging.disable(logging.ERROR)
    found: dict[str, float] = {}
    # What peers may open in a second is a bound against floods; here it would only make the bench wait.
    limits.MEMBER_PER_S = limits.MEMBER_BURST = 1e9  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found["llama"] = float(fetched())
        if fetched():
            async with engines(1, folder, slots=4, context=2_048) as (url,):
                found |= await first_words(url)
            async with engines(3, folder, slots=1, context=8_192) as urls:
                found |= await prefixes(urls)
        else:
            async with serving(Telling(0.01)) as url:
                found |= await first_words(url)
            found |= await prefixes([])
    found |= await cancelling(trials)
    found |= await crowd()
    found |= await leaks(calls)
    RUNTIME.close()
    return found


if __name__ == "__main__":
    given = [int(a) for a in sys.argv[1:]]
    done = asyncio.run(main(*given, *(20, 10_000)[len(given) :]))
    print(json.dumps({name: round(value, 3) for name, value in done.items()}, indent=2))
