"""Rules of the node broken on purpose, one at a time: `python -m tests.simulation.breaking RULE FIRST COUNT`.

Prints the first seed at which the auditor notices, and what it says; exits with 1 when it never does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from hearthnet_core.community.membership import Membership
from hearthnet_core.community.standing import Standing
from hearthnet_core.log import consequences, event_log
from hearthnet_core.log.event_log import EventLog, Ingested
from hearthnet_core.log.ledger import Ledger
from hearthnet_core.log.queries import Cursor
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.admission import Status
from hearthnet_core.protocol.event import Event
from hearthnet_core.simulation.life import simulate
from hearthnet_core.sync.repair import Comparing
from hearthnet_core.sync.service import Sync

NODES = 6
HOURS = 0.01


def revoked_content_counts() -> None:
    """Skips the revocation check: what the removed wrote after their removal counts as well."""

    def judged(type: str, author: bytes, lamport: int, state: Any) -> Status:
        return Status.PARKED if type not in bodies.CONTENT or author not in state.nodes else Status.ADMITTED

    event_log.judged = judged  # type: ignore[assignment]
    consequences.judged = judged  # type: ignore[assignment]


def removed_nodes_stay() -> None:
    """Skips the revocation check at the door: who was removed is still served."""
    Membership.standing = lambda self, node_id: (  # type: ignore[method-assign]
        Standing.MEMBER if node_id in self.state.nodes else Standing.GUEST
    )
    scopes = Membership.scopes

    def all_scopes(self: Membership, peer: NodeId) -> tuple[ScopeId, ...]:
        return scopes(self, peer) or ((self.state.scope, self.state.board) if peer in self.state.nodes else ())

    Membership.scopes = all_scopes  # type: ignore[method-assign]


def strangers_are_told() -> None:
    """Pushes without a scope check: any key that connects is told everything."""
    Membership.standing = lambda self, node_id: Standing.MEMBER  # type: ignore[method-assign]
    Membership.scopes = lambda self, peer: (self.state.scope, self.state.board)  # type: ignore[method-assign]


def answered_before_the_disk() -> None:
    """Acknowledges an append before it is synced."""

    async def flush(self: EventLog, mine: Any) -> None:
        waiting, self._outbox = self._outbox, []
        for _, done in waiting:
            if not done.done():
                done.set_result(None)

        async def later() -> None:
            async with self._lock:
                change, old = event_log._Change(), self.state
                for made, _ in waiting:
                    for item in made:
                        change.place(item, Status.ADMITTED)
                await self._commit(change, old)

        self._later = self._later if hasattr(self, "_later") else set()  # type: ignore[attr-defined]
        import asyncio

        task = asyncio.get_running_loop().create_task(later())
        self._later.add(task)  # type: ignore[attr-defined]
        task.add_done_callback(self._later.discard)  # type: ignore[attr-defined]

    EventLog._flush = flush  # type: ignore[method-assign]


def cursor_one_too_far() -> None:
    """A cursor covers one entry that did not come: the last event of each batch is left out."""
    ingest = EventLog.ingest

    async def short(self: EventLog, wires: Any, source: NodeId | None = None, cursor: Cursor | None = None) -> Ingested:
        came = list(wires)
        return await ingest(self, came[:-1] if cursor is not None and len(came) > 1 else came, source, cursor)

    EventLog.ingest = short  # type: ignore[method-assign]


def bodies_dropped() -> None:
    """Events are kept without their bodies."""
    row_of = event_log.row_of

    def bare(event: Event, *rest: Any) -> Any:
        row = row_of(event, *rest)
        return (*row[:-1], None) if event.type == bodies.NOTICE else row

    event_log.row_of = bare  # type: ignore[assignment]


def fingerprint_forgets() -> None:
    """What is withdrawn stays in the fingerprint."""
    count = Ledger.count
    Ledger.count = lambda self, added, removed: count(self, added, [])  # type: ignore[method-assign]


def chain_skips() -> None:
    """Every tenth arrival is not entered."""
    arrive = Ledger.arrive
    calls = [0]

    def some(self: Ledger, scope: bytes, id: bytes, start: Callable[[int], bytes]) -> None:
        calls[0] += 1
        if calls[0] % 10:
            arrive(self, scope, id, start)

    Ledger.arrive = some  # type: ignore[method-assign]


def announced_again() -> None:
    """What is known already is announced as if it were new."""
    leave_out = EventLog._leave_out_known

    async def emit_known(self: EventLog, fresh: dict[bytes, Event], *rest: Any) -> None:
        before = dict(fresh)
        await leave_out(self, fresh, *rest)
        known = [e for id, e in before.items() if id not in fresh]
        if known:
            self.committed.emit(tuple(known))

    EventLog._leave_out_known = emit_known  # type: ignore[method-assign]


def handlers_fail() -> None:
    """A handler fails in a way that nobody takes."""
    peer_down = Sync.peer_down

    def broken(self: Sync, node_id: NodeId) -> None:
        peer_down(self, node_id)
        raise RuntimeError("broken on purpose")

    Sync.peer_down = broken  # type: ignore[method-assign]


def repairs_find_nothing() -> None:
    """Who is told that a cursor means nothing compares, and finds no difference."""
    Comparing.found = lambda self, buckets, mine, floor: None  # type: ignore[method-assign]


RULES: dict[str, Callable[[], None]] = {
    "revoked-content-counts": revoked_content_counts,
    "removed-nodes-stay": removed_nodes_stay,
    "strangers-are-told": strangers_are_told,
    "answered-before-the-disk": answered_before_the_disk,
    "cursor-one-too-far": cursor_one_too_far,
    "bodies-dropped": bodies_dropped,
    "fingerprint-forgets": fingerprint_forgets,
    "chain-skips": chain_skips,
    "announced-again": announced_again,
    "handlers-fail": handlers_fail,
    "repairs-find-nothing": repairs_find_nothing,
}


def main(rule: str, first: int, count: int) -> int:
    if rule in RULES:
        RULES[rule]()
    for seed in range(first, first + count):
        outcome = simulate(seed, NODES, HOURS)
        if outcome.violations:
            print(f"seed {seed}: {outcome.violations[0]}")
            return 0
    print(f"{rule} was not noticed by seeds {first} to {first + count - 1}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
