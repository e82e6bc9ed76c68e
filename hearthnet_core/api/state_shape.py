"""The shape of the state, for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

import msgspec

from hearthnet_core.capability import Privacy
from hearthnet_core.config.settings import Mode


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Unix seconds by the node's own clock wherever a time is meant."""


class ThisNode(Answer, frozen=True, kw_only=True):
    id: str
    short: str
    name: str
    version: str
    address: str
    started: float
    warnings: list[str]


class ThisMember(Answer, frozen=True, kw_only=True):
    id: str
    short: str
    name: str
    role: str


class Community(Answer, frozen=True, kw_only=True):
    id: str
    short: str
    name: str
    members: int
    alone: bool
    readmit: list[str]


class Connectivity(Answer, frozen=True, kw_only=True):
    state: str
    cause: str
    since: float
    internet: bool
    mesh: bool


class Capability(Answer, frozen=True, kw_only=True):
    capability: str
    version: str
    provider: str
    models: list[str]
    available: bool
    reason: str
    load: float
    internet: bool


class Peer(Answer, frozen=True, kw_only=True):
    node_id: str
    short: str
    name: str
    member_id: str
    member_name: str
    role: str
    home: bool
    connected: bool
    latency_ms: float | None
    address: str
    version: str
    since: float
    capabilities: list[Capability]


class LastAnswer(Answer, frozen=True, kw_only=True):
    node_id: str
    node_name: str
    at: float
    capability: str
    model: str
    trace_id: str


class IndexingProgress(Answer, frozen=True, kw_only=True):
    done: int
    total: int
    model: str


class Library(Answer, frozen=True, kw_only=True):
    documents: int
    chunks: int
    model: str
    note: str
    indexing: IndexingProgress | None
    pictures: int
    picture_model: str
    picture_note: str
    picture_indexing: IndexingProgress | None


class Notice(Answer, frozen=True, kw_only=True):
    id: str
    title: str
    body: str
    severity: Literal["info", "warning", "urgent"]
    author_node: str
    author_name: str
    member_id: str
    at: float
    expires: float
    late: bool


class Engine(Answer, frozen=True, kw_only=True):
    name: str
    url: str
    available: bool
    reason: str


class State(Answer, frozen=True, kw_only=True):
    node: ThisNode
    member: ThisMember
    community: Community
    privacy: Privacy
    privacy_chosen: bool
    connectivity: Connectivity
    mode: Mode
    peers: list[Peer]
    capabilities: list[Capability]
    last_answer: LastAnswer | None
    library: Library
    notices: list[Notice]
    engines: list[Engine]
    next_step: str
