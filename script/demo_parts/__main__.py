"""`script/demo`: the story, told while it happens, and checked while it is told."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import re
import shutil
import signal
import sys
import tempfile
import textwrap
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from script.demo_parts.home_assistant import HomeAssistant
from script.demo_parts.llama import fetched, llama_server, tiny_model
from script.demo_parts.nodes import PYTHON, ROOT, NodeProcess, join

QUESTION = "How long can I store drinking water, and in what?"
DOCUMENTS = Path(__file__).parent / "documents"
SENTENCES_A_SECOND = 1.5
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s*\[\d+\])*(?=\s|$)")
KILL_AFTER = 2
NONSENSE_SHOWN = 400
"""Characters of what a model of random weights says; it stops only where it must."""

type Ask = Callable[[str], AsyncGenerator[tuple[str, dict[str, Any]]]]


class Wrong(Exception):
    """What the demo promises did not happen."""


class Teller:
    """Speaks in the terminal: wrapped, and plain where it is none."""

    def __init__(self) -> None:
        self._colour = sys.stdout.isatty()
        self._width = min(100, shutil.get_terminal_size((100, 24)).columns)
        self._column = 0
        self._began = time.monotonic()

    def step(self, text: str) -> None:
        self._line(f"\n{self._paint('1;33', '▸')} ", textwrap.fill(text, self._width - 2, subsequent_indent="  "))

    def detail(self, text: str) -> None:
        wrapped = textwrap.fill(text, self._width - 4, subsequent_indent=" " * 12)
        self._line("", self._paint("2", textwrap.indent(wrapped, "    ")))

    def piece(self, text: str) -> None:
        """More of an answer, wrapped as it comes."""
        for word in re.findall(r"\s*\S+|\s+$", text):
            if not self._column or self._column + len(word) > self._width:
                word = ("\n" if self._column else "") + "    " + word.lstrip()
                self._column = 0
            print(word, end="", flush=True)
            self._column += len(word.lstrip("\n"))

    def alarm(self, text: str) -> None:
        self._line("", self._paint("1;31", f"    ⚡ {text}"))

    def good(self, text: str) -> None:
        self._line(f"{self._paint('1;32', '✓')} ", textwrap.fill(text, self._width - 2, subsequent_indent="  "))

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def _line(self, mark: str, text: str) -> None:
        print(("\n" if self._column else "") + mark + text, flush=True)
        self._column = 0

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text


def expect(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)


class Street:
    """Alice, Bob and Carol."""

    def __init__(self, folder: Path, engine: str = "") -> None:
        """`engine` is the address of the llama-server that Bob answers with."""
        paced = {"rate": SENTENCES_A_SECOND}
        engines = [
            {"kind": "openai_compatible", "url": f"{engine}/v1", "name": "llama.cpp", "slots": 2, "quality": 0.9}
        ]
        bobs = {"engines_auto": False, "engines": engines} if engine else {}
        self.alice = NodeProcess(
            "Alice", folder, {"engines_auto": False, "extractive": {"when": "alone", "quality": 0.2}}
        )
        self.bob = NodeProcess("Bob", folder, {**bobs, "extractive": {**paced, "quality": 0.4}})
        self.carol = NodeProcess("Carol", folder, {"engines_auto": False, "extractive": {**paced, "quality": 0.3}})
        self.model = ""
        self.nonsense = bool(engine) and not os.environ.get("MODEL")

    @property
    def all(self) -> tuple[NodeProcess, ...]:
        return self.alice, self.bob, self.carol

    async def meet(self, tell: Teller) -> None:
        async with asyncio.TaskGroup() as group:
            for node in self.all:
                group.create_task(node.start())
        engines = [e for e in (await self.bob.call("state"))["engines"] if e["available"]]
        self.model = engines[0]["name"] if engines else ""
        if self.model:
            tell.step(f"Bob answers with {self.model}, a language model on this machine.")
        else:
            tell.step(
                "No language model runs on this machine, so Bob and Carol answer with the built-in extractive answerer,"
                f" paced at {SENTENCES_A_SECOND:g} sentences a second (extractive.rate); Alice's own is off until they are gone."
            )
        await join(self.bob, self.alice)
        await join(self.carol, self.alice)
        for path in sorted(DOCUMENTS.glob("*.md")):
            await self.carol.call("ingest", name=path.stem, text=path.read_text(), corpus="shared")
        for node in (self.bob, self.carol):
            await node.call("set_privacy", privacy="community")
        await self.both_answer()

    async def both_answer(self) -> None:
        """Alice routes to both of them."""

        def offered(state: dict[str, Any]) -> bool:
            names = {
                p["name"]
                for p in state["peers"]
                if p["connected"] and any(c["capability"] == "llm.chat" and c["available"] for c in p["capabilities"])
            }
            return names == {"Bob", "Carol"}

        await self.alice.until("both neighbours offering to answer", offered)

    async def stop(self) -> None:
        await asyncio.gather(*(node.stop() for node in self.all))


async def told(
    ask: Ask, tell: Teller, on_sentences: Callable[[int], None] | None = None, *, shown: float = math.inf
) -> dict[str, Any]:
    """Shows the first `shown` characters of each answerer as they come; the `done` data with `events`, the names in the
    order they came, added."""
    left = shown
    events, said = [], ""
    async with aclosing(ask(QUESTION)) as answer:
        async for event, data in answer:
            events.append(event)
            if event == "sources":
                names = ", ".join(f"{s['name']} {s['count']}" for s in data["searched"])
                tell.detail(f"passages found: {names}")
            elif event == "route":
                for c in data["candidates"]:
                    best = sorted(c["terms"], key=lambda t: -t["value"] * t["weight"])[:2]
                    why = c["excluded"] or "; ".join(t["why"] for t in best)
                    tell.detail(f"{c['node_name']:<6} {c['provider']:<11} {c['score']:.2f}  {why}")
            elif event == "delta":
                if left > 0 >= (left := left - len(data["text"])):
                    tell.piece(data["text"] + " …")
                elif left > 0:
                    tell.piece(data["text"])
                said += data["text"]
                if on_sentences is not None:
                    on_sentences(len(SENTENCE_END.findall(said)))
            elif event == "attempt_failed":
                left = math.inf
                tell.alarm(data["message"])
            elif event == "done":
                by = data["answered_by"]
                tell.detail(
                    f"answered by {by['node_name']} ({by['model'] or by['provider']}), {len(data['sources'])} sources"
                )
                expect(data["text"] == said, "the text at the end is the text that was streamed")
                return {**data, "events": events}
    raise Wrong("the answer ended without an end")


async def story(street: Street, ask: Ask, tell: Teller) -> None:
    """Asked with everybody there, with Bob dying in the middle, and with nobody left."""
    tell.step(f"{QUESTION}  (Alice asks; whoever is best in reach answers)")
    shown = NONSENSE_SHOWN if street.nonsense else math.inf
    calm = await told(ask, tell, shown=shown)
    expect(calm["answered_by"]["node_name"] == "Bob", "Bob, who has the best answerer, answers")
    expect(calm["sources"], "the answer has sources")
    expect(all(r["valid"] for r in calm["receipts"]) and calm["receipts"], "the answer comes with a valid receipt")

    tell.step(f"Once more; Bob is killed when Alice has received sentence {KILL_AFTER}.")
    killed = False

    def kill_bob(sentences: int) -> None:
        nonlocal killed
        if sentences >= KILL_AFTER and not killed:
            killed = True
            street.bob.kill()

    broken = await told(ask, tell, kill_bob, shown=shown)
    expect(killed, "Bob was killed")
    attempts = broken["trace"]["attempts"]
    shown = [(a["node_name"], a["outcome"]) for a in attempts]
    expect(shown == [("Bob", "failed"), ("Carol", "ok")], f"the trace shows both attempts, not {shown}")
    expect("attempt_failed" in broken["events"], "the break was told")
    sentences = [s.strip() for s in SENTENCE_END.split(broken["text"]) if s.strip()]
    expect(street.nonsense or len(sentences) == len(set(sentences)), "no sentence is repeated")
    if not street.model:
        expect(broken["text"] == calm["text"], "no sentence is lost: the text is what Bob alone had said")
    if street.model:
        tell.good("Carol went on where Bob had stopped: nothing taken back, both attempts in the trace.")
    else:
        tell.good("The same answer, finished by Carol: no sentence lost, none repeated, both attempts in the trace.")

    tell.step("Everybody leaves; Alice is alone with the library that came with her node.")
    street.carol.kill()
    await street.alice.until("being alone", lambda s: not any(p["connected"] for p in s["peers"]))
    alone = await told(ask, tell)
    expect(alone["answered_by"]["node_name"] == "Alice", "Alice answers herself")
    expect(alone["sources"] and all(s["node_name"] == "Alice" for s in alone["sources"]), "from her own library")


async def ask_node(node: NodeProcess, question: str) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
    async with aclosing(node.stream("ask", question=question, privacy="community")) as events:
        async for event in events:
            yield event


async def ask_home(home: HomeAssistant, question: str) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
    """As the panel does."""
    async with aclosing(home.subscribe("hearthnet/ask", question=question, language="en")) as events:
        async for message in events:
            if message["event"] == "error":
                raise Wrong(f"Home Assistant: {message['data']['message']}")
            yield message["event"], message["data"]
            if message["event"] == "done":
                return


async def set_up_home(home: HomeAssistant, alice: NodeProcess, tell: Teller) -> None:
    """Adds the integration the way a person does."""
    tell.step("Home Assistant starts (the first start takes a minute: it installs what it needs) …")
    await home.start()
    await home.onboard()
    pairing = await alice.call("pair_code")
    tell.step("The integration is added through its own form: address, pairing code, who may see questions.")
    done = await home.flow({"address": alice.url, "code": pairing["code"]}, {"privacy": "community"})
    expect(done["type"] == "create_entry", f"the form ends with an entry, not {done}")
    await home.connect()
    state = await alice.call("state")
    expect(state["privacy"] == "community" and state["privacy_chosen"], "the node keeps the privacy that was chosen")


@contextlib.asynccontextmanager
async def place(keep: bool) -> AsyncIterator[Path]:
    parent = ROOT / ".cache/demo"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=time.strftime("%H%M%S-"), dir=parent))
    try:
        yield folder
    finally:
        if keep:
            print(f"The data is in {folder.relative_to(ROOT)}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def llama(folder: Path, tell: Teller) -> AsyncIterator[str]:
    """Bob's engine. `MODEL` names a model to use instead of the tiny one."""
    expect(fetched(), "there is no llama-server for this machine; script/llama-fallback says why")
    given = os.environ.get("MODEL", "")
    if given:
        model = Path(given)
        tell.step(f"Bob's engine is a real llama-server with {model.name}; it takes a moment to load.")
    else:
        model = await tiny_model(folder)
        tell.step(
            "Bob's engine is a real llama-server. Its model has random weights (a real one cannot be fetched everywhere), so"
            " its words are nonsense, one after the other; MODEL=path.gguf gives it a real one."
        )
    more = () if given else ("--threads", "1")
    async with llama_server(model, folder / "llama-server.log", slots=2, context=16_384, more=more) as url:
        yield url


async def demo(options: argparse.Namespace) -> None:
    tell = Teller()
    async with place(options.keep) as folder, contextlib.AsyncExitStack() as stack:
        engine = await stack.enter_async_context(llama(folder, tell)) if options.llama else ""
        street = Street(folder, engine)
        stack.push_async_callback(street.stop)
        await street.meet(tell)
        tell.step("Bob and Carol joined Alice's community by invites; Carol brought two documents of the street.")
        home: HomeAssistant | None = None
        if options.no_ha:
            await street.alice.call("set_privacy", privacy="community")
            await story(street, lambda q: ask_node(street.alice, q), tell)
        else:
            home = HomeAssistant(folder)
            stack.push_async_callback(home.stop)
            await set_up_home(home, street.alice, tell)
            opened = home
            await story(street, lambda q: ask_home(opened, q), tell)
        if options.check:
            tell.good(f"Everything held, after {tell.seconds:.0f} s.")
            return
        await asyncio.gather(street.bob.stop(), street.carol.stop())
        await asyncio.gather(street.bob.start(), street.carol.start())
        await street.both_answer()
        tell.good("Bob and Carol are back. Have a look around:")
        if home is not None:
            print(f"\n    {home.url}/hearthnet\n    user {home.user}, password {home.password}\n")
        else:
            command = f"{PYTHON.relative_to(ROOT)} -m hearthnet_core ask --data {street.alice.data.relative_to(ROOT)}"
            print(f'\n    {command} "How do I make water safe to drink?"\n')
        print("Ctrl-C stops everything.", flush=True)
        await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/demo")
    for flag in ("--no-ha", "--llama", "--check", "--keep"):
        parser.add_argument(flag, action="store_true")
    options = parser.parse_args()

    async def until_told() -> None:
        task = asyncio.current_task()
        assert task is not None
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await demo(options)

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        print("\nStopped; nothing is left running.")
        return 0 if not options.check else 130
    except (Wrong, RuntimeError, TimeoutError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
