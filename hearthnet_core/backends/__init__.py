"""Adapters to engines. Each is a provider with an honest `probe`."""

from __future__ import annotations

from typing import Protocol

from hearthnet_core.capability import Offer, Provider


class Engine(Provider, Protocol):
    """Something that answers `llm.chat`. `probe` never raises: what is wrong stands in the offer's `reason`."""

    name: str
    url: str

    async def probe(self) -> Offer: ...

    async def close(self) -> None: ...
