"""Markdown and plain text, given as text: what stands before it, and its passages."""

from __future__ import annotations

import re

CHUNK_LETTERS = 900


def front_matter(raw: str) -> tuple[dict[str, str], str]:
    """(fields, the rest) of a text that begins with `---`."""
    match = re.match(r"\A---\n(.*?)\n---\n", raw, re.S)
    if not match:
        return {}, raw
    fields = dict(re.findall(r"^(\w+):[ \t]*(.+)$", match[1], re.M))
    return fields, raw[match.end() :]


def pieces(body: str, title: str) -> list[tuple[str, str]]:
    """(heading, text) of at most about `CHUNK_LETTERS`, cut at headings and paragraphs."""
    found: list[tuple[str, str]] = []
    heading = title
    for section in re.split(r"(?m)^(?=#{1,4}\s)", body):
        lines = section.strip()
        if not lines:
            continue
        if match := re.match(r"#{1,4}\s+(.+)\n?", lines):
            heading = match[1].strip()[:200]
            lines = lines[match.end() :]
        held = ""
        for paragraph in re.split(r"\n\s*\n", lines):
            for piece in _cut(paragraph.strip()):
                if held and len(held) + len(piece) > CHUNK_LETTERS:
                    found.append((heading, held))
                    held = ""
                held = f"{held}\n\n{piece}" if held else piece
        if held:
            found.append((heading, held))
    return found


def _cut(paragraph: str) -> list[str]:
    if len(paragraph) <= CHUNK_LETTERS:
        return [paragraph] if paragraph else []
    parts, held = [], ""
    for sentence in re.split(r"(?<=[.!?])\s+", paragraph):
        for at in range(0, len(sentence), CHUNK_LETTERS):
            piece = sentence[at : at + CHUNK_LETTERS]
            if held and len(held) + len(piece) > CHUNK_LETTERS:
                parts.append(held)
                held = ""
            held = f"{held} {piece}".strip()
    return [*parts, held] if held else parts
