"""An engine's HTTP refusals in HearthNet's words. What an engine writes is quoted short, on one line, as data."""

from __future__ import annotations

from typing import Any

import msgspec

from hearthnet_core.errors import (
    CapacityExceeded,
    HearthNetError,
    NotFound,
    SchemaMismatch,
    Timeout,
    Unauthorized,
    Unavailable,
)

MAX_QUOTE = 200
MAX_RETRY_S = 3600
DEFAULT_RETRY_MS = 1000


def refusal(
    engine: str, status: int, body: bytes | str, retry_after: str | None = None, model: str = ""
) -> HearthNetError:
    """The error a response with this status stands for. What one engine cannot take is `SchemaMismatch`, so that the
    router asks another one and holds nothing against this one's health."""
    said = quoted(body)
    wait = _milliseconds(retry_after)
    match status:
        case 401 | 403:
            return Unauthorized(f"{engine} refuses the key; check its secret in the configuration.")
        case 404:
            return NotFound(
                f"{engine} has no model called {model[:60]!r}." if model else f"{engine} does not know that{said}."
            )
        case 408 | 504:
            return Timeout(f"{engine} ran out of time{said}.")
        case 429:
            return CapacityExceeded(f"{engine} is busy{said}.", retry_after_ms=wait or DEFAULT_RETRY_MS)
        case 400 | 413 | 422:
            return SchemaMismatch(f"{engine} does not take this request{said}.")
        case 503:
            return Unavailable(f"{engine} is not ready{said}.", retry_after_ms=wait or DEFAULT_RETRY_MS)
        case _ if 300 <= status < 400:
            return Unavailable(f"{engine} sends us elsewhere; write its final address into the configuration.")
        case _:
            return Unavailable(f"{engine} failed with status {status}{said}.", retry_after_ms=wait)


def quoted(body: bytes | str) -> str:
    """`: "…"` with the engine's own message, or nothing when it says none."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        text = message_of(msgspec.json.decode(text)) or ""
    except (msgspec.DecodeError, RecursionError):
        pass
    plain = " ".join("".join(c if c.isprintable() else " " for c in text[: MAX_QUOTE * 4]).split())[:MAX_QUOTE].rstrip(
        "."
    )
    return f': "{plain}"' if plain and not plain.startswith("<") else ""


def message_of(value: Any) -> str | None:
    """The text in `{"error": "…"}`, `{"error": {"message": "…"}}` or `{"message": "…"}`."""
    for _ in range(3):
        if isinstance(value, str):
            return value
        if not isinstance(value, dict):
            return None
        value = value.get("error", value.get("message", value.get("detail")))
    return None


def _milliseconds(retry_after: str | None) -> int | None:
    """Only the form in seconds; a date would need a clock that may be wrong."""
    if retry_after is None or not retry_after.strip().isdecimal() or len(retry_after) > 9:
        return None
    return min(int(retry_after), MAX_RETRY_S) * 1000
