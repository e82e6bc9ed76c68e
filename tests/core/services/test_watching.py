"""Watched folders of a whole node: what lies in them is what the library has, however it got there or went."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hearthnet_core.backends.seeing import OCR_PDF, OcrPdfRequest
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.config import load
from hearthnet_core.errors import BadRequest, Timeout, Unavailable
from hearthnet_core.services import ingest, watching
from hearthnet_core.services.knowledge import Knowledge
from tests.core.backends.documents import files
from tests.core.node.living import Living, lives
from tests.core.services.test_ingest import scan


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "EVERY_S", 0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "manuals"
    made.mkdir()
    return made


@asynccontextmanager
async def watched(tmp_path: Path, folder: Path, **more: str) -> AsyncIterator[Living]:
    folders = [{"path": str(folder), "corpus": "manuals", **more}]
    async with lives(tmp_path, "Alice", library=False, **{"knowledge.folders": folders}) as alice:
        yield alice


async def until(node: Living, condition: Callable[[list[dict[str, Any]]], object]) -> list[dict[str, Any]]:
    async with asyncio.timeout(20):
        while True:
            documents: list[dict[str, Any]] = (await node.call("documents"))["documents"]
            if condition(documents):
                return documents
            await asyncio.sleep(0.05)


async def expect_titles(node: Living, *wanted: str) -> list[dict[str, Any]]:
    return await until(node, lambda documents: sorted(d["title"] for d in documents) == sorted(wanted))


async def complaint(node: Living) -> str:
    async with asyncio.timeout(20):
        while True:
            (check,) = [c for c in (await node.call("doctor"))["checks"] if c["name"] == "folders"]
            if check["status"] == "warning":
                return str(check["message"])
            await asyncio.sleep(0.05)


async def test_new_changed_and_deleted_files_are_followed(tmp_path: Path, folder: Path) -> None:
    async with watched(tmp_path, folder, language="en") as alice:
        (folder / "deep").mkdir()
        (folder / "deep/boiler.md").write_text("# Boiler\n\nThe lever is green.")
        (folder / "chimney.pdf").write_bytes(files.pdf("It is swept twice a year.", title="Chimney"))
        found = await expect_titles(alice, "Boiler", "Chimney")
        assert {(d["corpus"], d["language"]) for d in found} == {("manuals", "en")}
        (folder / "deep/boiler.md").write_text("# Boiler, second edition\n\nThe lever is red.")
        await expect_titles(alice, "Boiler, second edition", "Chimney")
        (folder / "chimney.pdf").unlink()
        await expect_titles(alice, "Boiler, second edition")
        (folder / "deep/boiler.md").unlink()
        await expect_titles(alice)


async def test_a_restart_reads_nothing_again_and_sees_what_happened_meanwhile(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.md").write_text("# Same\n\nText.")
    (folder / "b.md").write_text("# Gone\n\nText, another.")
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Same", "Gone")
    (folder / "b.md").unlink()
    os.utime(folder / "a.md", (1, 1))
    monkeypatch.setattr(ingest, "read", None)  # whoever reads a file now fails
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Same")


async def test_a_file_that_grows_is_waited_for(tmp_path: Path, folder: Path) -> None:
    async with watched(tmp_path, folder) as alice:
        with (folder / "long.md").open("w") as file:
            for n in range(30):
                file.write(f"# Part {n}\n\nText {n}.\n\n")
                file.flush()
                assert (await alice.call("documents"))["documents"] == []
                await asyncio.sleep(0.02)
        (document,) = await expect_titles(alice, "Part 0")
        assert document["chunks"] == 30


async def test_copies_are_one_document_until_the_last_is_deleted(tmp_path: Path, folder: Path) -> None:
    for name in ("a.md", "b.md"):
        (folder / name).write_text("# Twice\n\nText.")
    (folder / "c.md").write_text("# Once\n\nText of its own.")
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Twice", "Once")
        (folder / "a.md").unlink()
        (folder / "c.md").unlink()
        await expect_titles(alice, "Twice")
        (folder / "b.md").unlink()
        await expect_titles(alice)


async def test_what_a_person_added_stays_when_the_file_goes(tmp_path: Path, folder: Path) -> None:
    async with watched(tmp_path, folder) as alice:
        await alice.upload("ingest_file", b"# Mine\n\nText.", name="mine.md", corpus="manuals")
        (folder / "copy.md").write_bytes(b"# Mine\n\nText.")
        (folder / "other.md").write_text("# Other\n\nText, other.")
        await expect_titles(alice, "Mine", "Other")
        (folder / "copy.md").unlink()
        (folder / "other.md").unlink()
        await expect_titles(alice, "Mine")


async def test_links_hidden_files_and_pipes_are_left_alone(tmp_path: Path, folder: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n\nNot for the library.")
    (folder / "link.md").symlink_to(secret)
    (folder / "linked").symlink_to(tmp_path)
    (folder / ".hidden.md").write_text("# Hidden\n\nText.")
    os.mkfifo(folder / "pipe.md")
    (folder / "z.md").write_text("# Seen\n\nText.")
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Seen")


async def test_a_broken_file_is_told_once_it_was_tried_and_keeps_its_older_version(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    real = ingest.read

    def counted(name: str, data: bytes | Path) -> Any:
        tried.append(name)
        return real(name, data)

    monkeypatch.setattr(ingest, "read", counted)
    (folder / "a.pdf").write_bytes(files.pdf("This is the first edition of the manual.", title="Edition"))
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Edition")
        (folder / "a.pdf").write_bytes(b"%PDF-1.7 and no more")
        assert "a.pdf: This PDF is damaged" in await complaint(alice)
        await expect_titles(alice, "Edition")
        (folder / "b.md").write_text("# Later\n\nText.")
        await expect_titles(alice, "Edition", "Later")
        assert tried == ["a.pdf", "a.pdf", "b.md"]


async def test_an_archive_is_replaced_and_removed_as_a_whole(tmp_path: Path, folder: Path) -> None:
    async with watched(tmp_path, folder) as alice:
        (folder / "a.zip").write_bytes(files.zipped({"1.md": b"# One\n\nText 1.", "2.md": b"# Two\n\nText 2."}))
        await expect_titles(alice, "One", "Two")
        (folder / "a.zip").write_bytes(files.zipped({"2.md": b"# Two\n\nText 2.", "3.md": b"# Three\n\nText 3."}))
        await expect_titles(alice, "Two", "Three")
        (folder / "a.zip").unlink()
        await expect_titles(alice)


async def test_a_folder_that_is_away_keeps_its_documents(tmp_path: Path, folder: Path) -> None:
    (folder / "a.md").write_text("# Kept\n\nText.")
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Kept")
        folder.rename(tmp_path / "elsewhere")
        assert "cannot be read" in await complaint(alice)
        await expect_titles(alice, "Kept")


async def test_an_empty_mount_point_is_no_reason_to_forget(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.md").write_text("# Kept\n\nText.")
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Kept")
    (folder / "a.md").unlink()
    real = watching.look
    elsewhere = lambda root: watching.Look("another", real(root).files, True)  # noqa: E731
    monkeypatch.setattr(watching, "look", elsewhere)
    async with watched(tmp_path, folder) as alice:
        assert "is the share mounted" in await complaint(alice)
        await expect_titles(alice, "Kept")


async def test_another_corpus_in_the_configuration_moves_the_documents(tmp_path: Path, folder: Path) -> None:
    (folder / "a.md").write_text("# Moved\n\nText.")
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Moved")
    async with watched(tmp_path, folder, corpus="household") as alice:
        await until(alice, lambda documents: [d["corpus"] for d in documents] == ["household"])


class Eyes:
    """Reads every page it is asked for as `says`, where that is anything."""

    def __init__(self, says: str, name: str = "eyes") -> None:
        self.says, self.name, self.asked = says, name, 0

    def offer(self) -> Offer:
        return Offer(capability=OCR_PDF.name, provider=self.name, models=("eng",))

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = OCR_PDF.read(call.body, OcrPdfRequest)
        self.asked += 1
        for page in request.pages:
            yield Chunk("page", {"page": page, "text": self.says, "confidence": 0.9})
        yield Chunk("done", {"pages": len(request.pages)})


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> list[Registry]:
    """Those of the nodes that are started."""
    made: list[Registry] = []
    real = Registry.__init__

    def kept(self: Registry) -> None:
        real(self)
        made.append(self)

    monkeypatch.setattr(Registry, "__init__", kept)
    return made


async def test_scanned_pages_are_tried_again_once_somebody_can_read_them(
    tmp_path: Path, folder: Path, registries: list[Registry]
) -> None:
    (folder / "scan.pdf").write_bytes(scan("not seen by anybody"))
    (folder / "half.pdf").write_bytes(files.pdf("The first page can be read by all.", "", title="Half"))
    async with watched(tmp_path, folder) as alice:
        (half,) = await expect_titles(alice, "Half")
        assert "tried again when somebody can" in await complaint(alice)
        assert half["chunks"] == 1
        blind = Eyes("", "blind")
        gone = registries[0].provide(blind, blind.offer)
        await until(alice, lambda _: blind.asked == 2)
        (folder / "later.md").write_text("# Later\n\nText.")
        await expect_titles(alice, "Half", "Later")
        assert blind.asked == 2, "it is not asked for ever"
        gone()
        eyes = Eyes("The meeting point is the town hall.")
        registries[0].provide(eyes, eyes.offer)
        await until(alice, lambda documents: sorted((d["title"], d["chunks"]) for d in documents) == READ)
        assert await healthy(alice)
        assert (eyes.asked, blind.asked) == (2, 2)


READ = [("Half", 2), ("Later", 1), ("scan", 1)]


async def healthy(node: Living) -> bool:
    async with asyncio.timeout(20):
        while next(c for c in (await node.call("doctor"))["checks"] if c["name"] == "folders")["status"] != "ok":
            await asyncio.sleep(0.05)
    return True


async def test_the_older_version_stays_while_nobody_can_read_the_newer_one(tmp_path: Path, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(files.pdf("This is the first edition of the manual.", title="Edition"))
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Edition")
        (folder / "a.pdf").write_bytes(scan("a scan of the second"))
        assert "pictures nobody in this home could read" in await complaint(alice)
        await expect_titles(alice, "Edition")


async def test_what_is_deleted_goes_also_while_nothing_new_can_be_kept(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "old.md").write_text("# Old\n\nText.")
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Old")

        async def full(*_: object, **__: object) -> None:
            raise Unavailable("The disk is full.")

        monkeypatch.setattr(Knowledge, "add", full)
        (folder / "new.md").write_text("# New\n\nText.")
        assert "The disk is full." in await complaint(alice)
        (folder / "old.md").unlink()
        await expect_titles(alice)
        monkeypatch.undo()
        await expect_titles(alice, "New")


async def test_touching_a_file_with_a_problem_tries_it_again(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.md").write_text("# Slow\n\nText.")
    real, slow = ingest.read, True

    async def read(name: str, data: Any) -> AsyncIterator[Any]:
        if slow:
            raise Timeout(f"{name}: reading it takes longer than 120 s.")
        async for found in real(name, data):
            yield found

    monkeypatch.setattr(ingest, "read", read)
    async with watched(tmp_path, folder) as alice:
        assert "takes longer" in await complaint(alice)
        slow = False
        os.utime(folder / "a.md", (1, 1))
        await expect_titles(alice, "Slow")
        assert await healthy(alice)


async def test_an_upload_is_read_again_while_pages_of_it_are_unread(
    tmp_path: Path, folder: Path, registries: list[Registry]
) -> None:
    made = files.pdf("The first page can be read by all.", "", title="Half")
    async with watched(tmp_path, folder) as alice:
        for expected in (False, True):
            (one,) = (await alice.upload("ingest_file", made, name="half.pdf"))[-1]["data"]["documents"]
            assert (one["duplicate"], one["chunks"]) == (expected, 1)
        eyes = Eyes("The meeting point is the town hall.")
        registries[0].provide(eyes, eyes.offer)
        for expected in (False, True):
            (one,) = (await alice.upload("ingest_file", made, name="half.pdf"))[-1]["data"]["documents"]
            assert (one["duplicate"], one["chunks"]) == (expected, 2)
        assert eyes.asked == 1
        assert (await alice.call("search", query="town hall"))["results"][0]["page"] == 2


@pytest.mark.parametrize("swapped", ["a.md", "deep"])
async def test_a_link_put_in_place_of_a_file_shows_nothing_of_what_lies_elsewhere(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
) -> None:
    """Between the look and the reading, and again between the opening and the reading."""
    (folder / "deep").mkdir()
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for place in (folder, folder / "deep", secrets):
        (place / "a.md").write_text("# Mine\n\nText." if place != secrets else "# Secret\n\nNot for the library.")

    def swap() -> None:
        if not (folder / swapped).is_symlink():
            (folder / swapped).rename(tmp_path / "away")
            (folder / swapped).symlink_to(secrets / "a.md" if swapped == "a.md" else secrets)

    real = watching.opened
    swaps = 0

    def opened(root: Path, path: str) -> Any:
        nonlocal swaps
        if path.startswith(swapped):
            swaps += 1
            if swaps == 1:
                swap()
                return real(root, path)
        found = real(root, path)
        swap()
        return found

    monkeypatch.setattr(watching, "opened", opened)
    async with watched(tmp_path, folder) as alice:
        (folder / "zz").mkdir()
        (folder / "zz/z.md").write_text("# Last\n\nText.")
        documents = await until(alice, lambda found: "Last" in [d["title"] for d in found])
        assert swaps and "Secret" not in [d["title"] for d in documents]


async def test_what_was_opened_is_read_whatever_takes_its_name_meanwhile(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n\nNot for the library.")
    (folder / "a.md").write_text("# Mine\n\nText.")
    real = watching.hash_of

    def hash_of(file: Any) -> bytes:
        found = real(file)
        (folder / "a.md").unlink(missing_ok=True)
        (folder / "a.md").symlink_to(secret)
        return found

    monkeypatch.setattr(watching, "hash_of", hash_of)
    seen: set[str] = set()
    async with watched(tmp_path, folder) as alice:
        async with asyncio.timeout(20):
            while not seen or (await alice.call("documents"))["documents"]:  # it comes, and goes as a link is no file
                seen |= {d["title"] for d in (await alice.call("documents"))["documents"]}
                await asyncio.sleep(0.01)
    assert seen == {"Mine"}


@pytest.mark.parametrize("moment", ["before it is stored", "before it is remembered"])
async def test_a_power_cut_in_between_leaves_no_document_nobody_answers_for(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    (folder / "a.md").write_text("# Here\n\nText.")
    reached, saved = asyncio.Event(), tmp_path / "after"
    owner, name = (Knowledge, "keep") if moment == "before it is stored" else (watching.Watching, "_remember")
    real = getattr(owner, name)

    async def cut(*_: Any, **__: Any) -> None:
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(owner, name, cut)
    async with watched(tmp_path, folder) as alice:
        await asyncio.wait_for(reached.wait(), 20)
        saved.mkdir()
        shutil.copytree(alice.data, saved / "alice")  # what the disk holds at this moment
    monkeypatch.setattr(owner, name, real)
    async with watched(saved, folder) as alice:
        (here,) = await expect_titles(alice, "Here")
        assert here["chunks"] == 1
        (folder / "a.md").unlink()
        await expect_titles(alice)


def test_a_corpus_that_is_no_name_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[[knowledge.folders]]\npath = "/srv"\ncorpus = "Not a name"\n')
    with pytest.raises(BadRequest, match="corpus"):
        load(tmp_path, {})
