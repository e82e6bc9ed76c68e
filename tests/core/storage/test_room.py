"""The floor of the disk: how much is kept free of bulk data, and what counts as room."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from hearthnet_core.errors import Unavailable
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.storage import room
from hearthnet_core.storage.database import Database
from hearthnet_core.storage.room import FLOOR, GROWTH, MIB, SHARE, claim, lack

RUNTIME = SystemRuntime(1)
GIB = 1024 * MIB
LOG = 16 * MIB
Usage = namedtuple("Usage", "total used free")


def disk(monkeypatch: pytest.MonkeyPatch, free: int, total: int = 100 * GIB) -> None:
    monkeypatch.setattr(room, "disk_usage", lambda path: Usage(total, total - free, free))


@pytest.mark.parametrize(("total", "floor"), [(100 * GIB, FLOOR), (GIB, GIB // SHARE), (10 * MIB, MIB // 2)])
def test_the_floor_is_the_same_on_every_disk_but_a_small_one(
    monkeypatch: pytest.MonkeyPatch, total: int, floor: int
) -> None:
    disk(monkeypatch, floor, total)
    assert lack(Path("/data")) == ""
    disk(monkeypatch, floor - 1, total)
    assert "disk that holds /data is full" in lack(Path("/data"))


def test_what_is_still_to_come_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, FLOOR + 5 * MIB)
    assert lack(Path("/data"), 5 * MIB) == ""
    said = lack(Path("/data"), 6 * MIB)
    assert "of the 69.0 MiB left 64.0 MiB are kept for the node itself, and this may need 6.0 MiB." in said


@pytest.mark.parametrize("usage", [FileNotFoundError(2, "gone"), Usage(0, 0, 0)])
def test_a_disk_that_tells_nothing_of_itself_has_room(
    monkeypatch: pytest.MonkeyPatch, usage: Exception | Usage
) -> None:
    def told(path: Path) -> Usage:
        if isinstance(usage, Exception):
            raise usage
        return usage

    monkeypatch.setattr(room, "disk_usage", told)
    assert lack(Path("/data"), 5 * MIB) == ""


def test_the_disk_is_the_one_that_holds_the_path(tmp_path: Path) -> None:
    assert room.disk_usage is shutil.disk_usage
    assert lack(tmp_path, shutil.disk_usage(tmp_path).free + MIB)


async def test_a_database_in_memory_has_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, 0)
    database = await Database.open(None, RUNTIME)
    await database.write(lambda connection: claim(connection, 5 * MIB))
    await database.close()


async def test_text_is_counted_with_its_index_and_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = await Database.open(tmp_path / "d.db", RUNTIME)
    disk(monkeypatch, FLOOR + LOG + GROWTH * MIB)
    await database.write(lambda connection: claim(connection, MIB))
    with pytest.raises(Unavailable, match=r"The disk that holds .*d\.db is full: .* Nothing was lost; free some space"):
        await database.write(lambda connection: claim(connection, MIB + MIB // 8))
    await database.close()


async def test_what_is_still_in_the_log_is_owed_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = await Database.open(tmp_path / "d.db", RUNTIME)
    disk(monkeypatch, FLOOR + LOG)
    await database.write(lambda connection: claim(connection, 0))
    filler = "CREATE TABLE filler AS SELECT zeroblob(10000000) AS bytes"
    await database.write(lambda connection: connection.exec_driver_sql(filler) and None)
    assert (tmp_path / "d.db").stat().st_size < MIB, "all of it is in the log"
    disk(monkeypatch, FLOOR + LOG - 1_000_000)
    with pytest.raises(Unavailable):
        await database.write(lambda connection: claim(connection, 0))
    await database.close()


async def test_pages_of_deleted_documents_are_room_for_half_of_the_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(tmp_path / "d.db", RUNTIME)
    filler = "CREATE TABLE filler AS SELECT zeroblob(50000000) AS bytes"
    await database.write(lambda connection: connection.exec_driver_sql(filler) and None)
    disk(monkeypatch, FLOOR // 2 + LOG)
    with pytest.raises(Unavailable):
        await database.write(lambda connection: claim(connection, 0))
    await database.write(lambda connection: connection.exec_driver_sql("DROP TABLE filler") and None)
    await database.write(lambda connection: claim(connection, 0))
    disk(monkeypatch, FLOOR // 2 - 1)  # whatever was deleted
    with pytest.raises(Unavailable):
        await database.write(lambda connection: claim(connection, 0))
    await database.close()
