"""What `checks` judges. The node fills in what only it knows; `machine.look` finds the rest."""

from __future__ import annotations

import msgspec

from hearthnet_core.doctor.machine import Machine


class EngineFact(msgspec.Struct, frozen=True, kw_only=True):
    """An engine that is set up or was found; `reason` says why it is not available."""

    name: str
    available: bool
    reason: str = ""


class PeerFact(msgspec.Struct, frozen=True, kw_only=True):
    """Replication with a connected peer: the last error, and for how long its repairs pause (seconds) because the last
    ones found nothing."""

    name: str
    error: str = ""
    pause_s: float = 0.0


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Problems are sentences, empty when there is none.

    `discovery`: switched on? `mdns_problem`, `udp_problem`: why that way of finding neighbours fails. `mesh_address`: where
    neighbours reach this node, empty when it does not listen. `voice`: is its voice server switched on?
    `clock_offset_s`: by how much this clock is ahead of the median of the peers', None when nobody is there to compare
    with. `calls`, `failures`: of this node's last calls. `peer_versions`: software versions of the peers seen.
    `replication`: of those that are connected. `folders`: how many are watched.
    """

    machine: Machine
    log_problem: str = ""
    discovery: bool = True
    mdns_problem: str = ""
    udp_problem: str = ""
    mesh_address: str = ""
    mesh_problem: str = ""
    voice: bool = True
    voice_problem: str = ""
    peers: int = 0
    capabilities: tuple[str, ...] = ()
    engines: tuple[EngineFact, ...] = ()
    clock_offset_s: float | None = None
    calls: int = 0
    failures: int = 0
    version: str = ""
    peer_versions: tuple[str, ...] = ()
    replication: tuple[PeerFact, ...] = ()
    folders: int = 0
    folder_problems: tuple[str, ...] = ()
