"""The story of one call: everyone considered, every attempt, who answered. Stays with the caller."""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

from hearthnet_core.bus.router import Ranked, meant
from hearthnet_core.capability import Call

KEPT = 100


class Attempt(msgspec.Struct, kw_only=True):
    """`hedge`: it was asked beside another one that took long to begin."""

    n: int
    node_id: str
    node_name: str
    provider: str
    model: str = ""
    started_ms: float = 0.0
    first_chunk_ms: float | None = None
    duration_ms: float = 0.0
    chunks: int = 0
    hedge: bool = False
    outcome: str = "running"
    error: str = ""
    message: str = ""


class Trace(msgspec.Struct, kw_only=True):
    """Times in milliseconds from the call's beginning; `started` is wall time for display."""

    id: str
    capability: str
    started: float
    privacy: str
    duration_ms: float = 0.0
    candidates: list[dict[str, Any]] = []
    attempts: list[Attempt] = []
    hops: list[str] = []

    def to_json(self) -> dict[str, Any]:
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


def described(rows: list[Ranked], call: Call) -> list[dict[str, Any]]:
    """Candidates as `docs/api.md` shows them; terms are structs, which encode as the objects written there."""
    return [
        {
            "node_id": r.candidate.node_id.text,
            "node_name": r.candidate.node_name,
            "provider": r.candidate.offer.provider,
            "model": meant(r.candidate.offer, call)[0],
            "score": round(r.score, 4),
            "allowed": not r.excluded,
            "excluded": r.excluded,
            "terms": r.terms,
        }
        for r in rows
    ]


class Traces:
    """The last `KEPT` traces, in memory only."""

    def __init__(self) -> None:
        self._kept: deque[Trace] = deque(maxlen=KEPT)

    def keep(self, trace: Trace) -> None:
        self._kept.append(trace)

    def newest(self, limit: int) -> list[Trace]:
        return list(self._kept)[::-1][:limit]

    def get(self, id: str) -> Trace | None:
        return next((t for t in reversed(self._kept) if t.id == id), None)
