"""One provider asked once: its events as the caller may have them, how long it is waited for, and what the outcome says
about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass

import msgspec

from hearthnet_core.bus.health import Health, Key
from hearthnet_core.bus.line import Line
from hearthnet_core.bus.remote import Unsendable
from hearthnet_core.bus.router import Candidate, Ranked, meant
from hearthnet_core.bus.story import OURS, Story, release
from hearthnet_core.bus.trace import Attempt
from hearthnet_core.bus.warm import Warm
from hearthnet_core.capability import Call, Chunk, Provider
from hearthnet_core.contract import Contract
from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    HearthNetError,
    InternalError,
    RateLimited,
    Timeout,
    Unavailable,
)
from hearthnet_core.runtime import Runtime

FIRST_CHUNK_S = 8.0
FIRST_CHUNK_LEAST_S = 2.0
FIRST_CHUNK_FACTOR = 4.0
LOADING_S = 30.0
GAP_S = 10.0
BLAMELESS_S = 1.0
MAX_TEXT = 256 * 1024
MAX_BESIDE = 1024 * 1024
"""Characters of an answer, and bytes of what comes beside it: thoughts, tool calls."""
TOOL_CALL = "tool_call"
SPEAKS = "speaks"
"""Said once, by the bus to itself: this attempt's provider has begun to answer."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all attempts of a bus share. `line` is who waits for room; `answered` hears of each
    whole answer, `provider` raises `Unavailable` when a candidate has gone."""

    runtime: Runtime
    health: Health
    warm: Warm
    line: Line
    provider: Callable[[Candidate, Call], Provider]
    answered: Callable[[Call, Candidate], None]


class Attempting:
    """`others` are those who might still take over; `hedge`: it runs beside another attempt."""

    def __init__(
        self,
        ground: Ground,
        call: Call,
        contract: Contract,
        chosen: Ranked,
        story: Story,
        others: list[Ranked],
        *,
        hedge: bool = False,
    ) -> None:
        self._ground = ground
        self._runtime = ground.runtime
        self._call = call
        self._contract = contract
        self._candidate = chosen.candidate
        self._story = story
        self._others = others
        self._hold = contract.text and not all(r.candidate.offer.continues for r in others)
        self.key = chosen.candidate.key
        self.local = chosen.candidate.local
        self.attempt = story.attempt(chosen, hedge=hedge)
        self._began = self._runtime.now()
        self._first_at: float | None = None
        self._held = ""
        self._said_something = False
        self._size = len(story.said)
        self._beside = 0

    @property
    def last(self) -> Attempting:
        """As of a race that nobody else runs in."""
        return self

    async def stream(self) -> AsyncGenerator[Chunk]:
        """`route` for a call's first attempt, `attempt`, then what the provider says, `SPEAKS` before its first word.
        Raises what it failed with; what was told before counts as said."""
        outcome: HearthNetError | None = None
        # Before anything else can happen: a probe is one at a time, a slot is taken once.
        self._ground.health.started(self.key)
        try:
            if (route := self._story.route()) is not None:
                yield route
            yield self._story.asking(self.attempt)
            async with aclosing(self._answer()) as chunks:
                async for chunk in chunks:
                    yield chunk
        except HearthNetError as error:
            outcome = error
            raise
        except Exception as error:
            outcome = InternalError(f"{self.attempt.provider} failed unexpectedly: {type(error).__name__}.")
            raise outcome from error
        finally:
            if self.attempt.outcome != "ok":
                self.attempt.duration_ms = (self._runtime.now() - self._began) * 1000
                judge(
                    self._ground.health,
                    self.key,
                    self.attempt,
                    outcome,
                    self._runtime.now(),
                    local=self.local,
                )
            self._ground.line.freed()

    async def _answer(self) -> AsyncGenerator[Chunk]:
        call, story = self._call, self._story
        # While there is somebody else to ask, at most half of the time left.
        latest = self._began + (call.deadline - self._began) / 2 if self._others else call.deadline
        until = min(latest, self._began + self._patience()) if self._others else latest
        asked = msgspec.structs.replace(call, said=story.said) if story.said else call
        async with aclosing(self._ground.provider(self._candidate, call).stream(asked)) as chunks:
            while True:
                chunk = await following(chunks, until, call.deadline, self._runtime)
                at = self._runtime.now()
                self.attempt.chunks += 1
                if chunk.event == "progress" and self._first_at is None:
                    until = max(until, min(latest, at + GAP_S))
                else:
                    until = min(call.deadline, at + GAP_S)
                    if self._first_at is None:
                        self._first_at = at
                        self.attempt.first_chunk_ms = (at - self._began) * 1000
                        if not chunk.last:
                            yield Chunk(SPEAKS)
                if chunk.last:
                    break
                for piece in self._pieces(chunk):
                    yield piece
        self._contract.check_done({k: v for k, v in chunk.data.items() if k != "receipt"})
        if self._contract.text:
            goes_on = bool(self._story.said) and chunk.data.get("continued") is True
            if not (self._said_something or self._held.strip() or goes_on):
                raise Unavailable("The answer was empty.")
            if self._held:
                yield Chunk("delta", {"text": self._held})
        self._completed(chunk)
        yield story.done(chunk.data, self._contract, self.attempt)

    def _pieces(self, chunk: Chunk) -> Iterator[Chunk]:
        """What of it may be told now. What the bus itself says (who answers, from what) no provider can say."""
        if chunk.event == "progress" or (not self._contract.text and chunk.event not in OURS):
            yield chunk
        elif self._contract.text and chunk.event == "delta":
            text = str(chunk.data.get("text", ""))
            self._size += len(text)
            if self._size > MAX_TEXT:
                raise Unavailable("The answer does not come to an end.")
            piece, self._held = release(self._held + text) if self._hold else (text, "")
            yield from self._delta(piece)
        elif chunk.event in self._contract.events:
            self._contract.check_event(chunk.event, chunk.data)
            self._beside += len(msgspec.msgpack.encode(chunk.data))
            if self._beside > MAX_BESIDE:
                raise Unavailable("The answer does not come to an end.")
            if chunk.event == TOOL_CALL:
                # The words before it are said before it; nothing goes on elsewhere after an action anyway.
                piece, self._held = self._held, ""
                yield from self._delta(piece)
                self._said_something = True
            yield chunk

    def _delta(self, piece: str) -> Iterator[Chunk]:
        if piece:
            self._said_something = self._said_something or not piece.isspace()
            yield Chunk("delta", {"text": piece})

    def _completed(self, chunk: Chunk) -> None:
        attempt, now = self.attempt, self._runtime.now()
        took = now - self._began
        attempt.model = str(chunk.data.get("model") or attempt.model)
        attempt.outcome, attempt.duration_ms = "ok", took * 1000
        receipt = chunk.data.get("receipt")
        if isinstance(receipt, dict) and not receipt.get("valid"):
            # What was said has been said, but whoever signs falsely is not preferred for it.
            attempt.error, attempt.message = "invalid_signature", "The receipt for this answer does not verify."
            self._ground.health.failed(self.key, now, attempt.error)
            return
        self._ground.health.succeeded(self.key, (self._first_at or self._began) - self._began, took)
        if self._candidate.offer.models:
            self._ground.warm.answered(self._call, self.key, self._candidate.offer.slots, now)
        if self._contract.text:
            self._ground.answered(self._call, self._candidate)

    def _patience(self) -> float:
        """Seconds to the first chunk: what is usual there times `FIRST_CHUNK_FACTOR`, little for a probe."""
        health, offer = self._candidate.health, self._candidate.offer
        if health.failures_in_row:
            return FIRST_CHUNK_LEAST_S
        if not meant(offer, self._call)[1]:
            return LOADING_S
        usual = health.first_s
        return FIRST_CHUNK_S if usual is None else max(FIRST_CHUNK_LEAST_S, usual * FIRST_CHUNK_FACTOR)


async def following(chunks: AsyncGenerator[Chunk], until: float, deadline: float, runtime: Runtime) -> Chunk:
    """The next chunk. No timer runs while the caller has the chunk: it would cancel the caller."""
    try:
        async with asyncio.timeout_at(until):
            return await anext(chunks)
    except StopAsyncIteration:
        raise Unavailable("The answer broke off.") from None
    except TimeoutError:
        if runtime.now() >= deadline:
            raise Timeout() from None
        raise Unavailable("No answer came in the time this usually takes.") from None


def judge(health: Health, key: Key, attempt: Attempt, error: HearthNetError | None, now: float, *, local: bool) -> None:
    """What an attempt that did not end well says about its provider; None: it was left."""
    if error is None:
        attempt.outcome = "cancelled"
        health.cancelled(key)
        return
    attempt.outcome, attempt.error, attempt.message = "failed", error.code, error.message
    if isinstance(error, CapacityExceeded | RateLimited):
        wait = error.retry_after_ms
        health.refused(key, now, None if wait is None else wait / 1000)
    elif (
        isinstance(error, Unsendable)
        or (local and isinstance(error, BadRequest))
        or (isinstance(error, Timeout) and attempt.duration_ms < BLAMELESS_S * 1000)
    ):
        health.cancelled(key)
    else:
        health.failed(key, now, error.code)
