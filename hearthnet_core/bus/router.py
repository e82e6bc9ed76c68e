"""Who answers: a pure ranking of candidates, each with a reason per term.

Filters come first (privacy, ejection, room, internet); the score only orders what passed. `score` is the weighted mean of
the terms, each 0…1. Times come from completed work alone, so failing fast never looks attractive.
"""

from __future__ import annotations

import operator

import msgspec

from hearthnet_core.bus.health import Key, Record
from hearthnet_core.bus.warm import COLD, FREE, Warmth
from hearthnet_core.capability import Call, Offer, Privacy
from hearthnet_core.models.ids import NodeId

UNKNOWN_FIRST_S = 1.0
UNKNOWN_TOTAL_S = 5.0
UNKNOWN_RTT_MS = 50.0

WEIGHTS = {
    "first_chunk": 0.10,
    "whole_answer": 0.03,
    "success": 0.16,
    "room": 0.09,
    "model": 0.18,
    "affinity": 0.20,
    "feedback": 0.16,
    "distance": 0.05,
    "power": 0.03,
}
"""`affinity` outweighs what usually tells two good engines apart, so that it decides unless one fails or is full."""


class Praise(msgspec.Struct, frozen=True):
    """`value` is 0…1, a half when nobody here has said anything."""

    value: float = 0.5
    why: str = "nobody here has said yet how good its answers are"


UNKNOWN = Praise()


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One provider that could answer, with what is known of it at this moment. `home`: of the household that asks;
    `ejected` says why it gets no traffic; `in_flight`: the work it has from us; `busy`: it lately said that it is full;
    `warm`: how much of this it has read already; `praise`: what people here thought of its answers to the like, 0…1."""

    node_id: NodeId
    node_name: str
    offer: Offer
    local: bool = False
    home: bool = False
    rtt_ms: float | None = None
    health: Record
    ejected: str = ""
    in_flight: int = 0
    busy: bool = False
    warm: Warmth = COLD
    praise: Praise = UNKNOWN

    @property
    def key(self) -> Key:
        return self.node_id, self.offer.provider, self.offer.capability


class Term(msgspec.Struct, frozen=True):
    name: str
    value: float
    weight: float
    why: str


class Ranked(msgspec.Struct, frozen=True):
    """`excluded` is empty for those that may be asked."""

    candidate: Candidate
    score: float
    excluded: str
    terms: tuple[Term, ...]


def excluded(call: Call, candidate: Candidate, *, internet: bool) -> str:
    """The sentence that says why this candidate may not be asked, or empty."""
    offer = candidate.offer
    if offer.private and (call.caller is not None or not candidate.local):
        return "kept private by its household"
    if not candidate.local:
        if call.privacy is Privacy.LOCAL:
            return "privacy: this question stays on this node"
        if call.privacy is Privacy.HOME and not candidate.home:
            return "privacy: this question stays in this household"
        if call.hops <= 0:
            return "the call may not be passed on any further"
        if call.caller == candidate.node_id:
            return "the call came from there"
    if not offer.version.serves(call.version):
        return f"speaks version {offer.version}, {call.version} is needed"
    if offer.internet and call.privacy is not Privacy.ANY:
        return "privacy: this engine sends questions to the internet"
    if offer.internet and not internet:
        return "needs the internet, which is out"
    if not offer.available:
        return offer.reason or "not available"
    wish = call.body.get("model")
    if isinstance(wish, str) and wish and not any(same_model(wish, m) for m in offer.models):
        return f"has no model called {wish[:60]}"
    return candidate.ejected


def saturated(candidate: Candidate) -> bool:
    """No room for one more piece of work, by our own count and by what it last answered. The load a manifest tells is
    a minute old and only lowers the score."""
    return candidate.busy or candidate.in_flight >= candidate.offer.slots


def score(call: Call, candidate: Candidate) -> tuple[float, tuple[Term, ...]]:
    """(weighted mean, terms). Source of the shape: latency as 1/(1+t), so that halving a short time still counts."""
    health, offer = candidate.health, candidate.offer
    first = health.first_s if health.first_s is not None else UNKNOWN_FIRST_S
    total = health.total_s if health.total_s is not None else UNKNOWN_TOTAL_S
    rtt = 0.0 if candidate.local else candidate.rtt_ms if candidate.rtt_ms is not None else UNKNOWN_RTT_MS
    load = max(candidate.in_flight / max(1, offer.slots), 0.0 if candidate.local else offer.load)
    model, loaded = meant(offer, call)
    failing = health.failures_in_row > 0
    values = (
        1 / (1 + first),
        1 / (1 + total / 10),
        health.success**2,
        1 - min(1.0, load),
        offer.quality * (1.0 if loaded else 0.85),
        min(FREE, candidate.warm.share) if failing else candidate.warm.share,
        candidate.praise.value,
        1 / (1 + rtt / 50),
        0.3 if offer.on_battery else 1.0,
    )
    whys = (
        _seconds("begins", health.first_s),
        _seconds("is done", health.total_s),
        _record(health),
        _room(load),
        _model(offer, model, loaded),
        _affinity(candidate),
        candidate.praise.why,
        _distance(candidate),
        "runs on battery" if offer.on_battery else "on mains power",
    )
    terms = tuple(map(Term, WEIGHTS, values, WEIGHTS.values(), whys))
    return sum(map(operator.mul, values, WEIGHTS.values())), terms


def rank(call: Call, candidates: list[Candidate], *, internet: bool = True) -> list[Ranked]:
    """Everyone considered, those who may be asked first, best first. When every allowed candidate is ejected the ejected
    ones are let in again: a poor chance beats none."""
    rows = []
    for candidate in candidates:
        why_not = excluded(call, candidate, internet=internet)
        points, terms = score(call, candidate)
        rows.append(Ranked(candidate, points, why_not, terms))
    if not any(not row.excluded for row in rows):
        rows = [
            msgspec.structs.replace(row, excluded="")
            if row.excluded and row.excluded == row.candidate.ejected and not row.candidate.health.probing
            else row
            for row in rows
        ]
    rows.sort(key=lambda r: (bool(r.excluded), -r.score, r.candidate.node_id, r.candidate.offer.provider))
    return rows


def meant(offer: Offer, call: Call) -> tuple[str, bool]:
    """(the model it would answer with, whether that is loaded); one that needs none is always ready."""
    wish = call.body.get("model")
    if isinstance(wish, str) and wish:
        for model in (*offer.loaded, *offer.models):
            if same_model(wish, model):
                return model, model in offer.loaded
    return (offer.loaded or offer.models or ("",))[0], bool(offer.loaded) or not offer.models


def same_model(wish: str, model: str) -> bool:
    """Equal, or the wish names the family alone: `llama3.2` fits `llama3.2:3b`, never the other way round."""
    wish, model = wish.casefold(), model.casefold()
    return wish == model or (":" not in wish and model.partition(":")[0] == wish)


def _seconds(what: str, value: float | None) -> str:
    if value is None:
        return f"not known yet when it {what}"
    return f"usually {what} after {value * 1000:.0f} ms" if value < 1 else f"usually {what} after {value:.1f} s"


def _record(health: Record) -> str:
    if not health.completed and not health.failed:
        return "not tried yet"
    if not health.failed:
        return (
            f"answered each of {health.completed} times"
            if health.completed > 1
            else "answered the one time it was asked"
        )
    failed = "once" if health.failed == 1 else f"{health.failed} times"
    return (
        f"answered {health.completed} times, failed {failed}"
        if health.completed
        else f"failed {failed}, never answered"
    )


def _room(load: float) -> str:
    if load <= 0:
        return "idle"
    return "busy with as much as it can do at once" if load >= 1 else f"{load:.0%} busy"


def _affinity(candidate: Candidate) -> str:
    if candidate.health.failures_in_row and candidate.warm.share > FREE:
        return "failed just now, so what it has ready does not count"
    return candidate.warm.why


def _distance(candidate: Candidate) -> str:
    if candidate.local:
        return "on this node"
    if candidate.rtt_ms is None:
        return "distance not measured yet"
    return "less than 1 ms away" if candidate.rtt_ms < 1 else f"{candidate.rtt_ms:.0f} ms away"


def _model(offer: Offer, model: str, loaded: bool) -> str:
    if not model:
        return f"{offer.provider} needs no model"
    return f"{model} is ready" if loaded else f"{model} must be loaded first"
