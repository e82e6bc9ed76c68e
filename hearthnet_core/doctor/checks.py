"""The judgement over `Facts`: thirteen checks, each with what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from hearthnet_core.doctor.facts import Facts

LOW_DISK = 1024**3
FULL_DISK = 100 * 1024**2
SANE_WALL = 1_767_225_600.0
"""Unix seconds, 2026-01-01: an earlier clock has not been set."""
CLOCK_WARNING_S = 30.0
DAY_S = 86_400.0
CLOCK_ERROR_S = 600.0
LONG_PAUSE_S = 600.0
MIN_CALLS = 10
ERROR_RATE_WARNING = 0.1
ERROR_RATE_ERROR = 0.5

type Status = Literal["ok", "warning", "error"]


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding; `fix` says what to do when it is not `ok`."""

    name: str
    status: Status
    message: str
    fix: str = ""


def checks(facts: Facts) -> list[Check]:
    """Always the same thirteen, in this order."""
    return [judge(facts) for judge in _JUDGES]


def report(facts: Facts) -> dict[str, Any]:
    """The `done` data of the method `doctor`; `ok` as long as nothing is an error."""
    found = checks(facts)
    return {"checks": msgspec.to_builtins(found), "ok": all(check.status != "error" for check in found)}


def _keys(facts: Facts) -> Check:
    if problem := facts.machine.key_problem:
        fix = "Restore the folder identity/ from a backup; a new key would be another node to your neighbours."
        return Check("keys", "error", problem, fix)
    return Check("keys", "ok", "The node's and the household's keys can be read.")


def _log(facts: Facts) -> Check:
    if problem := facts.log_problem or facts.machine.write_problem:
        return Check("log", "error", problem, "Give this user the right to write there, or free some space.")
    return Check("log", "ok", "The log can be written.")


def _mdns(facts: Facts) -> Check:
    if not facts.discovery:
        return Check("mdns", "ok", "Discovery is switched off; only addresses that are set are used.")
    if facts.mdns_problem:
        fix = "Allow UDP port 5353 in the firewall, or set the neighbours' addresses in discovery.peers."
        return Check("mdns", "warning", facts.mdns_problem, fix)
    return Check("mdns", "ok", "Neighbours can find this node by mDNS.")


def _udp(facts: Facts) -> Check:
    if not facts.discovery:
        return Check("udp", "ok", "Discovery is switched off.")
    if facts.udp_problem:
        fix = "Allow UDP broadcast in the firewall, or set the neighbours' addresses in discovery.peers."
        return Check("udp", "warning", facts.udp_problem, fix)
    return Check("udp", "ok", "The broadcast that helps where mDNS is filtered works.")


def _port(facts: Facts) -> Check:
    if facts.mesh_problem or not facts.mesh_address:
        problem = facts.mesh_problem or "The node does not listen for neighbours."
        return Check("port", "error", problem, "Set node.port in config.toml to a free port and start the node again.")
    return Check("port", "ok", f"Neighbours reach this node at {facts.mesh_address}; {facts.peers} are connected.")


def _voice(facts: Facts) -> Check:
    if facts.voice_problem:
        fix = "Set voice.port in config.toml to a free one, or stop that program; the node tries again by itself."
        return Check("voice", "warning", facts.voice_problem, fix)
    if not facts.voice:
        return Check("voice", "ok", "The voice server is switched off.")
    if not {"stt.transcribe", "tts.synthesize"} & set(facts.capabilities):
        return Check("voice", "ok", "The voice server listens; neighbours' engines hear and speak.")
    return Check("voice", "ok", "The voice server listens.")


def _folders(facts: Facts) -> Check:
    if not facts.folder_problems:
        many = "1 folder is" if facts.folders == 1 else f"{facts.folders} folders are"
        return Check("folders", "ok", f"{many} watched." if facts.folders else "No folder is watched.")
    first, *others = facts.folder_problems
    said = f"{first.rstrip('.')}{f' (and {len(others)} more)' if others else ''}."
    fix = "Mend the file or take it out of the folder; see knowledge.folders in config.toml."
    return Check("folders", "warning", said, fix)


def _sync(facts: Facts) -> Check:
    failing = [f"{peer.name}: {peer.error.rstrip('.')}" for peer in facts.replication if peer.error]
    if failing:
        fix = "Update the older of the two nodes; if that does not help, start both again."
        return Check("sync", "warning", f"Copying the log does not work with {'; '.join(failing)}.", fix)
    pausing = [
        f"{peer.name} ({peer.pause_s / 60:.0f} min)" for peer in facts.replication if peer.pause_s > LONG_PAUSE_S
    ]
    if pausing:
        said = f"Comparing logs found nothing new several times, so it pauses with {', '.join(pausing)}."
        return Check("sync", "warning", said, "If notices are missing here, ask that neighbour to update their node.")
    if not facts.replication:
        return Check("sync", "ok", "No neighbour is connected to copy the log with.")
    return Check("sync", "ok", f"The log is copied with {len(facts.replication)} nodes.")


def _capability(facts: Facts) -> Check:
    if not facts.capabilities:
        fix = 'Set extractive.when to "always" and library to true in config.toml, or add an engine.'
        return Check("capability", "error", "This node can answer nothing.", fix)
    return Check("capability", "ok", f"This node offers {', '.join(sorted(facts.capabilities))}.")


def _disk(facts: Facts) -> Check:
    free = facts.machine.disk_free
    said = f"{_size(free)} of {_size(facts.machine.disk_total)} are free at {facts.machine.data}."
    if free < FULL_DISK:
        return Check("disk", "error", said, "Free some space; nothing new can be kept otherwise.")
    if free < LOW_DISK:
        return Check("disk", "warning", said, "Free some space before it runs out.")
    return Check("disk", "ok", said)


def _clock(facts: Facts) -> Check:
    fix = "Switch time synchronisation on; until then times shown are wrong, but nothing is lost."
    if facts.machine.wall < SANE_WALL:
        return Check("clock", "error", "This machine's clock was never set.", fix)
    offset = facts.clock_offset_s
    if offset is None:
        return Check("clock", "ok", "The clock looks right; no neighbour is there to compare it with.")
    said = f"The clock is {_span(abs(offset))} {'ahead of' if offset > 0 else 'behind'} the neighbours'."
    if abs(offset) >= CLOCK_ERROR_S:
        return Check("clock", "error", said, fix)
    if abs(offset) >= CLOCK_WARNING_S:
        return Check("clock", "warning", said, fix)
    return Check("clock", "ok", "The clock agrees with the neighbours'.")


def _engine(facts: Facts) -> Check:
    if not facts.engines:
        fix = "Install Ollama or llama.cpp here, or name one under [[engines]] in config.toml."
        return Check("engine", "warning", "No language model was found; answers are quoted from the library.", fix)
    away = [engine for engine in facts.engines if not engine.available]
    if away:
        said = "; ".join(f"{engine.name}: {engine.reason.rstrip('.') or 'not available'}" for engine in away) + "."
        status: Status = "error" if len(away) == len(facts.engines) else "warning"
        return Check("engine", status, said, "Start the engine, or take it out of config.toml.")
    return Check("engine", "ok", f"Engines in use: {', '.join(engine.name for engine in facts.engines)}.")


def _errors(facts: Facts) -> Check:
    rate = facts.failures / facts.calls if facts.calls else 0.0
    said = f"{facts.failures} of the last {facts.calls} calls failed."
    if facts.calls >= MIN_CALLS and rate >= ERROR_RATE_WARNING:
        status: Status = "error" if rate >= ERROR_RATE_ERROR else "warning"
        return Check("error_rate", status, said, "See why with `hearthnet trace`.")
    return Check("error_rate", "ok", said if facts.calls else "There was no call since the node started.")


def _version(facts: Facts) -> Check:
    newest = max((_order(version) for version in facts.peer_versions), default=())
    if newest > _order(facts.version):
        shown = ".".join(map(str, newest))
        said = f"A neighbour runs version {shown}, this node {facts.version}."
        return Check("version", "warning", said, "Update this node when it suits you.")
    return Check("version", "ok", f"Version {facts.version} is not older than what the neighbours run.")


def _permissions(facts: Facts) -> Check:
    if facts.machine.exposed:
        files = ", ".join(facts.machine.exposed)
        fix = f"Run: cd {facts.machine.data} && chmod 600 {' '.join(facts.machine.exposed)}"
        return Check("permissions", "error", f"Other users of this machine can read {files}.", fix)
    if facts.machine.config_problem:
        return Check("permissions", "error", facts.machine.config_problem, "Mend config.toml.")
    return Check("permissions", "ok", "Private files are private, and config.toml can be read.")


def _span(seconds: float) -> str:
    return f"{seconds / DAY_S:.0f} days" if seconds >= 2 * DAY_S else f"{seconds:.0f} s"


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB" if count >= LOW_DISK else f"{count / 1024**2:.0f} MiB"


def _order(version: str) -> tuple[int, ...]:
    """A version as numbers; what is none (it came from a peer) counts as oldest."""
    parts = version.split(".")
    if not 1 <= len(parts) <= 4 or not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in parts):
        return ()
    return tuple(int(part) for part in parts)


_JUDGES: tuple[Callable[[Facts], Check], ...] = (
    _keys,
    _log,
    _mdns,
    _udp,
    _port,
    _voice,
    _folders,
    _sync,
    _capability,
    _disk,
    _clock,
    _engine,
    _errors,
    _version,
    _permissions,
)
