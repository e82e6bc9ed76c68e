"""The engines of this node: found again and again, offered while they work, and the built-in answerer beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from hearthnet_core.backends import Engine
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.discover import Discovery, EngineConfig
from hearthnet_core.backends.extractive import Extractive
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Offer
from hearthnet_core.config.schema import Config, EngineSettings, ExtractiveSettings
from hearthnet_core.signals import Signal

AGAIN_S = 10.0


class Engines:
    """`changed` says that what is offered is not what it was."""

    def __init__(self, registry: Registry, config: Config, secret: Callable[[str], str]) -> None:
        """Raises `BadRequest` for an engine that is set up wrong."""
        self._registry = registry
        self._discovery = Discovery(tuple(_configured(e, secret) for e in config.engines), auto=config.engines_auto)
        self._extractive = Extractive(
            rate=config.extractive.rate,
            quality=config.extractive.quality,
            offered=lambda: self._why_off(config.extractive),
        )
        self._provided: dict[str, Callable[[], None]] = {}
        self._shown: tuple[Offer, ...] = ()
        self.changed: Signal[None] = Signal()
        if config.extractive.when != "never":
            registry.provide(self._extractive, self._extractive.offer)

    @property
    def engines(self) -> list[Engine]:
        return self._discovery.engines

    async def refresh(self) -> None:
        """Probes everything once."""
        for engine in await self._discovery.refresh():
            if engine.name not in self._provided:
                self._provided[engine.name] = self._registry.provide(engine, engine.offer)
        offers = tuple(_essence(e.offer()) for e in self._discovery.engines)
        if offers != self._shown:
            self._shown = offers
            self.changed.emit(None)

    async def keep(self) -> None:
        """Probes for ever."""
        while True:
            await self.refresh()
            await asyncio.sleep(AGAIN_S)

    async def aclose(self) -> None:
        await self._discovery.close()

    def _why_off(self, settings: ExtractiveSettings) -> str:
        """`alone`: the built-in answerer steps in when nobody else in reach can answer."""
        if settings.when != "alone":
            return ""
        others = [e.offer() for e in self._discovery.engines]
        others += [o for p in self._registry.peers.values() for o in p.offers if o.capability == CHAT.name]
        if any(o.available for o in others):
            return "set to answer only while nobody else can"
        return ""


def _configured(settings: EngineSettings, secret: Callable[[str], str]) -> EngineConfig:
    return EngineConfig(
        kind=settings.kind,
        url=settings.url,
        name=settings.name,
        api_key=secret(settings.secret) if settings.secret else "",
        models=settings.models,
        slots=settings.slots,
        quality=settings.quality,
    )


def _essence(offer: Offer) -> Offer:
    """Without the load of the moment."""
    return msgspec.structs.replace(offer, load=0.0)
