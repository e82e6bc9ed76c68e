"""The engines of this node: found again and again, offered while they work, and the built-in answerer beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from hearthnet_core.backends import Engine
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.discover import CANDIDATES, Candidate, Discovery, EngineConfig, Inside
from hearthnet_core.backends.extractive import Extractive
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Offer, Privacy, Version
from hearthnet_core.config.schema import Config, EngineSettings, ExtractiveSettings
from hearthnet_core.errors import BadRequest
from hearthnet_core.signals import Signal

AGAIN_S = 10.0
ALONE = "set to answer only while nobody else can"


class Engines:
    """`changed` says that what is offered is not what it was."""

    def __init__(
        self,
        registry: Registry,
        config: Config,
        secret: Callable[[str], str],
        *,
        privacy: Callable[[], Privacy],
        internet: Callable[[], bool],
        candidates: tuple[Candidate, ...] = CANDIDATES,
        inside: Inside | None = None,
    ) -> None:
        """`privacy` and `internet` say now who else may be asked; `inside`: for engines within this
        process. Raises `BadRequest` for an engine that is set up wrong."""
        self._registry = registry
        self._privacy = privacy
        self._internet = internet
        self._discovery = Discovery(
            tuple(_configured(e, secret) for e in config.engines),
            auto=config.engines_auto,
            candidates=candidates,
            inside=inside,
        )
        self._extractive = Extractive(
            rate=config.extractive.rate,
            quality=config.extractive.quality,
            offered=lambda: self._why_off(config.extractive),
        )
        self._provided: set[tuple[str, str, Version]] = set()
        self._shown: tuple[Offer, ...] = ()
        self.changed: Signal[None] = Signal()
        if config.extractive.when != "never":
            # One that steps in for this household alone is no offer to others: two such neighbours would each wait for the other.
            alone = config.extractive.when == "alone"
            registry.provide(self._extractive, lambda: msgspec.structs.replace(self._extractive.offer(), private=alone))

    @property
    def engines(self) -> list[Engine]:
        return self._discovery.engines

    async def refresh(self) -> None:
        """Probes everything once."""
        offers = []
        for engine in await self._discovery.refresh():
            for contract in engine.contracts:
                offer = engine.offer(contract)
                # Chat stands there with its reason from the start, the rest once the engine has shown that it can.
                if (key := (engine.name, contract.name, contract.version)) not in self._provided and (
                    contract is CHAT or offer.available
                ):
                    self._provided.add(key)
                    self._registry.provide(engine, lambda e=engine, c=contract: e.offer(c))  # type: ignore[misc]
                offers.append(_essence(offer))
        if tuple(offers) != self._shown:
            self._shown = tuple(offers)
            self.changed.emit(None)

    async def keep(self) -> None:
        """Probes for ever."""
        while True:
            await self.refresh()
            await asyncio.sleep(AGAIN_S)

    async def aclose(self) -> None:
        await self._discovery.close()

    def _why_off(self, settings: ExtractiveSettings) -> str:
        """`alone`: the built-in answerer steps in when nobody else can answer, or nobody who can may be asked."""
        if settings.when != "alone":
            return ""
        if any(self._may(e.offer(), home=True, local=True) for e in self._discovery.engines):
            return ALONE
        for peer in self._registry.peers.values():
            if any(o.capability == CHAT.name and self._may(o, home=peer.home) for o in peer.offers):
                return ALONE
        return ""

    def _may(self, offer: Offer, *, home: bool, local: bool = False) -> bool:
        privacy = self._privacy()
        if not offer.available or not (local or privacy.reach >= (Privacy.HOME if home else Privacy.COMMUNITY).reach):
            return False
        return not offer.internet or (privacy is Privacy.ANY and self._internet())


def _configured(settings: EngineSettings, secret: Callable[[str], str]) -> EngineConfig:
    if settings.name == Extractive.name:
        raise BadRequest(f"engines.name: {Extractive.name!r} is the built-in answerer; give the engine another name.")
    return EngineConfig(
        kind=settings.kind,
        url=settings.url,
        name=settings.name,
        key=(lambda: secret(settings.secret)) if settings.secret else None,
        models=settings.models,
        slots=settings.slots,
        quality=settings.quality,
        keep_alive=settings.keep_alive,
        context=settings.context,
        vision=settings.vision,
    )


def _essence(offer: Offer) -> Offer:
    """Without the load of the moment."""
    return msgspec.structs.replace(offer, load=0.0)
