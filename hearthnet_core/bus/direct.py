"""The short way when this node is the only candidate and nothing could be continued: same checks, no ranking."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from hearthnet_core.bus.attempt import Ground, following, judge
from hearthnet_core.bus.registry import Local
from hearthnet_core.bus.router import Candidate, rank
from hearthnet_core.bus.story import provenance
from hearthnet_core.bus.trace import Attempt, Trace, Traces, described
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.contract import Contract
from hearthnet_core.errors import HearthNetError, InternalError


async def direct(
    ground: Ground, call: Call, contract: Contract, local: Local, candidate: Candidate, traces: Traces
) -> AsyncGenerator[Chunk]:
    """What the provider says; the last `done` with `answered_by` and `trace`. What a peer asks is that peer's story."""
    runtime, health, key = ground.runtime, ground.health, candidate.key
    began = runtime.now()
    attempt = Attempt(
        n=1, node_id=candidate.node_id.text, node_name=candidate.node_name, provider=candidate.offer.provider
    )
    trace = Trace(
        id=call.id,
        capability=call.capability,
        started=runtime.wall(),
        privacy=call.privacy.value,
        attempts=[attempt],
    )
    if call.caller is None:
        trace.candidates = described(rank(call, [candidate]), call)
        traces.keep(trace)
    health.started(key)
    outcome: HearthNetError | None = None
    try:
        async with aclosing(local.provider.stream(call)) as chunks:
            while True:
                chunk = await following(chunks, call.deadline, call.deadline, runtime)
                attempt.chunks += 1
                if chunk.last:
                    break
                yield chunk
        contract.check_done(chunk.data)
        attempt.outcome = "ok"
        attempt.model = str(chunk.data.get("model", ""))
        took = runtime.now() - began
        trace.duration_ms = attempt.duration_ms = took * 1000
        health.succeeded(key, took, took)
        yield Chunk("done", {**chunk.data, **provenance(attempt), "receipts": [], "trace": trace})
    except HearthNetError as error:
        outcome = error
        raise
    except Exception as error:
        outcome = InternalError(f"{attempt.provider} failed unexpectedly: {type(error).__name__}.")
        raise outcome from error
    finally:
        if attempt.outcome != "ok":
            trace.duration_ms = attempt.duration_ms = (runtime.now() - began) * 1000
            judge(health, key, attempt, outcome, runtime.now(), local=True)
        ground.line.freed()
