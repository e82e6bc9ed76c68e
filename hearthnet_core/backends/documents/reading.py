"""Which reader a file is for, by its first bytes and its name; and what it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

import blake3

from hearthnet_core.backends.documents import archive, chunking, markdown
from hearthnet_core.backends.documents.document import (
    MAX_NAME,
    MAX_TITLE,
    CannotRead,
    Document,
    Section,
    Unreadable,
)
from hearthnet_core.backends.documents.zim import Zim, is_zim
from hearthnet_core.community.shown import shown

TEXT = frozenset((".md", ".markdown", ".txt", ".text", ".rst", ".log", ".csv"))
HTML = frozenset((".html", ".htm", ".xhtml"))
SUFFIXES = TEXT | HTML | {".pdf", ".docx"}
PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp"))
"""Not read by this process: `services.ingest` has them looked at."""
ARCHIVES = frozenset((".zip", ".zim"))
MAX_DOCUMENTS = 1_000_000


def documents(name: str, file: BinaryIO) -> Iterator[Document | Unreadable]:
    """What is in the file: one document, or those of an archive. Raises `CannotRead` when there is nothing at all."""
    start = file.read(4)
    file.seek(0)
    if is_zim(start):
        for count, (path, title, page) in enumerate(Zim(file).articles()):
            if count >= MAX_DOCUMENTS:
                return
            yield _alone(f"{name}/{path}", page, ".html", title)
        return
    data = file.read()
    suffix = PurePosixPath(name).suffix.casefold()
    if start == b"PK\3\4" and suffix != ".docx":
        yield from _archive(name, data)
    else:
        yield _document(name, data, suffix)


def _archive(name: str, data: bytes) -> Iterator[Document | Unreadable]:
    for member in archive.members(data, SUFFIXES):
        if isinstance(member, Unreadable):
            yield Unreadable(f"{name}/{member.name}"[:MAX_NAME], member.message)
        else:
            inside, content = member
            yield _alone(f"{name}/{inside}", content, PurePosixPath(inside).suffix.casefold())


def _alone(name: str, data: bytes, suffix: str, title: str = "") -> Document | Unreadable:
    """One of many: what breaks it breaks nothing else."""
    try:
        return _document(name, data, suffix, title)
    except CannotRead as error:
        return Unreadable(name[:MAX_NAME], str(error))
    except (MemoryError, RecursionError):
        return Unreadable(name[:MAX_NAME], "It is too large or too deep.")
    except Exception as error:  # a reader that fails over a damaged file
        return Unreadable(name[:MAX_NAME], f"It is damaged ({type(error).__name__}).")


def _document(name: str, data: bytes, suffix: str, title: str = "") -> Document:
    language, licence, pages, pictures = "", "", 0, tuple[int, ...]()
    stem = PurePosixPath(name).stem
    if data.startswith(b"%PDF-"):
        from hearthnet_core.backends.documents.pdf import pdf

        found, sections, pages, pictures = pdf(data)
    elif suffix == ".docx":
        from hearthnet_core.backends.documents.pages import docx

        found, language, sections = docx(data)
    elif suffix in HTML or data[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        from hearthnet_core.backends.documents.pages import html

        found, language, sections = html(data)
    elif suffix in TEXT or not suffix:
        front, text = markdown.front_matter(markdown.decoded(data))
        found = front.get("title") or markdown.first_heading(text)
        language, licence = front.get("language", "")[:20], front.get("licence", "")[:200]
        sections = markdown.sections(text, title or found or stem)
    elif suffix in PICTURES:
        raise CannotRead("This is no picture, or a damaged one; save it as JPEG, PNG or WebP.")
    else:
        raise CannotRead(
            f"Files that end in {suffix[:12]} are not read here; save it as PDF, Word, HTML, text or JPEG."
        )
    title = shown(title or found or stem)[:MAX_TITLE]
    pieces = tuple(chunking.pieces(_headed(sections, title)))
    if not pieces and not pictures:
        raise CannotRead("There is no text in it.")
    return Document(
        name=shown(name)[:MAX_NAME],
        title=title,
        cid=blake3.blake3(data).digest(),
        pieces=pieces,
        language=language,
        licence=licence,
        pages=pages,
        pictures=pictures,
    )


def _headed(sections: list[Section], title: str) -> Iterator[Section]:
    return (Section(shown(s.heading) or title, s.text, s.page) for s in sections)
