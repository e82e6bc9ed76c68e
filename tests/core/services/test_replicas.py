"""Copies of what a neighbour shares, over a real mesh: whole, following, shown as the neighbour's, and closed to lies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hearthnet_core.capability import Call, Chunk, Offer, collect
from hearthnet_core.errors import BadRequest, NotFound
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import replicas, sharing
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.rag import FETCH, LIST, IngestRequest, QueryRequest
from hearthnet_core.services.replicas import Replicas
from hearthnet_core.services.sharing import FetchProvider, ListProvider
from hearthnet_core.storage.database import Database
from tests.core.bus.nodes import neighbourhood
from tests.core.node.living import lives

NEIGHBOUR = NodeId(b"n" * 32)


class Altered:
    """A provider whose answers somebody changed."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.change: Any = lambda data: data
        self.calls: list[Call] = []

    def offer(self) -> Offer:
        offer: Offer = self.inner.offer()
        return offer

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.calls.append(call)
        async with aclosing(self.inner.stream(call)) as chunks:
            async for chunk in chunks:
                yield Chunk(chunk.event, self.change(chunk.data))


class Street:
    """Alice with a library, and Bob who copies."""

    def __init__(self, alice: Knowledge, bob: Knowledge, copies: Replicas, origin: NodeId, *made: Altered) -> None:
        self.alice, self.bob, self.copies, self.origin = alice, bob, copies, origin
        self.listing, self.fetching = made

    async def put(self, name: str, text: str, corpus: str = "shared") -> str:
        return (await self.alice.ingest(IngestRequest(name=name, text=text, corpus=corpus), replace=True)).document_id

    async def found(self, query: str, caller: NodeId | None = None) -> list[tuple[str, str]]:
        done = await self.bob.query(QueryRequest(query=query), caller)
        return [(c.metadata["doc_title"], c.metadata.get("origin_name", "")) for c in done.chunks]

    async def row(self) -> dict[str, Any]:
        (row,) = await self.copies.listed()
        return row


@asynccontextmanager
async def street(folder: Path) -> AsyncIterator[Street]:
    runtime = SystemRuntime(4)
    async with AsyncExitStack() as stack:
        made = []
        for name in ("alice", "bob"):
            database = await Database.open(folder / f"{name}.db", runtime)
            stack.push_async_callback(database.close)
            knowledge = Knowledge(runtime, database, lambda _: False, origins=replicas.names)
            await knowledge.start(None)
            made.append((database, knowledge))
        altered = [Altered(ListProvider(made[0][0])), Altered(FetchProvider(made[0][0]))]
        alice, bob = await stack.enter_async_context(neighbourhood(altered, [], contracts=(LIST, FETCH)))
        copies = Replicas(runtime, made[1][0], bob.bus, made[1][1], bob.id)
        await copies.choose(alice.id, "shared", "Alice", keep=True)
        yield Street(made[0][1], made[1][1], copies, alice.id, *altered)


async def test_a_copy_is_whole_and_shown_as_its_origins(tmp_path: Path) -> None:
    async with street(tmp_path) as lived:
        await lived.put(
            "pump", "# The pump\n\nThe pump works from eight to six.\n\n## Key\n\nThe key is in the office."
        )
        await lived.copies.refresh()
        assert (await lived.row())["documents"] == 1 and (await lived.row())["error"] == ""
        assert await lived.found("pump") == [("The pump", "Alice")] * 2
        mine, theirs = (
            await lived.bob.query(QueryRequest(query="key"), None),
            await lived.alice.query(QueryRequest(query="key"), None),
        )
        assert [c.text for c in mine.chunks] == [c.text for c in theirs.chunks]


async def test_a_copy_follows_what_is_changed_and_deleted(tmp_path: Path) -> None:
    async with street(tmp_path) as lived:
        for n in range(3):
            await lived.put(f"n{n}", f"# Note {n}\n\nThe pump number {n}.")
        gone = await lived.put("gone", "# Gone\n\nThe pump is broken.")
        await lived.copies.refresh()
        assert len(await lived.found("pump")) == 4
        await lived.put("n1", "# Note 1\n\nThe well number 1.")
        await lived.alice.forget(gone, "shared")
        await lived.copies.refresh()
        assert sorted(t for t, _ in await lived.found("pump")) == ["Note 0", "Note 2"]
        assert [t for t, _ in await lived.found("well")] == ["Note 1"]


async def test_what_was_copied_is_not_sent_again(tmp_path: Path) -> None:
    async with street(tmp_path) as lived:
        await lived.put("pump", "# The pump\n\nThe pump works.")
        await lived.copies.refresh()
        fetched = len(lived.fetching.calls)
        await lived.copies.refresh()
        assert len(lived.fetching.calls) == fetched == 1


async def test_a_copy_that_was_broken_off_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicas, "MAX_FETCHED", 2)
    async with street(tmp_path) as lived:
        for n in range(6):
            await lived.put(f"n{n}", f"# Note {n}\n\nThe pump number {n}.")

        def broken(data: dict[str, Any]) -> dict[str, Any]:
            if len(lived.fetching.calls) == 3:
                raise BadRequest("The cable was cut.")
            return data

        lived.fetching.change = broken
        await lived.copies.refresh()
        row = await lived.row()
        assert row["documents"] == 4 and "cable" in row["error"]
        lived.fetching.change = lambda data: data
        asked = len(lived.fetching.calls)
        await lived.copies.refresh()
        assert (await lived.row())["documents"] == 6 and len(lived.fetching.calls) == asked + 1


async def test_many_documents_come_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MAX_LISTED", 3)
    async with street(tmp_path) as lived:
        ids = [await lived.put(f"n{n}", f"# Note {n}\n\nThe pump number {n}.") for n in range(8)]
        await lived.copies.refresh()
        assert (await lived.row())["documents"] == 8 and len(lived.listing.calls) == 3
        for id in ids[::2]:
            await lived.alice.forget(id, "shared")
        await lived.copies.refresh()
        assert (await lived.row())["documents"] == 4


async def test_what_is_no_longer_shared_is_deleted_here(tmp_path: Path) -> None:
    async with street(tmp_path) as lived:
        await lived.put("pump", "# The pump\n\nThe pump works.")
        await lived.copies.refresh()
        for who in ("home", "trusted", "personal"):
            await lived.alice.set_access("shared", who)  # type: ignore[arg-type]
            await lived.copies.refresh()
            assert await lived.found("pump") == [] and "shared with everybody" in (await lived.row())["error"]
        await lived.alice.set_access("shared", "community")
        await lived.copies.refresh()
        assert await lived.found("pump") == [("The pump", "Alice")] and (await lived.row())["error"] == ""


async def test_a_copy_is_for_this_household_alone_and_ends_without_a_trace(tmp_path: Path) -> None:
    async with street(tmp_path) as lived:
        await lived.put("pump", "# The pump\n\nThe pump works.")
        await lived.copies.refresh()
        assert await lived.found("pump", NEIGHBOUR) == []
        await lived.copies.choose(lived.origin, "shared", "", keep=False)
        assert await lived.found("pump") == [] and await lived.copies.listed() == []
        assert (lived.bob.documents, lived.bob.chunks) == (0, 0)


def forged(data: dict[str, Any]) -> dict[str, Any]:
    """The text is another one than its digest says."""
    documents = [dict(d) for d in data["documents"]]
    documents[0]["pieces"] = [["", "The pump is poisoned.", 0]]
    return {**data, "documents": documents}


@pytest.mark.parametrize(
    ("side", "change"),
    [
        ("fetching", forged),
        ("fetching", lambda data: {**data, "documents": [{**data["documents"][0], "id": bytes(32)}]}),
        ("fetching", lambda data: {"documents": [], "gone": []}),
        ("fetching", lambda data: {"documents": "none"}),
        ("listing", lambda data: {"documents": [], "more": True}),
        ("listing", lambda data: {"documents": list(data["documents"]) * 2}),
        ("listing", lambda data: {**data, "more": True}),
        ("listing", lambda data: {"documents": [{"id": b"short", "digest": b""}]}),
    ],
    ids=range(8),
)
async def test_an_origin_that_lies_changes_nothing_here(tmp_path: Path, side: str, change: Any) -> None:
    async with street(tmp_path) as lived:
        await lived.put("pump", "# The pump\n\nThe pump works.")
        altered: Altered = getattr(lived, side)
        altered.change = change
        async with asyncio.timeout(10):
            await lived.copies.refresh()
        row = await lived.row()
        assert row["error"].endswith(".") and await lived.found("poisoned") == []


async def test_a_neighbour_cannot_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicas, "MAX_BYTES", 100)
    async with street(tmp_path) as lived:
        await lived.put("long", "# Long\n\n" + "The pump works. " * 30)
        await lived.copies.refresh()
        assert await lived.found("pump") == [] and "larger than" in (await lived.row())["error"]


@pytest.mark.parametrize("corpus", ["household", "diary", "secret", "nothing"])
async def test_what_is_not_for_everybody_can_be_neither_listed_nor_fetched(tmp_path: Path, corpus: str) -> None:
    async with street(tmp_path) as lived:
        ids = [await lived.put("x", "# X\n\nThe code is 4711.", name) for name in ("household", "diary", "secret")]
        await lived.alice.set_access("diary", "personal")
        await lived.alice.set_access("secret", "trusted")
        for inner, body in (
            (lived.listing.inner, {"corpus": corpus}),
            (lived.fetching.inner, {"corpus": corpus, "documents": [bytes.fromhex(id) for id in ids[:1]]}),
        ):
            with pytest.raises(NotFound, match=f"No corpus called {corpus} is shared with everybody here"):
                await collect(inner, Call(id="1", capability="", body=body, deadline=0.0, caller=NEIGHBOUR))
        await lived.put("pump", "# The pump\n\nThe pump works.")
        body = {"corpus": "shared", "documents": [bytes.fromhex(id) for id in ids]}
        done = await collect(
            lived.fetching.inner, Call(id="1", capability="", body=body, deadline=0.0, caller=NEIGHBOUR)
        )
        assert len(done["documents"]) == 0


async def test_whole_nodes_have_what_a_neighbour_shared_once_it_is_gone(tmp_path: Path) -> None:
    async with lives(tmp_path, "Bob", library=False) as bob:
        async with lives(tmp_path, "Alice", library=False) as alice:
            await alice.call("ingest", name="well.md", text="# The well\n\nOur well is deep.", corpus="shared")
            await bob.call("join", text=(await alice.call("create_invite"))["text"])
            for node in (alice, bob):
                await node.call("set_privacy", privacy="community")
                await node.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
            origin = (await alice.call("state"))["node"]["id"]
            await bob.call("set_copy", node_id=origin, corpus="shared")
            await bob.until(lambda s: s["library"]["documents"] == 1)
            (row,) = (await bob.call("copies"))["copies"]
            assert (row["node_name"], row["documents"], row["error"]) == ("Alice", 1, "")
            both = await bob.call("search", query="well")
            assert [(s["node_name"], s["node_id"]) for s in both["results"]] == [("Alice", origin)]
        await bob.until(lambda s: not s["peers"][0]["connected"])
        found = await bob.call("search", query="well")
        (source,) = found["results"]
        assert (source["node_name"], source["copy"], source["corpus"]) == ("Alice", True, "shared")


async def test_documents_larger_than_a_message_arrive_whole(tmp_path: Path) -> None:
    """More than 256 KiB, one by one and together: a book, and many leaflets."""
    async with street(tmp_path) as lived:
        facts = "\n\n".join(f"Fact {n}: the barrel number {n} holds water — 💧 — for {n} days." for n in range(14_000))
        await lived.put("book", f"# The book\n\n{facts}")
        for n in range(12):
            await lived.put(f"leaflet-{n}", f"# Leaflet {n}\n\n" + f"Boil water for {n} minutes. " * 1_500)
        await lived.copies.refresh()
        assert (await lived.row())["error"] == "" and (await lived.row())["documents"] == 13
        last = f"barrel number {13_999}"
        assert ("The book", "Alice") in await lived.found(last)


@pytest.mark.parametrize("kind", ["no end", "no document"])
async def test_pieces_that_belong_to_nothing_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    async def lies(call: Call) -> AsyncGenerator[Chunk]:
        while kind == "no end":
            yield Chunk("pieces", {"pieces": [["Heading", "Water. " * 1_000, 0]] * 20})
        yield Chunk("pieces", {"pieces": [["Heading", "Water.", 0]]})
        yield Chunk("done", {"documents": []})

    monkeypatch.setattr(replicas, "MAX_SENT", 1024 * 1024)
    async with street(tmp_path) as lived:
        await lived.put("pump", "# The pump\n\nThe pump works.")
        lived.fetching.inner.stream = lies
        await lived.copies.refresh()
        row = await lived.row()
        assert row["documents"] == 0 and ("does not end" in row["error"] or "no document" in row["error"])
