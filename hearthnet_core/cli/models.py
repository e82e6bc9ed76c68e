"""The verb `models`: what this node's engines have, and fetching and deleting."""

from __future__ import annotations

import argparse
from contextlib import aclosing

from hearthnet_core.cli.terminal import Terminal, plain
from hearthnet_core.cli.verb import Verbs, given, node, parser, verb

BAR = 24
UNITS = ("B", "kB", "MB", "GB", "TB")


def add(verbs: Verbs) -> None:
    models = verb(
        verbs,
        "models",
        _list,
        "List the models of this node's own engines; `pull` fetches one, `delete` removes one.",
        "hearthnet models\nhearthnet models pull llama3.2:3b",
    )
    actions = models.add_subparsers(metavar="ACTION", dest="action")
    listed = parser(
        actions.add_parser,
        "list",
        "List the models: what they can do, how much they take, which are loaded.",
        "hearthnet models list",
    )
    listed.set_defaults(run=_list)
    pull = parser(
        actions.add_parser,
        "pull",
        "Fetch a model. The node goes on with it when this ends; asking again shows how far it is.",
        "hearthnet models pull llama3.2:3b",
    )
    pull.set_defaults(run=_pull)
    delete = parser(
        actions.add_parser,
        "delete",
        "Delete a model from its engine's disk, or stop fetching it.",
        "hearthnet models delete llama3.2:3b",
    )
    delete.set_defaults(run=_delete)
    for made in (pull, delete):
        made.add_argument("model", help="its name, like llama3.2:3b")
        made.add_argument("--engine", help="the engine's name (default: the only one that fetches models)")


async def _list(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        found = await client.call("models")
    if options.json:
        terminal.json(found)
        return
    models = plain(found["models"])
    rows = (
        (
            m["name"],
            m["engine"],
            m["parameters"] or None,
            m["quantization"] or None,
            f"{m['context']:,}" if m["context"] else None,
            size(m["size_bytes"]) if m["size_bytes"] else None,
            m["loaded"],
            ", ".join(m["capabilities"]),
        )
        for m in models
    )
    if models:
        terminal.table(("model", "engine", "parameters", "bits", "context", "size", "loaded", "can"), rows)
    else:
        terminal.say("No engine of this node has a model. With Ollama: hearthnet models pull llama3.2:3b")


async def _pull(options: argparse.Namespace, terminal: Terminal) -> None:
    params = given(model=options.model, engine=options.engine)
    async with node(options) as client, aclosing(client.stream("pull_model", params)) as events:
        async for event, data in events:
            if event == "progress":
                terminal.progress(_line(plain(data)))
            elif event == "done":
                terminal.end_progress()
                if options.json:
                    terminal.json(data)
                else:
                    terminal.say(plain(f"{data['model']} is on {data['engine']}."))


async def _delete(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        done = await client.call("delete_model", given(model=options.model, engine=options.engine))
    if options.json:
        terminal.json(done)
    else:
        terminal.say(plain(f"Deleted {done['model']} from {done['engine']}."))


def _line(data: dict[str, object]) -> str:
    completed, total = (data[key] if isinstance(data[key], int) else 0 for key in ("completed", "total"))
    if not isinstance(completed, int) or not isinstance(total, int) or not total:
        return f"{data['status']}…"
    share = min(1.0, completed / total)
    bar = "█" * int(share * BAR)
    return f"{bar:░<{BAR}} {share:4.0%}  {size(completed)} of {size(total)}  {data['status']}"


def size(count: float) -> str:
    """Bytes as people read them."""
    for unit in UNITS:
        if count < 1000 or unit == UNITS[-1]:
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
