"""A signature means one thing. Nobody gets one for something harmless and shows it as something else."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from hearthnet_core.errors import BadRequest, HearthNetError, InvalidSignature
from hearthnet_core.identity import manifest
from hearthnet_core.identity.keys import Purpose, verify
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.authority import Graph
from hearthnet_core.protocol.event import pack_body, unpack_body
from tests.core.protocol.forging import SCOPE, House, World, ids, key

A, B, F = House("a"), House("b"), House("founder")


@pytest.mark.parametrize(("made", "shown"), list(itertools.permutations(Purpose, 2)))
def test_a_signature_for_one_purpose_is_none_for_another(made: Purpose, shown: Purpose) -> None:
    signature = A.owner.sign(made, b"data")
    with pytest.raises(InvalidSignature):
        verify(A.owner.public_key, shown, b"data", signature)
    assert not made.prefix.startswith(shown.prefix)


def test_what_a_guest_signs_for_an_invite_is_no_founding_whatever_the_invite_says() -> None:
    """Community, node and id of an invite are whatever its maker likes; the guest signs them before it knows better. With
    a community that ends in zeros and a node id of which four bytes were searched for, the guest's bytes used to be those
    of a founding: a map whose first value swallows what stands before the guest's own statement."""
    statement = bodies.pack_statement(A.statement())
    chosen = NodeId(
        b"\x86\xa0\xc4\x25" + bytes(28)
    )  # a map of six: "" → the next 37 bytes, the guest's map header last
    community = CommunityId(bytes(SCOPE) + bytes(16))
    owner_sig, _ = making.join_proofs(A.owner, A.node(), community, chosen, bytes(8), statement)
    told = bytes(chosen) + bytes(8) + statement
    assert msgspec.msgpack.decode(told)["owner"] == A.owner.public_key
    with pytest.raises(InvalidSignature):
        verify(A.owner.public_key, Purpose.JOIN, bodies.founding_bytes(SCOPE, told), owner_sig)


def test_what_is_signed_inside_bodies_begins_with_the_type_it_is_for() -> None:
    community, member = CommunityId(b"c" * 32), A.id
    signed = {
        bodies.CREATED: bodies.founding_bytes(SCOPE, b"s"),
        bodies.JOINED: bodies.joining_bytes(community, A.node().node_id, bytes(8), b"s"),
        bodies.NODE_ADDED: bodies.owner_bytes(bodies.NODE_ADDED, community, member, bytes(32), ()),
        bodies.KEY_ROTATED: bodies.owner_bytes(bodies.KEY_ROTATED, community, member, bytes(32), ()),
    }
    for type, raw in signed.items():
        assert raw.startswith(type.encode() + b"\0")


@pytest.mark.parametrize(
    "twist",
    [
        lambda raw: (
            b"\x84" + raw[1:] + b"\xa6member\xc4\x20" + bytes(B.id)
        ),  # the key twice, the last one wins or the first
        lambda raw: b"\x84" + raw[1:] + b"\xa1x\xcc\x01",  # a long form of 1 where nobody looks
        lambda raw: b"\x84" + raw[1:] + b"\xa1x\xca\x00\x00\x00\x00",  # a short float
        lambda raw: b"\xde\x00\x03" + raw[1:],  # a long form of the map itself
        lambda raw: raw.replace(b"\xa6reason\xa0", b"\xa6reason\xd9\x00"),
    ],
)
def test_a_body_that_two_readers_could_read_in_two_ways_is_refused(twist: object) -> None:
    good = pack_body(bytes(16), bodies.Revoked(member=bytes(A.id), reason="", cosigs=()))
    assert unpack_body(good, bodies.Revoked).member == A.id
    bad = bytes(16) + twist(good[16:])  # type: ignore[operator]
    with pytest.raises(BadRequest):
        unpack_body(bad, bodies.Revoked)


def test_a_statement_with_a_key_twice_is_refused() -> None:
    raw = bodies.pack_statement(A.statement())
    with pytest.raises(BadRequest):
        bodies.read_statement(b"\x86" + raw[1:] + b"\xa4name\xa5other")
    assert bodies.read_statement(b"\x86" + raw[1:] + b"\xa5later\xa5other").name == "a"


def test_the_fingerprint_of_the_local_api_is_no_manifest_and_no_manifest_is_one() -> None:
    mark = "5" * 64
    shown = msgspec.msgpack.encode((mark.encode(), A.node().sign(Purpose.MANIFEST, mark.encode())))
    with pytest.raises(BadRequest):
        manifest.read(shown, A.node().public_key)
    raw = msgspec.msgpack.encode(manifest.Manifest(node=bytes(A.node().node_id), boot=1, seq=1))
    assert raw[0] not in b"0123456789abcdef"


def test_a_co_signature_for_one_removal_is_none_for_another_subject_role_or_moment() -> None:
    world = World()
    joined = [world.join(F.node(), h, ids(world.founding)) for h in (A, B)]
    after = ids(*joined)
    promoted = [world.promote(F.node(), h, after) for h in (A, B)]
    graph = Graph(world.founding)
    for item in (*joined, *promoted):
        graph.add(item)
    heads = graph.heads
    cosig = making.cosign(A.node(), bodies.REVOKED, world.community, heads, B.id)
    policy = world.policy(F.node(), heads, name="x")
    graph.add(policy)
    for type, body, where in (
        (bodies.REVOKED, bodies.Revoked(member=B.id, reason="", cosigs=(cosig,)), ids(policy)),  # a later moment
        (bodies.DEMOTED, bodies.Demoted(member=B.id, role="member", cosigs=(cosig,)), heads),  # another removal
    ):
        with pytest.raises(HearthNetError, match="anchors, and 1 signed"):
            graph.add(world.make(F.node(), where, type, body))
    graph.add(world.make(F.node(), heads, bodies.REVOKED, bodies.Revoked(member=B.id, reason="", cosigs=(cosig,))))
    assert not graph.state.members[B.id].active


def test_a_stolen_node_key_adds_no_node_removes_none_and_moves_no_owner_key() -> None:
    """Whoever has the node's key and not the household's: everything that changes the household takes the latter."""
    world = World()
    joined = world.join(F.node(), A, ids(world.founding))
    graph = Graph(world.founding)
    graph.add(joined)
    thief, after = key("thief"), ids(joined)
    wrong = A.node()  # signs where the owner would
    added = making.node_added(wrong, thief, "x", world.community, A.id, after)
    removed = making.node_removed(wrong, A.node().node_id, "", world.community, A.id, after)
    moved = making.key_rotated(wrong, thief, world.community, A.id, after)
    for type, body in (
        (bodies.NODE_ADDED, added),
        (bodies.NODE_REMOVED, removed),
        (bodies.KEY_ROTATED, moved),
    ):
        with pytest.raises(InvalidSignature):
            graph.add(world.make(A.node(), after, type, body))
    assert graph.state.members[A.id].owner == A.owner.public_key and len(graph.state.nodes) == 2


def test_a_founding_of_another_community_is_no_joining_of_this_one() -> None:
    """A household's first signature, public in its own founding, lets nobody write it into another community."""
    theirs, here = World(founder=A), World()
    body = unpack_body(theirs.founding.body or b"", bodies.Created)
    graph = Graph(here.founding)
    forged = bodies.Joined(
        member=body.member, invite_id=bytes(8), owner_sig=body.owner_sig, node_sig=theirs.founding.signature
    )
    with pytest.raises(InvalidSignature):
        graph.add(here.make(F.node(), ids(here.founding), bodies.JOINED, forged))
    assert len(graph.state.members) == 1
