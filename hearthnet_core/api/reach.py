"""Which models are in reach of this household's own programs, here and at its neighbours, and what they can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import Candidate, excluded
from hearthnet_core.capability import Call, Privacy
from hearthnet_core.contract import Contract
from hearthnet_core.errors import NotFound
from hearthnet_core.runtime import Runtime

BEST = "hearthnet"
"""No model but the best answerer for this, from the library's passages."""
LATEST = ":latest"
MAX_NAMED = 12


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """`can` are capability and major version, as `llm.chat 2`; `where` names the nodes that have it."""

    name: str
    can: frozenset[str]
    where: tuple[str, ...]
    loaded: bool = False

    def offers(self, contract: Contract) -> bool:
        return _ability(contract) in self.can


class Reach:
    """`privacy` and `internet` are asked at each use."""

    def __init__(
        self, runtime: Runtime, bus: Bus, *, privacy: Callable[[], Privacy], internet: Callable[[], bool]
    ) -> None:
        self._runtime = runtime
        self._bus = bus
        self._privacy = privacy
        self._internet = internet

    def anybody(self, contract: Contract, model: str = "", privacy: Privacy = Privacy.ANY) -> bool:
        """May somebody be asked for this now?"""
        return bool(self._candidates(contract, model, privacy))

    def models(self, contracts: Iterable[Contract]) -> list[Model]:
        """Each name once, own ones first; `BEST` is not among them."""
        found: dict[str, Model] = {}
        for contract in contracts:
            for candidate in self._candidates(contract):
                offer = candidate.offer
                for name in offer.models:
                    known = found.get(name.casefold()) or Model(name=name, can=frozenset(), where=())
                    found[name.casefold()] = Model(
                        name=known.name,
                        can=known.can | {_ability(contract)},
                        where=tuple(dict.fromkeys((*known.where, candidate.node_name))),
                        loaded=known.loaded or name in offer.loaded,
                    )
        return list(found.values())

    def named(self, wish: str, contracts: Iterable[Contract]) -> Model:
        """The model of that name, with or without `:latest`, else one of its family. Raises `NotFound` that names some."""
        models = {model.name.casefold(): model for model in self.models(contracts)}
        plain = wish.casefold().removesuffix(LATEST)
        for name in (wish.casefold(), plain, plain + LATEST):
            if name in models:
                return models[name]
        for name, model in models.items():
            if name.partition(":")[0] == plain:
                return model
        names = ", ".join((BEST, *(m.name for m in models.values()))[:MAX_NAMED])
        raise NotFound(f"No model called {wish[:100]!r} is in reach; there is {names}.")

    def _candidates(self, contract: Contract, model: str = "", privacy: Privacy = Privacy.ANY) -> list[Candidate]:
        """Own ones first. One that failed lately counts: it may be back when it is asked."""
        call = Call(
            id="",
            capability=contract.name,
            version=contract.version,
            body={"model": model},
            privacy=self._privacy().narrowed(privacy),
            deadline=self._runtime.now(),
        )
        found = [
            c
            for c in self._bus.candidates(call)
            if (why := excluded(call, c, internet=self._internet())) == "" or why == c.ejected
        ]
        return sorted(found, key=lambda c: (not c.local, not c.home))


def is_best(model: str) -> bool:
    return model.casefold().removesuffix(LATEST) == BEST


def _ability(contract: Contract) -> str:
    return f"{contract.name} {contract.version.major}"
