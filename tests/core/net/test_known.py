"""The address book: what hints may do, and what they may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.known import (
    FIRST_RETRY_S,
    LONGEST_RETRY_S,
    MAX_ADDRESSES,
    AddressBook,
    plain_address,
)

ME, BOB, CAROL = (NodeId(bytes([n]) * 32) for n in (1, 2, 3))
LAN = "192.168.1.9:7080"


def book(members: set[NodeId] | None = None) -> AddressBook:
    known = {ME, BOB, CAROL} if members is None else members
    return AddressBook(ME, lambda n: n in known, lambda low, high: (low + high) / 2)


@pytest.mark.parametrize("text", ["10.0.0.7:7080", "[fd00::7]:7080", "203.0.113.5:1"])
def test_a_peer_may_name_plain_addresses(text: str) -> None:
    assert plain_address(text, LAN) == text


@pytest.mark.parametrize(
    "text",
    [
        "router.local:80", "localhost:7860", "127.0.0.1:7860", "[::1]:7860", "0.0.0.0:80", "224.0.0.1:80", "10.0.0.7",
        "10.0.0.7:0", "10.0.0.7:99999", "10.0.0.7:٣", "fd00::7:7080", "[10.0.0.7]:80", "[::ffff:127.0.0.1]:80",
        "[fe80::1%eth0]:80", "2130706433:80", "0x7f.1:80", "http://10.0.0.7:80", "", ":", "10.0.0.7:80 ", "255.255.255.255:1",
    ],
)  # fmt: skip
def test_a_peer_may_not_name_hosts_loopback_or_nonsense(text: str) -> None:
    assert plain_address(text, LAN) is None


def test_who_is_connected_over_loopback_may_name_loopback() -> None:
    assert plain_address("127.0.0.1:7081", "127.0.0.1:50000") == "127.0.0.1:7081"


@given(st.text(max_size=80))
def test_nothing_a_peer_names_ever_raises(text: str) -> None:
    assert plain_address(text, LAN) in (None, text)


def test_strangers_are_not_dialled_and_their_hints_do_not_grow() -> None:
    addresses = book()
    for n in range(5000):
        addresses.hint("10.0.0.7:7080", NodeId(n.to_bytes(32)), 0.0)
        addresses.told(NodeId((n + 70_000).to_bytes(32)), ["10.0.0.8:7080"], LAN)
    assert addresses.rows() == []
    assert len(addresses._strangers) <= 128
    addresses.hint("10.0.0.9:7080", BOB, 0.0)
    assert [row.node_id for row in addresses.rows()] == [BOB]


def test_an_address_that_worked_stays_whatever_others_claim() -> None:
    addresses = book()
    addresses.hint("10.0.0.2:7080", BOB, 0.0)
    row = addresses.of(BOB)
    assert row is not None
    addresses.reached(row, "10.0.0.2:7080", BOB)
    for n in range(100):
        addresses.hint(f"10.0.1.{n}:7080", BOB, float(n))
        addresses.told(BOB, [f"10.0.2.{n}:7080"], LAN)
    assert "10.0.0.2:7080" in row.order[:2]
    assert len(row.order) <= MAX_ADDRESSES + 1


def test_a_peer_s_word_never_moves_a_try_forward() -> None:
    addresses = book()
    addresses.hint("10.0.0.2:7080", BOB, 0.0)
    row = addresses.of(BOB)
    assert row is not None
    addresses.failed(row, 0.0, "no")
    later = row.next_try
    addresses.told(BOB, ["10.0.0.3:7080"], LAN)
    assert row.next_try == later and row.order == ["10.0.0.2:7080", "10.0.0.3:7080"]


def test_pauses_double_up_to_the_longest_and_a_fresh_hint_ends_them() -> None:
    addresses = book()
    addresses.hint("10.0.0.2:7080", BOB, 0.0)
    row = addresses.of(BOB)
    assert row is not None
    now, pauses = 0.0, []
    for _ in range(10):
        addresses.failed(row, now, "no")
        pauses.append(row.next_try - now)
        now = row.next_try
    assert pauses[0] == FIRST_RETRY_S and pauses[1] == 2 * FIRST_RETRY_S and pauses[-1] == LONGEST_RETRY_S
    addresses.failed(row, now, "no")
    addresses.hint("10.0.0.4:7080", BOB, now + 1)
    assert row.next_try == now + 1 and row.order[0] == "10.0.0.4:7080"


def test_hints_in_a_row_do_not_make_it_dial_in_a_row() -> None:
    addresses = book()
    addresses.hint("10.0.0.2:7080", BOB, 0.0)
    row = addresses.of(BOB)
    assert row is not None
    for n in range(1, 10):
        addresses.failed(row, n * 0.1, "no")
        addresses.hint(f"10.0.0.{n + 2}:7080", BOB, n * 0.1)
    assert row.next_try > 1.0


def test_a_connection_that_does_not_hold_is_sought_less_and_less_often() -> None:
    addresses = book()
    addresses.hint("10.0.0.2:7080", BOB, 0.0)
    row = addresses.of(BOB)
    assert row is not None
    for n in range(8):
        addresses.lost(BOB, 100.0 * n, 0.1)
    assert row.next_try - 700.0 > 10
    addresses.lost(BOB, 1000.0, 3600.0)
    assert row.next_try - 1000.0 <= FIRST_RETRY_S


def test_who_leaves_the_community_is_dialled_no_more_and_who_comes_back_is() -> None:
    members = {ME, BOB}
    addresses = book(members)
    addresses.hint("10.0.0.2:7080", BOB, 0.0)
    members.remove(BOB)
    addresses.recheck(1.0)
    assert addresses.rows() == []
    members.add(BOB)
    addresses.recheck(2.0)
    assert [row.order for row in addresses.rows()] == [["10.0.0.2:7080"]]


def test_a_node_never_dials_itself() -> None:
    addresses = book()
    addresses.hint("10.0.0.1:7080", ME, 0.0)
    addresses.told(ME, ["10.0.0.1:7080"], LAN)
    assert addresses.rows() == []
