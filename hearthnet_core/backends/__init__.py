"""Adapters to engines: all that does the work itself, behind the one provider shape."""

from __future__ import annotations

from typing import Protocol

from hearthnet_core.capability import Offer, Provider
from hearthnet_core.contract import Contract


class Engine(Provider, Protocol):
    """Something that answers `llm.chat`. `name` is unique on this node and is `Offer.provider`; `url` is empty if it is
    built in."""

    name: str
    url: str

    async def probe(self) -> Offer:
        """Looks what it can do now. Never raises: what is wrong stands in the offer's `reason`."""

    def offer(self) -> Offer:
        """The last probe's offer with the load of this moment; unavailable before the first probe."""

    async def close(self) -> None:
        """Frees connections; running calls end with an error."""


class Adapter(Provider, Protocol):
    """Anything else that does work for this node: speech, pictures, embeddings … `name` is unique on this node and is
    `Offer.provider`; `contracts` never changes, what it cannot do now is an unavailable offer."""

    name: str
    contracts: tuple[Contract, ...]

    async def probe(self) -> None:
        """Looks what it can do now. Never raises: what is wrong stands in the offers' `reason`."""

    def offer(self, contract: Contract) -> Offer:
        """The last probe's offer with the load of this moment; unavailable before the first probe."""

    async def close(self) -> None:
        """Lets go of processes and connections."""
