"""Who may see which corpus. The rule is part of every query to both indexes, before anything is looked for.

`personal` never leaves this device, `home` never this household, `community` is for every neighbour, and `member`,
`trusted` and `anchor` are for neighbours of at least that role. A corpus nobody said anything about is the household's,
but for the two that were always for everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Column, Connection, String, Table, func, select
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.capability import Privacy
from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import NodeId
from hearthnet_core.protocol.bodies import ROLES, Role
from hearthnet_core.services.shelf import chunks, documents
from hearthnet_core.storage.database import metadata

Access = Literal["personal", "home", "community", "member", "trusted", "anchor"]
ACCESS: tuple[Access, ...] = get_args(Access)
SHARED = ("emergency", "shared")
FOR_ALL = ("community", "member")
_CLOSEST_FIRST: tuple[Access, ...] = ("personal", "home", "anchor", "trusted", "member", "community")
COPY = "@"
"""Stands between a corpus and the node it was copied from; no own corpus has it in its name."""

corpora = Table(
    "corpora",
    metadata,
    Column("name", String, primary_key=True),
    Column("access", String, nullable=False),
)


class Reader(msgspec.Struct, frozen=True):
    """Who asks. `home`: a node of this household; `own`: this node's own clients; `role` that of the neighbour."""

    own: bool = False
    home: bool = False
    role: Role = "member"

    def may_read(self, access: str) -> bool:
        if self.own:
            return True
        if self.home:
            return access != "personal"
        if access == "community":
            return True
        return access in ROLES and ROLES.index(self.role) >= ROLES.index(access)


OWN = Reader(own=True, home=True, role="anchor")


class Readers:
    """Says who a caller is. `role` is asked for neighbours only."""

    def __init__(self, same_home: Callable[[NodeId], bool], role: Callable[[NodeId], Role]) -> None:
        self._same_home = same_home
        self._role = role

    def of(self, caller: NodeId | None) -> Reader:
        if caller is None:
            return OWN
        return Reader(home=self._same_home(caller), role=self._role(caller))


def may_travel(access: str, travels: Privacy) -> bool:
    """May a passage of this access go as far as that?"""
    if travels is Privacy.LOCAL:
        return True
    return access != "personal" if travels is Privacy.HOME else access in FOR_ALL


def seen_by_more(access: str, than: str) -> bool:
    """May somebody see the first who may not see the second?"""
    if access in FOR_ALL and than in FOR_ALL:
        return False
    ranks: tuple[str, ...] = _CLOSEST_FIRST
    return ranks.index(access) > ranks.index(than)


def usual(name: str) -> Access:
    """The access of a corpus nobody said anything about."""
    return "community" if name in SHARED else "home"


def rules(connection: Connection) -> dict[str, str]:
    """The access of every corpus that holds something or was set up."""
    found: dict[str, str] = {name: usual(name) for (name,) in connection.execute(select(documents.c.corpus).distinct())}
    found.update((name, access) for name, access in connection.execute(select(corpora.c.name, corpora.c.access)))
    return found


def visible(connection: Connection, reader: Reader, travels: Privacy, wanted: tuple[str, ...] = ()) -> dict[str, str]:
    """{corpus: access} of what may be looked into for this reader; `wanted` (by the name people know) narrows it."""
    found = {}
    for name, access in rules(connection).items():
        copied = COPY in name
        shared = "community" if copied else access  # only what is for everybody is ever copied
        mine = reader.home if copied else reader.may_read(access)
        if mine and may_travel(shared, travels) and (not wanted or name in wanted or name.partition(COPY)[0] in wanted):
            found[name] = shared
    return found


def set_access(connection: Connection, name: str, access: Access) -> None:
    """Raises `BadRequest` for a copy: who sees it is settled by where it comes from."""
    if COPY in name:
        raise BadRequest("Who sees a copy cannot be changed here; it is this household's while its owner shares it.")
    row = {"name": name, "access": access}
    connection.execute(insert(corpora).values(row).on_conflict_do_update(index_elements=["name"], set_=row))


def listed(connection: Connection, reader: Reader) -> list[dict[str, Any]]:
    """`{name, access, documents, chunks}` of what this reader may see, copies left out, in the order of their names."""
    allowed = {n: a for n, a in visible(connection, reader, Privacy.LOCAL).items() if COPY not in n}
    counts: dict[str, dict[str, int]] = {}
    for table in (documents, chunks):
        each = connection.execute(select(table.c.corpus, func.count()).group_by(table.c.corpus))
        counts[table.name] = {row[0]: row[1] for row in each}
    return [
        {
            "name": name,
            "access": access,
            "documents": counts["documents"].get(name, 0),
            "chunks": counts["chunks"].get(name, 0),
        }
        for name, access in sorted(allowed.items())
    ]
