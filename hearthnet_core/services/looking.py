"""One look into a watched folder: which files are there. Blocking; it runs off the event loop."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path, PurePath
from typing import BinaryIO

import blake3
import msgspec

from hearthnet_core.backends.documents.reading import ARCHIVES, PICTURES, SUFFIXES
from hearthnet_core.services.watched import Stamp

MAX_FILES = 50_000
MAX_PATH = 1_000
BLOCK = 1024 * 1024
_WAY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Look(msgspec.Struct, frozen=True):
    """`whole`: everything that is there was seen, so that what is missing is gone. `problem`: a sentence, or empty."""

    device: str
    files: dict[str, Stamp]
    whole: bool
    problem: str = ""


def look(folder: Path) -> Look:
    """Regular files that can be read, by their path within the folder. Links are not followed, hidden files left alone."""
    problems: list[str] = []

    def failed(error: OSError) -> None:
        problems.append(f"{error.filename} cannot be read: {error.strerror}.")

    try:
        device = str(folder.stat().st_dev)
    except OSError as error:
        return Look("", {}, False, f"{folder} cannot be read: {error.strerror}. What was read from it is kept.")
    found: dict[str, Stamp] = {}
    for where, below, names in os.walk(folder, onerror=failed):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            path = Path(where, name)
            if not _wanted(name) or (stamp := stamp_of(path)) is None:
                continue
            inside = str(path.relative_to(folder))
            if len(inside) > MAX_PATH or not _speakable(inside):
                problems.append("A file whose path is too long or no text was left out; rename it.")
            elif len(found) >= MAX_FILES:
                problems.append(f"{folder} has more than {MAX_FILES} files; the others are not read.")
                return Look(device, found, False, problems[-1])
            else:
                found[inside] = stamp
    return Look(device, found, not problems, problems[0] if problems else "")


def stamp_of(path: Path) -> Stamp | None:
    """None for what is no regular file, or gone."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def opened(folder: Path, path: str) -> BinaryIO:
    """The regular file at `path` in the folder, to be read. No part of the way within the folder may be a link: who may write
    there must not show us what lies elsewhere. Raises `OSError`."""
    *above, name = PurePath(path).parts
    at = os.open(folder, _WAY)
    try:
        for part in above:
            inner = os.open(part, _WAY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inner
        found = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
    finally:
        os.close(at)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise OSError(errno.EINVAL, "it is no file", path)
    return open(found, "rb")


def hash_of(file: BinaryIO) -> bytes:
    """BLAKE3, in bounded memory; the file stands at its beginning afterwards. Raises `OSError`."""
    made = blake3.blake3()
    while block := file.read(BLOCK):
        made.update(block)
    file.seek(0)
    return made.digest()


def _wanted(name: str) -> bool:
    return not name.startswith((".", "~$")) and PurePath(name).suffix.casefold() in SUFFIXES | ARCHIVES | PICTURES


def _speakable(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
