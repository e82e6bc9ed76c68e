"""Configuration from file, environment and app options, and what it says of a mistake."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hearthnet_core.capability import Privacy
from hearthnet_core.config import load
from hearthnet_core.config.secrets import Secrets
from hearthnet_core.config.settings import Mode, SettingsFile
from hearthnet_core.errors import BadRequest, HearthNetError, InternalError


def test_environment_goes_over_the_file_and_app_options_over_both(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('log_level = "error"\n[node]\nname = "File"\nport = 1\n[api]\nport = 5\n')
    options = tmp_path / "options.json"
    options.write_text(json.dumps({"node": {"name": "App"}, "log_level": None}))
    loaded = load(tmp_path, {"HEARTHNET_NODE__NAME": "Environment", "HEARTHNET_NODE__PORT": "2"}, options)
    assert (loaded.config.node.name, loaded.config.node.port, loaded.config.api.port) == ("App", 2, 5)
    assert loaded.config.log_level == "error"
    assert loaded.sources == {"log_level": "file", "node.name": "app", "node.port": "environment", "api.port": "file"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[node]\nnmae = 'x'\n", r"config\.toml, line 2: node\.nmae"),
        ("[api]\nport = 70000\n", r"config\.toml, line 2: api\.port: .*65535"),
        ("[api\n", r"config\.toml: .*line 1"),
        ("log_level = 'loud'\n", r"config\.toml, line 1: log_level"),
        ("[[engines]]\nkind = 'oracle'\nurl = 'x'\n", r"config\.toml, line 2"),
        ("\xff", r"config\.toml"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_line_and_field(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "config.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(BadRequest, match=says):
        load(tmp_path, {})


def test_a_mistake_in_the_environment_names_the_environment(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="environment"):
        load(tmp_path, {"HEARTHNET_API__PORT": "many"})


def test_settings_survive_a_restart_and_are_private(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    SettingsFile(path).changed(privacy=Privacy.COMMUNITY)
    SettingsFile(path).changed(mode=Mode(mode="drill", since=5.0, by="me"))
    again = SettingsFile(path).now
    assert (again.privacy, again.mode.mode) == (Privacy.COMMUNITY, "drill")
    assert path.stat().st_mode & 0o777 == 0o600


def test_damaged_settings_are_refused_with_what_would_be_lost_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"privacy": "commu')
    with pytest.raises(InternalError, match="Restore it from a backup"):
        SettingsFile(path)
    assert path.read_text() == '{"privacy": "commu'


def test_settings_that_cannot_be_written_leave_the_old_ones_in_force(tmp_path: Path) -> None:
    path = tmp_path / "folder/settings.json"
    path.parent.mkdir()
    file = SettingsFile(path)
    file.changed(privacy=Privacy.HOME)
    os.rename(path.parent, tmp_path / "gone")
    with pytest.raises(HearthNetError, match="cannot be written"):
        file.changed(privacy=Privacy.COMMUNITY)
    assert file.now.privacy is Privacy.HOME


def test_secrets_are_stored_privately_replaced_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    secrets = Secrets(path)
    secrets.set("jina", "first")
    secrets.set("jina", "second")
    secrets.set("other", "x")
    secrets.set("other", "")
    assert (Secrets(path).get("jina"), Secrets(path).names()) == ("second", ["jina"])
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadRequest, match="config set-secret other"):
        Secrets(path).get("other")
    with pytest.raises(BadRequest, match="letters"):
        secrets.set("../x", "y")
