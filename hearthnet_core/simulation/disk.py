"""A simulated machine's disk: it outlives crashes, keeps what was synced, and can be put back to an older day."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from hearthnet_core.log.tables import events
from hearthnet_core.runtime import Runtime
from hearthnet_core.storage.database import Database

SYNC_S = (0.0005, 0.02)
SLOW_SYNC_S = (0.2, 2.0)


class Disk:
    """`image` is what lies on it while no database is open. A write waits for the disk before it counts."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.image: bytes | None = None
        self.boot = 0
        self.slow = False
        self.db: Database | None = None

    async def open(self) -> Database:
        """As a node starts: counts the boot."""
        self.boot += 1
        self.db = await Database.open(None, self._runtime, image=self.image, sync=self._sync)
        return self.db

    def now(self) -> bytes | None:
        """What a backup taken at this moment would hold."""
        return self.db.image() if self.db is not None else self.image

    async def holds(self, id: bytes) -> bool:
        """Is this event on it at this moment?"""
        assert self.db is not None
        query = select(events.c.id).where(events.c.id == id)
        return await self.db.read(lambda connection: connection.execute(query).first()) is not None

    def power_lost(self) -> None:
        """What was committed stays; writes under way are gone. The database is useless from here on."""
        self.image = self.now()

    async def close(self) -> None:
        """Ends the database that was open; after `power_lost` nothing it still does matters."""
        if self.db is not None:
            await self.db.close()
            self.db = None

    async def _sync(self) -> None:
        await asyncio.sleep(self._runtime.uniform(*(SLOW_SYNC_S if self.slow else SYNC_S)))
