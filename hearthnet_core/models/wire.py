"""What msgspec raises for bytes it cannot read: bad UTF-8 and deep nesting are no `DecodeError` to it."""

from __future__ import annotations

import msgspec

UNREADABLE: tuple[type[Exception], ...] = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError)
