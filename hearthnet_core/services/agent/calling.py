"""The agent's calls of capabilities, all within the privacy of the question it answers."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Callable
from typing import Any

from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import Candidate, excluded, rank
from hearthnet_core.capability import Call, Chunk, Privacy, collect
from hearthnet_core.contract import Contract
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.agent.tool import Desk


class Calling:
    """`internet`: is it there now?"""

    def __init__(self, runtime: Runtime, bus: Bus, internet: Callable[[], bool]) -> None:
        self._runtime = runtime
        self._bus = bus
        self._internet = internet

    def call(self, contract: Contract, body: dict[str, Any], privacy: Privacy, until: float = math.inf) -> Call:
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=contract.name,
            version=contract.version,
            body=body,
            privacy=privacy,
            deadline=min(until, self._runtime.now() + contract.timeout_s),
        )

    def stream(self, contract: Contract, body: dict[str, Any], desk: Desk) -> AsyncGenerator[Chunk]:
        """Raises as `Bus.stream` does."""
        return self._bus.stream(self.call(contract, body, desk.privacy, desk.until))

    async def once(self, contract: Contract, body: dict[str, Any], desk: Desk) -> dict[str, Any]:
        """The `done` of a call, with the text that came before it."""
        return await collect(self._bus, self.call(contract, body, desk.privacy, desk.until))

    def anybody(self, contract: Contract, privacy: Privacy, model: str = "") -> bool:
        return bool(self.able(contract, privacy, model))

    def able(self, contract: Contract, privacy: Privacy, model: str = "") -> list[Candidate]:
        """Who may be asked now, best first. One that failed lately counts: it may be back when it is asked."""
        call = self.call(contract, {"model": model}, privacy)
        rows = rank(call, self._bus.candidates(call), internet=self._internet())
        return [
            row.candidate
            for row in rows
            if (why := excluded(call, row.candidate, internet=self._internet())) == "" or why == row.candidate.ejected
        ]
