"""A skip or an expected failure fails the run unless tests/reasons.toml lists it with a reason."""

from __future__ import annotations

import fnmatch
import tomllib
from pathlib import Path
from typing import Any

import pytest

LIST = Path(__file__).parent / "reasons.toml"


def excused(nodeid: str, listed: dict[str, str]) -> bool:
    """Whether an entry names this test: exactly, as every case of it, or as its whole file."""
    whole = nodeid.partition("[")[0]
    return any(name in (nodeid, whole) or fnmatch.fnmatchcase(whole, name) for name in listed)


def read(path: Path) -> dict[str, str]:
    entries = tomllib.loads(path.read_text()).get("reason", []) if path.exists() else []
    return {entry["test"]: entry["why"] for entry in entries}


class Reasons:
    """Collects what did not really run. Under xdist it works in the controlling process, which sees every report."""

    def __init__(self, listed: dict[str, str]) -> None:
        self._listed = listed
        self.unexcused: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped or hasattr(report, "wasxfail"):
            self._note(report.nodeid, getattr(report, "wasxfail", None), report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._note(report.nodeid, None, report)

    def _note(self, nodeid: str, expected: str | None, report: Any) -> None:
        if not excused(nodeid, self._listed):
            said = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            self.unexcused[nodeid] = said if expected is None else f"expected failure: {expected}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.unexcused and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.unexcused:
            terminalreporter.section("not run, and not listed in tests/reasons.toml", red=True)
            for nodeid, said in self.unexcused.items():
                terminalreporter.line(f"{nodeid}: {said}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reasons(read(LIST)), "hearthnet-reasons")
