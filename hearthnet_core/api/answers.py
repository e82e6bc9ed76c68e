"""What the methods of the local API answer, for the OpenAPI document; a test holds real answers against it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from hearthnet_core.api.state_shape import Answer, Community, Notice, Peer, State
from hearthnet_core.api.tokens import TokenUse
from hearthnet_core.bus.trace import Trace
from hearthnet_core.capability import Privacy
from hearthnet_core.config.settings import Mode
from hearthnet_core.services.search import Searched, Source


class AnsweredBy(Answer, frozen=True, kw_only=True):
    node_id: str
    node_name: str
    provider: str
    model: str
    home: bool


class Confidence(Answer, frozen=True, kw_only=True):
    level: float
    coverage: float
    error: float
    n: int
    statement_key: str


class Asked(Answer, frozen=True, kw_only=True):
    text: str
    sources: list[Source]
    answered_by: AnsweredBy
    trace: Trace
    receipts: list[dict[str, Any]]
    grounded: bool
    finish_reason: str
    usage: dict[str, int] | None
    confidence: Confidence | msgspec.UnsetType = msgspec.UNSET


class SearchAnswer(Answer, frozen=True, kw_only=True):
    results: list[Source]
    method: str
    note: str
    searched: list[Searched]


class Ingested(Answer, frozen=True, kw_only=True):
    document_id: str
    title: str
    chunks: int
    duplicate: bool


class Notices(Answer, frozen=True, kw_only=True):
    notices: list[Notice]
    next: str | None


class OneNotice(Answer, frozen=True, kw_only=True):
    notice: Notice


class Invite(Answer, frozen=True, kw_only=True):
    invite_id: str
    text: str
    qr_svg: str
    expires: float
    community: Community
    addresses: list[str]


class Inspected(Answer, frozen=True, kw_only=True):
    community_id: str
    community_short: str
    node_id: str
    node_short: str
    addresses: list[str]
    expires: float
    words: str
    own: bool


class Joined(Answer, frozen=True, kw_only=True):
    community: Community
    member_id: str


class Left(Answer, frozen=True, kw_only=True):
    community: Community


class ModeSet(Answer, frozen=True, kw_only=True):
    mode: Mode


class PrivacySet(Answer, frozen=True, kw_only=True):
    privacy: Privacy
    privacy_chosen: bool


class Peers(Answer, frozen=True, kw_only=True):
    peers: list[Peer]


class Traces(Answer, frozen=True, kw_only=True):
    traces: list[Trace]


class OneTrace(Answer, frozen=True, kw_only=True):
    trace: Trace


class Finding(Answer, frozen=True, kw_only=True):
    name: str
    status: Literal["ok", "warning", "error"]
    message: str
    fix: str = ""


class Examined(Answer, frozen=True, kw_only=True):
    checks: list[Finding]
    ok: bool


class Configured(Answer, frozen=True, kw_only=True):
    config: dict[str, Any]
    sources: dict[str, str]
    path: str


class PairingCode(Answer, frozen=True, kw_only=True):
    code: str
    expires: float
    address: str


class TokenList(Answer, frozen=True, kw_only=True):
    tokens: list[TokenUse]


class NewToken(Answer, frozen=True, kw_only=True):
    id: str
    token: str
    name: str
    scope: Literal["models", "all"]


class Exported(Answer, frozen=True, kw_only=True):
    path: str
    events: int
    documents: int
    bytes: int


class Empty(Answer, frozen=True, kw_only=True):
    """Done, and nothing to tell."""


ANSWERS: dict[str, type[msgspec.Struct]] = {
    "state": State,
    "ask": Asked,
    "search": SearchAnswer,
    "ingest": Ingested,
    "notices": Notices,
    "post_notice": OneNotice,
    "create_invite": Invite,
    "inspect_invite": Inspected,
    "join": Joined,
    "leave": Left,
    "set_mode": ModeSet,
    "set_privacy": PrivacySet,
    "peers": Peers,
    "traces": Traces,
    "trace": OneTrace,
    "doctor": Examined,
    "config": Configured,
    "pair_code": PairingCode,
    "tokens": TokenList,
    "revoke_token": Empty,
    "create_token": NewToken,
    "export": Exported,
}
"""A method that is not here answers an object that docs/api.md describes."""
