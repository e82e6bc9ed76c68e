"""The bus: one provider in front of all others. It validates, ranks, calls, fails over and tells the story.

Before an attempt's first chunk a failure moves on silently; after it the answer is continued elsewhere from the text
already said. One deadline is shared by all attempts. The unfinished sentence is held back while some provider that might
have to take over cannot continue exactly; so nothing said is ever repeated or taken back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec

from hearthnet_core.bus.health import Health, Key
from hearthnet_core.bus.registry import Local, PeerOffers, Registry
from hearthnet_core.bus.remote import Open, RemoteProvider
from hearthnet_core.bus.router import Candidate, Ranked, rank, saturated
from hearthnet_core.bus.story import OURS, Story, provenance, release
from hearthnet_core.bus.trace import Attempt, Trace, Traces, described
from hearthnet_core.capability import Call, Chunk, Offer, Privacy, Provider
from hearthnet_core.contract import Contract
from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    Forbidden,
    HearthNetError,
    InternalError,
    RateLimited,
    Timeout,
    Unavailable,
)
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime

QUEUE_S = 2.0
QUEUE_LOOK_S = 0.25
MAX_TRIED = 6
MAX_ATTEMPTS = 12
FIRST_CHUNK_S = 8.0
FIRST_CHUNK_LEAST_S = 2.0
FIRST_CHUNK_FACTOR = 4.0
LOADING_S = 30.0
GAP_S = 10.0
BLAMELESS_S = 1.0
MAX_TEXT = 256 * 1024
MAX_WARM = 200


class Bus:
    """`privacy` and `internet` are asked at each call; `open` reaches a connected peer. `traces` keeps the last stories
    of this household's own calls, `health` what was seen of each provider."""

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
        self._my_text = me.text
        self._name = name
        self._privacy = privacy
        self._internet = internet
        self.health = Health()
        self.traces = Traces()
        self._room = asyncio.Event()
        self._warm: dict[str, Key] = {}
        self._under_way: set[tuple[str, NodeId | None]] = set()

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        """Events as in `docs/api.md`, "Ask"; the last `done` is the provider's data with `answered_by`, `receipts` and
        `trace`. A call of this household is narrowed to the node's privacy, a peer's keeps its own. Raises what the last
        attempt failed with, `SchemaMismatch`, `NotImplementedHere`, `Forbidden`, `CapacityExceeded` or `Timeout`."""
        contract = self._registry.contract(call.capability, call.version)
        contract.check_request(call.body)
        if call.caller is None:
            # A private capability is this node's own: a neighbour that claims to offer it too gets nothing of it.
            privacy = Privacy.LOCAL if contract.private else self._privacy().narrowed(call.privacy)
            if privacy is not call.privacy:
                call = msgspec.structs.replace(call, privacy=privacy)
        else:
            self._check_peers_call(call, contract)
        key = call.id, call.caller
        mine = key not in self._under_way
        self._under_way.add(key)
        alone = self._alone(call, contract)
        try:
            async with aclosing(
                self._routed(call, contract) if alone is None else self._direct(call, contract, *alone)
            ) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            if mine:
                self._under_way.discard(key)

    def candidates(self, call: Call) -> list[Candidate]:
        """Everyone who says they offer this, this node included. For a peer's call own providers come alone if there are
        any, and `home` is the household of whoever asks."""
        now = self._runtime.now()
        warm = self._warm.get(str(call.body.get("conversation") or "")) if self._warm else None
        found = [self._here(offer, now, warm) for _, offer in self._registry.local(call)]
        if call.caller is not None and found:
            return found
        their_home = call.caller is None or self._same_home(call.caller)
        for peer in self._registry.peers.values():
            for offer in peer.offers:
                if offer.capability == call.capability and offer.version.major == call.version.major:
                    found.append(self._there(peer, offer, now, warm, home=peer.home and their_home))
        return found

    def provider(self, candidate: Candidate, call: Call) -> Provider:
        """The one behind a candidate, here or there. Raises `Unavailable` when it has gone."""
        if candidate.local:
            for local, offer in self._registry.local(call):
                if offer.provider == candidate.offer.provider:
                    return local.provider
            raise Unavailable("This node's own provider went away.")
        peer = self._registry.peers.get(candidate.node_id)
        if peer is None:
            raise Unavailable(f"{candidate.node_name} is no longer reachable.")
        most = self._registry.contract(call.capability, call.version).max_body
        return RemoteProvider(self._runtime, self._open, self._me, peer.node_id, peer.public_key, most)

    def _check_peers_call(self, call: Call, contract: Contract) -> None:
        if contract.private:
            raise Forbidden(f"{call.capability} is only for this household.")
        if call.privacy is Privacy.LOCAL:
            raise Forbidden("This call was not to leave its node; the other node should not have sent it.")
        # Whoever was asked before us knows the id too, and could keep it occupied here: what is answered here is not refused
        # for somebody else's call of that name.
        others = any(id == call.id for id, _ in self._under_way) and not self._registry.local(call)
        if others or (call.id, call.caller) in self._under_way:
            raise Unavailable("This call came around in a loop.")

    def _alone(self, call: Call, contract: Contract) -> tuple[Local, Offer] | None:
        """The one provider that can answer, when there is nothing to choose and nothing to continue."""
        if contract.text:
            return None
        local = self._registry.local(call)
        if len(local) != 1:
            return None
        (row, offer) = local[0]
        if call.caller is None and self._registry.peers and self._offered_by_peers(call):
            return None
        record = self.health.of((self._me, offer.provider))
        usable = (
            offer.available
            and not offer.internet
            and not (offer.private and call.caller is not None)
            and offer.version.serves(call.version)
            and record.in_flight < offer.slots
            and record.failures_in_row == 0
        )
        return (row, offer) if usable else None

    async def _direct(self, call: Call, contract: Contract, local: Local, offer: Offer) -> AsyncGenerator[Chunk]:
        """The short way when this node is the only candidate: same checks, no ranking."""
        key = (self._me, offer.provider)
        began = self._runtime.now()
        attempt = Attempt(n=1, node_id=self._my_text, node_name=self._name(), provider=offer.provider)
        trace = Trace(
            id=call.id,
            capability=call.capability,
            started=self._runtime.wall(),
            privacy=call.privacy.value,
            attempts=[attempt],
        )
        if call.caller is None:  # what a peer asks is that peer's story
            trace.candidates = described(rank(call, [self._here(offer, began, None)]))
            self.traces.keep(trace)
        self.health.started(key)
        outcome: HearthNetError | None = None
        try:
            async with aclosing(local.provider.stream(call)) as chunks:
                while True:
                    chunk = await self._next(chunks, call.deadline, call.deadline)
                    attempt.chunks += 1
                    if chunk.last:
                        break
                    yield chunk
            contract.check_done(chunk.data)
            attempt.outcome = "ok"
            attempt.model = str(chunk.data.get("model", ""))
            took = self._runtime.now() - began
            trace.duration_ms = attempt.duration_ms = took * 1000
            self.health.succeeded(key, took, took)
            yield Chunk("done", {**chunk.data, **provenance(attempt), "receipts": [], "trace": trace})
        except HearthNetError as error:
            outcome = error
            raise
        except Exception as error:
            outcome = InternalError(f"{offer.provider} failed unexpectedly: {type(error).__name__}.")
            raise outcome from error
        finally:
            if attempt.outcome != "ok":
                trace.duration_ms = attempt.duration_ms = (self._runtime.now() - began) * 1000
                self._judge(key, attempt, outcome, local=True)
            self._room.set()

    async def _routed(self, call: Call, contract: Contract) -> AsyncGenerator[Chunk]:
        story = Story(call, self._runtime)
        if call.caller is None:
            self.traces.keep(story.trace)
        try:
            opening = [Chunk("route", {"trace_id": call.id, "candidates": story.trace.candidates})]
            tried: set[Key] = set()
            queue_ends: float | None = None
            failure: HearthNetError | None = None
            while len(tried) < MAX_TRIED and len(story.trace.attempts) < MAX_ATTEMPTS:
                rows = rank(call, self.candidates(call), internet=self._internet())
                story.considered(rows)
                open_rows = [r for r in rows if not r.excluded and r.candidate.key not in tried]
                if not open_rows:
                    if opening:
                        yield opening.pop()
                    break
                free = [r for r in open_rows if not saturated(r.candidate)]
                now = self._runtime.now()
                if not free:
                    if opening:
                        yield opening.pop()
                    if queue_ends is None:
                        # A peer's call does not queue here: whoever sent it knows where else to go.
                        queue_ends = min(call.deadline, now + QUEUE_S) if call.caller is None else now
                        if now < queue_ends:
                            yield Chunk("progress", {"step": "queued"})
                    if now >= queue_ends:
                        names = tuple(dict.fromkeys(r.candidate.node_name for r in open_rows))
                        raise CapacityExceeded(retry_after_ms=1000, alt_nodes=names)
                    await self._wait_for_room(queue_ends)
                    continue
                chosen = free[0]
                tried.add(chosen.candidate.key)
                others = [r for r in open_rows if r is not chosen]
                try:
                    async with aclosing(self._attempt(call, contract, chosen, story, others, opening)) as chunks:
                        async for chunk in chunks:
                            yield chunk
                            if chunk.last:
                                return
                except HearthNetError as error:
                    failure = error
                if isinstance(failure, CapacityExceeded | RateLimited):
                    tried.discard(chosen.candidate.key)  # it may have room later in the queue's time
                attempt = story.trace.attempts[-1]
                yield Chunk(
                    "attempt_failed",
                    {
                        "n": attempt.n,
                        "error": attempt.error,
                        "message": attempt.message,
                        "after_sentences": story.sentences,
                    },
                )
                ours_to_mend = chosen.candidate.local and type(failure) is BadRequest
                if failure is not None and (ours_to_mend or self._runtime.now() >= call.deadline):
                    raise failure
            raise failure or _nobody(call, story.trace)
        finally:
            story.finish()

    async def _attempt(
        self,
        call: Call,
        contract: Contract,
        chosen: Ranked,
        story: Story,
        others: list[Ranked],
        opening: list[Chunk],
    ) -> AsyncGenerator[Chunk]:
        candidate, key = chosen.candidate, chosen.candidate.key
        attempt = story.attempt(chosen)
        began, first_at = self._runtime.now(), None
        # While there is somebody else to ask, at most half of the time left.
        latest = began + (call.deadline - began) / 2 if others else call.deadline
        until = min(latest, began + self._patience(candidate)) if others else latest
        hold = contract.text and not all(r.candidate.offer.continues for r in others)
        held, said_before = "", len(story.said)
        outcome: HearthNetError | None = None
        self.health.started(key)  # before anything else can happen: a probe is one at a time, a slot is taken once
        try:
            if opening:
                yield opening.pop()
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
            asked = msgspec.structs.replace(call, said=story.said) if story.said else call
            async with aclosing(self.provider(candidate, call).stream(asked)) as chunks:
                while True:
                    chunk = await self._next(chunks, until, call.deadline)
                    at = self._runtime.now()
                    attempt.chunks += 1
                    if chunk.event == "progress" and first_at is None:
                        until = max(until, min(latest, at + GAP_S))
                    else:
                        if first_at is None:
                            first_at = at
                            attempt.first_chunk_ms = (at - began) * 1000
                        until = min(call.deadline, at + GAP_S)
                    if chunk.last:
                        break
                    if chunk.event == "delta" and contract.text:
                        held += str(chunk.data.get("text", ""))
                        if len(story.said) + len(held) > MAX_TEXT:
                            raise Unavailable("The answer does not come to an end.")
                        piece, held = release(held) if hold else (held, "")
                        if piece:
                            story.said += piece
                            yield Chunk("delta", {"text": piece})
                    elif chunk.event == "progress" or (chunk.event not in OURS and not contract.text):
                        yield chunk  # what the bus itself says (who answers, from what) no provider can say
            contract.check_done({k: v for k, v in chunk.data.items() if k != "receipt"})
            if contract.text:
                told = story.said[said_before:] + held
                if not told.strip() and not (story.said and chunk.data.get("continued") is True):
                    raise Unavailable("The answer was empty.")
                if held:
                    story.said += held
                    yield Chunk("delta", {"text": held})
            attempt.model = str(chunk.data.get("model") or attempt.model)
            took = self._runtime.now() - began
            attempt.outcome, attempt.duration_ms = "ok", took * 1000
            self._completed(call, key, chunk, attempt, (first_at or began) - began, took)
            yield story.done(chunk.data, contract, attempt)
        except HearthNetError as error:
            outcome = error
            raise
        except Exception as error:
            outcome = InternalError(f"{candidate.offer.provider} failed unexpectedly: {type(error).__name__}.")
            raise outcome from error
        finally:
            if attempt.outcome != "ok":
                attempt.duration_ms = (self._runtime.now() - began) * 1000
                self._judge(key, attempt, outcome, local=candidate.local)
            self._room.set()

    async def _next(self, chunks: AsyncGenerator[Chunk], until: float, deadline: float) -> Chunk:
        """The next chunk. No timer runs while the caller has the chunk: it would cancel the caller."""
        try:
            async with asyncio.timeout_at(until):
                return await anext(chunks)
        except StopAsyncIteration:
            raise Unavailable("The answer broke off.") from None
        except TimeoutError:
            if self._runtime.now() >= deadline:
                raise Timeout() from None
            raise Unavailable("No answer came in the time this usually takes.") from None

    def _completed(self, call: Call, key: Key, chunk: Chunk, attempt: Attempt, first_s: float, took: float) -> None:
        receipt = chunk.data.get("receipt")
        if isinstance(receipt, dict) and not receipt.get("valid"):
            # What was said has been said, but whoever signs falsely is not preferred for it.
            attempt.error, attempt.message = "invalid_signature", "The receipt for this answer does not verify."
            self.health.failed(key, self._runtime.now(), attempt.error)
            return
        self.health.succeeded(key, first_s, took)
        if conversation := str(call.body.get("conversation") or ""):
            self._warm.pop(conversation, None)
            self._warm[conversation] = key
            while len(self._warm) > MAX_WARM:
                del self._warm[next(iter(self._warm))]

    def _judge(self, key: Key, attempt: Attempt, error: HearthNetError | None, *, local: bool) -> None:
        """What a failed attempt says about its provider."""
        if error is None:
            attempt.outcome = "cancelled"
            self.health.cancelled(key)
            return
        attempt.outcome, attempt.error, attempt.message = "failed", error.code, error.message
        if isinstance(error, CapacityExceeded | RateLimited):
            wait = error.retry_after_ms
            self.health.refused(key, self._runtime.now(), None if wait is None else wait / 1000)
        elif (local and isinstance(error, BadRequest)) or (
            isinstance(error, Timeout) and attempt.duration_ms < BLAMELESS_S * 1000
        ):
            self.health.cancelled(key)
        else:
            self.health.failed(key, self._runtime.now(), error.code)

    def _patience(self, candidate: Candidate) -> float:
        """Seconds to the first chunk: what is usual there times `FIRST_CHUNK_FACTOR`, little for a probe."""
        if candidate.health.failures_in_row:
            return FIRST_CHUNK_LEAST_S
        usual = candidate.health.first_s
        if candidate.offer.models and not candidate.offer.loaded:
            return LOADING_S
        return FIRST_CHUNK_S if usual is None else max(FIRST_CHUNK_LEAST_S, usual * FIRST_CHUNK_FACTOR)

    def _here(self, offer: Offer, now: float, warm: Key | None) -> Candidate:
        key = (self._me, offer.provider)
        return Candidate(
            node_id=self._me,
            node_name=self._name(),
            offer=offer,
            local=True,
            home=True,
            health=self.health.of(key),
            ejected=self.health.excluded(key, now),
            busy=self.health.busy(key, now),
            warm=warm == key,
        )

    def _there(self, peer: PeerOffers, offer: Offer, now: float, warm: Key | None, *, home: bool) -> Candidate:
        key = (peer.node_id, offer.provider)
        return Candidate(
            node_id=peer.node_id,
            node_name=peer.name,
            offer=offer,
            home=home,
            rtt_ms=peer.rtt_ms(),
            health=self.health.of(key),
            ejected=self.health.excluded(key, now),
            busy=self.health.busy(key, now),
            warm=warm == key,
        )

    def _same_home(self, caller: NodeId) -> bool:
        peer = self._registry.peers.get(caller)
        return peer is not None and peer.home

    def _offered_by_peers(self, call: Call) -> bool:
        return any(
            o.capability == call.capability and o.version.major == call.version.major
            for p in self._registry.peers.values()
            for o in p.offers
        )

    async def _wait_for_room(self, until: float) -> None:
        self._room.clear()
        try:
            async with asyncio.timeout(min(QUEUE_LOOK_S, max(0.0, until - self._runtime.now()))):
                await self._room.wait()
        except TimeoutError:
            return


def _nobody(call: Call, trace: Trace) -> Unavailable:
    if not trace.candidates:
        return Unavailable(f"No node in reach offers {call.capability}; connect an engine or a neighbour.")
    whys = {str(c["excluded"]) for c in trace.candidates if c["excluded"]}
    return Unavailable("Nobody may or can answer now: " + "; ".join(sorted(whys))[:400] + ".")
