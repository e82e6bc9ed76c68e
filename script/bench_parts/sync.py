"""Cold sync of a log between two processes over TLS on loopback, as a ratio to one thread's signature checks in the same
run; bytes and round trips of an in-sync check, and of finding 100 events that were missed.

`python script/bench_parts/sync.py [events]`; prints one JSON object. Bytes are those of messages, both directions.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from hearthnet_core.community.standing import Standing
from hearthnet_core.identity.keys import Purpose, SigningKey, verify
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.net.mesh import Mesh
from hearthnet_core.net.tls import TlsTransport
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.bodies import Statement
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.protocol.making import Stamp
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.storage.database import Database
from hearthnet_core.supervise import Supervisor
from hearthnet_core.sync.messages import PROTOCOL
from hearthnet_core.sync.service import Sync
from hearthnet_core.sync.shared import Stream

LIMIT_ROUNDS = 4_000
APPEND_AT_ONCE = 500
MISSED = 100
QUIET_S = 1.0
TIMEOUT_S = 600.0
SCOPE, BOARD = ScopeId(b"s" * 16), ScopeId(b"b" * 16)
SOURCE, SINK = SigningKey(bytes(31) + b"n"), SigningKey(bytes(31) + b"x")
OWNER, OTHER = SigningKey(bytes(31) + b"o"), SigningKey(bytes(31) + b"p")
NOTICE = bodies.Notice(title="Water", body="The pump at the school works from eight to six.", severity="info")


def _statement(owner: SigningKey, node: SigningKey) -> Statement:
    return Statement(owner=owner.public_key, node=node.public_key, home=bytes(16), name="bench", node_name="bench")


FOUNDING = making.founding(
    SOURCE, OWNER, "bench", _statement(OWNER, SOURCE), SCOPE, BOARD, Stamp(lamport=1, wall=0, salt=bytes(16))
)


class Counted:
    """A stream that keeps (time, outgoing, name, bytes) of its messages."""

    def __init__(self, stream: Stream, seen: list[tuple[bool, str, int]]) -> None:
        self._stream, self._seen = stream, seen
        self.end, self.reset = stream.end, stream.reset

    async def send(self, message: bytes) -> None:
        self._seen.append((True, _name(message), len(message)))
        await self._stream.send(message)

    async def receive(self) -> bytes | None:
        message = await self._stream.receive()
        if message is not None:
            self._seen.append((False, _name(message), len(message)))
        return message


def _name(message: bytes) -> str:
    return str(msgspec.msgpack.decode(message)[0]) if len(message) < 4096 else "batch"


class Living:
    """A node of the bench: log, mesh and replication. `asked` and `answered`: messages of the two streams."""

    def __init__(self, log: EventLog, mesh: Mesh, sync: Sync) -> None:
        self.log, self.mesh, self.sync = log, mesh, sync
        self.asked: list[tuple[bool, str, int]] = []
        self.answered: list[tuple[bool, str, int]] = []
        self.begun = asyncio.Event()


@contextlib.asynccontextmanager
async def living(key: SigningKey, path: Path, prepare: Callable[[EventLog], object]) -> AsyncIterator[Living]:
    runtime = SystemRuntime()
    db = await Database.open(path, runtime)
    log = await EventLog.open(db, runtime, key)
    if not log.founded:
        await log.begin(FOUNDING)
    await prepare(log)  # type: ignore[misc]
    seq = iter(range(1, 1_000_000))

    def member(peer: NodeId) -> bool:
        # The sink learns of its own admission from the source.
        return peer in (SOURCE.node_id, SINK.node_id)

    async with Supervisor(runtime) as supervisor:
        mesh = Mesh(
            runtime,
            supervisor,
            TlsTransport(key),
            key,
            instance=os.urandom(16),
            software="bench",
            name=lambda: "bench",
            community=lambda: log.state.community,
            standing=lambda peer: Standing.MEMBER if member(peer) else Standing.GUEST,
            manifest=lambda: Manifest(node=bytes(key.node_id), boot=1, seq=next(seq)),
        )

        async def open(peer: NodeId, protocol: str, payload: bytes) -> Stream:
            node.begun.set()
            return Counted(await mesh.open(peer, protocol, payload), node.asked)

        async def handle(stream: Stream, payload: bytes, proven: Proven) -> None:
            await sync.handle(Counted(stream, node.answered), payload, proven)

        sync = Sync(runtime, supervisor, log, open=open, scopes=lambda p: (SCOPE, BOARD) if member(p) else ())
        node = Living(log, mesh, sync)
        sync.start()
        mesh.handle(PROTOCOL, handle)
        mesh.up.connect(lambda peer: sync.peer_up(peer.node_id))
        mesh.down.connect(lambda peer: sync.peer_down(peer.node_id))
        await mesh.start("127.0.0.1", 0)
        try:
            yield node
        finally:
            await mesh.aclose()
    await db.close()
    runtime.close()


async def post(log: EventLog, count: int) -> None:
    day = int(time.time()) // 86_400
    for at in range(0, count, APPEND_AT_ONCE):
        await log.append_many(bodies.NOTICE, BOARD, [NOTICE] * min(APPEND_AT_ONCE, count - at), expires=day + 7)


async def source(folder: Path, count: int) -> None:
    """The other process: says its port, then posts as many notices as each line on its input says."""

    async def prepare(log: EventLog) -> None:
        raw = bodies.pack_statement(_statement(OTHER, SINK))
        invite = bytes(8)
        proofs = making.join_proofs(OTHER, SINK, log.state.community, SOURCE.node_id, invite, raw)
        joined = bodies.Joined(member=raw, invite_id=invite, owner_sig=proofs[0], node_sig=proofs[1])
        await log.append(bodies.JOINED, SCOPE, joined)
        await post(log, count)

    async with living(SOURCE, folder / "source.db", prepare) as node:
        print(node.mesh.port, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await post(node.log, int(line))
            print(node.log.head(BOARD).n, flush=True)


def verify_per_s() -> float:
    data = bytes(250)
    signature = SINK.sign(Purpose.EVENT, data)
    began = time.perf_counter()
    for _ in range(LIMIT_ROUNDS):
        verify(SINK.public_key, Purpose.EVENT, data, signature)
    return LIMIT_ROUNDS / (time.perf_counter() - began)


async def reached(log: EventLog, n: int) -> None:
    """Until the board has n entries."""
    async with asyncio.timeout(TIMEOUT_S), contextlib.aclosing(log.committed.watch()) as commits:
        if log.head(BOARD).n < n:
            async for _ in commits:
                if log.head(BOARD).n >= n:
                    return


async def measured(folder: Path, count: int) -> dict[str, float]:
    other = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--source", str(folder), str(count), stdin=-1, stdout=-1
    )
    assert other.stdin is not None and other.stdout is not None
    address = f"127.0.0.1:{int(await other.stdout.readline())}"
    path = folder / "sink.db"

    async def nothing(log: EventLog) -> None:
        return

    result: dict[str, float] = {"verify_per_s": verify_per_s()}
    async with living(SINK, path, nothing) as node:
        node.mesh.found(address, SOURCE.node_id)
        await node.begun.wait()
        began, cpu = time.perf_counter(), time.process_time()
        await reached(node.log, count)
        result["cold_sync_per_s"] = count / (time.perf_counter() - began)
        result["sink_cpu_us_per_event"] = (time.process_time() - cpu) / count * 1e6
        batches = [size for _, name, size in node.asked if name == "batch"]
        result["cold_sync_bytes_per_event"] = sum(batches) / count
    result["verify_per_s"] = (result["verify_per_s"] + verify_per_s()) / 2
    result["cold_sync_over_verify"] = result["cold_sync_per_s"] / result["verify_per_s"]

    async with living(SINK, path, nothing) as node:
        node.mesh.found(address, SOURCE.node_id)
        await node.begun.wait()
        await asyncio.sleep(3 * QUIET_S)
        everything = node.asked + node.answered
        result["in_sync_bytes"] = sum(size for _, name, size in everything if name != "mark")
        result["in_sync_messages"] = sum(1 for _, name, _ in everything if name != "mark")
        result["marks_after_a_restart_bytes"] = sum(size for _, name, size in everything if name == "mark")

    other.stdin.write(f"{MISSED}\n".encode())
    await other.stdout.readline()
    async with living(SINK, path, nothing) as node:
        node.mesh.found(address, SOURCE.node_id)
        await reached(node.log, count + MISSED)
        await asyncio.sleep(QUIET_S)
        everything = node.asked + node.answered
        result["missed_discovery_bytes"] = sum(size for _, name, size in everything if name in ("hello", "since"))
        result["missed_discovery_round_trips"] = sum(1 for out, name, _ in node.asked if out and name == "hello")
        result["missed_fetch_round_trips"] = sum(1 for out, name, _ in node.asked if out and name != "hello")
        result["missed_batch_bytes"] = sum(size for _, name, size in everything if name == "batch")
    other.stdin.close()
    await other.wait()
    return {name: round(value, 3) for name, value in result.items()}


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == "--source":
        asyncio.run(source(Path(sys.argv[2]), int(sys.argv[3])))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), count))
    json.dump({"events": count, **found}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
