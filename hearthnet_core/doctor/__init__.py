"""Self-diagnosis: facts are gathered where they are, and judged here without touching anything."""

from hearthnet_core.doctor.checks import Check, checks, report
from hearthnet_core.doctor.facts import EngineFact, Facts, PeerFact
from hearthnet_core.doctor.machine import Machine, look

__all__ = ["Check", "EngineFact", "Facts", "Machine", "PeerFact", "checks", "look", "report"]
