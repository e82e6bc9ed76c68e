"""What hassfest and HACS would say, and that every word shown to people exists in every language."""

from __future__ import annotations

import ast
import json
import re
import struct
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import homeassistant
import pytest
import yaml
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import validate_selector
from homeassistant.loader import async_get_integration
from homeassistant.util.yaml import load_yaml_dict

from custom_components.hearthnet import const, home_tools, issues, services, state
from custom_components.hearthnet import privacy as privacy_module
from tests.integration.conftest import DOMAIN

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "custom_components" / DOMAIN
HA = Path(homeassistant.__file__).parent
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())
LANGUAGES = {path.stem: json.loads(path.read_text()) for path in (FOLDER / "translations").glob("*.json")}
EN = LANGUAGES["en"]
PROJECT = tomllib.loads((ROOT / "project.toml").read_text())
CORE_ABORTS = {"reauth_successful", "reconfigure_successful", "already_in_progress", "single_instance_allowed"}


def leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, tree


def source(name: str) -> str:
    return (FOLDER / name).read_text()


def literals(name: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, source(name)))


def test_the_manifest_is_in_order_and_whole() -> None:
    keys = list(MANIFEST)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert MANIFEST["domain"] == FOLDER.name == DOMAIN
    assert MANIFEST["requirements"] == []
    assert MANIFEST["version"] == PROJECT["version"]
    assert MANIFEST["documentation"] == PROJECT["repository"]
    assert MANIFEST["codeowners"] == [f"@{PROJECT['owner']}"]
    assert MANIFEST["iot_class"] == "local_push"
    assert MANIFEST["zeroconf"] == ["_hearthnet-api._tcp.local."]
    known = {category["slug"] for category in json.loads((HA / "generated/integration_categories.json").read_text())}
    assert {category.partition(".")[0] for category in MANIFEST["categories"]} <= known
    for domain in (*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]):
        assert (HA / "components" / domain / "manifest.json").exists(), domain


async def test_the_loader_takes_it(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    assert (integration.name, str(integration.version)) == ("HearthNet", PROJECT["version"])
    assert integration.file_path == FOLDER


def test_only_declared_dependencies_are_imported() -> None:
    always = {"diagnostics", "repairs", "system_health", *(path.stem for path in FOLDER.glob("*.py"))}
    declared = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"], *always}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("homeassistant.components"):
                part = (node.module or "").split(".")
                names = {part[2]} if len(part) > 2 else {alias.name for alias in node.names}
                assert names <= declared, f"{path.name} imports {names - declared}"
            if isinstance(node, ast.Import | ast.ImportFrom):
                name = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
                assert not name.startswith("hearthnet_core"), f"{path.name}: the node is another process"


def test_hacs_json_is_what_the_marketplace_reads() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert hacs["name"] == "HearthNet"
    assert hacs["homeassistant"] == PROJECT["homeassistant"]
    assert set(hacs) <= {"name", "homeassistant", "zip_release", "filename", "hide_default_branch", "render_readme"}
    assert bool(hacs.get("zip_release")) == bool(hacs.get("filename"))


def test_every_quality_rule_is_answered() -> None:
    ours = yaml.safe_load(source("quality_scale.yaml"))["rules"]
    theirs = set()
    for path in HA.glob("components/*/quality_scale.yaml"):
        theirs |= set(yaml.safe_load(path.read_text())["rules"])
    assert theirs == set(ours)
    for rule, answer in ours.items():
        if isinstance(answer, dict):
            assert answer["status"] in ("done", "todo", "exempt"), rule
            assert answer["comment"], rule
        else:
            assert answer in ("done", "todo"), rule


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("icon.png", (256, 256)),
        ("icon@2x.png", (512, 512)),
        ("dark_icon.png", (256, 256)),
        ("dark_icon@2x.png", (512, 512)),
    ],
)
def test_icons_have_their_sizes(name: str, size: tuple[int, int]) -> None:
    assert png_size(name) == size


@pytest.mark.parametrize("name", ["logo.png", "dark_logo.png", "logo@2x.png", "dark_logo@2x.png"])
def test_logos_are_landscape(name: str) -> None:
    width, height = png_size(name)
    assert width > height
    assert height == (512 if "@2x" in name else 256)


def png_size(name: str) -> tuple[int, int]:
    head = (FOLDER / "brand" / name).read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


def test_every_language_has_the_same_keys() -> None:
    assert {"en", "de"} <= set(LANGUAGES)
    for language, tree in LANGUAGES.items():
        assert {path for path, _ in leaves(tree)} == {path for path, _ in leaves(EN)}, language


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_texts_are_as_hassfest_wants_them(language: str) -> None:
    english = dict(leaves(EN))
    for path, text in leaves(LANGUAGES[language]):
        where = ".".join(path)
        assert isinstance(text, str) and text, where
        assert text == text.strip(), where
        assert not re.search(r"https?://|<[a-z/]|'\{\w+\}'|\[%key", text), where
        assert all(re.fullmatch(r"[a-z0-9_-]+", key) for key in path), where
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[path])), where


def test_the_shipped_texts_are_those_of_the_one_source() -> None:
    for language, tree in LANGUAGES.items():
        assert json.loads((ROOT / f"translations/integration/{language}.json").read_text()) == tree


def test_every_step_and_field_of_the_flows_has_words() -> None:
    steps = EN["config"]["step"]
    assert literals("config_flow.py", r'step_id="(\w+)"') == set(steps)
    for step, words in steps.items():
        assert set(words["data"]) == set(words["data_description"]), step
    assert set(steps["user"]["data"]) == {const.CONF_ADDRESS, const.CONF_CODE}
    assert set(steps["reconfigure"]["data"]) == {const.CONF_ADDRESS, const.CONF_CODE}
    assert set(steps["privacy"]["data"]) == {const.CONF_PRIVACY}
    agent = EN["config_subentries"]["conversation"]["step"]
    assert set(agent) == {"user", "reconfigure"}
    for words in agent.values():
        assert (
            set(words["data"]) == set(words["data_description"]) == {"name", "max_sentences", "prompt", "llm_hass_api"}
        )


def test_every_error_and_abort_of_the_flow_has_words_and_none_is_left_over() -> None:
    used = literals("config_flow.py", r'errors\[\w+\] = "(\w+)"') | literals(
        "config_flow.py", r'errors\["\w+"\] = "(\w+)"'
    )
    used |= literals("config_flow.py", r'\{CONF_CODE: "(\w+)"\}')
    used |= literals("config_flow.py", r'"base"\] = "(\w+)" if') | {"cannot_connect"}
    used |= {"node_too_old", "integration_too_old", "code_expired", "too_many_tries"}
    assert used == set(EN["config"]["error"])
    aborts = literals("config_flow.py", r'async_abort\(reason="(\w+)"') | {"already_configured"}
    aborts |= {"cannot_connect", "invalid_auth", "node_too_old", "integration_too_old"}  # what _meet and _call leave
    assert aborts - CORE_ABORTS == set(EN["config"]["abort"])


def test_every_entity_has_a_name_and_its_states_have_words() -> None:
    for platform in ("binary_sensor", "event", "sensor", "switch"):
        keys = literals(f"{platform}.py", r'translation_key="(\w+)"')
        assert keys == set(EN["entity"][platform]), platform
    sensors = EN["entity"]["sensor"]
    assert list(sensors["connectivity"]["state"]) == state.CONNECTIVITY
    assert list(sensors["connectivity"]["state_attributes"]["cause"]["state"]) == state.CAUSES
    assert list(sensors["mode"]["state"]) == state.MODES
    severities = EN["entity"]["event"]["notices"]["state_attributes"]["event_type"]["state"]
    assert list(severities) == state.SEVERITIES


def test_every_exception_has_words_and_none_is_left_over() -> None:
    used = {*services.INVALID.values(), *services.FAILED.values(), "failed", "privacy_wider"}
    used |= {"cannot_connect", "invalid_auth", "wrong_node", *issues.VERSIONS}
    used |= literals("ai_task.py", r'translation_key="(\w+)"') - {"ai_task"}
    assert used == set(EN["exceptions"])


def test_every_repair_has_words_and_none_is_left_over() -> None:
    assert {*issues.VERSIONS, issues.PRIVACY, issues.FRONTEND, *issues.WARNINGS.values()} == set(EN["issues"])


def test_every_spoken_sentence_has_words_and_none_is_left_over() -> None:
    used = literals("answer.py", r'words\(\s*[\'"](\w+)[\'"]') | literals("answer.py", r'"(spoken_\w+)"')
    used |= literals("answer.py", r"'(spoken_\w+)'") | literals("held.py", r'"(words_\w+)"')
    used |= literals("home_tools.py", r'"(confirm_\w+)"') | {f"tool_{name}" for name in home_tools.OURS}
    assert used == set(EN["common"])


def test_every_action_and_field_has_words_an_icon_and_a_place() -> None:
    described = load_yaml_dict(str(FOLDER / "services.yaml"))
    icons = json.loads(source("icons.json"))["services"]
    schemas = {
        "ask": services.ASK,
        "search": services.SEARCH,
        "post_notice": services.POST_NOTICE,
        "create_invite": services.CREATE_INVITE,
        "join": services.JOIN,
        "set_mode": services.SET_MODE,
    }
    assert set(described) == set(EN["services"]) == set(icons) == set(schemas)
    for action, schema in schemas.items():
        fields = described[action]["fields"]
        assert {str(key) for key in schema.schema} == set(fields) == set(EN["services"][action]["fields"]), action
        for key in schema.schema:
            required = type(key).__name__ == "Required"
            assert fields[str(key)].get("required", False) == required, f"{action}.{key}"


def test_every_field_of_an_action_can_be_filled_in() -> None:
    for action, described in load_yaml_dict(str(FOLDER / "services.yaml")).items():
        for name, field in described["fields"].items():
            assert validate_selector(field["selector"]), f"{action}.{name}"


def test_every_choice_has_words() -> None:
    options = {key: set(words["options"]) for key, words in EN["selector"].items()}
    assert options == {
        "privacy": set(const.PRIVACY_CHOICES),
        "privacy_class": set(const.PRIVACY_CLASSES),
        "severity": set(state.SEVERITIES),
        "mode": set(state.MODES),
    }
    assert privacy_module.narrowed("home", "community") is None


def test_icons_are_of_entities_that_exist() -> None:
    for platform, entities in json.loads(source("icons.json"))["entity"].items():
        assert set(entities) <= set(EN["entity"][platform])
        for icon in entities.values():
            assert all(
                value.startswith("mdi:") and value != icon["default"] for value in icon.get("state", {}).values()
            )


@pytest.mark.parametrize("path", sorted((ROOT / "blueprints").glob("*/hearthnet/*.yaml")), ids=lambda path: path.stem)
def test_blueprints_are_valid_and_say_where_they_live(path: Path) -> None:
    described = BLUEPRINT_SCHEMA(load_yaml_dict(str(path)))["blueprint"]
    assert described["domain"] == path.parts[-3]
    assert described["source_url"] == f"{PROJECT['repository']}/blob/main/{path.relative_to(ROOT)}"


def test_each_platform_says_how_many_calls_it_takes_at_once() -> None:
    for platform in const.PLATFORMS:
        assert re.search(r"^PARALLEL_UPDATES = \d$", source(f"{platform}.py"), re.MULTILINE), platform
