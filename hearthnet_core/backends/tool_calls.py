"""Tool calls out of a stream: pieces are put together, and only whole, sensible ones are passed on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from hearthnet_core.backends.chat2 import MAX_CALLS, ToolCall
from hearthnet_core.errors import Unavailable

MAX_ARGUMENTS = 64 * 1024
"""Characters of JSON that all calls of an answer may have; so each fits into one message of the mesh."""
_ID = re.compile(r"[\w.:-]{1,200}")


class Assembly:
    """`names` are the tools that were offered, by how the engine was told them; `call_id` makes ids where it gives none."""

    def __init__(self, engine: str, names: Mapping[str, str], call_id: str) -> None:
        self._engine = engine
        self._names = names
        self._call_id = call_id
        self._begun: dict[int, tuple[str, str, list[str]]] = {}
        self._size = 0

    def add(self, index: int | None, id: str, name: str, arguments: str) -> None:
        """One piece: the first of a call has its name, later ones more of its arguments. Engines that send calls whole may
        leave the index out."""
        if index is None:
            index = len(self._begun) if name else max(self._begun, default=0)
        if index not in self._begun:
            self._count(len(self._begun))
        known_id, known_name, pieces = self._begun.get(index, ("", "", []))
        self._weigh(len(arguments))
        pieces.append(arguments)
        self._begun[index] = (known_id or id, known_name or name, pieces)

    def finished(self) -> list[ToolCall]:
        """All calls, in order. Raises `Unavailable` for one that is broken or that nobody offered."""
        self._size = 0
        return [
            self.whole(n, id, name, _decoded("".join(pieces)))
            for n, (_, (id, name, pieces)) in enumerate(sorted(self._begun.items()))
        ]

    def whole(self, n: int, id: str, name: str, arguments: Any) -> ToolCall:
        """The call as it is passed on, the `n`th of its answer."""
        self._count(n)
        if name not in self._names:
            raise Unavailable(f"{self._engine} wants to call a tool that was not offered: {name[:64]!r}.")
        if not isinstance(arguments, dict):
            raise Unavailable(f"{self._engine} called the tool {self._names[name]} with broken JSON.")
        self._weigh(len(msgspec.json.encode(arguments)))
        given = id if _ID.fullmatch(id) else f"{self._call_id[:40]}-{n}"
        return ToolCall(id=given, name=self._names[name], arguments=arguments)

    def _count(self, before: int) -> None:
        if before >= MAX_CALLS:
            raise Unavailable(f"{self._engine} wants more than {MAX_CALLS} tools called at once.")

    def _weigh(self, characters: int) -> None:
        self._size += characters
        if self._size > MAX_ARGUMENTS:
            raise Unavailable(f"{self._engine} wants tools called with too much.")


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text) if text.strip() else {}
    except (msgspec.DecodeError, RecursionError):
        return None
