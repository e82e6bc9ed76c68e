"""Which days are over for certain. A clock at 1970 or far in the future must destroy nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable

EARLIEST_DAY = 20_750
"""The Unix day this version was written on: a clock before it is wrong."""
GRACE_DAYS = 2
DAY_S = 86_400
MAX_DAY = 2**16 - 1


def day_of(wall: float) -> int:
    """The Unix day of `Runtime.wall()`."""
    return min(max(0, int(wall // DAY_S)), MAX_DAY)


def over_before(own: int, peers: Iterable[int]) -> int | None:
    """Events that expire before this day may go; None: nothing may.

    No clock can tell alone that it is wrong. So at least one peer must have said its day, and the earlier of the own
    day and the (lower) median of all counts: peers can delay forgetting, never hasten it.
    """
    said = sorted(peers)
    if own < EARLIEST_DAY or not said:
        return None
    everybody = sorted([own, *said])
    agreed = min(own, everybody[(len(everybody) - 1) // 2])
    return agreed - GRACE_DAYS if agreed >= EARLIEST_DAY else None


def comparable(theirs: int, own: int) -> bool:
    """Is a fingerprint of what expires from `theirs` on one of everything that still matters?"""
    return theirs <= own + GRACE_DAYS
