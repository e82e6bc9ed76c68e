"""ZIM archives (Wikipedia offline and others), read from their open format: openzim.org, "ZIM file format".

A header, a list of MIME types, pointers to directory entries, and clusters of blobs that are plain, xz or Zstandard. Only a
few clusters are in memory at once, however large the file is.
"""

from __future__ import annotations

import itertools
import lzma
import struct
from collections import OrderedDict
from collections.abc import Iterator
from typing import BinaryIO

from hearthnet_core.backends.documents.document import CannotRead

MAGIC = 72173914
HEADER = struct.Struct("<IHH16sIIQQQQIIQ")
MAX_TYPES = 1_000
MAX_ENTRY = 8 * 1024
MAX_CLUSTER = 64 * 1024 * 1024
MAX_ARTICLES = 20_000_000
KEPT = 4
PLAIN, XZ, ZSTD = (0, 1), 4, 5


def is_zim(start: bytes) -> bool:
    return len(start) >= 4 and struct.unpack("<I", start[:4])[0] == MAGIC


class Zim:
    """Raises `CannotRead` for what is no ZIM, damaged, or packed in a way this machine cannot unpack."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        head = self._at(0, HEADER.size)
        if len(head) < HEADER.size or not is_zim(head):
            raise CannotRead("This is no ZIM archive.")
        (_, _, _, _, self._entries, self._count, self._urls, _, self._clusters, types, *_) = HEADER.unpack(head)
        if self._entries > MAX_ARTICLES:
            raise CannotRead("This ZIM archive says it has more articles than there can be.")
        self._types = self._mime_types(types)
        self._kept: OrderedDict[int, tuple[bytes, list[int]]] = OrderedDict()

    def articles(self) -> Iterator[tuple[str, str, bytes]]:
        """(path, title, HTML) of each article."""
        html = {n for n, kind in enumerate(self._types) if kind.startswith("text/html")}
        for n in range(self._entries):
            (where,) = struct.unpack("<Q", self._whole(self._urls + 8 * n, 8))
            entry = self._at(where, MAX_ENTRY)
            if len(entry) < 16:
                raise CannotRead("This ZIM archive is damaged.")
            kind, _, namespace = struct.unpack("<HBc", entry[:4])
            if kind not in html or namespace not in (b"A", b"C"):
                continue
            cluster, blob = struct.unpack("<II", entry[8:16])
            path, _, rest = entry[16:].partition(b"\0")
            title = rest.partition(b"\0")[0] or path
            yield path.decode(errors="replace"), title.decode(errors="replace"), self._blob(cluster, blob)

    def _mime_types(self, at: int) -> list[str]:
        raw = self._at(at, 64 * 1024)
        return [kind.decode(errors="replace") for kind in raw.partition(b"\0\0")[0].split(b"\0")][:MAX_TYPES]

    def _blob(self, cluster: int, blob: int) -> bytes:
        content, offsets = self._cluster(cluster)
        if blob + 1 >= len(offsets):
            raise CannotRead("This ZIM archive is damaged.")
        return content[offsets[blob] : offsets[blob + 1]]

    def _cluster(self, number: int) -> tuple[bytes, list[int]]:
        if number in self._kept:
            self._kept.move_to_end(number)
            return self._kept[number]
        if number >= self._count:
            raise CannotRead("This ZIM archive is damaged.")
        (where,) = struct.unpack("<Q", self._whole(self._clusters + 8 * number, 8))
        following = self._at(self._clusters + 8 * (number + 1), 8) if number + 1 < self._count else b""
        end = struct.unpack("<Q", following)[0] if len(following) == 8 else where + MAX_CLUSTER
        info = self._whole(where, 1)[0]
        content = self._unpacked(info & 0x0F, self._at(where + 1, min(MAX_CLUSTER, max(1, end - where - 1))))
        size, form = (8, "Q") if info & 0x10 else (4, "I")
        if len(content) < size:
            raise CannotRead("This ZIM archive is damaged.")
        (first,) = struct.unpack(f"<{form}", content[:size])
        if not size <= first <= len(content) or first % size:
            raise CannotRead("This ZIM archive is damaged.")
        offsets = list(struct.unpack(f"<{first // size}{form}", content[:first]))
        if any(b < a for a, b in itertools.pairwise(offsets)) or offsets[-1] > len(content):
            raise CannotRead("This ZIM archive is damaged.")
        self._kept[number] = content, offsets
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[number]

    def _unpacked(self, packing: int, raw: bytes) -> bytes:
        try:
            if packing in PLAIN:
                return raw
            if packing == XZ:
                return lzma.LZMADecompressor(memlimit=256 * 1024 * 1024).decompress(raw, MAX_CLUSTER)
            if packing == ZSTD:
                return _zstandard(raw)
        except (lzma.LZMAError, EOFError, ValueError) as error:
            raise CannotRead(f"This ZIM archive is damaged ({error}).") from None
        raise CannotRead("This ZIM archive is packed in a way that is not known here.")

    def _at(self, where: int, size: int) -> bytes:
        """At most `size` bytes from there."""
        try:
            self._file.seek(where)
            return self._file.read(size)
        except (OSError, OverflowError, ValueError):
            raise CannotRead("This ZIM archive is damaged.") from None

    def _whole(self, where: int, size: int) -> bytes:
        if len(raw := self._at(where, size)) != size:
            raise CannotRead("This ZIM archive is damaged.")
        return raw


def _zstandard(raw: bytes) -> bytes:
    try:
        from compression import zstd
    except ImportError:
        try:
            from backports import zstd  # type: ignore[no-redef,import-not-found,unused-ignore]
        except ImportError:
            raise CannotRead("This ZIM archive needs Zstandard: use Python 3.14, or install backports.zstd.") from None
    try:
        content: bytes = zstd.ZstdDecompressor().decompress(raw, MAX_CLUSTER)
    except zstd.ZstdError as error:
        raise CannotRead(f"This ZIM archive is damaged ({error}).") from None
    return content
