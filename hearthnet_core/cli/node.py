"""The verbs of the node itself: init, run, status, version."""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
from pathlib import Path
from typing import Any

from hearthnet_core import __version__
from hearthnet_core.cli.configuration import PRIVACY, template
from hearthnet_core.cli.terminal import Terminal, plain, when
from hearthnet_core.cli.verb import Verbs, folder, verb
from hearthnet_core.cli.verb import node as running
from hearthnet_core.config import load
from hearthnet_core.errors import BadRequest
from hearthnet_core.identity.store import IdentityStore, write_atomically
from hearthnet_core.models.local_api import API_VERSION, LOWEST_API_VERSION
from hearthnet_core.runtime import SystemRuntime

NEXT = {
    "invite": "Invite a neighbour: hearthnet invite",
    "choose_privacy": "Decide who may see your questions: hearthnet config set-privacy community (or home)",
    "add_model": "Add a language model, for instance Ollama; until then answers are quoted from the library",
    "check_network": "Nobody can be reached; check the network: hearthnet doctor",
}


class PlainFormatter(logging.Formatter):
    """What a peer says ends in the log too: it must neither drive the terminal that shows it nor begin a line of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return " ".join(str(plain(super().formatMessage(record))).splitlines())

    def format(self, record: logging.LogRecord) -> str:
        return str(plain(super().format(record)))


def add(verbs: Verbs) -> None:
    init = verb(
        verbs,
        "init",
        _init,
        "Create the data folder: keys and a configuration to edit. Nothing is started.",
        'hearthnet init --name "Elm Street 5"',
    )
    init.add_argument("--name", default="", help="what neighbours see (default: this machine's name)")
    run = verb(
        verbs,
        "run",
        _run,
        "Run the node until it is told to stop. Needs no configuration.",
        "hearthnet run\nHEARTHNET_API__PORT=7861 hearthnet run --data ./second",
    )
    run.add_argument("--app-options", type=Path, metavar="FILE", help="options of the Home Assistant app (JSON)")
    verb(
        verbs,
        "status",
        _status,
        "Show what the node sees: community, neighbours, engines, connectivity.",
        "hearthnet status",
    )
    verb(verbs, "version", _version, "Show the versions of this program.", "hearthnet version --json")


async def _init(options: argparse.Namespace, terminal: Terminal) -> None:
    data = folder(options)
    path = data / "config.toml"
    identity = IdentityStore(data, SystemRuntime())
    try:
        text = template(options.name)
        fresh = not path.exists()
        if fresh:
            write_atomically(path, text.encode())
        elif options.name:
            raise BadRequest(f"{path} exists already; set node.name there.")
        load(data, {})
        found = {
            "data": str(data),
            "config": str(path),
            "node_id": identity.node.node_id.text,
            "member_id": identity.owner.member_id.text,
        }
        if options.json:
            terminal.json(found)
            return
        terminal.say(f"{'Created' if fresh else 'Found'} the node {identity.node.node_id.short} in {data}.")
        terminal.say(f"Its options are in {path}; start it with: hearthnet run")
        terminal.say("Keep a copy of identity/owner.key off this machine: it is what makes this household yours.")
    finally:
        identity.close()


async def _run(options: argparse.Namespace, terminal: Terminal) -> None:
    from hearthnet_core.node import Started, run  # half the program; no other verb needs it

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler])

    def ready(started: Started) -> None:
        if options.json:
            terminal.json({name: getattr(started, name) for name in started.__struct_fields__})
        else:
            welcome(started, terminal)

    await run(folder(options), os.environ, options.app_options, ready=ready)


def welcome(started: Any, terminal: Terminal) -> None:
    """The first thing a person sees of a node: `Started` of hearthnet_core.node."""
    terminal.say(terminal.styled(f"HearthNet {__version__}: {plain(started.name)} is ready.", "bold"))
    if started.first:
        terminal.say("This is its first start; it made keys and a community of its own.")
    engines = ", ".join(started.engines) or "none; answers are quoted from the library"
    terminal.facts(
        (
            ("node", started.short),
            ("community", plain(started.community)),
            ("neighbours reach it at", ", ".join(started.addresses)),
            ("local API", started.api),
            ("engines", plain(engines)),
            ("library", f"{started.documents} documents"),
            ("questions may be seen by", PRIVACY.get(started.privacy, started.privacy)),
        )
    )
    if started.code:
        terminal.say()
        terminal.say(f"Pair Home Assistant: address {started.api}, code {terminal.styled(started.code, 'bold')}")
        terminal.say("(10 minutes, 5 tries; `hearthnet pair` shows a new one)")
    terminal.say("Stop it with Ctrl-C.")


async def _status(options: argparse.Namespace, terminal: Terminal) -> None:
    async with running(options) as client:
        state = await client.call("state")
    if options.json:
        terminal.json(state)
        return
    state = plain(state)
    node, community, mode, line = state["node"], state["community"], state["mode"], state["connectivity"]
    peers = state["peers"]
    away = sum(not peer["connected"] for peer in peers)
    mine = [c for c in state["capabilities"] if c["available"]]
    last = state["last_answer"]
    alarming = mode["mode"] != "normal" or line["state"] not in ("online", "unknown")
    terminal.facts(
        (
            ("node", f"{node['name']} ({node['short']})"),
            ("version", node["version"]),
            ("running since", when(node["started"])),
            ("address", node["address"]),
            ("household", f"{state['member']['name']} ({state['member']['role']})"),
            ("community", f"{community['name']} ({community['short']}), {community['members']} member(s)"),
            ("questions may be seen by", PRIVACY.get(state["privacy"], state["privacy"])),
            ("mode", terminal.styled(_mode(mode), "yellow") if alarming else _mode(mode)),
            ("internet", _line(line)),
            ("neighbours", f"{len(peers) - away} connected, {away} away"),
            ("offers", ", ".join(sorted({c["capability"] for c in mine})) or "nothing"),
            ("engines", "; ".join(_engine(engine) for engine in state["engines"]) or "none found"),
            ("library", f"{state['library']['documents']} documents"),
            ("last answer", f"by {last['node_name']}, {when(last['at'])}" if last else ""),
            ("warnings", ", ".join(node["warnings"])),
            ("next step", NEXT.get(state["next_step"], "")),
        )
    )


def _mode(mode: dict[str, Any]) -> str:
    if mode["mode"] == "normal":
        return "normal"
    return f"{mode['mode']} since {when(mode['since'])}{': ' + mode['reason'] if mode['reason'] else ''}"


def _line(line: dict[str, Any]) -> str:
    cause = "" if line["cause"] in ("none", "unknown") else f" ({line['cause'].replace('_', ' ')})"
    return f"{line['state']}{cause} since {when(line['since'])}"


def _engine(engine: dict[str, Any]) -> str:
    return engine["name"] if engine["available"] else f"{engine['name']} (not now: {engine['reason']})"


async def _version(options: argparse.Namespace, terminal: Terminal) -> None:
    found = {
        "version": __version__,
        "api": {"version": API_VERSION, "lowest": LOWEST_API_VERSION},
        "python": platform.python_version(),
    }
    if options.json:
        terminal.json(found)
    else:
        terminal.say(f"hearthnet {__version__} (local API {API_VERSION}, Python {found['python']})")
