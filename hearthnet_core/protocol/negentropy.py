"""Negentropy protocol 1: what one of two sorted sets has and the other lacks, by comparing fingerprints of ranges.

An initiator sends fingerprints of 16 ranges of its set; the responder answers only those that differ, with finer ones
or, where it holds fewer than 32 records, with their ids. Whoever is answered does the same until nothing differs.

A message is the version byte and ranges in ascending order, without gaps; each gives its exclusive upper bound, a mode
and what the mode asks for. Bounds carry the timestamp as 1 + the step from the bound before (0: infinity) and as much
of an id as tells neighbours apart. Bytes: github.com/hoytech/negentropy, docs/negentropy-protocol-v1.md.

A message that reaches its frame limit ends with one fingerprint for all that is left. Only there do our bytes differ
from the reference's, which leaves out the range whose answer no longer fitted: what differs in it could stay unseen.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import accumulate, pairwise
from typing import Final, NamedTuple, Self

from hearthnet_core.errors import BadRequest

VERSION: Final = 0x61
VERSIONS: Final = range(0x60, 0x70)
ID_BYTES: Final = 32
FINGERPRINT_BYTES: Final = 16
INFINITY: Final = 2**64 - 1
SKIP, FINGERPRINT, ID_LIST = 0, 1, 2

MAX_MESSAGE = 1024 * 1024
# A range with a fingerprint takes 19 bytes, so no honest message of MAX_MESSAGE has as many.
MAX_RANGES = 65_536
MAX_VARINT_BYTES = 10
MAX_NEED = 524_288
MAX_ROUNDS = 16_384

FRAME_LIMIT = 128 * 1024
MIN_FRAME_LIMIT = 4_096
FRAME_RESERVE = 200

_BUCKETS = 16
_SUM_EVERY = 16
_MOD_MASK = 2**256 - 1
_NO_LIMIT = 2**63

type _Listed = Callable[[list[bytes], list[bytes]], None]


class Bound(NamedTuple):
    """An exclusive upper bound: the missing rest of `prefix` is zero bytes. Compares with a record as a tuple."""

    timestamp: int
    prefix: bytes = b""


class Storage:
    """The records one side holds, ascending by timestamp, then id. Filled, then sealed, then only read."""

    def __init__(self, items: Iterable[tuple[int, bytes]] = ()) -> None:
        self._items = list(items)
        self._sums: list[int] | None = None

    def insert(self, timestamp: int, record: bytes) -> None:
        if self._sums is not None:
            raise ValueError("The storage is sealed; build a new one.")
        self._items.append((timestamp, record))

    def seal(self) -> Self:
        """Sorts; ValueError for a timestamp outside 0 … 2⁶⁴−2, an id that is not 32 bytes, or the same record twice."""
        if self._sums is not None:
            return self
        self._items.sort()
        if self._items and not 0 <= self._items[0][0] <= self._items[-1][0] < INFINITY:
            raise ValueError("A record's timestamp is outside 0 … 2⁶⁴−2.")
        if any(len(record) != ID_BYTES for _, record in self._items):
            raise ValueError(f"A record's id has not {ID_BYTES} bytes.")
        if any(one == other for one, other in pairwise(self._items)):
            raise ValueError("The same record was inserted twice.")
        blocks = (self._sum(at, at + _SUM_EVERY) for at in range(0, len(self._items), _SUM_EVERY))
        self._sums = list(accumulate(blocks, lambda total, block: (total + block) & _MOD_MASK, initial=0))
        return self

    def __len__(self) -> int:
        return len(self._items)

    def lower_bound(self, begin: int, bound: Bound) -> int:
        """Index of the first record at or above `bound`, from `begin` on."""
        return bisect_left(self._items, bound, begin)

    def ids(self, lower: int, upper: int) -> list[bytes]:
        return [record for _, record in self._items[lower:upper]]

    def fingerprint(self, lower: int, upper: int) -> bytes:
        """16 bytes: SHA-256(sum of the ids mod 2²⁵⁶, little-endian ‖ varint count), cut."""
        if self._sums is None:
            raise ValueError("Seal the storage first.")
        first, last = -(-lower // _SUM_EVERY), upper // _SUM_EVERY
        if first >= last:
            total = self._sum(lower, upper)
        else:
            total = self._sums[last] - self._sums[first]
            total += self._sum(lower, first * _SUM_EVERY) + self._sum(last * _SUM_EVERY, upper)
        data = (total & _MOD_MASK).to_bytes(ID_BYTES, "little") + _varint(upper - lower)
        return hashlib.sha256(data).digest()[:FINGERPRINT_BYTES]

    def separator(self, index: int) -> Bound:
        """The shortest bound between records `index - 1` and `index`."""
        (before, low), (timestamp, high) = self._items[index - 1], self._items[index]
        if before != timestamp:
            return Bound(timestamp)
        shared = next(at for at in range(ID_BYTES) if low[at] != high[at])
        return Bound(timestamp, high[: shared + 1])

    def bound(self, index: int) -> Bound:
        """The bound that is record `index` itself."""
        return Bound(*self._items[index])

    def _sum(self, lower: int, upper: int) -> int:
        return sum(int.from_bytes(record, "little") for _, record in self._items[lower:upper])


class Initiator:
    """The side that learns the difference. One per session; `frame_limit` 0 means messages of any length."""

    def __init__(self, storage: Storage, frame_limit: int = FRAME_LIMIT) -> None:
        self._storage = storage.seal()
        self._limit = _checked(frame_limit)
        self._have: set[bytes] = set()
        self._need: set[bytes] = set()
        self._rounds = 0

    def initiate(self) -> bytes:
        """The session's first message."""
        writer = _Writer()
        _split(self._storage, writer, 0, len(self._storage), Bound(INFINITY))
        return bytes(writer.data)

    def reconcile(self, message: bytes) -> tuple[bytes | None, list[bytes], list[bytes]]:
        """The next message (None: all is known), and the ids newly found that only we have and that only they have."""
        self._rounds += 1
        if self._rounds > MAX_ROUNDS:
            raise BadRequest(f"The comparison did not end within {MAX_ROUNDS} rounds; start it again later.")
        reader = _Reader(message)
        if reader.version != VERSION:
            raise BadRequest(f"The other side speaks negentropy {reader.version - 0x60}, not 1; update the older one.")
        have: list[bytes] = []
        need: list[bytes] = []

        def listed(ours: list[bytes], theirs: list[bytes]) -> None:
            rest = dict.fromkeys(theirs)
            for record in ours:
                if record in rest:
                    del rest[record]
                elif record not in self._have:
                    self._have.add(record)
                    have.append(record)
            # A message cut to its frame makes the other side list again what it has listed before.
            need.extend(record for record in rest if record not in self._need)
            self._need.update(rest)
            if len(self._need) > MAX_NEED:
                raise BadRequest(f"More than {MAX_NEED} records are missing; fetch those found, then start again.")

        reply = _exchange(self._storage, self._limit, reader, listed)
        return reply if len(reply) > 1 else None, have, need


class Responder:
    """The side that answers. Keeps nothing between messages; `frame_limit` 0 means messages of any length."""

    def __init__(self, storage: Storage, frame_limit: int = FRAME_LIMIT) -> None:
        self._storage = storage.seal()
        self._limit = _checked(frame_limit)

    def reconcile(self, message: bytes) -> bytes:
        """The answer; to another version of the protocol, the one byte that names ours."""
        reader = _Reader(message)
        if reader.version != VERSION:
            return bytes((VERSION,))
        return _exchange(self._storage, self._limit, reader, None)


def _exchange(storage: Storage, limit: int, reader: _Reader, listed: _Listed | None) -> bytes:
    """The reply to one message. Ids go to `listed` (ours, theirs of one range), or are answered with ours."""
    out = _Writer()
    room = limit - FRAME_RESERVE if limit else _NO_LIMIT
    lower, said, previous, skipping = 0, 0, Bound(0), False
    while (bound := reader.bound()) is not None:
        mode = reader.varint()
        upper = storage.lower_bound(lower, bound)
        done = len(out.data)
        if mode == SKIP:
            skipping = True
        elif mode == FINGERPRINT:
            if reader.take(FINGERPRINT_BYTES) == storage.fingerprint(lower, upper):
                skipping = True
            else:
                if skipping:
                    out.range(previous, SKIP)
                skipping = False
                _split(storage, out, lower, upper, bound)
                if len(out.data) > room:
                    del out.data[done:]
                    return out.rest(storage, said)
                said = upper
        elif mode == ID_LIST:
            count = reader.count()
            theirs = reader.take(count * ID_BYTES)
            if listed is not None:
                skipping = True
                listed(
                    storage.ids(lower, upper), [theirs[at : at + ID_BYTES] for at in range(0, len(theirs), ID_BYTES)]
                )
            else:
                if skipping:
                    out.range(previous, SKIP)
                skipping = False
                most = (room - done) // ID_BYTES + 1
                end = bound
                if upper - lower > most:
                    upper = lower + most
                    end = storage.bound(upper)
                out.id_list(end, storage.ids(lower, upper))
                if len(out.data) > room:
                    return out.rest(storage, upper)
                said = upper
        else:
            raise BadRequest(f"A range of a negentropy message has mode {mode}; this node knows 0, 1 and 2.")
        lower, previous = upper, bound
    return bytes(out.data)


def _split(storage: Storage, out: _Writer, lower: int, upper: int, bound: Bound) -> None:
    """Says what records lower … upper are: by their ids when few, else by the fingerprints of 16 parts."""
    size, more = divmod(upper - lower, _BUCKETS)
    if size < 2:
        out.id_list(bound, storage.ids(lower, upper))
        return
    for bucket in range(_BUCKETS):
        end = lower + size + (bucket < more)
        out.range(bound if end == upper else storage.separator(end), FINGERPRINT, storage.fingerprint(lower, end))
        lower = end


def _checked(frame_limit: int) -> int:
    if frame_limit and frame_limit < MIN_FRAME_LIMIT:
        raise ValueError(f"A frame limit is 0 or at least {MIN_FRAME_LIMIT}.")
    return frame_limit


def _varint(value: int) -> bytes:
    """Base-128 digits, the most significant first, bit 7 set on all but the last."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


class _Writer:
    def __init__(self) -> None:
        self.data = bytearray((VERSION,))
        self._timestamp = 0

    def range(self, bound: Bound, mode: int, payload: bytes = b"") -> None:
        if bound.timestamp == INFINITY:
            self.data.append(0)
        else:
            self.data += _varint(bound.timestamp - self._timestamp + 1)
            self._timestamp = bound.timestamp
        self.data += _varint(len(bound.prefix)) + bound.prefix + _varint(mode) + payload

    def id_list(self, bound: Bound, ids: list[bytes]) -> None:
        self.range(bound, ID_LIST, _varint(len(ids)) + b"".join(ids))

    def rest(self, storage: Storage, lower: int) -> bytes:
        """Ends a message that is full: a fingerprint for all that is left."""
        self.range(Bound(INFINITY), FINGERPRINT, storage.fingerprint(lower, len(storage)))
        return bytes(self.data)


class _Reader:
    """A message from somebody we do not trust; BadRequest for whatever no honest side sends."""

    def __init__(self, message: bytes) -> None:
        if not 0 < len(message) <= MAX_MESSAGE:
            raise BadRequest(f"A negentropy message has 1 … {MAX_MESSAGE} bytes, not {len(message)}.")
        self._message = message
        self._at = 1
        self._ranges = 0
        self._timestamp = 0
        self._highest = (0, bytes(ID_BYTES))
        self.version = message[0]
        if self.version not in VERSIONS:
            raise BadRequest("This is not a negentropy message: its first byte is no protocol version.")

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._message):
            raise BadRequest("A negentropy message ends in the middle of a range.")
        taken = self._message[self._at : end]
        self._at = end
        return taken

    def varint(self) -> int:
        value = 0
        for at in range(MAX_VARINT_BYTES):
            digit = self.take(1)[0]
            if at == 0 and digit == 0x80:
                break
            value = value << 7 | digit & 0x7F
            if digit < 0x80 and value <= INFINITY:
                return value
        raise BadRequest("A number in a negentropy message is above 2⁶⁴−1 or not in its shortest form.")

    def count(self) -> int:
        count = self.varint()
        if count * ID_BYTES > len(self._message) - self._at:
            raise BadRequest("A negentropy message announces more ids than it holds.")
        return count

    def bound(self) -> Bound | None:
        """The next range's upper bound, never below the one before; None after the last range."""
        if self._at == len(self._message):
            return None
        self._ranges += 1
        if self._ranges > MAX_RANGES:
            raise BadRequest(f"A negentropy message has more than {MAX_RANGES} ranges.")
        step = self.varint()
        self._timestamp = self._timestamp + step - 1 if step else INFINITY
        if step and self._timestamp >= INFINITY:
            raise BadRequest("A bound in a negentropy message is beyond the largest timestamp.")
        length = self.varint()
        if length > ID_BYTES:
            raise BadRequest(
                f"A bound in a negentropy message has {length} bytes of an id; {ID_BYTES} is all there is."
            )
        bound = Bound(self._timestamp, self.take(length))
        padded = (bound.timestamp, bound.prefix.ljust(ID_BYTES, b"\0"))
        if padded < self._highest:
            raise BadRequest("The ranges of a negentropy message are not in ascending order.")
        self._highest = padded
        return bound
