"""What this node has asked a peer and not been answered yet. Answers come in the order of questions."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import ScopeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.sync.messages import Question, encode
from hearthnet_core.sync.shared import Stream

REPLY_S = 120.0


@dataclass
class Asked:
    """`n`: where a `since` began, or how many events may still come. `at` in monotonic seconds."""

    kind: type[Question]
    scope: ScopeId
    at: float
    n: int = 0
    prefixes: tuple[bytes, ...] = ()


class Questions:
    """The asking end of a stream."""

    def __init__(self, runtime: Runtime, stream: Stream) -> None:
        self._runtime = runtime
        self._stream = stream
        self._asked: deque[Asked] = deque()
        self._sending = asyncio.Lock()

    async def send(self, question: Question) -> None:
        """Without an answer to wait for."""
        async with self._sending:
            await self._stream.send(encode(question))

    async def ask(self, question: Question, scope: ScopeId, n: int = 0, prefixes: tuple[bytes, ...] = ()) -> None:
        self._asked.append(Asked(type(question), scope, self._runtime.now(), n, prefixes))
        await self.send(question)

    def answered(self, scope: bytes, *kinds: type[Question], done: bool = True) -> Asked:
        """The question that an answer belongs to; `done` when no more of it comes. What comes unasked: `BadRequest`."""
        first = self._asked[0] if self._asked else None
        if first is None or first.kind not in kinds or first.scope != scope:
            raise BadRequest("An answer came that nobody asked for.")
        return self._asked.popleft() if done else first

    def pending(self, kind: type[Question], scope: ScopeId) -> bool:
        return any(a.kind is kind and a.scope == scope for a in self._asked)

    @property
    def overdue(self) -> bool:
        return bool(self._asked) and self._runtime.now() - self._asked[0].at > REPLY_S
