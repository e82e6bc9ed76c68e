"""Replication as a whole: who is asked, who asks, and what happens by the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from hearthnet_core.errors import HearthNetError
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.models.ids import NodeId, ScopeId
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.runtime import Runtime
from hearthnet_core.supervise import Supervisor
from hearthnet_core.sync import fanout
from hearthnet_core.sync.answering import Answering
from hearthnet_core.sync.asking import Asking
from hearthnet_core.sync.days import over_before
from hearthnet_core.sync.messages import PROTOCOL
from hearthnet_core.sync.shared import Open, Partner, Shared, Stream

LOGGER = logging.getLogger(__name__)
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
TICK_S = 15.0
WAITING_TICK_S = 1.0
REPAIR_EVERY_S = 86_400.0
HURRIED_REPAIR_EVERY_S = 3_600.0
FORGET_EVERY_S = 3_600.0
FIRST_FORGET_S = 120.0
DAY_HEARD_S = 7 * 86_400.0
MAX_PARTNERS = 1_024
FAULTY_AFTER = 3
BACK = b"\x01"


class Sync:
    """`scopes(peer)`: what that peer and this node may both read now, the community's first; empty for no member.

    `hurry`: true in an emergency. Register `handle` for `sync/1`, call `start` once and `peer_up`/`peer_down` for members.
    """

    def __init__(
        self,
        runtime: Runtime,
        supervisor: Supervisor,
        log: EventLog,
        *,
        open: Open,
        scopes: Callable[[NodeId], tuple[ScopeId, ...]],
        hurry: Callable[[], bool] = lambda: False,
    ) -> None:
        self._runtime = runtime
        self._supervisor = supervisor
        self._log = log
        self._open = open
        self._hurry = hurry
        self._bell = asyncio.Event()
        self._shared = Shared(runtime, log, scopes, hurry, wake=self._bell.set, over_before=self._over_before)
        self._partners: dict[NodeId, Partner] = {}
        self._peers: set[NodeId] = set()
        self._askers: set[NodeId] = set()
        self._visiting: NodeId | None = None
        self._due: NodeId | None = None
        self._failures: dict[NodeId, int] = {}
        self._tasks: dict[NodeId, tuple[bytes, asyncio.Task[None]]] = {}
        self._asking: dict[NodeId, Asking] = {}
        self._answering: dict[NodeId, Answering] = {}
        self._errors: dict[NodeId, str] = {}

    def start(self) -> None:
        """Begins what goes by the clock: the daily comparison, forgetting what expired, pauses that end."""
        self._log.authority.connect(lambda _: self._bell.set())
        self._supervisor.start("sync clock", self._clock)

    def peer_up(self, node_id: NodeId) -> None:
        self._peers.add(node_id)
        self._failures.pop(node_id, None)
        self._errors.pop(node_id, None)
        self._stop(node_id)
        self._arrange()

    def peer_down(self, node_id: NodeId) -> None:
        self._peers.discard(node_id)
        self._askers.discard(node_id)
        self._stop(node_id)
        self._arrange()

    async def handle(self, stream: Stream, payload: bytes, proven: Proven) -> None:
        """A peer asks. One such stream per peer; a newer one takes over."""
        peer = proven.node_id
        answering = Answering(self._shared, peer, self._partner(peer), stream)
        old = self._answering.pop(peer, None)
        if old is not None:
            await old.stream.reset("unavailable", "A newer stream took over.")
        self._answering[peer] = answering
        if payload != BACK and peer in self._peers:
            self._askers.add(peer)
            self._arrange()
        try:
            self._shared.scopes(peer)
            await answering.run()
            await stream.end()
        except* HearthNetError as errors:
            error = _first(errors)
            LOGGER.info("%s stops asking for events: %s", peer.short, error.message)
            await stream.reset(error.code, error.message)
        finally:
            if self._answering.get(peer) is answering:
                del self._answering[peer]
                self._askers.discard(peer)

    def report(self) -> dict[str, Any]:
        """For `doctor`: per peer whether it is asked and asks, and how long repairs with it pause (seconds);
        `clock_offset_s`: by how much this clock is ahead of the median of the peers', to the day, None with nobody there."""
        now = self._runtime.now()
        peers = {}
        for id in sorted(self._peers):
            partner, asking = self._partner(id), self._asking.get(id)
            peers[id.text] = {
                "asked": asking is not None,
                "asks": id in self._answering,
                "events_received": asking.events_received if asking else 0,
                "repairs": partner.repairs,
                "repair_pause_s": max(partner.lost.seconds, partner.waiting.seconds),
                "repair_in_s": max(0.0, partner.lost.until - now, partner.waiting.until - now),
                "error": self._errors.get(id, "") if asking is None else "",
            }
        heard = sorted(p.today for id in self._peers if (p := self._partner(id)).today_at > float("-inf"))
        ahead = self._shared.today - heard[len(heard) // 2] if heard else None
        return {
            "peers": peers,
            "forgets_before_day": self._over_before(),
            # Days are what peers tell; one day apart is midnight.
            "clock_offset_s": None if ahead is None else ahead * 86_400.0 if abs(ahead) > 1 else 0.0,
        }

    def repair(self, node_id: NodeId) -> None:
        """Compares everything with this peer now, as happens daily with one."""
        self._visit(node_id)

    def _visit(self, peer: NodeId) -> None:
        self._visiting = self._due = peer
        self._arrange()
        self._bell.set()

    def _partner(self, peer: NodeId) -> Partner:
        if peer not in self._partners and len(self._partners) >= MAX_PARTNERS:
            for old in [p for p in self._partners if p not in self._peers][: MAX_PARTNERS // 2]:
                del self._partners[old]
        return self._partners.setdefault(peer, Partner())

    def _arrange(self) -> None:
        """Opens and ends conversations as the links say."""
        faulty = {p for p, count in self._failures.items() if count >= FAULTY_AFTER}
        chosen = fanout.links(self._log.me, self._peers, faulty)
        if self._visiting in self._peers and self._visiting is not None:
            chosen |= {self._visiting}
        wanted = dict.fromkeys(chosen, b"") | {p: BACK for p in self._askers & self._peers if p not in chosen}
        for peer, (role, _) in list(self._tasks.items()):
            if wanted.get(peer) != role:
                self._stop(peer)
        for peer, role in wanted.items():
            if peer not in self._tasks:
                task = self._supervisor.start(f"sync with {peer.short}", partial(self._ask, peer, role))
                self._tasks[peer] = role, task

    def _stop(self, peer: NodeId) -> None:
        found = self._tasks.pop(peer, None)
        if found is not None:
            found[1].cancel()

    async def _ask(self, peer: NodeId, role: bytes) -> None:
        pause = FIRST_RETRY_S
        while True:
            began = self._runtime.now()
            try:
                await self._converse(peer, role)
            except HearthNetError as error:
                self._errors[peer] = error.message
                self._failures[peer] = self._failures.get(peer, 0) + 1
                LOGGER.info("asking %s for events ended: %s", peer.short, error.message)
            if self._runtime.now() - began > LONGEST_RETRY_S:
                pause = FIRST_RETRY_S
                self._failures.pop(peer, None)
            elif self._failures.get(peer) == FAULTY_AFTER:
                self._bell.set()
            await asyncio.sleep(pause * self._runtime.uniform(0.7, 1.3))
            pause = min(2 * pause, LONGEST_RETRY_S)

    async def _converse(self, peer: NodeId, role: bytes) -> None:
        self._shared.scopes(peer)
        stream = await self._open(peer, PROTOCOL, role)
        asking = Asking(self._shared, peer, self._partner(peer), stream)
        self._asking[peer] = asking
        error: HearthNetError | None = None
        try:
            await asking.run()
        except* HearthNetError as failures:
            error = _first(failures)
        finally:
            if self._asking.get(peer) is asking:
                del self._asking[peer]
            code = error.code if error is not None else "unavailable"
            await stream.reset(code, error.message if error is not None else "No longer asking.")
        if error is not None:
            raise error

    async def _clock(self) -> None:
        now = self._runtime.now()
        repair_at = now + self._runtime.uniform(0.1, 1.0) * self._repair_every()
        forget_at = now + self._runtime.uniform(0.5, 1.0) * FIRST_FORGET_S
        while True:
            self._bell.clear()
            self._tick()
            now = self._runtime.now()
            if now >= forget_at:
                forget_at = now + FORGET_EVERY_S
                if (day := self._over_before()) is not None:
                    await self._log.forget_expired(day)
            repair_at = min(repair_at, now + self._repair_every())
            if now >= repair_at and self._peers:
                repair_at = now + self._repair_every()
                self._visit(sorted(self._peers)[int(self._runtime.uniform(0, len(self._peers) - 0.001))])
            try:
                async with asyncio.timeout(WAITING_TICK_S if self._shared.turns.waiting else TICK_S):
                    await self._bell.wait()
            except TimeoutError:
                continue

    def _tick(self) -> None:
        self._arrange()
        turn = self._shared.turns.next(self._runtime.now())
        if turn is not None:
            self._shared.turns.waiting.pop(turn)
        for peer, asking in self._asking.items():
            if peer == self._due:
                self._due = None
                asking.repairs.update(dict.fromkeys(self._shared.readable(peer)))
            asking.nudge(greet=peer == turn)

    def _repair_every(self) -> float:
        return HURRIED_REPAIR_EVERY_S if self._hurry() else REPAIR_EVERY_S

    def _over_before(self) -> int | None:
        since = self._runtime.now() - DAY_HEARD_S
        heard = [p.today for p in self._partners.values() if p.today_at >= since]
        return over_before(self._shared.today, heard)


def _first(errors: BaseExceptionGroup[HearthNetError]) -> HearthNetError:
    first: BaseException = errors
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    assert isinstance(first, HearthNetError)
    return first
