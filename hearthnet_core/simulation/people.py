"""What people do in the simulated world: join, post notices, and change who belongs. Refusals are taken as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from hearthnet_core.errors import HearthNetError
from hearthnet_core.models.ids import MemberId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.standing import Member
from hearthnet_core.simulation.clock import Chance
from hearthnet_core.simulation.machine import Machine
from hearthnet_core.simulation.world import CALM_S, SECOND_NODES, World

INVITE_S = 3_600.0
POSTS_PER_MINUTE = 24.0
LASTS_DAYS = (1, 2, 7, 30)
FIRST_NOTICES = 5


async def gather(world: World) -> None:
    """The first one's community, and the others come in one after the other."""
    first, *others = [world.machines[n] for n in world.members_to_be if n not in world.latecomers]
    world.community = first.log.state.community
    for machine in others:
        inside = world.insiders()
        if not await let_in(world, world.chance.choice(inside), machine, world.chance.random() < SECOND_NODES):
            world.auditor.violation(machine.name, "could not join on a quiet day")
        await asyncio.sleep(CALM_S)


async def let_in(world: World, inviter: Machine, guest: Machine, own: bool) -> bool:
    """By an invite; `own`: as another node of the inviting household."""
    if own and not inviter.membership.holds_owner_key:
        own = False
    invite = await world.attempt(inviter, inviter.invites.create(own, INVITE_S, [inviter.address]), "invite")
    if invite is None or not guest.up:
        return False
    await world.attempt(guest, guest.join(invite), "join")
    joined = world.belongs(guest)
    if joined:
        world.gone.discard(guest.name)
        world.trace.fault("join own" if own else "join", guest.name, f"by {inviter.name}")
    return joined


async def anchors_and_policy(world: World) -> None:
    """Three anchors besides the founder; one or two have to agree to a removal."""
    founder = world.machines["m00"]
    needed = 1 + world.seed % 2
    policy = bodies.PolicyUpdated(revoke_cosigners=needed)
    await world.attempt(founder, founder.log.append(bodies.POLICY, founder.log.state.scope, policy), "policy")
    world.trace.fault("policy", founder.name, f"{needed} sign")
    others = [m for m in founder.log.state.members.values() if m.role != "anchor"]
    for member in world.chance.sample(others, min(3, len(others))):
        await world.attempt(founder, founder.membership.promote(member.id, "anchor"), "promote")
    for _ in range(FIRST_NOTICES):
        await post(world, world.chance.choice(world.insiders()))


async def post(world: World, machine: Machine, days: int | None = None) -> bytes | None:
    """One notice; recorded when, and only when, it was acknowledged."""
    lasts = days if days is not None else world.chance.choice(LASTS_DAYS)
    world.posted += 1
    title = f"notice {world.posted}"

    async def posting() -> bytes:
        event = await machine.post(title, lasts)
        await world.auditor.acknowledge(machine, event)
        return bytes(event.id)

    id: bytes | None = await world.attempt(machine, posting(), "post")
    return id


async def talk(world: World) -> None:
    """Notices from everywhere, now and then several at once."""
    chance = Chance(world.seed, "talk")
    async with asyncio.TaskGroup() as group:
        while True:
            await asyncio.sleep(chance.expovariate(POSTS_PER_MINUTE / 60))
            up = [m for m in world.up() if m.log.state.community == world.community]
            if up:
                machine = chance.choice(up)
                for _ in range(3 if chance.random() < 0.1 else 1):
                    group.create_task(_said(world, machine))


async def _said(world: World, machine: Machine) -> None:
    await post(world, machine)


async def probe(world: World, count: int) -> set[bytes]:
    """Notices after everything: who is out must never hold them."""
    active = world.truth()[1]
    ids = [await post(world, machine, 7) for machine in world.chance.sample(active, min(count, len(active)))]
    return {id for id in ids if id is not None}


def cosigned(
    world: World, machine: Machine, type: str, subject: MemberId, role: str = ""
) -> tuple[tuple[bytes, bytes], ...]:
    """The signatures of all anchors that this machine knows; their people agree to everything."""
    state, after = machine.log.state, machine.membership.heads
    signed = []
    for anchor in state.anchors():
        node = next(iter(state.nodes_of(anchor)), None)
        if anchor != subject and node is not None:
            key = world.by_id[node.id].key
            signed.append(making.cosign(key, type, state.community, after, subject, role))
    return tuple(signed)


def anchor_machines(world: World) -> list[Machine]:
    return [m for m in world.insiders() if m.membership.member.role == "anchor"]


def subjects(machine: Machine, fits: Callable[[Member], bool]) -> list[MemberId]:
    """Active households other than its own."""
    state, mine = machine.log.state, machine.membership.member.id
    return [m.id for m in state.members.values() if m.active and m.id != mine and fits(m)]


async def decide(world: World, kind: str, actors: Sequence[Machine]) -> bool:
    """One change of who belongs, by one of `actors`. False when nobody could."""
    if not actors:
        return False
    machine = world.chance.choice(list(actors))
    members = machine.membership
    before = machine.log.state
    rank = {"promote": lambda m: m.role != "anchor", "demote": lambda m: m.role != "member"}.get(kind, lambda m: True)
    found = subjects(machine, rank)
    if not found:
        return False
    subject = world.chance.choice(found)

    async def deciding() -> None:
        try:
            match kind:
                case "promote":
                    await members.promote(subject, world.chance.choice(("trusted", "anchor")))
                case "demote":
                    await members.demote(subject, "member", cosigned(world, machine, bodies.DEMOTED, subject, "member"))
                case "revoke":
                    await members.revoke(subject, "noise", cosigned(world, machine, bodies.REVOKED, subject))
        except HearthNetError as error:
            world.trace.note(machine.name, f"{kind}: {error.message}")

    await world.attempt(machine, deciding(), kind)
    if not machine.up or machine.log.state == before:
        return False
    world.trace.fault(kind, machine.name, subject.short)
    return True
