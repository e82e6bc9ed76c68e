"""What was acknowledged is on the disk; what cannot be used says so with its path."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, Table, func, insert, select

from hearthnet_core.errors import HearthNetError, Unavailable, VersionMismatch
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.storage.database import SCHEMA_VERSION, Database, metadata

numbers = Table("test_numbers", metadata, Column("n", Integer, primary_key=True))
RUNTIME = SystemRuntime()


@asynccontextmanager
async def opened(path: Path | None, image: bytes | None = None) -> AsyncIterator[Database]:
    database = await Database.open(path, RUNTIME, image=image)
    try:
        yield database
    finally:
        await database.close()


def put(n: int) -> object:
    return lambda c: c.execute(insert(numbers), [{"n": n}]) and None


def count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(numbers)).scalar_one())


async def test_an_awaited_write_is_seen_by_another_process_view(tmp_path: Path) -> None:
    async with opened(tmp_path / "d.db") as database:
        await database.write(put(1))  # type: ignore[arg-type]
        other = sqlite3.connect(tmp_path / "d.db")
        assert other.execute("select n from test_numbers").fetchall() == [(1,)]
        assert other.execute("pragma journal_mode").fetchone() == ("wal",)
        other.close()


async def test_one_failing_write_does_not_take_its_neighbours_with_it(tmp_path: Path) -> None:
    async with opened(tmp_path / "d.db") as database:
        works = [database.write(put(n)) for n in (1, 2, 2, 3)]  # type: ignore[arg-type]
        results = await asyncio.gather(*works, return_exceptions=True)
        assert [isinstance(r, Exception) for r in results] == [False, False, True, False]
        assert await database.read(count) == 3


async def test_writes_that_arrive_together_share_commits(tmp_path: Path) -> None:
    async with opened(tmp_path / "d.db") as database:
        commits: list[int] = []
        database._transaction = (  # type: ignore[method-assign]
            lambda works, real=database._transaction: commits.append(len(works)) or real(works)  # type: ignore[misc,func-returns-value]
        )
        await asyncio.gather(*(database.write(put(n)) for n in range(300)))  # type: ignore[arg-type]
        assert sum(commits) == 300
        assert len(commits) < 30


async def test_a_cancelled_caller_leaves_the_others_served(tmp_path: Path) -> None:
    async with opened(tmp_path / "d.db") as database:
        async with asyncio.TaskGroup() as group:
            doomed = group.create_task(database.write(put(1)))  # type: ignore[arg-type]
            others = [group.create_task(database.write(put(n))) for n in range(2, 20)]  # type: ignore[arg-type]
            await asyncio.sleep(0)
            doomed.cancel()
        assert all(t.done() for t in others)
        async with asyncio.timeout(5):
            await database.write(put(99))  # type: ignore[arg-type]


async def test_closing_finishes_what_was_asked_for(tmp_path: Path) -> None:
    async with opened(tmp_path / "d.db") as database:
        waiting = asyncio.gather(*(database.write(put(n)) for n in range(50)))  # type: ignore[arg-type]
        await asyncio.sleep(0)
    await waiting
    async with opened(tmp_path / "d.db") as database:
        assert await database.read(count) == 50
    with pytest.raises(Unavailable):
        await database.write(put(1))  # type: ignore[arg-type]


async def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    connection = sqlite3.connect(path)
    connection.execute("create table later (x)")
    connection.execute(f"pragma user_version={SCHEMA_VERSION + 1}")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(VersionMismatch, match="newer HearthNet"):
        await Database.open(path, RUNTIME)
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["d.db"]


async def test_a_damaged_database_names_its_path(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(HearthNetError, match=r"d\.db is damaged"):
        await Database.open(path, RUNTIME)


async def test_a_folder_that_is_not_there_names_its_path(tmp_path: Path) -> None:
    with pytest.raises(HearthNetError, match="right to write"):
        await Database.open(tmp_path / "nowhere" / "d.db", RUNTIME)


async def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "d.db") as database:
        await database.write(put(-1))  # type: ignore[arg-type]
        await database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1") and None)
        with pytest.raises(Unavailable, match="is full"):
            await database.write(lambda c: c.execute(insert(numbers), [{"n": n} for n in range(50_000)]) and None)
        assert await database.read(count) == 1
        await database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000") and None)
        await database.write(put(-2))  # type: ignore[arg-type]
        assert await database.read(count) == 2


async def test_a_crash_keeps_what_was_acknowledged_and_nothing_else() -> None:
    gate = asyncio.Event()
    database = await Database.open(None, RUNTIME, sync=gate.wait)  # type: ignore[arg-type]
    gate.set()
    await database.write(put(1))  # type: ignore[arg-type]
    gate.clear()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(database.write(put(2)))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        image = database.image()
        waiting.cancel()
    async with opened(None, image) as after:
        assert await after.read(count) == 1
        await after.write(put(3))  # type: ignore[arg-type]
        assert await after.read(count) == 2


@pytest.mark.parametrize("stored", ["memory", "file"])
async def test_who_reads_or_writes_while_the_node_stops_is_told_so(tmp_path: Path, stored: str) -> None:
    """Simulated seed 139 (20 nodes): a read met the closed connection itself."""
    database = await Database.open(tmp_path / "node.db" if stored == "file" else None, RUNTIME)
    assert await database.read(count) == 0
    await database.close()
    for access in (database.read, database.write):
        with pytest.raises(Unavailable, match="stopping"):
            await access(count)
