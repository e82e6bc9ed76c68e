"""The bad days: what goes wrong, how often, and that each kind really did. A fault heals itself after a while.

Every kind comes at least once in a run, and more often the longer it is. A fault that found nobody to befall is tried
again; a run of seeds in which a kind never came to pass fails, or a quiet simulator would look like a sound protocol.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hearthnet_core.models.ids import MemberId
from hearthnet_core.protocol import bodies
from hearthnet_core.simulation.clock import DAY_S, EPOCH, Chance
from hearthnet_core.simulation.machine import Machine
from hearthnet_core.simulation.people import anchor_machines, cosigned, decide, let_in, post
from hearthnet_core.simulation.world import World

CUTS_PER_MINUTE = 0.3
LEAST_ACTIVE = 0.6
AGAIN_AFTER_S = 3.0
BACKUP_EVERY_S = 20.0
INVITED_AGAIN = 3
NIGHT_DAYS = 5
WAIT_FOR_POWER_S = 30.0

type Fault = Callable[[World], Awaitable[bool]]


async def bad_days(world: World) -> None:
    """All of them, over the world's duration."""
    chance = Chance(world.seed, "faults")
    plan: list[tuple[float, str]] = []
    for kind, (_, per_hour) in FAULTS.items():
        times = 1 + int(per_hour * world.duration_s / 3600 * chance.uniform(0.5, 1.5))
        plan += [(chance.uniform(0, world.duration_s), kind) for _ in range(times)]
    began = world.loop.time()
    async with asyncio.TaskGroup() as group:
        background = [group.create_task(w) for w in (_cutting(world), _backing_up(world))]
        for at, kind in sorted(plan):
            await asyncio.sleep(max(0.0, began + at - world.loop.time()))
            group.create_task(_befall(world, kind, began + world.duration_s))
        await asyncio.sleep(max(0.0, began + world.duration_s - world.loop.time()))
        for task in background:
            task.cancel()


async def _befall(world: World, kind: str, until: float) -> None:
    while not await FAULTS[kind][0](world):
        if world.trace.reached[kind] and world.loop.time() > until:
            return
        if world.loop.time() > until + 300:
            return
        await asyncio.sleep(AGAIN_AFTER_S)


async def heal(world: World) -> None:
    """Everything works again from here on."""
    world.trace.note("", "healed")
    for a, b in list(world.network.held):
        world.network.release(a, b)
    for machine in world.machines.values():
        world.network.refuse(machine.host, False)
        machine.disk.slow = False
        if not machine.up and not machine.busy:
            await _start(machine)
    for _ in range(INVITED_AGAIN):
        state, street = world.truth()
        for node in state.nodes.values():
            machine = world.by_id[node.id]
            if node.active and machine not in street and machine.name not in world.gone:
                await _invite_again(world, machine, node.member, street)


async def _invite_again(world: World, machine: Machine, member: MemberId, street: list[Machine]) -> None:
    """It was let in, and cut off before it heard so: people try once more, its own household where it was to be theirs."""
    if member == machine.owner.member_id:
        await let_in(world, street[0], machine, False)
        return
    keepers = [m for m in street if m.owner.member_id == member]
    if keepers:
        await let_in(world, keepers[0], machine, True)
    else:
        world.gone.add(machine.name)  # whose household is out itself; nobody can ask it in


async def _cutting(world: World) -> None:
    """30 % of all connections a minute, all the time."""
    chance = Chance(world.seed, "cuts")
    while True:
        await asyncio.sleep(1.0)
        for wire in list(world.network.wires):
            if chance.random() * 60 < CUTS_PER_MINUTE:
                world.trace.fault("cut", wire.ends[0], wire.ends[1])
                wire.cut()


async def _cut(world: World) -> bool:
    wires = list(world.network.wires)
    if not wires:
        return False
    wire = world.chance.choice(wires)
    world.trace.fault("cut", wire.ends[0], wire.ends[1])
    wire.cut()
    return True


async def _half_open(world: World) -> bool:
    """A connection of which only one end learns that it is gone."""
    wires = list(world.network.wires)
    if not wires:
        return False
    wire = world.chance.choice(wires)
    aware = world.chance.choice(wire.ends)
    world.trace.fault("half open", aware)
    wire.half_open(aware)
    return True


async def _stall(world: World) -> bool:
    wires = list(world.network.wires)
    if not wires:
        return False
    wire = world.chance.choice(wires)
    world.trace.fault("stall", wire.ends[0], wire.ends[1])
    wire.stall(world.chance.uniform(0.5, 20.0))
    return True


async def _backing_up(world: World) -> None:
    """One machine after the other keeps an image of its disk; `restored` goes back to it."""
    chance = Chance(world.seed, "backups")
    while True:
        inside = world.insiders()
        if inside:
            machine = chance.choice(inside)
            machine.backup = machine.disk.now()
        await asyncio.sleep(BACKUP_EVERY_S * chance.uniform(0.2, 1.0))


async def _start(machine: Machine) -> None:
    machine.busy = True
    try:
        await machine.start()
    finally:
        machine.busy = False


async def _die(world: World, machine: Machine, *, silently: bool = False) -> None:
    machine.busy = True
    machine.lose_power(silently=silently)
    await machine.bury()
    await asyncio.sleep(world.chance.uniform(0.2, WAIT_FOR_POWER_S))
    await _start(machine)


def _someone(world: World) -> Machine | None:
    found = [m for m in world.up() if not m.busy]
    return world.chance.choice(found) if found else None


def _spare(world: World) -> bool:
    """May one more household go? A street where everybody left tells nothing."""
    return len(world.insiders()) > LEAST_ACTIVE * len(world.members_to_be)


async def _crash(world: World) -> bool:
    machine = _someone(world)
    if machine is None:
        return False
    world.trace.fault("crash", machine.name)
    await _die(world, machine, silently=world.chance.random() < 0.3)
    return True


async def _crash_after_answer(world: World) -> bool:
    """Power goes the moment after a notice was acknowledged, before anybody else has heard of it."""
    machine = _someone(world)
    if machine is None:
        return False
    gone = asyncio.Event()

    async def posting() -> None:
        event = await machine.post("the last one", 30)
        await world.auditor.acknowledge(machine, event)
        if not machine.busy and machine.up:
            machine.busy = True
            machine.lose_power()
            world.trace.fault("crash after answer", machine.name, event.id.short)
        gone.set()

    task = machine.here(posting())
    await asyncio.wait([task], timeout=60)
    if not gone.is_set() or machine.up or not machine.dying:
        return False
    await machine.bury()
    await asyncio.sleep(world.chance.uniform(0.2, WAIT_FOR_POWER_S))
    await _start(machine)
    return True


async def _restart(world: World) -> bool:
    machine = _someone(world)
    if machine is None:
        return False
    machine.busy = True
    world.trace.fault("restart", machine.name)
    await machine.stop()
    await asyncio.sleep(world.chance.uniform(0.1, 3.0))
    await _start(machine)
    return True


async def _restored(world: World) -> bool:
    """Somebody puts an older backup back."""
    found = [m for m in world.insiders() if not m.busy and m.backup is not None and m.backup != m.disk.now()]
    if not found:
        return False
    machine = world.chance.choice(found)
    image, machine.busy = machine.backup, True
    world.trace.fault("restored", machine.name)
    await machine.stop()
    machine.disk.image = image
    await asyncio.sleep(world.chance.uniform(0.1, 5.0))
    await _start(machine)
    return True


async def _partition(world: World) -> bool:
    """Two halves that cannot hear each other."""
    names = list(world.machines)
    world.chance.shuffle(names)
    at = world.chance.randrange(1, len(names))
    await _apart(world, "partition", names[:at], names[at:], both=True)
    return True


async def _one_way(world: World) -> bool:
    """Some hear the others and are not heard."""
    names = list(world.machines)
    world.chance.shuffle(names)
    at = world.chance.randrange(1, max(2, len(names) // 2))
    await _apart(world, "one-way partition", names[:at], names[at:], both=False)
    return True


async def _apart(world: World, kind: str, some: list[str], others: list[str], *, both: bool) -> None:
    pairs = [(world.machines[a].host, world.machines[b].host) for a in some for b in others]
    world.trace.fault(kind, " ".join(sorted(some)))
    for a, b in pairs:
        world.network.hold(a, b)
        if both:
            world.network.hold(b, a)
    await asyncio.sleep(world.chance.uniform(5.0, 60.0))
    for a, b in pairs:
        world.network.release(a, b)
        if both:
            world.network.release(b, a)
    world.trace.note("", f"{kind} over")


async def _refused(world: World) -> bool:
    machine = world.chance.choice(list(world.machines.values()))
    world.trace.fault("refused", machine.name)
    world.network.refuse(machine.host)
    await asyncio.sleep(world.chance.uniform(5.0, 40.0))
    world.network.refuse(machine.host, False)
    return True


async def _clock(world: World) -> bool:
    """A wall clock jumps: minutes, or to 1970 as after a power cut without a battery; some are set right again."""
    machine = world.chance.choice(list(world.machines.values()))
    minutes = world.chance.choice((-10, 10, 3, -1))
    machine.runtime.skew = minutes * 60.0 if world.chance.random() < 0.7 else -EPOCH - world.loop.time()
    world.trace.fault("clock", machine.name, f"{machine.runtime.wall():.0f}")
    return True


async def _slow_disk(world: World) -> bool:
    machine = world.chance.choice(list(world.machines.values()))
    world.trace.fault("slow disk", machine.name)
    machine.disk.slow = True
    await asyncio.sleep(world.chance.uniform(5.0, 60.0))
    machine.disk.slow = False
    return True


async def _moved(world: World) -> bool:
    """A machine gets another address while it is off."""
    machine = _someone(world)
    if machine is None:
        return False
    machine.busy = True
    world.trace.fault("moved", machine.name)
    await machine.stop()
    machine.move()
    await _start(machine)
    return True


async def _late(world: World) -> bool:
    """Somebody new, or who had been out, comes in by an invite."""
    outside = [m for m in world.up() if m.name in world.members_to_be and not m.busy and not world.belongs(m)]
    inside = [m for m in world.insiders() if not m.busy]
    if not outside or not inside:
        return False
    return await let_in(world, world.chance.choice(inside), world.chance.choice(outside), world.chance.random() < 0.3)


async def _decision(world: World, kind: str) -> bool:
    if kind == "revoke" and not _spare(world):
        return False
    return await decide(world, kind, anchor_machines(world))


async def _leaves(world: World) -> bool:
    found = [m for m in world.insiders() if m.membership.member.role != "anchor" and not m.busy]
    if not found or not _spare(world):
        return False
    machine = world.chance.choice(found)
    world.gone.add(machine.name)
    await world.attempt(machine, machine.leave(), "leave")
    if world.belongs(machine) or not machine.up:
        return False
    world.trace.fault("leave", machine.name)
    return True


async def _node_removed(world: World) -> bool:
    """A household takes one of its own nodes out."""
    for machine in world.insiders():
        if machine.busy or not machine.membership.holds_owner_key:
            continue
        mine = machine.log.state.nodes_of(machine.membership.member.id)
        others = [n.id for n in mine if n.id != machine.id]
        if others and _spare(world):
            gone = world.chance.choice(others)
            made = await world.attempt(machine, machine.membership.remove_node(gone, "sold"), "remove node")
            if made is not None:
                world.trace.fault("node removed", machine.name, world.by_id[gone].name)
                return True
    return False


async def _duel(world: World) -> bool:
    """Two anchors, each on its side of a partition, remove each other; both sides go on posting."""
    anchors = [m for m in anchor_machines(world) if not m.busy]
    pairs = [(a, b) for a in anchors for b in anchors if a.membership.member.id != b.membership.member.id]
    if not pairs or not _spare(world):
        return False
    one, other = world.chance.choice(pairs)
    rest = [n for n in world.machines if n not in (one.name, other.name)]
    world.chance.shuffle(rest)
    half = len(rest) // 2
    sides = [one.name, *rest[:half]], [other.name, *rest[half:]]
    apart = world.loop.create_task(_apart(world, "partition", *sides, both=True))
    for machine, against in ((one, other), (other, one)):
        if machine.up and machine.membership.founded:
            subject = against.membership.member.id if against.up else world.owner_of(against)
            cosigs = cosigned(world, machine, bodies.REVOKED, subject)
            made = await world.attempt(machine, machine.membership.revoke(subject, "quarrel", cosigs), "revoke")
            if made is not None:
                world.trace.fault("duel", machine.name, against.name)
                await post(world, machine)
    await apart
    return world.trace.reached["duel"] > 0


async def long_night(world: World) -> None:
    """The power of the whole street is gone for days; what was to expire meanwhile has expired."""
    for machine in world.up():
        if not machine.busy:
            machine.busy = True
            machine.lose_power()
            await machine.bury()
    world.trace.fault("long night", "")
    world.awake.clear()
    await asyncio.sleep(NIGHT_DAYS * DAY_S * world.chance.uniform(0.5, 1.0))
    world.awake.set()
    for machine in world.machines.values():
        if not machine.up:
            await _start(machine)


FAULTS: dict[str, tuple[Fault, float]] = {
    "cut": (_cut, 0),
    "half open": (_half_open, 60),
    "stall": (_stall, 60),
    "crash": (_crash, 60),
    "crash after answer": (_crash_after_answer, 30),
    "restart": (_restart, 20),
    "restored": (_restored, 30),
    "partition": (_partition, 20),
    "one-way partition": (_one_way, 10),
    "refused": (_refused, 10),
    "clock": (_clock, 20),
    "slow disk": (_slow_disk, 10),
    "moved": (_moved, 10),
    "join": (_late, 30),
    "promote": (lambda world: _decision(world, "promote"), 10),
    "demote": (lambda world: _decision(world, "demote"), 10),
    "revoke": (lambda world: _decision(world, "revoke"), 10),
    "leave": (_leaves, 10),
    "node removed": (_node_removed, 10),
    "duel": (_duel, 5),
}
"""Kind → what does it, and how often an hour beyond the one time that every run has."""

KINDS = (*FAULTS, "join own", "long night", "policy")
