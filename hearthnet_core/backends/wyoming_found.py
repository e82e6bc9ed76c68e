"""The services that hear and speak for this node: those configured, and those found on their ports of this machine."""

from __future__ import annotations

from collections.abc import Callable

import yarl

from hearthnet_core.backends import Adapter
from hearthnet_core.backends.address import is_internet
from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE
from hearthnet_core.backends.transcription_api import TranscriptionApi
from hearthnet_core.backends.wyoming import Wyoming, place
from hearthnet_core.config.schema import SpeechSettings
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest
from hearthnet_core.runtime import Runtime

FOUND: tuple[tuple[str, Contract, tuple[int, ...]], ...] = (
    ("whisper", TRANSCRIBE, (17300, 10300)),
    ("piper", SYNTHESIZE, (17200, 10200)),
)
"""(name, what it does, ports of 127.0.0.1): the app's own, and the usual ones. Nothing else is asked without having been
configured."""


def speech_services(
    configured: tuple[SpeechSettings, ...], secret: Callable[[str], str], runtime: Runtime, *, auto: bool
) -> list[Adapter]:
    """Raises `BadRequest` for one that is set up wrong, or a name given twice."""
    services: list[Adapter] = []
    for settings in configured:
        service = _service(settings, settings.name or _name(settings, {s.name for s in services}), secret, runtime)
        if service.name in {s.name for s in services}:
            raise BadRequest(f"Two speech services are called {service.name!r}; give each its own name.")
        services.append(service)
    if auto:
        taken = {place(s.url) for s in configured if s.kind == "wyoming"}
        for name, contract, ports in FOUND:
            urls = tuple(f"tcp://127.0.0.1:{p}" for p in ports if not {("127.0.0.1", p), ("localhost", p)} & taken)
            if urls and name not in {s.name for s in services}:
                services.append(Wyoming(name, urls, runtime, contracts=(contract,)))
    return services


def _service(settings: SpeechSettings, name: str, secret: Callable[[str], str], runtime: Runtime) -> Adapter:
    if settings.kind == "wyoming":
        return Wyoming(
            name,
            (settings.url,),
            runtime,
            models=settings.models,
            slots=settings.slots,
            quality=settings.quality or None,
        )
    return TranscriptionApi(
        name,
        settings.url,
        models=settings.models,
        api_key=secret(settings.secret) if settings.secret else "",
        slots=settings.slots,
        quality=settings.quality or None,
    )


def _name(settings: SpeechSettings, taken: set[str]) -> str:
    """The kind for services of the house, the host for those elsewhere; numbered where needed."""
    host = yarl.URL(settings.url).host or "" if is_internet(settings.url) else ""
    stem = host or settings.kind.replace("_", "-")
    return next(n for i in range(1, 1000) if (n := stem if i == 1 else f"{stem}-{i}") not in taken)
