"""From an engine's raw pieces to `delta`, `thinking` and `done` chunks, the same for every real engine."""

from __future__ import annotations

from hearthnet_core.backends.chat import ChatDone, Usage
from hearthnet_core.backends.patience import Ticker
from hearthnet_core.backends.repetition import Repetition
from hearthnet_core.backends.thinking import Thinking
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import Unavailable

MAX_TOLD = 256 * 1024
"""Characters of answer, and of reasoning: more is an engine that does not come to an end."""


class Telling:
    """One answer as it unfolds. `exact`: the engine goes on from `said` itself; otherwise what it repeats goes.
    `thoughts`: reasoning is told, as `thinking`; otherwise it is only a sign of life. `plain`: no reasoning is looked for."""

    def __init__(
        self, engine: str, said: str = "", *, exact: bool, thoughts: bool = False, plain: bool = False
    ) -> None:
        self._engine = engine
        self._said = said
        self._thinking = None if plain else Thinking()
        self._thoughts = thoughts
        self._repetition = None if exact or not said else Repetition(said)
        self._ticker = Ticker()
        self._told_of = {"delta": 0, "thinking": 0}
        self.text = False

    def heard(self, text: str, thought: str) -> list[Chunk]:
        """All that one piece of the engine's stream says."""
        found = [self.thought(thought)] if thought else []
        if text:
            chunk = self.piece(text)
            if self._thoughts and self._thinking and (inline := self._thinking.taken()):
                found.append(self.thought(inline))
                chunk = None if chunk and chunk.event == "progress" else chunk
            found.append(chunk)
        return [chunk for chunk in found if chunk]

    def thought(self, text: str = "") -> Chunk | None:
        """The reasoning, or a sign of life while it stays with the engine."""
        if self._thoughts:
            return self._counted("thinking", text) if text else None
        return self.alive("thinking")

    def alive(self, step: str) -> Chunk | None:
        return Chunk("progress", {"step": step}) if self._ticker.due() else None

    def piece(self, raw: str) -> Chunk | None:
        text = self._thinking.feed(raw) if self._thinking else raw
        if self._thinking and not self._thoughts:
            self._thinking.taken()
        if self._thinking and self._thinking.active and not text:
            return self.alive("thinking")
        return self._told(self._repetition.feed(text) if self._repetition and text else text)

    def rest(self) -> Chunk | None:
        """What was held back until the end was sure."""
        text = self._thinking.rest() if self._thinking else ""
        if self._repetition:
            text = (self._repetition.feed(text) if text else "") + self._repetition.rest()
        return self._told(text)

    def done(self, reason: str, model: str, usage: Usage | None) -> Chunk:
        """Raises `Unavailable` when nothing was said at all."""
        self.check_told()
        return ChatDone(
            finish_reason="length" if reason == "length" else "stop",
            model=model[:200],
            usage=usage,
            continued=bool(self._said),
        ).chunk()

    def check_told(self) -> None:
        """Raises `Unavailable` when nothing was said at all."""
        if not self.text and not self._said:
            raise Unavailable(f"{self._engine} gave an empty answer.")

    def _told(self, text: str) -> Chunk | None:
        if not text:
            return None
        self.text = self.text or not text.isspace()
        return self._counted("delta", text)

    def _counted(self, event: str, text: str) -> Chunk:
        self._told_of[event] += len(text)
        if self._told_of[event] > MAX_TOLD:
            raise Unavailable(f"The answer of {self._engine} does not come to an end.")
        return Chunk(event, {"text": text})
