"""How sure a search over the shipped library may say it is: split-conformal prediction, and nothing when it does not hold.

The statement is "for nine in ten such questions the right passage is among those shown". Such questions are those of the
same language whose result is at least as strong as a floor; the floor is chosen on the tuning questions, so it leaves the
others exchangeable (Vovk, 2012, "Conditional validity of inductive conformal predictors"). Among them a question's score is
how far its right passage lies behind the best one; the ⌈(n + 1) · level⌉-th smallest is the threshold, and the passages that
lie no further behind hold the right one with that probability (Vovk, Gammerman and Shafer, 2005; Angelopoulos and Bates,
2021). A question whose right passage is not shown, or that has none, scores infinity.

Everything here decides only: no clock, no chance, no I/O.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import blake3
import msgspec

from hearthnet_core.backends.terms import likeness, words

LEVEL = 0.9
TOLERANCE = 0.02
FEWEST = 50
"""Calibration questions for a statement. At 9 the threshold exists at all for 90 % (⌈10 · 0.9⌉ = 9); but what is then
promised holds on average over calibrations, and a single one of n covers with a standard deviation of about
√(0.09 / (n + 2)): 9 points at 9, 4 at 50."""
SPLITS = 500
CHANCE = 0.2
"""A floor counts when so many tuning questions above it show their right passage that a true share of only `LEVEL` would
do so with at most this probability (a binomial test; Angelopoulos and others, 2021, "Learn then Test")."""
EPSILON = 1e-9
SHARE = 0.5
"""What the share of the question's words counts beside the cosine of question and passage."""


class Outcome(msgspec.Struct, frozen=True):
    """One question: how strong its result looked when it was answered, and how far behind the best one shown its right
    passage lay, from 0; infinity when it was not shown."""

    strength: float
    behind: float


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out. `n`: questions above the floor; `coverage`: on halves the threshold had not seen; `error`: its
    standard error, from the number of questions."""

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


def strength(question: str, best: str, similarity: float | None) -> float:
    """How strong a result looks when it is shown: how many of the question's words its best passage holds, and how near its
    nearest passage is in meaning, where a model says so."""
    asked = set(words(question))
    said = set(words(best))
    held = sum(max((likeness(term, other) for other in said), default=0.0) for term in asked)
    return SHARE * held / max(1, len(asked)) + (similarity or 0.0)


def calibrate(tuning: Sequence[Outcome], others: Sequence[Outcome], level: float = LEVEL) -> Calibration | None:
    """`others` are questions that nothing was chosen by. None when no floor makes the tuning questions good enough."""
    floor = chosen_floor(tuning, level)
    if floor is None:
        return None
    above = [o.behind for o in others if o.strength >= floor]
    covered = coverage(above, level)
    return Calibration(
        level=level,
        floor=floor,
        threshold=threshold(above, level),
        n=len(above),
        coverage=covered,
        error=math.sqrt(covered * (1 - covered) / len(above)) if above else 1.0,
    )


def chosen_floor(tuning: Sequence[Outcome], level: float = LEVEL) -> float | None:
    """The lowest strength from which on the right passage is shown more often than `level`, by more than chance."""
    best = None
    shown = 0
    ordered = sorted(tuning, key=lambda o: -o.strength)
    for n, outcome in enumerate(ordered, 1):
        shown += math.isfinite(outcome.behind)
        last_of_its_strength = n == len(ordered) or ordered[n].strength < outcome.strength
        if last_of_its_strength and _by_chance(n, shown, level) <= CHANCE:
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
    """How many passages, from the first, hold the right one with the stated probability; 0: nothing can be said of this
    question. `scores` best first."""
    if not found.holds or strength < found.floor or not scores or scores[0] <= 0:
        return 0
    return sum(behind(scores, n) <= found.threshold + EPSILON for n in range(len(scores)))


def behind(scores: Sequence[float], place: int) -> float:
    """How far the passage at `place` lies behind the best one, 0 to 1."""
    return max(0.0, 1.0 - scores[place] / scores[0]) if scores[0] > 0 else 1.0


def _by_chance(n: int, shown: int, level: float) -> float:
    """The probability of at least so many among `n`, were the true share `level`."""
    return sum(math.comb(n, i) * level**i * (1 - level) ** (n - i) for i in range(shown, n + 1))


def _halvings(n: int, splits: int) -> Iterator[list[int]]:
    """Orders drawn from a fixed stream, so that the same outcomes always give the same figure."""
    for split in range(splits):
        stream = blake3.blake3(split.to_bytes(4)).digest(length=8 * n)
        yield sorted(range(n), key=lambda i: stream[8 * i : 8 * i + 8])
