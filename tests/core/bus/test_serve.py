"""`call/1` on the wire: schemas on both sides, receipts, bounds, and what a caller gets to see."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import blake3
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.fake import Behaviour, FakeEngine
from hearthnet_core.bus import receipt
from hearthnet_core.bus.receipt import AnswerHash
from hearthnet_core.bus.remote import MAX_MESSAGE
from hearthnet_core.capability import Call, Chunk, Offer, Version
from hearthnet_core.contract import Contract
from hearthnet_core.errors import (
    BadRequest,
    HearthNetError,
    InternalError,
    NotImplementedHere,
    SchemaMismatch,
    Unavailable,
    from_wire,
)
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.connection import MeshStream
from hearthnet_core.protocol.handshake import Proven
from tests.core.net.meshes import until

from .nodes import TestNode, ask, neighbourhood

VECTOR = Path(__file__).parents[1] / "protocol" / "vectors" / "receipt.json"


class Sum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    numbers: tuple[int, ...]


class Total(msgspec.Struct, frozen=True):
    total: int


SUM = Contract(name="test.sum", request=Sum, done=Total)


class Adder:
    """Answers `test.sum`; `wrong` answers against its schema."""

    def __init__(self, wrong: bool = False) -> None:
        self.wrong = wrong
        self.calls: list[Call] = []

    def offer(self) -> Offer:
        return Offer(capability=SUM.name, provider="adder", slots=8)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.calls.append(call)
        yield Chunk("progress", {"step": "adding"})
        yield Chunk("done", {"total": "many" if self.wrong else sum(call.body["numbers"])})


def adding(node: TestNode, numbers: object = (1, 2, 3), **other: Any) -> Call:
    return node.call({"numbers": numbers}, capability=SUM.name, **other)


async def test_a_capability_without_prose_works_here_and_there_alike() -> None:
    async with neighbourhood([Adder()], [], contracts=(SUM,)) as (a, b):
        here, there = await ask(a.bus, adding(a)), await ask(b.bus, adding(b))
        assert here.done["total"] == there.done["total"] == 6
        assert here.done["answered_by"]["node_id"] == there.done["answered_by"]["node_id"] == a.id.text
        assert [r["valid"] for r in there.done["receipts"]] == [True]
        assert here.done["receipts"] == []
        for answer in (here, there):
            assert [row["provider"] for row in answer.trace.candidates] == ["adder"]
            assert answer.trace.candidates[0]["terms"] and answer.outcomes == [("adder", "ok")]


@pytest.mark.parametrize("body", [{}, {"numbers": "x"}, {"numbers": [1], "more": 1}, {"numbers": [1.5]}])
async def test_a_request_against_the_schema_is_refused_before_any_provider_sees_it(body: dict[str, Any]) -> None:
    adder = Adder()
    async with neighbourhood([adder], [], contracts=(SUM,)) as (a, b):
        for node in (a, b):
            with pytest.raises(SchemaMismatch, match=r"test\.sum"):
                await ask(node.bus, node.call(body, capability=SUM.name))
        made = b.call(body, capability=SUM.name)
        remote = b.bus.provider(b.bus.candidates(made)[0], made)
        with pytest.raises(SchemaMismatch):
            await ask(remote, made)
        assert adder.calls == []


async def test_an_answer_against_the_schema_is_a_failure_on_both_sides() -> None:
    async with neighbourhood([Adder(wrong=True)], [], contracts=(SUM,)) as (a, b):
        for node in (a, b):
            with pytest.raises(InternalError, match="against its schema"):
                await ask(node.bus, adding(node))


async def test_an_unknown_capability_or_version_is_not_implemented() -> None:
    async with neighbourhood([Adder()], contracts=(SUM,)) as (a,):
        for other in ({"capability": "test.unknown"}, {"version": Version(1, 9)}, {"version": Version(2, 0)}):
            with pytest.raises(NotImplementedHere):
                await ask(a.bus, a.call({"numbers": [1]}, **{"capability": SUM.name, **other}))


async def test_routing_details_of_the_other_node_stay_there() -> None:
    async with neighbourhood([], [FakeEngine(name="one"), FakeEngine(name="two")]) as (a, b):
        made = a.call()
        remote = a.bus.provider(a.bus.candidates(made)[0], made)
        answer = await ask(remote, made)
        assert {c.event for c in answer.chunks} == {"delta", "done"}
        assert not {"trace", "answered_by", "receipts", "hops"} & set(answer.done)
        assert b.bus.traces.newest(10) == [], "a neighbour's questions are no story of this household"


async def test_a_request_too_large_for_a_neighbour_is_refused_here_with_its_size() -> None:
    async with neighbourhood([Adder()], [], contracts=(SUM,)) as (_, b):
        with pytest.raises(BadRequest, match=str(MAX_MESSAGE)):
            await ask(b.bus, adding(b, [2**60] * 40_000))
        with pytest.raises(BadRequest, match="cannot be put into a message"):
            await ask(b.bus, adding(b, [2**70]))
        (candidate,) = b.bus.candidates(adding(b))
        assert (candidate.health.failed, candidate.in_flight) == (0, 0), "the neighbour is not to blame"


async def served(node: TestNode, caller: TestNode, payload: bytes, message: bytes | None) -> HearthNetError:
    """What the node answers to a hand-made call."""
    stream = await caller.mesh.open(node.id, "call/1", payload)
    if message is None:
        await stream.end()
    else:
        await stream.send(message)
    while (raw := await stream.receive()) is not None:
        event, data = msgspec.msgpack.decode(raw)
        if event == "error":
            return from_wire(data)
    raise AssertionError("it answered")


def header(**other: object) -> bytes:
    fields = {
        "id": "x",
        "capability": SUM.name,
        "version": "1.0",
        "privacy": "community",
        "timeout_ms": 5000,
        "hops": 3,
    }
    return msgspec.msgpack.encode({**fields, **other})


async def test_malformed_calls_are_refused_each_with_a_bad_request() -> None:
    body = msgspec.msgpack.encode({"numbers": [1]})
    deep = b"\x81\xa1x" * 2000 + b"\x01"
    bad: list[tuple[bytes, bytes | None]] = [
        (b"", body),
        (b"\xc1garbage", body),
        (b"\x91" * 5000, body),
        (header(id=""), body),
        (header(id="x" * 65), body),
        (header(capability=""), body),
        (header(version="x"), body),
        (header(privacy="world"), body),
        (header(hops="many"), body),
        (header(), None),
        (header(), b"\x93\x01\x02\x03"),
        (header(), deep),
        (header(), b"\x81\xa1x\xa2\xff\xfe"),
        (header(), bytes(MAX_MESSAGE + 1)),
        (header(), msgspec.msgpack.encode({"numbers": [1], "_said": 7})),
        (header(), msgspec.msgpack.encode({"numbers": [1], "_said": "x" * 70_000})),
    ]
    adder = Adder()
    async with neighbourhood([adder], [], contracts=(SUM,)) as (a, b):
        for payload, message in bad:
            error = await served(a, b, payload, message)
            assert isinstance(error, BadRequest), (payload[:40], error)
        assert adder.calls == []
        assert (await ask(b.bus, adding(b))).done["total"] == 6


async def test_hostile_numbers_in_a_call_s_header_are_cut_to_what_is_allowed() -> None:
    adder = Adder()
    async with neighbourhood([adder], [], contracts=(SUM,)) as (a, b):
        for n, other in enumerate(({"hops": 2**60}, {"timeout_ms": 2**60}, {"hops": -5})):
            stream = await b.mesh.open(a.id, "call/1", header(id=f"h{n}", **other))
            await stream.send(msgspec.msgpack.encode({"numbers": [1]}))
            while (raw := await stream.receive()) is not None and msgspec.msgpack.decode(raw)[0] != "done":
                pass
        assert [c.hops for c in adder.calls] == [3, 2, 0]
        assert all(c.deadline < a.runtime.now() + 200 for c in adder.calls)
        assert all(c.caller == b.id for c in adder.calls)


class Liar:
    """A callee who answers by hand and signs as a test wants."""

    def __init__(self, node: TestNode, forge: Any) -> None:
        self.node = node
        self.forge = forge
        node.mesh.handle("call/1", self.handle)

    async def handle(self, stream: MeshStream, payload: bytes, proven: Proven) -> None:
        made = msgspec.msgpack.decode(payload)
        request = await stream.receive()
        assert request is not None
        answer = AnswerHash()
        for event in (["delta", {"text": "Boil it for a minute."}],):
            raw = msgspec.msgpack.encode(event)
            answer.add(raw)
            await stream.send(raw)
        signed = self.forge(self.node.key, made["id"], proven.node_id, request, answer)
        data = {"finish_reason": "stop", "model": "m", "receipt": signed and msgspec.structs.asdict(signed)}
        await stream.send(msgspec.msgpack.encode(["done", data]))
        await stream.end()


def honest(key: SigningKey, id: str, caller: NodeId, request: bytes, answer: AnswerHash) -> receipt.Receipt:
    return receipt.sign(key, id, caller, request, answer, "stop", "m")


def other_answer() -> AnswerHash:
    answer = AnswerHash()
    answer.add(b"something else")
    return answer


FORGERIES: dict[str, Any] = {
    "missing": lambda *_: None,
    "another call's id": lambda key, id, *rest: honest(key, "other", *rest),
    "another caller": lambda key, id, caller, *rest: honest(key, id, key.node_id, *rest),
    "another node's key": lambda key, *rest: honest(SigningKey(os.urandom(32)), *rest),
    "another question": lambda key, id, caller, request, answer: honest(key, id, caller, b"x", answer),
    "another answer": lambda key, id, caller, request, answer: honest(key, id, caller, request, other_answer()),
    "changed afterwards": lambda *args: msgspec.structs.replace(honest(*args), model="a better one"),
    "garbage": lambda *args: msgspec.structs.replace(honest(*args), signature=b"x"),
    "endless words": lambda *args: msgspec.structs.replace(honest(*args), finish="x" * 5000),
}


async def test_an_honest_receipt_by_hand_is_valid() -> None:
    async with neighbourhood([], [FakeEngine()]) as (a, b):
        Liar(b, honest)
        answer = await ask(a.bus, a.call())
        assert answer.done["receipts"][0]["valid"] is True
        assert answer.done["receipts"][0]["node_id"] == b.id.text
        assert a.bus.health.of((b.id, "fake", CHAT.name)).completed == 1


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_receipt_that_proves_something_else_is_shown_as_not_valid_and_costs_its_signer(name: str) -> None:
    async with neighbourhood([], [FakeEngine()]) as (a, b):
        Liar(b, FORGERIES[name])
        answer = await ask(a.bus, a.call())
        (shown,) = answer.done["receipts"]
        assert shown["valid"] is False and shown["error"] == "invalid_signature" and shown["message"]
        assert answer.trace.attempts[0].error == "invalid_signature"
        assert a.bus.health.of((b.id, "fake", CHAT.name)).failures_in_row == 1


async def test_each_question_is_salted_so_equal_ones_have_unequal_hashes() -> None:
    async with neighbourhood([], [FakeEngine()]) as (a, _):
        hashes = [(await ask(a.bus, a.call())).done["receipts"][0]["request_hash"] for _ in range(2)]
        assert hashes[0] != hashes[1]


@pytest.mark.parametrize(
    "sent",
    [b"\xc1", b"\x92\xa5delta\x01", b"\x91" * 3000, msgspec.msgpack.encode(["x" * 40, {}]), bytes(MAX_MESSAGE + 1)],
    ids=["garbage", "no map", "nesting", "endless name", "too large"],
)
async def test_an_answer_that_is_none_moves_on_to_the_next_node(sent: bytes) -> None:
    async def nonsense(stream: MeshStream, payload: bytes, proven: Proven) -> None:
        await stream.receive()
        await stream.send(sent)
        await stream.receive()

    async with neighbourhood([], [FakeEngine(name="best", quality=1.0)], [FakeEngine(name="good")]) as (a, b, _):
        b.mesh.handle("call/1", nonsense)
        answer = await ask(a.bus, a.call())
        assert answer.outcomes == [("best", "failed"), ("good", "ok")]


async def test_a_caller_that_vanishes_leaves_nothing_running() -> None:
    engine = FakeEngine(Behaviour(delay_s=30.0))
    async with neighbourhood([], [engine]) as (a, b):
        stream = a.bus.stream(a.call())
        async for chunk in stream:
            if chunk.event == "delta":
                a.mesh.peers[b.id].connection.abort()
                break
        await until(lambda: engine.open == 0)
        assert engine.cancelled == 1
        await stream.aclose()


async def test_a_peer_that_left_is_out_of_routing_at_once() -> None:
    async with neighbourhood([], [FakeEngine()]) as (a, b):
        assert len(a.bus.candidates(a.call())) == 1
        await b.mesh.aclose()
        await until(lambda: not a.bus.candidates(a.call()))
        with pytest.raises(Unavailable):
            await ask(a.bus, a.call())


def vector_answer(messages: list[str]) -> AnswerHash:
    answer = AnswerHash()
    for message in messages:
        answer.add(bytes.fromhex(message))
    return answer


def test_the_receipt_vector_is_what_we_sign() -> None:
    v = json.loads(VECTOR.read_text())
    key = SigningKey(bytes.fromhex(v["callee_seed"]))
    request, answer = bytes.fromhex(v["request"]), vector_answer(v["messages"])
    made = receipt.sign(key, v["call_id"], NodeId(bytes.fromhex(v["caller"])), request, answer, v["finish"], v["model"])
    assert made.signature.hex() == v["signature"]
    assert made.request_hash.hex() == v["request_hash"] == blake3.blake3(request).hexdigest()
    assert made.answer_hash.hex() == v["answer_hash"] and made.chunks == v["chunks"]
    assert key.node_id.hex() == v["callee"]


def test_the_receipt_vector_verifies_and_no_other_does() -> None:
    v = json.loads(VECTOR.read_text())
    data = {k: bytes.fromhex(v[k]) for k in ("request_hash", "answer_hash", "signature")}
    data |= {k: v[k] for k in ("finish", "model", "chunks")}
    caller, callee = NodeId(bytes.fromhex(v["caller"])), NodeId(bytes.fromhex(v["callee"]))
    key = SigningKey(bytes.fromhex(v["callee_seed"])).public_key
    request = bytes.fromhex(v["request"])

    def checked(data: dict[str, Any], id: str = v["call_id"], caller: NodeId = caller) -> bool:
        return bool(receipt.check(data, id, caller, callee, key, request, vector_answer(v["messages"]))["valid"])

    assert checked(data)
    assert not checked(data, id="other")
    assert not checked(data, caller=callee)
    assert not checked({**data, "chunks": 3})
    assert not checked({**data, "model": "x"})


@given(st.one_of(st.none(), st.text(), st.integers(), st.dictionaries(st.text(), st.binary() | st.integers())))
def test_whatever_comes_as_a_receipt_is_not_valid_and_no_crash(data: object) -> None:
    node = NodeId(bytes(32))
    assert receipt.check(data, "1", node, node, bytes(32), b"", AnswerHash())["valid"] is False
