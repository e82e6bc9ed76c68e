"""Invites fit a code, survive being typed, and say what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.protocol import invite
from hearthnet_core.protocol.invite import Invite
from hearthnet_core.protocol.words import WORDS

VECTORS = Path(__file__).parent / "vectors" / "invite.json"
ONE = Invite(
    community=CommunityId(bytes(range(32))),
    node=NodeId(bytes(range(32, 64))),
    secret=bytes(range(16)),
    expires=1_790_000_000,
    own=True,
    addresses=("192.168.1.5:7080", "[fd00::5]:7081"),
)
addresses = st.builds(lambda ip, port: f"{ip}:{port}", st.ip_addresses(v=4), st.integers(1, 65_535))


@given(
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.lists(addresses, max_size=4),
)
def test_an_invite_comes_back_within_its_length(
    community: bytes, node: bytes, secret: bytes, expires: int, own: bool, at: list[str]
) -> None:
    made = Invite(
        community=CommunityId(community),
        node=NodeId(node),
        secret=secret,
        expires=expires,
        own=own,
        addresses=tuple(at),
    )
    text = made.encode()
    assert len(text) <= 220
    assert invite.decode(text) == made


def test_blanks_and_small_letters_do_not_matter() -> None:
    text = ONE.encode().lower()
    assert invite.decode(f"\n {text[:40]} \n{text[40:]} ") == ONE


@pytest.mark.parametrize("bad", ["", "HN1:", "HN1:!!!!", "hello", "HN1:" + "A" * 120, "HN1:" + "A" * 10_000])
def test_no_invite_is_refused_with_a_sentence(bad: str) -> None:
    with pytest.raises(BadRequest):
        invite.decode(bad)


@given(st.data())
def test_a_wrong_letter_is_found(data: st.DataObject) -> None:
    text = ONE.encode()
    at = data.draw(st.integers(4, len(text) - 2))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").filter(lambda c: c != text[at]))
    with pytest.raises(BadRequest):
        invite.decode(text[:at] + letter + text[at + 1 :])


@pytest.mark.parametrize("address", ["example.org:7080", "1.2.3.4", "1.2.3.4:0", "1.2.3.4:70000", "::1"])
def test_an_address_is_ip_and_port(address: str) -> None:
    with pytest.raises(BadRequest):
        Invite(community=ONE.community, node=ONE.node, secret=bytes(16), expires=0, addresses=(address,)).encode()


def test_there_are_1024_distinct_words() -> None:
    assert len(set(WORDS)) == len(WORDS) == 1024


def test_vectors_replay_in_both_directions() -> None:
    (vector,) = json.loads(VECTORS.read_text())
    assert ONE.encode() == vector["text"]
    assert invite.decode(vector["text"]) == ONE
    assert (ONE.id.hex(), ONE.words) == (vector["invite_id"], vector["words"])
    assert invite.proof(ONE.secret, b"server", b"client", b"statement").hex() == vector["proof"]


def write_vectors() -> None:
    document = {
        "community": ONE.community.hex(),
        "node": ONE.node.hex(),
        "secret": ONE.secret.hex(),
        "expires": ONE.expires,
        "own": ONE.own,
        "addresses": list(ONE.addresses),
        "text": ONE.encode(),
        "invite_id": ONE.id.hex(),
        "words": ONE.words,
        "proof": invite.proof(ONE.secret, b"server", b"client", b"statement").hex(),
    }
    VECTORS.write_text(json.dumps([document], indent=1) + "\n")


if __name__ == "__main__":
    write_vectors()
