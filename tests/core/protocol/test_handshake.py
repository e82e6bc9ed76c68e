"""The greeting: who may pass, and the man in the middle who may not. `vectors/handshake.json` pins its bytes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.errors import BadRequest, Forbidden, HearthNetError, InvalidSignature, VersionMismatch
from hearthnet_core.identity.certificate import der, ed25519_key, mesh_certificate
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.protocol import frames, handshake
from hearthnet_core.protocol.handshake import ClientHandshake, Hello, ServerHandshake

VECTOR = Path(__file__).parent / "vectors" / "handshake.json"
ALICE, BOB, MALLORY = (SigningKey(bytes([n]) * 32) for n in (1, 2, 3))


def hello(key: SigningKey, **changes: object) -> Hello:
    made = Hello(1, 1, key.public_key, os.urandom(32), b"c" * 32, b"i" * 16, "test 1", "Kitchen")
    return msgspec.structs.replace(made, **changes)


def certificate(key: SigningKey) -> bytes:
    return der(mesh_certificate(key)[0])


def client(key: SigningKey, server: SigningKey, expected: NodeId | None = None) -> ClientHandshake:
    shown = certificate(server)
    return ClientHandshake(key, hello(key), shown, ed25519_key(shown), expected)


def test_both_sides_prove_who_they_are_and_agree_on_what_was_said() -> None:
    alice, bob = client(ALICE, BOB, BOB.node_id), ServerHandshake(hello(BOB), certificate(BOB))
    seen_by_bob = bob.authenticated(alice.greeted(bob.greeted(alice.hello)))
    seen_by_alice = alice.answered(handshake.OK)
    assert (seen_by_bob.node_id, seen_by_alice.node_id) == (ALICE.node_id, BOB.node_id)
    assert (seen_by_bob.client_hello, seen_by_bob.server_hello) == (seen_by_alice.client_hello, bob.hello)


def test_a_man_in_the_middle_with_his_own_key_is_refused_when_somebody_else_is_expected() -> None:
    with pytest.raises(InvalidSignature, match="Another node answers"):
        client(ALICE, MALLORY, BOB.node_id)


def test_a_man_in_the_middle_who_relays_the_real_hello_is_found_out_by_the_dialler() -> None:
    alice, bob = client(ALICE, MALLORY), ServerHandshake(hello(BOB), certificate(BOB))
    with pytest.raises(InvalidSignature, match="another key"):
        alice.greeted(bob.greeted(alice.hello))


def test_a_man_in_the_middle_cannot_use_a_dialler_s_proof_at_another_node() -> None:
    """Alice means to talk to Mallory; he passes her greeting and proof on to Bob, with Bob's nonce in his own hello."""
    alice, bob = client(ALICE, MALLORY, MALLORY.node_id), ServerHandshake(hello(BOB), certificate(BOB))
    bobs = msgspec.msgpack.decode(bob.greeted(alice.hello), type=Hello)
    proof = alice.greeted(msgspec.msgpack.encode(hello(MALLORY, nonce=bobs.nonce)))
    with pytest.raises(InvalidSignature):
        bob.authenticated(proof)


def test_a_recorded_proof_is_worth_nothing_the_second_time() -> None:
    alice, bob = client(ALICE, BOB), ServerHandshake(hello(BOB), certificate(BOB))
    proof = alice.greeted(bob.greeted(alice.hello))
    bob.authenticated(proof)
    again = ServerHandshake(hello(BOB), certificate(BOB))
    again.greeted(alice.hello)
    with pytest.raises(InvalidSignature):
        again.authenticated(proof)


def test_a_proof_by_another_key_than_the_hello_s_is_refused() -> None:
    bob = ServerHandshake(hello(BOB), certificate(BOB))
    mallory = client(MALLORY, BOB)
    claims = msgspec.msgpack.encode(hello(ALICE))
    mallory.hello = claims
    with pytest.raises(InvalidSignature):
        bob.authenticated(mallory.greeted(bob.greeted(claims)))


def test_a_second_hello_is_refused_by_both() -> None:
    alice, bob = client(ALICE, BOB), ServerHandshake(hello(BOB), certificate(BOB))
    alice.greeted(bob.greeted(alice.hello))
    with pytest.raises(BadRequest, match="twice"):
        bob.greeted(alice.hello)
    with pytest.raises(BadRequest, match="twice"):
        alice.greeted(bob.hello)


def test_proof_or_verdict_before_the_greeting_is_refused() -> None:
    with pytest.raises(BadRequest):
        ServerHandshake(hello(BOB), certificate(BOB)).authenticated(msgspec.msgpack.encode([bytes(64)]))
    with pytest.raises(BadRequest):
        client(ALICE, BOB).answered(handshake.OK)


@pytest.mark.parametrize(
    ("lowest", "highest", "who"), [(2, 3, "Update this node"), (0, 0, "Update the other node")], ids=["newer", "older"]
)
def test_versions_that_do_not_meet_say_which_side_to_update(lowest: int, highest: int, who: str) -> None:
    bob = ServerHandshake(hello(BOB), certificate(BOB))
    with pytest.raises(VersionMismatch, match=who):
        bob.greeted(msgspec.msgpack.encode(hello(ALICE, lowest=lowest, highest=highest)))


def test_a_refusal_arrives_as_the_same_error_within_the_bound_before_authentication() -> None:
    alice, bob = client(ALICE, BOB), ServerHandshake(hello(BOB), certificate(BOB))
    alice.greeted(bob.greeted(alice.hello))
    verdict = handshake.refusal(Forbidden("ü" * 5000))
    assert len(verdict) <= frames.MAX_RECORD_BEFORE_AUTH
    with pytest.raises(Forbidden, match="üüü"):
        alice.answered(verdict)


def test_the_largest_hello_fits_the_bound_before_authentication() -> None:
    largest = hello(ALICE, lowest=0, highest=2**62, software="\U0001f525" * 40, name="\U0001f525" * 64)
    raw = msgspec.msgpack.encode(largest)
    assert len(raw) <= frames.MAX_RECORD_BEFORE_AUTH
    assert handshake.read_hello(raw) == largest


@pytest.mark.parametrize(
    "changes",
    [{"nonce": b"short"}, {"community": b""}, {"instance": bytes(17)}, {"public_key": bytes(31)}, {"name": "x" * 65}],
    ids=str,
)
def test_a_malformed_hello_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        handshake.read_hello(msgspec.msgpack.encode(hello(ALICE, **changes)))


@given(st.binary(max_size=400))
def test_garbage_at_any_step_is_a_hearthnet_error(raw: bytes) -> None:
    alice, bob = client(ALICE, BOB), ServerHandshake(hello(BOB), certificate(BOB))
    for step in (bob.greeted, alice.greeted):
        with pytest.raises(HearthNetError):
            step(raw)
    proof = alice.greeted(bob.greeted(alice.hello))
    with pytest.raises(HearthNetError):
        bob.authenticated(raw)
    with pytest.raises(HearthNetError):
        alice.answered(raw)
    assert bob.authenticated(proof).node_id == ALICE.node_id


def test_the_vector_replays_in_both_directions() -> None:
    vector = {k: bytes.fromhex(v) for k, v in json.loads(VECTOR.read_text()).items()}
    client_key, server_key = SigningKey(vector["client_seed"]), SigningKey(vector["server_seed"])
    theirs = ClientHandshake(
        client_key,
        handshake.read_hello(vector["client_hello"]),
        vector["server_certificate"],
        server_key.public_key,
        None,
    )
    ours = ServerHandshake(handshake.read_hello(vector["server_hello"]), vector["server_certificate"])
    assert (theirs.hello, ours.hello) == (vector["client_hello"], vector["server_hello"])
    assert handshake.transcript(vector["server_certificate"], ours.hello, theirs.hello) == vector["transcript"]
    assert theirs.greeted(ours.greeted(vector["client_hello"])) == vector["authentication"]
    assert ours.authenticated(vector["authentication"]).node_id == client_key.node_id
    assert theirs.answered(vector["verdict"]).node_id == server_key.node_id == ed25519_id(vector["server_certificate"])


def ed25519_id(shown: bytes) -> NodeId:
    return NodeId.of(ed25519_key(shown))
