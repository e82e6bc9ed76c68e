"""Several rankings of passages made one: reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009), weighted.

Only places count, so nothing has to be scaled, and no ranking can outbid another by the size of its numbers.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

RANK = 5
"""What is added to a rank. Chosen on the tuning questions: the usual 60, made for lists of thousands, levels the first ten places."""
DEPTH = 50


def fused[T: Hashable](
    rankings: Sequence[Sequence[T]], weights: Sequence[float], depth: int = DEPTH
) -> list[tuple[T, float]]:
    """What any of them holds, best first, with its points; among equals who came first in the first one."""
    points: dict[T, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for place, item in enumerate(dict.fromkeys(ranking[:depth]), 1):
            points[item] = points.get(item, 0.0) + weight / (RANK + place)
    return sorted(points.items(), key=lambda pair: -pair[1])
