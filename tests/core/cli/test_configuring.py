"""init and config: what they write, show and refuse, without a running node."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import msgspec
import pytest

from hearthnet_core.cli.configuration import template
from hearthnet_core.config import Config, load
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId

from .household import hearthnet


async def test_init_makes_a_private_identity_and_a_configuration_to_edit(tmp_path: Path) -> None:
    data = tmp_path / "new" / "node"
    made = (await hearthnet(data, "init", "--name", 'The "Elm" house', "--json")).data
    assert NodeId.parse(made["node_id"]).text == made["node_id"]
    assert load(data, {}).config.node.name == 'The "Elm" house'
    for key in ("node.key", "owner.key"):
        assert (data / "identity" / key).stat().st_mode & 0o777 == 0o600
    again = (await hearthnet(data, "init", "--json")).data
    assert again["node_id"] == made["node_id"]
    assert load(data, {}).config.node.name == 'The "Elm" house'


async def test_init_never_overwrites_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("log_level = 'debug'\n")
    assert (await hearthnet(tmp_path, "init")).code == 0
    refused = await hearthnet(tmp_path, "init", "--name", "x")
    assert refused.code == 2 and "node.name" in refused.err
    assert (tmp_path / "config.toml").read_text() == "log_level = 'debug'\n"


def test_the_template_names_every_option_at_its_default() -> None:
    commented = template("")
    live = "\n".join(
        line.removeprefix("# ") if " = " in line and line.startswith("# ") else line for line in commented.splitlines()
    )
    assert tomllib.loads(commented) == {
        name: {}
        for name in (
            "node",
            "api",
            "discovery",
            "extractive",
            "connectivity",
            "voice",
            "retrieval",
            "knowledge",
        )
    }
    values = tomllib.loads(live.replace("# [[engines]]", "[[engines]]"))
    engines = values.pop("engines")
    assert msgspec.convert(values, Config) == Config()
    assert set(values) | {"engines"} == {field.name for field in msgspec.structs.fields(Config)}
    assert engines[0]["kind"] == "ollama"


async def test_config_shows_each_value_and_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[api]\nport = 7861\n[node]\nname = "Alice"\n')
    more = {"HEARTHNET_NODE__NAME": "Bob"}
    rows = {line.split()[0]: line.split() for line in (await hearthnet(tmp_path, "config", **more)).out.splitlines()}
    assert rows["api.port"][1:] == ["7861", "file"]
    assert rows["node.name"][1:] == ['"Bob"', "environment"]
    assert rows["node.port"][1:] == ["7080", "default"]
    assert (await hearthnet(tmp_path, "config", "get", "api.port")).out == "7861\n"
    assert (await hearthnet(tmp_path, "config", "get", "node.name", "--json", **more)).data["config"] == {
        "node.name": "Bob"
    }
    assert (await hearthnet(tmp_path, "config", "get", "api.colour")).code == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[api]\nport = "many"\n', ("line 2", "api.port")),
        ("[api]\n\nprot = 1\n", ("line 3", "prot")),
        ("[api\n", ("line 1",)),
    ],
)
async def test_a_wrong_configuration_is_named_by_line_and_field(
    tmp_path: Path, text: str, says: tuple[str, ...]
) -> None:
    (tmp_path / "config.toml").write_text(text)
    ran = await hearthnet(tmp_path, "config")
    assert ran.code == 2
    assert all(said in ran.err for said in (*says, "config.toml"))


async def test_passwords_in_addresses_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'database_url = "postgresql://hearth:s3cret@db/x"\n'
        '[[engines]]\nkind = "openai_compatible"\nurl = "http://me:s3cret@gpu:8000"\n'
    )
    shown = await hearthnet(tmp_path, "config")
    asked = await hearthnet(tmp_path, "config", "--json")
    assert shown.code == asked.code == 0
    assert "s3cret" not in shown.out + asked.out
    assert "postgresql://hearth:***@db/x" in asked.out


async def test_path_names_the_file(tmp_path: Path) -> None:
    assert (await hearthnet(tmp_path, "config", "path")).out == f"{tmp_path}/config.toml\n"
    elsewhere = tmp_path / "elsewhere"
    ran = await hearthnet(tmp_path, "config", "path", "--data", str(elsewhere), "--json")
    assert ran.data == {"path": f"{elsewhere}/config.toml", "exists": False}


async def test_a_secret_is_stored_privately_and_never_shown(tmp_path: Path) -> None:
    ran = await hearthnet(tmp_path, "config", "set-secret", "openrouter", stdin="k3y\n")
    file = tmp_path / "secrets.json"
    assert ran.code == 0 and "k3y" not in ran.out + ran.err
    assert json.loads(file.read_text()) == {"openrouter": "k3y"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert "k3y" not in (await hearthnet(tmp_path, "config")).out
    await hearthnet(tmp_path, "config", "set-secret", "openrouter", stdin="")
    assert json.loads(file.read_text()) == {}


async def test_init_says_when_the_folder_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = await hearthnet(tmp_path / "file", "init")
    assert ran.code == 1
    assert str(tmp_path / "file") in ran.err and "Traceback" not in ran.err


async def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    await hearthnet(tmp_path, "init")
    (tmp_path / "identity/node.key").write_text("AAAA")
    ran = await hearthnet(tmp_path, "init")
    assert ran.code == 1 and "node.key" in ran.err and "backup" in ran.err
    assert SigningKey(bytes(32)).node_id.text not in ran.out
