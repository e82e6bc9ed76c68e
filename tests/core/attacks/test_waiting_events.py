"""What waits for others was not verified yet: a neighbour who is first to send it, forged, must not make the true one lost."""

from __future__ import annotations

import pytest

from hearthnet_core.errors import Unavailable
from hearthnet_core.log.queries import Cursor
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.event import Event
from hearthnet_core.protocol.making import Stamp
from tests.core.log.nodes import DAY, WALL, A, B, C, F, Node, heads, notice, street, world_of
from tests.core.protocol.forging import World, ids

FORGED = bytes(64)


async def revocation_of_c() -> tuple[World, Node, Event, Event]:
    """A node that knows neither the revocation of C nor what it stands on."""
    world = world_of(A, B, C)
    (node,) = await street(world, A)
    step = world.policy(F.node(), heads(world), name="Elm Street 2")
    return world, node, step, world.revoke(F.node(), C, ids(step))


async def test_a_revocation_sent_first_with_a_forged_signature_still_counts_when_the_true_one_comes() -> None:
    _, node, step, revoked = await revocation_of_c()
    forged = revoked.header_bytes, FORGED, revoked.body
    assert (await node.log.ingest([forged], C.node().node_id)).parked == 1
    await node.log.ingest([step.wire, revoked.wire], B.node().node_id)
    assert not node.log.state.members[C.id].active


async def test_a_true_event_that_must_wait_beside_a_forged_one_is_asked_for_again() -> None:
    _, node, step, revoked = await revocation_of_c()
    await node.log.ingest([(revoked.header_bytes, FORGED, revoked.body)], C.node().node_id)
    peer, scope = B.node().node_id, node.log.state.scope
    done = await node.log.ingest([revoked.wire], peer, Cursor(peer, scope, 9, bytes(16)))
    assert [type(error) for error in done.refused] == [Unavailable]
    assert await node.log.cursor(peer, scope) is None  # it would cover what is not here
    await node.log.ingest([step.wire], peer)
    await node.log.ingest([revoked.wire], peer)
    assert not node.log.state.members[C.id].active


@pytest.mark.parametrize("body", [b"x" * 20, None])
async def test_a_notice_of_somebody_not_known_yet_cannot_be_kept_out_by_a_forged_copy(body: bytes | None) -> None:
    world = world_of(A, B)
    (node,) = await street(world, A)
    joined = world.join(F.node(), C, heads(world))
    stamp = Stamp(lamport=9, wall=WALL, salt=bytes(16))
    post = making.event(C.node(), world.community, node.board, bodies.NOTICE, notice("Water"), stamp, expires=DAY + 3)
    peer = B.node().node_id
    assert (await node.log.ingest([(post.header_bytes, FORGED, post.body)], A.node().node_id)).parked == 1
    done = await node.log.ingest([post.wire], peer, Cursor(peer, node.board, 1, bytes(16)))
    assert done.parked == 0 and isinstance(done.refused[0], Unavailable)
    await node.log.ingest([joined.wire], peer)
    assert await node.titles() == []
    await node.log.ingest([post.wire], peer, Cursor(peer, node.board, 1, bytes(16)))
    assert await node.titles() == ["Water"]
    assert (await node.log.cursor(peer, node.board)) is not None
    other = await Node.open(B)  # another body, or none, does not even wait
    await other.log.begin(world.founding)
    assert (await other.log.ingest([(post.header_bytes, post.signature, body)])).parked == 0
