"""What the bus costs and how quickly it goes on when a node fails; bars in the design's table of budgets.

`python script/bench_parts/bus.py [calls] [trials] [requests]`; prints one JSON object. Times in microseconds or milliseconds as named.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import aiohttp
import msgspec
from aiohttp import web

from hearthnet_core.backends import fake
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.fake import Behaviour, FakeEngine
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.registry import PeerOffers, Registry
from hearthnet_core.bus.serve import CallServer
from hearthnet_core.capability import Call, Chunk, Offer, Privacy, Provider
from hearthnet_core.community.standing import Standing
from hearthnet_core.contract import Contract
from hearthnet_core.errors import HearthNetError
from hearthnet_core.identity.certificate import api_certificate
from hearthnet_core.identity.keys import Purpose, SigningKey, verify
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.models.ids import CommunityId
from hearthnet_core.net import limits
from hearthnet_core.net.mesh import Mesh
from hearthnet_core.net.tls import TlsTransport
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.supervise import Supervisor

ROUNDS = 100
REMOTE_ROUNDS = 6
REMOTE_CALLS = 100
BODY = {"text": "x" * 200}
QUESTION = {"messages": [{"role": "user", "content": "How long can I store drinking water?"}]}
RUNTIME = SystemRuntime()


class Echoed(msgspec.Struct, frozen=True):
    text: str


ECHO = Contract(name="bench.echo", request=Echoed, done=Echoed)


class Echo:
    def offer(self) -> Offer:
        return Offer(capability=ECHO.name, provider="echo", slots=64)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        yield Chunk("done", {"text": call.body["text"]})


def call(capability: str, body: dict[str, Any], seconds: float = 30.0) -> Call:
    return Call(
        id=os.urandom(12).hex(),
        capability=capability,
        body=body,
        privacy=Privacy.ANY,
        deadline=RUNTIME.now() + seconds,
    )


async def drained(provider: Provider, made: Call) -> dict[str, Any]:
    async with aclosing(provider.stream(made)) as chunks:
        async for chunk in chunks:
            if chunk.last:
                return chunk.data
    return {}


@asynccontextmanager
async def nodes(*engines: list[Any]) -> AsyncIterator[list[Bus]]:
    """One node each over real TLS on loopback, all connected to the first."""
    keys = [SigningKey(os.urandom(32)) for _ in engines]
    members = {key.node_id for key in keys}
    async with AsyncExitStack() as stack:
        buses, meshes = [], []
        for key, own in zip(keys, engines, strict=True):
            supervisor = await stack.enter_async_context(Supervisor(RUNTIME))
            registry = Registry()
            registry.define(ECHO)
            registry.define(CHAT)
            for engine in own:
                registry.provide(engine, engine.offer)
            mesh = _mesh(key, members, registry, supervisor)
            bus = Bus(
                RUNTIME,
                registry,
                mesh.open,
                key.node_id,
                lambda: "",
                privacy=lambda: Privacy.ANY,
                internet=lambda: True,
            )
            server = CallServer(RUNTIME, bus, key, lambda peer, capability: None)
            mesh.handle("call/1", lambda s, payload, proven, server=server: server.handle(s, payload, proven.node_id))
            await mesh.start("127.0.0.1", 0)
            stack.push_async_callback(mesh.aclose)
            buses.append(bus)
            meshes.append(mesh)
        for key, mesh in list(zip(keys, meshes, strict=True))[1:]:
            meshes[0].found(f"127.0.0.1:{mesh.port}", key.node_id)
        wanted = sum(map(len, engines[1:]))
        await until(lambda: sum(len(r.offers) for r in buses[0]._registry.peers.values()) >= wanted)
        for bus, mesh in zip(buses, meshes, strict=True):
            bus.mesh = mesh  # type: ignore[attr-defined]
        yield buses


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.002)


def _mesh(key: SigningKey, members: set[Any], registry: Registry, supervisor: Supervisor) -> Mesh:
    seq = iter(range(1, 1_000_000))
    mesh = Mesh(
        RUNTIME,
        supervisor,
        TlsTransport(key),
        key,
        instance=os.urandom(16),
        software="bench",
        name=lambda: "",
        community=lambda: CommunityId(bytes(32)),
        standing=lambda n: Standing.MEMBER if n in members else Standing.GUEST,
        manifest=lambda: Manifest(
            node=bytes(key.node_id), boot=1, seq=next(seq), lifetime_s=300, offers=registry.public_offers()
        ),
    )
    mesh.changed.connect(
        lambda peer: registry.peer_changed(
            PeerOffers(peer.node_id, peer.name, False, peer.public_key, peer.offers, lambda: peer.latency_ms)
        )
    )
    mesh.down.connect(lambda peer: registry.peer_gone(peer.node_id))
    return mesh


async def fastest(work: Callable[[], Awaitable[Any]], count: int) -> float:
    """Microseconds a call, the best of `ROUNDS`: what the machine does besides only makes it slower."""
    best, each = float("inf"), max(1, count // ROUNDS)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(each):
            await work()
        best = min(best, (time.perf_counter() - began) / each * 1e6)
    return best


async def local(count: int) -> dict[str, float]:
    echo = Echo()
    async with nodes([echo]) as (bus,):
        direct = await fastest(lambda: drained(echo, call(ECHO.name, BODY)), count)
        through = await fastest(lambda: drained(bus, call(ECHO.name, BODY)), count)
    return {"direct_us": direct, "bus_us": through, "added_us": through - direct}


async def times(work: Callable[[], Awaitable[Any]], count: int) -> list[float]:
    """Microseconds of each."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        await work()
        found.append((time.perf_counter() - began) * 1e6)
    return found


async def remote() -> dict[str, float]:
    """Alternating rounds, so that both meet the same machine."""
    key = SigningKey(os.urandom(32))
    message = os.urandom(250)
    async with nodes([], [Echo()]) as (bus, _), _websocket() as socket:

        async def bare() -> None:
            signature = key.sign(Purpose.RECEIPT, message)
            await socket.send_bytes(message)
            await socket.receive_bytes()
            verify(key.public_key, Purpose.RECEIPT, message, signature)

        async def ours() -> None:
            done = await drained(bus, call(ECHO.name, BODY))
            assert done["receipts"][0]["valid"]

        theirs: list[float] = []
        mine: list[float] = []
        for _ in range(REMOTE_ROUNDS):
            for work, found in ((bare, theirs), (ours, mine)):
                found += (await times(work, REMOTE_CALLS))[REMOTE_CALLS // 4 :]
            await asyncio.sleep(REMOTE_CALLS / limits.MEMBER_PER_S)  # more would be slowed down on purpose
    base, p50 = statistics.median(theirs), statistics.median(mine)
    return {"websocket_us": base, "remote_us": p50, "ratio": p50 / base}


@asynccontextmanager
async def _websocket() -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        answer = web.WebSocketResponse(compress=False)
        await answer.prepare(request)
        async for message in answer:
            await answer.send_bytes(message.data)
        return answer

    certificate, private = api_certificate()
    server, client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c").write_bytes(certificate)
        (Path(folder) / "k").write_bytes(private)
        server.load_cert_chain(Path(folder) / "c", Path(folder) / "k")
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server)
    await site.start()
    port = runner.addresses[0][1]
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"https://127.0.0.1:{port}/", ssl=client, compress=0) as socket,
    ):
        yield socket
    await runner.cleanup()


async def _after(kind: str) -> float:
    """Milliseconds from the first node's failure to the next one's first word (or, in the middle, the gap)."""
    act = Behaviour(fault=fake.Fault.STALL, after=2, delay_s=0.02) if kind == "gap" else fake.HANG
    bad, good = FakeEngine(act, name="bad", quality=1.0), FakeEngine(name="good", quality=0.1)
    async with nodes([], [bad], [good]) as (bus, serving, _):
        failed, last, said = 0.0, 0.0, 0
        async with aclosing(bus.stream(call(CHAT.name, QUESTION))) as chunks, asyncio.TaskGroup() as group:

            async def fail() -> None:
                nonlocal failed
                await until(lambda: bool(bad.open) and (kind != "gap" or said >= 2))
                (peer,) = serving.mesh.peers.values()  # type: ignore[attr-defined]
                failed = time.perf_counter()
                if kind == "silence":
                    peer.connection._link.write = _never
                else:
                    peer.connection.abort()

            group.create_task(fail())
            async for chunk in chunks:
                if chunk.event == "delta":
                    said += 1
                    now = time.perf_counter()
                    if failed:
                        return (now - (last if kind == "gap" else failed)) * 1000
                    last = now
    raise AssertionError("nobody took over")


async def _never(data: bytes) -> None:
    await asyncio.Event().wait()


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


async def takeovers(trials: int) -> dict[str, float]:
    return {
        "reset_to_next_token_p95_ms": p95([await _after("reset") for _ in range(trials)]),
        "silence_to_next_token_p95_ms": p95([await _after("silence") for _ in range(trials)]),
        "gap_in_an_answer_p95_ms": p95([await _after("gap") for _ in range(trials)]),
    }


class Counted(FakeEngine):
    """`late` are the calls that came after its third failure."""

    ended = 0
    late = 0

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.late += self.ended >= 3
        try:
            async with aclosing(super().stream(call)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            self.ended += 1


async def bad_nodes(count: int) -> dict[str, Any]:
    bad = [
        Counted(fake.error(), name="503", quality=1.0),
        Counted(fake.HANG, name="hangs", quality=1.0),
        Counted(fake.drop(1), name="drops", quality=1.0),
    ]
    good = [FakeEngine(name="good", quality=0.0, slots=8), FakeEngine(name="good", quality=0.0, slots=8)]
    succeeded = 0
    async with nodes([], *[[b] for b in bad], *[[g] for g in good]) as (bus, *_):

        async def some() -> None:
            nonlocal succeeded
            for _ in range(count // 4):
                try:
                    answer = (await drained(bus, call(CHAT.name, QUESTION, 16.0)))["text"]
                except HearthNetError:
                    continue
                succeeded += answer == " ".join(fake.SENTENCES)

        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(some())
    return {"succeeded_share": succeeded / count, "late_traffic_share": {b.name: b.late / count for b in bad}}


async def main(count: int, trials: int, requests: int) -> None:
    logging.disable(logging.ERROR)
    result: dict[str, Any] = {}
    for part in (lambda: local(count), remote, lambda: takeovers(trials), lambda: bad_nodes(requests)):
        result |= await part()
    RUNTIME.close()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    given = [int(a) for a in sys.argv[1:]]
    asyncio.run(main(*given, *(10_000, 20, 200)[len(given) :]))
