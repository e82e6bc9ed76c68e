"""What script/bench prints for programs and for people, on its fastest part; nothing here depends on how fast this machine is."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from script.bench_parts import __main__ as bench

ROOT = Path(__file__).resolve().parents[2]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "script/bench", *options], capture_output=True, text=True, check=False)


def measured(**fields: Any) -> dict[str, Any]:
    figure = bench.Figure(part="p", name="n", unit="", **{"key": "k", "bar": 10, **fields})
    row = bench.row(figure, {"k": 20.0, "peer": 40.0})
    assert row is not None
    return row


def test_the_figures_for_programs_name_the_bar_the_ratio_and_the_machine() -> None:
    done = run("--quick", "--json", "panel")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"quick", "seconds", "machine", "figures", "failed", "raw"}
    assert found["quick"] is True and found["failed"] == {}
    assert set(found["machine"]) == {"processor", "cores", "memory_gb", "python", "load", "load_after"}
    panel = found["figures"][0]
    assert set(panel) == {"part", "figure", "measured", "unit", "bar", "bar_is", "ratio", "against", "peer", "met"}
    bundle = (ROOT / "custom_components/hearthnet/frontend/dist/hearthnet-panel.js").read_bytes()
    assert panel["measured"] == round(len(gzip.compress(bundle, 9, mtime=0)) / 1000, 1)
    assert panel["ratio"] == pytest.approx(panel["measured"] / panel["peer"])
    assert panel["met"] is (panel["measured"] <= panel["bar"])


def test_the_table_has_a_line_for_each_figure_in_columns() -> None:
    lines = run("--quick", "panel").stdout.splitlines()
    assert lines[0].split() == ["figure", "measured", "bar", "ratio", "met", "against"]
    column = lines[0].index("met")
    assert {line[column - 1] for line in lines[2:4]} == {" "}
    assert all(line[column:].startswith(("yes", "NO")) for line in lines[2:4])


def test_a_part_nobody_knows_is_refused_with_the_names_there_are() -> None:
    done = run("nonsense")
    assert done.returncode == 2
    assert "nonsense" in done.stderr and all(part in done.stderr for part in bench.PARTS)


def test_every_part_is_a_file_with_a_figure_and_every_figure_belongs_to_a_part() -> None:
    files = {p.stem for p in (ROOT / "script/bench_parts").glob("*.py")} - {"__main__"}
    assert files == set(bench.PARTS) == {figure.part for figure in bench.FIGURES}


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ({}, False),
        ({"bar": 20}, True),
        ({"least": True}, True),
        ({"least": True, "bar": 20.1}, False),
        ({"over": "peer", "by_ratio": True, "bar": 0.5}, True),
        ({"over": "peer", "by_ratio": True, "bar": 0.4}, False),
        ({"over": "peer", "by_ratio": True, "bar": 0.6, "least": True}, False),
        ({"percent": True, "bar": 1999}, False),
        ({"over": "gone", "by_ratio": True, "bar": 1}, False),
    ],
)
def test_a_bar_is_kept_from_its_own_side_and_for_the_ratio_where_it_is_one(fields: dict[str, Any], met: bool) -> None:
    assert measured(**fields)["met"] is met


def test_a_missed_bar_fails_only_the_strict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "FIGURES", (bench.Figure(part="panel", name="n", key="panel_kb", unit="KB", bar=0),))
    for options, status in ([], 0), (["--strict"], 1):
        monkeypatch.setattr("sys.argv", ["script/bench", *options, "panel"])
        assert bench.main() == status
        assert "NO" in capsys.readouterr().out


def test_what_could_not_be_measured_is_said_and_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "PARTS", {"panel": ([], []), "missing": ([], [])})
    monkeypatch.setattr("sys.argv", ["script/bench"])
    assert bench.main() == 1
    out = capsys.readouterr().out
    assert "panel, gzip" in out and "missing could not be measured" in out
