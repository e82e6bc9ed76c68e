"""From an engine's raw pieces to `delta` and `done` chunks, the same for every real engine."""

from __future__ import annotations

from hearthnet_core.backends.chat import ChatDone, Usage
from hearthnet_core.backends.patience import Ticker
from hearthnet_core.backends.repetition import Repetition
from hearthnet_core.backends.thinking import Thinking
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import Unavailable


class Telling:
    """One answer as it unfolds. `exact`: the engine goes on from `said` itself; otherwise what it repeats goes."""

    def __init__(self, engine: str, said: str, *, exact: bool) -> None:
        self._engine = engine
        self._said = said
        self._thinking = Thinking()
        self._repetition = None if exact or not said else Repetition(said)
        self._ticker = Ticker()
        self._text = False

    def thought(self) -> Chunk | None:
        """A sign of life; the reasoning itself stays with the engine."""
        return Chunk("progress", {"step": "thinking"}) if self._ticker.due() else None

    def piece(self, raw: str) -> Chunk | None:
        text = self._thinking.feed(raw)
        if self._thinking.active and not text:
            return self.thought()
        return self._told(self._repetition.feed(text) if self._repetition and text else text)

    def rest(self) -> Chunk | None:
        """What was held back until the end was sure."""
        text = self._thinking.rest()
        if self._repetition:
            text = (self._repetition.feed(text) if text else "") + self._repetition.rest()
        return self._told(text)

    def done(self, reason: str, model: str, usage: Usage | None) -> Chunk:
        """Raises `Unavailable` when nothing was said at all."""
        if not self._text and not self._said:
            raise Unavailable(f"{self._engine} gave an empty answer.")
        return ChatDone(
            finish_reason="length" if reason == "length" else "stop",
            model=model[:200],
            usage=usage,
            continued=bool(self._said),
        ).chunk()

    def _told(self, text: str) -> Chunk | None:
        if not text:
            return None
        self._text = self._text or not text.isspace()
        return Chunk("delta", {"text": text})
