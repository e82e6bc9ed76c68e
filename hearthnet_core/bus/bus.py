"""The bus: one provider in front of all others. It validates, ranks, calls, fails over and tells the story.

Before an attempt's first chunk a failure moves on silently; after it the answer is continued elsewhere from the text
already said. One deadline is shared by all attempts. The unfinished sentence is held back while some provider that might
have to take over cannot continue exactly; so nothing said is ever repeated or taken back.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core.bus.health import Health
from hearthnet_core.bus.registry import Local, Registry
from hearthnet_core.bus.remote import Open, RemoteProvider
from hearthnet_core.bus.router import Candidate, Ranked, rank, saturated
from hearthnet_core.bus.trace import Attempt, Trace, Traces, described
from hearthnet_core.capability import Call, Chunk, Offer, Privacy, Provider
from hearthnet_core.contract import Contract
from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    Forbidden,
    HearthNetError,
    InternalError,
    Revoked,
    SchemaMismatch,
    Timeout,
    Unavailable,
)
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime

QUEUE_S = 2.0
MAX_ATTEMPTS = 6
FIRST_CHUNK_S = 8.0
FIRST_CHUNK_FACTOR = 4.0
GAP_S = 10.0
MAX_WARM = 200
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s*\[\d+\])*(?=\s|$)")


class Bus:
    """`privacy` and `internet` are asked at each call; `passing` is the share of a call that left this node."""

    def __init__(
        self,
        runtime: Runtime,
        registry: Registry,
        open: Open,
        me: NodeId,
        name: Callable[[], str],
        *,
        privacy: Callable[[], Privacy],
        internet: Callable[[], bool],
    ) -> None:
        self._runtime = runtime
        self._registry = registry
        self._open = open
        self._me = me
        self._name = name
        self._privacy = privacy
        self._internet = internet
        self.health = Health()
        self.traces = Traces()
        self._room = asyncio.Event()
        self._warm: dict[str, tuple[bytes, str]] = {}

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        contract = self._registry.contract(call.capability, call.version)
        contract.check_request(call.body)
        if call.caller is None:
            call = msgspec.structs.replace(call, privacy=self._privacy().narrowed(call.privacy))
        elif contract.private:
            raise Forbidden(f"{call.capability} is only for this household.")
        local = self._registry.local(call)
        if len(local) == 1 and (call.caller is not None or not self._offered_by_peers(call)):
            direct = self._direct(call, contract, *local[0])
        else:
            direct = self._routed(call, contract)
        async with aclosing(direct) as chunks:
            async for chunk in chunks:
                yield chunk

    def candidates(self, call: Call) -> list[Candidate]:
        """Everyone who says they offer this, this node included. For a peer's call own providers come alone if there are any."""
        now = self._runtime.now()
        warm = self._warm.get(str(call.body.get("conversation") or ""))
        found: list[Candidate] = []
        for _, offer in self._registry.local(call):
            key = (self._me, offer.provider)
            found.append(
                Candidate(
                    node_id=self._me,
                    node_name=self._name(),
                    offer=offer,
                    local=True,
                    home=True,
                    health=self.health.of(key),
                    ejected=self.health.excluded(key, now),
                    warm=warm == key,
                )
            )
        if call.caller is not None and found:
            return found
        for peer in self._registry.peers.values():
            for offer in peer.offers:
                if offer.capability != call.capability:
                    continue
                key = (peer.node_id, offer.provider)
                found.append(
                    Candidate(
                        node_id=peer.node_id,
                        node_name=peer.name,
                        offer=offer,
                        home=peer.home,
                        rtt_ms=peer.rtt_ms(),
                        health=self.health.of(key),
                        ejected=self.health.excluded(key, now),
                        warm=warm == key,
                    )
                )
        return found

    async def _direct(self, call: Call, contract: Contract, local: Local, offer: Offer) -> AsyncGenerator[Chunk]:
        """The short way when this node is the only candidate: same checks, no ranking."""
        if not offer.available:
            raise Unavailable(offer.reason or None)
        if offer.internet and (call.privacy is not Privacy.ANY or not self._internet()):
            raise Unavailable("Only an internet service could answer, and it may not be asked now.")
        started = self._runtime.now()
        record = self.health.of((self._me, offer.provider))
        if record.in_flight >= offer.slots:
            raise CapacityExceeded(retry_after_ms=500)
        record.in_flight += 1
        attempt = Attempt(n=1, node_id=self._me.text, node_name=self._name(), provider=offer.provider)
        trace = Trace(
            id=call.id,
            capability=call.capability,
            started=self._runtime.wall(),
            privacy=call.privacy.value,
            attempts=[attempt],
        )
        self.traces.keep(trace)
        try:
            async with asyncio.timeout(call.deadline - started), aclosing(local.provider.stream(call)) as chunks:
                async for chunk in chunks:
                    attempt.chunks += 1
                    if chunk.last:
                        contract.check_done(chunk.data)
                        attempt.outcome = "ok"
                        attempt.model = str(chunk.data.get("model", ""))
                        trace.duration_ms = attempt.duration_ms = (self._runtime.now() - started) * 1000
                        yield Chunk("done", {**chunk.data, **self._provenance(trace, attempt)})
                        return
                    yield chunk
            raise InternalError(f"{call.capability} ended without an answer.")
        except TimeoutError:
            attempt.outcome = "failed"
            raise Timeout() from None
        except HearthNetError as error:
            attempt.outcome, attempt.error, attempt.message = "failed", error.code, error.message
            raise
        finally:
            record.in_flight -= 1
            if attempt.outcome == "running":
                attempt.outcome = "cancelled"
            self._made_room()

    async def _routed(self, call: Call, contract: Contract) -> AsyncGenerator[Chunk]:
        story = _Story(call, self._runtime)
        self.traces.keep(story.trace)
        tried: set[tuple[bytes, str]] = set()
        queued_until = min(call.deadline, self._runtime.now() + QUEUE_S)
        failure: HearthNetError | None = None
        while len(story.trace.attempts) < MAX_ATTEMPTS:
            rows = rank(call, self.candidates(call), internet=self._internet())
            if not story.trace.candidates:
                story.trace.candidates = described(rows)
                yield Chunk("route", {"trace_id": call.id, "candidates": story.trace.candidates})
            open_rows = [r for r in rows if not r.excluded and r.candidate.key not in tried]
            if not open_rows:
                break
            free = [r for r in open_rows if not saturated(r.candidate)]
            if not free:
                if self._runtime.now() >= queued_until:
                    raise story.failed(
                        CapacityExceeded(retry_after_ms=1000, alt_nodes=tuple(r.candidate.node_name for r in open_rows))
                    )
                yield Chunk("progress", {"step": "queued"})
                await self._wait_for_room(queued_until)
                continue
            chosen = free[0]
            tried.add(chosen.candidate.key)
            attempt = story.attempt(chosen)
            yield Chunk(
                "attempt",
                {
                    "n": attempt.n,
                    "node_id": attempt.node_id,
                    "node_name": attempt.node_name,
                    "provider": attempt.provider,
                    "model": attempt.model,
                    "continues": bool(story.said),
                },
            )
            others = [r for r in open_rows if r is not chosen]
            try:
                async with aclosing(self._attempt(call, contract, chosen, story, attempt, others)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                        if chunk.last:
                            return
            except (BadRequest, Timeout) as final:
                if isinstance(final, (SchemaMismatch, Timeout)):
                    failure = final
                else:
                    raise story.failed(final) from None
                if self._runtime.now() >= call.deadline:
                    raise story.failed(final) from None
            except HearthNetError as error:
                failure = error
            yield Chunk(
                "attempt_failed",
                {
                    "n": attempt.n,
                    "error": attempt.error,
                    "message": attempt.message,
                    "after_sentences": len(_SENTENCE_END.findall(story.said)),
                },
            )
        raise story.failed(failure or _nobody(call, story.trace))

    async def _attempt(
        self, call: Call, contract: Contract, chosen: Ranked, story: _Story, attempt: Attempt, others: list[Ranked]
    ) -> AsyncGenerator[Chunk]:
        candidate, key = chosen.candidate, chosen.candidate.key
        now = self._runtime.now()
        began, first_at = now, None
        hold = contract.text and not all(r.candidate.offer.continues for r in others)
        patience = self._patience(candidate, call, bool(others))
        held = ""
        asked = msgspec.structs.replace(call, said=story.said)
        outcome: HearthNetError | None = None
        self.health.started(key)
        try:
            async with aclosing(self._provider(candidate, call).stream(asked)) as chunks:
                until = min(call.deadline, began + patience)
                while True:
                    try:
                        async with asyncio.timeout(until - self._runtime.now()):
                            chunk = await anext(chunks)
                    except StopAsyncIteration:
                        raise Unavailable("The answer broke off.") from None
                    except TimeoutError:
                        if self._runtime.now() >= call.deadline:
                            raise Timeout() from None
                        raise Unavailable("No answer came in the time this usually takes.") from None
                    at = self._runtime.now()
                    attempt.chunks += 1
                    if first_at is None and chunk.event != "progress":
                        first_at = at
                        attempt.first_chunk_ms = (at - began) * 1000
                    until = min(call.deadline, at + GAP_S)
                    if chunk.event == "delta" and contract.text:
                        held += str(chunk.data.get("text", ""))
                        piece, held = _release(held) if hold else (held, "")
                        if piece:
                            story.said += piece
                            yield Chunk("delta", {"text": piece})
                        continue
                    if not chunk.last:
                        yield chunk
                        continue
                    contract.check_done({k: v for k, v in chunk.data.items() if k != "receipt"})
                    if contract.text and not (story.said + held).strip():
                        raise Unavailable("The answer was empty.")
                    if held:
                        story.said += held
                        yield Chunk("delta", {"text": held})
                    attempt.outcome = "ok"
                    attempt.model = str(chunk.data.get("model") or attempt.model)
                    attempt.duration_ms = (at - began) * 1000
                    self.health.succeeded(key, (first_at or at) - began, at - began)
                    self._keep_warm(call, key)
                    yield Chunk(
                        "done", {**story.closing(chunk.data, contract), **self._provenance(story.finish(), attempt)}
                    )
                    return
        except HearthNetError as error:
            outcome = error
            raise
        except Exception as error:
            outcome = InternalError(f"{candidate.offer.provider} failed unexpectedly: {type(error).__name__}.")
            raise outcome from error
        finally:
            attempt.duration_ms = (self._runtime.now() - began) * 1000
            if outcome is not None:
                attempt.outcome, attempt.error, attempt.message = "failed", outcome.code, outcome.message
                if isinstance(outcome, (CapacityExceeded, BadRequest, Revoked)):
                    self.health.cancelled(key)
                else:
                    self.health.failed(key, self._runtime.now(), outcome.code)
            elif attempt.outcome == "running":
                attempt.outcome = "cancelled"
                self.health.cancelled(key)
            self._made_room()

    def _provider(self, candidate: Candidate, call: Call) -> Provider:
        if candidate.local:
            for local, offer in self._registry.local(call):
                if offer.provider == candidate.offer.provider:
                    return local.provider
            raise Unavailable("This node's own provider went away.")
        peer = self._registry.peers.get(candidate.node_id)
        if peer is None:
            raise Unavailable(f"{candidate.node_name} is no longer reachable.")
        return RemoteProvider(self._runtime, self._open, self._me, peer.node_id, peer.public_key)

    def _patience(self, candidate: Candidate, call: Call, alternatives: bool) -> float:
        """Seconds to the first chunk: what is usual here times `FIRST_CHUNK_FACTOR`; all the time when nobody else is left."""
        left = call.deadline - self._runtime.now()
        if not alternatives:
            return left
        usual = candidate.health.first_s
        return min(left, FIRST_CHUNK_S if usual is None else max(2.0, usual * FIRST_CHUNK_FACTOR))

    def _offered_by_peers(self, call: Call) -> bool:
        return any(o.capability == call.capability for p in self._registry.peers.values() for o in p.offers)

    @staticmethod
    def _provenance(trace: Trace, attempt: Attempt) -> dict[str, Any]:
        return {
            "answered_by": {
                "node_id": attempt.node_id,
                "node_name": attempt.node_name,
                "provider": attempt.provider,
                "model": attempt.model,
            },
            "trace": trace,
        }

    def _keep_warm(self, call: Call, key: tuple[bytes, str]) -> None:
        conversation = str(call.body.get("conversation") or "")
        if conversation:
            self._warm.pop(conversation, None)
            self._warm[conversation] = key
            while len(self._warm) > MAX_WARM:
                del self._warm[next(iter(self._warm))]

    def _made_room(self) -> None:
        self._room.set()

    async def _wait_for_room(self, until: float) -> None:
        self._room.clear()
        try:
            async with asyncio.timeout(min(0.25, max(0.0, until - self._runtime.now()))):
                await self._room.wait()
        except TimeoutError:
            return


class _Story:
    """One routed call as it unfolds: text said so far, attempts, receipts."""

    def __init__(self, call: Call, runtime: Runtime) -> None:
        self.said = call.said
        self._before = len(call.said)
        self._runtime = runtime
        self._began = runtime.now()
        self.trace = Trace(id=call.id, capability=call.capability, started=runtime.wall(), privacy=call.privacy.value)

    def attempt(self, chosen: Ranked) -> Attempt:
        offer = chosen.candidate.offer
        attempt = Attempt(
            n=len(self.trace.attempts) + 1,
            node_id=chosen.candidate.node_id.text,
            node_name=chosen.candidate.node_name,
            provider=offer.provider,
            model=(offer.loaded or offer.models or ("",))[0],
            started_ms=(self._runtime.now() - self._began) * 1000,
        )
        self.trace.attempts.append(attempt)
        return attempt

    def finish(self) -> Trace:
        self.trace.duration_ms = (self._runtime.now() - self._began) * 1000
        return self.trace

    def failed(self, error: HearthNetError) -> HearthNetError:
        self.finish()
        return error

    def closing(self, done: dict[str, Any], contract: Contract) -> dict[str, Any]:
        receipt = done.get("receipt")
        closing = {k: v for k, v in done.items() if k != "receipt"}
        closing["receipts"] = [receipt] if receipt else []
        if contract.text:
            closing["text"] = self.said[self._before :]
        return closing


def _release(held: str) -> tuple[str, str]:
    """(whole sentences that may be said, the unfinished rest). A sentence ends when something follows its end mark."""
    cut = 0
    for match in _SENTENCE_END.finditer(held):
        if match.end() < len(held):
            cut = match.end()
    return held[:cut], held[cut:]


def _nobody(call: Call, trace: Trace) -> Unavailable:
    if not trace.candidates:
        return Unavailable(f"No node in reach offers {call.capability}; connect an engine or a neighbour.")
    whys = {str(c["excluded"]) for c in trace.candidates if c["excluded"]}
    return Unavailable("Nobody may or can answer now: " + "; ".join(sorted(whys))[:400] + ".")
