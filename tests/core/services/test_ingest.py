"""Files into a whole node through its local API: what is found afterwards, what is told, what costs nothing."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from hearthnet_core.api import bodies
from hearthnet_core.api.server import UPLOADS
from tests.core.backends.documents import files
from tests.core.node.living import Living, lives


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Living]:
    async with lives(tmp_path, "Alice", library=False) as alice:
        yield alice


def done(events: list[dict[str, Any]]) -> dict[str, Any]:
    assert events[-1]["event"] == "done", events[-1]
    found: dict[str, Any] = events[-1]["data"]
    return found


async def found(node: Living, query: str, **more: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = (await node.call("search", query=query, **more))["results"]
    return results


MANUAL = files.pdf(
    "The boiler is switched on with the green lever.", "The chimney is swept twice a year.", title="Boiler manual"
)


async def test_an_uploaded_pdf_is_found_and_opens_at_its_page(node: Living) -> None:
    events = await node.upload("ingest_file", MANUAL, name="boiler.pdf", corpus="manuals", language="en")
    (document,) = done(events)["documents"]
    assert (document["title"], document["pages"], document["duplicate"]) == ("Boiler manual", 2, False)
    assert [e["data"]["step"] for e in events[:-1]] == ["reading", "storing"]
    (source,) = await found(node, "who sweeps the chimney")
    assert (source["doc_title"], source["corpus"], source["doc_cid"]) == (
        "Boiler manual",
        "manuals",
        document["document_id"],
    )
    opened = await node.call("document", document_id=source["doc_cid"], page=2)
    assert [p["page"] for p in opened["pieces"]] == [2]
    assert "swept twice" in opened["pieces"][0]["text"]


async def test_the_same_file_again_adds_nothing_and_says_so(node: Living) -> None:
    await node.upload("ingest_file", MANUAL, name="boiler.pdf")
    before = await node.call("state")
    (again,) = done(await node.upload("ingest_file", MANUAL, name="renamed.pdf"))["documents"]
    assert again["duplicate"] is True
    assert (await node.call("state"))["library"] == before["library"]


async def test_two_at_once_of_one_file_give_one_document(node: Living) -> None:
    one, other = await asyncio.gather(*(node.upload("ingest_file", MANUAL, name="boiler.pdf") for _ in range(2)))
    told = sorted(done(events)["documents"][0]["duplicate"] for events in (one, other))
    assert told == [False, True]
    assert len((await node.call("documents"))["documents"]) == 1


async def test_a_broken_file_leaves_everything_as_it_was(node: Living) -> None:
    events = await node.upload("ingest_file", b"%PDF-1.7 and no more", name="broken.pdf")
    assert (events[-1]["event"], events[-1]["data"]["error"]) == ("error", "bad_request")
    assert "broken.pdf" in events[-1]["data"]["message"] and "damaged" in events[-1]["data"]["message"]
    assert (await node.call("documents"))["documents"] == []


async def test_of_an_archive_the_good_ones_are_kept_and_the_bad_ones_named(node: Living) -> None:
    made = files.zipped(
        {
            "a.md": b"# Candles\n\nCandles burn.",
            "b.pdf": b"%PDF-1.7 broken",
            "c/d.html": b"<h1>Lamps</h1><p>Lamps glow.",
        }
    )
    answer = done(await node.upload("ingest_file", made, name="light.zip"))
    assert [d["title"] for d in answer["documents"]] == ["Candles", "Lamps"]
    assert [f["name"] for f in answer["failed"]] == ["light.zip/b.pdf"]
    assert (await found(node, "what does glow"))[0]["doc_title"] == "Lamps"


def scan(*texts: str) -> bytes:
    """A PDF whose pages are pictures."""
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=(600, 400))
    for text in texts:
        picture = Image.new("L", (1500, 1000), 255)
        ImageDraw.Draw(picture).text((80, 80), text, 0, font=ImageFont.load_default(60))
        canvas.drawImage(ImageReader(picture), 0, 0, 600, 400)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


async def test_scanned_pages_nobody_can_read_are_counted(node: Living) -> None:
    made = files.zipped({"scan.pdf": scan("The meeting point"), "a.md": b"Text."})
    answer = done(await node.upload("ingest_file", made, name="papers.zip"))
    assert answer["unreadable_pages"] == 1
    assert [d["title"] for d in answer["documents"]] == ["a"]


async def test_scanned_pages_are_read_where_tesseract_is(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice", library=False, engines_auto=True) as alice:
        events = await alice.upload(
            "ingest_file", scan("The meeting point", "is the town hall"), name="scan.pdf", language="en"
        )
        assert "recognising" in [e["data"].get("step") for e in events]
        answer = done(events)
        assert (answer["unreadable_pages"], answer["documents"][0]["pages"]) == (0, 2)
        (source,) = await found(alice, "town hall")
        opened = await alice.call("document", document_id=source["doc_cid"], page=2)
        assert "town hall" in opened["pieces"][0]["text"]


async def test_documents_are_listed_page_by_page_and_forgotten(node: Living) -> None:
    for n in range(5):
        await node.upload("ingest_file", f"# Note {n}\n\nSomething {n}.".encode(), name=f"{n}.md")
    first = await node.call("documents", limit=3)
    second = await node.call("documents", limit=3, before=first["next"])
    assert [d["title"] for d in first["documents"] + second["documents"]] == [f"Note {n}" for n in range(5)]
    assert second["next"] is None
    await node.call("delete_document", document_id=first["documents"][0]["document_id"], corpus="household")
    assert await found(node, "Note 0 Something") == [] or all(
        s["doc_title"] != "Note 0" for s in await found(node, "Note 0 Something")
    )


async def test_a_corpus_is_opened_and_closed_to_neighbours(node: Living) -> None:
    await node.upload("ingest_file", MANUAL, name="boiler.pdf", corpus="manuals")
    assert (await node.call("corpora"))["corpora"] == [
        {"name": "manuals", "access": "home", "documents": 1, "chunks": 2}
    ]
    changed = await node.call("set_corpus", name="manuals", access="community")
    assert changed["corpus"]["access"] == "community"


@pytest.mark.parametrize(
    ("query", "words"),
    [({}, "name"), ({"name": "x.md", "corpus": "Not A Name"}, "corpus"), ({"name": "x.md", "extra": "1"}, "extra")],
)
async def test_parameters_that_do_not_fit_are_named(node: Living, query: dict[str, str], words: str) -> None:
    (answer,) = await node.upload("ingest_file", b"Text.", **query)
    assert answer["error"] == "bad_request" and words in answer["message"]


@pytest.mark.parametrize(
    ("name", "kept"), [("a\0b.txt", "ab"), ("\x1b[2Ja\nb.txt", "[2Ja b"), ("-c.txt", "-c"), ("../../etc/a.txt", "a")]
)
async def test_any_name_is_a_name_and_nothing_else(node: Living, name: str, kept: str) -> None:
    (document,) = done(await node.upload("ingest_file", b"Water is in the barrel.", name=name))["documents"]
    assert document["title"] == kept


async def test_a_name_that_nobody_could_see_is_refused(node: Living) -> None:
    (event,) = await node.upload("ingest_file", b"Water is in the barrel.", name="\0\u202e")
    assert event["data"]["error"] == "bad_request" and "name the file" in event["data"]["message"]


async def test_only_so_many_files_are_in_memory_at_once_and_the_others_wait(
    node: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, most, goes_on, read = 0, 0, asyncio.Event(), bodies.read

    async def slowly(request: Any, size: int) -> bytes:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        try:
            await goes_on.wait()
            return await read(request, size)
        finally:
            reading -= 1

    monkeypatch.setattr(bodies, "read", slowly)
    async with asyncio.TaskGroup() as group:
        uploads = [
            group.create_task(node.upload("ingest_file", f"Water is in barrel {n}.".encode(), name=f"{n}.txt"))
            for n in range(UPLOADS + 3)
        ]
        while reading < UPLOADS:
            await asyncio.sleep(0.01)
        uploads.pop().cancel()  # one that waits goes away
        goes_on.set()
    assert most == UPLOADS and [done(u.result())["documents"][0]["chunks"] for u in uploads] == [1] * (UPLOADS + 2)


async def test_a_large_file_may_take_the_time_that_a_slow_line_needs(
    node: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_S", 0.05)

    async def dripping() -> AsyncIterator[bytes]:
        yield b"Water is "
        await asyncio.sleep(0.3)
        yield b"in the barrel."

    (document,) = done(await node.upload("ingest_file", dripping(), name="slow.txt"))["documents"]
    assert document["title"] == "slow"
    monkeypatch.setattr(bodies, "SLOWEST", 2**40)
    (event,) = await node.upload("ingest_file", dripping(), name="slower.txt")
    assert event["error"] == "timeout"
