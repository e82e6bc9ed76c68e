"""What this node asks of one peer: greet, catch up scope by scope, repair where a cursor means nothing, then listen.

One thing is under way at a time, save that the next batch is asked for while the last one is being kept. `push`, `have`,
`mark` and `hello` come by themselves. A cursor moves in the same commit as the events it covers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from functools import partial

from hearthnet_core.errors import BadRequest, HearthNetError, Timeout, Unavailable
from hearthnet_core.log.event_log import Ingested
from hearthnet_core.log.queries import Cursor
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.protocol.event import Event, decode
from hearthnet_core.sync.days import comparable
from hearthnet_core.sync.listening import Hearing, Listening
from hearthnet_core.sync.messages import (
    MAX_EVENTS,
    NONCE_BYTES,
    PREFIX_BYTES,
    Batch,
    Buckets,
    Compare,
    Events,
    Have,
    Hello,
    Lost,
    Mark,
    Need,
    Push,
    Question,
    Reconcile,
    Sent,
    Since,
    Summary,
    Want,
    answer,
)
from hearthnet_core.sync.questions import Asked, Questions
from hearthnet_core.sync.repair import Comparing
from hearthnet_core.sync.shared import Partner, Pause, Shared, Stream

AGAIN_S = 5.0
NO_CHAIN = bytes(16)


class Asking:
    """`run` until the stream ends; raises why. `repairs`: scopes to compare, when the pause of their reason is over."""

    def __init__(self, shared: Shared, peer: NodeId, partner: Partner, stream: Stream) -> None:
        self._shared = shared
        self._log = shared.log
        self._peer = peer
        self._partner = partner
        self._stream = stream
        self._questions = Questions(shared.runtime, stream)
        self._listening = Listening(shared, peer, self._questions)
        self._plan: deque[Summary | tuple[ScopeId, Pause | None]] = deque()
        self._busy = False
        self._fresh: Hello | None = None
        self._said: tuple[ScopeId, ...] = ()
        self._today: int | None = None
        self._parked = False
        self._again_at = float("-inf")
        self._nudged = asyncio.Event()
        self._greet_again = False
        self._comparing: tuple[ScopeId, Pause | None, Comparing] | None = None
        self.repairs: dict[ScopeId, Pause | None] = {}
        self.events_received = 0
        self.rounds = 0

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._by_the_clock())
                await self._greet()
                while (raw := await self._stream.receive()) is not None:
                    await self._took(raw)
                raise Unavailable("The other node ended the exchange of events.")
        finally:
            self._shared.turns.done(self._peer)
            self._shared.wake()

    def nudge(self, greet: bool = False) -> None:
        """Time has passed, or what may be read has changed. `greet`: it is this peer's turn."""
        self._greet_again = self._greet_again or greet
        self._nudged.set()

    async def _by_the_clock(self) -> None:
        while True:
            await self._nudged.wait()
            self._nudged.clear()
            now = self._shared.runtime.now()
            if self._questions.overdue:
                raise Timeout("The other node did not answer in time.")
            if self._greet_again or self._said != self._shared.scopes(self._peer):
                self._greet_again = False
                await self._greet()
            if not self._busy:
                due = [s for s, pause in self.repairs.items() if pause is None or now >= pause.until]
                self._plan.extend((s, self.repairs.pop(s)) for s in self._said if s in due)
                if self._plan:
                    await self._next()

    async def _greet(self) -> None:
        """Says what is here; the peer answers when it differs, or was greeted before."""
        await self._log.settled()
        self._said = self._shared.scopes(self._peer)
        today = self._shared.today
        await self._questions.send(Hello(self._shared.root(self._said, today), (), today))

    async def _took(self, raw: bytes) -> None:
        match answer(raw):
            case Hello() as hello:
                await self._greeted(hello)
            case Batch() as batch:
                await self._batch(batch)
            case Lost(scope=scope):
                await self._lost(self._answered(scope, Since).scope)
            case Buckets() as buckets:
                await self._buckets(buckets)
            case Reconcile() as reconcile:
                await self._reconciled(reconcile)
            case Events() as events:
                await self._events(events)
            case Push(scope=raw_scope, event=event):
                scope = self._check(raw_scope)
                await self._ingest(scope, [event])
            case Have(scope=raw_scope, prefixes=prefixes):
                await self._listening.have(self._check(raw_scope), prefixes)
            case Mark(scope=raw_scope) as mark:
                await self._listening.mark(self._check(raw_scope), mark)

    async def _greeted(self, hello: Hello) -> None:
        self._partner.today, self._partner.today_at = hello.today, self._shared.runtime.now()
        theirs = {s.scope: s for s in hello.scopes}
        shared = [s for s in self._shared.scopes(self._peer) if s in theirs]
        for scope in shared:
            self._scope(scope).whole = False
        if self._busy:
            self._fresh = hello
            return
        if not self._shared.turns.take(self._peer, self._shared.runtime.now()):
            self._shared.wake()
            return
        self._plan = deque(theirs[scope] for scope in shared)
        await self._next(hello.today)

    async def _next(self, today: int | None = None) -> None:
        """The next scope that differs; with none left, whoever waits for its turn may begin."""
        self._busy = True
        while self._plan:
            item = self._plan.popleft()
            if isinstance(item, tuple):
                await self._compare(*item)
                return
            scope = ScopeId(item.scope)
            if scope not in self._shared.scopes(self._peer):
                continue
            await self._log.settled()
            own = self._shared.today
            if today is not None and comparable(today, own) and self._log.summary(scope, today) == item.fingerprint:
                await self._listening.move(scope, item.n, item.c)
                self._caught_up(scope)
                continue
            cursor = await self._log.cursor(self._peer, scope)
            if cursor is not None and (cursor.n, cursor.c) == (item.n, item.c):
                self._caught_up(scope)
                continue
            self._today = today
            self._scope(scope).holed = False
            await self._ask_since(scope, *((cursor.n, cursor.c) if cursor is not None else (0, NO_CHAIN)))
            return
        self._busy = False
        self._shared.turns.done(self._peer)
        self._shared.wake()
        if self._fresh is not None:
            hello, self._fresh = self._fresh, None
            await self._greeted(hello)

    def _caught_up(self, scope: ScopeId) -> None:
        state = self._scope(scope)
        state.whole = not state.holed and self._fresh is None

    async def _ask_since(self, scope: ScopeId, n: int, c: bytes) -> None:
        await self._questions.ask(Since(bytes(scope), n, c, MAX_EVENTS), scope, n)

    async def _batch(self, batch: Batch) -> None:
        asked = self._answered(batch.scope, Since)
        scope = asked.scope
        if batch.first != asked.n + 1 or not len(batch.events) <= batch.last - asked.n <= MAX_EVENTS:
            raise BadRequest("A batch is not what was asked for.")
        if batch.more:
            if batch.last - asked.n < (1 if batch.events else MAX_EVENTS):
                raise BadRequest("A batch says that more follows, and does not move on.")
            await self._ask_since(scope, batch.last, batch.c)
        self._shared.turns.take(self._peer, self._shared.runtime.now())
        state = self._scope(scope)
        cursor = Cursor(self._peer, scope, batch.last, batch.c) if not state.holed else None
        done = await self._ingest(scope, batch.events, cursor)
        self._parked = self._parked or done.parked > 0
        if not batch.more:
            self._caught_up(scope)
            if self._parked:
                self._parked = False
                self._repair(scope, self._partner.waiting)
            await self._next(self._today)

    def _repair(self, scope: ScopeId, pause: Pause | None) -> None:
        self.repairs[scope] = pause
        self._shared.wake()

    async def _lost(self, scope: ScopeId) -> None:
        self._scope(scope).whole = False
        if self._shared.runtime.now() >= self._partner.lost.until:
            await self._compare(scope, self._partner.lost)
        else:
            self._repair(scope, self._partner.lost)
            await self._next(self._today)

    async def _compare(self, scope: ScopeId, pause: Pause | None) -> None:
        if scope not in self._shared.scopes(self._peer):
            await self._next(self._today)
            return
        self.repairs.pop(scope, None)
        self._scope(scope).holed = False
        floor = self._shared.over_before() or 0
        comparing = Comparing(self._shared.runtime.random_bytes(NONCE_BYTES))
        self._comparing = scope, pause, comparing
        await self._questions.ask(Compare(bytes(scope), floor, comparing.nonce), scope, floor)

    async def _buckets(self, found: Buckets) -> None:
        asked = self._answered(found.scope, Compare)
        assert self._comparing is not None
        comparing = self._comparing[2]
        comparing.other, comparing.n, comparing.c = found.nonce, found.n, found.c
        await self._log.settled()
        comparing.found(found.buckets, partial(self._log.fingerprint, asked.scope), asked.n)
        await self._next_bucket(asked.scope, self._comparing[1], comparing)

    async def _next_bucket(self, scope: ScopeId, pause: Pause | None, comparing: Comparing) -> None:
        if comparing.todo:
            comparing.bucket = comparing.todo.pop(0)
            items = await self._log.ids_for_reconcile(scope, comparing.bucket)
            message = await self._shared.runtime.offload(comparing.begin, items)
            await self._questions.ask(Reconcile(bytes(scope), comparing.bucket, message), scope)
            return
        self._comparing = None
        self._partner.repairs += 1
        if pause is not None:
            pause.ended(comparing.gained, self._shared.runtime.now())
        if self._scope(scope).holed:
            await self._next(self._today)
            return
        # And what arrived there meanwhile; from here on the peer tells what is new.
        await self._listening.move(scope, comparing.n, comparing.c)
        await self._ask_since(scope, comparing.n, comparing.c)

    async def _reconciled(self, found: Reconcile) -> None:
        self._answered(found.scope, Reconcile)
        assert self._comparing is not None
        comparing = self._comparing[2]
        if found.bucket != comparing.bucket:
            raise BadRequest("The answer is about another bucket.")
        self.rounds += 1
        await self._shared.runtime.offload(comparing.took, found.message)
        await self._go_on(*self._comparing)

    async def _go_on(self, scope: ScopeId, pause: Pause | None, comparing: Comparing) -> None:
        if keys := comparing.needs():
            await self._questions.ask(Need(bytes(scope), comparing.bucket, keys), scope, len(keys))
        elif (message := comparing.message()) is not None:
            await self._questions.ask(Reconcile(bytes(scope), comparing.bucket, message), scope)
        else:
            await self._next_bucket(scope, pause, comparing)

    async def _events(self, came: Events) -> None:
        asked = self._answered(came.scope, Need, Want, done=not came.more)
        asked.n -= len(came.events)
        if asked.n < 0:
            raise BadRequest("More events came than were asked for.")
        done = await self._ingest(asked.scope, came.events)
        if asked.kind is Need and self._comparing is not None:
            self._comparing[2].gained += len(done.admitted) + done.quarantined + done.parked
        if came.more:
            return
        if asked.kind is Want:
            await self._listening.fetched(asked)
        elif self._comparing is not None:
            await self._go_on(*self._comparing)

    async def _ingest(self, scope: ScopeId, sent: Iterable[Sent], cursor: Cursor | None = None) -> Ingested:
        events: list[Event] = []
        community = self._log.state.community
        for wire in sent:
            try:
                came = decode(wire)
            except HearthNetError:
                continue
            if came.header.scope != scope or came.header.community != community:
                raise BadRequest("An event came that belongs to another scope.")
            events.append(came)
        self.events_received += len(events)
        done = await self._log.ingest(events, self._peer, cursor)
        for each, span in done.spans.items():
            self._partner.remember(ScopeId(each), *span)
        for event in events:
            self._shared.wanted.pop(event.id[:PREFIX_BYTES], None)
        if _overflowed(done):
            self._scope(scope).holed = True
            self._scope(scope).whole = False
            self._repair(scope, self._partner.waiting)
        elif done.parked and cursor is None and self._comparing is None:
            await self._ask_again(scope)
        return done

    async def _ask_again(self, scope: ScopeId) -> None:
        """Something stands on what is not here: the peer is asked for what it has, or compared with if that was it."""
        now = self._shared.runtime.now()
        for each in (scope, self._log.state.scope):
            self._repair(each, self._partner.waiting)
        if now - self._again_at > AGAIN_S:
            self._again_at = now
            await self._greet()

    def _scope(self, scope: ScopeId) -> Hearing:
        return self._listening.scope(scope)

    def _answered(self, scope: bytes, *kinds: type[Question], done: bool = True) -> Asked:
        self._check(scope)
        return self._questions.answered(scope, *kinds, done=done)

    def _check(self, scope: bytes) -> ScopeId:
        return self._shared.check(self._peer, scope)


def _overflowed(done: Ingested) -> bool:
    return any(isinstance(r, Unavailable) for r in done.refused)
