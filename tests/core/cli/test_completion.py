"""What a shell completes: bash is run for real, and every verb and option of the command line is there."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearthnet_core.cli import build
from hearthnet_core.cli.completion import SHELLS, commands

BASH = shutil.which("bash") or "/bin/bash"
ASK = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hearthnet; printf "%s\\n" "${COMPREPLY[@]}"'


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As somebody gets it who follows the manual."""
    path = tmp_path_factory.mktemp("bash") / "hearthnet.bash"
    made = subprocess.run(
        [sys.executable, "-m", "hearthnet_core", "completion", "bash"], capture_output=True, check=True
    )
    path.write_bytes(made.stdout)
    return path


def completed(script: Path, *words: str, folder: Path | None = None) -> list[str]:
    ran = subprocess.run(
        [BASH, "--norc", "-uc", ASK, "bash", str(script), "hearthnet", *words],
        cwd=folder, capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    assert not ran.stderr, ran.stderr
    return ran.stdout.split("\n")[:-1]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("as",), ["ask"]),
        (("noti",), ["notice"]),
        (("notice", ""), ["post", "list", "-h", "--help"]),
        (("notice", "post", "--sev"), ["--severity"]),
        (("notice", "post", "--severity", ""), ["info", "warning", "urgent"]),
        (("notice", "post", "Water", "--severity", "u"), ["urgent"]),
        (("config", "set-privacy", "ho"), ["home"]),
        (("ask", "--privacy", "c"), ["community"]),
        (("ask", "--model", ""), [""]),
        (("token", "create", "--scope", ""), ["models", "all"]),
        (("completion", "z"), ["zsh"]),
        (("ask", "notice", "po"), [""]),
        (("nonsense", "x"), [""]),
    ],
)
def test_bash_completes(script: Path, words: tuple[str, ...], offered: list[str]) -> None:
    assert completed(script, *words) == offered


def test_bash_completes_files_and_folders_with_blanks_in_their_names(script: Path, tmp_path: Path) -> None:
    (tmp_path / "my notes.md").touch()
    (tmp_path / "my folder").mkdir()
    assert completed(script, "ingest", "my n", folder=tmp_path) == ["my notes.md"]
    assert completed(script, "ingest", "--cor", folder=tmp_path) == ["--corpus"]
    assert completed(script, "status", "--data", "my", folder=tmp_path) == ["my folder"]


def parts(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every verb and every option there is."""
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield name
                yield from parts(inner)


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_every_verb_and_option_is_in_every_shells_script(shell: str) -> None:
    text = SHELLS[shell](list(commands(build())))
    words = {word.strip('"();') for word in text.replace("|", " ").split()}
    for part in parts(build()):
        wanted = part
        if shell == "fish" and part.startswith("-"):
            wanted = part.lstrip("-")
        assert wanted in words, part
