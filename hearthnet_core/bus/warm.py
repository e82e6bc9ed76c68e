"""Which engine has the beginning of a request in its memory: it need not read that again.

Pure: `now` is an argument. An engine is taken to keep one beginning for each of its slots, for `WARM_S`; kept here are
hashes, never text. What one caller's conversation is called says nothing about another's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import blake3
import msgspec

from hearthnet_core.bus.health import Key
from hearthnet_core.capability import Call
from hearthnet_core.models.wire import UNSPEAKABLE

WARM_S = 600.0
MAX_CONVERSATIONS = 200
MAX_ENGINES = 200
MAX_SLOTS = 8
MAX_TURNS = 16
LEAST_CHARS = 200
FULL_CHARS = 2_000
"""A shared beginning this long counts as much as the same conversation; one below `LEAST_CHARS` not at all."""

type Beginning = tuple[bytes, int]
"""(hash, characters) of everything up to some turn."""


class Warmth(msgspec.Struct, frozen=True):
    """`share` is 0…1: 1 for all of it, `FREE` for nothing of it but a free place, 0 where it would take the place of what
    is ready for others."""

    share: float
    why: str


FREE = 0.25
COLD = Warmth(FREE, "new to this conversation")
TAKEN = Warmth(0.0, "keeps other conversations ready, which this one would push out")


class Warm:
    """What this node has seen engines answer, bounded: the longest unused is forgotten first."""

    def __init__(self) -> None:
        self._conversations: OrderedDict[tuple[bytes | None, str], Key] = OrderedDict()
        self._engines: OrderedDict[Key, tuple[int, OrderedDict[tuple[Beginning, ...], float]]] = OrderedDict()

    def of(self, call: Call, now: float) -> dict[Key, Warmth]:
        """Who has how much of this call ready; the others are cold."""
        found: dict[Key, Warmth] = {}
        if not self._engines:
            return found
        if begun := _beginnings(call.body):
            for key, (places, kept) in self._engines.items():
                lively = [chain for chain, at in kept.items() if now - at < WARM_S and chain[-1][1] >= LEAST_CHARS]
                chars = max((_shared(begun, chain) for chain in lively), default=0)
                if chars >= LEAST_CHARS:
                    why = f"has the first {chars:,} characters of this ready"
                    found[key] = Warmth(FREE + (1 - FREE) * min(1.0, chars / FULL_CHARS), why)
                elif len(lively) >= places:
                    found[key] = TAKEN
        if (same := self._conversations.get(_conversation(call))) is not None:
            found[same] = Warmth(1.0, "answered earlier in this conversation")
        return found

    def answered(self, call: Call, key: Key, slots: int, now: float) -> None:
        begun = tuple(_beginnings(call.body))
        if not begun:
            return
        places = min(max(1, slots), MAX_SLOTS)
        kept = self._engines[key][1] if key in self._engines else OrderedDict()
        self._engines[key] = places, kept
        self._engines.move_to_end(key)
        # An engine goes on in the slot that has most of it already, else takes the one it has not used for longest.
        best = max(kept, key=lambda chain: _shared(begun, chain), default=None)
        if best is not None and _shared(begun, best) >= LEAST_CHARS:
            del kept[best]
        kept[begun] = now
        kept.move_to_end(begun)
        while len(kept) > places:
            kept.popitem(last=False)
        while len(self._engines) > MAX_ENGINES:
            self._engines.popitem(last=False)
        if (conversation := _conversation(call))[1]:
            self._conversations[conversation] = key
            self._conversations.move_to_end(conversation)
            while len(self._conversations) > MAX_CONVERSATIONS:
                self._conversations.popitem(last=False)


def _conversation(call: Call) -> tuple[bytes | None, str]:
    name = call.body.get("conversation")
    return call.caller, name if isinstance(name, str) else ""


def _beginnings(body: dict[str, Any]) -> list[Beginning]:
    """Hashes of ever longer beginnings, in the order engines read them: instructions, passages and tools, then turn by
    turn. Pictures end the comparison: they are large, and no engine here keeps them."""
    messages = body.get("messages")
    if not isinstance(messages, list | tuple):
        return []
    digest, chars, found = blake3.blake3(), 0, []
    with suppress(*UNSPEAKABLE):  # the comparison ends there
        for part in _parts(body, messages):
            digest.update(len(part).to_bytes(4) + part)
            chars += len(part)
            found.append((digest.digest(16), chars))
    return found


def _parts(body: dict[str, Any], messages: list[Any] | tuple[Any, ...]) -> Iterator[bytes]:
    turns = [m for m in messages if isinstance(m, dict)]
    system = [m.get("content") for m in turns if m.get("role") == "system"]
    settled = [system, *(body.get(name) for name in ("passages", "tools", "max_sentences"))]
    yield msgspec.msgpack.encode(settled) if any(settled) else b""
    for turn in [m for m in turns if m.get("role") != "system"][:MAX_TURNS]:
        if turn.get("images"):
            return
        yield msgspec.msgpack.encode(turn)


def _shared(begun: tuple[Beginning, ...] | list[Beginning], chain: tuple[Beginning, ...]) -> int:
    """Characters both begin with."""
    chars = 0
    for (one, length), (other, _) in zip(begun, chain, strict=False):
        if one != other:
            break
        chars = length
    return chars
