"""Real meshes over TLS on loopback, for tests."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from hearthnet_core.capability import Offer
from hearthnet_core.community.standing import Standing
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.net.connection import MeshStream
from hearthnet_core.net.mesh import Mesh
from hearthnet_core.net.tls import TlsTransport
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.supervise import Supervisor

COMMUNITY = CommunityId(b"c" * 32)


def keys(count: int) -> list[SigningKey]:
    """In the order of their ids."""
    return sorted((SigningKey(os.urandom(32)) for _ in range(count)), key=lambda k: bytes(k.node_id))


@asynccontextmanager
async def mesh(
    key: SigningKey,
    members: set[NodeId],
    port: int = 0,
    *,
    instance: bytes = b"",
    lifetime_s: int = 120,
    offers: Callable[[], tuple[Offer, ...]] = tuple,
    addresses: Callable[[], tuple[str, ...]] | None = None,
) -> AsyncIterator[Mesh]:
    runtime = SystemRuntime()
    seq = iter(range(1, 10_000))

    def manifest() -> Manifest:
        return Manifest(
            node=bytes(key.node_id),
            boot=1,
            seq=next(seq),
            lifetime_s=lifetime_s,
            offers=offers(),
            addresses=(f"127.0.0.1:{made.port}",) if addresses is None else addresses(),
        )

    async with Supervisor(runtime) as supervisor:
        made = Mesh(
            runtime,
            supervisor,
            TlsTransport(key),
            key,
            instance=instance or os.urandom(16),
            software="test",
            name=lambda: "test",
            community=lambda: COMMUNITY,
            standing=lambda n: Standing.MEMBER if n in members else Standing.GUEST,
            manifest=manifest,
        )
        await made.start("127.0.0.1", port)
        try:
            yield made
        finally:
            await made.aclose()
    runtime.close()


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def connected(*meshes: Mesh) -> None:
    """Everybody finds everybody."""
    for one in meshes:
        for other in meshes:
            if one.me < other.me:
                one.found(f"127.0.0.1:{other.port}", other.me)
    await until(lambda: all(one is other or other.me in one.peers for one in meshes for other in meshes))


async def echo(stream: MeshStream, payload: bytes, peer: Proven) -> None:
    while (message := await stream.receive()) is not None:
        await stream.send(payload + message)
