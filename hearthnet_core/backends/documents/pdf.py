"""PDF, its page numbers kept. Pages without text are pictures; who can read those is asked later."""

from __future__ import annotations

import io
import logging
from typing import Any

from hearthnet_core.backends.documents.document import MAX_HEADING, MAX_TITLE, CannotRead, Section

MAX_PAGES = 5_000
LEAST_LETTERS = 20
MAX_OUTLINE = 2_000
NO_TITLE = ("untitled", "unnamed", "unbenannt", "ohne titel")
"""What programs write when nobody gave one."""


def pdf(data: bytes) -> tuple[str, list[Section], int, tuple[int, ...]]:
    """(title, sections, pages, those that are pictures). Raises `CannotRead`."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every flaw it mends
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CannotRead("This PDF is protected by a password; save it without one.")
        pages = len(reader.pages)
    except CannotRead:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise CannotRead(f"This PDF is damaged ({type(error).__name__}).") from None
    if pages > MAX_PAGES:
        raise CannotRead(f"This PDF has {pages} pages; split it into parts of at most {MAX_PAGES}.")
    title = _title(reader)
    chapters = _chapters(reader)
    heading = title
    sections: list[Section] = []
    pictures: list[int] = []
    broken = 0
    for number in range(1, pages + 1):
        heading = chapters.get(number, heading)
        try:
            text = _sayable(reader.pages[number - 1].extract_text())
        except Exception:  # one broken page must not cost the others
            broken += 1
            continue
        if len(text.strip()) < LEAST_LETTERS:
            pictures.append(number)
        if text.strip():
            sections.append(Section(heading[:MAX_HEADING], text, number))
    if pages and broken == pages:
        raise CannotRead("This PDF is damaged: none of its pages can be read.")
    return title, sections, pages, tuple(pictures)


def _sayable(text: str) -> str:
    """Fonts may say halves of characters: pairs are put together, what is alone nobody could write down."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _title(reader: Any) -> str:
    try:
        title = _sayable(str((reader.metadata or {}).get("/Title") or "")).strip()[:MAX_TITLE]
        return "" if title.casefold() in NO_TITLE else title
    except Exception:
        return ""


def _chapters(reader: Any) -> dict[int, str]:
    """page → the heading that begins there, from the outline."""
    found: dict[int, str] = {}

    def walk(items: list[Any], depth: int) -> None:
        for item in items:
            if len(found) >= MAX_OUTLINE or depth > 4:
                return
            if isinstance(item, list):
                walk(item, depth + 1)
            else:
                number = reader.get_destination_page_number(item)
                if number is not None and number >= 0 and (heading := _sayable(str(item.title or "")).strip()):
                    found.setdefault(number + 1, heading)

    try:
        walk(reader.outline, 0)
    except Exception:  # an outline is a convenience
        return {}
    return found
