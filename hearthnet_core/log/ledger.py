"""What a commit changes besides the events themselves: arrival heads and fingerprints. Computed here, written with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from blake3 import blake3
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.log.tables import PERMANENT, arrivals, fingerprints, insert_rows
from hearthnet_core.models.ids import ScopeId
from hearthnet_core.protocol.lthash import LtHash

CHAIN_BYTES = 16
EMPTY = LtHash().digest(0)

type Bucket = tuple[bytes, int]


def linked(c: bytes, id: bytes) -> bytes:
    """The next link of an arrival chain."""
    return blake3(c + id).digest()[:CHAIN_BYTES]


@dataclass(frozen=True)
class Head:
    """The end of a scope's arrival log."""

    n: int
    c: bytes


@dataclass
class Ledger:
    """In memory as it is on the disk; `rows` of what changed since are taken by the commit."""

    heads: dict[bytes, Head] = field(default_factory=dict)
    sums: dict[Bucket, tuple[LtHash, int]] = field(default_factory=dict)
    new: list[tuple[bytes, int, bytes, bytes]] = field(default_factory=list)
    touched: set[Bucket] = field(default_factory=set)

    @classmethod
    def load(cls, connection: Connection) -> Ledger:
        last = select(arrivals.c.scope, func.max(arrivals.c.n).label("n")).group_by(arrivals.c.scope).subquery()
        joined = arrivals.join(last, (arrivals.c.scope == last.c.scope) & (arrivals.c.n == last.c.n))
        found = connection.execute(select(arrivals.c.scope, arrivals.c.n, arrivals.c.c).select_from(joined))
        heads = {scope: Head(n, c) for scope, n, c in found}
        sums = {(s, b): (LtHash.from_state(state), n) for s, b, state, n in connection.execute(select(fingerprints))}
        return cls(heads, sums)

    def arrive(self, scope: bytes, id: bytes, start: Callable[[int], bytes]) -> None:
        """One more entry; `start` gives the random beginning of a new chain."""
        head = self.heads.get(scope)
        if head is None:
            head = Head(0, start(CHAIN_BYTES))
            self.new.append((scope, 0, b"", head.c))
        head = self.heads[scope] = Head(head.n + 1, linked(head.c, id))
        self.new.append((scope, head.n, id, head.c))

    def count(
        self, added: Iterable[tuple[bytes, int | None, bytes]], removed: Iterable[tuple[bytes, int | None, bytes]]
    ) -> None:
        """(scope, expires, id) that now count, or no longer do."""
        changes: dict[Bucket, tuple[list[bytes], list[bytes]]] = {}
        for which, items in enumerate((added, removed)):
            for scope, expires, id in items:
                changes.setdefault((scope, PERMANENT if expires is None else expires), ([], []))[which].append(id)
        for bucket, (plus, minus) in changes.items():
            sum, n = self.sums.get(bucket, (None, 0))
            sum = sum or LtHash()
            sum.add_many(plus)
            sum.remove_many(minus)
            self.sums[bucket] = sum, n + len(plus) - len(minus)
        self.touched |= set(changes)

    def forget(self, today: int) -> list[Bucket]:
        """Drops the buckets of days gone by."""
        gone = [bucket for bucket in self.sums if PERMANENT < bucket[1] < today]
        for bucket in gone:
            del self.sums[bucket]
        return gone

    def take(self) -> Callable[[Connection], None]:
        """Writes what changed; the ledger counts it as written."""
        new, touched = self.new, self.touched
        self.new, self.touched = [], set()
        states = [
            {"scope": s, "bucket": b, "state": self.sums[s, b][0].state, "count": self.sums[s, b][1]}
            for s, b in sorted(touched)
            if (s, b) in self.sums
        ]

        def write(connection: Connection) -> None:
            insert_rows(connection, arrivals, new)
            if states:
                upsert = insert(fingerprints)
                changed = {"state": upsert.excluded.state, "count": upsert.excluded["count"]}
                connection.execute(upsert.on_conflict_do_update(set_=changed), states)

        return write

    def digest(self, scope: ScopeId, bucket: int | None) -> bytes:
        sum, n = self.sums.get((bytes(scope), PERMANENT if bucket is None else bucket), (None, 0))
        return sum.digest(n) if sum is not None else EMPTY


def drop(connection: Connection, buckets: Iterable[Bucket]) -> None:
    for scope, bucket in buckets:
        connection.execute(delete(fingerprints).where(fingerprints.c.scope == scope, fingerprints.c.bucket == bucket))
