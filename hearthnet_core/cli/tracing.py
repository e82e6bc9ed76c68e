"""The verb `trace`: who was considered for a call, who answered, and what went wrong on the way."""

from __future__ import annotations

import argparse
from typing import Any

from hearthnet_core.cli.terminal import Terminal, plain, when
from hearthnet_core.cli.verb import Verbs, node, verb


def add(verbs: Verbs) -> None:
    trace = verb(
        verbs,
        "trace",
        _trace,
        "Show the last calls, or one of them with everyone considered and every attempt.",
        "hearthnet trace\nhearthnet trace 5f2a9c0d1e3b4a67c8d9e0f1",
    )
    trace.add_argument("id", nargs="?", help="the trace's id")
    trace.add_argument("--limit", type=int, default=20)


async def _trace(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        if options.id:
            found = await client.call("trace", {"id": options.id})
        else:
            found = await client.call("traces", {"limit": options.limit})
    if options.json:
        terminal.json(found)
    elif options.id:
        _one(plain(found["trace"]), terminal)
    elif found["traces"]:
        rows = (
            (t["id"], t["capability"], when(t["started"]), f"{t['duration_ms']:.0f} ms", _who(t))
            for t in plain(found["traces"])
        )
        terminal.table(("id", "capability", "started", "took", "answered by"), rows)
    else:
        terminal.say("There was no call since the node started.")


def _who(trace: dict[str, Any]) -> str:
    last = trace["attempts"][-1] if trace["attempts"] else None
    if last is None:
        return "nobody"
    return last["node_name"] if last["outcome"] == "ok" else f"{last['outcome']} ({last['node_name']})"


def _one(trace: dict[str, Any], terminal: Terminal) -> None:
    terminal.facts(
        (
            ("trace", trace["id"]),
            ("capability", trace["capability"]),
            ("started", when(trace["started"])),
            ("took", f"{trace['duration_ms']:.0f} ms"),
            ("privacy", trace["privacy"]),
        )
    )
    terminal.say()
    terminal.say(terminal.styled("Considered, best first", "bold"))
    for candidate in trace["candidates"]:
        who = f"{candidate['node_name']} {candidate['provider']} {candidate['model']}".strip()
        verdict = f"{candidate['score']:.2f}" if candidate["allowed"] and not candidate["excluded"] else "  - "
        terminal.say(f"  {verdict}  {who}{'  ' + candidate['excluded'] if candidate['excluded'] else ''}")
        for term in candidate["terms"]:
            terminal.say(f"          {term['name']:<12} {term['value']:.2f} × {term['weight']:.2f}  {term['why']}")
    terminal.say()
    terminal.say(terminal.styled("Attempts", "bold"))
    for attempt in trace["attempts"]:
        first = attempt["first_chunk_ms"]
        timing = f"after {attempt['started_ms']:.0f} ms, " + (
            "no word" if first is None else f"first word in {first:.0f} ms"
        )
        failed = f": {attempt['message'] or attempt['error']}" if attempt["outcome"] != "ok" else ""
        terminal.say(
            f"  {attempt['n']}. {attempt['node_name']} ({timing}, {attempt['chunks']} chunks) {attempt['outcome']}{failed}"
        )
