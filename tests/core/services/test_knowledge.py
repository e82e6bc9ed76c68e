"""Documents on a real database: found, known again, and seen only by who may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hearthnet_core.backends.documents.document import Document, Piece
from hearthnet_core.backends.documents.process import read as read_file
from hearthnet_core.capability import Privacy
from hearthnet_core.errors import BadRequest, NotFound, Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import knowledge as module
from hearthnet_core.services import lexical
from hearthnet_core.services.corpora import ACCESS
from hearthnet_core.services.knowledge import IngestRequest, Knowledge, QueryRequest
from hearthnet_core.storage.database import Database

HOME, NEIGHBOUR = NodeId(b"h" * 32), NodeId(b"n" * 32)
PUMP = "# The pump\n\nThe pump at the school works from eight to six.\n\n## The key\n\nThe key hangs in the office."


@pytest.fixture
async def knowledge(tmp_path: Path) -> AsyncIterator[Knowledge]:
    runtime = SystemRuntime(2)
    database = await Database.open(tmp_path / "node.db", runtime)
    made = Knowledge(runtime, database, lambda caller: caller == HOME)
    await made.start(None)
    yield made
    await database.close()
    runtime.close()


async def found(knowledge: Knowledge, query: str, caller: NodeId | None, **more: object) -> list[str]:
    done = await knowledge.query(QueryRequest(query=query, **more), caller)  # type: ignore[arg-type]
    return [chunk.metadata["doc_title"] for chunk in done.chunks]


async def test_a_document_is_found_by_any_form_of_its_words(knowledge: Knowledge) -> None:
    done = await knowledge.ingest(IngestRequest(name="pump.md", text=PUMP))
    assert (done.title, done.chunks, done.duplicate) == ("The pump", 2, False)
    assert await found(knowledge, "Who pumps? Where are the keys?", None) == ["The pump", "The pump"]


async def test_the_same_bytes_again_add_nothing(knowledge: Knowledge) -> None:
    await knowledge.ingest(IngestRequest(name="pump.md", text=PUMP))
    before = knowledge.documents, knowledge.chunks
    again = await knowledge.ingest(IngestRequest(name="another-name.md", text=PUMP))
    assert again.duplicate
    assert (knowledge.documents, knowledge.chunks) == before


async def test_a_neighbour_sees_what_is_shared_and_the_household_sees_all(knowledge: Knowledge) -> None:
    await knowledge.ingest(IngestRequest(name="diary.md", text="# Diary\n\nThe pump was loud.", corpus="household"))
    await knowledge.ingest(IngestRequest(name="pump.md", text=PUMP, corpus="shared"))
    assert set(await found(knowledge, "pump", None)) == {"Diary", "The pump"}
    assert set(await found(knowledge, "pump", HOME)) == {"Diary", "The pump"}
    assert set(await found(knowledge, "pump", NEIGHBOUR)) == {"The pump"}
    assert await found(knowledge, "pump", NEIGHBOUR, corpora=("household",)) == []
    assert [c["name"] for c in await knowledge.corpora(NEIGHBOUR)] == ["shared"]


@pytest.mark.parametrize("query", ['"', "NEAR(", "a AND OR", "words:", "*", "' OR 1=1 --", "pump\x00", "—", "🙂"])
async def test_no_query_is_a_command_to_the_index(knowledge: Knowledge, query: str) -> None:
    await knowledge.ingest(IngestRequest(name="pump.md", text=PUMP))
    assert set(await found(knowledge, query, None)) <= {"The pump"}


@pytest.mark.parametrize("text", ["", "   \n", "---\nlanguage: en\n---\n \n"])
async def test_a_document_without_text_is_refused_by_name(knowledge: Knowledge, text: str) -> None:
    with pytest.raises(BadRequest, match=r"empty\.md has no text"):
        await knowledge.ingest(IngestRequest(name="empty.md", text=text))
    assert knowledge.documents == 0


async def test_a_newer_shipped_text_replaces_the_older_one(knowledge: Knowledge, tmp_path: Path) -> None:
    shipped = tmp_path / "library/en"
    shipped.mkdir(parents=True)
    (shipped / "water.md").write_text("---\nlanguage: en\n---\n# Water\n\nOld advice about wells.")
    await knowledge.start(tmp_path / "library")
    (shipped / "water.md").write_text("---\nlanguage: en\n---\n# Water\n\nNew advice about rivers.")
    await knowledge.start(tmp_path / "library")
    assert await found(knowledge, "wells", None) == []
    assert await found(knowledge, "rivers", None) == ["Water"]
    assert knowledge.documents == 1


async def test_a_text_is_cut_as_the_same_text_in_a_file_is(knowledge: Knowledge) -> None:
    long = " ".join(f"Sentence {n} says something of its own." for n in range(60))
    text = f"---\ntitle: Water\nlanguage: en\n---\n# Water\n\n{long}\n\n```\n# no heading\n```\n\n## Boil\r\n\r\nOne minute."
    (read,) = [found async for found in read_file("water.md", text.encode())]
    assert isinstance(read, Document)
    done = [
        await knowledge.ingest(IngestRequest(name="water.md", text=text)),
        await knowledge.add(read, "attic"),
    ]
    opened = [
        await knowledge.catalogue.pieces(d.document_id, corpus=c)
        for d, c in zip(done, ("household", "attic"), strict=True)
    ]
    said = [[(p["heading"], p["text"]) for p in one["pieces"]] for one in opened]
    assert said[0] == said[1] and len(said[0]) > 2
    assert (opened[0]["title"], opened[0]["language"], opened[0]["document_id"]) == ("Water", "en", read.cid.hex())


@pytest.mark.parametrize("text", ["", " \n ", "---\ntitle: Only this\n---\n", "# Only a heading"])
async def test_what_has_no_text_is_refused(knowledge: Knowledge, text: str) -> None:
    with pytest.raises(BadRequest, match=r"empty\.md has no text"):
        await knowledge.ingest(IngestRequest(name="empty.md", text=text))


ROLES = {b"m": "member", b"t": "trusted", b"a": "anchor"}


@pytest.fixture
async def shelves(tmp_path: Path) -> AsyncIterator[Knowledge]:
    """A corpus of each access, named after it, and callers whose ids begin with their role's first letter."""
    runtime = SystemRuntime(2)
    database = await Database.open(tmp_path / "node.db", runtime)
    made = Knowledge(
        runtime, database, lambda caller: caller == HOME, lambda caller: ROLES.get(bytes(caller)[:1], "member")
    )  # type: ignore[return-value]
    await made.start(None)
    for access in ACCESS:
        text = f"# Of {access}\n\nThe pump of {access}."
        await made.ingest(IngestRequest(name=f"{access}.md", text=text, corpus=access))
        await made.set_access(access, access)
    yield made
    await database.close()
    runtime.close()


SEEN = {
    "own": set(ACCESS),
    "home": set(ACCESS) - {"personal"},
    "anchor": {"community", "member", "trusted", "anchor"},
    "trusted": {"community", "member", "trusted"},
    "member": {"community", "member"},
}


@pytest.mark.parametrize("who", SEEN)
@pytest.mark.parametrize("named", [False, True], ids=["asking for nothing special", "naming every corpus"])
async def test_each_sees_what_its_role_may_and_nothing_else(shelves: Knowledge, who: str, named: bool) -> None:
    caller = None if who == "own" else HOME if who == "home" else NodeId(who[0].encode() * 32)
    wanted = ACCESS if named else ()
    assert set(await found(shelves, "pump", caller, k=20, corpora=wanted)) == {f"Of {a}" for a in SEEN[who]}
    assert {c["name"] for c in await shelves.corpora(caller)} == SEEN[who]
    for hidden in set(ACCESS) - SEEN[who]:
        assert await found(shelves, "pump", caller, corpora=(hidden,)) == []


@pytest.mark.parametrize(
    ("travels", "seen"),
    [
        (Privacy.LOCAL, set(ACCESS)),
        (Privacy.HOME, set(ACCESS) - {"personal"}),
        (Privacy.COMMUNITY, {"community", "member"}),
        (Privacy.ANY, {"community", "member"}),
    ],
)
async def test_a_passage_travels_no_further_than_its_corpus_may(
    shelves: Knowledge, travels: Privacy, seen: set[str]
) -> None:
    assert set(await found(shelves, "pump", None, k=20, travels=travels)) == {f"Of {a}" for a in seen}
    as_neighbour = await found(shelves, "pump", NodeId(b"m" * 32), k=20, travels=Privacy.LOCAL)
    assert set(as_neighbour) == {"Of community", "Of member"}


async def test_a_change_of_who_sees_holds_from_the_next_question(shelves: Knowledge) -> None:
    neighbour = NodeId(b"m" * 32)
    await shelves.set_access("community", "home")
    assert await found(shelves, "pump", neighbour) == ["Of member"]
    await shelves.set_access("personal", "community")
    assert set(await found(shelves, "pump", neighbour)) == {"Of member", "Of personal"}


async def test_a_document_of_a_file_is_found_with_its_page_and_opens_there(knowledge: Knowledge) -> None:
    pieces = tuple(Piece(f"Part {n}", f"The pump, step {n}.", n) for n in range(1, 9))
    document = Document(name="manual.pdf", title="Manual", cid=bytes(32), pieces=pieces, language="en", pages=8)
    first = await knowledge.add(document, "household")
    assert (first.chunks, first.duplicate) == (8, False)
    assert (await knowledge.add(document, "household")).duplicate
    (best, *_) = (await knowledge.query(QueryRequest(query="pump step 5"), None)).chunks
    assert best.metadata["page"] == 5
    opened = await knowledge.catalogue.pieces(first.document_id, page=5, limit=2)
    assert [p["page"] for p in opened["pieces"]] == [5, 6] and opened["title"] == "Manual"
    same = await knowledge.catalogue.pieces(first.document_id, chunk_id=best.metadata["chunk_id"], limit=1)
    assert same["pieces"][0]["text"] == best.text
    (row,) = (await knowledge.catalogue.documents("household"))["documents"]
    assert (row["title"], row["chunks"]) == ("Manual", 8)
    await knowledge.forget(first.document_id, "household")
    assert await found(knowledge, "pump", None) == [] and (await knowledge.catalogue.documents())["documents"] == []
    with pytest.raises(NotFound, match="search again"):
        await knowledge.catalogue.pieces(first.document_id)
    with pytest.raises(NotFound):
        await knowledge.forget(first.document_id, "household")


async def test_documents_of_one_title_are_all_listed_however_the_pages_fall(knowledge: Knowledge) -> None:
    for n in range(7):
        await knowledge.ingest(IngestRequest(name=f"{n}.md", text=f"# Same\n\nText {n}."))
    await knowledge.ingest(IngestRequest(name="0.md", text="# Same\n\nText 0.", corpus="other"))
    for limit in (1, 2, 3, 7, 8):
        listed: list[tuple[str, str]] = []
        before: str | None = ""
        while before is not None:
            page = await knowledge.catalogue.documents(limit=limit, before=before)
            listed += [(d["document_id"], d["corpus"]) for d in page["documents"]]
            before = page["next"]
        assert len(listed) == len(set(listed)) == 8


@pytest.mark.parametrize("before", ["Same", "!!!", "wA=="])
async def test_a_page_nobody_gave_out_is_refused(knowledge: Knowledge, before: str) -> None:
    with pytest.raises(BadRequest, match="begin again"):
        await knowledge.catalogue.documents(before=before)


async def test_a_document_in_two_corpora_opens_in_the_one_that_is_meant(knowledge: Knowledge) -> None:
    for corpus in ("manuals", "attic", "street"):
        done = await knowledge.ingest(IngestRequest(name="pump.md", text=PUMP, corpus=corpus))
    catalogue, id = knowledge.catalogue, done.document_id
    opened = {corpus: await catalogue.pieces(id, corpus=corpus) for corpus in ("manuals", "attic", "street")}
    assert [o["corpus"] for o in opened.values()] == ["manuals", "attic", "street"]
    assert len({o["pieces"][0]["chunk_id"] for o in opened.values()}) == 3
    assert (await catalogue.pieces(id))["corpus"] == "attic"
    for corpus, one in opened.items():  # as a source of a search names it
        last = one["pieces"][-1]["chunk_id"]
        again = await catalogue.pieces(id, chunk_id=last)
        assert (again["corpus"], [p["chunk_id"] for p in again["pieces"]]) == (corpus, [last])
    with pytest.raises(NotFound, match="in cellar"):
        await catalogue.pieces(id, corpus="cellar")


async def test_a_question_of_common_words_scores_a_bounded_number_of_passages(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        await knowledge.ingest(IngestRequest(name=f"{n}.md", text=f"# Note {n}\n\nThe pump of house{n}."))
    monkeypatch.setattr(lexical, "MAX_SCORED", 10)
    assert await found(knowledge, "pump house7", None) == ["Note 7"]
    assert len(await found(knowledge, "pump", None)) == 5


async def test_a_node_that_stops_in_the_middle_of_a_question_says_so_in_its_own_words(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopping(*_: object) -> None:
        raise Unavailable("The node is stopping.")

    await knowledge.ingest(IngestRequest(name="pump.md", text=PUMP))
    monkeypatch.setattr(module, "by_words", stopping)
    with pytest.raises(Unavailable, match="stopping"):
        await found(knowledge, "pump", None)
