"""Every document of the repository: its links lead somewhere, what it names exists, and what exists is named."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hearthnet_core.contract import Contract
from hearthnet_core.errors import BY_CODE
from hearthnet_core.node.compose import CONTRACTS
from hearthnet_core.protocol import bodies

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(
    r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|toml|yaml|json|ts|js|sh|png|svg|in|txt))(?:::[^`]*)?`|`((?:script|docs|tests|addon|frontend|blueprints"
    r"|translations|requirements|custom_components|hearthnet_core)/[\w./-]*)`"
)
ELSEWHERE = {
    *(
        "config.toml",
        "settings.json",
        "secrets.json",
        "run.json",
        "tokenizer.json",
        "preprocessor_config.json",
    ),  # a node's data folder
    *("identity/api.pem", "options.json", "configuration.yaml", "events.jsonl", "documents.jsonl"),
    *("package.json", "package-lock.json", "strings.json"),
}
"""Files that belong to a person, a node or Home Assistant, not to the repository."""


@functools.cache
def files() -> list[Path]:
    """What git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def documents() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+\s+(.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", h.strip().lower()).replace(" ", "-") for h in headings}


def links(document: Path) -> Iterator[tuple[str, str]]:
    """(path, anchor) of those that stay in the repository; code blocks hold none."""
    for target in LINK.findall(re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield path, anchor


@pytest.mark.parametrize("document", documents(), ids=lambda d: str(d.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(document: Path) -> None:
    for path, anchor in links(document):
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("document", documents(), ids=lambda d: str(d.relative_to(ROOT)))
def test_every_file_that_is_named_is_there(document: Path) -> None:
    text = document.read_text()
    short = dict(re.findall(r"`(\w+/)` (?:stands )?for `([^`]+/)`", text))
    names = {a or b for a, b in FILE.findall(text)} - ELSEWHERE
    names = {re.sub(r"^\w+/", lambda m: short.get(m[0], m[0]), name) for name in names}
    known = {path.name for path in files()}
    missing = []
    for name in names:
        places = [base / name for base in (ROOT, document.parent, ROOT / "hearthnet_core", ROOT / "tests")]
        if not any(p.exists() for p in places) and ("/" in name or name not in known):
            missing.append(name)
    assert missing == []


def fields(shape: type[msgspec.Struct]) -> set[str]:
    return {f.encode_name + ("" if f.required else "?") for f in msgspec.structs.fields(shape)}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: f"{c.name}-{c.version}")
def test_every_capability_is_described_with_its_fields_and_no_other(contract: Contract) -> None:
    section = (ROOT / "docs/api.md").read_text().partition("## Capabilities\n")[2].partition("\n## ")[0]
    rows = {
        (row[0], row[1]): row
        for row in (re.split(r"\s*\|\s*", line.strip("| ")) for line in section.splitlines() if "|" in line)
    }
    _, _, request, done, _ = rows[f"`{contract.name}`", str(contract.version)]

    def named(cell: str) -> set[str]:
        outer = re.sub(r"`[\[{][^`]*`", "", cell.partition("; events")[0])
        return {
            n for n in re.findall(r"`(\w+\??)`", outer) if n not in ("stop", "length") or "finish_reason" not in cell
        }

    assert named(request) == fields(contract.request)
    assert named(done) == fields(contract.done)
    assert {n for n in rows if n[0].startswith("`")} == {(f"`{c.name}`", str(c.version)) for c in CONTRACTS}


def test_every_error_code_stands_in_the_protocol() -> None:
    section = (ROOT / "docs/protocol.md").read_text().partition("## Errors\n")[2].partition("\n## ")[0]
    assert set(BY_CODE) <= set(re.findall(r"[a-z0-9_]+", " ".join(re.findall(r"`([^`]+)`", section))))


def test_every_event_type_stands_in_the_protocol_and_none_that_is_unknown() -> None:
    section = (ROOT / "docs/protocol.md").read_text().partition("## Event types\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `") and "reserved" not in line]
    written = {name for cell in rows for name in re.findall(r"`([\w.]+)`", cell)}
    assert written == {*bodies.AUTHORITY, bodies.NOTICE}


def test_every_action_of_the_integration_is_described_to_people() -> None:
    folder = ROOT / "custom_components/hearthnet"
    actions = set(re.findall(r"^([a-z_]+):", (folder / "services.yaml").read_text(), re.MULTILINE))
    readme = (ROOT / "README.md").read_text()
    for name in actions:
        assert f"`{name}`" in readme or f"`hearthnet.{name}`" in readme, name
    for language in ("en", "de"):
        described = json.loads((folder / f"translations/{language}.json").read_text())["services"]
        assert described.keys() == actions
        for name, texts in described.items():
            given = set(
                re.findall(rf"^{name}:\n((?:  .*\n?|\n)*)", (folder / "services.yaml").read_text(), re.MULTILINE)
            )
            wanted = set(re.findall(r"^    (\w+):", "".join(given), re.MULTILINE))
            assert texts["name"] and texts["description"] and set(texts.get("fields", {})) == wanted, name


def test_every_entity_of_the_integration_has_a_name_in_every_language() -> None:
    folder = ROOT / "custom_components/hearthnet"
    keys: dict[str, set[str]] = {}
    for platform in ("ai_task", "binary_sensor", "event", "sensor", "switch"):
        code = (folder / f"{platform}.py").read_text()
        keys[platform] = set(re.findall(r"translation_key=\"(\w+)\"", code)) | set(
            re.findall(r"_attr_translation_key = \"(\w+)\"", code)
        )
        keys[platform] -= set(json.loads((folder / "translations/en.json").read_text())["exceptions"])
    assert all(keys.values())
    for language in ("en", "de"):
        named = json.loads((folder / f"translations/{language}.json").read_text())["entity"]
        assert {platform: set(names) for platform, names in named.items()} == keys
