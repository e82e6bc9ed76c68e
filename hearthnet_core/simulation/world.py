"""A neighbourhood of simulated machines, and what all that is known in it adds up to."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TextIO

from hearthnet_core.errors import HearthNetError
from hearthnet_core.models.ids import CommunityId, MemberId, NodeId
from hearthnet_core.net.memory import MemoryNetwork
from hearthnet_core.protocol.authority import Graph, State
from hearthnet_core.simulation.auditor import Auditor
from hearthnet_core.simulation.clock import Chance, SimLoop, SimRuntime, SimTask, Standstill, true_day
from hearthnet_core.simulation.machine import Machine
from hearthnet_core.simulation.memo import remembered_checks
from hearthnet_core.simulation.trace import Trace

LATENCY_S = (0.001, 0.04)
SKEW_S = 600.0
HEARD = 4
HINTS_EVERY_S = 15.0
HEALING_S = 1_800.0
LOOK_EVERY_S = 5.0
ATTEMPT_S = 400.0
CALM_S = 3.0
LATECOMERS = 0.15
SECOND_NODES = 0.2
STRANGERS = 1


@dataclass(frozen=True)
class Outcome:
    """`trace`: the hash of all that happened. `reached`: how often each kind of fault did."""

    seed: int
    trace: str
    violations: tuple[str, ...]
    reached: dict[str, int]
    virtual_s: float
    notices: int
    deliveries: int


class World:
    """Machines `m00`, `m01` …; the last `STRANGERS` never belong. `nodes` counts those that are meant to."""

    def __init__(self, seed: int, nodes: int, hours: float, out: TextIO | None = None) -> None:
        self.seed = seed
        self.duration_s = hours * 3600
        self.loop = SimLoop(lambda place, what: self.auditor.failed(place, what))
        self.trace = Trace(self.loop, out)
        self.chance = Chance(seed, "world")
        self.network = MemoryNetwork(
            SimRuntime(self.loop, Chance(seed, "network")), latency_s=LATENCY_S, watch=self.trace.delivered
        )
        self.machines: dict[str, Machine] = {}
        self.auditor = Auditor(self.loop, self.trace, self.machines)
        for number in range(nodes + STRANGERS):
            name = f"m{number:02}"
            runtime = SimRuntime(self.loop, Chance(seed, name), self.chance.uniform(-SKEW_S, SKEW_S))
            self.machines[name] = Machine(name, self.loop, runtime, self.network, self.auditor.started)
        names = list(self.machines)
        self.members_to_be, self.strangers = names[:nodes], names[nodes:]
        self.latecomers = self.members_to_be[max(3, round(nodes * (1 - LATECOMERS))) :]
        self.by_id: dict[NodeId, Machine] = {m.id: m for m in self.machines.values()}
        self.community: CommunityId | None = None
        self.posted = 0
        self.gone: set[str] = set()
        self.awake = asyncio.Event()
        self.awake.set()
        self._truth: tuple[frozenset[bytes], State] | None = None

    def run(self, life: Callable[[World], Coroutine[Any, Any, None]]) -> Outcome:
        """The whole of it, once."""
        log = logging.getLogger("hearthnet_core")
        kept = log.level, log.propagate
        log.addHandler(self.auditor)
        log.setLevel(logging.ERROR)
        log.propagate = False
        try:
            with remembered_checks():
                self.loop.run_until_complete(self.loop.create_task(life(self)))
        except Standstill as error:
            self.auditor.violation("", f"standstill: {error}")
        except Exception as error:
            self.auditor.violation("", f"the world itself failed: {_said(error)}")
        finally:
            log.removeHandler(self.auditor)
            log.level, log.propagate = kept
            self._end()
        return Outcome(
            self.seed,
            self.trace.digest,
            tuple(self.auditor.violations),
            dict(sorted(self.trace.reached.items())),
            self.loop.time(),
            self.posted,
            self.trace.deliveries,
        )

    async def attempt(self, machine: Machine, work: Coroutine[Any, Any, Any], what: str) -> Any:
        """Something a person tries on a machine. A refusal is an answer, and losing power ends it; None then."""
        task = machine.here(work)
        await asyncio.wait([task], timeout=ATTEMPT_S)
        if not task.done():
            self.auditor.violation(machine.name, f"hangs: {what}")
            return None
        if task.cancelled():
            return None
        error = task.exception()
        if error is None:
            return task.result()
        if isinstance(error, HearthNetError):
            self.trace.note(machine.name, f"{what}: {error.code}: {error.message}")
        elif machine.up:
            self.auditor.failed(machine.name, f"{what}: {type(error).__name__}: {error}")
        return None

    def owner_of(self, machine: Machine) -> MemberId:
        """The household, whether the machine is up or not."""
        return next(m.log.state.nodes[machine.id].member for m in self.insiders())

    def up(self) -> list[Machine]:
        return [m for m in self.machines.values() if m.up]

    def belongs(self, machine: Machine) -> bool:
        """By its own view."""
        return (
            machine.up
            and machine.log.state.community == self.community
            and machine.log.state.node(machine.id) is not None
        )

    def insiders(self) -> list[Machine]:
        """Who is up and thinks it belongs."""
        return [m for m in self.machines.values() if self.belongs(m)]

    def truth(self) -> tuple[State, list[Machine]]:
        """What all that is known to those who belong adds up to, and who they are. Who was removed while apart does not
        know of it, and what only they know does not count."""
        street = [m for m in self.up() if m.log.state.community == self.community]
        for _ in range(3):
            state = self._folded(street)
            active = [m for m in street if state.node(m.id) is not None]
            if active == street:
                break
            street = active
        return state, street

    def _folded(self, machines: list[Machine]) -> State:
        heads = frozenset(head for m in machines for head in m.log.graph.heads)
        if self._truth is None or self._truth[0] != heads:
            known = {e.id: e for m in machines for e in m.log.graph.events()}
            founding, *rest = sorted(known.values(), key=lambda e: (e.header.lamport, e.id))
            graph = Graph(founding)
            for event in rest:
                try:
                    graph.add(event)
                except HearthNetError as error:
                    what = f"impure: a node took authority event {event.id.short}, which the union refuses: {error}"
                    self.auditor.violation("", what)
            self._truth = heads, graph.state
        return self._truth[1]

    async def converge(self, when: str) -> bool:
        """Waits until all who belong hold the same."""
        until = self.loop.time() + HEALING_S
        while self.loop.time() < until and len(self.auditor.violations) == 0:
            if not (different := self._different()):
                self.trace.note("", f"all the same {when}")
                return True
            await asyncio.sleep(LOOK_EVERY_S)
        if not self.auditor.violations:
            self.auditor.violation("", f"unequal: {when}, {HEALING_S:.0f} s later: {different}")
        return False

    def _different(self) -> str:
        """The first difference between those who belong, or nothing."""
        state, inside = self.truth()
        if not inside:
            return "nobody belongs"
        model, day = inside[0], true_day(self.loop) + 1
        for machine in inside:
            if machine.log.state != state:
                return f"{machine.name} does not know who belongs"
            for scope, name in ((state.scope, "membership"), (state.board, "board")):
                if machine.log.summary(scope, day) != model.log.summary(scope, day):
                    return f"{machine.name} and {model.name} do not hold the same {name}"
        # A node without its household's key goes without a word, and stays on the list until the household removes it.
        missing = [
            n.id
            for n in state.nodes.values()
            if n.active and self.by_id[n.id] not in inside and self.by_id[n.id].name not in self.gone
        ]
        return f"{self.by_id[missing[0]].name} does not know that it belongs" if missing else ""

    async def hints(self) -> None:
        """Discovery, as the network gives it: datagrams, most of which are lost, and nobody hears everybody."""
        chance = Chance(self.seed, "hints")
        names = list(self.machines)
        while True:
            for machine in self.up():
                for name in chance.sample(names, min(HEARD, len(names))):
                    self.hint(machine, self.machines[name])
            await asyncio.sleep(HINTS_EVERY_S)
            await self.awake.wait()

    def hint(self, machine: Machine, other: Machine) -> None:
        if other.up and other is not machine and not self.network.is_held(other.host, machine.host):
            outside = not self.belongs(machine)
            machine.run(lambda: machine.mesh.found(other.address, None if outside else other.id))

    async def look(self) -> None:
        """The auditor's looks while all goes on."""
        chance = Chance(self.seed, "looks")
        while True:
            await asyncio.sleep(chance.uniform(0.5, 1.5) * LOOK_EVERY_S)
            await self.awake.wait()
            self.auditor.check_bounds()
            up = self.up()
            if len(up) > 1:
                await self.auditor.check_pair(*chance.sample(up, 2))

    def _end(self) -> None:
        """Whatever still runs is ended in order, so that nothing speaks up later."""
        for machine in self.machines.values():
            machine.dying = True
        for _ in range(10):
            if not (tasks := list(self.loop.living.values())):
                break
            for task in tasks:
                task.cancel()
            with contextlib.suppress(Standstill):
                self.loop.run_until_complete(self.loop.create_task(_all_done(tasks)))
        self.loop.close()


async def _all_done(tasks: list[SimTask]) -> None:
    await asyncio.wait(tasks, timeout=ATTEMPT_S)


def _said(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({last.name}, line {last.lineno})"
