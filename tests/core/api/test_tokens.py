"""Tokens on disk: what is kept, what is not, and the file of this machine's own command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearthnet_core.api.tokens import MAX_TOKENS, Tokens
from hearthnet_core.config.settings import SettingsFile
from hearthnet_core.errors import CapacityExceeded, NotFound, TokenInvalid, TokenRevoked
from hearthnet_core.runtime import SystemRuntime


def opened(data: Path) -> Tokens:
    return Tokens(SettingsFile(data / "settings.json"), SystemRuntime(), data)


def test_a_token_survives_a_restart_and_is_nowhere_on_disk(tmp_path: Path) -> None:
    token = opened(tmp_path).issue("Home Assistant", "home_assistant")
    again = opened(tmp_path)
    assert again.check(token).name == "Home Assistant"
    assert again.claimed
    assert not any(token in file.read_text() for file in tmp_path.iterdir())


def test_a_revoked_token_stays_out_after_a_restart(tmp_path: Path) -> None:
    tokens = opened(tmp_path)
    token = tokens.issue("a", "b")
    kept = tokens.issue("c", "d")
    tokens.revoke(tokens.list()[0].id)
    with pytest.raises(TokenRevoked):
        tokens.check(token)
    with pytest.raises(TokenInvalid):
        opened(tmp_path).check(token)
    assert opened(tmp_path).check(kept).name == "c"
    with pytest.raises(NotFound):
        tokens.revoke("nothing")


def test_the_command_lines_token_is_private_and_new_at_each_start(tmp_path: Path) -> None:
    tokens = opened(tmp_path)
    file = tmp_path / "api-token"
    assert file.stat().st_mode & 0o777 == 0o600
    old = file.read_text()
    assert tokens.check(old).client == "cli"
    assert tokens.list() == ()
    again = opened(tmp_path)
    with pytest.raises(TokenInvalid):
        again.check(old)
    assert again.check(file.read_text()).client == "cli"


def test_use_is_remembered_while_the_node_runs(tmp_path: Path) -> None:
    tokens = opened(tmp_path)
    token = tokens.issue("a", "b")
    assert tokens.list()[0].last_used is None
    tokens.check(token)
    assert tokens.list()[0].last_used == pytest.approx(SystemRuntime().wall(), abs=60)


def test_there_are_only_so_many_tokens(tmp_path: Path) -> None:
    tokens = Tokens(SettingsFile(None), SystemRuntime())
    for _ in range(MAX_TOKENS):
        tokens.issue("a", "b")
    with pytest.raises(CapacityExceeded):
        tokens.issue("a", "b")


def test_odd_text_is_just_a_wrong_token(tmp_path: Path) -> None:
    with pytest.raises(TokenInvalid):
        opened(tmp_path).check("\ud800ü" * 1000)
