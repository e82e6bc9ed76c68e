"""Nodes with a real mesh over TLS, a bus and engines that do what a script says."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any, Protocol

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.registry import PeerOffers, Registry
from hearthnet_core.bus.serve import CallServer
from hearthnet_core.bus.trace import Trace
from hearthnet_core.capability import Call, Chunk, Offer, Privacy, Provider
from hearthnet_core.contract import Contract
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.mesh import Mesh, Peer
from hearthnet_core.runtime import Runtime, SystemRuntime
from tests.core.net.meshes import connected, keys, mesh, until

QUESTION = {"messages": [{"role": "user", "content": "How long can I store drinking water?"}]}


class Engine(Provider, Protocol):
    def offer(self) -> Offer: ...


class TestNode:
    """One node: `answers` is its own bus, `mesh` its connections."""

    __test__ = False

    def __init__(
        self,
        key: SigningKey,
        made: Mesh,
        registry: Registry,
        *,
        name: str,
        home: Callable[[NodeId], bool],
        privacy: Privacy,
        authorise: Callable[[NodeId, str], None],
    ) -> None:
        self.key = key
        self.id = key.node_id
        self.mesh = made
        self.name = name
        self.registry = registry
        self.privacy = privacy
        self.internet = True
        self._home = home
        self.runtime: Runtime = SystemRuntime()
        self.bus = Bus(
            self.runtime,
            registry,
            made.open,
            self.id,
            lambda: name,
            privacy=lambda: self.privacy,
            internet=lambda: self.internet,
        )
        self.server = CallServer(
            self.runtime, self.bus, key, authorise, lambda name, version: registry.contract(name, version).max_body
        )
        made.handle("call/1", lambda stream, payload, proven: self.server.handle(stream, payload, proven.node_id))
        made.changed.connect(self._changed)
        made.down.connect(lambda peer: registry.peer_gone(peer.node_id))

    def _changed(self, peer: Peer) -> None:
        self.registry.peer_changed(
            PeerOffers(
                node_id=peer.node_id,
                name=peer.manifest.name if peer.manifest else "",
                home=self._home(peer.node_id),
                public_key=peer.public_key,
                offers=peer.offers,
                rtt_ms=lambda: peer.latency_ms,
            )
        )

    def call(self, body: dict[str, Any] | None = None, **other: Any) -> Call:
        return call(self.runtime, body, **other)


def call(runtime: Runtime, body: dict[str, Any] | None = None, **other: Any) -> Call:
    fields: dict[str, Any] = {
        "id": os.urandom(12).hex(),
        "capability": CHAT.name,
        "body": QUESTION if body is None else body,
        "privacy": Privacy.COMMUNITY,
        "deadline": runtime.now() + 30.0,
    }
    return Call(**{**fields, **other})


def allow(peer: NodeId, capability: str) -> None:
    """Everybody may everything."""


@asynccontextmanager
async def neighbourhood(
    *engines: Iterable[Engine],
    homes: Iterable[int] = (),
    contracts: Iterable[Contract] = (CHAT,),
    privacy: Privacy = Privacy.ANY,
    authorise: Callable[[NodeId, str], None] = allow,
    link: Iterable[tuple[int, int]] | None = None,
) -> AsyncIterator[list[TestNode]]:
    """One node for each row of engines, everybody connected (or those of `link`). `homes` are the indexes that share a
    household; the others live alone."""
    count = len(engines)
    made_keys = keys(count)
    ids = [key.node_id for key in made_keys]
    members = set(ids)
    together = {ids[n] for n in homes}
    async with AsyncExitStack() as stack:
        nodes = []
        for n, (key, own) in enumerate(zip(made_keys, engines, strict=True)):
            registry = Registry()
            for contract in contracts:
                registry.define(contract)
            for engine in own:
                registry.provide(engine, engine.offer)
            made = await stack.enter_async_context(mesh(key, members, offers=registry.public_offers, addresses=tuple))
            nodes.append(
                TestNode(
                    key,
                    made,
                    registry,
                    name="ABCDEFGHIJ"[n],
                    home=lambda other, me=key.node_id: other in together and me in together,
                    privacy=privacy,
                    authorise=authorise,
                )
            )
        pairs = [(x, y) for x in range(count) for y in range(x + 1, count)] if link is None else list(link)
        for x, y in pairs:
            await connected(nodes[x].mesh, nodes[y].mesh)
        for x, y in pairs:
            await until(lambda x=x, y=y: ids[y] in nodes[x].registry.peers and ids[x] in nodes[y].registry.peers)
        yield nodes


class Answer:
    """What a caller saw of one call."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []

    @property
    def done(self) -> dict[str, Any]:
        assert self.chunks[-1].last
        return self.chunks[-1].data

    @property
    def text(self) -> str:
        return "".join(c.data["text"] for c in self.chunks if c.event == "delta")

    @property
    def trace(self) -> Trace:
        trace = self.done["trace"]
        assert isinstance(trace, Trace)
        return trace

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(a.provider, a.outcome) for a in self.trace.attempts]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [c.data for c in self.chunks if c.event == name]


async def ask(bus: Provider, made: Call) -> Answer:
    answer = Answer()
    async with aclosing(bus.stream(made)) as chunks:
        async for chunk in chunks:
            answer.chunks.append(chunk)
    return answer
