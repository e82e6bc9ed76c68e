"""The verbs that use knowledge and engines: ask, search, call."""

from __future__ import annotations

import argparse
import json
import re
import sys
from contextlib import aclosing
from typing import Any

from hearthnet_core.capability import Privacy
from hearthnet_core.cli.terminal import Terminal, plain
from hearthnet_core.cli.verb import Verbs, given, node, verb
from hearthnet_core.errors import BadRequest

REASONS = 3
_CITED = re.compile(r"\[(\d{1,3})\]")
STEPS = {"searching": "Searching…", "asking": "Asking…", "queued": "Waiting for a free engine…"}


def add(verbs: Verbs) -> None:
    ask = verb(
        verbs,
        "ask",
        _ask,
        "Ask a question. The answer streams, then come its sources, who answered, and why.",
        'hearthnet ask "How long can I store drinking water?"\nhearthnet ask --privacy local --json "…"',
    )
    ask.add_argument("question", help="the question, or - to read it from standard input")
    ask.add_argument("--model", help="only this model")
    ask.add_argument("--language", help="the answer's language, like de (default: the question's)")
    search = verb(
        verbs, "search", _search, "Search the library here and with neighbours.", "hearthnet search burst pipe"
    )
    search.add_argument("query", nargs="+")
    search.add_argument("-k", type=int, default=5, help="how many results (default 5, at most 20)")
    call = verb(
        verbs,
        "call",
        _call,
        "Call any capability, here or with a neighbour; prints its last event's data as JSON.",
        """hearthnet call rag.query '{"query": "water", "k": 3}'\nhearthnet call --stream llm.chat '{"messages": […]}'""",
    )
    call.add_argument("capability")
    call.add_argument("body", nargs="?", default="{}", help="a JSON object, or - to read it from standard input")
    call.add_argument("--wish", metavar="VERSION", help="the capability's version (default 1.0)")
    call.add_argument("--timeout", type=float, metavar="SECONDS")
    call.add_argument("--stream", action="store_true", help="print every event, one JSON object a line")
    for made in (ask, search, call):
        made.add_argument(
            "--privacy",
            choices=[p.value for p in Privacy],
            help="how far it may travel; may only narrow the node's setting",
        )


async def _ask(options: argparse.Namespace, terminal: Terminal) -> None:
    question = sys.stdin.read() if options.question == "-" else options.question
    params = given(question=question, privacy=options.privacy, model=options.model, language=options.language)
    async with node(options) as client, aclosing(client.stream("ask", params)) as events:
        async for event, data in events:
            if options.json:
                if event == "done":
                    terminal.json(data)
            else:
                _show(event, plain(data), terminal)


def _show(event: str, data: dict[str, Any], terminal: Terminal) -> None:
    match event:
        case "progress" if terminal.live:
            terminal.progress(STEPS.get(data["step"], data["step"]))
        case "delta":
            terminal.say(data["text"], end="")
        case "attempt_failed":
            terminal.note(f"\n({data['message']} Going on elsewhere.)")
        case "done":
            terminal.say()
            _provenance(data, terminal)


def _provenance(done: dict[str, Any], terminal: Terminal) -> None:
    cited = {int(number) for number in _CITED.findall(done["text"])}
    sources = [source for source in done["sources"] if source["rank"] in cited] or done["sources"]
    if sources:
        terminal.say()
        terminal.say(terminal.styled("Sources", "bold"))
        for source in sources:
            where = f", from {source['node_name']}" if source["node_name"] else ""
            licence = f" ({source['licence']})" if source["licence"] else ""
            terminal.say(f"  [{source['rank']}] {source['doc_title']}{licence}{where}")
    by = done["answered_by"]
    terminal.say()
    engine = ", ".join(dict.fromkeys(text for text in (by["provider"], by["model"]) if text))
    terminal.say(
        f"{terminal.styled('Answered by', 'bold')} {by['node_name']} ({engine}){'' if by['home'] else ', a neighbour'}"
    )
    if reasons := _reasons(done["trace"], by):
        terminal.say(f"Why: {'; '.join(reasons)}")
    if not done["grounded"]:
        terminal.say("No source was found for this; check it before you rely on it.")


def _reasons(trace: dict[str, Any], by: dict[str, Any]) -> list[str]:
    """What counted most for the one who answered."""
    for candidate in trace["candidates"]:
        if candidate["node_id"] == by["node_id"] and candidate["provider"] == by["provider"]:
            terms = sorted(candidate["terms"], key=lambda term: term["value"] * term["weight"], reverse=True)
            return [term["why"] for term in terms if term["why"]][:REASONS]
    return []


async def _search(options: argparse.Namespace, terminal: Terminal) -> None:
    params = given(query=" ".join(options.query), k=options.k, privacy=options.privacy)
    async with node(options) as client:
        found = await client.call("search", params)
    if options.json:
        terminal.json(found)
        return
    found = plain(found)
    for source in found["results"]:
        title = terminal.styled(f"[{source['rank']}] {source['doc_title']}", "bold")
        terminal.say(f"{title}  ({source['node_name']}, {source['corpus']})")
        terminal.say(f"    {' '.join(source['text'].split())[:300]}")
    if not found["results"]:
        terminal.say("Nothing was found.")
    for place in found["searched"]:
        if place.get("error"):
            terminal.note(f"{place['name']} could not be searched: {place['error']}")


async def _call(options: argparse.Namespace, terminal: Terminal) -> None:
    try:
        body = json.loads(sys.stdin.read() if options.body == "-" else options.body)
    except ValueError as error:
        raise BadRequest(f"The body is no JSON: {error}.") from None
    params = given(
        capability=options.capability, version=options.wish, privacy=options.privacy, timeout_s=options.timeout
    )
    async with node(options) as client, aclosing(client.stream("call", {**params, "body": body})) as events:
        async for event, data in events:
            if options.stream:
                terminal.say(json.dumps({"event": event, "data": data}))
            elif event == "done":
                terminal.json(data)
