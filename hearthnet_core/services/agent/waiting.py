"""What a running question waits for from its client: a person's yes or no, the result of one of the client's own tools.

Each is answered once, by the client that asked and nobody else, while somebody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from hearthnet_core.errors import CapacityExceeded, NotFound
from hearthnet_core.runtime import Runtime

MAX_WAITING = 64


class Waited:
    """One answer to come. `answer` is done at most once."""

    def __init__(self, id: str, client: str, kind: str) -> None:
        self.id = id
        self.client = client
        self.kind = kind
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()


class Waiting:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._open: dict[str, Waited] = {}

    @contextmanager
    def begin(self, client: str, kind: str) -> Generator[Waited]:
        """An id nobody can guess, known for as long as the context is open."""
        if len(self._open) >= MAX_WAITING:
            raise CapacityExceeded("Too many questions wait for somebody's answer; answer or cancel one first.")
        waited = Waited(self._runtime.random_bytes(16).hex(), client, kind)
        self._open[waited.id] = waited
        try:
            yield waited
        finally:
            del self._open[waited.id]
            waited.answer.cancel()

    def answered(self, id: str, client: str, kind: str, value: object) -> None:
        """Raises `NotFound` for an id that is not this client's, was answered already, or that nobody waits for any more."""
        waited = self._open.get(id)
        if waited is None or waited.client != client or waited.kind != kind or waited.answer.done():
            raise NotFound(
                "Nobody waits for this answer: it was given already, came too late, or belongs to another client."
            )
        waited.answer.set_result(value)
