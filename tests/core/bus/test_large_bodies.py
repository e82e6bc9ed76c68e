"""Bodies above 256 KiB cross in several messages: whole, bounded, and few at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator
from typing import Any

import blake3
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthnet_core.bus import serve
from hearthnet_core.bus.parts import holds_more
from hearthnet_core.bus.remote import MAX_MESSAGE, RemoteProvider
from hearthnet_core.bus.serve import LARGE_AT_ONCE, LARGE_OF_ONE, CallServer
from hearthnet_core.capability import Call, Chunk, Offer, collect
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, Timeout, Unavailable, from_wire
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from tests.core.net.meshes import until

from .nodes import TestNode, allow, ask, call, neighbourhood
from .test_serve import header, served

MOST = 4 * MAX_MESSAGE


class Picture(msgspec.Struct, frozen=True):
    image: bytes


class Seen(msgspec.Struct, frozen=True):
    digest: str


PICTURE = Contract(name="test.picture", request=Picture, done=Seen, max_body=MOST)


class Looking:
    """Says the hash of what came; while `looking` is clear it keeps looking."""

    def __init__(self) -> None:
        self.open = 0
        self.calls = 0
        self.looking = asyncio.Event()
        self.looking.set()

    def offer(self) -> Offer:
        return Offer(capability=PICTURE.name, provider="eye", slots=64)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.calls += 1
        self.open += 1
        try:
            await self.looking.wait()
            yield Chunk("done", {"digest": blake3.blake3(call.body["image"]).hexdigest()})
        finally:
            self.open -= 1


def picture(node: TestNode, image: bytes) -> Call:
    return node.call({"image": image}, capability=PICTURE.name)


def title(size: int, **other: object) -> bytes:
    return header(capability=PICTURE.name, size=size, **other)


async def test_a_picture_of_a_megabyte_arrives_whole_and_the_receipt_is_for_all_of_it() -> None:
    image = os.urandom(MOST - 1_000)
    async with neighbourhood([Looking()], [], contracts=(PICTURE,)) as (_, b):
        answer = await ask(b.bus, picture(b, image))
        assert answer.done["digest"] == blake3.blake3(image).hexdigest()
        assert [r["valid"] for r in answer.done["receipts"]] == [True]


async def test_what_is_too_large_for_the_contract_is_refused_on_both_sides() -> None:
    eye = Looking()
    async with neighbourhood([eye], [], contracts=(PICTURE,)) as (a, b):
        with pytest.raises(BadRequest, match=str(MOST)):
            await ask(b.bus, picture(b, bytes(MOST)))
        error = await served(a, b, title(MOST + 1), bytes(MAX_MESSAGE))
        assert isinstance(error, BadRequest) and "too large" in error.message
        assert eye.calls == 0 and a.server._large == []


async def sent(node: TestNode, caller: TestNode, payload: bytes, pieces: list[bytes]) -> HearthNetError | None:
    """What the node answers to these messages, after which the caller has nothing more to say."""
    stream = await caller.mesh.open(node.id, "call/1", payload)
    with contextlib.suppress(Unavailable):  # refused before all of it was sent
        for piece in pieces:
            await stream.send(piece)
        await stream.end()
    while (raw := await stream.receive()) is not None:
        event, data = msgspec.msgpack.decode(raw)
        if event == "error":
            return from_wire(data)
    return None


BODY = msgspec.msgpack.encode({"image": bytes(2 * MAX_MESSAGE)})
PIECES = [BODY[at : at + MAX_MESSAGE] for at in range(0, len(BODY), MAX_MESSAGE)]


@pytest.mark.parametrize(
    ("size", "pieces"),
    [
        (len(BODY) + 1, PIECES),
        (len(BODY) - 1, PIECES),
        (len(BODY), PIECES[:1]),
        (len(BODY), [PIECES[0][:-1], PIECES[0][-1:] + PIECES[1], PIECES[2]]),
        (len(BODY), [b"", *PIECES]),
        (len(BODY), [BODY]),
        (0, [BODY]),
        (-5, [BODY]),
        (-5, [b"\x80"]),
        (10, [b"\x80"]),
        (10, []),
        (2**62, PIECES),
    ],
    ids=[
        "more",
        "fewer",
        "half",
        "uneven",
        "empty first",
        "one",
        "none",
        "minus",
        "minus small",
        "small",
        "no",
        "huge",
    ],
)
async def test_a_body_of_another_size_than_it_was_to_have_is_refused(size: int, pieces: list[bytes]) -> None:
    eye = Looking()
    async with neighbourhood([eye], [], contracts=(PICTURE,)) as (a, b):
        error = await sent(a, b, title(size), pieces)
        assert isinstance(error, BadRequest), error
        assert eye.calls == 0 and a.server._large == []
        assert await sent(a, b, title(len(BODY)), PIECES) is None


async def test_four_large_bodies_at_once_and_two_of_one_caller_are_what_a_node_takes() -> None:
    eye = Looking()
    eye.looking.clear()
    image = bytes(2 * MAX_MESSAGE)
    async with neighbourhood([eye], [], [], [], contracts=(PICTURE,)) as (a, b, c, d), asyncio.TaskGroup() as group:
        asked = []
        for caller in (b, c):
            asked += [group.create_task(sent(a, caller, title(len(BODY), id=f"{n}"), PIECES)) for n in range(2)]
            await until(lambda asked=asked: eye.open == len(asked))
            error = await sent(a, caller, title(len(BODY), id="third"), PIECES)
            assert isinstance(error, CapacityExceeded) and error.retry_after_ms, "two of one caller"
        assert (eye.open, LARGE_AT_ONCE, LARGE_OF_ONE) == (4, 4, 2)
        with pytest.raises(CapacityExceeded) as met:
            await ask(d.bus, msgspec.structs.replace(picture(d, image), deadline=d.runtime.now() + 0.5))
        assert met.value.retry_after_ms and d.bus.health.of((a.id, "eye", PICTURE.name)).failed == 0, (
            "four of everybody"
        )
        small = [group.create_task(ask(d.bus, picture(d, b"small one")))]
        await until(lambda: eye.open == 5)
        eye.looking.set()
        d.bus.health.room((a.id, "eye", PICTURE.name)).busy_until = 0.0
        assert [await t for t in asked] == [None] * 4
        assert (await small[0]).done["digest"] == blake3.blake3(b"small one").hexdigest()
        assert (await ask(d.bus, picture(d, image))).done["digest"] == blake3.blake3(image).hexdigest()


async def test_a_sender_that_stops_half_way_keeps_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "FIRST_MESSAGE_S", 0.2)
    eye = Looking()
    async with neighbourhood([eye], [], contracts=(PICTURE,)) as (a, b):
        error = await served(a, b, title(len(BODY)), PIECES[0])
        assert isinstance(error, Timeout) and "did not arrive" in error.message
        assert a.server._large == [] and eye.calls == 0


@pytest.mark.parametrize("how", ["reset", "abort"])
async def test_a_sender_that_goes_half_way_leaves_nothing_behind(how: str) -> None:
    eye = Looking()
    async with neighbourhood([eye], [], contracts=(PICTURE,)) as (a, b):
        stream = await b.mesh.open(a.id, "call/1", title(len(BODY)))
        await stream.send(PIECES[0])
        await until(lambda: a.server._large == [b.id])
        if how == "reset":
            await stream.reset("timeout", "Gone.")
        else:
            b.mesh.peers[a.id].connection.abort()
        await until(lambda: a.server._large == [])
        assert eye.calls == 0


async def test_a_caller_who_withdraws_a_large_question_frees_its_place() -> None:
    eye = Looking()
    eye.looking.clear()
    async with neighbourhood([eye], [], contracts=(PICTURE,)) as (a, b), asyncio.TaskGroup() as group:
        asking = group.create_task(ask(b.bus, picture(b, bytes(2 * MAX_MESSAGE))))
        await until(lambda: eye.open == 1)
        asking.cancel()
        await until(lambda: eye.open == 0 and a.server._large == [])


class End:
    """One end of a stream, in memory."""

    def __init__(
        self, mine: asyncio.Queue[bytes | None], theirs: asyncio.Queue[bytes | None], pieces: list[bytes]
    ) -> None:
        self._mine, self._theirs, self._pieces = mine, theirs, pieces

    async def send(self, message: bytes) -> None:
        self._pieces.append(message)
        await self._theirs.put(message)

    async def receive(self) -> bytes | None:
        return await self._mine.get()

    async def end(self) -> None:
        await self._theirs.put(None)

    async def reset(self, code: str, message: str) -> None:
        raise AssertionError(f"{code}: {message}")


RUNTIME = SystemRuntime()
KEY, CALLER = SigningKey(bytes(32)), NodeId(bytes(32))
EDGES = [n * MAX_MESSAGE + d for n in range(4) for d in range(-60, 4) if n or d > 0]


async def carried(image: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What the caller gets for it, and the messages it sent."""
    there: asyncio.Queue[bytes | None] = asyncio.Queue()
    back: asyncio.Queue[bytes | None] = asyncio.Queue()
    sent_pieces: list[bytes] = []
    server = CallServer(RUNTIME, Looking(), KEY, allow, lambda name, version: MOST)

    async with asyncio.TaskGroup() as group:

        async def open(node_id: NodeId, protocol: str, payload: bytes) -> Any:
            theirs = End(there, back, [])
            group.create_task(server.handle(theirs, payload, CALLER))
            return End(back, there, sent_pieces)

        remote = RemoteProvider(RUNTIME, open, CALLER, KEY.node_id, KEY.public_key, MOST)
        done = await collect(remote, call(RUNTIME, {"image": image}, capability=PICTURE.name))
    return done, sent_pieces


@settings(max_examples=60)
@given(st.one_of(st.sampled_from(EDGES), st.integers(0, MOST - 100)))
def test_whatever_its_size_a_body_is_split_and_joined_to_the_same_bytes(size: int) -> None:
    image = blake3.blake3(size.to_bytes(4)).digest(size)
    done, pieces = asyncio.run(carried(image))
    assert done["digest"] == blake3.blake3(image).hexdigest()
    whole = b"".join(pieces)
    assert msgspec.msgpack.decode(whole)["image"] == image
    assert all(len(p) == MAX_MESSAGE for p in pieces[:-1]) and 0 < len(pieces[-1]) <= MAX_MESSAGE
    assert done["receipt"]["valid"] and done["receipt"]["request_hash"] == blake3.blake3(whole).hexdigest()


async def test_a_neighbour_who_reads_nothing_is_silent_and_not_waited_for_to_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hearthnet_core.bus.remote.PIECE_S", 0.3)

    class Deaf(End):
        async def send(self, message: bytes) -> None:
            await asyncio.Event().wait()

        async def reset(self, code: str, message: str) -> None:
            self._pieces.append(b"reset")

    gone: list[bytes] = []

    async def open(node_id: NodeId, protocol: str, payload: bytes) -> Any:
        return Deaf(asyncio.Queue(), asyncio.Queue(), gone)

    remote = RemoteProvider(RUNTIME, open, CALLER, KEY.node_id, KEY.public_key, MOST)
    with pytest.raises(Unavailable, match="silent"):
        await collect(remote, call(RUNTIME, {"image": bytes(2 * MAX_MESSAGE)}, capability=PICTURE.name))
    assert gone == [b"reset"]


def pieces_of(body: bytes) -> list[bytes]:
    return [body[at : at + MAX_MESSAGE] for at in range(0, len(body), MAX_MESSAGE)]


async def test_a_body_of_countless_empty_values_is_refused_before_any_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    eye = Looking()
    bomb = msgspec.msgpack.encode({"image": [{}] * (3 * MAX_MESSAGE)})
    made: list[bytes] = []
    decode = serve._bodies.decode

    class Watched:
        def decode(self, raw: bytes) -> dict[str, Any]:
            made.append(raw)
            return decode(raw)

    monkeypatch.setattr(serve, "_bodies", Watched())
    async with neighbourhood([eye], [], contracts=(PICTURE,)) as (a, b):
        error = await sent(a, b, title(len(bomb)), pieces_of(bomb))
        assert isinstance(error, BadRequest) and "more values" in error.message
        assert made == [] and a.server._large == []
        assert await sent(a, b, title(len(BODY)), PIECES) is None
        assert made == [BODY]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.binary(max_size=300)
        | st.text(max_size=300),
        lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=9), inner, max_size=20),
        max_leaves=60,
    )
)  # fmt: skip
@settings(max_examples=150)
def test_values_are_counted_as_they_are_read(value: object) -> None:
    def count(item: object) -> int:
        if isinstance(item, dict):
            return 1 + sum(1 + count(below) for below in item.values())
        return 1 + (sum(map(count, item)) if isinstance(item, list) else 0)

    raw, number = msgspec.msgpack.encode(value), count(value)
    assert not holds_more(raw, number) and holds_more(raw, number - 1)


async def test_a_sender_that_drips_its_pieces_has_its_place_no_longer_than_its_question_may_take() -> None:
    eye = Looking()
    async with neighbourhood([eye], [], contracts=(PICTURE,)) as (a, b):
        stream = await b.mesh.open(a.id, "call/1", title(len(BODY), timeout_ms=400))
        began = b.runtime.now()
        await stream.send(PIECES[0])
        event, data = msgspec.msgpack.decode(await stream.receive() or b"")
        assert (event, data["error"]) == ("error", "timeout") and b.runtime.now() - began < serve.FIRST_MESSAGE_S
        assert a.server._large == [] and eye.calls == 0


@pytest.mark.parametrize(("longest", "asked", "worked"), [(600.0, 900, 600), (600.0, 300, 300), (30.0, 900, 120)])
async def test_what_takes_long_by_its_contract_is_worked_for_as_long(longest: float, asked: int, worked: int) -> None:
    """A scanned book is read for minutes; an answer in words never for more than two."""
    calls: list[Call] = []

    class Patient:
        async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
            calls.append(call)
            yield Chunk("done", {})

    to: asyncio.Queue[bytes | None] = asyncio.Queue()
    to.put_nowait(b"\x80")
    server = CallServer(RUNTIME, Patient(), KEY, allow, longest=lambda name, version: longest)
    await server.handle(End(to, asyncio.Queue(), []), header(timeout_ms=asked * 1000), CALLER)
    assert abs(calls[0].deadline - RUNTIME.now() - worked) < 5
