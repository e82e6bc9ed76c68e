"""Every decoder that reads what strangers or neighbours send: random bytes and valid messages with a few bytes changed end in
one of our own errors or in a value, never in anything else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hearthnet_core.api.bodies import decoded
from hearthnet_core.api.method import Method, Nothing
from hearthnet_core.api.pairing import PairProof, PairStart
from hearthnet_core.bus import receipt
from hearthnet_core.bus.receipt import AnswerHash
from hearthnet_core.bus.remote import RemoteProvider
from hearthnet_core.bus.serve import CallServer
from hearthnet_core.capability import Version
from hearthnet_core.community import joining
from hearthnet_core.errors import HearthNetError, from_wire
from hearthnet_core.identity import manifest
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.models.ids import CommunityId, Id, NodeId
from hearthnet_core.models.wire import UNREADABLE
from hearthnet_core.net.known import plain_address
from hearthnet_core.protocol import bodies, event, frames, handshake, invite, negentropy
from hearthnet_core.protocol.frames import Data, Open, RecordReader
from hearthnet_core.protocol.invite import Invite
from hearthnet_core.sync import messages
from tests.core.net.raw import hello
from tests.core.protocol.forging import House, World

EXAMPLES = settings(max_examples=150)
KEY = SigningKey(bytes(32))
WORLD = World()
STATEMENT = bodies.pack_statement(House("founder").statement())
HELLO = msgspec.msgpack.encode(hello(KEY))
MANIFEST = manifest.signed(Manifest(node=bytes(KEY.node_id), boot=1, seq=1, addresses=("192.168.1.5:7080",)), KEY)
HEADER = msgspec.msgpack.encode(
    {"id": "x", "capability": "llm.chat", "version": "1.0", "privacy": "home", "timeout_ms": 1, "hops": 3}
)
REQUEST = msgspec.msgpack.encode({"invite_id": bytes(8), "mac": bytes(32), "statement": STATEMENT})
RECEIPT = msgspec.msgpack.encode(
    msgspec.structs.asdict(receipt.sign(KEY, "x", KEY.node_id, b"q", AnswerHash(), "stop", "m"))
)
RANGES = negentropy.Initiator(negentropy.Storage([(n, bytes([n]) * 32) for n in range(40)])).initiate()
SYNC = messages.encode(messages.Since(bytes(16), 5, bytes(16), 10))
BATCH = messages.encode(messages.Batch(bytes(16), 1, (WORLD.founding.wire,), 1, bytes(16), False))


def whole_event(raw: bytes) -> None:
    came = event.decode((raw, WORLD.founding.signature, WORLD.founding.body))
    event.check_signature(came, House("founder").node().public_key)
    assert raw == WORLD.founding.header_bytes  # nothing else verifies


def reads_receipt(raw: bytes) -> None:
    with contextlib.suppress(*UNREADABLE):
        found = receipt.check(
            msgspec.msgpack.decode(raw), "x", KEY.node_id, KEY.node_id, KEY.public_key, b"q", AnswerHash()
        )
        assert not found["valid"] or raw == RECEIPT or found["signature"]


def answers_negentropy(raw: bytes) -> None:
    negentropy.Responder(negentropy.Storage([(n, bytes([n + 1]) * 32) for n in range(50)])).reconcile(raw)


def records(raw: bytes) -> None:
    reader = RecordReader()
    reader.feed(raw)
    while (record := reader.next()) is not None:
        assert len(record) <= frames.MAX_RECORD_BEFORE_AUTH


DECODERS: dict[str, tuple[Callable[[bytes], Any], bytes]] = {
    "event header": (whole_event, WORLD.founding.header_bytes),
    "body": (lambda raw: event.unpack_body(bytes(16) + raw, bodies.Created), (WORLD.founding.body or b"")[16:]),
    "statement": (bodies.read_statement, STATEMENT),
    "hello": (handshake.read_hello, HELLO),
    "frame open": (frames.decode, frames.encode(Open(1, "call/1", b"x"))[4:]),
    "frame data": (frames.decode, frames.encode(Data(1, True, b"x"))[4:]),
    "records": (records, frames.record(HELLO)),
    "manifest": (lambda raw: manifest.read(raw, KEY.public_key), MANIFEST),
    "call header": (CallServer._header, HEADER),
    "answer": (RemoteProvider._decode, msgspec.msgpack.encode(["delta", {"text": "x"}])),
    "join request": (lambda raw: joining._read(raw, joining.Request), REQUEST),
    "receipt": (reads_receipt, RECEIPT),
    "negentropy": (answers_negentropy, RANGES),
    "sync question": (messages.question, SYNC),
    "sync answer": (messages.answer, BATCH),
    "api parameters": (Method("m", Nothing, lambda _: None).read, b"{}"),  # type: ignore[arg-type,return-value]
}


def outcome(read: Callable[[], Any]) -> str:
    """Anything but these two leaves the test as an exception."""
    try:
        read()
    except HearthNetError:
        return "refused"
    return "read"


@pytest.mark.parametrize("name", DECODERS)
@EXAMPLES
@given(data=st.data())
def test_changed_bytes_end_in_an_error_of_ours_or_a_value(name: str, data: st.DataObject) -> None:
    decode, good = DECODERS[name]
    raw = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        piece = data.draw(st.binary(max_size=3))
        raw[at : at + data.draw(st.integers(0, 3))] = piece
    assert outcome(lambda: decode(bytes(raw))) in ("refused", "read")


@pytest.mark.parametrize("name", DECODERS)
@EXAMPLES
@given(raw=st.binary(max_size=300))
@example(raw=b"\xdd\xff\xff\xff\xff")
@example(raw=b"\xdf\xff\xff\xff\xff")
@example(raw=b"\xc6\xff\xff\xff\xff")
@example(raw=b"\xdb\xff\xff\xff\xff")
@example(raw=b"\x91" * 10_000)
@example(raw=b"\x81\xc4\x01a" * 3_000)
@example(raw=b"\xca\x7f\xc0\x00\x00")
@example(raw=b"\xd6\xff\x00\x00\x00\x00")
@example(raw=b"\xc7\xff\xff" + bytes(255))
@example(raw=b'{"a":1e999}')
@example(raw=b"[" * 20_000)
def test_random_bytes_end_in_an_error_of_ours_or_a_value(name: str, raw: bytes) -> None:
    assert outcome(lambda: DECODERS[name][0](raw)) in ("refused", "read")


@pytest.mark.parametrize("name", [n for n in DECODERS if n != "receipt"])
def test_the_unchanged_message_is_read(name: str) -> None:
    decode, good = DECODERS[name]
    assert outcome(lambda: decode(good)) == "read"


@EXAMPLES
@given(st.text(max_size=260))
@example("HN1:" + "A" * 216)
@example("HN1:\u0131\u017f")  # letters that become others in upper case
def test_texts_people_paste_end_in_an_error_of_ours_or_a_value(text: str) -> None:
    def parse_id() -> Id:
        return NodeId.parse(text)

    readers: tuple[Callable[[], Any], ...] = (
        lambda: invite.decode(text),
        lambda: invite.decode("HN1:" + text),
        parse_id,
        lambda: Version.parse(text),
        lambda: from_wire({"error": text, "message": text, "retry_after_ms": text, "alt_nodes": [text]}),
        lambda: plain_address(text, "127.0.0.1:1"),
    )
    for read in readers:
        assert outcome(read) in ("refused", "read")


@EXAMPLES
@given(st.binary(max_size=200))
def test_pairing_bodies_end_in_an_error_of_ours_or_a_value(raw: bytes) -> None:
    assert outcome(lambda: decoded(raw, PairStart)) in ("refused", "read")
    assert outcome(lambda: decoded(raw, PairProof)) in ("refused", "read")


@EXAMPLES
@given(st.data())
def test_an_invite_with_a_letter_changed_is_another_invite_or_none(data: st.DataObject) -> None:
    one = Invite(community=CommunityId(b"c" * 32), node=KEY.node_id, secret=bytes(16), expires=2**32 - 1)
    text = one.encode()
    at = data.draw(st.integers(4, len(text) - 1))
    other = text[:at] + data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")) + text[at + 1 :]
    with contextlib.suppress(HearthNetError):
        assert invite.decode(other) == one
