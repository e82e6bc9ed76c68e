"""Every option, its default and what it means. `docs/configuration.md` lists them; a test compares the two."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Name = Annotated[str, msgspec.Meta(max_length=64)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


class NodeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`name` is what neighbours see (default: the host's name); `port` is the mesh port, 0 takes a free one."""

    name: Name = ""
    host: str = ""
    port: Port = 7080


class ApiSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The local API. Off loopback it is always TLS. `open_port`: the facades on loopback without a token; 0: off."""

    host: str = "127.0.0.1"
    port: Port = 7860
    open_port: Port = 0


class DiscoverySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`interfaces`: only these (default: all real ones). `peers`: addresses to dial besides, `host:port`."""

    enabled: bool = True
    interfaces: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()


class ExtractiveSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The built-in answerer. `when`: `always`, `alone` (for this household, while nobody
    else can or may answer) or `never`.
    `rate`: at most so many sentences a second, 0 for no limit. `quality`: 0…1, how it ranks against engines."""

    when: Literal["always", "alone", "never"] = "always"
    rate: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    quality: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2


class EngineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An engine to use besides those found on this machine. `secret` names an entry of the secrets file. `keep_alive` (how
    long Ollama keeps a model loaded, like `30m`), `context` (tokens a model takes) and `vision` (models that see pictures)
    are for what the engine does not say or do by itself."""

    kind: Literal["ollama", "openai_compatible", "transformers"]
    url: str = ""
    name: Name = ""
    models: tuple[str, ...] = ()
    secret: str = ""
    slots: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    quality: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.6
    keep_alive: Annotated[str, msgspec.Meta(pattern=r"^(-?\d{1,6}(ms|s|m|h)?)?$")] = ""
    context: Annotated[int, msgspec.Meta(ge=0, le=16_777_216)] = 0
    vision: tuple[str, ...] = ()


class SpeechSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service that hears or speaks, besides those found on this machine: any Wyoming service (`tcp://host:port`), or one
    that hears by OpenAI's API. `models` are the only models or voices to use, best first; `quality` 0: as their names say."""

    kind: Literal["wyoming", "openai_compatible"]
    url: str
    name: Name = ""
    models: tuple[str, ...] = ()
    secret: str = ""
    slots: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    quality: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0


class VoiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Wyoming server for Home Assistant. The protocol knows no authentication: off loopback everybody there can use it."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: Port = 10780


class RetrievalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the library is searched. `embedding_model`: the model that compares meanings (empty: one of those offered in this
    household, and the same one as long as it is); `picture_model`: the same for what pictures look like. `embedding_folder`: a
    model's folder, besides `models/` of the data folder."""

    embedding_model: Annotated[str, msgspec.Meta(max_length=200)] = ""
    embedding_folder: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    picture_model: Annotated[str, msgspec.Meta(max_length=200)] = ""


class FolderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder of this machine whose files are kept in the library: new, changed and deleted ones. `language` empty: as the
    files say."""

    path: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
    corpus: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_-]{1,40}$")] = "household"
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""


class KnowledgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where documents come from. `folders` are watched."""

    folders: Annotated[tuple[FolderSettings, ...], msgspec.Meta(max_length=32)] = ()


class RerankerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service that says which passages answer best, by Jina's and Cohere's `POST …/rerank`."""

    url: str
    model: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    name: Name = ""
    secret: str = ""
    slots: Annotated[int, msgspec.Meta(ge=1, le=256)] = 2


class ConnectivitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is probed to see whether the internet is there: `tcp://name:port` or `http://name/path`; empty: defaults."""

    enabled: bool = True
    targets: tuple[str, ...] = ()
    interval_s: Seconds = 2.5


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole. `engines_auto` looks for engines on their default ports of this machine. `library` is the shipped one."""

    node: NodeSettings = NodeSettings()
    api: ApiSettings = ApiSettings()
    discovery: DiscoverySettings = DiscoverySettings()
    extractive: ExtractiveSettings = ExtractiveSettings()
    connectivity: ConnectivitySettings = ConnectivitySettings()
    voice: VoiceSettings = VoiceSettings()
    speech: tuple[SpeechSettings, ...] = ()
    retrieval: RetrievalSettings = RetrievalSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    rerankers: tuple[RerankerSettings, ...] = ()
    engines: tuple[EngineSettings, ...] = ()
    engines_auto: bool = True
    library: bool = True
    database_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
