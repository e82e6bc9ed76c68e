"""Markdown and plain text."""

from __future__ import annotations

import codecs
import re

from hearthnet_core.backends.documents.document import MAX_HEADING, CannotRead, Section

MAX_RUBBISH = 0.02
"""Share of control characters above which bytes are no text."""
MAX_HEADING_LINE = 1_000
"""A longer line is none: looking for where it ends would take the square of its length."""
_HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*#*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with or without its mark, or Windows' western letters. Raises `CannotRead` for what is no text."""
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    odd = sum(c < " " and c not in "\n\t\f" for c in text[:100_000])
    if odd > MAX_RUBBISH * min(len(text), 100_000):
        raise CannotRead("This is no text.")
    return text


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    sample = data[:4_000]
    if sample and len(data) % 2 == 0 and sample.count(0) > len(sample) // 4:
        return data.decode("utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """(fields between two lines of `---` at the beginning, the rest)."""
    match = re.match(r"\A---\n(.{0,10000}?)\n---\n", text, re.S)
    if not match:
        return {}, text
    return dict(re.findall(r"^(\w+):[ \t]*(.+)$", match[1], re.M)), text[match.end() :]


def sections(text: str, title: str) -> list[Section]:
    """One for each heading, code between fences looked past."""
    found: list[Section] = []
    heading, lines, fenced = title, list[str](), False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        if not fenced and (match := _heading(line)):
            if "".join(lines).strip():
                found.append(Section(heading, "\n".join(lines)))
            heading, lines = match[1][:MAX_HEADING], []
        else:
            lines.append(line)
    if "".join(lines).strip():
        found.append(Section(heading, "\n".join(lines)))
    return found


def first_heading(text: str) -> str:
    return next((m[1] for line in text.split("\n") if (m := _heading(line))), "")


def _heading(line: str) -> re.Match[str] | None:
    return _HEADING.match(line) if len(line) <= MAX_HEADING_LINE else None
