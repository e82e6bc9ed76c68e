"""An index of vectors, of what the passages mean or of what the pictures look like: which model it is made with, and what
of the library is in it. It follows the library in the background; search goes on with the old index until a new one is
complete.

What is kept is found out from the two stores themselves, so it goes on after any crash, and nothing is embedded twice.
What is in the library is embedded within the household only, what is personal on this device only.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
from sqlalchemy import Boolean, Column, Connection, String, Table, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.backends.embedding import MAX_TEXTS
from hearthnet_core.capability import Privacy
from hearthnet_core.errors import HearthNetError
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.corpora import rules
from hearthnet_core.services.embedders import Vector
from hearthnet_core.services.meaning import Meaning
from hearthnet_core.services.shelf import chunks, documents, passage_text
from hearthnet_core.services.vectors import EXTRA, Full, Lost, Vectors
from hearthnet_core.signals import Signal
from hearthnet_core.storage.database import Database, metadata

LOGGER = logging.getLogger(__name__)
LOOK_S = 10.0
PATIENCE_S = 600.0
"""An engine that was not seen for so long does not come back soon: another model is taken."""
FULL_S = 60.0
BATCH_S = 60.0
ASKED_S = 0.8
MAX_REBUILDS = 3
OTHER = "its model is another one now"
NO_MODEL = "no embedding model: only words are compared"


def ready_table(name: str) -> Table:
    """Which model's index is complete."""
    return Table(
        name,
        metadata,
        Column("model", String, primary_key=True),
        Column("ready", Boolean, nullable=False),
    )


spaces = ready_table("spaces")


class Material[Asked](Protocol):
    """What an index is made of, and how it is asked. `contents` names it in sentences: "meanings"; `things` is what is counted:
    "passages"; `none` says that nobody makes such vectors."""

    ready: Table
    contents: str
    things: str
    none: str
    at_once: int

    def models(self, privacy: Privacy) -> list[str]:
        """Who could embed it now, the nearest and best first."""

    def expect(self, space: str, length: int) -> None:
        """How many numbers the vectors of this model have."""

    def wanted(self, connection: Connection) -> dict[str, str]:
        """{id: corpus} of all that should be in the index; the id is `vector_id`."""

    async def embedded(self, space: str, ids: list[str], privacy: Privacy) -> dict[str, Vector]:
        """{id: vector} of those that are still there. Raises `HearthNetError`."""

    async def question(self, space: str, asked: Asked, privacy: Privacy, seconds: float) -> Vector:
        """What the nearest are looked for with. Raises `HearthNetError`."""


class Progress(msgspec.Struct, frozen=True):
    done: int
    total: int
    model: str


class Indexing[Asked]:
    """`space` is the model whose index is complete, or empty; `why` says why there is none; `progress` while something is
    being embedded; `problem` what a person should look at. `wished`: the only model to use, or empty."""

    def __init__(
        self, runtime: Runtime, database: Database, material: Material[Asked], folder: Path | None, wished: str = ""
    ) -> None:
        self._runtime = runtime
        self._database = database
        self._material = material
        self._wished = wished
        self._bell = asyncio.Event()
        self._open = False
        self._unseen: float | None = None
        self._rebuilds = 0
        self._lengths: dict[str, int] = {}
        self._outdated = False
        self.vectors = Vectors(folder) if folder is not None else None
        self.space = ""
        self.why = material.none
        self.progress: Progress | None = None
        self.problem = ""
        self.changed: Signal[None] = Signal()

    def look(self) -> None:
        """Something was added or taken away."""
        self._bell.set()

    async def keep(self) -> None:
        """Follows the library for ever."""
        while True:
            self._bell.clear()
            pause = await self.refresh()
            try:
                async with asyncio.timeout(pause):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def refresh(self) -> float:
        """Brings the index up to date, as far as that goes now; returns after how many seconds to look again."""
        try:
            if self._outdated:
                raise Lost(OTHER)
            await self._round()
        except Full as full:
            self._tell(problem=full.message)
            return FULL_S
        except Lost as lost:
            await self._rebuild(str(lost))
        except HearthNetError as error:
            self._tell(why=error.message)
        return LOOK_S

    async def aclose(self) -> None:
        if self.vectors is not None and self._open:
            await self._runtime.offload(self.vectors.close)

    async def nearest(
        self, asked: Asked, corpora: list[str], k: int, privacy: Privacy, seconds: float = ASKED_S
    ) -> tuple[list[tuple[str, float]], str]:
        """(`vector_id`, cosine) of the nearest `k`, nearest first; or why there are none. What is there may be gone from the
        library by now, and its number another's. `privacy` says how far what is asked may go to be embedded, which may take
        `seconds`."""
        if self.vectors is None or not (space := self.space):
            return [], self.why
        try:
            vector = await self._material.question(space, asked, privacy, seconds)
            if self._lengths.get(space, len(vector)) != len(vector):
                self._outdated = True
                raise Lost(OTHER)
            return await self._runtime.offload(self.vectors.nearest, space, corpora, vector, k), ""
        except Lost as lost:
            self.space, self._open = "", False
            self._announce(f"The index of {self._material.contents} is damaged ({lost})")
            self._bell.set()
            return [], f"the index of {self._material.contents} is damaged and made again: only words are compared"
        except HearthNetError as error:
            return [], f"only words are compared: {error.message}"

    async def _round(self) -> None:
        if self.vectors is None or not self.vectors.installed():
            self._tell(why=EXTRA)
            return
        ready = await self._database.read(self._ready)
        target = self._target(ready)
        if not target:
            self.space = ""
            self._tell(
                why=f"the model {ready or self._wished} is not there" if ready or self._wished else self._material.none
            )
            return
        await self._opened(ready)
        if await self._database.read(self._ready) != ready:
            ready = ""
        self.space = ready
        await self._complete(target)
        if ready != target:
            await self._database.write(lambda connection: self._set_ready(connection, target))
            self.space = target
            await self._runtime.offload(self.vectors.keep_only, target)
        self._tell(why="", problem="")

    def _target(self, ready: str) -> str:
        """The model to use now, or empty. The present one is kept while it is there, and for a while longer."""
        offered = self._material.models(Privacy.HOME)
        if self._wished:
            return self._wished if self._wished in offered else ""
        current = ready or (self.progress.model if self.progress is not None else "")
        if not current:
            return offered[0] if offered else ""
        if current in offered:
            self._unseen = None
            return current
        now = self._runtime.now()
        self._unseen = now if self._unseen is None else self._unseen
        return offered[0] if offered and now - self._unseen > PATIENCE_S else ""

    async def _opened(self, ready: str) -> None:
        """Opens what is on the disk. What was ready and is gone is announced and made again."""
        if self._open:
            return
        assert self.vectors is not None
        there = await self._runtime.offload(self.vectors.open)
        self._open = True
        if ready and not there:
            await self._database.write(lambda connection: self._set_ready(connection, ""))
            self._announce(f"The index of {self._material.contents} is gone, or of another version")

    async def _rebuild(self, cause: str) -> None:
        self.space, self._open = "", False
        self._rebuilds += 1
        if self._rebuilds > MAX_REBUILDS:
            self._tell(
                problem=f"The index of {self._material.contents} cannot be kept ({cause}): only words are compared."
            )
            return
        assert self.vectors is not None
        self._outdated = False
        self._lengths.clear()
        self._announce(f"The index of {self._material.contents} is damaged ({cause})")
        await self._database.write(lambda connection: self._set_ready(connection, ""))
        await self._runtime.offload(self.vectors.begin_anew)
        self._bell.set()

    def _announce(self, what: str) -> None:
        LOGGER.warning("%s; it is made again from the documents, and meanwhile only words are compared", what)
        self._tell(problem=f"{what}; it is made again from the documents.")

    async def _complete(self, space: str) -> None:
        """Embeds what is missing, then drops what is too much. What comes meanwhile is for the next round."""
        assert self.vectors is not None
        offload = self._runtime.offload
        kept = await offload(self.vectors.ids, space)
        self._expect(space, await offload(self.vectors.length, space))
        wanted = await self._database.read(self._material.wanted)
        personal = await self._database.read(_personal)
        missing = [(id, corpus) for id, corpus in wanted.items() if id not in kept.get(corpus, ())]
        mine = [pair for pair in missing if pair[1] in personal]
        missing = [pair for pair in missing if pair[1] not in personal]
        if space not in self._material.models(Privacy.LOCAL):
            mine = []  # until this device has the model itself
        known = {id.partition(".")[2]: (corpus, id) for corpus, ids in kept.items() for id in ids}
        done, total = len(wanted) - len(missing) - len(mine), len(wanted)
        try:
            for part, privacy in ((missing, Privacy.HOME), (mine, Privacy.LOCAL)):
                for start in range(0, len(part), self._material.at_once):
                    self._tell(progress=Progress(done, total, space))
                    batch = dict(part[start : start + self._material.at_once])
                    done += len(batch)
                    if privacy is not Privacy.LOCAL:  # a person may have said so meanwhile
                        personal = await self._database.read(_personal)
                        batch = {id: corpus for id, corpus in batch.items() if corpus not in personal}
                    for corpus, vectors in (await self._embedded(space, batch, known, privacy)).items():
                        await offload(self.vectors.add, space, corpus, vectors)
                        known.update({id.partition(".")[2]: (corpus, id) for id, _ in vectors})
        finally:  # after the others: their vectors may be those of the same texts
            for corpus, ids in kept.items():
                if gone := {id for id in ids if wanted.get(id) != corpus}:
                    await offload(self.vectors.remove, space, corpus, gone)
        self._tell(finished=True)

    async def _embedded(
        self, space: str, batch: dict[str, str], known: dict[str, tuple[str, str]], privacy: Privacy
    ) -> dict[str, list[tuple[str, Vector]]]:
        """{corpus: [(id, vector)]}; the vector of a text that is there already is taken over."""
        assert self.vectors is not None
        rows: dict[str, list[tuple[str, Vector]]] = defaultdict(list)
        twins: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for id in batch:
            if twin := known.get(id.partition(".")[2]):
                twins[twin[0]][twin[1]].append(id)
        have: set[str] = set()
        for corpus, pairs in twins.items():
            found = await self._runtime.offload(self.vectors.get, space, corpus, list(pairs))
            for twin_id, known_vector in found.items():
                for id in pairs[twin_id]:
                    rows[batch[id]].append((id, tuple(known_vector)))
                    have.add(id)
        new = await self._material.embedded(space, [id for id in batch if id not in have], privacy)
        for id, vector in new.items():
            self._expect(space, len(vector))
            rows[batch[id]].append((id, vector))
        return rows

    def _expect(self, space: str, length: int) -> None:
        if length:
            self._lengths[space] = length
            self._material.expect(space, length)

    def _ready(self, connection: Connection) -> str:
        ready = self._material.ready
        return connection.execute(select(ready.c.model).where(ready.c.ready)).scalar() or ""

    def _set_ready(self, connection: Connection, space: str) -> None:
        """Empty: none is."""
        connection.execute(delete(self._material.ready))
        if space:
            connection.execute(insert(self._material.ready).values(model=space, ready=True))

    def _tell(
        self,
        *,
        why: str | None = None,
        problem: str | None = None,
        progress: Progress | None = None,
        finished: bool = False,
    ) -> None:
        before = self.why, self.problem, self.progress
        self.why = self.why if why is None else why
        self.problem = self.problem if problem is None else problem
        if progress is not None:
            self.progress = progress
            self.why = (
                f"the library is being indexed, {progress.done} of {progress.total} {self._material.things}"
                if not self.space
                else ""
            )
        elif finished:
            self.progress = None
        if (self.why, self.problem, self.progress) != before:
            self.changed.emit(None)


def vector_id(id: int, hash: bytes) -> str:
    """Not the id alone: SQLite may give it again to another passage."""
    return f"{id}.{hash[:12].hex()}"


def chunk_of(vector_id: str) -> int:
    return int(vector_id.partition(".")[0])


class Passages:
    """What the passages mean, by `embed.text`."""

    ready = spaces
    contents = "meanings"
    things = "passages"
    none = NO_MODEL
    at_once = MAX_TEXTS

    def __init__(self, database: Database, meaning: Meaning) -> None:
        self._database = database
        self._meaning = meaning

    def models(self, privacy: Privacy) -> list[str]:
        return self._meaning.models(privacy)

    def expect(self, space: str, length: int) -> None:
        self._meaning.expect(space, length)

    def wanted(self, connection: Connection) -> dict[str, str]:
        kept = select(chunks.c.id, chunks.c.hash, chunks.c.corpus).where(chunks.c.hash.is_not(None))
        return {vector_id(id, hash): corpus for id, hash, corpus in connection.execute(kept)}

    async def embedded(self, space: str, ids: list[str], privacy: Privacy) -> dict[str, Vector]:
        texts = await self._database.read(_texts(ids))
        if not texts:
            return {}
        vectors = await self._meaning.vectors(space, list(texts.values()), "passage", privacy, BATCH_S, keep=False)
        return dict(zip(texts, vectors, strict=True))

    async def question(self, space: str, asked: str, privacy: Privacy, seconds: float) -> Vector:
        (vector,) = await self._meaning.vectors(space, [asked], "query", privacy, seconds)
        return vector


def _personal(connection: Connection) -> set[str]:
    return {corpus for corpus, access in rules(connection).items() if access == "personal"}


def _texts(ids: list[str]) -> Callable[[Connection], dict[str, str]]:
    def work(connection: Connection) -> dict[str, str]:
        rows = [chunk_of(id) for id in ids]
        wanted = select(chunks.c.id, chunks.c.hash, documents.c.title, chunks.c.heading, chunks.c.text).where(
            chunks.c.id.in_(bindparam("rows", rows, expanding=True)),
            documents.c.cid == chunks.c.cid,
            documents.c.corpus == chunks.c.corpus,
        )
        found = {
            vector_id(id, hash): passage_text(title, heading, piece)
            for id, hash, title, heading, piece in connection.execute(wanted)
        }
        return {id: found[id] for id in ids if id in found}

    return work
