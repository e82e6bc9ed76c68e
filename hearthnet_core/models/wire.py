"""What msgspec raises for bytes it cannot read (bad UTF-8 and deep nesting are no `DecodeError` to it) and for values it
cannot write, and the one form in which signed values are written."""

from __future__ import annotations

import msgspec

from hearthnet_core.errors import BadRequest

UNREADABLE: tuple[type[Exception], ...] = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError)
UNSPEAKABLE: tuple[type[Exception], ...] = (OverflowError, TypeError, ValueError, NotImplementedError, RecursionError)

MAX_NESTING = 16


def check_canonical(raw: bytes) -> None:
    """Raises `BadRequest` for a value that is not in its shortest form, holds a key twice or nests deeper than
    `MAX_NESTING`: two readers could see two things in it, also in parts that neither knows."""
    value = msgspec.msgpack.decode(raw)
    _check_nesting(value)
    if msgspec.msgpack.encode(value) != raw:
        raise BadRequest("A signed value is not written in its shortest form, or holds a key twice.")


def _check_nesting(value: object) -> None:
    level: list[object] = [value]
    for _ in range(MAX_NESTING + 1):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below += item.keys()
                below += item.values()
            elif isinstance(item, list | tuple):
                below += item
        if not below:
            return
        level = below
    raise BadRequest(f"A signed value nests deeper than {MAX_NESTING}.")
