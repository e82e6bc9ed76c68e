"""The last of the disk is not for bulk data: documents, copies, vectors and models leave a floor free. What a node writes to
start at all, and what people tell each other, goes on below it."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import Connection

from hearthnet_core.errors import Unavailable

MIB = 1024 * 1024
FLOOR = 64 * MIB
"""Half of it: SQLite's log (16 MiB) and the file growing by it. The other half: the small files of a start, and thousands of
notices."""
SHARE = 20
"""Of a smaller disk no more than one part in so many is kept free."""
GROWTH = 8
"""Bytes on the disk for a byte of text at most: itself, its words in the index, and both once more in SQLite's log."""


def claim(connection: Connection, text: int) -> None:
    """Before so many bytes of text are put into this database. Raises `Unavailable` when they would reach the floor; in memory
    there is none. Pages of the file that deleted documents left count as room, for half of the floor at most."""
    path = connection.engine.url.database
    if path is None:
        return
    pages, unused, log, size = (
        int(connection.exec_driver_sql(f"PRAGMA {what}").scalar_one())
        for what in ("page_count", "freelist_count", "wal_autocheckpoint", "page_size")
    )
    # The log grows until it is taken over into the file, which then grows to all its pages.
    owed = max(0, log * size - _length(f"{path}-wal")) + max(0, pages * size - _length(path))
    if why := lack(Path(path), owed + text * GROWTH, unused * size):
        raise Unavailable(f"{why} Nothing was lost; free some space and try again.")


def lack(path: Path, coming: int = 0, unused: int = 0) -> str:
    """Empty, or a sentence that says that so many more bytes would reach the floor of the disk with this file or folder. A
    disk that tells nothing of itself has room."""
    try:
        usage = disk_usage(path)
    except OSError:
        return ""
    floor = min(FLOOR, usage.total // SHARE)
    if not floor or usage.free + min(unused, floor // 2) >= floor + coming:
        return ""
    wanted = f", and this may need {_size(coming)}" if coming >= MIB else ""
    return (
        f"The disk that holds {path} is full: of the {_size(usage.free)} left {_size(floor)} are kept for the node itself"
        f"{wanted}."
    )


def _length(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _size(count: int) -> str:
    return f"{count / MIB:.1f} MiB"
