"""Does a content event count? Pure in the set of events known: never of arrival order, a clock or a local setting."""

from __future__ import annotations

from enum import IntEnum

from hearthnet_core.errors import BadRequest
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.bodies import DAY_MS, MAX_NOTICE_DAYS
from hearthnet_core.protocol.event import MAX_EXPIRES, Event, unpack_body
from hearthnet_core.protocol.standing import State

MAX_PULL = 2**20
"""A Lamport value further ahead than this moves nobody's clock, or one event could use them all up."""


class Status(IntEnum):
    """What became of an event. Stored: values never change."""

    ADMITTED = 0
    QUARANTINED = 1
    PARKED = 2


def check_content(event: Event, state: State) -> None:
    """Form only: raises `BadRequest` for what can never count."""
    if event.header.community != state.community:
        raise BadRequest("This event belongs to another community.")
    if event.header.after:
        raise BadRequest("Only authority events stand on others.")
    if event.header.scope == state.scope:
        raise BadRequest(f"{event.type[:64]} does not belong where membership is decided.")
    if event.type in bodies.AUTHORITY:
        raise BadRequest(f"{event.type[:64]} belongs where membership is decided.")
    kind = bodies.CONTENT.get(event.type)
    if kind is None:
        return
    if event.header.scope != state.board:
        raise BadRequest("A notice belongs on the community's board.")
    if event.body is None:
        raise BadRequest("This event came without its body.")
    unpack_body(event.body, kind)
    expires, day = event.header.expires, event.header.wall // DAY_MS
    if day > MAX_EXPIRES:  # no calendar of a screen goes as far as a header could
        raise BadRequest("A notice says that it was written after the year 2149.")
    if expires is None or expires > day + MAX_NOTICE_DAYS:
        raise BadRequest(
            f"A notice expires, {MAX_NOTICE_DAYS} days after it was written at the latest, and not before."
        )


def judged(type: str, author: bytes, lamport: int, state: State) -> Status:
    """For content whose form is good. Unknown kinds and authors wait; those are tried again when membership changes."""
    info = state.nodes.get(author)  # type: ignore[call-overload]
    if type not in bodies.CONTENT or info is None:
        return Status.PARKED
    if info.limit is not None and lamport > info.limit:
        return Status.QUARANTINED
    return Status.ADMITTED


def pulled(clock: int, lamport: int) -> int:
    """A Lamport clock after it saw `lamport`."""
    return max(clock, lamport) if lamport <= clock + MAX_PULL else clock
