"""Each check, well and not well; and what a look at a real data folder finds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearthnet_core.doctor import EngineFact, Facts, Machine, PeerFact, checks, look, report
from hearthnet_core.identity.store import IdentityStore
from hearthnet_core.runtime import SystemRuntime

MACHINE = Machine(data="/data", disk_free=10 * 1024**3, disk_total=20 * 1024**3, wall=1_790_000_000.0)
WELL = Facts(
    machine=MACHINE,
    mesh_address="192.168.1.5:7080",
    capabilities=("rag.query",),
    engines=(EngineFact(name="ollama", available=True),),
    version="0.2.0",
    peer_versions=("0.1.0",),
)


def found(**changed: Any) -> dict[str, str]:
    machine = {name: changed.pop(name) for name in list(changed) if name in Machine.__struct_fields__}
    facts = msgspec.structs.replace(WELL, machine=msgspec.structs.replace(MACHINE, **machine), **changed)
    for check in checks(facts):
        assert bool(check.fix) == (check.status != "ok"), check
        assert check.message.rstrip(".") and check.message.endswith(".")
    return {check.name: check.status for check in checks(facts) if check.status != "ok"}


def test_a_healthy_node_passes_every_check() -> None:
    assert [check.name for check in checks(WELL)] == [
        "keys", "log", "mdns", "udp", "port", "voice", "folders", "sync", "capability", "disk", "clock", "engine", "error_rate", "version",
        "permissions",
    ]  # fmt: skip
    assert found() == {}
    assert report(WELL)["ok"] is True
    assert set(report(WELL)["checks"][0]) == {"name", "status", "message"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"key_problem": "identity/node.key is missing."}, {"keys": "error"}),
        ({"write_problem": "/data cannot be written: read-only."}, {"log": "error"}),
        ({"log_problem": "The disk is full."}, {"log": "error"}),
        ({"mdns_problem": "Port 5353 is blocked."}, {"mdns": "warning"}),
        ({"udp_problem": "Broadcast is blocked."}, {"udp": "warning"}),
        ({"mdns_problem": "blocked.", "udp_problem": "blocked.", "discovery": False}, {}),
        ({"mesh_address": ""}, {"port": "error"}),
        ({"mesh_problem": "Port 7080 is taken."}, {"port": "error"}),
        ({"replication": (PeerFact(name="Bob"),)}, {}),
        ({"replication": (PeerFact(name="Bob", error="This is no greeting."),)}, {"sync": "warning"}),
        ({"replication": (PeerFact(name="Bob", pause_s=60.0),)}, {}),
        ({"replication": (PeerFact(name="Bob", pause_s=3_600.0),)}, {"sync": "warning"}),
        ({"voice_problem": "Port 10780 is taken."}, {"voice": "warning"}),
        ({"voice": False}, {}),
        ({"folders": 2}, {}),
        ({"folders": 1, "folder_problems": ("/srv/a.pdf: damaged.", "more")}, {"folders": "warning"}),
        ({"capabilities": ()}, {"capability": "error"}),
        ({"disk_free": 500 * 1024**2}, {"disk": "warning"}),
        ({"disk_free": 1024}, {"disk": "error"}),
        ({"wall": 0.0}, {"clock": "error"}),
        ({"clock_offset_s": 5.0}, {}),
        ({"clock_offset_s": -60.0}, {"clock": "warning"}),
        ({"clock_offset_s": 600.0}, {"clock": "error"}),
        ({"engines": ()}, {"engine": "warning"}),
        ({"engines": (EngineFact(name="a", available=False, reason="down"),)}, {"engine": "error"}),
        (
            {"engines": (EngineFact(name="a", available=True), EngineFact(name="b", available=False))},
            {"engine": "warning"},
        ),
        ({"calls": 9, "failures": 9}, {}),
        ({"calls": 20, "failures": 2}, {"error_rate": "warning"}),
        ({"calls": 20, "failures": 10}, {"error_rate": "error"}),
        ({"peer_versions": ("0.1.0", "0.10.0")}, {"version": "warning"}),
        ({"peer_versions": ("nonsense", "9" * 50, "9.9.9\n", "")}, {}),
        ({"exposed": ("identity/node.key",)}, {"permissions": "error"}),
        ({"config_problem": "config.toml, line 2: port: expected int."}, {"permissions": "error"}),
    ],
)
def test_each_trouble_shows_in_its_own_check(changed: dict[str, Any], status: dict[str, str]) -> None:
    assert found(**changed) == status


def test_an_error_makes_the_report_not_ok_and_a_warning_does_not() -> None:
    assert report(msgspec.structs.replace(WELL, engines=()))["ok"] is True
    assert report(msgspec.structs.replace(WELL, capabilities=()))["ok"] is False


def test_a_look_at_a_real_folder_finds_what_is_wrong_there(tmp_path: Path) -> None:
    IdentityStore(tmp_path, SystemRuntime()).close()
    well = look(tmp_path, 5.0)
    assert (well.key_problem, well.config_problem, well.write_problem, well.exposed, well.wall) == ("", "", "", (), 5.0)
    assert 0 < well.disk_free <= well.disk_total
    (tmp_path / "identity/node.key").chmod(0o640)
    (tmp_path / "identity/owner.key").write_text("no key")
    (tmp_path / "config.toml").write_text("[api]\nport = true\n")
    ill = look(tmp_path, 5.0)
    assert ill.exposed == ("identity/node.key",)
    assert "owner.key is damaged" in ill.key_problem
    assert "line 2" in ill.config_problem
    assert sorted(os.listdir(tmp_path)) == ["config.toml", "identity", "lock"]


def test_a_folder_that_is_not_there_is_a_finding_and_no_crash(tmp_path: Path) -> None:
    seen = look(tmp_path / "nothing", 0.0)
    assert "missing" in seen.key_problem and "cannot be written" in seen.write_problem and seen.disk_free == 0
