"""What the conversations of one node have in common, and what it remembers of a peer between two of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from blake3 import blake3

from hearthnet_core.errors import Forbidden
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.log.ledger import Head
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.sync.days import day_of
from hearthnet_core.sync.messages import MAX_SCOPES, Summary
from hearthnet_core.sync.turns import Turns

FIRST_PAUSE_S = 60.0
LONGEST_PAUSE_S = 86_400.0
MAX_SPANS = 64
WANTED_S = 5.0
COMPARES = 20
COMPARE_EVERY_S = 10.0
MAX_RESPONDERS = 4


class Stream(Protocol):
    """What replication needs of a mesh stream."""

    async def send(self, message: bytes) -> None: ...
    async def receive(self) -> bytes | None: ...
    async def end(self) -> None: ...
    async def reset(self, code: str, message: str) -> None: ...


type Open = Callable[[NodeId, str, bytes], Awaitable[Stream]]


@dataclass
class Pause:
    """How long after a repair that yielded nothing the next one for the same reason waits."""

    seconds: float = 0.0
    until: float = float("-inf")

    def ended(self, gained: int, now: float) -> None:
        self.seconds = 0.0 if gained else min(max(FIRST_PAUSE_S, 2 * self.seconds), LONGEST_PAUSE_S)
        self.until = now + self.seconds


@dataclass
class Partner:
    """A peer across connections. `lost`, `waiting`: pauses of repairs because a cursor meant nothing, and because
    events stand on what is not here; one reason does not hold up the other. `spans`: what it sent, in our arrival log.
    """

    lost: Pause = field(default_factory=Pause)
    waiting: Pause = field(default_factory=Pause)
    repairs: int = 0
    today: int = 0
    today_at: float = float("-inf")
    marked: dict[ScopeId, int] = field(default_factory=dict)
    spans: dict[ScopeId, list[tuple[int, Head]]] = field(default_factory=dict)
    compares: float = COMPARES
    compares_at: float = 0.0

    def remember(self, scope: ScopeId, before: int, end: Head) -> None:
        """These entries of our arrival log came from this peer: it is not told of them."""
        spans = self.spans.setdefault(scope, [])
        if spans and spans[-1][1].n == before:
            before = spans.pop()[0]
        spans.append((before, end))
        del spans[:-MAX_SPANS]

    def past(self, scope: ScopeId, told: Head) -> Head:
        """`told`, or the end of what this peer sent itself right after it."""
        spans = self.spans.setdefault(scope, [])
        while spans and spans[0][0] <= told.n:
            _, end = spans.pop(0)
            told = end if end.n > told.n else told
        return told

    def unknown(self, scope: ScopeId, told: int, n: int) -> tuple[int, int]:
        """Of the entries told … n: how many before the next that came from this peer, and how many in all it did not send."""
        later = [(a, end.n) for a, end in self.spans.get(scope, []) if a >= told]
        first = min((a for a, _ in later), default=n)
        return first - told, n - told - sum(b - a for a, b in later)

    def may_compare(self, now: float) -> bool:
        """Comparing costs us reading a whole scope: `COMPARES` at once, then one each `COMPARE_EVERY_S`."""
        self.compares = min(COMPARES, self.compares + (now - self.compares_at) / COMPARE_EVERY_S)
        self.compares_at = now
        if self.compares < 1:
            return False
        self.compares -= 1
        return True


@dataclass
class Shared:
    runtime: Runtime
    log: EventLog
    readable: Callable[[NodeId], tuple[ScopeId, ...]]
    hurry: Callable[[], bool]
    turns: Turns = field(default_factory=Turns)
    wanted: dict[bytes, float] = field(default_factory=dict)
    responders: int = 0
    wake: Callable[[], None] = lambda: None
    over_before: Callable[[], int | None] = lambda: None

    @property
    def today(self) -> int:
        return day_of(self.runtime.wall())

    def scopes(self, peer: NodeId) -> tuple[ScopeId, ...]:
        """Those that this peer may read at this moment, the community's first. Raises `Forbidden` when there are none."""
        found = self.readable(peer)[:MAX_SCOPES]
        if not found:
            raise Forbidden("This node is no member of the community.")
        return found

    def check(self, peer: NodeId, scope: bytes) -> ScopeId:
        if scope not in self.scopes(peer):
            raise Forbidden("This scope is not shared with that node.")
        return ScopeId(scope)

    def root(self, scopes: Iterable[ScopeId], floor: int) -> bytes:
        """One fingerprint of all these scopes."""
        return blake3(b"".join(s + self.log.summary(s, floor) for s in sorted(scopes))).digest()

    def summaries(self, scopes: Iterable[ScopeId], floor: int) -> tuple[Summary, ...]:
        heads = [(s, self.log.head(s)) for s in scopes]
        return tuple(Summary(bytes(s), h.n, h.c, self.log.summary(s, floor)) for s, h in heads)

    def claim(self, prefixes: Iterable[bytes]) -> list[bytes]:
        """Those that nobody was asked for lately; they count as asked for from now on."""
        now = self.runtime.now()
        for prefix in [p for p, until in self.wanted.items() if until <= now]:
            del self.wanted[prefix]
        mine = [p for p in prefixes if p not in self.wanted]
        self.wanted.update(dict.fromkeys(mine, now + WANTED_S))
        return mine
