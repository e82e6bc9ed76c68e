"""The app's folder says what Supervisor and the node both understand."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearthnet_core.config import Config, load

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "addon"
CONFIG: dict[str, Any] = yaml.safe_load((ADDON / "config.yaml").read_text())
SAMPLES = {
    "bool": False,
    "port": 7999,
    "url": "http://192.168.1.20:11434",
    "str": "some text",
    "int": 2,
    "float": 0.5,
}
MATCHING = {
    "interfaces": "br-lan.7@eth0",
    "targets": "tcp://example.org:443",
    "url": "",
    "model": "Systran/faster-whisper-small",
    "language": "de",
    "voice": "de_DE-thorsten-medium",
}


def leaves(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every option as a path, lists looked into."""
    if isinstance(schema, list):
        yield from leaves(schema[0], path)
    elif isinstance(schema, dict):
        for key, inner in schema.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path


def sample(schema: Any, key: str = "") -> Any:
    """A value a person might choose; a match() one is checked against its own pattern."""
    if isinstance(schema, list):
        return [sample(schema[0], key)]
    if isinstance(schema, dict):
        return {name: sample(inner, name) for name, inner in schema.items()}
    kind, _, rest = schema.rstrip("?").partition("(")
    if kind == "list":
        return rest.removesuffix(")").split("|")[-1]
    if kind == "match":
        assert re.fullmatch(rest.removesuffix(")"), MATCHING[key])
        return MATCHING[key]
    return SAMPLES[kind]


def loaded(tmp_path: Path, options: dict[str, Any]) -> Config:
    path = tmp_path / "options.json"
    path.write_text(json.dumps(options))
    return load(tmp_path, {}, path).config


def test_an_app_nobody_has_configured_is_a_node_nobody_has_configured(tmp_path: Path) -> None:
    """But for the engines that run beside it."""
    config = loaded(tmp_path, CONFIG["options"])
    assert [(e.kind, e.url, e.name) for e in config.engines] == [("ollama", "http://127.0.0.1:17434", "ollama")]
    assert [(s.kind, s.url, s.name) for s in config.speech] == [
        ("wyoming", "tcp://127.0.0.1:17300", "whisper"),
        ("wyoming", "tcp://127.0.0.1:17200", "piper"),
    ]
    off = {name: {"enabled": False} for name in ("ollama", "whisper", "piper")}
    assert loaded(tmp_path, CONFIG["options"] | off) == Config()


def test_the_node_takes_every_option_the_app_offers(tmp_path: Path) -> None:
    config = loaded(tmp_path, sample(CONFIG["schema"]))
    assert config.node.port == config.api.port == config.voice.port == 7999 and not config.voice.enabled
    assert config.engines[0].url == SAMPLES["url"] and config.engines[0].slots == 2, "an engine that is off is none"
    assert (config.extractive.when, config.log_level, config.engines_auto) == ("never", "error", False)
    assert (config.discovery.interfaces, config.connectivity.targets) == (
        (MATCHING["interfaces"],),
        (MATCHING["targets"],),
    )


def test_the_app_cannot_open_the_api_to_the_network() -> None:
    assert set(CONFIG["schema"]["api"]) == {"port"}
    assert CONFIG["host_network"] and "ports" not in CONFIG and "ingress" not in CONFIG


def test_the_app_offers_its_voice_server_on_loopback_only(tmp_path: Path) -> None:
    assert set(CONFIG["schema"]["voice"]) == {"enabled", "port"}
    assert loaded(tmp_path, CONFIG["options"]).voice.host == "127.0.0.1"
    assert CONFIG["discovery"] == ["hearthnet", "wyoming"], "Supervisor refuses what is announced and not listed"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_option_has_its_words(language: str) -> None:
    words = yaml.safe_load((ADDON / f"translations/{language}.yaml").read_text())["configuration"]
    for first, *rest in leaves(CONFIG["schema"]):
        entry = words[first]
        for key in rest:
            assert entry["name"] and entry["description"]
            entry = entry["fields"][key]
        assert entry["name"] and entry["description"]


def test_the_documentation_names_every_option() -> None:
    docs = (ADDON / "DOCS.md").read_text()
    for path in leaves(CONFIG["schema"]):
        name, row = (path[0], "`engines`") if path[0] == "engines" else (".".join(path), "")
        line = next(line for line in docs.splitlines() if line.startswith(f"| {row or f'`{name}`'} |"))
        assert f"`{path[-1]}`" in line or not row or len(path) == 1


def test_supervisor_finds_one_app_and_nothing_that_looks_like_another() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [Path(name) for name in listed.splitlines()]
    apps = [p for p in names if p.name in ("config.yaml", "config.yml", "config.json") and "rootfs" not in p.parts]
    assert [str(path) for path in apps] == ["addon/config.yaml"]
    assert [str(path) for path in names if path.name in ("build.yaml", "build.yml")] == []


def test_the_node_is_one_exec_and_its_end_is_the_containers() -> None:
    service = ADDON / "rootfs/etc/s6-overlay/s6-rc.d/hearthnet"
    shebang, *commands = (service / "run").read_text().splitlines()
    assert shebang == "#!/command/with-contenv sh"
    assert commands[-2:] == ["umask 077", "exec hearthnet run --data /data --app-options /data/options.json"]
    assert (service / "finish").read_text().rstrip().endswith("exec /run/s6/basedir/bin/halt")


@pytest.mark.parametrize(("name", "size"), [("icon.png", (128, 128)), ("logo.png", (250, 100))])
def test_pictures_have_the_size_supervisor_shows(name: str, size: tuple[int, int]) -> None:
    header = (ADDON / name).read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(header[16:20]), int.from_bytes(header[20:24])) == size
