"""Events: the bytes that came are kept, everything else is refused. The vectors are permanent."""

from __future__ import annotations

import json
from pathlib import Path

import blake3
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.errors import BadRequest, HearthNetError, InvalidSignature
from hearthnet_core.identity.keys import Purpose, SigningKey, verify
from hearthnet_core.models.ids import CommunityId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.event import Event, Header, check_signature, decode, event_id, founding_id, unpack_body
from hearthnet_core.protocol.making import Stamp

from .forging import BOARD, House, World, ids

VECTORS = Path(__file__).parent / "vectors" / "events.json"
NODE = House("founder").node()
NOTICE = bodies.Notice(title="Water", body="The pump at the school works.", severity="info")
STAMP = Stamp(lamport=7, wall=1_790_000_000_000, salt=b"0123456789abcdef")


def notice(**changes: object) -> Event:
    return making.event(NODE, CommunityId(b"c" * 32), BOARD, bodies.NOTICE, NOTICE, STAMP, expires=20_720)


def raw(header: Header, **changes: object) -> bytes:
    return msgspec.msgpack.encode(msgspec.structs.replace(header, **changes))


def signed(header: bytes, body: bytes | None) -> tuple[bytes, bytes, bytes | None]:
    return header, NODE.sign(Purpose.EVENT, header), body


def test_an_event_is_what_its_bytes_say() -> None:
    made = notice()
    again = decode(made.wire)
    assert again == made
    assert unpack_body(again.body or b"", bodies.Notice) == NOTICE
    check_signature(again, NODE.public_key)


def test_the_signature_is_not_part_of_the_id() -> None:
    made = notice()
    assert decode((made.header_bytes, bytes(64), None)).id == made.id == event_id(made.header_bytes)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"community": b"c" * 31},
        {"scope": b"s" * 17},
        {"author": b""},
        {"body_hash": b"h" * 33},
        {"type": "Notice"},
        {"type": "notice\n"},
        {"type": ""},
        {"type": "a" * 65},
        {"lamport": 0},
        {"lamport": 2**53},
        {"lamport": -1},
        {"wall": -1},
        {"wall": 2**53},
        {"expires": -1},
        {"body_len": 15},
        {"body_len": 65_537},
        {"after": (b"a" * 31,)},
        {"after": (b"b" * 32, b"a" * 32)},
        {"after": (b"a" * 32, b"a" * 32)},
        {"after": tuple(bytes([n]) * 32 for n in range(33))},
    ],
)
def test_a_header_out_of_bounds_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        decode(signed(raw(notice().header, **changes), None))


def test_a_longer_form_of_the_same_header_is_refused() -> None:
    made = notice()
    long_int = made.header_bytes.replace(b"\x9b\x01", b"\x9b\xcc\x01", 1)
    long_array = b"\xdc\x00\x0b" + made.header_bytes[1:]
    for bad in (long_int, long_array, made.header_bytes + b"\xc0", made.header_bytes[:-1]):
        with pytest.raises(BadRequest):
            decode(signed(bad, None))


def test_another_body_is_refused() -> None:
    made = notice()
    body = made.body or b""
    for bad in (body + b"x", body[:-1], b"X" + body[1:]):
        with pytest.raises(InvalidSignature):
            decode((made.header_bytes, made.signature, bad))


def test_unknown_keys_are_ignored_and_missing_ones_are_not() -> None:
    fields = {"title": "a", "body": "b", "severity": "info", "later": [1, {"x": 2}]}
    assert unpack_body(bytes(16) + msgspec.msgpack.encode(fields), bodies.Notice).title == "a"
    del fields["severity"]
    with pytest.raises(BadRequest):
        unpack_body(bytes(16) + msgspec.msgpack.encode(fields), bodies.Notice)


@pytest.mark.parametrize("depth", [17, 5_000, 60_000])
def test_deep_nesting_is_refused_also_where_nobody_looks(depth: int) -> None:
    fields = msgspec.msgpack.encode({"title": "a", "body": "b", "severity": "info", "x": 0})
    deep = bytes(16) + fields[:-1] + b"\x91" * depth + b"\x00"
    with pytest.raises(BadRequest):
        unpack_body(deep, bodies.Notice)


@given(st.binary(max_size=400), st.binary(min_size=64, max_size=64), st.none() | st.binary(max_size=60))
def test_garbage_is_a_refusal_and_nothing_else(header: bytes, signature: bytes, body: bytes | None) -> None:
    with pytest.raises(HearthNetError):
        decode((header, signature, body))


@given(st.data())
def test_a_flipped_bit_never_verifies(data: st.DataObject) -> None:
    made = notice()
    header = bytearray(made.header_bytes)
    at = data.draw(st.integers(0, len(header) * 8 - 1))
    header[at // 8] ^= 1 << (at % 8)
    with pytest.raises(HearthNetError):
        check_signature(decode((bytes(header), made.signature, made.body)), NODE.public_key)


def vector_events() -> dict[str, Event]:
    world = World()
    a, f = House("a"), House("founder")
    joined = world.join(f.node(), a, ids(world.founding))
    promoted = world.promote(f.node(), a, ids(joined))
    policy = world.policy(f.node(), ids(joined), invite="trusted")
    revoked = world.revoke(f.node(), a, ids(promoted, policy), (a.node(),))
    added = world.add_node(f.node(), f, 1, ids(revoked))
    removed = world.remove_node(f.node(), f, 1, ids(added))
    post = making.event(f.node(), world.community, BOARD, bodies.NOTICE, NOTICE, STAMP, expires=20_720)
    return {e.type: e for e in (world.founding, joined, promoted, policy, revoked, added, removed, post)}


def test_vectors_replay_in_both_directions() -> None:
    """To write them for the first time: `python tests/core/protocol/test_event.py`."""
    vectors = json.loads(VECTORS.read_text())
    made = vector_events()
    assert [v["type"] for v in vectors["events"]] == list(made)
    for vector in vectors["events"]:
        event = decode(tuple(bytes.fromhex(vector[k]) for k in ("header", "signature", "body")))  # type: ignore[arg-type]
        assert event == made[vector["type"]]
        assert event.id.hex() == vector["id"] == blake3.blake3(bytes.fromhex(vector["header"])).hexdigest()
        assert list(event.header.after) == [bytes.fromhex(a) for a in vector["after"]]
        key = SigningKey(bytes.fromhex(vectors["seeds"]["node founder 0"]))
        verify(key.public_key, Purpose.EVENT, event.header_bytes, event.signature)
    assert founding_id(made[bodies.CREATED].header).hex() == vectors["community"]


def write_vectors() -> None:
    made = vector_events()
    names = {"founder": House("founder"), "a": House("a")}
    document = {
        "seeds": {
            **{f"owner {n}": h.owner.seed.hex() for n, h in names.items()},
            **{f"node {n} {i}": h.node(i).seed.hex() for n, h in names.items() for i in (0, 1)},
        },
        "community": founding_id(made[bodies.CREATED].header).hex(),
        "events": [
            {
                "type": e.type,
                "id": e.id.hex(),
                "after": [a.hex() for a in e.header.after],
                "lamport": e.header.lamport,
                "wall": e.header.wall,
                "expires": e.header.expires,
                "header": e.header_bytes.hex(),
                "signature": e.signature.hex(),
                "body": (e.body or b"").hex(),
            }
            for e in made.values()
        ],
    }
    VECTORS.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    write_vectors()
