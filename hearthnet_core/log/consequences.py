"""What a change of membership does to content: the removed one's later events leave, waiting ones come to count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, select, update

from hearthnet_core.errors import HearthNetError
from hearthnet_core.log.tables import IN_AT_ONCE, WIRE, event_of, events
from hearthnet_core.models.ids import EventId, NodeId
from hearthnet_core.protocol.admission import Status, check_content, judged
from hearthnet_core.protocol.event import Event, check_signature
from hearthnet_core.protocol.standing import State


@dataclass
class Consequences:
    """What moves. `refused`: parked events that turned out to be nobody's."""

    admitted: list[Event] = field(default_factory=list)
    withdrawn: list[Event] = field(default_factory=list)
    quarantined: list[EventId] = field(default_factory=list)
    refused: list[EventId] = field(default_factory=list)

    def write(self, connection: Connection) -> None:
        _mark(connection, [e.id for e in self.admitted], Status.ADMITTED)
        _mark(connection, [e.id for e in self.withdrawn], Status.QUARANTINED)
        _mark(connection, self.quarantined, Status.QUARANTINED)
        for some in _chunks(self.refused):
            connection.execute(delete(events).where(events.c.id.in_(some)))


def changed_nodes(old: State, new: State) -> list[NodeId]:
    """Whose content has to be looked at again."""
    mine = {id: info.limit for id, info in old.nodes.items()}
    theirs = {id: info.limit for id, info in new.nodes.items()}
    missing = object()
    return sorted(id for id in mine | theirs if mine.get(id, missing) != theirs.get(id, missing))


def find(connection: Connection, nodes: Iterable[NodeId], state: State) -> Consequences:
    found = Consequences()
    for some in _chunks(nodes):
        query = select(*WIRE, events.c.status).where(events.c.author.in_(some), events.c.scope != bytes(state.scope))
        for row in connection.execute(query):
            _sort(event_of(row), Status(row[3]), state, found)
    return found


def _sort(event: Event, was: Status, state: State, found: Consequences) -> None:
    now = judged(event.type, event.header.author, event.header.lamport, state)
    if was is Status.PARKED:
        if now is Status.PARKED:
            return
        try:
            check_content(event, state)
            check_signature(event, state.nodes[event.author].public_key)
        except HearthNetError:
            found.refused.append(event.id)
            return
        if now is Status.ADMITTED:
            found.admitted.append(event)
        else:
            found.quarantined.append(event.id)
    elif was is Status.ADMITTED and now is not Status.ADMITTED:
        found.withdrawn.append(event)
    elif was is Status.QUARANTINED and now is Status.ADMITTED:
        found.admitted.append(event)


def _mark(connection: Connection, ids: Iterable[bytes], status: Status) -> None:
    for some in _chunks(ids):
        connection.execute(update(events).where(events.c.id.in_(some)).values(status=int(status), source=None))


def _chunks(ids: Iterable[bytes]) -> Iterable[list[bytes]]:
    plain = [bytes(id) for id in ids]
    return [plain[at : at + IN_AT_ONCE] for at in range(0, len(plain), IN_AT_ONCE)]
