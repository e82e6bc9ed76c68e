"""A whole node, put together: log, membership, mesh, replication, bus and services, wired to each other.

It stands on a `Ground` (clock, network, disk, keys), real or simulated. Only this package knows every type; nothing is
ever handed "the node".
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from hearthnet_core import __version__
from hearthnet_core.api.state import StateView
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.discover import Inside
from hearthnet_core.backends.installed import MODELS, adapters
from hearthnet_core.backends.seeing import DESCRIBE, OCR_IMAGE, OCR_PDF, TRANSLATE
from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.registry import PeerOffers, Registry
from hearthnet_core.bus.serve import CallServer
from hearthnet_core.capability import Privacy
from hearthnet_core.community.invites import Invites
from hearthnet_core.community.joining import JoinServer
from hearthnet_core.community.membership import Membership
from hearthnet_core.config import Config
from hearthnet_core.config.secrets import Secrets
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.models.ids import NodeId
from hearthnet_core.net.addresses import Addresses
from hearthnet_core.net.connection import Connection
from hearthnet_core.net.interfaces import real_interfaces
from hearthnet_core.net.link import Transport
from hearthnet_core.net.mesh import Mesh, Peer
from hearthnet_core.node.library import LIBRARY_CONTRACTS, Library
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.adapters import Adapters
from hearthnet_core.services.agent.calling import Calling
from hearthnet_core.services.agent.community_tools import CommunityTools
from hearthnet_core.services.agent.knowledge_tools import KnowledgeTools
from hearthnet_core.services.agent.loop import Agent
from hearthnet_core.services.agent.picture_tools import PictureTools
from hearthnet_core.services.agent.waiting import Waiting
from hearthnet_core.services.ask import Asking
from hearthnet_core.services.community import CommunityService
from hearthnet_core.services.emergency import Emergency
from hearthnet_core.services.engines import Engines
from hearthnet_core.services.experts import ROUTE, Experts, RouteProvider
from hearthnet_core.services.models import Models
from hearthnet_core.services.speech import Speech
from hearthnet_core.services.voice import Voice
from hearthnet_core.signals import Signal
from hearthnet_core.storage.database import Database
from hearthnet_core.supervise import Supervisor
from hearthnet_core.sync.service import Sync

CONTRACTS = (
    CHAT,
    CHAT2,
    COMPLETE,
    TRANSCRIBE,
    SYNTHESIZE,
    DESCRIBE,
    OCR_IMAGE,
    OCR_PDF,
    TRANSLATE,
    *LIBRARY_CONTRACTS,
    ROUTE,
)
BUILT = 1_793_000_000.0
"""Unix seconds before this software existed: an earlier clock is wrong."""
MAX_ADDRESSES = 8
FORGET_EVERY_S = 3_600.0


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a node stands on; the simulation brings its own. `folder` is the data folder, where there is one."""

    runtime: Runtime
    supervisor: Supervisor
    transport: Transport
    database: Database
    node: SigningKey
    owner: SigningKey
    boot: int
    config: Config
    settings: SettingsFile
    secrets: Secrets
    host_name: str = "node"
    folder: Path | None = None


class Node:
    """Log, membership, mesh, replication, bus and services, wired to each other."""

    def __init__(self, ground: Ground, log: EventLog) -> None:
        self._ground = ground
        self.name = ground.config.node.name or ground.host_name[:64]
        self.log = log
        self.membership = Membership(log, ground.runtime, ground.node, ground.owner)
        self.registry = Registry()
        self.emergency = Emergency(ground.runtime, ground.settings, ground.config.connectivity)
        self.cloned = False
        self.switched: Signal[None] = Signal()
        self._seq = 0
        self._met: tuple[str, NodeId] | None = None
        self._compose()
        self._wire()

    @classmethod
    async def open(cls, ground: Ground) -> Node:
        """Opens the log; a node without one founds a community of its own. Raises a sentence for unusable data."""
        log = await EventLog.open(ground.database, ground.runtime, ground.node)
        node = cls(ground, log)
        if not node.membership.founded:
            await node.membership.found(f"{node.name}'s home"[:64], node.name)
        await node.library.open()
        await node.experts.load()
        return node

    async def start(self) -> None:
        """Listens for neighbours and dials those that are known. Raises `Unavailable` when the port is taken."""
        config = self._ground.config
        await self.mesh.start(config.node.host, config.node.port)
        for node_id, listed in (await self.known.load()).items():
            for address in reversed(listed):
                self.mesh.found(address, node_id)
        for address in config.discovery.peers:
            self.mesh.found(address)
        self.sync.start()
        self._ground.supervisor.start("invites", self._forget_invites)
        if self._ground.folder is not None:
            self.library.start(self._ground.supervisor)

    async def aclose(self) -> None:
        """Says goodbye to the neighbours."""
        await self.voice.aclose()
        await self.mesh.aclose()
        await self.engines.aclose()
        await self.adapters.aclose()
        await self.library.aclose()

    @property
    def privacy(self) -> Privacy:
        return self._ground.settings.now.privacy or Privacy.HOME

    def addresses(self) -> tuple[str, ...]:
        """Where neighbours can dial this node, `ip:port`."""
        config = self._ground.config
        if config.node.host not in ("", "0.0.0.0", "::"):
            return (f"{config.node.host}:{self.mesh.port}",)
        return tuple(f"{i.address}:{self.mesh.port}" for i in real_interfaces(config.discovery.interfaces))[
            :MAX_ADDRESSES
        ]

    def warnings(self) -> list[str]:
        """What a person should look at; words of `docs/api.md`."""
        found = {
            "clock": self._ground.runtime.wall() < BUILT,
            "cloned_node": self.cloned,
            "removed": self.mesh.removed or not self.membership.me.active,
            "voice_port": bool(self.voice.problem),
            "index": bool(self.library.problem),
        }
        return [name for name, holds in found.items() if holds]

    async def _forget_invites(self) -> None:
        while True:
            await self.invites.forget_expired()
            await asyncio.sleep(FORGET_EVERY_S)

    def _compose(self) -> None:
        ground, runtime, me = self._ground, self._ground.runtime, self._ground.node.node_id
        for contract in CONTRACTS:
            self.registry.define(contract)
        self.known = Addresses(ground.database)
        self.mesh = Mesh(
            runtime,
            ground.supervisor,
            ground.transport,
            ground.node,
            instance=runtime.random_bytes(16),
            software=f"hearthnet/{__version__}",
            name=lambda: self.name,
            community=lambda: self.membership.community,
            standing=self.membership.standing,
            manifest=self._manifest,
        )
        self.experts = Experts(ground.database)
        self.bus = Bus(
            runtime,
            self.registry,
            self.mesh.open,
            me,
            lambda: self.name,
            privacy=lambda: self.privacy,
            internet=lambda: self.emergency.connectivity.internet,
            opinion=self.experts.opinion,
        )
        route = RouteProvider(self.bus, lambda: self.privacy)
        self.registry.provide(route, route.offer)
        self.library = Library(
            runtime=runtime,
            database=ground.database,
            bus=self.bus,
            registry=self.registry,
            me=me,
            folder=ground.folder,
            retrieval=ground.config.retrieval,
            shipped=ground.config.library,
            same_home=self.membership.same_home,
            role=self.membership.role,
            privacy=lambda: self.privacy,
            internet=lambda: self.emergency.connectivity.internet,
        )
        self.engines = Engines(
            self.registry,
            ground.config,
            ground.secrets.get,
            privacy=lambda: self.privacy,
            internet=lambda: self.emergency.connectivity.internet,
            inside=Inside(ground.folder / MODELS / "transformers", runtime) if ground.folder is not None else None,
        )
        self.models = Models(ground.supervisor, lambda: self.engines.engines, self.engines.refresh)
        self.adapters = Adapters(self.registry, adapters(ground.config, ground.secrets.get, runtime, ground.folder))
        self.speech = Speech(runtime, self.bus)
        self.voice = Voice(runtime, self.speech, ground.config.voice)
        self.asking = Asking(
            runtime,
            self.bus,
            self.library.search,
            lambda: self.privacy,
            self.membership.same_home,
            self.library.calibrating.statement,
        )
        self.sync = Sync(
            runtime,
            ground.supervisor,
            self.log,
            open=self.mesh.open,
            scopes=self.membership.scopes,
            hurry=lambda: self.emergency.hurry,
        )
        self.invites = Invites(ground.database, runtime, self.membership)
        self.community = CommunityService(
            runtime,
            self.log,
            self.membership,
            self.invites,
            node=ground.node,
            owner=ground.owner,
            dial=self._dial_guest,
            addresses=self.addresses,
            switched=self._switched,
        )
        calling = Calling(runtime, self.bus, lambda: self.emergency.connectivity.internet)
        self.waiting = Waiting(runtime)
        self.agent = Agent(
            runtime,
            calling,
            self.asking,
            self.waiting,
            (
                *KnowledgeTools(calling, self.library.search).rows(),
                *PictureTools(calling).rows(),
                *CommunityTools(self.registry, self.community, self.emergency, lambda: self.name).rows(),
            ),
            privacy=lambda: self.privacy,
            same_home=self.membership.same_home,
        )
        self.view = StateView(
            runtime,
            membership=self.membership,
            mesh=self.mesh,
            registry=self.registry,
            emergency=self.emergency,
            asking=self.asking,
            library=self.library.told,
            engines=self.engines,
            community=self.community,
            settings=ground.settings,
            name=lambda: self.name,
            addresses=self.addresses,
            warnings=self.warnings,
        )
        calls = CallServer(
            runtime,
            self.bus,
            ground.node,
            lambda peer, name: self.membership.authorise(peer, f"call:{name}"),
            lambda name, version: self.registry.contract(name, version).max_body,
            lambda name, version: self.registry.contract(name, version).timeout_s,
        )
        joins = JoinServer(runtime, self.membership, self.invites)
        self.mesh.handle("call/1", lambda stream, payload, proven: calls.handle(stream, payload, proven.node_id))
        self.mesh.handle("sync/1", self.sync.handle)
        self.mesh.handle("join/1", joins.handle)

    def _wire(self) -> None:
        self.mesh.up.connect(self._came)
        self.mesh.down.connect(self._went)
        self.mesh.changed.connect(self._heard_of)
        self.mesh.cloned.connect(self._seen_twice)
        self.membership.changed.connect(lambda _: self._membership_changed())
        self.bus.answered.connect(self.experts.heard)
        self.engines.changed.connect(lambda _: self._offers_changed())
        self.adapters.changed.connect(lambda _: self._offers_changed())
        self.library.changed.connect(lambda _: self.view.changed.emit(None))
        self.voice.changed.connect(lambda _: self.view.changed.emit(None))
        self.emergency.changed.connect(lambda _: self.view.changed.emit(None))
        self.asking.answered.connect(lambda _: self.view.changed.emit(None))
        self.log.committed.connect(lambda _: self.view.changed.emit(None))
        self.log.withdrawn.connect(lambda _: self.view.changed.emit(None))

    def _came(self, peer: Peer) -> None:
        self.sync.peer_up(peer.node_id)
        self._peers_changed()

    def _went(self, peer: Peer) -> None:
        self.registry.peer_gone(peer.node_id)
        self.sync.peer_down(peer.node_id)
        self._peers_changed()

    def _peers_changed(self) -> None:
        self.emergency.peers_changed(bool(self.mesh.peers))
        self.view.changed.emit(None)

    def _heard_of(self, peer: Peer) -> None:
        """Its manifest came, with its addresses."""
        self._offers(peer)
        self._ground.supervisor.spawn(
            self.known.keep(peer.node_id, self.mesh.addresses_of(peer.node_id)), "keeping an address"
        )

    def _offers(self, peer: Peer) -> None:
        self.registry.peer_changed(
            PeerOffers(
                node_id=peer.node_id,
                name=peer.name,
                home=self.membership.same_home(peer.node_id),
                public_key=peer.public_key,
                offers=peer.offers,
                rtt_ms=lambda: peer.connection.latency_ms,
            )
        )
        self.library.replicas.look()
        self.view.changed.emit(None)

    def _offers_changed(self) -> None:
        self.mesh.announce()
        self.library.look()
        self.view.changed.emit(None)

    def _seen_twice(self, _: object) -> None:
        self.cloned = True
        self.view.changed.emit(None)

    def _membership_changed(self) -> None:
        self.mesh.recheck()
        for peer in list(self.mesh.peers.values()):
            self._offers(peer)
        self.view.changed.emit(None)

    def _switched(self) -> None:
        """Another community is the current one; who let us in is where it begins."""
        self._membership_changed()
        if self._met is not None:
            self.mesh.found(*self._met)
            self._met = None
        self.switched.emit(None)

    async def _dial_guest(self, address: str, expected: NodeId) -> Connection:
        connection = await self.mesh.dial_guest(address, expected)
        self._met = address, expected
        return connection

    def _manifest(self) -> Manifest:
        self._seq += 1
        return Manifest(
            node=bytes(self._ground.node.node_id),
            boot=self._ground.boot,
            seq=self._seq,
            name=self.name,
            software=f"hearthnet/{__version__}",
            addresses=self.addresses(),
            offers=self.registry.public_offers(),
        )
