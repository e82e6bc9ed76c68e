"""HTML, and Word documents by way of it. Nothing a page names is fetched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, Tag

from hearthnet_core.backends.documents.document import MAX_HEADING, MAX_TITLE, CannotRead, Section

MAX_UNPACKED = 128 * 1024 * 1024
MAX_DEPTH = 200
_DROPPED = (
    "script",
    "style",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "noscript",
    "template",
    "svg",
    "iframe",
    "head",
)
_HEADINGS = ("h1", "h2", "h3", "h4")
_BLOCKS = frozenset(
    "address article blockquote body dd details div dl dt figcaption figure h5 h6 hr li main ol p pre section table tr ul".split()
)


def html(data: bytes | str) -> tuple[str, str, list[Section]]:
    """(title, language, sections)."""
    soup = BeautifulSoup(data, "html.parser")
    root = soup.find("html")
    language = str(root.get("lang") or "")[:20] if isinstance(root, Tag) else ""
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    if not title and (first := soup.find("h1")) is not None:
        title = first.get_text(" ", strip=True)
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    heading, lines = title, list[str]()
    found: list[Section] = []
    for kind, text in _told(soup, 0):
        if kind != "heading":
            lines.append(text)
            continue
        if (body := _paragraphs(lines)).strip():
            found.append(Section(heading[:MAX_HEADING], body))
        heading, lines = text, []
    if (body := _paragraphs(lines)).strip():
        found.append(Section(heading[:MAX_HEADING], body))
    return title[:MAX_TITLE], language, found


def docx(data: bytes) -> tuple[str, str, list[Section]]:
    """As `html`. Raises `CannotRead`."""
    import mammoth

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                raise CannotRead("This document unpacks to more than it may.")
        made = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(lambda image: {}))
    except CannotRead:
        raise
    except Exception as error:  # a damaged file breaks the library in many places
        raise CannotRead(f"This Word document is damaged ({type(error).__name__}).") from None
    return html(str(made.value))


def _told(tag: Tag, depth: int) -> Iterator[tuple[str, str]]:
    """(`text`, `break` or `heading`, its words)."""
    if depth > MAX_DEPTH:
        yield "text", tag.get_text(" ", strip=True)
        return
    for child in tag.children:
        if isinstance(child, Tag):
            if child.name in _HEADINGS:
                yield "heading", " ".join(child.get_text(" ").split())
            elif child.name == "table":
                yield "text", "\n\n" + "\n".join(_rows(child)) + "\n\n"
            elif child.name == "pre":
                yield "text", "\n\n" + child.get_text() + "\n\n"
            elif child.name == "br":
                yield "text", "\n"
            elif child.name in _BLOCKS:
                yield "text", "\n- " if child.name == "li" else "\n\n"
                yield from _told(child, depth + 1)
                yield "text", "\n" if child.name == "li" else "\n\n"
            else:
                yield from _told(child, depth + 1)
        elif isinstance(child, NavigableString) and not isinstance(child, Comment):
            words = " ".join(child.split())
            if words:
                before = " " if child[:1].isspace() else ""
                yield "text", before + words + (" " if child[-1:].isspace() else "")
            elif child:
                yield "text", " "


def _rows(table: Tag) -> Iterator[str]:
    for row in table.find_all("tr"):
        cells = [" ".join(cell.get_text(" ").split()) for cell in row.find_all(("td", "th"))]
        if any(cells):
            yield " | ".join(cells)


def _paragraphs(parts: list[str]) -> str:
    """Blocks apart by one empty line, no space at the ends of lines; none between the items of a list."""
    kept: list[str] = []
    apart = False
    for line in (line.strip() for line in "".join(parts).split("\n")):
        if not line:
            apart = True
        elif line != "-":
            if apart and kept and not (kept[-1].startswith("- ") and line.startswith("- ")):
                kept.append("")
            kept.append(line)
            apart = False
    return "\n".join(kept)
