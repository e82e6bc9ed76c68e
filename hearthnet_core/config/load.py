"""Where each option came from: default < `config.toml` < environment (`HEARTHNET_API__PORT=7861`) < app options."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core.config.app import node_options
from hearthnet_core.config.schema import Config
from hearthnet_core.errors import BadRequest

PREFIX = "HEARTHNET_"
RESERVED = {"HEARTHNET_PYTHON", "HEARTHNET_DATA", "HEARTHNET_NO_FALLBACK"}
MAX_FILE = 1024 * 1024


class Loaded(msgspec.Struct, frozen=True):
    """The configuration and, for each option that is set, where it came from (`file`, `environment`, `app`)."""

    config: Config
    sources: dict[str, str]
    path: str


def load(data: Path, environment: Mapping[str, str], app_options: Path | None = None) -> Loaded:
    """Raises `BadRequest` that names file, line and field."""
    path = data / "config.toml"
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    _merge(values, _file(path), sources, "file")
    _checked(values, path)
    _merge(values, _environment(environment), sources, "environment")
    _checked(values, "the environment")
    if app_options is not None and app_options.exists():
        _merge(values, _options(app_options), sources, "app")
    return Loaded(_checked(values, app_options or "the environment"), sources, str(path))


def _file(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}. Make it readable for this user.") from None
    if len(raw) > MAX_FILE:
        raise BadRequest(f"{path} is larger than {MAX_FILE} bytes; this is no configuration.")
    try:
        return tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path}: {error}.") from None


def _environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, text in environment.items():
        if not key.startswith(PREFIX) or key in RESERVED:
            continue
        at = found
        *parents, last = key.removeprefix(PREFIX).lower().split("__")
        for parent in parents:
            at = at.setdefault(parent, {})
        at[last] = _value(text)
    return found


def _options(path: Path) -> dict[str, Any]:
    try:
        options = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadRequest(f"The app's options in {path} cannot be read: {error}.") from None
    if not isinstance(options, dict):
        raise BadRequest(f"The app's options in {path} are no object.")
    return node_options({k: v for k, v in options.items() if v is not None})


def _value(text: str) -> Any:
    """TOML where it parses (numbers, booleans, lists), else the text itself."""
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text


def _merge(into: dict[str, Any], new: dict[str, Any], sources: dict[str, str], source: str, path: str = "") -> None:
    for key, value in new.items():
        name = f"{path}{key}"
        if isinstance(value, dict) and isinstance(into.get(key, {}), dict):
            _merge(into.setdefault(key, {}), value, sources, source, f"{name}.")
        else:
            into[key] = value
            sources[name] = source


def _checked(values: dict[str, Any], where: Path | str) -> Config:
    try:
        return msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        text = str(error)
        unknown = re.search(r"unknown field `(\w+)`", text)
        path = re.search(r"at `\$\.?([^`]*)`", text)
        field = ".".join(p for p in ((path[1] if path else ""), (unknown[1] if unknown else "")) if p)
        line = _line(where, (unknown[1] if unknown else field.rpartition(".")[2])) if isinstance(where, Path) else ""
        plain = text.split(" - at ")[0]
        raise BadRequest(f"{where}{line}: {field}: {plain}.") from None


def _line(path: Path, key: str) -> str:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    plain = re.sub(r"\[.*", "", key)
    pattern = re.compile(rf"^\s*(\[+)?[\w.]*\b{re.escape(plain)}\b")
    return next((f", line {n}" for n, line in enumerate(lines, 1) if plain and pattern.search(line)), "")


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """`$HEARTHNET_DATA`, else the user's data folder."""
    if given := environment.get("HEARTHNET_DATA"):
        return Path(given)
    home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Path(home) / "hearthnet"
