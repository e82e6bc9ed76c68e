"""docs/cli.md says what the command line does: every verb, every option, every exit code."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from hearthnet_core.cli import INTERRUPTED, PIPE_CLOSED, build
from hearthnet_core.cli.verb import EXIT_CODES
from hearthnet_core.errors import BY_CODE

TEXT = (Path(__file__).parents[2] / "docs/cli.md").read_text()
EVERYWHERE = {"--help", "--data", "--json"}


def commands(parser: argparse.ArgumentParser, words: str = "hearthnet") -> Iterator[tuple[str, set[str]]]:
    nested = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    own = {option for a in parser._actions for option in a.option_strings if option.startswith("--") or option == "-k"}
    if words != "hearthnet" and not (nested and nested[0].required):
        yield words, own - EVERYWHERE
    for action in nested:
        for name, inner in action.choices.items():
            yield from commands(inner, f"{words} {name}")


def test_every_verb_is_described_with_every_option_it_has_and_no_other() -> None:
    rows = dict(re.findall(r"^\| `(hearthnet [a-z -]+)` \| (.*) \|$", TEXT, re.MULTILINE))
    real = dict(commands(build()))
    assert rows.keys() == real.keys()
    for name, options in real.items():
        assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", rows[name])) == options, name


def test_every_error_stands_with_its_exit_code() -> None:
    rows = re.findall(r"^\| (\d+) \| .*? \|(.*)\|$", TEXT, re.MULTILINE)
    written = {code: int(number) for number, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert written == {code: error.exit_code for code, error in BY_CODE.items()}
    numbers = {int(number) for number, _ in rows}
    assert numbers == {0, INTERRUPTED, PIPE_CLOSED} | {error.exit_code for error in BY_CODE.values()}
    assert numbers - {PIPE_CLOSED} == {int(n) for n in re.findall(r"\b(\d+)  ", EXIT_CODES)}
