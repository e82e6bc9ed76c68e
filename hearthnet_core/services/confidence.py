"""How sure a search over the shipped library may say it is: split-conformal prediction, and nothing when it does not hold.

The statement is "in nine of ten such questions the right passage is among the first `among` shown". Such questions are
those whose result is at least as strong as a floor, which is chosen on the tuning questions; being a fixed property of
question and result, it leaves the others exchangeable (Vovk, 2012, "Conditional validity of inductive conformal
predictors"). Among them a calibration question's score is how far its right passage lies behind the best one shown; the
⌈(n + 1) · level⌉-th smallest score is the threshold, and what lies no further behind is the set that holds the right
passage with that probability (Vovk, Gammerman and Shafer, 2005; Angelopoulos and Bates, 2021). A question whose right
passage is not shown, or has none, scores infinity.

Everything here decides only: no clock, no chance, no I/O.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import blake3
import msgspec

LEVEL = 0.9
TOLERANCE = 0.02
FEWEST = 50
"""Calibration questions for a statement. At 9 the threshold exists at all for 90 % (⌈10 · 0.9⌉ = 9); but what is then
promised holds on average over calibrations, and a single one of n covers with a standard deviation of about
√(0.09 / (n + 2)): 9 points at 9, 4 at 50."""
SPLITS = 500
SURE = 0.95
"""Of the tuning questions above the floor this share must show the right passage, or the threshold would be infinite."""
FEWEST_TUNING = 10
EPSILON = 1e-9


class Outcome(msgspec.Struct, frozen=True):
    """One question: how strong its result looked when it was answered, and how far behind the best one shown its right
    passage lay, from 0; infinity when it was not shown."""

    strength: float
    behind: float


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: the statement may be made when `coverage` is there. `n`: calibration questions above the floor;
    `error`: the standard error of `coverage`, from the number of questions it was measured on."""

    level: float = LEVEL
    floor: float
    threshold: float
    n: int
    coverage: float
    error: float

    @property
    def holds(self) -> bool:
        return (
            self.n >= FEWEST
            and math.isfinite(self.threshold)
            and abs(self.coverage - self.level) <= TOLERANCE + EPSILON
        )


def calibrate(
    tuning: Sequence[Outcome], calibration: Sequence[Outcome], held_out: Sequence[Outcome], level: float = LEVEL
) -> Calibration | None:
    """None when no floor makes the tuning questions good enough."""
    floor = chosen_floor(tuning)
    if floor is None:
        return None
    ours = [o.behind for o in calibration if o.strength >= floor]
    both = ours + [o.behind for o in held_out if o.strength >= floor]
    covered = coverage(both, level)
    return Calibration(
        level=level,
        floor=floor,
        threshold=threshold(ours, level),
        n=len(ours),
        coverage=covered,
        error=math.sqrt(covered * (1 - covered) / len(both)) if both else 1.0,
    )


def chosen_floor(tuning: Sequence[Outcome]) -> float | None:
    """The lowest strength from which on at least `SURE` of the tuning questions show their right passage."""
    best = None
    shown = 0
    ordered = sorted(tuning, key=lambda o: -o.strength)
    for n, outcome in enumerate(ordered, 1):
        shown += math.isfinite(outcome.behind)
        last_of_its_strength = n == len(ordered) or ordered[n].strength < outcome.strength
        if last_of_its_strength and n >= FEWEST_TUNING and shown >= SURE * n:
            best = outcome.strength
    return best


def threshold(behind: Sequence[float], level: float = LEVEL) -> float:
    """The conformal quantile; infinity when there are too few."""
    rank = math.ceil((len(behind) + 1) * level - EPSILON)
    return sorted(behind)[rank - 1] if rank <= len(behind) else math.inf


def coverage(behind: Sequence[float], level: float = LEVEL, splits: int = SPLITS) -> float:
    """The share covered on the half that the threshold has not seen, averaged over many halvings. A threshold that is
    infinite covers what is shown at all."""
    if len(behind) < 2:
        return 0.0
    total = 0.0
    for order in _halvings(len(behind), splits):
        half = len(order) // 2
        limit = threshold([behind[i] for i in order[:half]], level)
        held_out = [behind[i] for i in order[half:]]
        total += sum(math.isfinite(b) and b <= limit + EPSILON for b in held_out) / len(held_out)
    return total / splits


def among(scores: Sequence[float], strength: float, found: Calibration) -> int:
    """How many of those shown, from the first, the statement is about; 0: no statement for this question. `scores` are
    those of the passages shown, best first."""
    if not found.holds or strength < found.floor or not scores or scores[0] <= 0:
        return 0
    return sum(behind(scores, n) <= found.threshold + EPSILON for n in range(len(scores)))


def behind(scores: Sequence[float], place: int) -> float:
    """How far the passage at `place` lies behind the best one, 0 to 1."""
    return max(0.0, 1.0 - scores[place] / scores[0]) if scores[0] > 0 else 1.0


def _halvings(n: int, splits: int) -> Iterator[list[int]]:
    """Orders drawn from a fixed stream, so that the same outcomes always give the same figure."""
    for split in range(splits):
        stream = blake3.blake3(split.to_bytes(4)).digest(length=8 * n)
        yield sorted(range(n), key=lambda i: stream[8 * i : 8 * i + 8])
