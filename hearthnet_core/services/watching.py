"""Watched folders: what is put into one is in the library, what is changed is replaced, what is deleted goes.

Folders are looked at again and again instead of being told by the system, because network shares tell nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from pathlib import Path, PurePath
from typing import BinaryIO

import msgspec
from sqlalchemy import Connection

from hearthnet_core.backends.documents.document import Document
from hearthnet_core.backends.documents.reading import PICTURES
from hearthnet_core.config.schema import FolderSettings
from hearthnet_core.errors import BadRequest, HearthNetError, NotFound, Timeout
from hearthnet_core.runtime import Runtime
from hearthnet_core.services import watched
from hearthnet_core.services.ingest import Ingest
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.looking import Look, hash_of, look, opened, stamp_of
from hearthnet_core.services.watched import Remembered, Stamp
from hearthnet_core.storage.database import Database

LOGGER = logging.getLogger(__name__)
EVERY_S = 10.0
PICTURES_S = 20.0
"""A model that sees takes its time; other folders, and files that were deleted, do not wait longer than this for it, and for
one picture more."""
MAX_TOLD = 50
MAX_ASKED = 100


class Told(msgspec.Struct, frozen=True):
    """A folder as it was at the last look. `problem` is about the folder, `unread` are (file, why)."""

    path: str
    problem: str = ""
    unread: tuple[tuple[str, str], ...] = ()


class Watching:
    def __init__(
        self,
        runtime: Runtime,
        database: Database,
        knowledge: Knowledge,
        ingest: Ingest,
        folders: Sequence[FolderSettings],
    ) -> None:
        self._runtime = runtime
        self._database = database
        self._knowledge = knowledge
        self._ingest = ingest
        self._folders = folders
        self._seen: dict[str, Mapping[str, Stamp]] = {}
        self._told: dict[str, Told] = {}

    async def keep(self) -> None:
        """Looks for ever."""
        while self._folders:
            for folder in self._folders:
                await self._watch(folder)
            await asyncio.sleep(EVERY_S)

    def problems(self) -> tuple[str, ...]:
        """Sentences for a person."""
        found: list[str] = []
        for told in self._told.values():
            if told.problem:
                found.append(told.problem)
            found += [f"{told.path}/{name}: {message}" for name, message in told.unread]
        return tuple(found[:MAX_TOLD])

    async def _watch(self, folder: FolderSettings) -> None:
        root, problem = Path(folder.path), ""
        seen = await self._runtime.offload(look, root)
        try:
            if seen.device and not (problem := await self._other_disk(folder, seen)):
                known = await self._database.read(lambda connection: watched.load(connection, folder.path))
                try:
                    await self._take(folder, root, seen, known)
                except (HearthNetError, OSError) as error:  # what was deleted goes all the same: it may make the room
                    problem = _sentence(root, error)
                if seen.whole:
                    paths = await self._database.read(lambda connection: watched.paths(connection, folder.path))
                    for path in sorted(paths - seen.files.keys()):
                        await self._release(folder, path)
            problem = problem or seen.problem
        except (HearthNetError, OSError) as error:  # a full disk, a share that went away: the next look tries again
            problem = _sentence(root, error)
        self._seen[folder.path] = seen.files
        now = await self._database.read(lambda connection: watched.load(connection, folder.path))
        unread = tuple((path, file.problem) for path, file in now.items() if file.problem)[:MAX_TOLD]
        told = Told(folder.path, problem, unread)
        if told != self._told.get(folder.path) and (problem or unread):
            LOGGER.warning("watched folder: %s", problem or f"{len(unread)} files in {root} could not be read whole")
        self._told[folder.path] = told

    async def _other_disk(self, folder: FolderSettings, seen: Look) -> str:
        """An empty mount point looks like a folder from which everything was deleted."""
        before = await self._database.read(lambda connection: watched.device(connection, folder.path))
        known = await self._database.read(lambda connection: watched.paths(connection, folder.path))
        if before not in ("", seen.device) and known and not known & seen.files.keys():
            return (
                f"{folder.path} is on another disk than before and nothing known is in it: is the share mounted? What was"
                " read from it is kept."
            )
        taken_as = f"{folder.corpus} {folder.language}"
        await self._database.write(
            lambda connection: watched.set_folder(connection, folder.path, seen.device, taken_as)
        )
        return ""

    async def _take(self, folder: FolderSettings, root: Path, seen: Look, known: Mapping[str, Remembered]) -> None:
        """New and changed files; of pictures only those that `PICTURES_S` is enough for, the others are for the next look."""
        before = self._seen.get(folder.path, {})
        readers = self._ingest.readers()
        until, looked = self._runtime.now() + PICTURES_S, False
        for path, stamp in sorted(seen.files.items(), key=lambda file: _is_picture(file[0])):  # they take longest
            old = known.get(path)
            again = old is not None and old.unread > 0 and not readers <= old.asked
            if (old is not None and old.stamp == stamp and not again) or before.get(path) != stamp:
                continue  # as it was, or perhaps not yet written to its end
            if _is_picture(path):
                if looked and self._runtime.now() > until:
                    return
                looked = True
            try:
                file = await self._runtime.offload(opened, root, path)
            except OSError as error:
                await self._remember(folder, path, Remembered(stamp, b"", f"It cannot be read: {error.strerror}."))
                continue
            with file:
                await self._one(folder, root, path, stamp, old, file, readers)

    async def _one(
        self,
        folder: FolderSettings,
        root: Path,
        path: str,
        stamp: Stamp,
        old: Remembered | None,
        file: BinaryIO,
        readers: frozenset[str],
    ) -> None:
        """A file that looks changed, or that somebody new may be able to read. One with a problem is tried again whenever a
        person touches it."""
        hash = await self._runtime.offload(hash_of, file)
        same = old is not None and old.hash == hash
        if same and old is not None and not old.problem and not old.unread:
            await self._remember(folder, path, Remembered(stamp, hash))
        elif not stamp.size:
            await self._release(folder, path)
            await self._remember(folder, path, Remembered(stamp, hash))
        else:
            problem, unread = await self._read(folder, path, file)
            if await self._runtime.offload(stamp_of, root / path) == stamp:
                asked = readers | (
                    old.asked if same and old is not None and len(old.asked) < MAX_ASKED else frozenset()
                )
                await self._remember(folder, path, Remembered(stamp, hash, problem, unread, asked))

    async def _read(self, folder: FolderSettings, path: str, file: BinaryIO) -> tuple[str, int]:
        """(what went wrong with it, empty when nothing did; pages nobody could read). An older version stays while a newer one
        cannot be read."""
        mine: set[tuple[bytes, str]] = set()

        async def claim(document: Document) -> None:
            mine.add((document.cid, folder.corpus))
            await self._claim(folder, path, document.cid)

        unread, taken = 0, False
        failed: list[dict[str, str]] = []
        try:
            steps = self._ingest.stream(path, file, folder.corpus, language=folder.language, before=claim)
            async with aclosing(steps) as events:
                async for event in events:
                    if event.event == "done":
                        failed, unread = event.data["failed"], event.data["unreadable_pages"]
                        taken = bool(event.data["documents"])
        except (BadRequest, Timeout) as error:
            return error.message.removeprefix(f"{path}: "), 0
        if taken:
            await self._release(folder, path, mine)
        if unread and _is_picture(path):
            return "", unread  # a photo that nobody can describe yet is no fault
        if unread:
            return (
                f"{unread} of its pages are pictures nobody in this home could read; they are tried again when somebody can"
                " (install Tesseract), or when the file is touched."
            ), unread
        if failed:
            return (
                f"{len(failed)} of its files could not be read, the first: {failed[0]['name']}: {failed[0]['message']}"
            ), 0
        return "", 0

    async def _claim(self, folder: FolderSettings, path: str, cid: bytes) -> None:
        """Before it is stored, so that a crash leaves no document nobody answers for. What a person added stays theirs."""
        theirs = await self._knowledge.known(cid, folder.corpus) is not None

        def work(connection: Connection) -> None:
            if not theirs or watched.claimed(connection, cid, folder.corpus):
                watched.claim(connection, folder.path, path, cid, folder.corpus)

        await self._database.write(work)

    async def _release(self, folder: FolderSettings, path: str, kept: watched.Kept = ()) -> None:
        """Forgets what is there because of this file only. The documents go first, so that after a crash it is done again."""
        for cid, corpus in await self._database.read(
            lambda connection: watched.alone(connection, folder.path, path, kept)
        ):
            with contextlib.suppress(NotFound):  # a person was faster
                await self._knowledge.forget(cid.hex(), corpus)

        def work(connection: Connection) -> None:
            watched.release(connection, folder.path, path, kept)
            if not kept:
                watched.drop(connection, folder.path, path)

        await self._database.write(work)

    async def _remember(self, folder: FolderSettings, path: str, file: Remembered) -> None:
        await self._database.write(lambda connection: watched.remember(connection, folder.path, path, file))


def _sentence(root: Path, error: HearthNetError | OSError) -> str:
    return error.message if isinstance(error, HearthNetError) else f"{root}: {error.strerror}."


def _is_picture(path: str) -> bool:
    return PurePath(path).suffix.casefold() in PICTURES
