"""What script/build, script/version and script/release make of the repository as it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "project.toml").read_text())
VERSION = PROJECT["version"]


def script(name: str, *options: str | Path, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, root / "script" / name, *options]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def built(*options: str | Path) -> Path:
    """The one thing it says it made; the size and hash it prints are those of the file."""
    done = script("build", *options)
    assert done.returncode == 0, done.stderr
    return ROOT / done.stdout.split()[0].rstrip("/")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def known(folder: str) -> set[str]:
    """What git knows of a folder, by its path inside it."""
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.removeprefix(f"{folder}/") for name in listed.stdout.splitlines()}


def test_the_marketplaces_archive_is_the_integration_itself_and_comes_out_the_same_twice() -> None:
    archive = built("integration")
    first = archive.read_bytes()
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        assert json.loads(opened.read("manifest.json"))["version"] == VERSION
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert known("custom_components/hearthnet") <= set(names) and names == sorted(names)
    assert not [name for name in names if name.startswith(("/", "custom_components")) or "__pycache__" in name]
    assert built("integration").read_bytes() == first
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert (hacs["zip_release"], hacs["filename"]) == (True, archive.name)


def test_the_local_app_holds_all_the_dockerfile_copies_and_is_built_rather_than_pulled(tmp_path: Path) -> None:
    folder = built("app", "--local", tmp_path / "hearthnet")
    dockerfile = (folder / "Dockerfile").read_text()
    copied = [
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE) for name in line.split()
    ]
    assert len(copied) > 4 and all((folder / name).exists() for name in copied)
    assert dockerfile == (ROOT / "addon/Dockerfile").read_text()
    config = (folder / "config.yaml").read_text()
    assert "image:" not in config and f'version: "{VERSION}"' in config
    inside = contents(folder)
    assert {f"hearthnet_core/{name}" for name in known("hearthnet_core")} <= set(inside)
    assert {f"translations/{name}" for name in known("addon/translations")} <= set(inside)
    assert not [name for name in inside if name.endswith(".pyc")]
    assert [
        n
        for n in inside
        if Path(n).name.startswith("config.") and "rootfs" not in n and Path(n).suffix in (".yaml", ".json")
    ] == ["config.yaml"]
    run = folder / "addon/rootfs/etc/s6-overlay/s6-rc.d/hearthnet/run"
    assert run.stat().st_mode & 0o777 == 0o755
    again = built("app", "--local", tmp_path / "hearthnet")
    assert contents(again) == inside


def test_a_folder_that_is_no_app_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = script("build", "app", "--local", tmp_path)
    assert refused.returncode != 0 and "no app" in refused.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_the_wheel_holds_the_node_with_its_library_and_nothing_else() -> None:
    wheel = built("wheel")
    first = wheel.read_bytes()
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
        metadata = opened.read(f"hearthnet-{VERSION}.dist-info/METADATA").decode()
    assert f"Version: {VERSION}\n" in metadata
    assert {f"hearthnet_core/{name}" for name in known("hearthnet_core")} <= names
    assert {name.split("/")[0] for name in names} == {"hearthnet_core", f"hearthnet-{VERSION}.dist-info"}
    assert built("wheel").read_bytes() == first


def test_every_file_that_carries_the_version_agrees() -> None:
    checked = script("version", "--check")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "name", ["addon/config.yaml", "custom_components/hearthnet/manifest.json", "hearthnet_core/__init__.py"]
)
def test_another_version_in_one_file_is_found(tmp_path: Path, name: str) -> None:
    for path in (name, "project.toml", "script/version"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((ROOT / path).read_bytes())
    assert script("version", "--check", root=tmp_path).returncode == 0
    (tmp_path / name).write_text((tmp_path / name).read_text().replace(VERSION, "9.9.9"))
    checked = script("version", "--check", root=tmp_path)
    assert checked.returncode == 1 and f"{name}: disagrees" in checked.stderr


def test_a_release_without_a_word_to_people_is_refused(tmp_path: Path) -> None:
    for path in ("script/release", "addon/CHANGELOG.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((ROOT / path).read_bytes())
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 2.0.0\n\n## 1.0.0 - today\n\n- The first.\n")
    (tmp_path / "addon/CHANGELOG.md").write_text("# Changelog\n\n## 1.0.0\n\n- The first.\n")
    refused = script("release", "2.0.0", root=tmp_path)
    assert refused.returncode == 1 and "CHANGELOG.md, addon/CHANGELOG.md: no section `## 2.0.0`" in refused.stderr
    assert script("release", "1.0.0", "--notes", root=tmp_path).stdout.strip() == "- The first."
