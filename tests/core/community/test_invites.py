"""An invite works once, for a while, by the clock of the node that made it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from hearthnet_core.community.invites import MAX_OPEN, Claim, invites
from hearthnet_core.errors import BadRequest, CapacityExceeded, Expired, Forbidden, Unavailable
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.invite import Invite, proof

from .homes import Home, home, meet

HOUR = 3600.0


async def redeem(at: Home, made: Invite) -> Claim:
    mac = proof(made.secret, b"server", b"client", b"statement")
    return await at.invites.redeem(made.id, mac, b"server", b"client", b"statement")


async def secrets(at: Home) -> list[bytes]:
    return await at.db.read(lambda c: [s for s in c.execute(select(invites.c.secret)).scalars() if s is not None])


async def test_the_secret_of_a_used_invite_is_erased_and_put_back_when_its_guest_was_not_let_in(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        made = await alice.invites.create(False, HOUR, ())
        claim = await redeem(alice, made)
        assert await secrets(alice) == []
        with pytest.raises(Expired, match="used already"):
            await redeem(alice, made)
        await alice.invites.put_back(claim)
        assert (await redeem(alice, made)).secret == made.secret


async def test_of_twenty_that_redeem_at_once_one_succeeds(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        made = await alice.invites.create(False, HOUR, ())
        ended = await asyncio.gather(*(redeem(alice, made) for _ in range(20)), return_exceptions=True)
        assert sum(isinstance(e, Claim) for e in ended) == 1 and sum(isinstance(e, Expired) for e in ended) == 19


@pytest.mark.parametrize("seconds", [0, -1, 59, 168 * HOUR + 1, float("nan"), float("inf")])
async def test_an_invite_lasts_between_a_minute_and_a_week(tmp_path: Path, seconds: float) -> None:
    async with home(tmp_path, "alice") as alice:
        with pytest.raises(BadRequest):
            await alice.invites.create(False, seconds, ())


async def test_no_more_than_fifty_invites_are_open_at_once(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        made = [await alice.invites.create(False, HOUR, ()) for _ in range(MAX_OPEN)]
        with pytest.raises(CapacityExceeded):
            await alice.invites.create(False, HOUR, ())
        await redeem(alice, made[0])
        await alice.invites.create(False, HOUR, ())


async def test_who_may_invite_is_the_community_s_policy(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        await bob.join(await alice.invite())
        await bob.invites.create(False, HOUR, ())
        anchors = bodies.PolicyUpdated(invite="anchor")
        await alice.log.append(bodies.POLICY, alice.membership.state.scope, anchors)
        await meet(alice, bob)
        with pytest.raises(Forbidden, match="takes the role anchor"):
            await bob.invites.create(False, HOUR, ())
        await bob.invites.create(True, HOUR, ())


async def test_an_invite_of_an_earlier_community_is_unknown(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        made = await bob.invites.create(False, HOUR, ())
        await bob.join(await alice.invite())
        with pytest.raises(Forbidden, match="no such invite"):
            await redeem(bob, made)
        await bob.invites.forget_expired()
        assert await secrets(bob) == []


async def test_in_time_by_the_monotonic_clock_an_invite_outlives_a_clock_at_1970(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        made = await alice.invites.create(False, HOUR, ())
        alice.clock.wall_ahead = -alice.clock.wall()
        assert (await redeem(alice, made)).id == made.id


async def test_past_the_monotonic_deadline_no_clock_that_goes_back_helps(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        made = await alice.invites.create(False, HOUR, ())
        alice.clock.wall_ahead, alice.clock.now_ahead = -alice.clock.wall(), HOUR + 1
        with pytest.raises(Expired):
            await redeem(alice, made)
        assert await secrets(alice) == []


async def test_after_a_restart_with_the_clock_at_1970_it_is_refused_and_works_when_the_clock_is_right(
    tmp_path: Path,
) -> None:
    async with home(tmp_path, "alice") as alice:
        made = await alice.invites.create(False, HOUR, ())
    async with home(tmp_path, "alice") as alice:
        alice.clock.wall_ahead = -alice.clock.wall()
        with pytest.raises(Unavailable, match="clock of the node that made this invite is wrong"):
            await redeem(alice, made)
        alice.clock.wall_ahead = 0
        assert (await redeem(alice, made)).id == made.id


async def test_a_clock_that_jumped_ahead_refuses_an_invite_but_does_not_lose_it(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        made = await alice.invites.create(False, HOUR, ())
    async with home(tmp_path, "alice") as alice:
        alice.clock.wall_ahead = 10 * 365 * 24 * HOUR
        with pytest.raises(Expired, match="by the clock of the node that made it"):
            await redeem(alice, made)
        await alice.invites.forget_expired()
        alice.clock.wall_ahead = 0
        assert (await redeem(alice, made)).id == made.id


async def test_what_expired_before_a_restart_is_erased_once_the_clock_had_time_to_be_set(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        made = await alice.invites.create(False, HOUR, ())
    async with home(tmp_path, "alice") as alice:
        alice.clock.wall_ahead = alice.clock.now_ahead = 2 * HOUR
        await alice.invites.forget_expired()
        assert await secrets(alice) == []
        with pytest.raises(Expired, match="has expired"):
            await redeem(alice, made)
