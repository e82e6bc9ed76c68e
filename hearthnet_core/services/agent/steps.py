"""One step of an answer, as people see it while it happens and afterwards."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from hearthnet_core.capability import Chunk
from hearthnet_core.community.shown import shown

MAX_SUMMARY = 300


class State(enum.StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    NEEDS_CONFIRMATION = "needs_confirmation"
    REFUSED = "refused"


class Step(msgspec.Struct, kw_only=True):
    """`arguments` are exactly those that are executed. `tainted_by` names whose words the model had read when it chose them."""

    n: int
    tool: str
    arguments: dict[str, Any]
    state: State = State.RUNNING
    summary: str = ""
    tainted_by: tuple[str, ...] = ()
    trace_id: str = ""

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(self)
        return {**found, "tainted": bool(self.tainted_by)}

    def chunk(self, state: State, summary: str = "", **more: Any) -> Chunk:
        """The event that says it is now so."""
        self.state, self.summary = state, shown(summary)[:MAX_SUMMARY]
        return Chunk("step", {**self.to_json(), **more})
