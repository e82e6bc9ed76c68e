"""How much of the outside is left, decided from single probe results. Pure: `observe(result, now)` and nothing else.

A round is one result from every target. One round in which all fail may be chance (20 % loss on four targets: 1 in 625);
two in a row are shown as degraded, four in a row lasting `OFFLINE_S` are offline. Coming back needs two rounds in which
most targets answer. So a lossy line does not flap, and a cut one shows within 5 s and is confirmed within 15 s.
"""

from __future__ import annotations

import enum

import msgspec

DEGRADED_ROUNDS = 2
OFFLINE_ROUNDS = 4
OFFLINE_S = 7.0
BACK_ROUNDS = 2
MAX_TARGETS = 16


class State(enum.StrEnum):
    UNKNOWN = "unknown"
    ONLINE = "online"
    DEGRADED = "degraded"
    OFFLINE = "offline"
    ISOLATED = "isolated"


class Cause(enum.StrEnum):
    NONE = "none"
    DNS = "dns"
    CAPTIVE_PORTAL = "captive_portal"
    GATEWAY = "gateway"
    NO_ROUTE = "no_route"
    UNKNOWN = "unknown"


class Outcome(enum.StrEnum):
    """What one probe of one target met."""

    OK = "ok"
    FAILED = "failed"
    DNS_FAILED = "dns_failed"
    NAME_ONLY_FAILED = "name_only_failed"
    """The name does not resolve, but the address known from before answers."""
    CAPTIVE = "captive"
    NO_ROUTE = "no_route"
    GATEWAY_GONE = "gateway_gone"


class Result(msgspec.Struct, frozen=True):
    target: str
    outcome: Outcome


class Connectivity(msgspec.Struct, frozen=True):
    """`since` is in the seconds of `observe`'s `now`."""

    state: State = State.UNKNOWN
    cause: Cause = Cause.NONE
    since: float = 0.0

    @property
    def internet(self) -> bool:
        """May internet-backed engines be asked? Not while offline, nor behind a captive portal."""
        if self.state in (State.OFFLINE, State.ISOLATED):
            return False
        return self.cause is not Cause.CAPTIVE_PORTAL


class Detector:
    """`targets` are the names a round consists of; `peers` tells isolated from offline."""

    def __init__(self, targets: tuple[str, ...]) -> None:
        self._targets = frozenset(targets[:MAX_TARGETS])
        self._round: dict[str, Outcome] = {}
        self._bad_rounds = 0
        self._good_rounds = 0
        self._bad_since = 0.0
        self._peers = False
        self._line = Connectivity()
        self.now = self._line

    @property
    def suspicious(self) -> bool:
        """True while results disagree with the shown state: probe again at once."""
        return bool(self._bad_rounds) != (self._line.state in (State.OFFLINE, State.DEGRADED))

    def peers_changed(self, any_peer: bool, now: float) -> Connectivity:
        """Tells whether a neighbour is connected."""
        self._peers = any_peer
        return self._show(now)

    def observe(self, result: Result, now: float) -> Connectivity:
        """Takes one probe's result; results of a target beyond the first in a round start the next round."""
        if result.target not in self._targets:
            return self.now
        if result.target in self._round:
            self._close_round(now)
        self._round[result.target] = result.outcome
        if len(self._round) == len(self._targets):
            self._close_round(now)
        return self._show(now)

    def _close_round(self, now: float) -> None:
        outcomes = list(self._round.values())
        self._round = {}
        good = sum(o is Outcome.OK for o in outcomes)
        if good == 0:
            if not self._bad_rounds:
                self._bad_since = now
            self._bad_rounds += 1
            self._good_rounds = 0
        elif good * 2 > len(outcomes) or self._line.state is not State.ONLINE:
            self._good_rounds += good * 2 > len(outcomes)
            self._bad_rounds = 0
        else:
            self._bad_rounds = 0
            self._good_rounds = 0
        self._judge(outcomes, now)

    def _judge(self, outcomes: list[Outcome], now: float) -> None:
        state, cause = self._line.state, self._line.cause
        if self._good_rounds >= (1 if state is State.UNKNOWN else BACK_ROUNDS):
            state, cause = State.ONLINE, Cause.NONE
        elif self._bad_rounds:
            cause_now = _cause(outcomes)
            partial = cause_now in (Cause.DNS, Cause.CAPTIVE_PORTAL) and any(
                o in (Outcome.NAME_ONLY_FAILED, Outcome.CAPTIVE) for o in outcomes
            )
            long_enough = self._bad_rounds >= OFFLINE_ROUNDS and now - self._bad_since >= OFFLINE_S
            if partial and self._bad_rounds >= DEGRADED_ROUNDS:
                state, cause = State.DEGRADED, cause_now
            elif long_enough:
                state, cause = State.OFFLINE, cause_now
            elif self._bad_rounds >= DEGRADED_ROUNDS and state is not State.OFFLINE:
                state, cause = State.DEGRADED, cause_now
        if (state, cause) != (self._line.state, self._line.cause):
            since = now if state is not self._line.state else self._line.since
            self._line = Connectivity(state, cause, since)

    def _show(self, now: float) -> Connectivity:
        line = self._line
        if line.state is State.OFFLINE and not self._peers:
            isolated = self.now.state is State.ISOLATED
            line = Connectivity(State.ISOLATED, line.cause, self.now.since if isolated else now)
        elif line.state is State.OFFLINE and self.now.state is State.ISOLATED:
            line = Connectivity(State.OFFLINE, line.cause, now)
        self.now = line
        return line


def _cause(outcomes: list[Outcome]) -> Cause:
    """The most telling outcome of a failed round."""
    for outcome, cause in (
        (Outcome.CAPTIVE, Cause.CAPTIVE_PORTAL),
        (Outcome.NAME_ONLY_FAILED, Cause.DNS),
        (Outcome.NO_ROUTE, Cause.NO_ROUTE),
        (Outcome.GATEWAY_GONE, Cause.GATEWAY),
        (Outcome.DNS_FAILED, Cause.DNS),
    ):
        if outcome in outcomes:
            return cause
    return Cause.UNKNOWN
