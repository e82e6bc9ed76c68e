"""Finds engines: those that were configured, and those that listen on their default ports of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import yarl

from hearthnet_core.backends import Engine
from hearthnet_core.backends.address import engine_url, is_internet
from hearthnet_core.backends.ollama import Ollama
from hearthnet_core.backends.openai_compatible import OpenAICompatible
from hearthnet_core.backends.transformers import Transformers
from hearthnet_core.errors import BadRequest
from hearthnet_core.runtime import Runtime

HOST = "127.0.0.1"
LISTEN_S = 0.5

Kind = Literal["ollama", "openai_compatible", "transformers"]


class EngineConfig(msgspec.Struct, frozen=True, kw_only=True):
    """An engine to use. `key` is asked at each request, so that a new one is used at once; `api_key` is one that stays.
    `continues` None: as far as is known of its kind."""

    kind: Kind
    url: str = ""
    name: str = ""
    api_key: str = ""
    key: Callable[[], str] | None = None
    models: tuple[str, ...] = ()
    slots: int = 1
    quality: float = 0.6
    continues: bool | None = None
    keep_alive: str = ""
    context: int = 0
    vision: tuple[str, ...] = ()


class Inside(NamedTuple):
    """What an engine within this process stands on: the folder with its models, and a way to threads."""

    folder: Path
    runtime: Runtime


class Candidate(NamedTuple):
    """`name` holds until the engine says which one it is."""

    name: str
    kind: Kind
    port: int


CANDIDATES = (
    Candidate("ollama", "ollama", 11434),
    Candidate("engine-8080", "openai_compatible", 8080),
    Candidate("lm-studio", "openai_compatible", 1234),
    Candidate("engine-8000", "openai_compatible", 8000),
)
"""Ollama; llama.cpp or LocalAI; LM Studio; vLLM. Only loopback is ever asked without having been configured."""
NAMES = {"llamacpp": "llama.cpp", "vllm": "vllm"}


class Discovery:
    """Knows every engine of this node. `refresh` is cheap and meant to be repeated; an engine once found stays, with
    the reason when it is gone."""

    def __init__(
        self,
        configured: tuple[EngineConfig, ...] = (),
        *,
        auto: bool = True,
        candidates: tuple[Candidate, ...] = CANDIDATES,
        inside: Inside | None = None,
    ) -> None:
        """Raises `BadRequest` for an address that is none, or a name given twice."""
        self._engines: dict[str, Engine] = {}
        for config in configured:
            engine = engine_from(config, config.name or _name(config, set(self._engines)), inside)
            if engine.name in self._engines:
                raise BadRequest(f"Two engines are called {engine.name!r}; give each its own name.")
            self._engines[engine.name] = engine
        self._candidates = candidates if auto else ()

    @property
    def engines(self) -> list[Engine]:
        return list(self._engines.values())

    async def refresh(self) -> list[Engine]:
        """Looks for new engines, probes all of them at once, and returns those known now. Never raises."""
        taken = {_place(e.url) for e in self._engines.values()}
        wanted = [c for c in self._candidates if (HOST, c.port) not in taken]
        async with asyncio.TaskGroup() as group:
            for engine in self._engines.values():
                group.create_task(engine.probe())
            found = [group.create_task(_look(c)) for c in wanted]
        for task in found:
            if (seen := task.result()) is not None:
                await self._welcome(*seen)
        return self.engines

    async def _welcome(self, name: str, config: EngineConfig) -> None:
        unique = next(n for i in range(1, 1000) if (n := name if i == 1 else f"{name}-{i}") not in self._engines)
        engine = self._engines[unique] = engine_from(config, unique)
        await engine.probe()

    async def close(self) -> None:
        for engine in self._engines.values():
            await engine.close()


async def discover(configured: tuple[EngineConfig, ...] = (), *, auto: bool = True) -> list[Engine]:
    """One look: everything configured, and what is found on this machine."""
    return await Discovery(configured, auto=auto).refresh()


def engine_from(config: EngineConfig, name: str, inside: Inside | None = None) -> Engine:
    key = config.key or (lambda: config.api_key)
    if config.kind == "transformers":
        if inside is None:
            raise BadRequest(f"The engine {name} needs a data folder for its models.")
        return Transformers(
            name,
            inside.folder,
            inside.runtime,
            models=config.models,
            slots=config.slots,
            quality=config.quality,
            context=config.context,
        )
    if config.kind == "ollama":
        return Ollama(
            name,
            config.url,
            key=key,
            models=config.models,
            slots=config.slots,
            quality=config.quality,
            continues=config.continues is not False,
            keep_alive=config.keep_alive,
            context=config.context,
            vision=config.vision,
        )
    return OpenAICompatible(
        name,
        config.url,
        key=key,
        models=config.models,
        slots=config.slots,
        quality=config.quality,
        continues=config.continues,
        context=config.context,
        vision=config.vision,
    )


async def _look(candidate: Candidate) -> tuple[str, EngineConfig] | None:
    """(name, how to reach it), if something listens there and speaks its language."""
    try:
        async with asyncio.timeout(LISTEN_S):
            _, writer = await asyncio.open_connection(HOST, candidate.port)
        writer.close()
    except (OSError, TimeoutError):
        return None
    config = EngineConfig(kind=candidate.kind, url=f"http://{HOST}:{candidate.port}")
    engine = engine_from(config, candidate.name)
    offer = await engine.probe()
    await engine.close()
    if not offer.available and not offer.reason.startswith(f"{candidate.name} runs"):
        return None
    kind = engine.kind if isinstance(engine, OpenAICompatible) else ""
    return NAMES.get(kind, candidate.name), config


def _name(config: EngineConfig, taken: set[str]) -> str:
    """The kind for engines of the house, the host for services; numbered where needed."""
    url = "" if config.kind == "transformers" else engine_url(config.url)
    stem = (yarl.URL(url).host or config.kind) if url and is_internet(url) else config.kind.replace("_", "-")
    return next(n for i in range(1, 1000) if (n := stem if i == 1 else f"{stem}-{i}") not in taken)


def _place(url: str) -> tuple[str, int]:
    address = yarl.URL(url)
    host = address.host or ""
    return (HOST if host in ("localhost", "::1") else host), address.port or 0
