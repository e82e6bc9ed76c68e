"""The database: `await write(fn)` returns when `fn`'s changes are on the disk; writes that arrive together share a commit."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import StaticPool

from hearthnet_core.errors import HearthNetError, Unavailable, VersionMismatch
from hearthnet_core.runtime import Runtime

SCHEMA_VERSION = 1
LOWEST_SCHEMA_VERSION = 1
MAX_BATCH = 512

metadata = MetaData()
"""Every table of the node hangs here; the modules that own tables define them."""


class Database:
    """`path` None keeps everything in memory. Open with `await Database.open(…)`."""

    def __init__(self, engine: Engine, runtime: Runtime, path: Path | None) -> None:
        self._engine = engine
        self._runtime = runtime
        self._path = path
        self._waiting: list[tuple[Callable[[Connection], Any], asyncio.Future[Any]]] = []
        self._writing = False

    @classmethod
    async def open(cls, path: Path | None, runtime: Runtime) -> Database:
        """Raises `VersionMismatch` for a newer file, which stays untouched, and a sentence for an unusable one."""
        if path is not None:
            engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False, "timeout": 10})
        else:
            engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, record: object) -> None:
            connection.isolation_level = None  # SQLAlchemy's own BEGIN, see below
            for pragma in ("foreign_keys=ON", "busy_timeout=10000", "synchronous=FULL", "temp_store=MEMORY"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

        database = cls(engine, runtime, path)
        await runtime.offload(database._prepare)
        return database

    async def write[R](self, work: Callable[[Connection], R]) -> R:
        """Runs `work` in a transaction of its own or shared with others waiting; raises what it raised."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if not self._writing:
            self._writing = True
            try:
                while self._waiting:
                    batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                    # A cancelled caller must not leave the others' writes unfinished.
                    await asyncio.shield(self._commit(batch))
            finally:
                self._writing = False
        return await done

    async def read[R](self, work: Callable[[Connection], R]) -> R:
        """Runs `work` on a snapshot."""
        return await self._runtime.offload(self._read, work)

    async def close(self) -> None:
        await self._runtime.offload(self._engine.dispose)

    async def _commit(self, batch: list[tuple[Callable[[Connection], Any], asyncio.Future[Any]]]) -> None:
        try:
            outcomes = await self._runtime.offload(self._transaction, [work for work, _ in batch])
        except BaseException as error:
            outcomes = [error] * len(batch)
        for (_, done), outcome in zip(batch, outcomes, strict=True):
            if done.done():
                continue
            if isinstance(outcome, BaseException):
                done.set_exception(outcome)
            else:
                done.set_result(outcome[0])

    def _transaction(self, works: list[Callable[[Connection], Any]]) -> list[tuple[Any] | BaseException]:
        try:
            with self._engine.begin() as connection:
                return [(work(connection),) for work in works]
        except Exception as error:
            if len(works) == 1:
                return [self._translated(error)]
        outcomes: list[tuple[Any] | BaseException] = []
        for work in works:
            outcomes += self._transaction([work])
        return outcomes

    def _read[R](self, work: Callable[[Connection], R]) -> R:
        try:
            with self._engine.connect() as connection:
                return work(connection)
        except Exception as error:
            raise self._translated(error) from error

    def _prepare(self) -> None:
        try:
            with self._engine.connect() as connection:
                found = int(connection.execute(text("PRAGMA user_version")).scalar_one())
                if found > SCHEMA_VERSION:
                    raise VersionMismatch(
                        f"The data in {self._path} was written by a newer HearthNet (format {found}, this one knows"
                        f" {SCHEMA_VERSION}). Update this node; nothing was changed."
                    )
                connection.rollback()
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            with self._engine.begin() as connection:
                metadata.create_all(connection)
                connection.execute(text(f"PRAGMA user_version={SCHEMA_VERSION}"))
        except Exception as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> BaseException:
        if not isinstance(error, DatabaseError):
            return error
        said = str(error.orig)
        if "full" in said:
            return Unavailable(
                f"The disk that holds {self._path} is full. Nothing was lost; free some space and try again."
            )
        if "readonly" in said or "unable to open" in said:
            return HearthNetError(f"{self._path} cannot be written. Give this user the right to write the data folder.")
        if "malformed" in said or "not a database" in said:
            return HearthNetError(
                f"{self._path} is damaged ({said}). Stop the node and restore the data folder from a backup."
            )
        if isinstance(error, OperationalError) and "locked" in said:
            return Unavailable(
                f"{self._path} is held by another program; is a second node running on this data folder?"
            )
        return error


def disk_error(path: Path, error: OSError) -> HearthNetError:
    """An `OSError` of the data folder as a sentence that says what to do."""
    if error.errno == errno.ENOSPC:
        return Unavailable(f"The disk that holds {path} is full; free some space and try again.")
    return HearthNetError(f"{path} cannot be used: {error.strerror}. Give this user the right to write there.")
