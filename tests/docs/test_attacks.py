"""Every test that docs/attacks.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "attacks.md").read_text()


def test_every_test_that_the_list_of_attacks_names_exists() -> None:
    file, named = Path(), 0
    for quoted in re.findall(r"`([^`\s]+)`", DOCUMENT):
        place, _, name = quoted.partition("::")
        if "/" in place and place.endswith((".py", ".ts")):
            short = {"A": "tests/core/attacks", "T": "tests/core"}
            first, _, rest = place.partition("/")
            file = ROOT / f"{short.get(first, first)}/{rest}"
            assert file.is_file(), quoted
        elif quoted.startswith("…"):
            name = quoted
        if name:
            named += 1
            assert name.strip("…") in file.read_text(), quoted
    assert named > 30


def test_every_file_of_attacks_is_in_the_list() -> None:
    for path in (ROOT / "tests" / "core" / "attacks").glob("test_*.py"):
        assert f"A/{path.name}" in DOCUMENT, path.name
