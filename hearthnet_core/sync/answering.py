"""One peer asks: its questions in turn, and between them what is new here, read from the log so that nothing piles up.

Every message looks up anew what the peer may read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from hearthnet_core.errors import BadRequest, RateLimited
from hearthnet_core.log.ledger import Head
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.sync.days import comparable
from hearthnet_core.sync.messages import (
    MAX_BUCKETS,
    MAX_HAVE,
    NONCE_BYTES,
    PREFIX_BYTES,
    Answer,
    Batch,
    Bucket,
    Buckets,
    Compare,
    Events,
    Have,
    Hello,
    Lost,
    Mark,
    Need,
    Push,
    Reconcile,
    Since,
    Want,
    encode,
    question,
)
from hearthnet_core.sync.repair import Compared
from hearthnet_core.sync.shared import MAX_RESPONDERS, Partner, Shared, Stream

MAX_LIVE = 256
LIVE_PAUSE_S = 0.02
MARK_AFTER_S = 0.5
MARK_AT_LEAST_S = 10.0
READ_AT_ONCE = 64
MAX_ANSWER_BYTES = 500_000


class Answering:
    """`run` until the peer ends the stream; raises what ends it otherwise. `told`: how far the peer was told of a scope."""

    def __init__(self, shared: Shared, peer: NodeId, partner: Partner, stream: Stream) -> None:
        self._shared = shared
        self._log = shared.log
        self._peer = peer
        self._partner = partner
        self._stream = stream
        self._sending = asyncio.Lock()
        self._news = asyncio.Event()
        self._told: dict[ScopeId, Head] = {}
        self._unmarked: set[ScopeId] = set()
        self._greeted = False
        self._comparing: tuple[ScopeId, bytes, bytes] | None = None
        self._compared: Compared | None = None

    @property
    def stream(self) -> Stream:
        return self._stream

    async def run(self) -> None:
        disconnect = self._log.committed.connect(lambda _: self._news.set())
        try:
            async with asyncio.TaskGroup() as group:
                live = group.create_task(self._live())
                try:
                    while (raw := await self._stream.receive()) is not None:
                        await self._asked(raw)
                finally:
                    live.cancel()
        finally:
            self._forget_compared()
            disconnect()

    async def _asked(self, raw: bytes) -> None:
        match question(raw):
            case Hello() as hello:
                await self._greeting(hello)
            case Since() as since:
                await self._since(since)
            case Compare() as compare:
                await self._compare(compare)
            case Reconcile(scope=scope, bucket=bucket, message=message):
                await self._reconcile(self._check(scope), bucket, message)
            case Need(scope=raw_scope, bucket=bucket, prefixes=keys):
                scope = self._check(raw_scope)
                if (
                    self._compared is None
                    or self._comparing is None
                    or (self._comparing[0], self._compared.bucket)
                    != (
                        scope,
                        bucket,
                    )
                ):
                    raise BadRequest("That bucket is not being compared.")
                await self._give(scope, self._compared.prefixes(keys))
            case Want(scope=raw_scope, prefixes=prefixes):
                await self._give(self._check(raw_scope), list(dict.fromkeys(prefixes)))

    async def _greeting(self, hello: Hello) -> None:
        shared = self._shared
        self._partner.today, self._partner.today_at = hello.today, shared.runtime.now()
        await self._log.settled()
        scopes = shared.scopes(self._peer)
        equal = comparable(hello.today, shared.today) and shared.root(scopes, hello.today) == hello.root
        self._told = {scope: self._log.head(scope) for scope in scopes}
        if equal:
            self._unmarked = {s for s in scopes if self._partner.marked.get(s) != self._told[s].n}
            self._news.set()
        if self._greeted or not equal:
            await self._summarise(scopes)
        self._greeted = True

    async def _summarise(self, scopes: Iterable[ScopeId]) -> None:
        today = self._shared.today
        summaries = self._shared.summaries(scopes, today)
        await self._send(Hello(self._shared.root(scopes, today), summaries, today))

    async def _since(self, asked: Since) -> None:
        scope = self._check(asked.scope)
        self._told.pop(scope, None)
        if not await self._log.check_cursor(scope, asked.n, asked.c):
            await self._log.settled()
            self._told[scope] = self._log.head(scope)
            await self._send(Lost(bytes(scope)))
            return
        batch = await self._log.arrivals(scope, asked.n, asked.limit)
        c = batch.c if batch.n > asked.n else asked.c
        await self._send(Batch(bytes(scope), asked.n + 1, batch.events, batch.n, c, batch.more))
        if not batch.more:
            self._told[scope] = Head(batch.n, c)
            self._news.set()

    async def _compare(self, asked: Compare) -> None:
        scope = self._check(asked.scope)
        if not self._partner.may_compare(self._shared.runtime.now()):
            raise RateLimited("Logs were compared often enough for now.", retry_after_ms=60_000)
        self._forget_compared()
        nonce = self._shared.runtime.random_bytes(NONCE_BYTES)
        self._comparing = (scope, asked.nonce, nonce)
        await self._log.settled()
        head = self._log.head(scope)
        days = list(self._log.buckets(scope, asked.floor).items())[: MAX_BUCKETS - 1]
        found = [Bucket(None, self._log.fingerprint(scope)), *(Bucket(day, digest) for day, digest in days)]
        await self._send(Buckets(bytes(scope), nonce, head.n, head.c, tuple(found)))

    async def _reconcile(self, scope: ScopeId, bucket: int | None, message: bytes) -> None:
        if self._comparing is None or self._comparing[0] != scope:
            raise BadRequest("Ask which buckets there are first.")
        offload = self._shared.runtime.offload
        if self._compared is None or self._compared.bucket != bucket:
            self._forget_compared()
            if self._shared.responders >= MAX_RESPONDERS:
                raise RateLimited("This node compares its log with others already.", retry_after_ms=10_000)
            self._shared.responders += 1
            try:
                items = await self._log.ids_for_reconcile(scope, bucket)
                self._compared = await offload(Compared, bucket, self._comparing[1], self._comparing[2], items)
            finally:
                if self._compared is None:
                    self._shared.responders -= 1
        await self._send(Reconcile(bytes(scope), bucket, await offload(self._compared.took, message)))

    def _forget_compared(self) -> None:
        if self._compared is not None:
            self._compared = None
            self._shared.responders -= 1

    async def _give(self, scope: ScopeId, prefixes: list[bytes]) -> None:
        """Always at least one answer; the last one says that there is no more."""
        events: list[tuple[bytes, bytes, bytes | None]] = []
        size = 0
        for at in range(0, len(prefixes), READ_AT_ONCE):
            for found in await self._log.by_prefix(scope, prefixes[at : at + READ_AT_ONCE]):
                events.append(found.wire)
                size += len(found.header_bytes) + len(found.body or b"") + 80
                if size > MAX_ANSWER_BYTES:
                    await self._send(Events(bytes(self._check(scope)), tuple(events), True))
                    events, size = [], 0
        await self._send(Events(bytes(self._check(scope)), tuple(events), False))

    async def _live(self) -> None:
        marked_at = self._shared.runtime.now()
        while True:
            try:
                async with asyncio.timeout(MARK_AFTER_S if self._unmarked else None):
                    await self._news.wait()
            except TimeoutError:
                await self._mark()
                marked_at = self._shared.runtime.now()
                continue
            if not self._shared.hurry():
                await asyncio.sleep(LIVE_PAUSE_S)
            self._news.clear()
            for scope in self._shared.scopes(self._peer):
                if not await self._tell(scope):
                    break
            if self._shared.runtime.now() - marked_at > MARK_AT_LEAST_S:
                await self._mark()
                marked_at = self._shared.runtime.now()

    async def _tell(self, scope: ScopeId) -> bool:
        """What came since. False: too much for one by one; the peer was told to ask."""
        told = self._told.get(scope)
        if told is None:
            return True
        past = self._partner.past(scope, told)
        if past is not told:
            told = self._told[scope] = past
            self._unmarked.add(scope)
        if told.n >= self._log.head(scope).n:
            return True
        run, unknown = self._partner.unknown(scope, told.n, self._log.head(scope).n)
        if unknown > MAX_LIVE:
            await self._log.settled()
            scopes = self._shared.scopes(self._peer)
            self._told = {s: self._log.head(s) for s in scopes}
            await self._summarise(scopes)
            return False
        batch = await self._log.arrival_since(scope, told.n, min(max(1, run), MAX_LIVE))
        if self._told.get(scope) is not told or batch.n == told.n:
            return True  # the peer has begun to ask itself, or nothing is there
        self._told[scope] = Head(batch.n, batch.c)
        self._unmarked.add(scope)
        others: list[bytes] = []
        for event in batch.events:
            if event.header.author == self._log.me:
                await self._send(Push(bytes(self._check(scope)), event.wire))
            else:
                others.append(event.id[:PREFIX_BYTES])
        for at in range(0, len(others), MAX_HAVE):
            await self._send(Have(bytes(self._check(scope)), tuple(others[at : at + MAX_HAVE])))
        if batch.more:
            self._news.set()
        return True

    async def _mark(self) -> None:
        scopes, self._unmarked = self._unmarked, set()
        for scope in scopes.intersection(self._shared.scopes(self._peer)):
            if (told := self._told.get(scope)) is not None and told.n:
                self._partner.marked[scope] = told.n
                await self._send(Mark(bytes(scope), told.n, told.c))

    def _check(self, scope: bytes) -> ScopeId:
        return self._shared.check(self._peer, scope)

    async def _send(self, message: Answer) -> None:
        async with self._sending:
            await self._stream.send(encode(message))
