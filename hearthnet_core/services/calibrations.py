"""What was found out about this node's own search, kept in the database by way of ranking, library and software."""

from __future__ import annotations

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, String, Table, select
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.services.confidence import Calibration
from hearthnet_core.services.weights import Weights
from hearthnet_core.storage.database import metadata

KEEP = 8

calibrations = Table(
    "calibrations",
    metadata,
    Column("key", String, primary_key=True),
    Column("result", LargeBinary, nullable=False),
)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """`method` as `rag.query` names it. `languages`: only those for which something was found; each may still not hold."""

    method: str = ""
    weights: Weights = Weights()
    languages: dict[str, Calibration] = {}


def kept(connection: Connection, key: str) -> Result | None:
    row = connection.execute(select(calibrations.c.result).where(calibrations.c.key == key)).first()
    if row is None:
        return None
    try:
        return msgspec.msgpack.decode(row.result, type=Result)
    except msgspec.DecodeError:
        return None


def keep(connection: Connection, key: str, result: Result) -> None:
    """A few: an embedding model that comes and goes is not measured again each time."""
    if len(connection.execute(select(calibrations.c.key)).all()) >= KEEP:
        connection.execute(calibrations.delete())
    data = msgspec.msgpack.encode(result)
    statement = insert(calibrations).values(key=key, result=data)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"result": data}))
