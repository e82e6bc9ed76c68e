"""A neighbour whose node answers calls over real TLS, and says what no honest one says."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from hearthnet_core.bus.remote import MAX_MESSAGE
from hearthnet_core.capability import Chunk, Offer, Privacy
from hearthnet_core.errors import Forbidden, HearthNetError, Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.connection import MeshStream
from hearthnet_core.protocol.handshake import Proven
from tests.core.bus.nodes import TestNode, ask, neighbourhood
from tests.core.bus.test_serve import SUM, Adder, adding, header
from tests.core.net.meshes import until


def says(node: TestNode, *messages: bytes) -> None:
    """From now on `node` answers every call with exactly these."""

    async def handle(stream: MeshStream, payload: bytes, proven: Proven) -> None:
        await stream.receive()
        for message in messages:
            await stream.send(message)
        await stream.end()

    node.mesh.handle("call/1", handle)


def message(event: str, data: object) -> bytes:
    return msgspec.msgpack.encode([event, data])


UNSPEAKABLE = [
    {"x": msgspec.msgpack.Ext(5, b"z")},
    {"x": {None: 1}},
    {"x": {True: 1}},
    {"x": {(1, 2): 3}},
]


@pytest.mark.parametrize("data", UNSPEAKABLE, ids=["extension", "nil key", "bool key", "array key"])
@pytest.mark.parametrize("event", ["progress", "done"])
async def test_what_json_cannot_say_ends_the_attempt_and_not_the_caller_s_connection_to_its_own_node(
    event: str, data: dict[str, Any]
) -> None:
    async with neighbourhood([Adder()], [], contracts=(SUM,)) as (evil, b):
        says(evil, message(event, {"total": 6, **data}))
        with pytest.raises(Unavailable, match="no answer"):
            await ask(b.bus, adding(b))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xc1",
        b"\x92\xa4done",
        message("done", [1]),
        message("x" * 33, {}),
        b"\x92\xa4done\x81\xa1a" + b"\x91" * 5_000,
        b"\x92\xa5delta\x81\xa4text\xa2\xed\xa0",
        message("delta", {"text": "x" * MAX_MESSAGE}),
    ],
    ids=range(8),
)
async def test_what_is_no_answer_is_a_failure_of_that_neighbour(raw: bytes) -> None:
    async with neighbourhood([Adder()], [], contracts=(SUM,)) as (evil, b):
        says(evil, raw)
        with pytest.raises(Unavailable):
            await ask(b.bus, adding(b))


async def test_who_is_removed_while_it_is_answered_gets_no_more_of_it() -> None:
    """Authorised at the beginning, cut off when membership changes: the connection goes, and every stream with it."""
    going = asyncio.Event()

    class Slow(Adder):
        async def stream(self, call: Any) -> Any:
            try:
                yield Chunk("progress", {"step": "one"})
                await asyncio.sleep(3600)
                yield Chunk("done", {"total": 1})
            finally:
                going.set()

    removed: set[NodeId] = set()

    def authorise(peer: NodeId, capability: str) -> None:
        if peer in removed:
            raise Forbidden("Removed.")

    async with neighbourhood([Slow()], [], contracts=(SUM,), authorise=authorise) as (a, b):
        seen: list[str] = []

        async def asking() -> None:
            with pytest.raises(HearthNetError):
                async for chunk in b.bus.stream(adding(b)):
                    seen.append(chunk.event)

        async with asyncio.TaskGroup() as group:
            group.create_task(asking())
            await until(lambda: "progress" in seen)
            removed.add(b.id)
            a.mesh.peers[b.id].connection.close("revoked", "Your node is no longer in this community.")
        async with asyncio.timeout(10):
            await going.wait()


async def test_a_neighbour_s_search_is_not_passed_on_to_where_the_household_s_own_papers_are() -> None:
    """The deputy must not be confused: to its second node a call of Alice's looks like the household's own."""

    class Empty(Adder):
        def offer(self) -> Any:
            return msgspec.structs.replace(super().offer(), available=False, reason="The library is empty.")

    attic = Adder()
    async with neighbourhood([Empty()], [attic], [], homes=(0, 1), contracts=(SUM,)) as (a, _, bob):
        await until(lambda: all(a.id in n.registry.peers or n is a for n in (a, bob)))
        stream = await bob.mesh.open(
            a.id,
            "call/1",
            msgspec.msgpack.encode(
                {
                    "id": "x",
                    "capability": SUM.name,
                    "version": "1.0",
                    "privacy": Privacy.COMMUNITY.value,
                    "timeout_ms": 5_000,
                    "hops": 3,
                }
            ),
        )
        await stream.send(msgspec.msgpack.encode({"numbers": [1]}))
        last = b""
        while (raw := await stream.receive()) is not None:
            last = raw
        assert msgspec.msgpack.decode(last)[0] == "error"
        assert attic.calls == []


@pytest.mark.parametrize("name", ["", "nobody", "x" * 5_000, "\x00\x1b[31m", "llm.chat"])
async def test_a_caller_who_names_a_provider_that_is_not_there_gets_one_that_is(name: str) -> None:
    adder = Adder()
    async with neighbourhood([adder], [], contracts=(SUM,)) as (a, b):
        assert await by_hand(a, b, provider=name) == "done"
        assert len(adder.calls[0].provider) <= 100


@pytest.mark.parametrize(
    "wrong", [{"provider": 7}, {"provider": ["adder"]}, {"size": "many"}, {"size": -1}, {"size": 1.5}]
)
async def test_a_header_of_the_wrong_kind_is_no_call(wrong: dict[str, object]) -> None:
    adder = Adder()
    async with neighbourhood([adder], [], contracts=(SUM,)) as (a, b):
        assert await by_hand(a, b, **wrong) == "error"
        assert adder.calls == []


async def by_hand(node: TestNode, caller: TestNode, **other: object) -> str:
    """The name of the last event that a hand-made call gets."""
    stream = await caller.mesh.open(node.id, "call/1", header(**other))
    await stream.send(msgspec.msgpack.encode({"numbers": [1, 2]}))
    last = ""
    while (raw := await stream.receive()) is not None:
        last = str(msgspec.msgpack.decode(raw)[0])
    return last


async def test_a_private_engine_is_not_to_be_had_by_its_name() -> None:
    """Whoever knows what it is called still gets only what is offered."""

    class Own(Adder):
        def offer(self) -> Offer:
            return msgspec.structs.replace(super().offer(), provider="own", private=True)

    own, public = Own(), Adder()
    async with neighbourhood([own, public], [], contracts=(SUM,)) as (a, b):
        assert await by_hand(a, b, provider="own") == "error"
        assert own.calls == []
        assert await by_hand(a, b, provider="adder") == "done"
