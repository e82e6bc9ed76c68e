"""What a file becomes."""

from __future__ import annotations

import msgspec

MAX_NAME = 300
MAX_TITLE = 200
MAX_HEADING = 300


class Section(msgspec.Struct, frozen=True):
    """What a reader finds: text in paragraphs (an empty line between two) under one heading, on one page if it has pages."""

    heading: str
    text: str
    page: int | None = None


class Piece(msgspec.Struct, frozen=True):
    """One passage under the nearest heading; `page` counts from 1."""

    heading: str
    text: str
    page: int | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """`cid` is the BLAKE3 of the file's bytes. `pages` is 0 where there are none; `pictures` are the pages without text."""

    name: str
    title: str
    cid: bytes
    pieces: tuple[Piece, ...]
    language: str = ""
    licence: str = ""
    pages: int = 0
    pictures: tuple[int, ...] = ()


class Unreadable(msgspec.Struct, frozen=True):
    """A file, or one of those inside an archive, that gave nothing, and why."""

    name: str
    message: str


class CannotRead(Exception):
    """A reader's sentence for the person whose file it is."""
