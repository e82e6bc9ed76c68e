"""The verb `pair`: a code for a new client, and what has been paired."""

from __future__ import annotations

import argparse

from hearthnet_core.cli.terminal import Terminal, plain, when
from hearthnet_core.cli.verb import Verbs, node, verb
from hearthnet_core.runtime import SystemRuntime


def add(verbs: Verbs) -> None:
    pair = verb(
        verbs,
        "pair",
        _pair,
        "Show a one-time code with which Home Assistant or another client pairs; list or revoke paired clients.",
        "hearthnet pair\nhearthnet pair --list\nhearthnet pair --revoke 5f2a9c0d1e3b4a67",
    )
    what = pair.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="show the clients that are paired")
    what.add_argument("--revoke", metavar="ID", help="take a client's access away, at once")


async def _pair(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        if options.revoke:
            found = await client.call("revoke_token", {"id": options.revoke})
        elif options.list:
            found = await client.call("tokens")
        else:
            found = await client.call("pair_code")
    if options.json:
        terminal.json(found)
    elif options.revoke:
        terminal.say(f"{options.revoke} has no access any more.")
    elif options.list:
        rows = (
            (t["id"], t["name"], t["client"], when(t["created"]), when(t["last_used"]) if t["last_used"] else "-")
            for t in plain(found["tokens"])
        )
        terminal.table(("id", "name", "client", "paired", "last used"), rows)
    else:
        minutes = max(1, round((found["expires"] - SystemRuntime().wall()) / 60))
        terminal.facts(
            (
                ("code", terminal.styled(plain(found["code"]), "bold")),
                ("address", plain(found["address"])),
                ("valid for", f"{minutes} minutes, 5 tries, one client"),
            )
        )
