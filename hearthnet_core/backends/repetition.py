"""Takes out what an engine says again when it starts over instead of going on."""

from __future__ import annotations

MIN_REPEAT = 12


class Repetition:
    """Feed what comes after `said`; pieces that only repeat the beginning or the last part of it are swallowed."""

    def __init__(self, said: str) -> None:
        self._said = said
        self._held = ""
        self._starts = [i for i in _starts(said) if len(said) - i >= MIN_REPEAT]
        self._spaced = not said or said[-1].isspace()

    def feed(self, piece: str) -> str:
        if not self._starts:
            return self._joined(piece)
        self._held += piece
        text = self._held.lstrip()
        self._starts = [i for i in self._starts if self._said[i:].startswith(text) or text.startswith(self._said[i:])]
        for start in self._starts:
            if len(text) >= len(self._said) - start:
                self._starts, self._held = [], ""
                return self._joined(text[len(self._said) - start :])
        return "" if self._starts else self.rest()

    def rest(self) -> str:
        """What was held back and turned out to be new."""
        self._starts = []
        held, self._held = self._held, ""
        return self._joined(held)

    def _joined(self, piece: str) -> str:
        """A new sentence is parted from the one before it."""
        if piece and not self._spaced:
            self._spaced = True
            if not piece[0].isspace():
                return " " + piece
        return piece


def _starts(said: str) -> list[int]:
    """Where the text and each of its sentences begin."""
    return [0] + [n + 2 for n, c in enumerate(said[:-2]) if c in ".!?]" and said[n + 1] == " " and said[n + 2] != "["]
