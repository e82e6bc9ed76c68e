"""The verbs of the neighbourhood: peers, notice, invite, join."""

from __future__ import annotations

import argparse
import sys
from contextlib import aclosing
from typing import Any

import segno

from hearthnet_core.cli.terminal import Terminal, plain, when
from hearthnet_core.cli.verb import Verbs, given, node, parser, verb
from hearthnet_core.errors import BadRequest, Forbidden

COLOURS = {"info": "cyan", "warning": "yellow", "urgent": "red"}


def add(verbs: Verbs) -> None:
    verb(verbs, "peers", _peers, "Show the other nodes: who, where, how far away, what they offer.", "hearthnet peers")
    notice = verbs.add_parser("notice", help="read and write the community's notices")
    actions = notice.add_subparsers(metavar="ACTION", required=True, dest="action")
    post = parser(
        actions.add_parser,
        "post",
        "Post a notice that every neighbour sees.",
        'hearthnet notice post "Water is back" "Boil it until Friday." --severity warning',
    )
    post.set_defaults(run=_post)
    post.add_argument("title", help="at most 80 characters")
    post.add_argument("body", nargs="?", default="", help="at most 2,000 characters")
    post.add_argument("--severity", choices=list(COLOURS), help="default: info")
    post.add_argument("--hours", type=int, help="how long it stays (default 168, at most 720)")
    show = parser(actions.add_parser, "list", "Show the notices, newest first.", "hearthnet notice list --limit 5")
    show.set_defaults(run=_notices)
    show.add_argument("--limit", type=int, default=20)
    invite = verb(
        verbs,
        "invite",
        _invite,
        "Make an invite for one neighbour, or with --own for one more machine of this household.",
        "hearthnet invite --hours 48",
    )
    invite.add_argument("--own", action="store_true", help="for another node of this household")
    invite.add_argument("--hours", type=int, help="how long it is good (default 24, at most 168)")
    join = verb(
        verbs,
        "join",
        _join,
        "Join a community with an invite, after six words were compared with who made it.",
        "hearthnet join HN1:…\nhearthnet join --yes - < invite.txt",
    )
    join.add_argument("invite", help="the invite's text, or - to read it from standard input")
    join.add_argument("--name", default="", help="this household's name there")
    join.add_argument("--own", action="store_true", help="the invite is for one more node of this household")
    join.add_argument("--yes", action="store_true", help="the words have been compared; do not ask")


async def _peers(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        found = await client.call("peers")
    if options.json:
        terminal.json(found)
        return
    peers = plain(found["peers"])
    if not peers:
        terminal.say("No other node is known yet. Invite a neighbour: hearthnet invite")
        return
    rows = (
        (
            peer["name"],
            peer["short"],
            "this home" if peer["home"] else peer["member_name"],
            "connected" if peer["connected"] else "away",
            "-" if peer["latency_ms"] is None else f"{peer['latency_ms']:.1f} ms",
            peer["address"],
            ", ".join(sorted({c["capability"] for c in peer["capabilities"] if c["available"]})) or "-",
        )
        for peer in peers
    )
    terminal.table(("name", "node", "household", "now", "latency", "address", "offers"), rows)


async def _post(options: argparse.Namespace, terminal: Terminal) -> None:
    params = given(title=options.title, severity=options.severity, ttl_hours=options.hours)
    async with node(options) as client:
        found = await client.call("post_notice", {**params, "body": options.body})
    if options.json:
        terminal.json(found)
    else:
        terminal.say(f"Posted until {when(found['notice']['expires'])}: {plain(found['notice']['title'])}")


async def _notices(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        found = await client.call("notices", {"limit": options.limit})
    if options.json:
        terminal.json(found)
        return
    notices = plain(found["notices"])
    for notice in notices:
        severity = notice["severity"]
        title = terminal.styled(f"[{severity}] {notice['title']}", COLOURS.get(severity, "bold"))
        terminal.say(
            f"{title}  {notice['author_name']}, {when(notice['at'])}{' (arrived late)' if notice['late'] else ''}"
        )
        for line in notice["body"].splitlines():
            terminal.say(f"    {line}")
    if not notices:
        terminal.say("There is no notice.")


async def _invite(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        made = await client.call("create_invite", given(own=options.own or None, ttl_hours=options.hours))
        words = (await client.call("inspect_invite", {"text": made["text"]}))["words"]
    if options.json:
        terminal.json({**made, "words": words})
        return
    made = plain(made)
    if terminal.tty:
        segno.make(made["text"]).terminal(compact=True)
    terminal.say(made["text"])
    terminal.say()
    terminal.facts(
        (
            ("for", "a node of this household" if options.own else f"a neighbour, into {made['community']['name']}"),
            ("good until", f"{when(made['expires'])}, once"),
            ("addresses in it", ", ".join(made["addresses"]) or "none; both must be on the same network"),
            ("words to compare", terminal.styled(plain(words), "bold")),
        )
    )
    terminal.say("Give it only to whom it is meant for; who has it can join.")


async def _join(options: argparse.Namespace, terminal: Terminal) -> None:
    text = (sys.stdin.read() if options.invite == "-" else options.invite).strip()
    async with node(options) as client:
        invite = plain(await client.call("inspect_invite", {"text": text}))
        if not options.yes:
            _compare(invite, terminal)
        async with aclosing(
            client.stream("join", given(text=text, name=options.name, own=options.own or None))
        ) as events:
            async for event, data in events:
                if event == "progress":
                    terminal.progress(f"{plain(data['step'])}…")
                elif event == "done":
                    terminal.end_progress()
                    if options.json:
                        terminal.json(data)
                    else:
                        terminal.say(
                            f"Joined {plain(data['community']['name'])} ({plain(data['community']['short'])})."
                        )


def _compare(invite: dict[str, Any], terminal: Terminal) -> None:
    if not sys.stdin.isatty():
        raise BadRequest(f"Compare the words “{invite['words']}” with who made the invite, then join again with --yes.")
    terminal.note(f"The invite is from the node {invite['node_short']} of the community {invite['community_short']}.")
    if invite.get("own"):
        terminal.note("It makes this node a part of that household, which then reads what is kept here.")
    terminal.note("Ask who made it to read the words their `hearthnet invite` or panel shows. Are they these?")
    terminal.note(f"\n    {invite['words']}\n")
    print("Join? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Forbidden("Not joined.")
