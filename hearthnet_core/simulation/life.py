"""One seed from its first day to the auditor's last look: `simulate(seed, nodes, hours)` says what went wrong, if anything.

First everybody joins by real invites. Then people post notices and change who belongs, while connections are cut,
networks part, machines die and come back, some from a backup. Then all is healed, and the auditor looks at what is left.
"""

from __future__ import annotations

import asyncio
from typing import TextIO

from hearthnet_core.simulation.faults import bad_days, heal, long_night
from hearthnet_core.simulation.people import anchors_and_policy, gather, probe, talk
from hearthnet_core.simulation.world import Outcome, World

PROBES = 3


def simulate(seed: int, nodes: int, hours: float, out: TextIO | None = None) -> Outcome:
    """`hours` of bad days; `out` gets a line for each thing that happens. Needs `PYTHONHASHSEED=0` to be repeatable."""
    return World(seed, nodes, hours, out).run(live)


async def live(world: World) -> None:
    for machine in world.machines.values():
        await machine.start()
    await gather(world)
    async with asyncio.TaskGroup() as group:
        background = [group.create_task(w) for w in (world.hints(), world.look())]
        if await world.converge("before anything went wrong"):
            await anchors_and_policy(world)
            talking = group.create_task(talk(world))
            await bad_days(world)
            talking.cancel()
            await long_night(world)
            await heal(world)
            if await world.converge("after everything was healed"):
                await _last_look(world)
        for task in background:
            task.cancel()
    for machine in world.machines.values():
        await machine.stop()


async def _last_look(world: World) -> None:
    # Out by what those who belong know before they post: who has just left and told nobody yet is still told things.
    known, _ = world.truth()
    out = {m.name for m in world.machines.values() if known.node(m.id) is None}
    probes = await probe(world, PROBES)
    if await world.converge("after the last notices"):
        state, active = world.truth()
        outside = [m for m in world.machines.values() if m not in active and m.name in out]
        await world.auditor.check_quiet(state, active, outside, probes)
