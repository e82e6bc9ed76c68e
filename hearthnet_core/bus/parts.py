"""How many values a MessagePack body holds, told before any of them is made.

An empty map is one byte on the wire and 64 in memory: 20 MiB of them would become 1.5 GB and stop the node for seconds.
"""

from __future__ import annotations

MAX_PARTS = 64 * 1024
"""Of a large body: pictures and sound are one each."""
_SIZED = {
    0xCA: 5, 0xCB: 9, 0xCC: 2, 0xCD: 3, 0xCE: 5, 0xCF: 9, 0xD0: 2, 0xD1: 3, 0xD2: 5, 0xD3: 9, 0xD4: 3, 0xD5: 4, 0xD6: 6,
    0xD7: 10, 0xD8: 18, 0xDC: 3, 0xDD: 5, 0xDE: 3, 0xDF: 5,
}  # fmt: skip
"""Bytes of what has a fixed size; of arrays and maps those of their head, their items follow."""
_COUNTED = {
    0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1), 0xD9: (1, 0), 0xDA: (2, 0),
    0xDB: (4, 0),
}  # fmt: skip
"""(bytes that say the length, bytes of a type) of text, bytes and extensions."""


def holds_more(raw: bytes, most: int = MAX_PARTS) -> bool:
    """Are there more than `most` values in it? Whether they make sense is not asked."""
    at, count, end = 0, 0, len(raw)
    while at < end:
        count += 1
        if count > most:
            return True
        kind = raw[at]
        if 0xA0 <= kind <= 0xBF:
            at += 1 + (kind & 0x1F)
        elif kind in _COUNTED:
            width, more = _COUNTED[kind]
            at += 1 + width + more + int.from_bytes(raw[at + 1 : at + 1 + width])
        else:
            at += _SIZED.get(kind, 1)
    return False
