"""Files of every kind, made here."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
from typing import Any

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def pdf(*pages: str, title: str = "", outline: dict[int, str] | None = None, password: str = "") -> bytes:
    """A page for each text; an empty one is a picture of nothing."""
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=A4, encrypt=password or None)
    canvas.setTitle(title)
    for number, text in enumerate(pages, 1):
        if outline and number in outline:
            canvas.bookmarkPage(str(number))
            canvas.addOutlineEntry(outline[number], str(number))
        for n, line in enumerate(text.split("\n")):
            canvas.drawString(60, 780 - 16 * n, line)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def word(*blocks: tuple[str, str] | list[list[str]]) -> bytes:
    """(style, text) paragraphs and tables."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, list):
            table = document.add_table(len(block), len(block[0]))
            for row, cells in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            style, text = block
            document.add_paragraph(text, style=style)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def zipped(files: dict[str, bytes], **options: Any) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def zim(articles: list[tuple[str, str, bytes]], packing: int = 5) -> bytes:
    """(path, title, HTML) in one cluster; besides a redirect and a picture, which are no articles."""
    types = b"text/html\0image/png\0\0"
    blobs = [content for _, _, content in articles] + [b"\x89PNG"]
    first = 4 * (len(blobs) + 1)
    offsets, at = [], first
    for blob in blobs:
        offsets.append(at)
        at += len(blob)
    content = struct.pack(f"<{len(blobs) + 1}I", *offsets, at) + b"".join(blobs)
    if packing == 5:
        from compression import zstd

        content = zstd.compress(content)
    elif packing == 4:
        content = lzma.compress(content)
    entries = [
        struct.pack("<HBcIII", 0, 0, b"C", 0, 0, n) + path.encode() + b"\0" + title.encode() + b"\0"
        for n, (path, title, _) in enumerate(articles)
    ]
    entries.append(struct.pack("<HBcIII", 1, 0, b"C", 0, 0, len(articles)) + b"logo.png\0\0")
    entries.append(struct.pack("<HBcII", 0xFFFF, 0, b"C", 0, 0) + b"old\0Old name\0")
    head = 80
    urls = head + len(types)
    directory = urls + 8 * len(entries)
    pointers, at = [], directory
    for entry in entries:
        pointers.append(at)
        at += len(entry)
    clusters = at
    cluster = clusters + 8
    body = types + struct.pack(f"<{len(entries)}Q", *pointers) + b"".join(entries) + struct.pack("<Q", cluster)
    body += bytes([packing]) + content
    none = 0xFFFFFFFF
    return (
        struct.pack(
            "<IHH16sIIQQQQIIQ",
            72173914,
            6,
            1,
            bytes(16),
            len(entries),
            1,
            urls,
            urls,
            clusters,
            head,
            none,
            none,
            head + len(body),
        )
        + body
        + bytes(16)
    )
