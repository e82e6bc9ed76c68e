"""What may be given to programs and models as a picture: JPEG, PNG or WebP of a bearable size, told by its own bytes."""

from __future__ import annotations

import struct

from hearthnet_core.errors import BadRequest

MAX_PIXELS = 50_000_000
MAX_SCANS = 64
"""Of a progressive JPEG: each is decoded over the whole picture, and a hundred bytes long if it says nothing. Usual are ten."""
MAX_SEGMENTS = 4_096
"""Looked at for a JPEG's size: a picture of nothing but padding would keep the node busy for seconds."""


def is_image(start: bytes) -> bool:
    """By the first twelve bytes of a file."""
    return start.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (
        start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    )


def check_image(image: bytes) -> str:
    """The media type. Raises `BadRequest` for anything else, and for a picture of more than `MAX_PIXELS`."""
    kind, size = _png(image) or _jpeg(image) or _webp(image) or ("", (0, 0))
    if not kind:
        raise BadRequest("This is no picture; send a JPEG, PNG or WebP file.")
    if kind == "image/jpeg" and image.count(b"\xff\xda") > MAX_SCANS:
        raise BadRequest("This JPEG is drawn again and again without end; save it anew.")
    width, height = size
    if not 0 < width * height <= MAX_PIXELS:
        raise BadRequest(f"This picture has {width} × {height} pixels; send a smaller one.")
    return kind


def _png(image: bytes) -> tuple[str, tuple[int, int]] | None:
    if image[:8] != b"\x89PNG\r\n\x1a\n" or image[12:16] != b"IHDR" or len(image) < 24:
        return None
    return "image/png", struct.unpack(">II", image[16:24])


def _jpeg(image: bytes) -> tuple[str, tuple[int, int]] | None:
    """The frame header (SOF0 … SOF15) holds the size; segments before it are skipped by their lengths."""
    if image[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    for _ in range(MAX_SEGMENTS):
        if at + 9 > len(image) or image[at] != 0xFF:
            break
        marker = image[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", image[at + 5 : at + 9])
            return "image/jpeg", (width, height)
        if marker == 0xFF or 0xD0 <= marker <= 0xD9 or marker == 0x01:  # padding, or markers without a length
            at += 1 if marker == 0xFF else 2
        else:
            at += 2 + max(2, int.from_bytes(image[at + 2 : at + 4]))
    return None


def _webp(image: bytes) -> tuple[str, tuple[int, int]] | None:
    if image[:4] != b"RIFF" or image[8:12] != b"WEBP" or len(image) < 30:
        return None
    form = image[12:16]
    if form == b"VP8 ":
        width, height = struct.unpack("<HH", image[26:30])
        return "image/webp", (width & 0x3FFF, height & 0x3FFF)
    if form == b"VP8L":
        bits = int.from_bytes(image[21:25], "little")
        return "image/webp", ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if form == b"VP8X":
        return "image/webp", (int.from_bytes(image[24:27], "little") + 1, int.from_bytes(image[27:30], "little") + 1)
    return None
