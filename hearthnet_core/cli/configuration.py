"""The verbs `config` and `export`: what is set and where it came from, engines' secrets, and a copy of one's data."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core.capability import Privacy
from hearthnet_core.cli.terminal import Terminal, plain
from hearthnet_core.cli.verb import Verbs, folder, node, parser, verb
from hearthnet_core.config import Config, load
from hearthnet_core.config.secrets import Secrets
from hearthnet_core.errors import BadRequest, NotFound

PRIVACY = {
    "local": "this machine only",
    "home": "this home",
    "community": "my community",
    "any": "my community, and engines on the internet",
}
SECRETS_FILE = "secrets.json"
_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]*@")


def add(verbs: Verbs) -> None:
    config = verb(
        verbs,
        "config",
        _get,
        "Show every option and where it came from; `get` shows one, `path` the file, `set-secret` stores an engine's key.",
        "hearthnet config\nhearthnet config get api.port",
    )
    config.set_defaults(option=None)
    actions = config.add_subparsers(metavar="ACTION", dest="action")
    get = parser(
        actions.add_parser,
        "get",
        "Show one option, or all of them with where each came from. A wrong config.toml is told with line and field.",
        "hearthnet config get\nhearthnet config get api.port",
    )
    get.set_defaults(run=_get)
    get.add_argument("option", nargs="?")
    path = parser(actions.add_parser, "path", "Show where config.toml is.", "hearthnet config path")
    path.set_defaults(run=_path)
    secret = parser(
        actions.add_parser,
        "set-secret",
        "Store an engine's key, read from standard input; an empty one removes it. A running node uses it from then on.",
        "hearthnet config set-secret openrouter < key.txt",
    )
    secret.set_defaults(run=_set_secret)
    secret.add_argument("name", help="a word; an engine's option `secret` names it")
    privacy = parser(
        actions.add_parser,
        "set-privacy",
        "Decide who may see any part of a question. The running node keeps it; a single call may only narrow it.",
        "hearthnet config set-privacy community",
    )
    privacy.set_defaults(run=_set_privacy)
    privacy.add_argument("privacy", choices=[p.value for p in Privacy], help="each includes the ones before it")
    export = verb(
        verbs,
        "export",
        _export,
        "Write the community's log and this household's documents into a folder. Private keys are never in it.",
        "hearthnet export ./backup",
    )
    export.add_argument("directory", type=Path, metavar="DIR")


async def _get(options: argparse.Namespace, terminal: Terminal) -> None:
    loaded = load(folder(options), os.environ)
    values = dict(options_of(loaded.config))
    if options.option is not None:
        if options.option not in values:
            raise NotFound(f"There is no option {options.option!r}; `hearthnet config get` shows them all.")
        values = {options.option: values[options.option]}
    sources = {name: _source(name, loaded.sources) for name in values}
    if options.json:
        terminal.json({"config": values, "sources": sources, "path": loaded.path})
    elif options.option is not None:
        value = values[options.option]
        terminal.say(plain(value if isinstance(value, str) else json.dumps(value)))
    else:
        rows = ((name, json.dumps(value, ensure_ascii=False), sources[name]) for name, value in plain(values).items())
        terminal.table(("option", "value", "from"), rows)


async def _path(options: argparse.Namespace, terminal: Terminal) -> None:
    path = folder(options) / "config.toml"
    if options.json:
        terminal.json({"path": str(path), "exists": path.exists()})
    else:
        terminal.say(str(path))


async def _set_secret(options: argparse.Namespace, terminal: Terminal) -> None:
    data = folder(options)
    if not data.is_dir():
        raise NotFound(f"There is no data folder {data}; make it with `hearthnet init`.")
    value = getpass.getpass(f"{options.name}: ") if sys.stdin.isatty() else sys.stdin.read(1024 * 1024)
    Secrets(data / SECRETS_FILE).set(options.name, value.strip())
    done = "Stored" if value.strip() else "Removed"
    if options.json:
        terminal.json({"name": options.name, "stored": bool(value.strip())})
    else:
        terminal.say(f"{done} the secret {options.name}. A running node uses it from now on.")


async def _set_privacy(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        done = await client.call("set_privacy", {"privacy": options.privacy})
    if options.json:
        terminal.json(done)
    else:
        terminal.say(f"Questions may be seen by: {PRIVACY[options.privacy]}.")


async def _export(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        terminal.progress("Exporting…")
        done = await client.call("export", {"directory": str(options.directory.expanduser().absolute())})
    terminal.end_progress()
    if options.json:
        terminal.json(done)
    else:
        terminal.say(
            f"{done['events']} events and {done['documents']} documents, {done['bytes']} bytes, in {done['path']}"
        )


def options_of(config: Config) -> Iterator[tuple[str, Any]]:
    """Every option as `section.name`, passwords in addresses taken out."""
    for name, value in msgspec.to_builtins(config).items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", _safe(v)) for inner, v in value.items())
        else:
            yield name, _safe(value)


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return _PASSWORD.sub(r"\1:***@", value)
    if isinstance(value, dict):
        return {k: _safe(v) for k, v in value.items()}
    return [_safe(v) for v in value] if isinstance(value, list | tuple) else value


def _source(name: str, sources: dict[str, str]) -> str:
    return sources.get(name, "default")


def template(name: str) -> str:
    """A `config.toml` with every option in it, commented out at its default, so that it can be read and edited."""
    if len(name) > 64:
        raise BadRequest("A name has at most 64 characters.")
    top = [
        "# HearthNet's options. Those that are commented out have their default; docs/configuration.md explains them."
    ]
    sections: list[str] = []
    for field in msgspec.structs.fields(Config):
        if isinstance(field.default, msgspec.Struct):
            sections += ["", *_comment(type(field.default)), f"[{field.name}]"]
            for inner in msgspec.structs.fields(type(field.default)):
                if name and (field.name, inner.name) == ("node", "name"):
                    sections.append(f"name = {json.dumps(name)}")
                else:
                    sections.append(f"# {inner.name} = {_toml(inner.default)}")
        elif field.name != "engines":
            top.append(f"# {field.name} = {_toml(field.default)}")
    engine = [
        "",
        "# An engine besides those found on this machine; repeat the block for each.",
        "# [[engines]]",
        '# kind = "ollama"',
        '# url = "http://192.168.1.20:11434"',
    ]
    return "\n".join([*top, *sections, *engine]) + "\n"


def _comment(shape: type[msgspec.Struct]) -> list[str]:
    return [f"# {line.strip()}" for line in (shape.__doc__ or "").strip().splitlines()]


def _toml(value: object) -> str:
    return json.dumps(list(value)) if isinstance(value, tuple) else json.dumps(value)
