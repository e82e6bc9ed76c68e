"""Where neighbours were last reached, kept on the disk: nodes that restart together find each other without discovery."""

from __future__ import annotations

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, String, Table, select
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.known import MAX_ADDRESSES, MAX_KNOWN
from hearthnet_core.storage.database import Database, metadata

addresses = Table(
    "addresses",
    metadata,
    Column("node", LargeBinary, primary_key=True),
    Column("addresses", String, nullable=False),  # JSON, the best first
)


class Addresses:
    """Hints only: who answers at one is proven by the handshake."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[NodeId, tuple[str, ...]] = {}

    async def load(self) -> dict[NodeId, tuple[str, ...]]:
        """What was kept, at most `MAX_KNOWN` nodes."""
        rows = await self._database.read(lambda c: c.execute(select(addresses).limit(MAX_KNOWN)).all())
        for node, listed in rows:
            self._kept[NodeId(node)] = msgspec.json.decode(listed, type=tuple[str, ...])
        return dict(self._kept)

    async def keep(self, node_id: NodeId, listed: list[str]) -> None:
        """On the disk when it returns; nothing is written when nothing changed."""
        wanted = tuple(listed[:MAX_ADDRESSES])
        if not wanted or self._kept.get(node_id) == wanted:
            return
        self._kept[node_id] = wanted
        text = msgspec.json.encode(wanted).decode()

        def work(connection: Connection) -> None:
            upsert = insert(addresses).values(node=bytes(node_id), addresses=text)
            connection.execute(upsert.on_conflict_do_update(set_={"addresses": text}))

        await self._database.write(work)
