"""One call on its way: rank, wait for room, ask, go on elsewhere when that fails.

Before an attempt's first chunk a failure moves on silently; after it the answer is continued elsewhere from the text
already said. One deadline is shared by all attempts. The unfinished sentence is held back while some provider that might
have to take over cannot continue exactly; so nothing said is ever repeated or taken back. After a tool call nobody goes on.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from hearthnet_core.bus.attempt import SPEAKS, Attempting, Ground
from hearthnet_core.bus.health import Key
from hearthnet_core.bus.hedge import Budget, Race, usual_s
from hearthnet_core.bus.router import Ranked, meant, saturated
from hearthnet_core.bus.story import Story, failed
from hearthnet_core.bus.trace import Trace
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, RateLimited, Unavailable

QUEUE_S = 2.0
MAX_TRIED = 6
MAX_ATTEMPTS = 12


class Routed:
    """`ranked` says now who could answer, best first."""

    def __init__(
        self,
        ground: Ground,
        call: Call,
        contract: Contract,
        ranked: Callable[[], list[Ranked]],
        budget: Budget,
    ) -> None:
        self._ground = ground
        self._runtime = ground.runtime
        self._call = call
        self._contract = contract
        self._ranked = ranked
        self._budget = budget
        self._tried: set[Key] = set()
        self._hedgeable = call.caller is None and contract.text and not call.body.get("tools")
        self._wants = call.capability, str(call.body.get("model") or ""), call.privacy.value
        self.story = Story(call, ground.runtime)

    async def stream(self) -> AsyncGenerator[Chunk]:
        call, story = self._call, self.story
        if self._hedgeable:
            self._budget.called()
        queue_ends: float | None = None
        waits = False
        failure: HearthNetError | None = None
        try:
            while len(self._tried) < MAX_TRIED and len(story.trace.attempts) < MAX_ATTEMPTS:
                open_rows = self._open()
                free = [r for r in open_rows if not saturated(r.candidate)]
                if not free and (route := story.route()) is not None:
                    yield route
                if not open_rows:
                    break
                if not free:
                    now = self._runtime.now()
                    if queue_ends is None:
                        # A peer's call does not queue here: whoever sent it knows where else to go.
                        queue_ends = min(call.deadline, now + QUEUE_S) if call.caller is None else now
                        if now < queue_ends:
                            yield Chunk("progress", {"step": "queued"})
                    if now >= queue_ends:
                        names = tuple(dict.fromkeys(r.candidate.node_name for r in open_rows))
                        raise CapacityExceeded(retry_after_ms=1000, alt_nodes=names)
                    waits, again = True, waits
                    await self._ground.line.wait(self._wants, queue_ends - now, again=again)
                    continue
                if waits:
                    waits = False
                    self._ground.line.next(self._wants)
                race = self._race(free[0], [r for r in open_rows if r is not free[0]])
                try:
                    async with aclosing(race.stream()) as chunks:
                        async for chunk in chunks:
                            if chunk.event == SPEAKS:
                                continue
                            story.tell(chunk)
                            yield chunk
                            if chunk.last:
                                return
                except HearthNetError as error:
                    failure = error
                if isinstance(failure, CapacityExceeded | RateLimited):
                    self._tried.discard(race.last.key)  # it may have room later in the queue's time
                yield failed(race.last.attempt, story)
                ours_to_mend = race.last.local and type(failure) is BadRequest
                if failure is not None and (ours_to_mend or story.acted or self._runtime.now() >= call.deadline):
                    raise failure
            raise failure or _nobody(call, story.trace)
        finally:
            if waits:
                self._ground.line.next(self._wants)
            story.finish()

    def _open(self) -> list[Ranked]:
        rows = self._ranked()
        self.story.considered(rows)
        return [r for r in rows if not r.excluded and r.candidate.key not in self._tried]

    def _race(self, chosen: Ranked, others: list[Ranked]) -> Race | Attempting:
        first = self._attempt(chosen, others)
        if self._hedgeable and others and not self.story.said and self._budget.left:
            after = usual_s(chosen.candidate, loaded=meant(chosen.candidate.offer, self._call)[1])
            if after is not None:
                return Race(self._ground, self.story, first, after, self._second)
        return first

    def _second(self) -> Attempting | None:
        """Somebody else with room now, who costs the household nothing, while the budget lasts."""
        rows = self._open()
        for row in rows:
            if not saturated(row.candidate) and not row.candidate.offer.internet and self._budget.take():
                return self._attempt(row, [r for r in rows if r is not row], hedge=True)
        return None

    def _attempt(self, chosen: Ranked, others: list[Ranked], *, hedge: bool = False) -> Attempting:
        self._tried.add(chosen.candidate.key)
        return Attempting(self._ground, self._call, self._contract, chosen, self.story, others, hedge=hedge)


def _nobody(call: Call, trace: Trace) -> Unavailable:
    if not trace.candidates:
        return Unavailable(f"No node in reach offers {call.capability}; connect an engine or a neighbour.")
    whys = {str(c["excluded"]) for c in trace.candidates if c["excluded"]}
    return Unavailable("Nobody may or can answer now: " + "; ".join(sorted(whys))[:400] + ".")
