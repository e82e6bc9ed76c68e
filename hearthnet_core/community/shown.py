"""What neighbours wrote, fit for a screen. What was signed stays as it was; only its display is cleaned."""

from __future__ import annotations

import unicodedata

_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Invisible; they make text read in another order than it is written."""


def shown(text: str, *, lines: bool = False) -> str:
    """Without control characters and invisible ones that reorder text; on one line, or keeping its `lines`."""
    kept = []
    for character in text.replace("\r\n", "\n"):
        if character in "\n\r\u2028\u2029":
            kept.append("\n" if lines else " ")
        elif character == "\t":
            kept.append(" ")
        elif unicodedata.category(character) not in ("Cc", "Cs", "Cn") and character not in _TURNS:
            kept.append(character)
    return "".join(kept).strip()
