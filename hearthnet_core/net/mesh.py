"""All connections of this node: listens, dials, proves, keeps one per peer, and says who came and went.

A peer is here as long as its connection lives, and no longer. Addresses are only hints to dial; who answers is proven by
the handshake each time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hearthnet_core.errors import (
    BadRequest,
    Forbidden,
    HearthNetError,
    NotFound,
    RateLimited,
    Revoked,
    Unavailable,
)
from hearthnet_core.identity.certificate import ed25519_key
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest, read, signed
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.net.connection import Connection, Handler, MeshStream
from hearthnet_core.net.link import Link, Transport
from hearthnet_core.protocol import frames, handshake
from hearthnet_core.protocol.handshake import ClientHandshake, Hello, Proven, ServerHandshake
from hearthnet_core.runtime import Runtime
from hearthnet_core.signals import Signal
from hearthnet_core.supervise import Supervisor

LOGGER = logging.getLogger(__name__)
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 30.0
MAX_CONNECTIONS = 128
MAX_KNOWN = 512
MAX_ADDRESSES = 8
MANIFEST_AGAIN_S = 60.0
OPENS_PER_S = 50.0
OPENS_BURST = 200.0


class Standing(StrEnum):
    """What a proven key is to us."""

    MEMBER = "member"
    GUEST = "guest"
    REVOKED = "revoked"


@dataclass
class Peer:
    """A member's node with a living connection."""

    node_id: NodeId
    connection: Connection
    since: float
    address: str
    manifest: Manifest | None = None
    tokens: float = OPENS_BURST
    tokens_at: float = 0.0
    tell: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def public_key(self) -> bytes:
        return self.connection.peer.public_key

    @property
    def name(self) -> str:
        return (self.manifest.name if self.manifest else "") or self.connection.peer.name


@dataclass
class Known:
    """Where a node may be reached, and when to try again."""

    node_id: NodeId | None
    addresses: list[str] = field(default_factory=list)
    pause: float = FIRST_RETRY_S
    next_try: float = 0.0
    dialling: bool = False
    last_error: str = ""


class Mesh:
    """`standing` and `community` are asked at each handshake; `manifest` gives the current one to send."""

    def __init__(
        self,
        runtime: Runtime,
        supervisor: Supervisor,
        transport: Transport,
        key: SigningKey,
        *,
        instance: bytes,
        software: str,
        name: Callable[[], str],
        community: Callable[[], CommunityId],
        standing: Callable[[NodeId], Standing],
        manifest: Callable[[], Manifest],
    ) -> None:
        self._runtime = runtime
        self._supervisor = supervisor
        self._transport = transport
        self._key = key
        self._instance = instance
        self._software = software
        self._name = name
        self._community = community
        self._standing = standing
        self._manifest = manifest
        self._handlers: dict[str, Handler] = {"manifest/1": self._take_manifest}
        self._known: dict[str, Known] = {}
        self._wake = asyncio.Event()
        self._connections: set[Connection] = set()
        self.peers: dict[NodeId, Peer] = {}
        self.up: Signal[Peer] = Signal()
        self.down: Signal[Peer] = Signal()
        self.changed: Signal[Peer] = Signal()
        self.cloned: Signal[NodeId] = Signal()
        self.port = 0

    @property
    def me(self) -> NodeId:
        return self._key.node_id

    def handle(self, protocol: str, handler: Handler) -> None:
        """The one door for what peers open."""
        self._handlers[protocol] = handler

    async def start(self, host: str, port: int) -> None:
        """Listens and begins to dial what is known. Raises `Unavailable` when the port is taken."""
        self.port = await self._transport.listen(host, port, self._accepted)
        self._supervisor.start("dialling", self._dial_known)

    async def aclose(self) -> None:
        for connection in list(self._connections):
            connection.close("unavailable", "This node is shutting down.")
        await asyncio.sleep(0)
        await self._transport.aclose()
        for connection in list(self._connections):
            connection.abort()

    def found(self, address: str, node_id: NodeId | None = None) -> None:
        """A hint where a node may be: from discovery, an invite, a manifest, or typed by somebody."""
        if node_id == self.me:
            return
        key = node_id.text if node_id is not None else address
        if key not in self._known and len(self._known) >= MAX_KNOWN:
            return
        known = self._known.setdefault(key, Known(node_id))
        if not known.addresses or known.addresses[0] != address:
            if address in known.addresses:
                known.addresses.remove(address)
            known.addresses.insert(0, address)
            del known.addresses[MAX_ADDRESSES:]
            known.pause, known.next_try = FIRST_RETRY_S, 0.0
        elif known.next_try - self._runtime.now() > FIRST_RETRY_S:
            known.pause, known.next_try = FIRST_RETRY_S, 0.0
        self._wake.set()

    async def open(self, node_id: NodeId, protocol: str, payload: bytes = b"") -> MeshStream:
        """A stream to a connected peer; `Unavailable` when it is not connected."""
        peer = self.peers.get(node_id)
        if peer is None:
            raise Unavailable("That neighbour's node is not connected right now.")
        return await peer.connection.open(protocol, payload)

    async def dial_guest(self, address: str, expected: NodeId) -> Connection:
        """A connection to a node that is not in our community, to join its own. The caller closes it."""
        connection = await self._dial(address, expected)
        self._run(connection)
        return connection

    def recheck(self) -> None:
        """Membership changed: those who are no longer members go; guests come back as members by dialling again."""
        for connection in list(self._connections):
            node_id = connection.peer.node_id
            member = self._is_member(connection.peer)
            if member is not (node_id in self.peers and self.peers[node_id].connection is connection):
                connection.close("revoked" if not member else "unavailable", "Membership changed.")
        for known in self._known.values():
            known.pause, known.next_try = FIRST_RETRY_S, 0.0
        self._wake.set()

    def announce(self) -> None:
        """The manifest changed: every peer gets it."""
        for peer in self.peers.values():
            peer.tell.set()

    def addresses_of(self, node_id: NodeId) -> list[str]:
        known = self._known.get(node_id.text)
        return list(known.addresses) if known else []

    async def _dial_known(self) -> None:
        while True:
            now = self._runtime.now()
            pending = [
                k for k in self._known.values() if not k.dialling and not (k.node_id and k.node_id in self.peers)
            ]
            for known in pending:
                if known.next_try <= now and len(self._connections) < MAX_CONNECTIONS:
                    known.dialling = True
                    self._supervisor.spawn(self._try(known), "dial")
            waits = [k.next_try - now for k in pending if not k.dialling]
            self._wake.clear()
            try:
                async with asyncio.timeout(max(0.05, min(waits, default=5.0))):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _try(self, known: Known) -> None:
        try:
            for address in list(known.addresses):
                try:
                    connection = await self._dial(address, known.node_id)
                except HearthNetError as error:
                    known.last_error = error.message
                    continue
                if not self._admit(connection, address):
                    known.last_error = "The node at this address is not in this community."
                    continue
                known.pause, known.last_error = FIRST_RETRY_S, ""
                self._run(connection)
                await asyncio.sleep(FIRST_RETRY_S)
                return
        finally:
            known.dialling = False
            known.next_try = self._runtime.now() + known.pause * self._runtime.uniform(0.7, 1.3)
            known.pause = min(known.pause * 2, LONGEST_RETRY_S)
            self._wake.set()

    async def _dial(self, address: str, expected: NodeId | None) -> Connection:
        link = await self._transport.dial(address)
        try:
            async with asyncio.timeout(handshake.TIMEOUT_S):
                shake = ClientHandshake(
                    self._key, self._hello(), link.certificate, ed25519_key(link.certificate), expected
                )
                records = frames.RecordReader()
                await link.write(frames.record(shake.hello))
                signature = shake.greeted(await self._record(link, records))
                await link.write(frames.record(signature))
                proven = shake.answered(await self._record(link, records))
        except TimeoutError:
            link.abort()
            raise Unavailable(f"The node at {address} did not finish the greeting in time.") from None
        except BaseException:
            link.abort()
            raise
        if proven.node_id == self.me:
            link.abort()
            raise BadRequest("That address is this node itself.")
        return self._connection(link, records, proven, dialled=True)

    async def _accepted(self, link: Link) -> None:
        records = frames.RecordReader()
        try:
            async with asyncio.timeout(handshake.TIMEOUT_S):
                shake = ServerHandshake(self._hello(), link.certificate)
                await link.write(frames.record(shake.greeted(await self._record(link, records))))
                try:
                    proven = shake.authenticated(await self._record(link, records))
                    if self._standing(proven.node_id) is Standing.REVOKED:
                        raise Revoked()
                    if len(self._connections) >= MAX_CONNECTIONS:
                        raise Unavailable("This node has all the connections it can serve.")
                except HearthNetError as refused:
                    await link.write(frames.record(handshake.refusal(refused)))
                    raise
                await link.write(frames.record(handshake.OK))
        except (HearthNetError, TimeoutError) as error:
            LOGGER.info("refused %s: %s", link.remote, error or "no greeting in time")
            link.abort()
            return
        connection = self._connection(link, records, proven, dialled=False)
        self._admit(connection, "")
        self._run(connection)

    def _connection(self, link: Link, records: frames.RecordReader, proven: Proven, *, dialled: bool) -> Connection:
        def allowed(protocol: str) -> None:
            peer = self.peers.get(proven.node_id)
            if peer is None or peer.connection.peer is not proven:
                if protocol != "join/1":
                    raise Forbidden("This node is no member of the community; it may only join.")
                return
            self._take_token(peer)

        return Connection(
            self._runtime, link, records, proven, dialled=dialled, handlers=self._handlers, allowed=allowed
        )

    def _take_token(self, peer: Peer) -> None:
        now = self._runtime.now()
        peer.tokens = min(OPENS_BURST, peer.tokens + (now - peer.tokens_at) * OPENS_PER_S)
        peer.tokens_at = now
        if peer.tokens < 1:
            raise RateLimited(retry_after_ms=1000)
        peer.tokens -= 1

    def _admit(self, connection: Connection, address: str) -> bool:
        """Makes a member's connection its peer; keeps one per peer. False when it is not kept as a peer."""
        proven = connection.peer
        if not self._is_member(proven):
            if connection.dialled:
                connection.abort()
            return False
        old = self.peers.get(proven.node_id)
        if old is not None and old.connection.closed is None:
            if old.connection.peer.instance != proven.instance:
                if self._runtime.now() - old.connection.heard < 10.0 and old.connection.dialled is connection.dialled:
                    self.cloned.emit(proven.node_id)
            elif self._preferred(old.connection, proven.node_id):
                connection.abort()
                return True
            old.connection.abort()
            self._lost(old)
        peer = Peer(proven.node_id, connection, self._runtime.wall(), address or connection.remote)
        peer.tokens_at = self._runtime.now()
        self.peers[proven.node_id] = peer
        self._supervisor.spawn(self._send_manifests(peer), "manifest")
        self.up.emit(peer)
        return True

    def _preferred(self, connection: Connection, other: NodeId) -> bool:
        """Of two connections with one peer, the one dialled by the smaller id stays."""
        return connection.dialled == (self.me < other)

    def _is_member(self, proven: Proven) -> bool:
        return proven.community == self._community() and self._standing(proven.node_id) is Standing.MEMBER

    def _run(self, connection: Connection) -> None:
        self._connections.add(connection)
        self._supervisor.spawn(self._serve(connection), "connection")

    async def _serve(self, connection: Connection) -> None:
        try:
            why = await connection.run()
            LOGGER.info("%s is gone: %s", connection.peer.node_id.short, why.message)
        finally:
            self._connections.discard(connection)
            peer = self.peers.get(connection.peer.node_id)
            if peer is not None and peer.connection is connection:
                self._lost(peer)
            known = self._known.get(connection.peer.node_id.text)
            if known is not None:
                known.next_try = self._runtime.now() + known.pause * self._runtime.uniform(0.5, 1.0)
            self._wake.set()

    def _lost(self, peer: Peer) -> None:
        if self.peers.get(peer.node_id) is peer:
            del self.peers[peer.node_id]
            peer.tell.set()
            self.down.emit(peer)

    async def _send_manifests(self, peer: Peer) -> None:
        try:
            stream = await peer.connection.open("manifest/1")
            while peer.connection.closed is None:
                peer.tell.clear()
                await stream.send(signed(self._manifest(), self._key))
                try:
                    async with asyncio.timeout(MANIFEST_AGAIN_S):
                        await peer.tell.wait()
                    await asyncio.sleep(0.05)
                except TimeoutError:
                    continue
        except HearthNetError as error:
            LOGGER.debug("no more manifests to %s: %s", peer.node_id.short, error)

    async def _take_manifest(self, stream: MeshStream, payload: bytes, proven: Proven) -> None:
        while (message := await stream.receive()) is not None:
            manifest = read(message, proven.public_key)
            peer = self.peers.get(proven.node_id)
            if peer is None:
                raise NotFound("Only members send manifests.")
            known = peer.manifest
            if known is not None and (manifest.boot, manifest.seq) <= (known.boot, known.seq):
                continue
            peer.manifest = manifest
            for address in manifest.addresses:
                self._remember(proven.node_id, address)
            self.changed.emit(peer)

    def _remember(self, node_id: NodeId, address: str) -> None:
        known = self._known.setdefault(node_id.text, Known(node_id))
        if address not in known.addresses:
            known.addresses.append(address)
            del known.addresses[MAX_ADDRESSES:]

    def _hello(self) -> Hello:
        return Hello(
            handshake.LOWEST_VERSION,
            handshake.VERSION,
            self._key.public_key,
            self._runtime.random_bytes(32),
            bytes(self._community()),
            self._instance,
            self._software[:40],
            self._name()[:64],
        )

    @staticmethod
    async def _record(link: Link, records: frames.RecordReader) -> bytes:
        while (raw := records.next()) is None:
            data = await link.read()
            if not data:
                raise Unavailable("The other side closed the connection during the greeting.")
            records.feed(data)
        return raw
