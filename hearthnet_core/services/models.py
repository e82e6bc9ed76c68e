"""The models of this node's own engines: what is there, fetching and deleting. Never done for a neighbour.

A pull is the node's work, not its client's: it goes on when who asked goes away, and who asks for the same model meanwhile
watches the same pull. It ends with the node (or with `delete` of that model); what was fetched is kept by the engine, and
the next pull goes on from there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from hearthnet_core.backends import Engine, Keeper, Progress
from hearthnet_core.backends.ollama_models import in_the_cloud
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, InternalError, NotFound, Unavailable
from hearthnet_core.supervise import Supervisor

MAX_PULLS = 4
PULL_SILENT_S = 600.0
"""Checking the hash of a large model on a slow disk takes minutes without a word."""
MIN_STEP = 0.005
MAX_PARTS = 256
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}")


class Models:
    """`engines` are those known now; `refresh` looks again at what they have."""

    def __init__(
        self, supervisor: Supervisor, engines: Callable[[], list[Engine]], refresh: Callable[[], Awaitable[None]]
    ) -> None:
        self._supervisor = supervisor
        self._engines = engines
        self._refresh = refresh
        self._pulls: dict[tuple[str, str], _Pull] = {}

    def listed(self) -> list[dict[str, Any]]:
        """Every model of every engine, as `docs/api.md` has it."""
        return [
            {
                "engine": engine.name,
                "name": model.name,
                "family": model.family,
                "parameters": model.parameters,
                "quantization": model.quantization,
                "context": model.context,
                "size_bytes": model.size_bytes,
                "loaded": model.loaded,
                "capabilities": sorted(model.can),
            }
            for engine in self._engines()
            for model in engine.models()
        ]

    async def pull(self, engine: str, model: str) -> AsyncGenerator[Chunk]:
        """`progress {status, completed, total}`, then `done {engine, model}` when the model can be asked. Raises
        `NotFound`, `BadRequest`, `CapacityExceeded`, and `Unavailable` for a full disk or an engine that went away."""
        name = _checked(model)
        keeper = self._keeper(engine, name)
        pull = self._pulls.get((keeper.name, name))
        if pull is None:
            if len(self._pulls) >= MAX_PULLS:
                raise CapacityExceeded(f"{MAX_PULLS} models are being pulled already; wait for one of them.")
            pull = self._pulls[keeper.name, name] = _Pull()
            pull.task = self._supervisor.spawn(self._run(keeper, name, pull), f"pulling {name}")
            pull.task.add_done_callback(lambda _: self._over(keeper.name, name, pull))
        async with aclosing(pull.watched()) as chunks:
            async for chunk in chunks:
                yield chunk
        yield Chunk("done", {"engine": keeper.name, "model": name})

    async def delete(self, engine: str, model: str) -> dict[str, Any]:
        """Ends a pull of it too. Raises `NotFound` when there was neither."""
        name = _checked(model)
        keeper = self._keeper(engine, name)
        pull = self._pulls.get((keeper.name, name))
        if pull is not None and pull.task is not None:
            pull.failure = Unavailable(f"The pull of {name} was stopped.")
            pull.task.cancel()
            await asyncio.wait([pull.task])
        try:
            await keeper.delete(name)
        except NotFound:
            if pull is None:
                raise
        await self._refresh()
        return {"engine": keeper.name, "model": name}

    def _keeper(self, engine: str, model: str) -> Keeper:
        """The engine that has or fetches this model: the named one, else the only one that can."""
        known = self._engines()
        if engine:
            named = next((e for e in known if e.name == engine), None)
            if named is None:
                raise NotFound(f"There is no engine called {engine[:60]!r}; `hearthnet models list` names them.")
            if not isinstance(named, Keeper):
                raise BadRequest(f"{named.name} loads its models by itself; add them where it runs.")
            known = [named]
        keepers = [e for e in known if isinstance(e, Keeper)]
        if not keepers:
            raise Unavailable(
                "No engine of this node can fetch models; install Ollama, or add it to the configuration."
            )
        fitting = [e for e in keepers if e.keeps(model)]
        if not fitting:
            raise BadRequest(
                f"{keepers[0].name} keeps only the models that its configuration names; add {model[:60]} to them first."
            )
        fitting = [e for e in fitting if e.reachable()] or fitting
        if len(fitting) > 1:
            raise BadRequest(f"engine: say which one, {' or '.join(e.name for e in fitting)}.")
        return fitting[0]

    async def _run(self, keeper: Keeper, model: str, pull: _Pull) -> None:
        try:
            async with aclosing(keeper.pull(model)) as parts:
                while True:
                    async with asyncio.timeout(PULL_SILENT_S):
                        part = await anext(parts, None)
                    if part is None:
                        break
                    pull.heard(part)
            await self._refresh()
            pull.whole = True
        except TimeoutError:
            pull.failure = Unavailable(
                f"{keeper.name} was silent for {PULL_SILENT_S:.0f} s; pull again, it goes on from there."
            )
        except HearthNetError as error:
            pull.failure = error

    def _over(self, engine: str, model: str, pull: _Pull) -> None:
        self._pulls.pop((engine, model), None)
        if not pull.whole and pull.failure is None:
            pull.failure = Unavailable(f"The pull of {model} ended with the node; pull again, it goes on from there.")
        pull.changed()


class _Pull:
    """One pull and who watches it."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.whole = False
        self.failure: HearthNetError | None = None
        self._parts: dict[str, tuple[int, int]] = {}
        self._status = ""
        self._next = asyncio.Event()

    def heard(self, part: Progress) -> None:
        if part.part and (part.part in self._parts or len(self._parts) < MAX_PARTS):
            self._parts[part.part] = part.completed, part.total
        self._status = part.status[:200]
        self.changed()

    def changed(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def watched(self) -> AsyncGenerator[Chunk]:
        """What it says from now on; steps too small to see are left out. Raises its failure."""
        told: tuple[str, int, int] = ("", 0, 0)
        while True:
            waiting = self._next
            completed, total = (sum(p[n] for p in self._parts.values()) for n in (0, 1))
            now = (self._status, completed, total)
            seen = abs(completed - told[1]) >= max(1, total * MIN_STEP) or (self._status, total) != (told[0], told[2])
            if self._status and seen:
                told = now
                yield Chunk("progress", {"status": now[0], "completed": now[1], "total": now[2]})
                continue
            if self.failure is not None:
                raise type(self.failure)(self.failure.message)
            if self.whole:
                return
            if self.task is not None and self.task.done():
                raise InternalError
            await waiting.wait()


def _checked(model: str) -> str:
    if not _NAME.fullmatch(model) or ".." in model:
        raise BadRequest("model: a name like llama3.2:3b.")
    if in_the_cloud(model):
        raise BadRequest(f"{model} runs in Ollama's cloud; HearthNet uses only models that run in the house.")
    return model
