"""Documents on a real database: found, known again, and seen only by who may."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.errors import BadRequest
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.knowledge import IngestRequest, Knowledge, QueryRequest
from hearthnet_core.services.plain import CHUNK_LETTERS
from hearthnet_core.services.plain import pieces as _pieces
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


@given(st.text(alphabet=st.sampled_from("ab .!?\n#ä"), max_size=4000))
def test_pieces_keep_every_word_and_their_size(body: str) -> None:
    pieces = _pieces(body, "Title")
    assert all(len(text) <= CHUNK_LETTERS + 1 for _, text in pieces)
    headings = {h for h, _ in pieces}
    assert {w for _, text in pieces for w in text.split()} <= set(body.split()) | {
        w[i : i + CHUNK_LETTERS] for w in body.split() for i in range(len(w))
    }
    assert headings <= {"Title", *(re.sub(r"^#{1,4}\s+", "", line.strip()).strip()[:200] for line in body.splitlines())}
