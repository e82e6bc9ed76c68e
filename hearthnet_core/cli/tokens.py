"""The verb `token`: access for one program, without pairing."""

from __future__ import annotations

import argparse

from hearthnet_core.cli.terminal import Terminal, plain, when
from hearthnet_core.cli.verb import Verbs, node, verb


def add(verbs: Verbs) -> None:
    token = verbs.add_parser("token", help="make, list and revoke tokens for other programs")
    inner = token.add_subparsers(metavar="ACTION", required=True, dest="action")
    create = verb(
        inner,
        "create",
        _create,
        "Make a token for one program; it is shown this once.",
        'hearthnet token create --name "Open WebUI"',
    )
    create.add_argument("--name", required=True, help="the program the token is for")
    create.add_argument(
        "--scope",
        choices=("models", "all"),
        default="models",
        help="models: only what is compatible with OpenAI and Ollama (the default); all: the whole local API",
    )
    verb(inner, "list", _list, "Show every client that has a token, paired ones too.", "hearthnet token list")
    revoke = verb(
        inner,
        "revoke",
        _revoke,
        "Take a client's access away, at once.",
        "hearthnet token revoke 5f2a9c0d1e3b4a67",
    )
    revoke.add_argument("id", metavar="ID", help="its id, as `hearthnet token list` shows it")


async def _create(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        made = await client.call("create_token", {"name": options.name, "scope": options.scope})
        url = client.url
    if options.json:
        terminal.json(made)
        return
    terminal.say(made["token"])
    terminal.note(f"Its id is {made['id']}. It is shown this once; give it to {plain(made['name'])} only.")
    terminal.note(f"OpenAI's API is at {url}/v1, Ollama's at {url}; the token is the API key of both.")


async def _list(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        found = await client.call("tokens")
    if options.json:
        terminal.json(found)
    else:
        show(found["tokens"], terminal)


def show(tokens: list[dict[str, object]], terminal: Terminal) -> None:
    rows = (
        (
            t["id"],
            t["name"],
            t["client"],
            t["scope"] or "all",
            when(t["created"]),
            when(t["last_used"]) if t["last_used"] else "-",
        )
        for t in plain(tokens)
    )
    terminal.table(("id", "name", "client", "opens", "since", "last used"), rows)


async def _revoke(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        found = await client.call("revoke_token", {"id": options.id})
    if options.json:
        terminal.json(found)
    else:
        terminal.say(f"{options.id} has no access any more.")
