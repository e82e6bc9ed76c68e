"""Keeps a model's reasoning apart from its answer, where the engine mixes both in one text."""

from __future__ import annotations

_MARKS = (("<think>", "</think>"), ("<thinking>", "</thinking>"))


class Thinking:
    """Feed pieces as they come; what comes back is answer. Only reasoning that opens the text is taken for such."""

    def __init__(self) -> None:
        self._held = ""
        self._end = ""
        self._thought: list[str] = []
        self._answering = False
        self._trim = False

    @property
    def active(self) -> bool:
        return bool(self._end)

    def taken(self) -> str:
        """The reasoning since the last time."""
        thought, self._thought = "".join(self._thought), []
        return thought

    def feed(self, piece: str) -> str:
        if self._answering:
            return self._trimmed(piece)
        self._held += piece
        if not self._end:
            start = self._held.lstrip()
            for opening, closing in _MARKS:
                if start.startswith(opening):
                    self._end, self._held = closing, start[len(opening) :]
                    break
            else:
                if any(opening.startswith(start) for opening, _ in _MARKS):
                    return ""
                return self.rest()
        thought, mark, answer = self._held.partition(self._end)
        if not mark:
            self._held = thought[-len(self._end) :]
            self._thought.append(thought[: -len(self._end)])
            return ""
        self._thought.append(thought)
        self._answering, self._trim, self._end, self._held = True, True, "", ""
        return self._trimmed(answer)

    def rest(self) -> str:
        """What was held back and turns out to be answer; reasoning that never ended is not."""
        self._answering = True
        held, self._held = ("" if self._end else self._held), ""
        return held

    def _trimmed(self, piece: str) -> str:
        if self._trim and (piece := piece.lstrip()):
            self._trim = False
        return piece
