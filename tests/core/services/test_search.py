"""Federated search over real meshes: neighbours that answer, are late, fail, repeat each other, lie or attack."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.reranking import RERANK
from hearthnet_core.capability import Call, Chunk, Offer, Privacy
from hearthnet_core.errors import Unavailable
from hearthnet_core.services.meaning import Meaning
from hearthnet_core.services.rag import MAX_RESULTS, QUERY, QueryRequest
from hearthnet_core.services.search import DEADLINE_S, MAX_PASSAGE, FoundPassages, Search
from tests.core.bus.nodes import TestNode, neighbourhood
from tests.core.node.living import Living, lives
from tests.core.services.meanings import Embedder

WATER = "Drinking water keeps for six months in clean canisters."


def passage(text: str, **metadata: Any) -> dict[str, Any]:
    return {"rank": 1, "score": 0.5, "text": text, "metadata": {"doc_title": "Water", "corpus": "emergency"} | metadata}


class Shelf:
    """`rag.query` that answers with what it is given, or does as told."""

    def __init__(self, *found: dict[str, Any], doing: Callable[[], Any] | None = None) -> None:
        self.found, self.doing = found, doing
        self.calls: list[Call] = []

    def offer(self) -> Offer:
        return Offer(capability=QUERY.name, provider="library", slots=16)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.calls.append(call)
        if self.doing is not None:
            await self.doing()
        yield Chunk("done", {"chunks": list(self.found), "method": "bm25"})


def attack(node: TestNode, message: bytes | None, *before: bytes, often: int = 1) -> None:
    """From now on this node answers every call with these bytes, whatever its own software would have checked."""

    async def handle(stream: Any, payload: bytes, proven: Any) -> None:
        await stream.receive()
        for _ in range(often):
            for raw in before:
                await stream.send(raw)
        if message is not None:
            await stream.send(message)
        await stream.end()

    node.mesh.handle("call/1", handle)


def done(chunks: Any) -> bytes:
    return msgspec.msgpack.encode(["done", {"chunks": chunks, "method": "bm25"}])


@asynccontextmanager
async def street(*shelves: Shelf, homes: tuple[int, ...] = ()) -> AsyncIterator[tuple[Search, list[TestNode]]]:
    """A search at the first node over all of them."""
    rows = [[shelf] for shelf in shelves]
    async with neighbourhood(*rows, homes=homes, contracts=(QUERY,)) as nodes:
        first = nodes[0]
        yield Search(first.runtime, first.bus, first.id, lambda: Privacy.COMMUNITY), nodes


async def ask(search: Search, query: str = "How long does drinking water keep?", **more: Any) -> FoundPassages:
    travels = more.pop("travels", Privacy.LOCAL)
    return await search.query(QueryRequest(query=query, **more), None, travels=travels)


def told(found: FoundPassages, node: TestNode) -> tuple[int, str]:
    (row,) = [s for s in found.searched if s.node_id == node.id.text]
    return row.count, row.error


async def test_who_is_late_is_named_and_everyone_elses_passages_come_in_time() -> None:
    late = Shelf(passage("Late water."), doing=lambda: asyncio.sleep(30))
    async with street(Shelf(passage(WATER)), Shelf(passage("Boil water for one minute.")), late) as (search, nodes):
        began = time.monotonic()
        found = await ask(search)
        assert time.monotonic() - began < 2 * DEADLINE_S
        assert {s.text for s in found.results} == {WATER, "Boil water for one minute."}
        assert told(found, nodes[0]) == (1, "") and told(found, nodes[1]) == (1, "")
        assert told(found, nodes[2])[0] == 0 and "did not answer within 1.5 s" in told(found, nodes[2])[1]
        assert found.searched[0].node_id == nodes[0].id.text


async def test_who_is_always_late_is_set_aside_and_still_named() -> None:
    late = Shelf(doing=lambda: asyncio.sleep(30))
    async with street(Shelf(passage(WATER)), late) as (search, nodes):
        for _ in range(3):
            await ask(search)
        began = time.monotonic()
        found = await ask(search)
        assert time.monotonic() - began < DEADLINE_S and len(late.calls) == 3
        assert "set aside" in told(found, nodes[1])[1] and found.results[0].text == WATER


async def test_who_fails_is_named_with_its_sentence_on_one_clean_line() -> None:
    async def fail() -> None:
        raise Unavailable("The disk\x1b[31m is\nfull.")

    async with street(Shelf(passage(WATER)), Shelf(doing=fail)) as (search, nodes):
        found = await ask(search)
        assert told(found, nodes[1]) == (0, "The disk[31m is full.")
        assert [s.text for s in found.results] == [WATER]


async def test_a_passage_two_have_counts_once_and_as_ours() -> None:
    theirs = passage(WATER.replace(" keeps", "\n keeps"), doc_title="Copied")
    async with street(Shelf(passage(WATER)), Shelf(theirs)) as (search, nodes):
        found = await ask(search)
        (only,) = found.results
        assert (only.node_id, only.doc_title, only.score, only.rank) == (nodes[0].id.text, "Water", 1.0, 1)
        assert [s.count for s in found.searched] == [1, 1]


async def test_a_neighbours_own_score_counts_for_nothing() -> None:
    liar = passage("Our club meets for drinking on Fridays.") | {"score": 1e308, "rank": -7}
    for score in (1e308, float("inf"), float("nan")):
        async with street(Shelf(passage(WATER)), Shelf(liar | {"score": score})) as (search, _):
            found = await ask(search)
            assert [s.text for s in found.results] == [WATER, liar["text"]]
            assert [s.rank for s in found.results] == [1, 2] and 0 <= found.results[1].score <= found.results[0].score


@pytest.mark.parametrize(
    "message",
    [
        done("no list"),
        done([7]),
        done([{"rank": 1, "score": "high", "text": "water"}]),
        done([{"rank": 1, "score": 1.0, "text": ["water"]}]),
        done([passage("water " * 2_000)]),
        done([passage("water")] * (MAX_RESULTS + 1)),
        done([passage("water") | {"metadata": "none"}]),
        msgspec.msgpack.encode(["done", {}]),
        msgspec.msgpack.encode(["done", 7]),
        msgspec.msgpack.encode(["done", {"chunks": "x" * 260_000}]),
        b"\xc1",
        b"\x91" * 5_000,
        None,
    ],
    ids=range(13),
)
async def test_an_answer_that_is_none_costs_only_its_own_place(message: bytes | None) -> None:
    async with street(Shelf(passage(WATER)), Shelf()) as (search, nodes):
        attack(nodes[1], message)
        found = await ask(search)
        assert [s.text for s in found.results] == [WATER]
        count, error = told(found, nodes[1])
        assert count == 0 and error.endswith(".") and len(error) <= 300


async def test_ill_typed_and_endless_fields_come_out_as_short_clean_text() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    hostile = passage(
        "Water\x00 \x1b[2Jand\u202e more",
        doc_title="\u202eretaW\n\x07" + "w" * 1_000,
        doc_cid=deep,
        chunk_id=3,
        corpus={"a": 1},
        language=None,
        licence=1.5,
    )
    async with street(Shelf(), Shelf()) as (search, nodes):
        attack(nodes[1], done([hostile]))
        (source,) = (await ask(search)).results
        assert source.text == "Water [2Jand more"
        assert source.doc_title.startswith("retaW ww") and len(source.doc_title) <= 300
        assert (source.doc_cid, source.chunk_id, source.corpus, source.language, source.licence) == (
            "",
            "3",
            "",
            "",
            "",
        )


@pytest.mark.parametrize("texts", [("…", ""), ("…", "Buy my car.")], ids=["no word at all", "other words"])
async def test_passages_without_a_word_of_the_question_are_no_results(texts: tuple[str, ...]) -> None:
    async with street(Shelf(), Shelf()) as (search, nodes):
        attack(nodes[1], done([passage(text, doc_title="") for text in texts]))
        found = await ask(search)
        assert found.results == () and told(found, nodes[1]) == (2, "")


async def test_a_passage_is_no_longer_than_fits_into_a_call() -> None:
    async with street(Shelf(), Shelf()) as (search, nodes):
        attack(nodes[1], done([passage("water " * 1_300)]))
        (source,) = (await ask(search)).results
        assert len(source.text) <= MAX_PASSAGE


async def test_a_flood_before_the_answer_is_not_kept() -> None:
    async with street(Shelf(passage(WATER)), Shelf()) as (search, nodes):
        piece = msgspec.msgpack.encode(["delta", {"text": "w" * 100_000}])
        attack(nodes[1], done([passage("Boil water.")]), piece, often=20)
        assert len((await ask(search)).results) == 2


async def test_the_questions_language_comes_first() -> None:
    german = passage("Trinkwasser (water) keeps long: drinking water keeps.", language="de")
    async with street(Shelf(passage(WATER, language="en")), Shelf(german)) as (search, _):
        assert [s.language for s in (await ask(search, language="en")).results] == ["en", "de"]
        assert [s.language for s in (await ask(search, language="de-AT")).results] == ["de", "en"]


async def test_k_bounds_the_results_whoever_sends_more() -> None:
    many = [passage(f"Water number {n}.") for n in range(20)]
    async with street(Shelf(*many[:4]), Shelf(*many)) as (search, nodes):
        found = await ask(search, k=3)
        assert [s.rank for s in found.results] == [1, 2, 3]
        assert told(found, nodes[1])[0] == 6


async def test_what_travels_on_holds_nothing_that_the_household_keeps() -> None:
    """The second node is of the same household and gives everything it has, as an older version might."""
    diary = passage("The drinking water is behind the blue door.", corpus="household")
    mine, same_home, neighbour = Shelf(), Shelf(diary, passage(WATER)), Shelf()
    async with street(mine, same_home, neighbour, homes=(0, 1)) as (search, nodes):
        kept = await ask(search)
        assert "blue door" in str(kept)
        travelling = await ask(search, travels=Privacy.COMMUNITY)
        assert [s.text for s in travelling.results] == [WATER] and told(travelling, nodes[1]) == (1, "")
        for shelf in (mine, same_home):
            assert [c.body["travels"] for c in shelf.calls] == ["local", "community"]


@asynccontextmanager
async def neighbours(tmp_path: Path) -> AsyncIterator[tuple[Living, Living]]:
    async with AsyncExitStack() as stack:
        alice = await stack.enter_async_context(lives(tmp_path, "Alice", library=False))
        bob = await stack.enter_async_context(lives(tmp_path, "Bob"))
        for corpus in ("household", "shared"):
            text = f"# The well ({corpus})\n\nOur well has good drinking water: {corpus}."
            await alice.call("ingest", name="well.md", text=text, corpus=corpus)
        await bob.call("join", text=(await alice.call("create_invite"))["text"])
        for node in (alice, bob):
            await node.call("set_privacy", privacy="community")
            await node.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
        yield alice, bob


async def test_whole_nodes_find_each_others_shared_documents_and_only_those(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as (alice, bob):
        theirs = await bob.call("search", query="Where is a well with drinking water?", k=20)
        assert {s["corpus"] for s in theirs["results"] if s["node_name"] == "Alice"} == {"shared"}
        assert [(s["name"], "error" in s) for s in theirs["searched"]] == [("Bob", False), ("Alice", False)]
        mine = await alice.call("search", query="well", corpora=["household"])
        assert [(s["corpus"], s["node_name"]) for s in mine["results"]] == [("household", "Alice")]
        assert mine["method"] == "bm25" and mine["results"][0]["score"] == 1.0
        nothing = await alice.call("search", query="???")
        assert nothing["results"] == []


async def test_a_german_query_finds_german_text_first_without_being_told(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        found = await alice.call("search", query="Wie lange kann ich Trinkwasser aufbewahren?")
        assert found["results"][0]["language"] == "de"


@asynccontextmanager
async def meant(*shelves: Shelf, embedder: Embedder | None = None, ranker: Any = None) -> AsyncIterator[Any]:
    """As `street`, and the first node compares meanings by a model of its own."""
    first: list[Any] = [shelves[0], embedder or Embedder()]
    rows: list[list[Any]] = [[*first, *([ranker] if ranker else [])], *([shelf] for shelf in shelves[1:])]
    async with neighbourhood(*rows, contracts=(QUERY, EMBED, RERANK)) as nodes:
        node = nodes[0]
        meaning = Meaning(node.runtime, node.bus)
        yield Search(
            node.runtime,
            node.bus,
            node.id,
            lambda: Privacy.COMMUNITY,
            meaning=meaning,
            space=lambda: ("tiny", ""),
        )


HYDRANT = "A hydrant stands at the corner of Elm Street."
CLUB = "Our club plays cards on Fridays, come along."


async def test_a_neighbours_passage_without_a_word_of_the_question_is_found_by_its_meaning() -> None:
    async with meant(
        Shelf(passage("A well needs a lid.", likeness=0.4)), Shelf(passage(HYDRANT, doc_title=""))
    ) as search:
        found = await ask(search, "Where is a fountain?")
        assert HYDRANT in [s.text for s in found.results] and found.method == "hybrid"


async def test_a_neighbour_cannot_praise_its_own_passages_into_the_answer() -> None:
    praised = passage(CLUB, doc_title="", likeness=1.0) | {"score": 1e9, "rank": 1}
    many = [passage(f"{CLUB} Round {n}.", doc_title="", likeness=1.0) for n in range(18)]
    async with meant(
        Shelf(passage(WATER, likeness=0.5)), Shelf(praised, *many, passage(HYDRANT, doc_title=""))
    ) as search:
        assert [s.text for s in (await ask(search, "How long does drinking water keep?")).results] == [WATER]
        assert CLUB not in [s.text for s in (await ask(search, "fountain", k=20)).results]


async def test_without_its_model_the_search_says_so_and_compares_words() -> None:
    embedder = Embedder()
    async with meant(Shelf(passage(WATER)), Shelf(passage(HYDRANT, doc_title="")), embedder=embedder) as search:
        embedder.down = Unavailable("The model is gone.")
        found = await ask(search)
        assert ([s.text for s in found.results], found.method) == ([WATER], "bm25")
        assert found.note == "only words are compared: The model is gone."


class Ranker:
    """Puts them into the reverse order, or does as told."""

    def __init__(self, doing: Callable[[], Any] | None = None, results: Any = None) -> None:
        self.doing, self.results = doing, results
        self.calls: list[Call] = []

    def offer(self) -> Offer:
        return Offer(capability=RERANK.name, provider="ranker")

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.calls.append(call)
        if self.doing is not None:
            await self.doing()
        count = len(call.body["documents"])
        results = [{"index": n, "score": n / count} for n in reversed(range(count))]
        yield Chunk("done", {"results": self.results if self.results is not None else results})


async def test_the_reranker_has_the_last_word_where_there_is_one() -> None:
    shelf = Shelf(passage(WATER), passage("Drinking water tastes flat when it was boiled."))
    async with meant(shelf, Shelf()) as search:
        before = [s.text for s in (await ask(search)).results]
    async with meant(shelf, Shelf(), ranker=Ranker()) as search:
        found = await ask(search)
        assert [s.text for s in found.results] == before[::-1] and found.method == "hybrid+rerank"
        assert found.results[0].score == 1.0 and found.results[0].rank == 1


async def test_a_slow_reranker_is_left_out_and_named_and_not_waited_for_again() -> None:
    slow = Ranker(doing=lambda: asyncio.sleep(30))
    async with meant(Shelf(passage(WATER), passage("Drinking water.")), Shelf(), ranker=slow) as search:
        found = await ask(search)
        assert found.method == "hybrid" and "A took longer than 300 ms" in found.note and len(found.results) == 2
        assert "too slow a moment ago" in (await ask(search)).note and len(slow.calls) == 1


@pytest.mark.parametrize("results", [[], [{"index": 0, "score": 1.0}, {"index": 0, "score": 1.0}], [{"index": 99}], 7])
async def test_a_ranking_that_is_none_changes_nothing(results: Any) -> None:
    shelf = Shelf(passage(WATER), passage("Drinking water."))
    async with meant(shelf, Shelf(), ranker=Ranker(results=results)) as search:
        found = await ask(search)
        assert found.method == "hybrid" and "not reranked" in found.note and len(found.results) == 2


async def test_what_is_for_the_household_is_reranked_in_the_household() -> None:
    """The only reranker is the neighbour's."""
    ranker = Ranker()
    mine = Shelf(passage(WATER, access="home"), passage("Drinking water.", access="community"))
    async with neighbourhood([mine], [ranker], contracts=(QUERY, RERANK)) as nodes:
        search = Search(nodes[0].runtime, nodes[0].bus, nodes[0].id, lambda: Privacy.COMMUNITY)
        assert len((await ask(search)).results) == 2 and ranker.calls == []
        mine.found = (passage(WATER, access="community"), passage("Drinking water.", access="community"))
        assert (await ask(search)).method == "bm25+rerank" and len(ranker.calls) == 1
