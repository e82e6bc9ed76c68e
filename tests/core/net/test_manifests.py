"""What nodes tell of themselves, how long it counts, and where they say others are."""

from __future__ import annotations

import asyncio

import msgspec

from hearthnet_core.capability import Offer
from hearthnet_core.identity import manifest as manifests
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.net.connection import MeshStream
from hearthnet_core.protocol.handshake import Proven

from . import raw
from .meshes import connected, keys, mesh, until

OFFER = Offer(capability="llm.chat", provider="ollama")


async def test_a_changed_manifest_reaches_the_peer_at_once() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    offered: list[Offer] = []
    async with mesh(a, members) as alice, mesh(b, members, offers=lambda: tuple(offered)) as bob:
        await connected(alice, bob)
        await until(lambda: alice.peers[b.node_id].manifest is not None)
        assert alice.peers[b.node_id].offers == ()
        offered.append(OFFER)
        bob.announce()
        await until(lambda: alice.peers[b.node_id].offers == (OFFER,))


async def test_offers_end_with_the_manifest_s_lifetime_and_a_replayed_one_does_not_prolong_it() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, raw.connection(b, alice.port, {}) as connection:
        changes = []
        alice.changed.connect(lambda peer: changes.append(len(peer.offers)))
        stream = await connection.open("manifest/1")
        first = Manifest(node=bytes(b.node_id), boot=1, seq=1, lifetime_s=1, offers=(OFFER,))
        await stream.send(manifests.signed(first, b))
        await until(lambda: changes == [1])
        await stream.send(manifests.signed(first, b))
        await until(lambda: changes == [1, 0])
        assert alice.peers[b.node_id].offers == ()
        await stream.send(manifests.signed(msgspec.structs.replace(first, seq=2, lifetime_s=100), b))
        await until(lambda: changes == [1, 0, 1])


async def test_a_manifest_signed_by_or_about_another_node_is_not_taken() -> None:
    a, b, c = keys(3)
    members = {a.node_id, b.node_id, c.node_id}
    async with mesh(a, members) as alice, raw.connection(b, alice.port, {}) as connection:
        await until(lambda: b.node_id in alice.peers)
        for node, signer in ((c, b), (b, c)):
            stream = await connection.open("manifest/1")
            await stream.send(
                manifests.signed(Manifest(node=bytes(node.node_id), boot=1, seq=1, offers=(OFFER,)), signer)
            )
            try:
                assert await stream.receive() is None
            except Exception as error:
                assert getattr(error, "code", "") in ("bad_request", "invalid_signature")
        assert alice.peers[b.node_id].manifest is None


async def test_manifests_in_a_flood_are_taken_a_few_a_second() -> None:
    a, b = keys(2)
    members = {a.node_id, b.node_id}
    async with mesh(a, members) as alice, raw.connection(b, alice.port, {}) as connection:
        changes = []
        alice.changed.connect(lambda peer: changes.append(peer))

        async def flood() -> None:
            stream = await connection.open("manifest/1")
            for seq in range(1, 2000):
                await stream.send(manifests.signed(Manifest(node=bytes(b.node_id), boot=1, seq=seq), b))

        async with asyncio.TaskGroup() as group:
            flooding = group.create_task(flood())
            await asyncio.sleep(2.0)
            assert 1 <= len(changes) <= 12
            flooding.cancel()


async def test_a_peer_of_a_peer_is_found_by_what_it_says_of_itself() -> None:
    a, b, c = keys(3)
    members = {a.node_id, b.node_id, c.node_id}
    async with mesh(a, members) as alice, mesh(b, members) as bob, mesh(c, members) as carol:
        await connected(bob, carol)
        await connected(alice, bob)
        await until(lambda: c.node_id in alice.peers)
        assert alice.peers[c.node_id].public_key == c.public_key


async def test_a_liar_about_others_addresses_is_not_believed() -> None:
    """Mallory answers with a manifest she wrote for Carol, and with Carol's real one that names a host and loopback."""
    a, mallory, c = keys(3)
    members = {a.node_id, mallory.node_id, c.node_id}
    asked = asyncio.Event()
    forged = manifests.signed(Manifest(node=bytes(c.node_id), boot=9, seq=9, addresses=("10.9.9.9:1",)), mallory)
    hosts = manifests.signed(Manifest(node=bytes(c.node_id), boot=1, seq=1, addresses=("evil.example:80",)), c)

    async def lie(stream: MeshStream, payload: bytes, proven: Proven) -> None:
        await stream.send(msgspec.msgpack.encode((c.public_key, hosts)))
        await stream.send(msgspec.msgpack.encode((c.public_key, forged)))
        asked.set()

    async with mesh(a, members) as alice, raw.connection(mallory, alice.port, {"peers/1": lie}):
        async with asyncio.timeout(20):
            await asked.wait()
        await asyncio.sleep(0.3)
        assert alice.addresses_of(c.node_id) == []
        assert mallory.node_id in alice.peers
