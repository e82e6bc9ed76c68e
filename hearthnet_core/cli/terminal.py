"""How the command line talks to a person: plain text, colours only where they can be seen, nothing a peer could forge.

Text of peers and documents is data. Control characters in it could move the cursor, retitle the window or paint over what
stands above, so `plain` takes them out before anything is printed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
MAX_CELL = 60


def plain(value: Any) -> Any:
    """`value` with every string in it safe to print."""
    if isinstance(value, str):
        return _UNSEEN.sub("", value)
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


class Terminal:
    """`out` carries what was asked for, `err` progress and problems."""

    def __init__(self, out: TextIO, err: TextIO, environment: Mapping[str, str]) -> None:
        self._out = out
        self._err = err
        wanted = not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
        self.colour = wanted and out.isatty()
        self.live = wanted and err.isatty()
        self.tty = out.isatty()
        self._open_line = False

    def say(self, text: str = "", end: str = "\n") -> None:
        """A line of the answer."""
        self._clear()
        print(text, end=end, file=self._out, flush=True)

    def json(self, data: Any) -> None:
        """For programs; escaped throughout, so nothing in it acts on a terminal."""
        print(json.dumps(data, indent=2), file=self._out, flush=True)

    def note(self, text: str) -> None:
        """Something beside the answer."""
        self._clear()
        print(text, file=self._err, flush=True)

    def progress(self, text: str) -> None:
        """What is going on: one line that changes on a terminal, a line each time elsewhere."""
        if self.live:
            self._err.write(f"\r\x1b[K{text[:100]}")
            self._err.flush()
            self._open_line = True
        else:
            print(text, file=self._err, flush=True)

    def styled(self, text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.colour else text

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Aligned columns, each as wide as its widest cell."""
        lines = [list(head), *([_cell(value) for value in row] for row in rows)]
        widths = [max(_width(line[column]) for line in lines) for column in range(len(head))]
        for number, line in enumerate(lines):
            padded = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
            text = "  ".join(padded).rstrip()
            self.say(self.styled(text, "bold") if number == 0 else text)

    def facts(self, pairs: Iterable[tuple[str, object]]) -> None:
        """Names and values below each other; those without a value are left out."""
        shown = [(name, _cell(value, 400)) for name, value in pairs if value not in ("", None, [], ())]
        width = max((_width(name) for name, _ in shown), default=0)
        for name, value in shown:
            self.say(f"{self.styled(name.ljust(width), 'dim')}  {value}")

    def end_progress(self) -> None:
        self._clear()

    def _clear(self) -> None:
        if self._open_line:
            self._err.write("\r\x1b[K")
            self._err.flush()
            self._open_line = False


def when(wall: object) -> str:
    """A Unix time in this machine's zone."""
    try:
        return datetime.fromtimestamp(float(wall), UTC).astimezone().strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        return "?"


def _cell(value: object, most: int = MAX_CELL) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "-" if value is None else " ".join(str(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
