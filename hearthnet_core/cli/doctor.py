"""The verb `doctor`: asks the running node, and looks for itself when none runs."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from hearthnet_core.cli.terminal import Terminal, plain
from hearthnet_core.cli.verb import Verbs, folder, node, verb
from hearthnet_core.doctor import Facts, checks, look
from hearthnet_core.errors import Unavailable
from hearthnet_core.runtime import SystemRuntime

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}
WITHOUT_NODE = ("keys", "log", "disk", "clock", "permissions")


def add(verbs: Verbs) -> None:
    verb(
        verbs,
        "doctor",
        _doctor,
        "Check keys, log, network, engines, disk and clock. Exit code 1 when something is wrong.",
        "hearthnet doctor",
    )


async def _doctor(options: argparse.Namespace, terminal: Terminal) -> int:
    try:
        async with node(options) as client:
            found = await client.call("doctor")
    except Unavailable as error:
        found = _alone(options, error)
    if options.json:
        terminal.json(found)
        return 0 if found["ok"] else 1
    for check in plain(found["checks"]):
        mark, colour = MARKS.get(check["status"], ("?", "bold"))
        terminal.say(f"{terminal.styled(mark, colour)} {check['name']:<12} {check['message']}")
        if check.get("fix"):
            terminal.say(f"  {'':<12} {terminal.styled('→', 'dim')} {check['fix']}")
    return 0 if found["ok"] else 1


def _alone(options: argparse.Namespace, error: Unavailable) -> dict[str, Any]:
    """What can be seen without a running node; that it does not run is the first finding."""
    seen = checks(Facts(machine=look(folder(options), SystemRuntime().wall())))
    found = [{"name": "node", "status": "error", "message": error.message, "fix": "Start it: hearthnet run"}]
    found += [msgspec.to_builtins(check) for check in seen if check.name in WITHOUT_NODE]
    return {"checks": found, "ok": False}
