"""The fingerprint of a set: the same for the same set, however it came to be."""

from __future__ import annotations

import struct
import time

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.protocol.lthash import BATCH, LANES, STATE_BYTES, LtHash

ELEMENTS = st.lists(st.binary(max_size=40), max_size=30, unique=True)


def made_of(elements: list[bytes]) -> LtHash:
    made = LtHash()
    made.add_many(elements)
    return made


def lane_by_lane(elements: list[bytes]) -> bytes:
    lanes = [0] * LANES
    for element in elements:
        for at, lane in enumerate(struct.unpack(f"<{LANES}H", blake3(element).digest(STATE_BYTES))):
            lanes[at] = (lanes[at] + lane) % 65536
    return struct.pack(f"<{LANES}H", *lanes)


@given(ELEMENTS)
def test_state_is_the_sum_of_the_expanded_elements_in_each_lane(elements: list[bytes]) -> None:
    assert made_of(elements).state == lane_by_lane(elements)


@given(ELEMENTS.flatmap(lambda elements: st.tuples(st.just(elements), st.permutations(elements))))
def test_order_and_batching_do_not_matter(orders: tuple[list[bytes], list[bytes]]) -> None:
    elements, others = orders
    one_by_one = LtHash()
    for element in others:
        one_by_one.add(element)
    assert one_by_one.state == made_of(elements).state


@given(ELEMENTS, ELEMENTS, st.data())
def test_adding_then_removing_is_the_identity(kept: list[bytes], passing: list[bytes], data: st.DataObject) -> None:
    fingerprint = made_of(kept)
    fingerprint.add_many(passing)
    leaving = data.draw(st.permutations(passing))
    fingerprint.remove_many(leaving[:5])
    for element in leaving[5:]:
        fingerprint.remove(element)
    assert fingerprint.state == made_of(kept).state


@given(ELEMENTS)
def test_what_is_removed_before_it_is_added_leaves_nothing(elements: list[bytes]) -> None:
    fingerprint = LtHash()
    fingerprint.remove_many(elements)
    fingerprint.add_many(elements)
    assert fingerprint.state == bytes(STATE_BYTES)


@given(ELEMENTS, ELEMENTS)
def test_a_stored_state_goes_on_where_it_was(before: list[bytes], after: list[bytes]) -> None:
    restored = LtHash.from_state(made_of(before).state)
    restored.add_many(after)
    assert restored.state == lane_by_lane(before + after)


def test_lanes_at_their_highest_do_not_carry_into_their_neighbours() -> None:
    full = LtHash.from_state(b"\xff" * STATE_BYTES)
    full.add(b"x")
    lanes = struct.unpack(f"<{LANES}H", blake3(b"x").digest(STATE_BYTES))
    assert full.state == struct.pack(f"<{LANES}H", *((lane - 1) % 65536 for lane in lanes))


def test_more_elements_than_lanes_can_count_add_up() -> None:
    many = [b"again"] * (65_536 + BATCH // 2)
    assert made_of(many).state == lane_by_lane([b"again"] * (BATCH // 2))


def test_digest_is_blake3_of_state_and_count() -> None:
    fingerprint = made_of([b"a", b"b"])
    assert fingerprint.digest(2) == blake3(fingerprint.state + b"\x02" + bytes(7)).digest()
    assert len({LtHash().digest(0), LtHash().digest(1), fingerprint.digest(2)}) == 3


def test_the_digest_of_three_elements_is_for_ever() -> None:
    elements = [bytes([k]) * 32 for k in (1, 2, 3)]
    assert made_of(elements).digest(3).hex() == "fe98d778f094151475440bff8102b9cb943bafdfe9fe818e1d0c4d61da415433"


@pytest.mark.parametrize("size", [0, STATE_BYTES - 1, STATE_BYTES + 1])
def test_a_state_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="rebuild it"):
        LtHash.from_state(bytes(size))


def test_a_hundred_thousand_elements_are_added_within_seconds() -> None:
    elements = [k.to_bytes(32, "little") for k in range(100_000)]
    start = time.perf_counter()
    made_of(elements)
    assert time.perf_counter() - start < 10
