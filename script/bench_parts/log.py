"""Signed durable appends and the cold ingest of a log, as ratios to what signing and verifying alone allow here.

`python script/bench_parts/log.py [events]`; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hearthnet_core.identity.keys import Purpose, SigningKey, verify
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.log.queries import MAX_BATCH, Cursor
from hearthnet_core.models.ids import ScopeId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.bodies import Statement
from hearthnet_core.protocol.making import Stamp
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.storage.database import Database

LIMIT_ROUNDS = 4_000
APPEND_AT_ONCE = 500
SINGLE_WRITERS = 200


def limits(key: SigningKey) -> dict[str, float]:
    """Signs and verifies of 250 bytes a second, one thread."""
    data = bytes(250)
    began = time.perf_counter()
    signatures = [key.sign(Purpose.EVENT, data) for _ in range(LIMIT_ROUNDS)]
    signed = time.perf_counter()
    for signature in signatures:
        verify(key.public_key, Purpose.EVENT, data, signature)
    verified = time.perf_counter()
    return {"sign_per_s": LIMIT_ROUNDS / (signed - began), "verify_per_s": LIMIT_ROUNDS / (verified - signed)}


async def measured(folder: Path, count: int) -> dict[str, float]:
    runtime = SystemRuntime()
    node, owner = SigningKey(bytes(31) + b"n"), SigningKey(bytes(31) + b"o")
    statement = Statement(owner=owner.public_key, node=node.public_key, home=bytes(16), name="bench", node_name="bench")
    scope, board = ScopeId(b"s" * 16), ScopeId(b"b" * 16)
    founding = making.founding(node, owner, "bench", statement, scope, board, Stamp(lamport=1, wall=0, salt=bytes(16)))
    day = int(runtime.wall()) // 86_400
    notice = bodies.Notice(title="Water", body="The pump at the school works from eight to six.", severity="info")
    result = limits(node)

    source_db = await Database.open(folder / "source.db", runtime)
    source = await EventLog.open(source_db, runtime, node)
    await source.begin(founding)
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(count // APPEND_AT_ONCE):
        await source.append_many(bodies.NOTICE, board, [notice] * APPEND_AT_ONCE, expires=day + 7)
    result["append_per_s"] = count / (time.perf_counter() - began)
    result["append_cpu_us_per_event"] = (time.process_time() - cpu) / count * 1e6

    began = time.perf_counter()

    async def writer() -> None:
        for _ in range(10):
            await source.append(bodies.NOTICE, board, notice, expires=day + 7)

    await asyncio.gather(*(writer() for _ in range(SINGLE_WRITERS)))
    result["single_appends_of_200_writers_per_s"] = SINGLE_WRITERS * 10 / (time.perf_counter() - began)

    batches = []
    n, more = 0, True
    while more:
        batch = await source.arrival_since(board, n, MAX_BATCH)
        batches.append(([e.wire for e in batch.events], batch.n, batch.c))
        n, more = batch.n, batch.more
    sink_db = await Database.open(folder / "sink.db", runtime)
    sink = await EventLog.open(sink_db, runtime, SigningKey(bytes(31) + b"x"))
    await sink.begin(founding)
    began = time.perf_counter()
    for wires, n, c in batches:
        await sink.ingest(wires, node.node_id, Cursor(node.node_id, board, n, c))
    result["ingest_per_s"] = n / (time.perf_counter() - began)
    assert sink.summary(board, 0) == source.summary(board, 0)

    again = limits(node)
    for name, value in again.items():
        result[name] = (result[name] + value) / 2
    result["append_over_sign"] = result["append_per_s"] / result["sign_per_s"]
    result["ingest_over_verify"] = result["ingest_per_s"] / result["verify_per_s"]
    began = time.perf_counter()
    await EventLog.open(sink_db, runtime, node)
    result["open_s"] = time.perf_counter() - began
    await source_db.close()
    await sink_db.close()
    runtime.close()
    return {name: round(value, 3) for name, value in result.items()}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), count))
    json.dump({"events": count, **found}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
