"""What people here think of an answer: it decides who is asked the next time."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hearthnet_core.api.method import Method, once
from hearthnet_core.services.experts import Experts


class Feedback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    trace_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    good: bool


class ExpertMethods:
    def __init__(self, experts: Experts) -> None:
        self._experts = experts

    def rows(self) -> tuple[Method, ...]:
        return (once("feedback", Feedback, self._feedback),)

    async def _feedback(self, params: Feedback) -> dict[str, Any]:
        """The same answer may be rated again; the last opinion counts."""
        node_id, provider, model = await self._experts.rate(params.trace_id, params.good)
        return {"node_id": node_id, "provider": provider, "model": model, "good": params.good}
