"""docs/configuration.md lists every option with its real default."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hearthnet_core.backends.address import engine_url
from hearthnet_core.backends.wyoming_found import speech_services
from hearthnet_core.config import Config, EngineSettings, load
from hearthnet_core.config.schema import FolderSettings, RerankerSettings, SpeechSettings
from hearthnet_core.runtime import SystemRuntime

TEXT = (Path(__file__).parents[2] / "docs/configuration.md").read_text()


def options(shape: type[msgspec.Struct], prefix: str = "") -> Iterator[tuple[str, str]]:
    for field in msgspec.structs.fields(shape):
        if isinstance(field.default, msgspec.Struct):
            yield from options(type(field.default), f"{field.name}.")
        elif field.required:
            yield prefix + field.name, "required"
        else:
            yield prefix + field.name, f"`{json.dumps(field.default)}`"


def test_every_option_is_described_with_its_default_and_no_other() -> None:
    written = dict(re.findall(r"^\| `([a-z_.]+)` \| (.*?) \|", TEXT, re.MULTILINE))
    tables = dict(options(EngineSettings, "engines.")) | dict(options(SpeechSettings, "speech."))
    tables |= dict(options(RerankerSettings, "rerankers.")) | dict(options(FolderSettings, "knowledge.folders."))
    assert written == dict(options(Config)) | tables


def test_the_examples_are_valid_configurations(tmp_path: Path) -> None:
    example, services, within = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "config.toml").write_text(services)
    assert all(engine_url(e.url) and e.models for e in load(tmp_path, {}).config.engines)
    (tmp_path / "config.toml").write_text(within)
    assert [e.kind for e in load(tmp_path, {}).config.engines] == ["transformers"]
    (tmp_path / "config.toml").write_text(example)
    (engine,) = load(tmp_path, {}).config.engines
    assert engine == EngineSettings(
        kind="openai_compatible", url="http://192.168.1.20:8080", name="the big one", secret="big_one"
    )


def test_the_examples_of_speech_services_are_valid_configurations(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (Path(__file__).parents[2] / "docs/voice.md").read_text(), re.DOTALL)
    (tmp_path / "config.toml").write_text(example)
    config = load(tmp_path, {}).config
    assert {s.kind for s in config.speech} == {"wyoming", "openai_compatible"}
    assert len(speech_services(config.speech, lambda _: "key", SystemRuntime(), auto=False)) == len(config.speech)


def test_the_environment_example_sets_that_option(tmp_path: Path) -> None:
    (name, value), *_ = re.findall(r"`(HEARTHNET_\w+)=(\w+)`", TEXT)
    assert load(tmp_path, {name: value}).config.api.port == 7861
