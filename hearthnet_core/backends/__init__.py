"""Adapters to engines: all that does the work itself, behind the one provider shape."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import NamedTuple, Protocol, runtime_checkable

from hearthnet_core.backends.known import KnownModel
from hearthnet_core.capability import Offer, Provider
from hearthnet_core.contract import Contract


class Engine(Provider, Protocol):
    """Something with language models. `name` is unique on this node and is the provider of all its offers; `url` is empty
    if it is built in. `contracts` never changes, the first is `llm.chat` 1.0; what it cannot do now is an unavailable offer."""

    name: str
    url: str
    contracts: tuple[Contract, ...]

    async def probe(self) -> Offer:
        """Looks what it can do now. Never raises: what is wrong stands in the offers' `reason`."""

    def offer(self, contract: Contract = ...) -> Offer:
        """The last probe's offer (of `llm.chat` 1.0 if nothing is said) with the load of this moment, and the models that
        can do just that; unavailable before the first probe."""

    def models(self) -> tuple[KnownModel, ...]:
        """What the last probe found."""

    async def close(self) -> None:
        """Frees connections; running calls end with an error."""


class Progress(NamedTuple):
    """How far a pull is with one piece of it (`part`), in bytes; `total` 0 while nothing is known."""

    status: str
    part: str = ""
    completed: int = 0
    total: int = 0


@runtime_checkable
class Keeper(Engine, Protocol):
    """An engine whose models we can fetch and delete."""

    def reachable(self) -> bool:
        """Whether the last probe found it running, with models or without."""

    def keeps(self, model: str) -> bool:
        """Whether this model may be among its own."""

    def pull(self, model: str) -> AsyncGenerator[Progress]:
        """Fetches until it is whole; leaving it stops, and what was fetched is kept. Raises `NotFound`, `Unavailable`."""

    async def delete(self, model: str) -> None:
        """Raises `NotFound`, `Unavailable`."""


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
