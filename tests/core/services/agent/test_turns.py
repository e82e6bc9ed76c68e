"""One turn of a model: whose it is when several engines had a part in it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from hearthnet_core.backends.chat2 import Message2
from hearthnet_core.bus.trace import Attempt, Trace
from hearthnet_core.capability import Chunk, Privacy
from hearthnet_core.models.ids import NodeId
from hearthnet_core.services.agent.request import AskParams
from hearthnet_core.services.agent.tool import Desk
from hearthnet_core.services.agent.turns import MAX_THOUGHT, InText, Native, Turned, on_the_way
from tests.core.services.agent.household import ME

STRANGER = NodeId(bytes([7] * 32))


class Answered:
    """A bus's answer in which these nodes had a part: (node, chunks that came from it)."""

    def __init__(self, *parts: tuple[NodeId, int]) -> None:
        self._parts = parts

    async def stream(self, *_: Any) -> AsyncGenerator[Chunk]:
        attempts = [
            Attempt(n=n, node_id=node.text, node_name="x", provider="x", chunks=chunks)
            for n, (node, chunks) in enumerate(self._parts, 1)
        ]
        trace = Trace(id="t", capability="llm.chat", started=0.0, privacy="community", attempts=attempts)
        yield Chunk("delta", {"text": "Well."})
        yield Chunk("done", {"answered_by": {"node_id": self._parts[-1][0].text}, "trace": trace})


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize(
    ("parts", "home"),
    [
        ([(ME, 2)], True),
        ([(STRANGER, 2)], False),
        ([(STRANGER, 1), (ME, 2)], False),
        ([(STRANGER, 0), (ME, 2)], True),
    ],
)
async def test_a_turn_is_the_household_s_own_only_when_nobody_else_said_a_part_of_it(
    native: bool, parts: list[tuple[NodeId, int]], home: bool
) -> None:
    desk = Desk(privacy=Privacy.COMMUNITY, until=1.0, language="en")
    given: tuple[Any, ...] = (Answered(*parts), AskParams(question="x"), desk, lambda node: node == ME)
    way = Native(*given) if native else InText(*given, "tiny")
    items = [item async for item in way.turn([Message2(role="user", content="x")], ())]
    turned = items[-1]
    assert isinstance(turned, Turned) and turned.home is home and turned.text == "Well."


def test_an_engine_may_think_and_wait_and_say_nothing_else_on_the_way() -> None:
    assert on_the_way(Chunk("thinking", {"text": "x" * 20_000, "n": "1"})) == Chunk(
        "thinking", {"text": "x" * MAX_THOUGHT}
    )
    assert on_the_way(Chunk("progress", {"step": "queued", "n": []})) == Chunk("progress", {"step": "queued"})
    for event, data in (
        ("progress", {"step": "rob"}),
        ("thinking", {"text": 1}),
        ("step", {"n": 1}),
        ("tool_request", {}),
    ):
        assert on_the_way(Chunk(event, data)) is None
