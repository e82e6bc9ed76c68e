"""Whom a node asks. Up to 8 peers: all. Above: 6, so that an event crosses each link once instead of each pair. Pure.

Neighbours in the order of ids are always among them: where all see all, the links make a ring and nobody is left out.
The others are chosen by a hash of both ids, the same from either side. Who asks us is asked back besides.
"""

from __future__ import annotations

from collections.abc import Collection

from blake3 import blake3

from hearthnet_core.models.ids import NodeId

ALL_UP_TO = 8
LINKS = 6
LEAST = 3


def links(me: NodeId, peers: Collection[NodeId], faulty: Collection[NodeId] = ()) -> frozenset[NodeId]:
    """The peers to ask. `faulty` ones are left out while at least `LEAST` others remain."""
    if len(peers) <= ALL_UP_TO:
        return frozenset(peers)
    sound = [p for p in peers if p not in faulty]
    some = sorted(sound if len(sound) >= LEAST else peers)
    after = [p for p in some if p > me]
    before = [p for p in some if p < me]
    ring = [(after or some)[0], (before or some)[-1]]
    rest = sorted((p for p in some if p not in ring), key=lambda p: _weight(me, p))
    return frozenset([*ring, *rest][:LINKS] if ring[0] != ring[1] else [ring[0], *rest][:LINKS])


def _weight(one: NodeId, other: NodeId) -> bytes:
    low, high = sorted((bytes(one), bytes(other)))
    return blake3(low + high).digest()
