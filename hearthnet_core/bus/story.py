"""One routed call as it unfolds: text said so far, attempts, receipts; and where a sentence may be cut."""

from __future__ import annotations

import re
from typing import Any

from hearthnet_core.bus.health import Key
from hearthnet_core.bus.router import Ranked, meant
from hearthnet_core.bus.trace import Attempt, Trace, described
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.contract import Contract
from hearthnet_core.runtime import Runtime

MAX_HOPS_SHOWN = 4
OURS = frozenset(("route", "attempt", "attempt_failed"))
"""Who was considered and tried: only the bus itself says so. From a provider they count for nothing, and to peers they do
not go."""
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s*\[\d+\])*(?=\s|$)")


class Story:
    """`said` is everything the caller has been told, what came with the call included; `acted`: it was told to call a
    tool, or was heard as sound, so nobody can go on from there."""

    def __init__(self, call: Call, runtime: Runtime) -> None:
        self.said = call.said
        self.acted = False
        self._call = call
        self._opened = False
        self._before = len(call.said)
        self._runtime = runtime
        self._began = runtime.now()
        self._seen: set[Key] = set()
        self.trace = Trace(id=call.id, capability=call.capability, started=runtime.wall(), privacy=call.privacy.value)

    def considered(self, rows: list[Ranked]) -> None:
        """Keeps each candidate as it stood when it was first considered."""
        new = [row for row in rows if row.candidate.key not in self._seen]
        if new:
            self._seen.update(row.candidate.key for row in new)
            self.trace.candidates += described(new, self._call)

    def route(self) -> Chunk | None:
        """Who was considered: the first thing a caller hears, once."""
        if self._opened:
            return None
        self._opened = True
        return Chunk("route", {"trace_id": self.trace.id, "candidates": self.trace.candidates})

    def attempt(self, chosen: Ranked, *, hedge: bool = False) -> Attempt:
        offer = chosen.candidate.offer
        attempt = Attempt(
            n=len(self.trace.attempts) + 1,
            node_id=chosen.candidate.node_id.text,
            node_name=chosen.candidate.node_name,
            provider=offer.provider,
            model=meant(offer, self._call)[0],
            started_ms=self.elapsed_ms,
            hedge=hedge,
        )
        self.trace.attempts.append(attempt)
        return attempt

    def asking(self, attempt: Attempt) -> Chunk:
        told = {name: getattr(attempt, name) for name in ("n", "node_id", "node_name", "provider", "model", "hedge")}
        return Chunk("attempt", {**told, "continues": bool(self.said)})

    def tell(self, chunk: Chunk) -> None:
        """This goes to the caller now."""
        if chunk.event == "delta":
            self.said += str(chunk.data.get("text", ""))
        elif chunk.event in ("tool_call", "audio"):
            self.acted = True

    @property
    def elapsed_ms(self) -> float:
        return (self._runtime.now() - self._began) * 1000

    @property
    def sentences(self) -> int:
        return len(_SENTENCE_END.findall(self.said))

    def finish(self) -> Trace:
        self.trace.duration_ms = self.elapsed_ms
        return self.trace

    def done(self, data: dict[str, Any], contract: Contract, attempt: Attempt) -> Chunk:
        """The last chunk as the caller gets it: the provider's data, who it was, and the trace."""
        receipt, hops = data.get("receipt"), data.get("hops")
        closing = {k: v for k, v in data.items() if k not in ("receipt", "hops")}
        closing["receipts"] = [receipt] if receipt else []
        if isinstance(hops, list) and hops:
            self.trace.hops = [attempt.node_id, *(str(hop)[:64] for hop in hops[:MAX_HOPS_SHOWN])]
        if contract.text:
            closing["text"] = self.said[self._before :]
        return Chunk("done", {**closing, **provenance(attempt), "trace": self.finish()})


def failed(attempt: Attempt, story: Story) -> Chunk:
    told = {name: getattr(attempt, name) for name in ("n", "error", "message")}
    return Chunk("attempt_failed", {**told, "after_sentences": story.sentences})


def provenance(attempt: Attempt) -> dict[str, Any]:
    return {
        "answered_by": {
            "node_id": attempt.node_id,
            "node_name": attempt.node_name,
            "provider": attempt.provider,
            "model": attempt.model,
        }
    }


def release(held: str) -> tuple[str, str]:
    """(whole sentences that may be said, the unfinished rest). A sentence ends when something follows its end mark."""
    cut = 0
    for match in _SENTENCE_END.finditer(held):
        if match.end() < len(held):
            cut = match.end()
    return held[:cut], held[cut:]
