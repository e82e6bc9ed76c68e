"""Set reconciliation: the difference is found exactly, in the reference's bytes; hostile bytes are refused.

`vectors/negentropy.json` are sessions of the reference implementation; they are permanent.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthnet_core.errors import BadRequest
from hearthnet_core.protocol import negentropy
from hearthnet_core.protocol.negentropy import INFINITY, Initiator, Responder, Storage

type Record = tuple[int, bytes]

SESSIONS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors" / "negentropy.json").read_text())[
    "sessions"
]
LIMITS = st.sampled_from([0, 4096, 5000, 20_000])


def records(rows: list[tuple[int, str]]) -> list[Record]:
    return [(timestamp, bytes.fromhex(text).ljust(32, b"\0")) for timestamp, text in rows]


@st.composite
def two_sets(draw: st.DrawFn) -> tuple[list[Record], list[Record]]:
    """Up to 2,000 records over both sides: few or many timestamps, close ids, and any share only one side has."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    size = draw(st.sampled_from([0, 1, 31, 32, 33, 200, 700, 2000]))
    spread = draw(st.sampled_from([1, 3, 1000, 2**53, INFINITY]))
    close = draw(st.sampled_from([0, 8, 28]))
    shares = draw(
        st.sampled_from([(1, 1, 1), (1, 1, 50), (1, 1, 800), (1, 0, 1), (0, 1, 20), (1, 0, 0), (0, 1, 0), (1, 1, 0)])
    )
    ours: list[Record] = []
    theirs: list[Record] = []
    for at in range(size):
        record = (int(spread * dice.random() ** 3), bytes(close) + at.to_bytes(2, "big") + dice.randbytes(30 - close))
        side = dice.choices("otb", shares)[0]
        ours += [record] * (side in "ob")
        theirs += [record] * (side in "tb")
    dice.shuffle(ours)
    return ours, theirs


def reconciled(initiator: Initiator, responder: Responder) -> tuple[list[bytes], list[bytes], list[int]]:
    """What the initiator learns, and the lengths of all messages in turn."""
    have: list[bytes] = []
    need: list[bytes] = []
    lengths: list[int] = []
    message: bytes | None = initiator.initiate()
    while message is not None:
        answer = responder.reconcile(message)
        lengths += [len(message), len(answer)]
        message, more_have, more_need = initiator.reconcile(answer)
        have += more_have
        need += more_need
    return have, need, lengths


def only(one: list[Record], other: list[Record]) -> list[bytes]:
    return sorted({record for _, record in one} - {record for _, record in other})


@pytest.mark.parametrize("session", SESSIONS, ids=[session["name"] for session in SESSIONS])
def test_both_roles_say_byte_for_byte_what_the_reference_says(session: dict[str, Any]) -> None:
    ours = records(session["both"] + session["initiator"])
    theirs = records(session["both"] + session["responder"])
    initiator = Initiator(Storage(ours), session["initiator_limit"])
    responder = Responder(Storage(theirs), session["responder_limit"])
    messages = [bytes.fromhex(message) for message in session["messages"]]
    have: list[bytes] = []
    need: list[bytes] = []
    said: bytes | None = initiator.initiate()
    for asked, answer in zip(messages[::2], messages[1::2], strict=True):
        assert said == asked
        assert responder.reconcile(asked) == answer
        said, more_have, more_need = initiator.reconcile(answer)
        have += more_have
        need += more_need
    assert said is None
    assert (sorted(have), sorted(need)) == (only(ours, theirs), only(theirs, ours))


@settings(max_examples=150)
@given(two_sets(), LIMITS, LIMITS)
def test_the_difference_is_found_exactly_once_whatever_the_sets_and_frames(
    sets: tuple[list[Record], list[Record]], limit: int, other_limit: int
) -> None:
    ours, theirs = sets
    have, need, lengths = reconciled(Initiator(Storage(ours), limit), Responder(Storage(theirs), other_limit))
    assert (sorted(have), sorted(need)) == (only(ours, theirs), only(theirs, ours))
    assert not limit or max(lengths[::2]) <= limit
    assert not other_limit or max(lengths[1::2]) <= other_limit


@settings(max_examples=30)
@given(two_sets())
def test_the_order_of_insertion_does_not_matter(sets: tuple[list[Record], list[Record]]) -> None:
    ours, theirs = sets
    storage = Storage()
    for timestamp, record in sorted(ours, reverse=True):
        storage.insert(timestamp, record)
    first = Initiator(storage).initiate()
    assert first == Initiator(Storage(ours)).initiate()
    assert Responder(Storage(theirs)).reconcile(first) == Responder(Storage(theirs[::-1])).reconcile(first)


@settings(max_examples=30)
@given(two_sets(), LIMITS)
def test_equal_sets_take_one_round_trip_and_one_byte_of_answer(
    sets: tuple[list[Record], list[Record]], limit: int
) -> None:
    ours, _ = sets
    few = len(ours) < 32
    have, need, lengths = reconciled(Initiator(Storage(ours), limit), Responder(Storage(ours), limit))
    assert (have, need, len(lengths)) == ([], [], 2)
    assert few or lengths[1] == 1


@settings(max_examples=60)
@given(two_sets(), st.data())
def test_a_fingerprint_is_the_hash_of_sum_and_count_for_any_range(
    sets: tuple[list[Record], list[Record]], data: st.DataObject
) -> None:
    ours = sorted(sets[0])
    lower = data.draw(st.integers(0, len(ours)))
    upper = data.draw(st.integers(lower, len(ours)))
    total = sum(int.from_bytes(record, "little") for _, record in ours[lower:upper]) % 2**256
    size = upper - lower
    digits = bytes([size]) if size < 128 else bytes([size >> 7 | 0x80, size & 0x7F])
    expected = hashlib.sha256(total.to_bytes(32, "little") + digits).digest()[:16]
    assert Storage(ours).seal().fingerprint(lower, upper) == expected


def test_a_hundred_of_a_hundred_thousand_are_found_in_few_round_trips() -> None:
    dice = random.Random(5)
    everything = [(at, dice.randbytes(32)) for at in range(100_000)]
    start = time.perf_counter()
    for name, missing, trips, most in (
        ("scattered", set(dice.sample(range(100_000), 100)), 2, 150_000),
        ("the latest", set(range(99_900, 100_000)), 3, 8_000),
    ):
        ours = [record for at, record in enumerate(everything) if at not in missing]
        have, need, lengths = reconciled(Initiator(Storage(ours)), Responder(Storage(everything)))
        print(f"100 {name} missing of 100,000: {len(lengths) // 2} round trips, {sum(lengths)} bytes")
        assert (have, sorted(need)) == ([], sorted(everything[at][1] for at in missing))
        assert len(lengths) // 2 <= trips
        assert sum(lengths) <= most
    assert time.perf_counter() - start < 30


def test_a_range_whose_answer_no_longer_fits_is_in_the_fingerprint_of_the_rest() -> None:
    storage = Storage([(at // 31, hashlib.sha256(bytes([at])).digest()) for at in range(124)]).seal()
    wrong = b"\x00\x01" + bytes(16)
    answer = Responder(storage, 4096).reconcile(
        b"\x61" + b"".join(step + wrong for step in (b"\2", b"\2", b"\2", b"\0"))
    )
    assert len(answer) < 3100
    assert answer[-19:] == b"\x00\x00\x01" + storage.fingerprint(93, 124)


@pytest.mark.parametrize("version", [0x60, 0x62, 0x6F])
def test_a_responder_answers_another_version_with_the_byte_of_its_own(version: int) -> None:
    assert Responder(Storage([(1, bytes(32))])).reconcile(bytes([version]) + b"\xaa\xbb\xcc") == b"\x61"


@pytest.mark.parametrize("version", [0x60, 0x62, 0x6F])
def test_an_initiator_refuses_another_version(version: int) -> None:
    with pytest.raises(BadRequest, match="update"):
        Initiator(Storage()).reconcile(bytes([version]))


HOSTILE = {
    "empty": b"",
    "no version byte": b"\x00\x00\x00\x00",
    "longer than a message may be": b"\x61" + bytes(negentropy.MAX_MESSAGE),
    "a bound without a mode": b"\x61\x00\x00",
    "an unknown mode": b"\x61\x00\x00\x03",
    "a huge mode": b"\x61\x00\x00" + b"\xff" * 8 + b"\x7f",
    "a fingerprint cut short": b"\x61\x00\x00\x01" + bytes(15),
    "a list cut short": b"\x61\x00\x00\x02\x02" + bytes(63),
    "a list of 2^63 ids": b"\x61\x00\x00\x02" + b"\x81" + b"\x80" * 8 + b"\x00",
    "a number that never ends": b"\x61" + b"\xff" * 100_000,
    "a number above 64 bits": b"\x61\x82" + b"\x80" * 8 + b"\x00\x00\x00",
    "a number with a leading zero": b"\x61\x80\x01\x00\x00",
    "a prefix of 33 bytes": b"\x61\x01\x21" + bytes(33) + b"\x00",
    "a prefix cut short": b"\x61\x01\x20" + bytes(31),
    "a finite timestamp at infinity": b"\x61\x81" + b"\xff" * 8 + b"\x7f\x02\x00" + b"\x02\x00\x00",
    "a range after infinity": b"\x61\x00\x00\x00\x02\x00\x00",
    "a prefix below the one before": b"\x61\x02\x01\x09\x00\x01\x01\x08\x00",
    "a prefix that ends before the one before": b"\x61\x02\x02\x09\x01\x00\x01\x01\x09\x00",
    "more ranges than a message can honestly hold": b"\x61" + b"\x01\x00\x00" * (negentropy.MAX_RANGES + 1),
}


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_no_honest_side_sends_is_a_bad_request_in_both_roles(message: bytes) -> None:
    for side in (Initiator(Storage([(5, bytes(32))])), Responder(Storage([(5, bytes(32))]))):
        with pytest.raises(BadRequest):
            side.reconcile(message)


CROWD = [(at // 3, hashlib.sha256(bytes([at])).digest()) for at in range(200)]
NUMBER = st.one_of(
    st.integers(0, 40).map(lambda small: bytes([small])),
    st.builds(
        lambda high, low: bytes(digit | 0x80 for digit in high) + bytes([low]),
        st.binary(max_size=10),
        st.integers(0, 127),
    ),
)
RANGE = st.one_of(
    st.builds(
        lambda step, size, mode, payload: step + size + mode + payload, NUMBER, NUMBER, NUMBER, st.binary(max_size=70)
    ),
    st.builds(lambda step, mark: step + b"\x00\x01" + mark, NUMBER, st.binary(min_size=16, max_size=16)),
    st.builds(
        lambda step, ids: step + b"\x00\x02" + bytes([len(ids) // 32]) + ids, NUMBER, st.sampled_from([b"", b"x" * 96])
    ),
)


def answered_or_refused(message: bytes) -> None:
    """Both roles take the message or raise BadRequest, and what they answer keeps to the frame and to the protocol."""
    for side in (Initiator(Storage(CROWD), 4096), Responder(Storage(CROWD), 4096)):
        try:
            answer = side.reconcile(message)
        except BadRequest:
            continue
        reply = answer if isinstance(answer, bytes) else answer[0]
        if reply is not None:
            assert len(reply) <= 4096
            Responder(Storage()).reconcile(reply)


@given(st.binary(max_size=400))
def test_garbage_is_answered_or_a_bad_request(garbage: bytes) -> None:
    answered_or_refused(garbage)
    answered_or_refused(b"\x61" + garbage)


@given(st.lists(RANGE, max_size=12))
def test_ranges_of_nonsense_are_answered_or_a_bad_request(ranges: list[bytes]) -> None:
    answered_or_refused(b"\x61" + b"".join(ranges))


@given(st.sampled_from([m for session in SESSIONS for m in session["messages"]]), st.data())
def test_a_spoilt_honest_message_is_answered_or_a_bad_request(message: str, data: st.DataObject) -> None:
    spoilt = bytearray.fromhex(message)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[at] = data.draw(st.integers(0, 255))
    answered_or_refused(bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))]))


def test_a_message_full_of_tiny_ranges_is_answered_within_the_frame_and_soon() -> None:
    dice = random.Random(3)
    storage = Storage([(at, dice.randbytes(32)) for at in range(60_000)])
    wrong = b"\x02\x00\x01" + bytes(16)
    message = b"\x61" + wrong * (negentropy.MAX_MESSAGE // len(wrong))
    start = time.perf_counter()
    assert len(Responder(storage).reconcile(message)) <= negentropy.FRAME_LIMIT
    assert time.perf_counter() - start < 10


def test_the_same_id_listed_again_is_reported_once() -> None:
    initiator = Initiator(Storage([(1, b"o" * 32)]))
    twice = b"\x61\x00\x00\x02\x02" + b"t" * 64
    assert initiator.reconcile(twice) == (None, [b"o" * 32], [b"t" * 32])
    assert initiator.reconcile(twice) == (None, [], [])


def test_a_side_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negentropy, "MAX_ROUNDS", 50)
    initiator = Initiator(Storage())
    never = b"\x61\x00\x00\x01" + bytes(16)
    for _ in range(50):
        assert initiator.reconcile(never)[0] == b"\x61\x00\x00\x02\x00"
    with pytest.raises(BadRequest, match="50 rounds"):
        initiator.reconcile(never)


def test_ids_without_end_are_refused_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negentropy, "MAX_NEED", 100)
    initiator = Initiator(Storage())
    numbers = count()
    with pytest.raises(BadRequest, match="More than 100"):
        for _ in range(4):
            ids = b"".join(next(numbers).to_bytes(32, "big") for _ in range(30))
            initiator.reconcile(b"\x61\x00\x00\x02\x1e" + ids)
    assert next(numbers) == 120


@pytest.mark.parametrize(
    "items",
    [[(-1, bytes(32))], [(INFINITY, bytes(32))], [(1, bytes(31))], [(1, bytes(32)), (0, bytes(32)), (1, bytes(32))]],
    ids=["negative", "infinity", "short id", "twice the same"],
)
def test_a_record_that_the_protocol_cannot_say_is_refused_by_seal(items: list[Record]) -> None:
    with pytest.raises(ValueError, match="record"):
        Storage(items).seal()


def test_a_sealed_storage_takes_no_more() -> None:
    storage = Storage().seal()
    with pytest.raises(ValueError, match="sealed"):
        storage.insert(1, bytes(32))


@pytest.mark.parametrize("limit", [1, 4095, -1])
def test_a_frame_limit_too_small_for_the_protocol_is_refused(limit: int) -> None:
    for side in (Initiator, Responder):
        with pytest.raises(ValueError, match="4096"):
            side(Storage(), limit)
