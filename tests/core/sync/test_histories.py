"""Random histories: posts, cuts at any message, backups restored. After healing all logs are equal and nothing that was
on a disk which still exists is lost.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hearthnet_core.errors import Unavailable
from hearthnet_core.sync import answering, service, shared
from tests.core.log.nodes import A, B, F, Node, street, world_of
from tests.core.protocol.forging import BOARD

from .streets import Neighbour, Street, until

HOUSES = (F, A, B)


@dataclass
class History:
    """Plays actions. `existing` is every notice that some disk holds, or should."""

    street: Street
    nodes: list[Neighbour]
    images: dict[int, bytes] = field(default_factory=dict)
    existing: set[bytes] = field(default_factory=set)
    left: int = -1
    posts: int = 0

    def sent(self, _: bytes) -> None:
        """Cuts everything at the message that was chosen."""
        if self.left == 0:
            for _, _, end in self.street.pipes:
                for each in (end, end.other):
                    each.fail(Unavailable("cut"))
        self.left -= 1

    async def post(self, who: int, count: int) -> None:
        for _ in range(count):
            self.posts += 1
            made = await self.nodes[who].node.post(f"{who} {self.posts}")
            self.existing.add(bytes(made.id))

    async def ids(self, who: int) -> set[bytes]:
        return {bytes(s.event.id) for s in await self.nodes[who].node.log.events(BOARD, limit=1000)}

    async def link(self, one: int, other: int, messages: int) -> None:
        """Connects, lets some messages pass, cuts."""
        if one == other:
            return
        a, b = self.nodes[one], self.nodes[other]
        self.left = messages
        self.street.connect(a, b)
        for _ in range(200):
            if self.left < 0:
                break
            await asyncio.sleep(0.001)
        await self.street.cut(a, b)

    async def restore(self, who: int) -> None:
        image = self.images.get(who)
        if image is None:
            return
        old = self.nodes[who]
        await self.street.remove(old)
        elsewhere = set().union(*[await self.ids(n) for n in range(len(self.nodes)) if n != who])
        only_here = await self.ids(who) - elsewhere
        self.nodes[who] = self.street.add(await Node.open(HOUSES[who], image=image))
        self.existing -= only_here - await self.ids(who)

    async def play(self, actions: list[tuple[str, int, int, int]]) -> None:
        for name, who, other, count in actions:
            match name:
                case "post":
                    await self.post(who, count)
                case "link":
                    await self.link(who, other, count)
                case "image":
                    self.images[who] = self.nodes[who].node.db.image()
                case "restore":
                    await self.restore(who)
                    await self.post(who, count // 3)

    async def heal(self) -> None:
        self.left = -1
        for i, a in enumerate(self.nodes):
            for b in self.nodes[i + 1 :]:
                self.street.connect(a, b)
        await until(lambda: all(self.nodes[0].same_as(n) for n in self.nodes))


ACTION = st.tuples(
    st.sampled_from(["post", "link", "link", "link", "image", "restore"]),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 20),
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that last a minute in a street would make each example as long."""
    monkeypatch.setattr(shared, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(service, "FIRST_RETRY_S", 0.02)
    monkeypatch.setattr(answering, "MARK_AFTER_S", 0.02)


@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ACTION, min_size=4, max_size=25))
def test_after_healing_all_logs_are_equal_and_hold_everything(actions: list[tuple[str, int, int, int]]) -> None:
    async def play() -> None:
        made = await street(world_of(A, B), *HOUSES)
        wires = Street()
        history = History(wires, [wires.add(node) for node in made])
        wires.on_send = history.sent
        history.images = {n: neighbour.node.db.image() for n, neighbour in enumerate(history.nodes)}
        try:
            await history.play(actions)
            await history.heal()
            for n in range(3):
                assert await history.ids(n) == history.existing
        finally:
            for neighbour in list(wires.neighbours.values()):
                await neighbour.supervisor.aclose()

    asyncio.run(play())


async def test_both_sides_restored_lose_nothing_of_what_a_third_has() -> None:
    made = await street(world_of(A, B), *HOUSES)
    wires = Street()
    history = History(wires, [wires.add(node) for node in made])
    try:
        await history.post(0, 3)
        history.images = {n: history.nodes[n].node.db.image() for n in (0, 1)}
        await history.post(1, 3)
        await history.heal()
        for one, other in ((0, 1), (0, 2), (1, 2)):
            await wires.cut(history.nodes[one], history.nodes[other])
        await history.restore(0)
        await history.restore(1)
        await history.post(0, 1)
        await history.post(1, 1)
        await history.heal()
        for n in range(3):
            assert await history.ids(n) == history.existing
        assert len(history.existing) == 8
    finally:
        for neighbour in list(wires.neighbours.values()):
            await neighbour.supervisor.aclose()
