"""Every method of the local API: what it takes, and what does it. `docs/api.md` has the table; a test compares the two."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

from hearthnet_core.api.method import Method, Nothing, once
from hearthnet_core.api.pairing import Pairing
from hearthnet_core.api.state import StateView
from hearthnet_core.api.tokens import Tokens
from hearthnet_core.backends.terms import language_of
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Call, Chunk, Privacy, Version
from hearthnet_core.config import Loaded
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.errors import NotFound
from hearthnet_core.models.local_api import MAX_INGEST
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.community import CommunityService
from hearthnet_core.services.emergency import Emergency, SetMode
from hearthnet_core.services.export import Export
from hearthnet_core.services.knowledge import INGEST, IngestRequest, QueryRequest
from hearthnet_core.services.search import Search

Text = Annotated[str, msgspec.Meta(max_length=1_000)]
Corpus = Annotated[str, msgspec.Meta(max_length=40)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]


class SearchParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    query: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    k: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5
    privacy: Privacy | None = None
    corpora: Annotated[tuple[Corpus, ...], msgspec.Meta(max_length=16)] = ()
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""


class IngestParams(IngestRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The capability itself takes what newer software adds; a client of this API has mistyped it."""


class NoticesParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 50
    before: Text | None = None


class PostNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Text
    body: Annotated[str, msgspec.Meta(max_length=10_000)] = ""
    severity: Text = "info"
    ttl_hours: int = 168


class CreateInvite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    own: bool = False
    ttl_hours: int = 24


class InviteText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Text


class Join(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Text
    name: Text = ""
    own: bool = False


class SetPrivacy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    privacy: Privacy


class CallParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    capability: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    version: Text = "1.0"
    body: dict[str, Any] = {}
    privacy: Privacy | None = None
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=600)] | None = None


class Latest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limit: Limit = 20


class ById(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Text


class Directory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    directory: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Methods:
    """Holds what the methods act on; `table` is what the server serves."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        view: StateView,
        bus: Bus,
        registry: Registry,
        search: Search,
        community: CommunityService,
        emergency: Emergency,
        settings: SettingsFile,
        export: Export,
        pairing: Pairing,
        tokens: Tokens,
        address: Callable[[], str],
        loaded: Loaded,
        doctor: Callable[[], Awaitable[dict[str, Any]]],
        more: tuple[Method, ...] = (),
    ) -> None:
        self._runtime = runtime
        self._view = view
        self._bus = bus
        self._registry = registry
        self._search = search
        self._community = community
        self._emergency = emergency
        self._settings = settings
        self._export = export
        self._pairing = pairing
        self._tokens = tokens
        self._address = address
        self._loaded = loaded
        self._doctor = doctor
        self._more = more

    def table(self) -> dict[str, Method]:
        rows = (
            once("state", Nothing, lambda _: self._view.now()),
            Method("subscribe", Nothing, lambda _: self._view.subscribe()),
            once("search", SearchParams, self._searched),
            Method("ingest", IngestParams, self._ingest, max_body=MAX_INGEST),
            once("notices", NoticesParams, lambda p: self._community.notices(p.limit, p.before)),
            once("post_notice", PostNotice, self._post_notice),
            once("create_invite", CreateInvite, lambda p: self._community.create_invite(p.own, p.ttl_hours)),
            once("inspect_invite", InviteText, lambda p: self._community.inspect_invite(p.text)),
            Method("join", Join, lambda p: self._community.join(p.text, p.name, p.own)),
            once("leave", Nothing, lambda _: self._community.leave()),
            once("set_mode", SetMode, self._set_mode),
            once("set_privacy", SetPrivacy, self._set_privacy),
            once("peers", Nothing, self._peers),
            Method("call", CallParams, self._call),
            once("traces", Latest, self._traces),
            once("trace", ById, self._trace),
            once("doctor", Nothing, lambda _: self._doctor()),
            once("config", Nothing, self._config),
            once("pair_code", Nothing, self._pair_code),
            once("tokens", Nothing, self._list_tokens),
            once("revoke_token", ById, self._revoke_token),
            once("export", Directory, lambda p: self._export.write(Path(p.directory))),
            *self._more,
        )
        return {row.name: row for row in rows}

    async def _searched(self, params: SearchParams) -> dict[str, Any]:
        language = params.language or language_of(params.query)
        request = QueryRequest(query=params.query, k=params.k, corpora=params.corpora, language=language)
        found = msgspec.to_builtins(await self._search.query(request, params.privacy))
        return {name: found[name] for name in ("results", "method", "note", "searched")}

    def _ingest(self, params: IngestParams) -> AsyncGenerator[Chunk]:
        return self._bus.stream(self._new_call(INGEST.name, str(INGEST.version), msgspec.to_builtins(params)))

    async def _post_notice(self, params: PostNotice) -> dict[str, Any]:
        return await self._community.post_notice(params.title, params.body, params.severity, params.ttl_hours)

    async def _set_mode(self, params: SetMode) -> dict[str, Any]:
        return {"mode": msgspec.to_builtins(await self._emergency.set_mode(params))}

    async def _set_privacy(self, params: SetPrivacy) -> dict[str, Any]:
        await self._runtime.offload(self._settings.changed, privacy=params.privacy)
        self._view.changed.emit(None)
        return {"privacy": params.privacy.value, "privacy_chosen": True}

    async def _peers(self, _: Nothing) -> dict[str, Any]:
        return {"peers": self._view.peers()}

    def _call(self, params: CallParams) -> AsyncGenerator[Chunk]:
        return self._bus.stream(
            self._new_call(params.capability, params.version, params.body, params.privacy, params.timeout_s)
        )

    async def _traces(self, params: Latest) -> dict[str, Any]:
        return {"traces": [t.to_json() for t in self._bus.traces.newest(params.limit)]}

    async def _trace(self, params: ById) -> dict[str, Any]:
        trace = self._bus.traces.get(params.id)
        if trace is None:
            raise NotFound(
                "That trace is no longer here; a node keeps its last 100, and forgets them when it restarts."
            )
        return {"trace": trace.to_json()}

    async def _config(self, _: Nothing) -> dict[str, Any]:
        config: dict[str, Any] = msgspec.to_builtins(self._loaded.config)
        sources = {name: self._loaded.sources.get(name, "default") for name in _options(config)}
        return {"config": config, "sources": sources, "path": self._loaded.path}

    async def _pair_code(self, _: Nothing) -> dict[str, Any]:
        return {**msgspec.to_builtins(self._pairing.code()), "address": self._address()}

    async def _list_tokens(self, _: Nothing) -> dict[str, Any]:
        return {"tokens": msgspec.to_builtins(self._tokens.list())}

    async def _revoke_token(self, params: ById) -> dict[str, Any]:
        self._tokens.revoke(params.id)
        return {}

    def _new_call(
        self,
        capability: str,
        version: str,
        body: dict[str, Any],
        privacy: Privacy | None = None,
        timeout_s: float | None = None,
    ) -> Call:
        wish = Version.parse(version)
        contract = self._registry.contract(capability, wish)
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=capability,
            version=wish,
            body=body,
            privacy=self._view.privacy.narrowed(privacy),
            deadline=self._runtime.now() + (timeout_s or contract.timeout_s),
        )


def _options(config: dict[str, Any], section: str = "") -> Iterator[str]:
    """The names of all options, sections joined by dots."""
    for name, value in config.items():
        if isinstance(value, dict):
            yield from _options(value, f"{section}{name}.")
        else:
            yield section + name
