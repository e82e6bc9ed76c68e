"""`script/simulate` as people and CI run it: in a process of its own, judged by what it prints and how it exits."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hearthnet_core.simulation.faults import KINDS

from .breaking import RULES

ROOT = Path(__file__).resolve().parents[2]
ENOUGH_S = 300


def python(*arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )


def simulate(*arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return python("hearthnet_core.simulation", "--nodes", "7", *arguments, hash_seed=hash_seed)


def traces(output: str) -> dict[int, str]:
    return {int(seed): trace for seed, trace in re.findall(r"^seed (\d+): \w+, trace (\w+)", output, re.MULTILINE)}


@pytest.mark.timeout(ENOUGH_S)
def test_the_same_seed_gives_the_same_trace_in_another_process() -> None:
    first = traces(simulate("--seed", "3", "--seeds", "2", "--jobs", "1").stdout)
    again = traces(simulate("--seed", "3", "--seeds", "2", "--jobs", "2", hash_seed="7").stdout)
    assert sorted(first) == [3, 4]
    assert first == again
    assert first[3] != first[4]


@pytest.mark.timeout(ENOUGH_S)
def test_some_seeds_keep_every_promise_and_reach_every_fault() -> None:
    done = simulate("--seeds", "6", "--jobs", "2")
    assert done.returncode == 0, done.stdout
    reached = dict(re.findall(r"([a-z-][a-z -]*) (\d+)", re.search(r"^faults: (.*)$", done.stdout, re.MULTILINE)[1]))  # type: ignore[index]
    assert {kind for kind in KINDS if int(reached.get(kind, 0)) > 0} == set(KINDS)


@pytest.mark.timeout(ENOUGH_S)
def test_faults_that_never_came_to_pass_fail_the_run() -> None:
    done = python(
        "tests.simulation.unreached",
    )
    assert done.returncode == 1, done.stdout
    assert "never came to pass" in done.stdout and "duel" in done.stdout


@pytest.mark.timeout(ENOUGH_S)
@pytest.mark.parametrize(
    ("rule", "noticed"),
    [
        ("revoked-content-counts", "limit:"),
        ("removed-nodes-stay", "leaked:"),
        ("strangers-are-told", "leaked:"),
        ("answered-before-the-disk", "unsynced:"),
        ("cursor-one-too-far", "cursor:"),
        ("bodies-dropped", "cursor:|body:|lost:"),
        ("fingerprint-forgets", "fingerprint:"),
        ("chain-skips", "chain:"),
        ("announced-again", "twice:"),
        ("handlers-fail", "unhandled:"),
        ("repairs-find-nothing", "unequal:|cursor:|lost:"),
    ],
)
def test_a_rule_broken_on_purpose_is_noticed(rule: str, noticed: str) -> None:
    done = python("tests.simulation.breaking", rule, "1", "20")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(noticed, done.stdout), done.stdout


def test_every_broken_rule_is_tried() -> None:
    tried = {mark.args[1][i][0] for mark in _marks() for i in range(len(mark.args[1]))}
    assert tried == set(RULES)


def _marks() -> list[pytest.Mark]:
    found = test_a_rule_broken_on_purpose_is_noticed.pytestmark  # type: ignore[attr-defined]
    return [mark for mark in found if mark.name == "parametrize"]
