"""script/translations: one source, current files, and no language that lacks something."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "script/translations"
ENGLISH = {"configuration": {"port": {"name": "Port", "description": 'Between {low} and {high}: "quoted" — a # b'}}}
GERMAN = {"configuration": {"port": {"name": "Port", "description": "Zwischen {low} und {high}"}}}


def run(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, SCRIPT, "--root", root, *options]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def project(root: Path, part: str, **languages: Any) -> Path:
    for folder in (f"translations/{part}", "addon", "custom_components/hearthnet"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for language, tree in languages.items():
        (root / f"translations/{part}/{language}.json").write_text(json.dumps(tree))
    return root


def test_this_repositorys_translations_are_current_and_complete() -> None:
    checked = run(ROOT, "--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_app_and_the_integration_read_what_the_source_says(tmp_path: Path) -> None:
    for part in ("app", "integration"):
        assert run(project(tmp_path, part, en=ENGLISH, de=GERMAN)).returncode == 0
    written = (tmp_path / "addon/translations/en.yaml").read_text()
    assert yaml.safe_load(written) == ENGLISH
    assert json.loads((tmp_path / "custom_components/hearthnet/translations/de.json").read_text()) == GERMAN
    assert run(tmp_path, "--check").returncode == 0


def test_a_file_that_somebody_edited_is_found_and_left_alone(tmp_path: Path) -> None:
    run(project(tmp_path, "app", en=ENGLISH, de=GERMAN))
    edited = tmp_path / "addon/translations/de.yaml"
    edited.write_text(edited.read_text().replace("Zwischen", "Irgendwo zwischen"))
    checked = run(tmp_path, "--check")
    assert checked.returncode == 1 and "addon/translations/de.yaml: not current" in checked.stderr
    assert "Irgendwo" in edited.read_text()


def test_a_language_without_a_source_is_found(tmp_path: Path) -> None:
    run(project(tmp_path, "app", en=ENGLISH))
    (tmp_path / "addon/translations/fr.yaml").write_text("configuration: {}\n")
    checked = run(tmp_path, "--check")
    assert checked.returncode == 1 and "fr.yaml" in checked.stderr


@pytest.mark.parametrize("part", ["app", "integration", "panel"])
@pytest.mark.parametrize(
    ("german", "complaint"),
    [
        ({"a": "x {n}"}, "de: b.c is missing"),
        ({"a": "x {n}", "b": {"c": "y"}, "d": "z"}, "de: d is not in en"),
        ({"a": "x {n}", "b": {"c": "  "}}, "de: b.c has no text"),
        ({"a": "x {n}", "b": {"c": 3}}, "de: b.c has no text"),
        ({"a": "x {m}", "b": {"c": "y"}}, "de: a has other placeholders than en"),
        ({"a": "x {n}", "b": "y"}, "de: b.c is missing"),
    ],
)
def test_what_a_language_lacks_is_named(tmp_path: Path, part: str, german: dict[str, Any], complaint: str) -> None:
    root = project(tmp_path, part, en={"a": "x {n}", "b": {"c": "y"}}, de=german)
    checked = run(root, "--check")
    assert checked.returncode == 1
    assert f"translations/{part}: {complaint}" in checked.stderr.splitlines()


def test_a_part_that_does_not_exist_yet_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "translations").mkdir()
    checked = run(tmp_path, "--check")
    assert (checked.returncode, checked.stderr) == (0, "")
