"""What is fetched from Debian's later release can be refused, says what else to do, and touches nothing then."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FALLBACKS = {"python-fallback": "HEARTHNET_PYTHON=", "llama-fallback": "HEARTHNET_LLAMA_SERVER="}


def run(folder: Path, name: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """In a copy that has nothing yet."""
    shutil.copytree(ROOT / "script", folder / "script", dirs_exist_ok=True)
    clean = {**os.environ, **environment}
    return subprocess.run([folder / "script" / name, *options], capture_output=True, text=True, check=False, env=clean)


@pytest.mark.parametrize("name", FALLBACKS)
def test_it_says_how_much_it_would_fetch_and_that_nothing_is_there(tmp_path: Path, name: str) -> None:
    assert 10 <= int(run(tmp_path, name, "--megabytes").stdout) <= 100
    assert run(tmp_path, name, "--path").stdout == ""
    assert not (tmp_path / ".cache").exists()


@pytest.mark.parametrize("name", FALLBACKS)
@pytest.mark.parametrize("option", [(), ("--possible",)], ids=["fetch", "possible"])
def test_refused_it_says_what_else_to_do_and_makes_nothing(tmp_path: Path, name: str, option: tuple[str, ...]) -> None:
    done = run(tmp_path, name, *option, HEARTHNET_NO_FALLBACK="1")
    assert done.returncode == 1 and FALLBACKS[name] in done.stderr and done.stdout == ""
    assert not (tmp_path / ".cache").exists()


@pytest.mark.parametrize("name", FALLBACKS)
def test_an_unknown_option_is_answered_with_how_it_is_used(tmp_path: Path, name: str) -> None:
    done = run(tmp_path, name, "--nonsense")
    assert done.returncode == 1 and "Usage" in done.stderr
