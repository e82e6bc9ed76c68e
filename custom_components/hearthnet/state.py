"""The node's state as entities read it: typed, and whole whatever the node left out. The panel gets it as it came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MODES = ["normal", "emergency", "drill"]
CONNECTIVITY = ["online", "degraded", "offline", "isolated", "unknown"]
CAUSES = ["none", "dns", "captive_portal", "gateway", "no_route", "unknown"]
SEVERITIES = ["info", "warning", "urgent"]
MAX_PEERS = 256
MAX_STATE = 255
"""Home Assistant's longest state."""


@dataclass(frozen=True, slots=True)
class Peer:
    node_id: str
    name: str
    member_name: str
    home: bool
    connected: bool
    latency_ms: float | None
    version: str

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Peer:
        return cls(
            node_id=_text(raw.get("node_id")),
            name=_text(raw.get("name")),
            member_name=_text(raw.get("member_name")),
            home=raw.get("home") is True,
            connected=raw.get("connected") is True,
            latency_ms=_number(raw.get("latency_ms")),
            version=_text(raw.get("version")),
        )


@dataclass(frozen=True, slots=True)
class LastAnswer:
    node_name: str
    at: float | None
    capability: str
    model: str
    trace_id: str


@dataclass(frozen=True, slots=True)
class NodeState:
    node_id: str
    name: str
    version: str
    warnings: tuple[str, ...]
    privacy: str
    privacy_chosen: bool
    connectivity: str
    cause: str
    internet: bool
    mesh: bool
    mode: str
    mode_reason: str
    mode_by: str
    peers: dict[str, Peer]
    last_answer: LastAnswer | None
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: dict[str, Any]) -> NodeState:
        node, link, mode = _dict(raw.get("node")), _dict(raw.get("connectivity")), _dict(raw.get("mode"))
        peers = (Peer.read(peer) for peer in _list(raw.get("peers"))[:MAX_PEERS] if isinstance(peer, dict))
        last = raw.get("last_answer")
        return cls(
            node_id=_text(node.get("id")),
            name=_text(node.get("name")),
            version=_text(node.get("version")),
            warnings=tuple(w for w in _list(node.get("warnings")) if isinstance(w, str)),
            privacy=_text(raw.get("privacy")) or "home",
            privacy_chosen=raw.get("privacy_chosen") is True,
            connectivity=_one_of(link.get("state"), CONNECTIVITY),
            cause=_one_of(link.get("cause"), CAUSES),
            internet=link.get("internet") is True,
            mesh=link.get("mesh") is True,
            mode=_one_of(mode.get("mode"), MODES, "normal"),
            mode_reason=_text(mode.get("reason")),
            mode_by=_text(mode.get("by")),
            peers={peer.node_id: peer for peer in peers if peer.node_id},
            last_answer=_last_answer(last) if isinstance(last, dict) else None,
            raw=raw,
        )

    @property
    def near(self) -> int:
        """Peers that are connected now."""
        return sum(peer.connected for peer in self.peers.values())


def _last_answer(raw: dict[str, Any]) -> LastAnswer:
    return LastAnswer(
        node_name=_text(raw.get("node_name")),
        at=_number(raw.get("at")),
        capability=_text(raw.get("capability")),
        model=_text(raw.get("model")),
        trace_id=_text(raw.get("trace_id")),
    )


def _text(value: Any) -> str:
    return value[:MAX_STATE] if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _one_of(value: Any, known: list[str], otherwise: str = "unknown") -> str:
    return value if isinstance(value, str) and value in known else otherwise
