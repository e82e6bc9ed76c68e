"""What this node itself has seen of each provider: smoothed times of *completed* work, recent failures, ejection.

Pure: `now` is an argument. A provider that fails fast gets no credit for being fast, because only completed work feeds
the times. After `EJECT_AFTER` failures in a row it is ejected, for longer each time; then one probe at a time decides. A
provider that says it is full is left alone for as long as it asks, which is no failure.
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

type Key = tuple[bytes, str]
"""(NodeId, provider name)."""


@dataclasses.dataclass(slots=True)
class Record:
    """Seconds; `success` is 0…1, 1 when nothing is known."""

    first_s: float | None = None
    total_s: float | None = None
    success: float = 1.0
    failures_in_row: int = 0
    ejections: int = 0
    ejected_until: float = 0.0
    refusals: int = 0
    busy_until: float = 0.0
    probing: bool = False
    in_flight: int = 0
    completed: int = 0
    failed: int = 0
    last_error: str = ""


class Health:
    """Records by (node, provider), bounded: those longest known and idle are forgotten first."""

    def __init__(self) -> None:
        self._records: dict[Key, Record] = {}

    def of(self, key: Key) -> Record:
        record = self._records.get(key)
        if record is None:
            if len(self._records) >= MAX_TRACKED:
                idle = [k for k, r in self._records.items() if not r.in_flight]
                for stale in idle[: MAX_TRACKED // 4]:
                    del self._records[stale]
            record = self._records[key] = Record()
        return record

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
        record = self._records.get(key)
        return record is not None and now < record.busy_until

    def started(self, key: Key) -> None:
        record = self.of(key)
        record.in_flight += 1
        record.probing = record.failures_in_row >= EJECT_AFTER

    def succeeded(self, key: Key, first_s: float, total_s: float) -> None:
        record = self._ended(key)
        record.failures_in_row = record.ejections = record.refusals = 0
        record.completed += 1
        record.success += SMOOTHING * (1.0 - record.success)
        record.first_s = first_s if record.first_s is None else record.first_s + SMOOTHING * (first_s - record.first_s)
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
        record = self._ended(key)
        pause = max(BUSY_S, retry_after_s or BUSY_S) * 2.0**record.refusals
        record.busy_until = now + min(BUSY_MOST_S, pause)
        record.refusals = min(record.refusals + 1, 6)

    def cancelled(self, key: Key) -> None:
        """The caller went away or asked nonsense: says nothing about the provider."""
        self._ended(key)

    def _ended(self, key: Key) -> Record:
        record = self.of(key)
        record.in_flight -= 1
        record.probing = False
        return record
