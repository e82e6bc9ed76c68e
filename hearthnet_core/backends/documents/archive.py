"""ZIP archives of pages: each file in one is a document of its own. Their paths are names here, nothing is unpacked to disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from hearthnet_core.backends.documents.document import CannotRead, Unreadable

MAX_FILES = 20_000
MAX_FILE = 64 * 1024 * 1024
MAX_UNPACKED = 1024 * 1024 * 1024
ARCHIVES = (".zip", ".zim", ".tar", ".gz", ".7z", ".rar", ".bz2", ".xz", ".zst")


def members(data: bytes, readable: frozenset[str]) -> Iterator[tuple[str, bytes] | Unreadable]:
    """(name, bytes) of each file whose suffix is `readable`. Raises `CannotRead` for a broken archive, or one too large."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise CannotRead(f"This archive is damaged ({error}).") from None
    with archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        if len(files) > MAX_FILES:
            raise CannotRead(f"This archive has {len(files)} files; {MAX_FILES} is the most.")
        left = MAX_UNPACKED
        for info in files:
            name, suffix = info.filename, PurePosixPath(info.filename).suffix.casefold()
            if suffix in ARCHIVES:
                yield Unreadable(name, "An archive inside an archive is not opened; add it by itself.")
            elif suffix in readable:
                try:
                    with archive.open(info) as file:
                        content = file.read(MAX_FILE + 1)
                except Exception as error:  # each way of packing breaks in its own words
                    yield Unreadable(name, f"It cannot be unpacked ({error}).")
                    continue
                left -= len(content)
                if left < 0:
                    raise CannotRead("This archive unpacks to more than it may.")
                if len(content) > MAX_FILE:
                    yield Unreadable(name, "It is too large.")
                else:
                    yield name, content
