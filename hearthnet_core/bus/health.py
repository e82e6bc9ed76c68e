"""What this node itself has seen of each provider: smoothed times of *completed* work, recent failures, ejection.

Pure: `now` is an argument. A provider that fails fast gets no credit for being fast, because only completed work feeds
the times. After `EJECT_AFTER` failures in a row it is ejected, for longer each time; then one probe at a time decides. A
provider that says it is full is left alone for as long as it asks, which is no failure.

Failures and times belong to one capability of a provider: an engine whose embedding model is broken still chats. Room is
the whole provider's: it has its slots once, whatever they are used for.
"""

from __future__ import annotations

import dataclasses

SMOOTHING = 0.3
EJECT_AFTER = 3
EJECT_FIRST_S = 10.0
EJECT_MOST_S = 300.0
PROBE_SUCCESS = 0.8
BUSY_S = 0.5
BUSY_MOST_S = 30.0
MAX_TRACKED = 1_000

type Key = tuple[bytes, str, str]
"""(NodeId, provider name, capability)."""


@dataclasses.dataclass(slots=True)
class Record:
    """Of one capability of a provider. Seconds; `success` is 0…1, 1 when nothing is known. `spread_s` is how far
    `first_s` is usually missed."""

    first_s: float | None = None
    spread_s: float = 0.0
    total_s: float | None = None
    success: float = 1.0
    failures_in_row: int = 0
    ejections: int = 0
    ejected_until: float = 0.0
    probing: bool = False
    completed: int = 0
    failed: int = 0
    last_error: str = ""


@dataclasses.dataclass(slots=True)
class Room:
    """Of a whole provider: the work it has from us, and whether it said that it is full."""

    in_flight: int = 0
    refusals: int = 0
    busy_until: float = 0.0


class Health:
    """Records by (node, provider, capability), bounded: those longest known and idle are forgotten first."""

    def __init__(self) -> None:
        self._records: dict[Key, Record] = {}
        self._rooms: dict[tuple[bytes, str], Room] = {}

    def of(self, key: Key) -> Record:
        record = self._records.get(key)
        if record is None:
            if len(self._records) >= MAX_TRACKED:
                self._forget()
            record = self._records[key] = Record()
        return record

    def room(self, key: Key) -> Room:
        room = self._rooms.get(key[:2])
        if room is None:
            room = self._rooms[key[:2]] = Room()
            self.of(key)  # what bounds the records bounds the rooms
        return room

    def excluded(self, key: Key, now: float) -> str:
        """Why this provider gets no traffic now, or empty. After its time out a provider competes as if it had mostly
        succeeded: otherwise the best one would never be probed."""
        record = self._records.get(key)
        if record is None or record.failures_in_row < EJECT_AFTER:
            return ""
        if now < record.ejected_until:
            return f"set aside for {record.ejected_until - now:.0f} s after {record.failures_in_row} failures in a row"
        record.success = max(record.success, PROBE_SUCCESS)
        return "being tried again by another call" if record.probing else ""

    def busy(self, key: Key, now: float) -> bool:
        """Whether it lately said that it is full."""
        room = self._rooms.get(key[:2])
        return room is not None and now < room.busy_until

    def started(self, key: Key) -> None:
        record = self.of(key)
        self.room(key).in_flight += 1
        record.probing = record.failures_in_row >= EJECT_AFTER

    def succeeded(self, key: Key, first_s: float, total_s: float) -> None:
        """Times as RFC 6298 smooths them: the mean, and beside it the mean deviation."""
        record = self._ended(key)
        record.failures_in_row = record.ejections = self.room(key).refusals = 0
        record.completed += 1
        record.success += SMOOTHING * (1.0 - record.success)
        if record.first_s is None:
            record.first_s, record.spread_s = first_s, first_s / 2
        else:
            record.spread_s += SMOOTHING * (abs(first_s - record.first_s) - record.spread_s)
            record.first_s += SMOOTHING * (first_s - record.first_s)
        record.total_s = total_s if record.total_s is None else record.total_s + SMOOTHING * (total_s - record.total_s)

    def failed(self, key: Key, now: float, error: str) -> None:
        record = self._ended(key)
        record.failed += 1
        record.failures_in_row += 1
        record.last_error = error
        record.success -= SMOOTHING * record.success
        if record.failures_in_row >= EJECT_AFTER:
            record.ejected_until = now + min(EJECT_MOST_S, EJECT_FIRST_S * 2.0**record.ejections)
            record.ejections = min(record.ejections + 1, 10)

    def refused(self, key: Key, now: float, retry_after_s: float | None) -> None:
        """It has no room; the pause it asks for, twice as long for each refusal in a row."""
        self._ended(key)
        room = self.room(key)
        pause = max(BUSY_S, retry_after_s or BUSY_S) * 2.0**room.refusals
        room.busy_until = now + min(BUSY_MOST_S, pause)
        room.refusals = min(room.refusals + 1, 6)

    def cancelled(self, key: Key) -> None:
        """The caller went away or asked nonsense: says nothing about the provider."""
        self._ended(key)

    def slow(self, key: Key, waited_s: float) -> None:
        """It was left before its first word, after this long: no failure, but it is no quicker than that."""
        record = self.of(key)
        if record.first_s is not None and waited_s > record.first_s:
            record.first_s += SMOOTHING * (waited_s - record.first_s)

    def _ended(self, key: Key) -> Record:
        record = self.of(key)
        self.room(key).in_flight -= 1
        record.probing = False
        return record

    def _forget(self) -> None:
        idle = [k for k in self._records if not self.room(k).in_flight]
        for stale in idle[: MAX_TRACKED // 4]:
            del self._records[stale]
        kept = {k[:2] for k in self._records}
        self._rooms = {k: room for k, room in self._rooms.items() if k in kept}
