"""The invites this node made: redeemed by it alone, once, on its own clock.

**Clock.** An invite made since this process started has a deadline on the monotonic clock as well, so it ends in time
whatever happens to the wall clock. Where the wall clock contradicts what is certain, an invite is refused but kept:

- it says earlier than when the invite was made (1970 after a power cut): a deadline on the monotonic clock decides; for
  an invite from before the restart there is none, and the guest hears that this clock is wrong;
- it says later than the invite lasts: the invite is refused as expired, and forgotten only when that is certain (the
  monotonic deadline, or this process has run for an hour, time enough for the clock to be set).

What a machine without a clock spent without power is not known to it and does not count.

**Once.** The secret is erased on the disk before the guest is let in; so a crash in between costs an invite and never
redeems one twice. A refusal that is certain puts it back.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

import msgspec
from sqlalchemy import Boolean, Column, Connection, Float, LargeBinary, Table, delete, func, insert, select, update

from hearthnet_core.community.membership import Membership
from hearthnet_core.errors import BadRequest, CapacityExceeded, Expired, Forbidden, Unavailable
from hearthnet_core.protocol.invite import SECRET_BYTES, Invite, proof
from hearthnet_core.runtime import Runtime
from hearthnet_core.storage.database import Database, metadata

HOUR_S = 3_600.0
DEFAULT_TTL_S = 24 * HOUR_S
MIN_TTL_S = 60.0
MAX_TTL_S = 168 * HOUR_S
MAX_EXPIRES = 2**32 - 1
MAX_OPEN = 50
MAX_SPENT = 200
CLOCK_SLACK_S = 600.0
CLOCK_SET_AFTER_S = HOUR_S

invites = Table(
    "invites",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("community", LargeBinary, nullable=False),
    Column("secret", LargeBinary),  # None: used or expired
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("used", Boolean, nullable=False),
)


class UnknownInvite(Forbidden):
    """This node knows no such invite; ask for a new one."""


class WrongProof(Forbidden):
    """The invite does not fit: it was copied wrongly, or somebody stands in between. Ask for a new one."""


class Claim(msgspec.Struct, frozen=True):
    """An invite whose secret was shown, and is gone. `put_back` it when its guest certainly was not let in."""

    id: bytes
    secret: bytes
    own: bool


class Invites:
    """Of the current community only; those of an earlier one are unknown."""

    def __init__(self, db: Database, runtime: Runtime, membership: Membership) -> None:
        self._db = db
        self._runtime = runtime
        self._membership = membership
        self._started = runtime.now()
        self._deadlines: dict[bytes, float] = {}

    async def create(self, own: bool, ttl_s: float, addresses: Sequence[str]) -> Invite:
        """A new invite that lasts `ttl_s` seconds (a minute to a week). `own`: for another node of this household.

        Raises `Forbidden` when this household may not invite, `CapacityExceeded` at `MAX_OPEN` open ones.
        """
        if not MIN_TTL_S <= ttl_s <= MAX_TTL_S:
            raise BadRequest(f"An invite lasts between one minute and {MAX_TTL_S / HOUR_S:.0f} hours.")
        if own:
            self._membership.check_owner_key()
        else:
            self._membership.check_may_invite()
        now, wall = self._runtime.now(), max(0.0, self._runtime.wall())
        made = Invite(
            community=self._membership.community,
            node=self._membership.me.id,
            secret=self._runtime.random_bytes(SECRET_BYTES),
            expires=min(int(wall + ttl_s), MAX_EXPIRES),
            own=own,
            addresses=tuple(addresses),
        )
        made.encode()
        community = bytes(made.community)
        row = {"id": made.id, "community": community, "secret": made.secret, "used": False}
        row |= {"created": wall, "expires": float(made.expires), "own": own}
        await self.forget_expired()

        def keep(connection: Connection) -> bool:
            mine = invites.c.community == community, invites.c.secret.is_not(None)
            if connection.execute(select(func.count()).where(*mine)).scalar_one() >= MAX_OPEN:
                return False
            connection.execute(insert(invites).values(row))
            return True

        if not await self._db.write(keep):
            raise CapacityExceeded(f"There are {MAX_OPEN} open invites already; wait until one is used or expires.")
        self._deadlines[made.id] = now + ttl_s
        return made

    async def redeem(self, id: bytes, mac: bytes, server_hello: bytes, client_hello: bytes, statement: bytes) -> Claim:
        """Takes the invite away from everybody else. Raises `UnknownInvite`, `WrongProof`, `Expired` (also when it was
        used), `Unavailable` when this node's clock cannot be right."""
        community = bytes(self._membership.community)
        where = invites.c.id == id, invites.c.community == community
        row = await self._db.read(lambda c: c.execute(select(invites).where(*where)).first())
        if row is None:
            raise UnknownInvite
        if row.used:
            raise Expired("This invite was used already; ask for a new one.")
        if row.secret is None:
            raise Expired("This invite has expired; ask for a new one.")
        if not hmac.compare_digest(proof(row.secret, server_hello, client_hello, statement), mac):
            raise WrongProof
        await self._check_time(id, row.created, row.expires)

        def take(connection: Connection) -> bool:
            open_ = (*where, invites.c.secret.is_not(None))
            taken = connection.execute(update(invites).where(*open_).values(secret=None, used=True))
            return taken.rowcount == 1

        if not await self._db.write(take):
            raise Expired("This invite was used already; ask for a new one.")
        return Claim(id, row.secret, row.own)

    async def put_back(self, claim: Claim) -> None:
        """Its guest was not let in."""
        back = update(invites).where(invites.c.id == claim.id).values(secret=claim.secret, used=False)
        await self._db.write(lambda c: c.execute(back) and None)

    async def forget_expired(self) -> None:
        """Erases secrets that certainly expired and those of other communities, and the oldest spent invites."""
        now, wall = self._runtime.now(), self._runtime.wall()
        over = [id for id, deadline in self._deadlines.items() if deadline <= now]
        community = bytes(self._membership.community)
        settled = now - self._started >= CLOCK_SET_AFTER_S

        def work(connection: Connection) -> None:
            gone = invites.c.id.in_(over) | (invites.c.community != community)
            if settled:
                gone |= invites.c.expires <= wall
            connection.execute(update(invites).where(gone).values(secret=None))
            spent = select(invites.c.id).where(invites.c.secret.is_(None))
            old = spent.order_by(invites.c.created.desc()).offset(MAX_SPENT).limit(-1)
            connection.execute(delete(invites).where(invites.c.id.in_(old.scalar_subquery())))

        await self._db.write(work)
        for id in over:
            del self._deadlines[id]

    async def _check_time(self, id: bytes, created: float, expires: float) -> None:
        now, wall = self._runtime.now(), self._runtime.wall()
        deadline = self._deadlines.get(id)
        if deadline is not None and deadline <= now:
            await self.forget_expired()
            raise Expired("This invite has expired; ask for a new one.")
        if wall >= expires:
            raise Expired(
                "This invite has expired by the clock of the node that made it. Ask for a new one, or have its clock"
                " checked."
            )
        if deadline is None and wall < created - CLOCK_SLACK_S:
            raise Unavailable(
                "The clock of the node that made this invite is wrong: it says a time before the invite was made. Set"
                " it there and try again; the invite is kept."
            )
