"""What comes in by itself stops at the disk's floor, says so, and goes on once there is room."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from hearthnet_core.services.rag import IngestRequest, QueryRequest
from hearthnet_core.storage import room
from tests.core.services.meanings import Embedder, home
from tests.core.services.test_replicas import street

Usage = namedtuple("Usage", "total used free")


def below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "disk_usage", lambda path: Usage(100 * room.FLOOR, 99 * room.FLOOR, room.FLOOR // 3))


async def test_a_copy_stops_with_the_sentence_and_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with street(tmp_path) as lived:
        await lived.put("pump", "# The pump\n\nThe pump works from eight to six.")
        below(monkeypatch)
        await lived.copies.refresh()
        row = await lived.row()
        assert row["documents"] == 0
        assert "bob.db is full" in row["error"] and row["error"].endswith("free some space and try again.")
        monkeypatch.undo()
        await lived.copies.refresh()
        assert (await lived.row())["error"] == "" and await lived.found("pump") == [("The pump", "Alice")]


async def test_at_the_floor_a_copy_still_gives_up_what_its_origin_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with street(tmp_path) as lived:
        gone = await lived.put("pump", "# The pump\n\nThe pump works from eight to six.")
        await lived.put("key", "# Key\n\nThe key is in the office.")
        await lived.copies.refresh()
        await lived.alice.forget(gone, "shared")
        below(monkeypatch)
        await lived.copies.refresh()
        assert (await lived.row())["error"] == "" and await lived.found("pump") == []


async def test_at_the_floor_no_vectors_are_added_and_words_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with home(tmp_path, Embedder()) as lived:
        await lived.knowledge.ingest(IngestRequest(name="well", text="# Well\n\nThe well is behind the church."))
        below(monkeypatch)
        await lived.index.refresh()
        assert "vectors is full" in lived.index.problem and "by their words only" in lived.index.problem
        asked = await lived.knowledge.query(QueryRequest(query="well"), None)
        assert [found.metadata["doc_title"] for found in asked.chunks] == ["Well"]
        monkeypatch.undo()
        await lived.index.refresh()
        assert lived.index.problem == ""
        assert (await lived.knowledge.query(QueryRequest(query="hydrant"), None)).method == "hybrid"
