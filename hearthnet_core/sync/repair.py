"""Comparing one bucket of a scope with a peer: Negentropy over ids keyed by both sides' nonces, so that nobody can
choose ids whose sums collide. Sans I/O; building and answering are worth a thread of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from blake3 import blake3

from hearthnet_core.errors import BadRequest
from hearthnet_core.protocol.negentropy import Initiator, Responder, Storage
from hearthnet_core.sync.messages import MAX_PREFIXES, PREFIX_BYTES, Bucket

MAX_ROUNDS = 1_024
MAX_NEEDED = 524_288


def keyed(asker: bytes, asked: bytes, id: bytes) -> bytes:
    return blake3(asker + asked + id).digest()


@dataclass
class Comparing:
    """The side that asks: what is left to do in one scope. `gained` counts events that were new here."""

    nonce: bytes
    other: bytes = b""
    n: int = 0
    c: bytes = b""
    todo: list[int | None] = field(default_factory=list)
    bucket: int | None = None
    gained: int = 0
    rounds: int = 0
    needed: int = 0
    _initiator: Initiator | None = None
    _need: list[bytes] = field(default_factory=list)
    _message: bytes | None = None

    def found(self, buckets: Iterable[Bucket], mine: Callable[[int | None], bytes], floor: int) -> None:
        """Which buckets differ from `mine`; those of days that are over here are not asked for."""
        for b in buckets:
            if (b.day is None or b.day >= floor) and mine(b.day) != b.fingerprint and b.day not in self.todo:
                self.todo.append(b.day)

    def begin(self, items: Iterable[tuple[int, bytes]]) -> bytes:
        """The first message about the bucket named by `bucket`."""
        storage = Storage((lamport, keyed(self.nonce, self.other, id)) for lamport, id in items)
        self._initiator = Initiator(storage)
        return self._initiator.initiate()

    def took(self, message: bytes) -> None:
        """Raises `BadRequest` for a comparison without end."""
        self.rounds += 1
        if self._initiator is None or self.rounds > MAX_ROUNDS:
            raise BadRequest("The comparison of two logs did not come to an end.")
        self._message, _, need = self._initiator.reconcile(message)
        self.needed += len(need)
        if self.needed > MAX_NEEDED:
            raise BadRequest(
                f"More than {MAX_NEEDED} events are said to be missing; the rest waits for another repair."
            )
        self._need += [id[:PREFIX_BYTES] for id in need]

    def needs(self) -> tuple[bytes, ...]:
        """What to ask for next."""
        some, self._need = self._need[:MAX_PREFIXES], self._need[MAX_PREFIXES:]
        return tuple(some)

    def message(self) -> bytes | None:
        """What to compare next; None: this bucket is done."""
        message, self._message = self._message, None
        if message is None:
            self._initiator = None
        return message


class Compared:
    """The side that answers about one bucket."""

    def __init__(self, bucket: int | None, asker: bytes, asked: bytes, items: Iterable[tuple[int, bytes]]) -> None:
        self.bucket = bucket
        self._ids: dict[bytes, bytes] = {}
        pairs = []
        for lamport, id in items:
            key = keyed(asker, asked, id)
            self._ids[key[:PREFIX_BYTES]] = id[:PREFIX_BYTES]
            pairs.append((lamport, key))
        self._responder = Responder(Storage(pairs))
        self._rounds = 0

    def took(self, message: bytes) -> bytes:
        self._rounds += 1
        if self._rounds > MAX_ROUNDS:
            raise BadRequest("The comparison of two logs did not come to an end.")
        return self._responder.reconcile(message)

    def prefixes(self, keys: Iterable[bytes]) -> list[bytes]:
        """Of the events behind these keyed prefixes."""
        return [id for key in dict.fromkeys(keys) if (id := self._ids.get(key)) is not None]
