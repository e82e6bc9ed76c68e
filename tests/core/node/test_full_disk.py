"""A whole node whose disk has reached the floor: what is large stays out, everything else goes on, and a restart works."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from pathlib import Path

import pytest

from hearthnet_core.services import knowledge, watching
from hearthnet_core.storage import room
from tests.core.node.living import Living, lives

Usage = namedtuple("Usage", "total used free")
PUMP = "# The pump\n\nThe pump at the school works from eight to six."
FULL = r"The disk that holds .*node\.db is full: .* Nothing was lost; free some space and try again\."


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Below the floor, until it is undone; pages the database has to spare do not make up for it."""
    monkeypatch.setattr(room, "disk_usage", lambda path: Usage(100 * room.FLOOR, 99 * room.FLOOR, room.FLOOR // 3))
    return monkeypatch


async def titles(node: Living) -> set[str]:
    return {n["title"] for n in (await node.call("notices"))["notices"]}


async def test_at_the_floor_documents_are_refused_and_people_go_on(tmp_path: Path, full: pytest.MonkeyPatch) -> None:
    async with lives(tmp_path, "Alice") as alice:
        with pytest.raises(AssertionError, match=FULL):
            await alice.call("ingest", name="pump.md", text=PUMP)
        await alice.call("post_notice", title="The shop has bread")
        answer = await alice.call("ask", question="How long can I store drinking water, and in what?")
        assert "water" in answer["text"].lower()
    async with lives(tmp_path, "Alice") as alice:
        assert await titles(alice) == {"The shop has bread"}
        full.undo()
        assert not (await alice.call("ingest", name="pump.md", text=PUMP))["duplicate"]


async def test_at_the_floor_what_is_known_costs_nothing(tmp_path: Path, full: pytest.MonkeyPatch) -> None:
    full.undo()
    async with lives(tmp_path, "Alice", library=False) as alice:
        await alice.call("ingest", name="pump.md", text=PUMP)
        full.setattr(room, "disk_usage", lambda path: Usage(100 * room.FLOOR, 100 * room.FLOOR, 0))
        assert (await alice.call("ingest", name="pump.md", text=PUMP))["duplicate"]


async def test_a_new_edition_of_the_emergency_library_comes_in_below_the_floor(
    tmp_path: Path, full: pytest.MonkeyPatch
) -> None:
    async with lives(tmp_path, "Alice") as alice:
        before = (await alice.call("state"))["library"]["documents"]
    edition = "---\nlanguage: en\n---\n\n# Water\n\nSecond edition: boil it for one minute."
    full.setattr(knowledge, "_shipped", lambda library: [("water", edition)])
    async with lives(tmp_path, "Alice") as alice:
        assert (await alice.call("state"))["library"]["documents"] == before > 30
        found = (await alice.call("search", query="second edition boil minute"))["results"]
        assert "Second edition" in found[0]["text"]


async def test_a_watched_file_waits_for_room(tmp_path: Path, full: pytest.MonkeyPatch) -> None:
    full.setattr(watching, "EVERY_S", 0.05)
    folder = tmp_path / "manuals"
    folder.mkdir()
    (folder / "pump.md").write_text(PUMP)
    folders = {"knowledge.folders": [{"path": str(folder), "corpus": "manuals"}]}
    async with lives(tmp_path, "Alice", library=False, **folders) as alice, asyncio.timeout(20):
        said = ""
        while "is full" not in said:
            said = next(c for c in (await alice.call("doctor"))["checks"] if c["name"] == "folders")["message"]
            await asyncio.sleep(0.05)
        full.undo()
        full.setattr(watching, "EVERY_S", 0.05)
        while [d["title"] for d in (await alice.call("documents"))["documents"]] != ["The pump"]:
            await asyncio.sleep(0.05)
