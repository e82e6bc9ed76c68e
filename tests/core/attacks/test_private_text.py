"""What a household keeps to itself, asked for by a neighbour in every way the mesh has."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearthnet_core.bus.remote import CallHeader
from hearthnet_core.node.compose import Node
from tests.core.node.living import lives

KEPT = ("personal", "home", "trusted", "anchor", "unsaid")
SHARED = ("member", "community")


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> list[Node]:
    made: list[Node] = []
    init = Node.__init__

    def kept(self: Node, *args: Any, **more: Any) -> None:
        init(self, *args, **more)
        made.append(self)

    monkeypatch.setattr(Node, "__init__", kept)
    return made


async def asked(attacker: Node, capability: str, body: dict[str, Any], **header: Any) -> str:
    """Everything the neighbour's node says to it."""
    (target,) = attacker.mesh.peers
    fields: dict[str, Any] = {"version": "1.0", "privacy": "any", "timeout_ms": 5_000, "hops": 9, **header}
    opening = CallHeader(id=os.urandom(8).hex(), capability=capability, **fields)
    stream = await attacker.mesh.open(target, "call/1", msgspec.msgpack.encode(opening))
    await stream.send(msgspec.msgpack.encode(body))
    said = ""
    while (raw := await stream.receive()) is not None:
        said += str(msgspec.msgpack.decode(raw))
    return said


async def test_a_neighbour_gets_what_is_for_neighbours_and_no_word_more(tmp_path: Path, nodes: list[Node]) -> None:
    async with AsyncExitStack() as stack:
        alice = await stack.enter_async_context(lives(tmp_path, "Alice", library=False))
        bob = await stack.enter_async_context(lives(tmp_path, "Bob", library=False))
        ids = {}
        for name in (*KEPT, *SHARED):
            if name != "unsaid":
                await alice.call("set_corpus", name=name, access=name)
            text = f"# {name.upper()}\n\nThe zebrafinch of {name}ville drinks."
            ids[name] = (await alice.call("ingest", name=name, corpus=name, text=text))["document_id"]
        for node in (alice, bob):
            await node.call("set_privacy", privacy="any")
        await bob.call("join", text=(await alice.call("create_invite"))["text"])
        await bob.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
        attacker = nodes[1]
        told = []
        for corpora in ((), KEPT, *((name,) for name in KEPT)):
            for travels in ("local", "home", "any"):
                query = {"query": "zebrafinch", "k": 20, "corpora": corpora, "travels": travels}
                told += [
                    await asked(attacker, "rag.query", query),
                    await asked(attacker, "rag.query", query, privacy="home"),
                ]
        assert "memberville" in told[0] and "communityville" in told[0]
        told.append(await asked(attacker, "rag.list_corpora", {}))
        for name in KEPT:
            told.append(await asked(attacker, "rag.list_documents", {"corpus": name}))
            for where in (name, *SHARED):
                body = {"corpus": where, "documents": [bytes.fromhex(ids[name])]}
                told.append(await asked(attacker, "rag.fetch", body))
        question = {"messages": [{"role": "user", "content": "Where does the zebrafinch drink?"}]}
        told.append(await asked(attacker, "llm.chat", question))
        for name in KEPT:
            assert not [one for one in told if f"{name}ville" in one or f"'{name}'" in one], name
        assert "forbidden" in await asked(attacker, "rag.ingest", {"name": "x", "text": "Water.", "corpus": "home"})
        assert (await alice.call("corpora"))["corpora"][2]["documents"] == 1
