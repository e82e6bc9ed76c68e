"""What a peer tells by itself: `have` names events that are then fetched, once whoever announces them; `mark` moves the
cursor, when this node was whole before it and has everything that was announced since.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hearthnet_core.errors import BadRequest
from hearthnet_core.log.queries import Cursor
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.sync.messages import MAX_PREFIXES, Mark, Want
from hearthnet_core.sync.questions import Asked, Questions
from hearthnet_core.sync.shared import Shared

MAX_AWAITED = 65_536


@dataclass
class Hearing:
    """One scope. `whole`: all that the peer had told or summarised is here. `holed`: there was no room for some of it,
    so that the cursor stays. `awaited`: prefixes it announced that were not here.
    """

    whole: bool = True
    holed: bool = False
    awaited: set[bytes] = field(default_factory=set)
    mark: Mark | None = None


class Listening:
    """One peer. A stream begins whole: a peer that says nothing to the greeting holds the same."""

    def __init__(self, shared: Shared, peer: NodeId, questions: Questions) -> None:
        self._shared = shared
        self._log = shared.log
        self._peer = peer
        self._questions = questions
        self._scopes: dict[ScopeId, Hearing] = {}

    def scope(self, scope: ScopeId) -> Hearing:
        return self._scopes.setdefault(scope, Hearing())

    async def have(self, scope: ScopeId, prefixes: tuple[bytes, ...]) -> None:
        lacking = await self._log.lacking(scope, prefixes)
        awaited = self.scope(scope).awaited
        if len(awaited) + len(lacking) > MAX_AWAITED:
            raise BadRequest("More events are announced than sent.")
        awaited.update(lacking)
        await self._want(scope, self._shared.claim(lacking))

    async def mark(self, scope: ScopeId, mark: Mark) -> None:
        self.scope(scope).mark = mark
        await self._settle(scope)

    async def fetched(self, asked: Asked) -> None:
        """A `want` was answered; what did not come does not count there any more."""
        self.scope(asked.scope).awaited.difference_update(asked.prefixes)
        await self._settle(asked.scope)

    async def move(self, scope: ScopeId, n: int, c: bytes) -> None:
        """The cursor, without events."""
        cursor = Cursor(self._peer, scope, n, c)
        if n and await self._log.cursor(self._peer, scope) != cursor:
            await self._log.ingest([], self._peer, cursor)

    async def _settle(self, scope: ScopeId) -> None:
        """Acts on the last mark, or asks for what is missing before it."""
        state = self.scope(scope)
        if state.mark is None or self._questions.pending(Want, scope):
            return
        known = sorted(state.awaited)
        lacking: list[bytes] = []
        for at in range(0, len(known), MAX_PREFIXES):
            lacking += await self._log.lacking(scope, known[at : at + MAX_PREFIXES])
        state.awaited.intersection_update(lacking)
        if lacking:
            await self._want(scope, lacking)
            return
        mark, state.mark = state.mark, None
        if state.whole:
            await self.move(scope, mark.n, mark.c)

    async def _want(self, scope: ScopeId, prefixes: list[bytes]) -> None:
        for at in range(0, len(prefixes), MAX_PREFIXES):
            some = tuple(prefixes[at : at + MAX_PREFIXES])
            await self._questions.ask(Want(bytes(scope), some), scope, len(some), some)
