"""The database: `await write(fn)` returns when its changes are on the disk; writes that arrive together share a commit.

A file has one writer on a thread of its own and readers on connections of their own. In memory (tests, the simulated
world) everything runs inline on one connection, and `image()` is what would be on the disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from hearthnet_core.errors import HearthNetError, Unavailable, VersionMismatch
from hearthnet_core.runtime import Runtime

SCHEMA_VERSION = 2
LOWEST_SCHEMA_VERSION = 1
MAX_BATCH = 512
MAX_READERS = 8
BUSY_MS = 10_000
LOOKING = "looking"
WAL = "wal_autocheckpoint=4000"  # pages; ids are random, so a page that is written seldom is written again soon

metadata = MetaData()
"""Every table of the node hangs here; the modules that own tables define them."""

type Work = tuple[Callable[[Connection], Any], asyncio.Future[Any]]


class Database:
    """`path` None keeps everything in memory. Open with `await Database.open(…)`."""

    def __init__(self, path: Path | None, runtime: Runtime, sync: Callable[[], Awaitable[None]] | None) -> None:
        self._path = path
        self._runtime = runtime
        self._sync = sync
        self._turn = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Work] = []
        self._bell = threading.Condition()
        self._closing = False
        self._looking: Connection | None = None
        self._writer = self._engine("BEGIN IMMEDIATE")
        self._readers = self._engine("BEGIN") if path is not None else self._writer
        self._thread = threading.Thread(target=self._write_for_ever, name="database", daemon=True)

    @classmethod
    async def open(
        cls,
        path: Path | None,
        runtime: Runtime,
        *,
        image: bytes | None = None,
        sync: Callable[[], Awaitable[None]] | None = None,
    ) -> Database:
        """Raises `VersionMismatch` for a newer file, which stays untouched, and a sentence for an unusable one.

        In memory only: `image` is what another `image()` gave, and `sync` is awaited before each commit, so that a
        crash meanwhile loses what was never acknowledged.
        """
        database = cls(path, runtime, sync)
        try:
            if path is None:
                database._restore(image)
                database._prepare()
            else:
                await runtime.offload(database._prepare)
                database._thread.start()
        except BaseException:
            database._dispose()
            raise
        return database

    async def write[R](self, work: Callable[[Connection], R]) -> R:
        """Runs `work` in a transaction of its own or shared with others waiting; raises what it raised.

        `work` is run again, alone, when another one of its transaction failed: it changes nothing but the database.
        """
        if self._closing:
            raise Unavailable("The node is stopping.")
        if self._path is None:
            async with self._turn:
                if self._sync is not None:
                    await self._sync()
                return self._outcome(self._transaction([work])[0])  # type: ignore[no-any-return]
        done: asyncio.Future[R] = self._loop.create_future()
        with self._bell:
            self._waiting.append((work, done))
            self._bell.notify()
        return await done

    async def read[R](self, work: Callable[[Connection], R]) -> R:
        """Runs `work` on a snapshot."""
        if self._closing:
            raise Unavailable("The node is stopping.")
        if self._path is None:
            return self._look(work)
        return await self._runtime.offload(self._read, work)

    def image(self) -> bytes:
        """What is on the disk at this moment (in memory only)."""
        with self._writer.connect() as connection:
            return _driver(connection).serialize()

    async def close(self) -> None:
        """Finishes the writes that were asked for."""
        with self._bell:
            self._closing = True
            self._bell.notify()
        if self._thread.is_alive():
            await self._runtime.offload(self._thread.join)
        self._dispose()

    def _dispose(self) -> None:
        if self._looking is not None:
            self._looking.close()
        self._readers.dispose()
        self._writer.dispose()

    def _engine(self, begin: str) -> Engine:
        arguments = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
        if self._path is None:
            engine = create_engine("sqlite://", connect_args=arguments, poolclass=StaticPool, hide_parameters=True)
        else:
            # An error is logged; what people ask and keep is in a statement's parameters.
            engine = create_engine(
                f"sqlite:///{self._path}", connect_args=arguments, pool_size=MAX_READERS, hide_parameters=True
            )

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, record: object) -> None:
            connection.isolation_level = None  # or the driver would begin by itself
            for pragma in ("foreign_keys=ON", f"busy_timeout={BUSY_MS}", "synchronous=FULL", "temp_store=MEMORY", WAL):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            if not connection.get_execution_options().get(LOOKING):
                connection.exec_driver_sql(begin)

        return engine

    def _write_for_ever(self) -> None:
        while True:
            with self._bell:
                while not self._waiting and not self._closing:
                    self._bell.wait()
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            if not batch:
                return
            outcomes = self._transaction([work for work, _ in batch])
            try:
                self._loop.call_soon_threadsafe(_settle, batch, outcomes)
            except RuntimeError:  # the loop is gone, and with it everybody who waited
                return

    def _transaction(self, works: list[Callable[[Connection], Any]]) -> list[tuple[Any] | BaseException]:
        try:
            with self._writer.begin() as connection:
                return [(work(connection),) for work in works]
        except Exception as error:
            if len(works) == 1:
                return [self._translated(error)]
        return [outcome for work in works for outcome in self._transaction([work])]

    @staticmethod
    def _outcome(outcome: tuple[Any] | BaseException) -> Any:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome[0]

    def _read[R](self, work: Callable[[Connection], R]) -> R:
        try:
            with self._readers.connect() as connection:
                return work(connection)
        except Exception as error:
            raise self._translated(error) from error

    def _look[R](self, work: Callable[[Connection], R]) -> R:
        """In memory: nothing runs meanwhile, so what is there is a snapshot without a transaction."""
        if self._looking is None:
            self._looking = self._writer.connect().execution_options(**{LOOKING: True})
        try:
            return work(self._looking)
        except Exception as error:
            raise self._translated(error) from error

    def _restore(self, image: bytes | None) -> None:
        if image:
            with self._writer.connect() as connection:
                _driver(connection).deserialize(image)

    def _prepare(self) -> None:
        try:
            self._make_private()
            with self._readers.connect() as connection:
                found = int(connection.execute(text("PRAGMA user_version")).scalar_one())
            self._check_version(found)
            with self._writer.connect() as connection:
                _driver(connection).execute("PRAGMA journal_mode=WAL")
            with self._writer.begin() as connection:
                metadata.create_all(connection)
                _add_columns(connection)
                connection.execute(text(f"PRAGMA user_version={SCHEMA_VERSION}"))
        except Exception as error:
            raise self._translated(error) from error

    def _make_private(self) -> None:
        """0600 before SQLite makes it; its other files get the same rights. What cannot be opened SQLite tells about."""
        if self._path is None:
            return
        with contextlib.suppress(OSError):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.fchmod(descriptor, 0o600)
            finally:
                os.close(descriptor)

    def _check_version(self, found: int) -> None:
        if found > SCHEMA_VERSION:
            raise VersionMismatch(
                f"The data in {self._path} was written by a newer HearthNet (format {found}, this one knows"
                f" {SCHEMA_VERSION}). Update this node; nothing was changed."
            )
        if 0 < found < LOWEST_SCHEMA_VERSION:
            raise VersionMismatch(
                f"The data in {self._path} is of format {found}, and this version reads {LOWEST_SCHEMA_VERSION} and"
                " later. Start it once with an older version; nothing was changed."
            )

    def _translated(self, error: Exception) -> Exception:
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
        if "disk I/O" in said:
            return HearthNetError(
                f"The disk that holds {self._path} fails ({said}). Check it, and back up what is there."
            )
        if "locked" in said:
            return Unavailable(
                f"{self._path} is held by another program; is a second node running on this data folder?"
            )
        return error


def _add_columns(connection: Connection) -> None:
    """Columns that a later version knows; they are empty in what an earlier one wrote."""
    for table in metadata.tables.values():
        there = {row.name for row in connection.execute(text(f'PRAGMA table_info("{table.name}")'))}
        for column in table.columns:
            if column.name not in there:
                kind = column.type.compile(connection.dialect)
                connection.execute(text(f'ALTER TABLE "{table.name}" ADD COLUMN "{column.name}" {kind}'))


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _settle(batch: list[Work], outcomes: list[tuple[Any] | BaseException]) -> None:
    for (_, done), outcome in zip(batch, outcomes, strict=True):
        if done.done():
            continue
        if isinstance(outcome, BaseException):
            done.set_exception(outcome)
        else:
            done.set_result(outcome[0])


def disk_error(path: Path, error: OSError) -> HearthNetError:
    """An `OSError` of the data folder as a sentence that says what to do."""
    if error.errno == errno.ENOSPC:
        return Unavailable(f"The disk that holds {path} is full; free some space and try again.")
    return HearthNetError(f"{path} cannot be used: {error.strerror}. Give this user the right to write there.")
