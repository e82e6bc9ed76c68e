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
    """One passage. `heading` is the path to it, ` › ` between two levels; `page` counts from 1."""

    heading: str
    text: str
    page: int | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """`cid` is the BLAKE3 of the file's bytes, hex. `pages` is 0 where there are none; `pictures` are the pages without text."""

    name: str
    title: str
    cid: str
    pieces: tuple[Piece, ...]
    language: str = ""
    licence: str = ""
    pages: int = 0
    pictures: tuple[int, ...] = ()
