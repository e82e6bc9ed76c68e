"""All connections of this node: listens, dials, keeps one per peer, and says who came and went.

A peer is here as long as its connection lives, and no longer. Addresses are only hints to dial; who answers is proven by
the handshake each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from hearthnet_core.community.standing import Standing
from hearthnet_core.errors import BadRequest, Forbidden, HearthNetError, Revoked, Unavailable
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.models.ids import ZERO_COMMUNITY, CommunityId, NodeId
from hearthnet_core.net import greeting
from hearthnet_core.net.connection import Connection, Handler, MeshStream
from hearthnet_core.net.dialling import first_to_answer
from hearthnet_core.net.known import AddressBook, Known
from hearthnet_core.net.limits import OpenLimits
from hearthnet_core.net.link import Link, Transport
from hearthnet_core.net.manifests import Manifests
from hearthnet_core.net.peer import Peer
from hearthnet_core.protocol import frames, handshake
from hearthnet_core.protocol.handshake import Hello, Proven
from hearthnet_core.runtime import Runtime
from hearthnet_core.signals import Signal
from hearthnet_core.supervise import Supervisor

__all__ = ["Mesh", "Peer", "Standing"]

LOGGER = logging.getLogger(__name__)
MAX_CONNECTIONS = 128
MAX_DIALLING = 16
MAX_GUESTS = 16
MAX_GUESTS_PER_ADDRESS = 4
GUEST_S = 300.0
SIMULTANEOUS_S = 10.0
CLONE_S = 10.0
BYE_S = 0.5
IDLE_S = 5.0
CLONED = "cloned"


class Mesh:
    """`standing` and `community` are asked at each handshake; `manifest` gives the current one to send, its `seq` higher
    each time. `cloned` tells the NodeId of which two live instances were seen, own included."""

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
        self._me = key.node_id
        self._instance = instance
        self._software = software
        self._name = name
        self._community = community
        self._standing = standing
        self._book = AddressBook(self._me, lambda n: standing(n) is Standing.MEMBER, runtime.uniform)
        self._limits = OpenLimits()
        self._wake = asyncio.Event()
        self._one_gone = asyncio.Event()
        self._dialling = 0
        self._closing = False
        self._connections: dict[Connection, None] = {}
        self._refusing: set[NodeId] = set()
        self.peers: dict[NodeId, Peer] = {}
        self.up: Signal[Peer] = Signal()
        self.down: Signal[Peer] = Signal()
        self.changed: Signal[Peer] = Signal()
        self.cloned: Signal[NodeId] = Signal()
        self.port = 0
        self._manifests = Manifests(key, manifest, self.peers, self._book, self.changed, self._wake.set)
        self._handlers: dict[str, Handler] = {"manifest/1": self._manifests.take, "peers/1": self._manifests.answer}

    @property
    def me(self) -> NodeId:
        return self._me

    def handle(self, protocol: str, handler: Handler) -> None:
        """The one door for what peers open."""
        self._handlers[protocol] = handler

    async def start(self, host: str, port: int) -> None:
        """Listens and begins to dial what is known. Raises `Unavailable` when the port is taken."""
        self.port = await self._transport.listen(host, port, self._accepted)
        self._supervisor.start("dialling", self._dial_known)

    async def aclose(self) -> None:
        """Says goodbye to everybody and ends within about a second, whether they listen or not."""
        self._closing = True
        for connection in list(self._connections):
            connection.close("unavailable", "This node is shutting down.")
        await self._all_gone()
        for connection in list(self._connections):
            connection.abort()
        await self._transport.aclose()
        await self._all_gone()

    def found(self, address: str, node_id: NodeId | None = None) -> None:
        """A hint to dial. With an id (discovery, invite) it is dialled while that is a member's node; without, a person
        typed the address and it is always dialled."""
        now = self._runtime.now()
        if node_id is None:
            self._book.typed(address, now)
        else:
            self._book.hint(address, node_id, now)
        self._wake.set()

    async def open(self, node_id: NodeId, protocol: str, payload: bytes = b"") -> MeshStream:
        """A stream to a connected peer; `Unavailable` when it is not connected."""
        peer = self.peers.get(node_id)
        if peer is None:
            raise Unavailable("That neighbour's node is not connected right now.")
        return await peer.connection.open(protocol, payload)

    async def dial_guest(self, address: str, expected: NodeId) -> Connection:
        """A connection to a node that is not in our community, to join its own. The caller closes it. Raises
        `InvalidSignature` when another node answers, `Unavailable` when none does."""
        connection = await self._dial(address, expected, asyncio.Lock(), ZERO_COMMUNITY)
        self._run(connection)
        return connection

    def recheck(self) -> None:
        """Membership changed: those who are no longer members go; guests come back as members by dialling again."""
        for connection in list(self._connections):
            peer = self.peers.get(connection.peer.node_id)
            is_peer = peer is not None and peer.connection is connection
            is_member = self._is_member(connection.peer)
            if is_peer and not is_member:
                connection.close("revoked", "Your node is no longer in this community.")
                self._lost(connection)
            elif is_member and not is_peer:
                connection.close("unavailable", "You are a member now; connect again.")
        self._book.recheck(self._runtime.now())
        self._refusing.clear()
        self._wake.set()

    def announce(self) -> None:
        """The manifest changed: every peer gets it."""
        for peer in self.peers.values():
            peer.tell.set()

    def addresses_of(self, node_id: NodeId) -> list[str]:
        known = self._book.of(node_id)
        return known.order if known else []

    @property
    def removed(self) -> bool:
        """Members say that this node was removed, and none takes it as a peer."""
        return bool(self._refusing) and not self.peers

    def known(self) -> list[Known]:
        """Everything that is or may be dialled, with the last failure, for `doctor`."""
        return self._book.rows()

    async def _all_gone(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BYE_S):
                while self._connections:
                    self._one_gone.clear()
                    await self._one_gone.wait()

    async def _dial_known(self) -> None:
        while not self._closing:
            now = self._runtime.now()
            waiting = self._book.waiting(self.peers.__contains__)
            for known in sorted(waiting, key=lambda k: k.next_try):
                if known.next_try > now or self._dialling >= MAX_DIALLING:
                    break
                if len(self._connections) + self._dialling < MAX_CONNECTIONS:
                    known.dialling = True
                    self._dialling += 1
                    self._supervisor.spawn(self._try(known), "dial")
            waits = [k.next_try - now for k in waiting if not k.dialling]
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.05, min(waits, default=IDLE_S))):
                    await self._wake.wait()

    async def _try(self, known: Known) -> None:
        try:
            one_at_a_time = asyncio.Lock()
            connection, address = await first_to_answer(
                known.order, lambda a: self._dial(a, known.node_id, one_at_a_time), Connection.abort
            )
            if self._closing:
                connection.abort()
                return
            if not self._is_member(connection.peer):
                connection.abort()
                raise Forbidden("The node at this address is not in this community.")
            self._book.reached(known, address, connection.peer.node_id)
            if self._admit(connection, address):
                self._run(connection)
        except HearthNetError as error:
            self._book.failed(known, self._runtime.now(), error.message)
            self._refused(known.node_id, error)
        finally:
            known.dialling = False
            self._dialling -= 1
            self._wake.set()

    async def _dial(
        self, address: str, expected: NodeId | None, greeting_one: asyncio.Lock, community: CommunityId | None = None
    ) -> Connection:
        """`greeting_one`: of several addresses of one node only one is greeted, or it would see two connections."""
        link = await self._transport.dial(address)
        try:
            async with greeting_one:
                proven, records = await greeting.greet(link, self._key, self._hello(community), expected)
            if proven.node_id == self._me:
                raise BadRequest("That address is this node itself.")
        except BaseException:
            link.abort()
            raise
        return self._connection(link, records, proven, dialled=True)

    async def _accepted(self, link: Link) -> None:
        try:
            proven, records = await greeting.be_greeted(link, self._hello(), lambda p: self._let_in(p, link.remote))
        except HearthNetError as error:
            LOGGER.info("refused %s: %s", link.remote, error.message)
            link.abort()
            return
        except BaseException:
            link.abort()
            raise
        connection = self._connection(link, records, proven, dialled=False)
        if self._closing or (self._is_member(proven) and not self._admit(connection, "")):
            connection.abort()
            return
        self._run(connection)

    def _let_in(self, proven: Proven, remote: str) -> None:
        """Raises when this proven key may not even be a guest. Strangers never use up what members need."""
        if proven.node_id == self._me:
            raise BadRequest("That address is this node itself.")
        if proven.community == self._community() and self._standing(proven.node_id) is Standing.REVOKED:
            raise Revoked()  # as a guest, with a new invite, it may come back
        if self._is_member(proven):
            return
        guests = [c for c in self._connections if c.peer.node_id not in self.peers]
        host = remote.rpartition(":")[0]
        near = sum(1 for c in guests if c.remote.rpartition(":")[0] == host)
        if len(guests) >= MAX_GUESTS or near >= MAX_GUESTS_PER_ADDRESS:
            raise Unavailable(
                "This node serves all the guests it can; try again in a few minutes.", retry_after_ms=60_000
            )

    def _connection(self, link: Link, records: frames.RecordReader, proven: Proven, *, dialled: bool) -> Connection:
        def allowed(protocol: str) -> None:
            peer = self.peers.get(proven.node_id)
            if peer is not None and peer.connection.peer is proven:
                self._limits.member(proven.node_id, self._runtime.now())
                return
            if protocol != "join/1":
                raise Forbidden("This node is no member of the community; it may only join.")
            self._limits.guest(link.remote, self._runtime.now())

        return Connection(
            self._runtime,
            link,
            records,
            proven,
            dialled=dialled,
            handlers=self._handlers,
            allowed=allowed,
            ended=self._lost,
        )

    def _admit(self, connection: Connection, address: str) -> bool:
        """Makes a member's connection its peer; keeps one per peer. False when the other one stays and this must go."""
        proven = connection.peer
        old = self.peers.get(proven.node_id)
        if old is not None and old.connection.closed is None:
            now = self._runtime.now()
            if old.connection.peer.instance != proven.instance:
                if now - old.connection.heard < CLONE_S:
                    old.connection.close(CLONED, "Another live node uses your identity; stop one of the two.")
                    self.cloned.emit(proven.node_id)
                else:
                    old.connection.abort()
            elif now - old.connection.since < SIMULTANEOUS_S and self._preferred(old.connection, connection):
                return False
            else:
                old.connection.abort()
            self._lost(old.connection)
        peer = Peer(proven.node_id, connection, self._runtime.wall(), address or connection.remote)
        self.peers[proven.node_id] = peer
        self._refusing.discard(proven.node_id)
        self._supervisor.spawn(self._manifests.send(peer), "manifest")
        self._supervisor.spawn(self._manifests.ask(peer), "peers")
        self.up.emit(peer)
        return True

    def _refused(self, node_id: NodeId | None, why: HearthNetError) -> None:
        """Who was removed never hears of it by replication: neighbours stop talking to it and say `revoked`."""
        if isinstance(why, Revoked) and node_id is not None and self._standing(node_id) is Standing.MEMBER:
            self._refusing.add(node_id)

    def _preferred(self, old: Connection, new: Connection) -> bool:
        """Of two connections dialled at the same time from both sides, the smaller id's stays; of two by one side the newer."""
        return old.dialled is not new.dialled and old.dialled is (self._me < old.peer.node_id)

    def _is_member(self, proven: Proven) -> bool:
        return proven.community == self._community() and self._standing(proven.node_id) is Standing.MEMBER

    def _run(self, connection: Connection) -> None:
        self._connections[connection] = None
        self._supervisor.spawn(self._serve(connection), "connection")

    async def _serve(self, connection: Connection) -> None:
        node_id = connection.peer.node_id
        peer = self.peers.get(node_id)
        guest = peer is None or peer.connection is not connection
        try:
            async with asyncio.timeout(GUEST_S if guest else None):
                why = await connection.run()
            LOGGER.info("%s is gone: %s", node_id.short, why.message)
            self._refused(node_id, why)
        except TimeoutError:
            LOGGER.info("the guest %s stayed too long", node_id.short)
        finally:
            self._connections.pop(connection, None)
            self._one_gone.set()
            self._lost(connection)
            now = self._runtime.now()
            if node_id not in self.peers:
                self._book.lost(node_id, now, now - connection.since, unwanted=connection.bye == CLONED)
            self._wake.set()
            if connection.bye == CLONED:
                self.cloned.emit(self._me)

    def _lost(self, connection: Connection) -> None:
        peer = self.peers.get(connection.peer.node_id)
        if peer is not None and peer.connection is connection:
            del self.peers[peer.node_id]
            self._manifests.forget(peer)
            peer.tell.set()
            self.down.emit(peer)

    def _hello(self, community: CommunityId | None = None) -> Hello:
        return Hello(
            handshake.LOWEST_VERSION,
            handshake.VERSION,
            self._key.public_key,
            self._runtime.random_bytes(32),
            bytes(community or self._community()),
            self._instance,
            self._software[:40],
            self._name()[:64],
        )
