"""A node on this machine: identity and data on disk, TLS, discovery, probes, engines and the local API, until it is told
to stop. SIGTERM and SIGINT end it in order; a kill at any moment loses nothing that was acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core import __version__
from hearthnet_core.api.agent_methods import AgentMethods
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.copy_methods import CopyMethods
from hearthnet_core.api.expert_methods import ExpertMethods
from hearthnet_core.api.knowledge_methods import KnowledgeMethods
from hearthnet_core.api.methods import Methods
from hearthnet_core.api.model_methods import ModelMethods
from hearthnet_core.api.ollama import Ollama
from hearthnet_core.api.openai import OpenAI
from hearthnet_core.api.openapi import document
from hearthnet_core.api.pairing import Pairing
from hearthnet_core.api.reach import Reach
from hearthnet_core.api.server import ApiServer
from hearthnet_core.api.state import SOFTWARE
from hearthnet_core.api.tls import ApiTls, api_tls
from hearthnet_core.api.token_methods import TokenMethods
from hearthnet_core.api.tokens import Tokens
from hearthnet_core.api.voice_methods import VoiceMethods
from hearthnet_core.bus.trace import KEPT
from hearthnet_core.community.shown import shown
from hearthnet_core.config import Loaded, load
from hearthnet_core.config.secrets import Secrets
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.doctor import EngineFact, Facts, PeerFact, look, report
from hearthnet_core.errors import BadRequest, NotFound
from hearthnet_core.identity.store import IdentityStore, write_atomically
from hearthnet_core.models.ids import NodeId
from hearthnet_core.models.local_api import API_VERSION, LOWEST_API_VERSION, RUN_FILE, RunFile
from hearthnet_core.net.discovery import Discovery
from hearthnet_core.net.tls import TlsTransport
from hearthnet_core.node.compose import Ground, Node
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.export import Export
from hearthnet_core.services.watching import Watching
from hearthnet_core.storage.database import Database
from hearthnet_core.supervise import Supervisor

LOGGER = logging.getLogger(__name__)
DATABASE = "node.db"
NODE_KEY = "identity/node.key"
SETTINGS = "settings.json"
SECRETS = "secrets.json"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants to know of a node that has just become ready. `code` is empty once a client has paired."""

    name: str
    node_id: str
    short: str
    community: str
    addresses: tuple[str, ...]
    api: str
    code: str
    engines: tuple[str, ...]
    documents: int
    privacy: str
    first: bool


async def run(
    data: Path,
    environment: Mapping[str, str],
    app_options: Path | None = None,
    *,
    ready: Callable[[Started], None] | None = None,
) -> None:
    """Lives until SIGTERM or SIGINT. Raises `HearthNetError` with a sentence for everything that keeps it from starting."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with living(data, environment, app_options) as started:
        if ready is not None:
            ready(started)
        await stop.wait()
        LOGGER.info("stopping")


@contextlib.asynccontextmanager
async def living(data: Path, environment: Mapping[str, str], app_options: Path | None) -> AsyncGenerator[Started]:
    """The node, for as long as the context is open."""
    runtime = SystemRuntime()
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(runtime.close)
        loaded = load(data, environment, app_options)
        if loaded.config.database_url:
            raise BadRequest("database_url: another database than the file in the data folder is not supported yet.")
        logging.getLogger("hearthnet_core").setLevel(loaded.config.log_level.upper())
        first = not (data / DATABASE).exists()
        if not first and not (data / NODE_KEY).exists():
            raise NotFound(
                f"{data / NODE_KEY} is missing, though this node has lived before: with another key it would be a stranger to"
                f" its neighbours. Restore the folder identity/ from a backup, or move {data / DATABASE} away to begin anew."
            )
        identity = IdentityStore(data, runtime)
        stack.callback(identity.close)
        database = await Database.open(data / DATABASE, runtime)
        stack.push_async_callback(database.close)
        supervisor = await stack.enter_async_context(Supervisor(runtime))
        settings = SettingsFile(data / SETTINGS)
        secrets = Secrets(data / SECRETS)
        node = await Node.open(
            Ground(
                runtime=runtime,
                supervisor=supervisor,
                transport=TlsTransport(identity.node),
                database=database,
                node=identity.node,
                owner=identity.owner,
                boot=identity.boot,
                config=loaded.config,
                settings=settings,
                secrets=secrets,
                host_name=socket.gethostname(),
                folder=data,
            )
        )
        await node.start()
        stack.push_async_callback(node.aclose)
        await node.engines.refresh()
        await node.adapters.refresh()
        await node.voice.listen()
        library = node.library
        watching = Watching(runtime, database, library.knowledge, library.ingest, loaded.config.knowledge.folders)
        api = Api(data, runtime, supervisor, node, loaded, settings, database, identity, watching)
        await api.start()
        stack.push_async_callback(api.aclose)
        supervisor.start("engines", node.engines.keep)
        supervisor.start("adapters", node.adapters.keep)
        supervisor.start("voice", node.voice.keep)
        supervisor.start("watched folders", watching.keep)
        supervisor.start("connectivity", node.emergency.watch)
        if loaded.config.discovery.enabled:
            supervisor.start("discovery", api.discovery.run)
        yield api.started(first)


class Api:
    """The local API of a node, and what tells others that it is there."""

    def __init__(
        self,
        data: Path,
        runtime: SystemRuntime,
        supervisor: Supervisor,
        node: Node,
        loaded: Loaded,
        settings: SettingsFile,
        database: Database,
        identity: IdentityStore,
        watching: Watching,
    ) -> None:
        self._data = data
        self._runtime = runtime
        self._node = node
        self._loaded = loaded
        self._identity = identity
        self._watching = watching
        self._config = loaded.config.api
        self._tls: ApiTls | None = None
        self._url = ""
        self._tokens = Tokens(settings, runtime, data)
        self._pairing = Pairing(runtime, self._tokens, identity.node.node_id.text)
        self.discovery = Discovery(
            runtime,
            supervisor,
            identity.node.node_id,
            interfaces=loaded.config.discovery.interfaces,
            port=lambda: node.mesh.port,
            community=lambda: node.membership.community,
            lonely=lambda: not node.mesh.peers,
            api=self._announced,
            found=node.mesh.found,
        )
        node.switched.connect(lambda _: self.discovery.refresh())
        library = node.library
        methods = Methods(
            runtime,
            view=node.view,
            bus=node.bus,
            registry=node.registry,
            search=library.search,
            community=node.community,
            emergency=node.emergency,
            settings=settings,
            export=Export(runtime, database),
            pairing=self._pairing,
            tokens=self._tokens,
            address=self._reachable,
            loaded=loaded,
            doctor=self._doctor,
            more=(
                *TokenMethods(self._tokens).rows(),
                *VoiceMethods(runtime, node.speech).rows(),
                *AgentMethods(node.agent, node.waiting).rows(),
                *CopyMethods(library.replicas, self._peer_name).rows(),
                *ExpertMethods(node.experts).rows(),
                *ModelMethods(node.models).rows(),
                *KnowledgeMethods(library.ingest, library.knowledge, library.extracting, library.pictures).rows(),
            ),
        )
        table = methods.table()
        reach = Reach(
            runtime,
            node.bus,
            privacy=lambda: node.privacy,
            internet=lambda: node.emergency.connectivity.internet,
        )
        conversing = Conversing(runtime, node.bus, reach, node.asking)
        self._server = ApiServer(
            runtime,
            methods=table,
            tokens=self._tokens,
            pairing=self._pairing,
            health=self._health,
            facades=(OpenAI(runtime, conversing, node.speech), Ollama(runtime, conversing, table)),
            openapi=lambda: document(table, node.registry.contracts()),
        )

    async def start(self) -> None:
        """Listens, and writes `run.json` for this machine's own command line."""
        if self._config.host not in LOOPBACK:
            self._tls = await self._runtime.offload(api_tls, self._data, self._identity.node)
        host, port = await self._server.start(self._config.host, self._config.port, self._tls)
        if self._config.open_port:
            await self._server.start_open(self._config.open_port)
        reachable = "127.0.0.1" if host in ("", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        self._url = f"{'https' if self._tls else 'http'}://{reachable}:{port}"
        running = RunFile(
            pid=os.getpid(),
            api=self._url,
            mesh=next(iter(self._node.addresses()), ""),
            fingerprint=self._tls.fingerprint if self._tls else "",
        )
        await self._runtime.offload(write_atomically, self._data / RUN_FILE, msgspec.json.encode(running))

    async def aclose(self) -> None:
        await self._server.aclose()
        with contextlib.suppress(OSError):
            (self._data / RUN_FILE).unlink()

    def started(self, first: bool) -> Started:
        node = self._node
        return Started(
            name=node.name,
            node_id=self._identity.node.node_id.text,
            short=self._identity.node.node_id.short,
            community=node.membership.state.name,
            addresses=node.addresses(),
            api=self._reachable(),
            code="" if self._tokens.claimed else self._pairing.code().code,
            engines=tuple(e.name for e in node.engines.engines if e.offer().available),
            documents=node.library.knowledge.documents,
            privacy=node.privacy.value,
            first=first,
        )

    def _reachable(self) -> str:
        """Where a client on any machine it listens to finds the API."""
        return next(iter(self._server.addresses), self._url)

    def _announced(self) -> tuple[int, str] | None:
        """Home Assistant is told of this node while it can reach the API and nobody has claimed it."""
        if self._tls is None or self._tokens.claimed:
            return None
        return int(self._url.rpartition(":")[2]), self._node.name

    def _health(self) -> dict[str, Any]:
        return {
            "service": "hearthnet",
            "status": "ok",
            "version": __version__,
            "node_id": self._identity.node.node_id.text,
            "name": self._node.name,
            "api": {"version": API_VERSION, "lowest": LOWEST_API_VERSION},
            "fingerprint": self._tls.fingerprint if self._tls else "",
            "fingerprint_signature": self._tls.signature if self._tls else "",
            "public_key": self._identity.node.public_key,
            "claimed": self._tokens.claimed,
        }

    def _peer_name(self, node_id: str) -> str:
        peer = self._node.mesh.peers.get(NodeId.parse(node_id))
        return shown(peer.name) if peer is not None else node_id[:8]

    async def _doctor(self) -> dict[str, Any]:
        node, config, working = self._node, self._loaded.config, self.discovery.working
        replication = node.sync.report()
        finished = [t.attempts[-1].outcome for t in node.bus.traces.newest(KEPT) if t.attempts]
        return report(
            Facts(
                machine=await self._runtime.offload(look, self._data, self._runtime.wall()),
                discovery=config.discovery.enabled,
                mdns_problem="" if working["mdns"] else "mDNS does not work on any network of this machine.",
                udp_problem="" if working["udp"] else "UDP datagrams cannot be sent on any network of this machine.",
                mesh_address=next(iter(node.addresses()), ""),
                peers=len(node.mesh.peers),
                voice=config.voice.enabled,
                voice_problem=node.voice.problem,
                folders=len(config.knowledge.folders),
                folder_problems=self._watching.problems(),
                capabilities=tuple(sorted({o.capability for o in node.registry.offers() if o.available})),
                engines=tuple(
                    EngineFact(name=e.name, available=(o := e.offer()).available, reason=o.reason)
                    for e in node.engines.engines
                ),
                calls=sum(outcome in ("ok", "failed") for outcome in finished),
                failures=finished.count("failed"),
                version=__version__,
                peer_versions=tuple(
                    sorted({p.connection.peer.software.removeprefix(SOFTWARE) for p in node.mesh.peers.values()})
                ),
                clock_offset_s=replication["clock_offset_s"],
                replication=tuple(
                    PeerFact(name=self._peer_name(id), error=p["error"], pause_s=p["repair_in_s"])
                    for id, p in replication["peers"].items()
                ),
            )
        )
