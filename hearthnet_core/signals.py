"""In-process notifications: a signal tells, a listener decides. Nothing is stored, nothing crosses the wire."""

from __future__ import annotations

import logging
from collections.abc import Callable

LOGGER = logging.getLogger(__name__)


class Signal[T]:
    """Listeners are called at once, in order of connection; one that fails is logged and does not stop the others."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def connect(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Returns what disconnects it again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def emit(self, value: T) -> None:
        for listener in list(self._listeners):
            try:
                listener(value)
            except Exception:
                LOGGER.exception("A listener failed")
