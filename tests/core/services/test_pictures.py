"""Pictures in the library of a whole node: read, described, found by words and by what they look like, and kept at home."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from PIL import Image, ImageDraw, ImageFont

from hearthnet_core.backends.clip import Clip
from hearthnet_core.backends.seeing import DESCRIBE, OCR_IMAGE
from hearthnet_core.bus.registry import Registry
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.services import pictures, watching
from hearthnet_core.services.picture_reading import MAX_PREVIEW
from tests.core.backends.documents import files
from tests.core.node.living import Living, lives
from tests.core.services.test_ingest import done, found
from tests.core.services.test_watching import expect_titles, healthy, registries, until, watched
from tests.models.clip import NAME, clip_at

__all__ = ["registries"]


def picture(colour: str, kind: str = "PNG", size: tuple[int, int] = (90, 60), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **more)
    return out.getvalue()


def paper(text: str, exif: int = 1) -> bytes:
    """A photo of something written, held as its EXIF orientation says."""
    sheet = Image.new("L", (1500, 600), 255)
    ImageDraw.Draw(sheet).text((80, 80), text, 0, font=ImageFont.load_default(70))
    if exif == 6:  # to be turned clockwise
        sheet = sheet.rotate(90, expand=True)
    marks = Image.Exif()
    marks[0x0112] = exif
    marks.get_ifd(0x8825)[1] = "N"  # where it was taken
    out = io.BytesIO()
    sheet.save(out, "JPEG", exif=marks, comment=b"HOME 48.137N 11.575E")
    return out.getvalue()


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Living]:
    async with lives(tmp_path, "Alice", library=False) as alice:
        yield alice


@pytest.fixture
async def seeing(tmp_path: Path) -> AsyncIterator[Living]:
    """A node with a model for pictures, and Tesseract."""
    (tmp_path / "alice").mkdir()
    clip_at(tmp_path / "alice/models/pictures")
    async with lives(tmp_path, "Alice", library=False, engines_auto=True) as alice:
        yield alice


async def put(node: Living, name: str, data: bytes, **more: str) -> dict[str, Any]:
    (document,) = done(await node.upload("ingest_file", data, name=name, **more))["documents"]
    return dict(document)


async def find(node: Living, **asked: Any) -> list[str]:
    return [p["title"] for p in (await node.call("find_pictures", **asked))["pictures"]]


class Seer:
    """Says what a picture shows, by its colour; remembers what it was given."""

    def __init__(self, says: str = "A {} door in a white wall.") -> None:
        self.says = says
        self.given: list[bytes] = []

    def offer(self) -> Offer:
        return Offer(capability=DESCRIBE.name, provider="seer", models=("eyes",))

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        image = Image.open(io.BytesIO(call.body["image"])).convert("RGB")
        self.given.append(call.body["image"])
        pixel = image.resize((1, 1)).getpixel((0, 0))
        assert isinstance(pixel, tuple)
        text = self.says.format(("red", "green", "blue")[pixel.index(max(pixel))])
        for at in range(0, len(text), 500):
            yield Chunk("delta", {"text": text[at : at + 500]})
        yield Chunk("done", {"model": "eyes"})


async def test_a_photo_is_found_by_what_it_looks_like(seeing: Living) -> None:
    for name, colour in (("cellar", "red"), ("garden", "green"), ("roof", "blue")):
        await put(seeing, f"{name}.png", picture(colour))
    state = await seeing.until(lambda s: s["library"]["picture_model"] == NAME)
    assert (state["library"]["pictures"], state["library"]["picture_note"]) == (3, "")
    async with asyncio.timeout(20):
        while len(await find(seeing, query="something")) < 3:
            await asyncio.sleep(0.05)
    answer = await seeing.call("find_pictures", query="something green")
    assert (answer["pictures"][0]["title"], answer["method"], answer["note"]) == ("garden", "words+looks", "")
    assert await find(seeing, query="blue", k=1) == ["roof"]
    assert await find(seeing, query="CELLAR", k=1) == ["cellar"], "and by its words"
    shown = Image.open(io.BytesIO(base64.b64decode(answer["pictures"][0]["preview"])))
    assert shown.format == "JPEG" and shown.size == (90, 60)


async def test_a_picture_like_this_one_is_found_and_is_not_itself(seeing: Living) -> None:
    ids = {c: (await put(seeing, f"{c}.png", picture(c)))["document_id"] for c in ("#ff0000", "#dd2200", "#0000ff")}
    await seeing.until(lambda s: s["library"]["picture_model"] == NAME)
    async with asyncio.timeout(20):
        while len((answer := await seeing.call("find_pictures", document_id=ids["#ff0000"]))["pictures"]) < 2:
            await asyncio.sleep(0.05)
    assert [p["title"] for p in answer["pictures"]] == ["#dd2200", "#0000ff"] and answer["method"] == "looks"


async def test_what_is_written_on_a_photo_is_found_however_it_was_held(seeing: Living) -> None:
    for turned in (1, 6):
        made = await put(seeing, f"held-{turned}.jpg", paper(f"Valve {turned} is behind the stairs", turned))
        assert made["chunks"] == 1
    assert {s["doc_title"] for s in await found(seeing, "behind which stairs is it")} == {"held-1", "held-6"}
    assert set(await find(seeing, query="valve stairs")) == {"held-1", "held-6"}


async def test_without_anybody_who_sees_it_is_kept_by_its_name_and_that_is_said(node: Living) -> None:
    answer = done(await node.upload("ingest_file", picture("red"), name="cellar door.png"))
    assert answer["unreadable_pages"] == 1 and [d["title"] for d in answer["documents"]] == ["cellar door"]
    found_ = await node.call("find_pictures", query="door")
    assert [p["title"] for p in found_["pictures"]] == ["cellar door"]
    assert (found_["method"], found_["note"]) == ("words", "no model for pictures: only words are compared")
    alike = await node.call("find_pictures", document_id=answer["documents"][0]["document_id"])
    assert alike["pictures"] == [] and alike["note"]


async def test_only_pictures_are_found_as_pictures(node: Living) -> None:
    await put(node, "note.md", b"# Door\n\nThe door is red.")
    await put(node, "door.png", picture("red"))
    assert await find(node, query="door red") == ["door"]
    assert {s["doc_title"] for s in await found(node, "door")} == {"Door", "door"}
    many = "# Doors\n\n" + "".join(f"## Door {n}\n\nDoor, door, door.\n\n" for n in range(200))
    await put(node, "many.md", many.encode())
    assert await find(node, query="door") == ["door"], "however many passages are nearer"
    await node.call("delete_document", document_id=blake3(many.encode()).hexdigest(), corpus="household")
    listed = {d["title"]: d["picture"] for d in (await node.call("documents"))["documents"]}
    assert listed == {"Door": False, "door": True}


async def test_a_picture_in_two_collections_is_found_once_and_the_one_that_may_be_shown_is_asked_with(
    seeing: Living,
) -> None:
    await seeing.call("set_corpus", name="diary", access="personal")
    first = await put(seeing, "door.png", picture("red"), corpus="diary")
    await put(seeing, "door.png", picture("red"))
    await put(seeing, "gate.png", picture("#ee0000"))
    async with asyncio.timeout(20):
        while await find(seeing, query="door") != ["door", "gate"]:
            await asyncio.sleep(0.05)
    assert await find(seeing, document_id=first["document_id"]) == ["gate"]


async def test_long_scans_stand_before_no_other_picture(tmp_path: Path, registries: list[Registry]) -> None:
    async with lives(tmp_path, "Alice", library=False) as alice:
        scan = Seer("The old boiler of the white house. " * 200)
        gone = registries[0].provide(scan, scan.offer)
        for n in range(8):
            await put(alice, f"scan {n}.png", picture("green", size=(90, 60 + n)))
        gone()
        photo = Seer("An old boiler.")
        registries[0].provide(photo, photo.offer)
        for n in range(10):
            await put(alice, f"photo {n}.png", picture("red", size=(90, 60 + n)))
        assert len(await find(alice, query="old boiler", k=24)) == 18


async def test_a_model_that_hangs_costs_no_more_than_its_time(
    tmp_path: Path, registries: list[Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "alice").mkdir()
    clip_at(tmp_path / "alice/models/pictures")
    monkeypatch.setattr(pictures, "ASKED_S", 0.3)
    async with lives(tmp_path, "Alice", library=False, engines_auto=True) as alice:
        await put(alice, "door.png", picture("red"))
        await alice.until(lambda s: s["library"]["picture_model"] == NAME and not s["library"]["picture_indexing"])
        monkeypatch.setattr(Clip, "stream", hanging)
        async with asyncio.timeout(10):
            answer = await alice.call("find_pictures", query="door")
        assert [p["title"] for p in answer["pictures"]] == ["door"] and "took longer than" in answer["note"]


async def hanging(self: Clip, call: Call) -> AsyncGenerator[Chunk]:
    await asyncio.sleep(3_600)
    yield Chunk("done", {})


async def test_what_an_older_version_left_of_pictures_it_did_not_know_is_cleared_away(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice", library=False) as alice:
        for name in ("kept", "gone"):
            await put(alice, f"{name}.png", picture("red" if name == "kept" else "blue"))
    with sqlite3.connect(tmp_path / "alice/node.db") as database:  # as it forgets a document
        database.execute(
            "DELETE FROM chunk_index WHERE rowid IN (SELECT c.id FROM chunks c JOIN documents d ON d.cid = c.cid WHERE d.title = 'gone')"
        )
        database.execute("DELETE FROM chunks WHERE cid IN (SELECT cid FROM documents WHERE title = 'gone')")
        database.execute("DELETE FROM documents WHERE title = 'gone'")
    async with lives(tmp_path, "Alice", library=False) as alice:
        assert (await alice.call("state"))["library"]["pictures"] == 1
        assert not (await put(alice, "gone.png", picture("blue")))["duplicate"]
        assert (await alice.call("state"))["library"]["pictures"] == 2


async def test_it_opens_and_leaves_with_its_picture_and_is_forgotten_with_it(node: Living, tmp_path: Path) -> None:
    made = await put(node, "door.png", picture("red", size=(2_000, 1_000)))
    opened = await node.call("document", document_id=made["document_id"])
    small = Image.open(io.BytesIO(base64.b64decode(opened["document"]["picture"])))
    assert small.size == (512, 256)
    await node.call("export", directory=str(tmp_path / "out"))
    (line,) = (tmp_path / "out/documents.jsonl").read_text().splitlines()
    assert json.loads(line)["picture"] == opened["document"]["picture"]
    await node.call("delete_document", document_id=made["document_id"], corpus="household")
    assert await find(node, query="door") == []
    assert (await node.call("state"))["library"]["pictures"] == 0


async def test_the_same_picture_again_costs_nothing_once_it_was_seen(
    tmp_path: Path, registries: list[Registry]
) -> None:
    async with lives(tmp_path, "Alice", library=False) as alice:
        photo = picture("red")
        assert not (await put(alice, "a.png", photo))["duplicate"]
        seer = Seer()
        registries[0].provide(seer, seer.offer)
        again = await put(alice, "a.png", photo)  # nobody had seen it before
        assert not again["duplicate"] and len(seer.given) == 1
        assert (await put(alice, "b.png", photo))["duplicate"] and len(seer.given) == 1
        (passage,) = (await alice.call("document", document_id=again["document_id"]))["pieces"]
        assert (passage["text"], passage["heading"]) == ("A red door in a white wall.", "Seen by eyes")
        assert await find(alice, query="wall") == ["a"]
        assert (await found(alice, "which door is red"))[0]["doc_title"] == "a"


async def test_what_the_file_says_of_place_and_camera_is_shown_to_nobody(
    tmp_path: Path, registries: list[Registry]
) -> None:
    async with lives(tmp_path, "Alice", library=False) as alice:
        seer = Seer()
        registries[0].provide(seer, seer.offer)
        made = await put(alice, "a.jpg", paper("Anything at all"))
        preview = (await alice.call("document", document_id=made["document_id"]))["document"]["picture"]
        for data in (*seer.given, base64.b64decode(preview)):
            assert len(Image.open(io.BytesIO(data)).getexif()) == 0 and b"Exif" not in data and b"HOME" not in data


async def test_two_at_once_of_one_picture_give_one_document(node: Living) -> None:
    one, other = await asyncio.gather(*(put(node, "a.png", picture("red")) for _ in range(2)))
    assert sorted((one["duplicate"], other["duplicate"])) == [False, True]
    assert (await node.call("state"))["library"]["pictures"] == 1


async def test_even_noise_has_a_small_preview(node: Living) -> None:
    noise = Image.effect_noise((1_400, 1_400), 250).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    made = await put(node, "noise.png", out.getvalue())
    opened = await node.call("document", document_id=made["document_id"])
    assert len(base64.b64decode(opened["document"]["picture"])) <= MAX_PREVIEW


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.jpg", b"not a picture", "This is no picture"),
        ("a.png", picture("red", size=(900, 900))[:100], "damaged"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + bytes(100), "not read here"),
        ("a.txt", picture("red")[:60], "damaged"),
    ],
)
async def test_what_is_no_picture_fails_clearly_and_leaves_nothing(
    node: Living, name: str, data: bytes, says: str
) -> None:
    event = (await node.upload("ingest_file", data, name=name))[-1]
    assert (event["event"], event["data"]["error"]) == ("error", "bad_request") and says in event["data"]["message"]
    assert (await node.call("documents"))["documents"] == []


@pytest.mark.parametrize("asked", [{}, {"query": " "}, {"query": "a", "document_id": "0" * 64}])
async def test_a_search_for_pictures_is_by_words_or_by_a_picture(node: Living, asked: dict[str, Any]) -> None:
    (answer,) = await node.upload("find_pictures", b"", **asked)
    assert answer["data"]["error"] == "bad_request" and "document_id" in answer["data"]["message"]


async def test_pictures_of_a_watched_folder_come_last_and_are_tried_again_once_somebody_sees(
    tmp_path: Path, registries: list[Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "EVERY_S", 0.05)
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture("green", "JPEG"))
    (folder / "b.pdf").write_bytes(files.pdf("The letter came in spring.", title="Letter"))
    async with watched(tmp_path, folder) as alice:
        listed = await expect_titles(alice, "Letter", "a")
        assert [d["title"] for d in sorted(listed, key=lambda d: d["added"])] == ["Letter", "a"]
        assert await healthy(alice), "a photo that nobody can describe yet is no fault"
        seer = Seer()
        registries[0].provide(seer, seer.offer)
        async with asyncio.timeout(20):
            while not await find(alice, query="white wall"):
                await asyncio.sleep(0.05)
        (folder / "a.jpg").unlink()
        await expect_titles(alice, "Letter")
        assert await find(alice, query="white wall") == []


async def test_pictures_that_take_long_hold_up_nothing_else(
    tmp_path: Path, registries: list[Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "EVERY_S", 0.05)
    monkeypatch.setattr(watching, "PICTURES_S", 0.0)
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "old.md").write_text("# Old\n\nText.")
    async with watched(tmp_path, folder) as alice:
        await expect_titles(alice, "Old")
        seer = Slow()
        registries[0].provide(seer, seer.offer)
        for n in range(4):
            (folder / f"{n}.png").write_bytes(picture("red", size=(90, 60 + n)))
        async with asyncio.timeout(20):
            while not seer.asked:
                await asyncio.sleep(0.02)
        (folder / "old.md").unlink()
        (folder / "new.md").write_text("# New\n\nText.")
        seer.goes_on.release()  # the one that is being looked at
        async with asyncio.timeout(20):
            while {"Old", "New"} & (titles := {d["title"] for d in (await alice.call("documents"))["documents"]}) != {
                "New"
            }:
                await asyncio.sleep(0.02)
                if seer.asked > 1 and "New" not in titles:
                    seer.goes_on.release()
        assert seer.asked < 4
        for _ in range(4):
            seer.goes_on.release()
        await expect_titles(alice, "0", "1", "2", "3", "New")


class Slow(Seer):
    """Answers each time it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = asyncio.Semaphore(0)
        self.asked = 0

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.asked += 1
        await self.goes_on.acquire()
        async for chunk in super().stream(call):
            yield chunk


async def test_a_picture_that_lies_in_a_watched_folder_twice_stays_until_both_are_gone(
    tmp_path: Path, registries: list[Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "EVERY_S", 0.05)
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.png").write_bytes(picture("green"))
    async with watched(tmp_path, folder) as alice:
        seer = Seer()
        registries[0].provide(seer, seer.offer)
        await expect_titles(alice, "a")
        (folder / "b.png").write_bytes(picture("green"))
        (folder / "c.md").write_text("# Later\n\nText.")
        await expect_titles(alice, "a", "Later")
        await asyncio.sleep(0.5)  # the looks that find b
        (folder / "a.png").unlink()
        (folder / "d.md").write_text("# Last\n\nText.")
        await expect_titles(alice, "a", "Later", "Last")
        (folder / "b.png").unlink()
        await expect_titles(alice, "Later", "Last")


async def test_another_model_compares_them_anew_and_what_is_gone_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "alice").mkdir()
    models = tmp_path / "alice/models/pictures"
    clip_at(models, "first")
    settings = {"library": False, "engines_auto": True}
    async with lives(tmp_path, "Alice", **settings) as alice:
        kept = await put(alice, "cellar.png", picture("red"))
        gone = await put(alice, "garden.png", picture("green"))
        await alice.until(lambda s: s["library"]["picture_model"] == "first")
        await alice.call("delete_document", document_id=gone["document_id"], corpus="household")
    clip_at(models, "second")
    async with lives(tmp_path, "Alice", **settings, **{"retrieval.picture_model": "second"}) as alice:
        await alice.until(lambda s: s["library"]["picture_model"] == "second", 40)
        answer = await alice.call("find_pictures", query="red")
        assert [p["document_id"] for p in answer["pictures"]] == [kept["document_id"]]
        assert answer["method"] == "words+looks"


class Asked(Seer):
    """Sees, or reads: and tells how far it was asked."""

    def __init__(self, contract: Any) -> None:
        super().__init__()
        self.contract = contract
        self.reach: list[str] = []

    def offer(self) -> Offer:
        return Offer(capability=self.contract.name, provider="asked")

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.reach.append(call.privacy.value)
        yield Chunk("delta", {"text": "A door."})
        yield Chunk("done", {} if self.contract is DESCRIBE else {"text": "", "confidence": 0.0})


@pytest.mark.parametrize(("corpus", "reach"), [("household", "home"), ("diary", "local"), ("shared", "home")])
async def test_what_is_personal_is_looked_at_by_this_device_alone(
    tmp_path: Path, registries: list[Registry], corpus: str, reach: str
) -> None:
    async with lives(tmp_path, "Alice", library=False) as alice:
        await alice.call("set_privacy", privacy="any")
        await alice.call("set_corpus", name="diary", access="personal")
        asked = [Asked(DESCRIBE), Asked(OCR_IMAGE)]
        for each in asked:
            registries[0].provide(each, each.offer)
        await put(alice, "a.png", picture("red"), corpus=corpus)
        assert [each.reach for each in asked] == [[reach], [reach]]
        assert await until(alice, lambda documents: len(documents) == 1)


@asynccontextmanager
async def beside(tmp_path: Path, *, own: bool) -> AsyncIterator[tuple[Living, Living]]:
    """Alice, and Bob who has the model: a node of her household, or a neighbour."""
    (tmp_path / "bob").mkdir()
    clip_at(tmp_path / "bob/models/pictures")
    async with (
        lives(tmp_path, "Alice", library=False) as alice,
        lives(tmp_path, "Bob", library=False, engines_auto=True) as bob,
    ):
        await bob.call("join", text=(await alice.call("create_invite", own=own))["text"], own=own)
        await alice.until(
            lambda s: any(c["capability"] == "embed.image" for p in s["peers"] for c in p["capabilities"])
        )
        yield alice, bob


async def test_a_neighbours_model_makes_vectors_of_large_pictures(tmp_path: Path) -> None:
    async with beside(tmp_path, own=False) as (alice, _):
        await alice.call("set_privacy", privacy="community")
        noise = Image.merge("RGB", [Image.effect_noise((700, 700), 60)] + [Image.new("L", (700, 700), 0)] * 2)
        out = io.BytesIO()
        noise.save(out, "PNG")
        assert len(out.getvalue()) > 300_000
        body = {"images": [base64.b64encode(out.getvalue()).decode()], "texts": ["red"]}
        done_ = await alice.call("call", capability="embed.image", body=body)
        assert (done_["model"], done_["dim"], done_["answered_by"]["node_name"]) == (NAME, 3, "Bob")
        seen, said = done_["embeddings"]
        assert sum(a * b for a, b in zip(seen, said, strict=True)) > 0.95


async def test_pictures_are_shown_to_the_household_s_model_and_personal_ones_to_none_elsewhere(tmp_path: Path) -> None:
    async with beside(tmp_path, own=True) as (alice, _):
        await alice.call("set_corpus", name="diary", access="personal")
        cellar = await put(alice, "cellar.png", picture("red"))
        await put(alice, "cellar.png", picture("red"), corpus="diary")
        await put(alice, "mine.png", picture("#ee0000"), corpus="diary")
        await put(alice, "roof.png", picture("blue"))
        async with asyncio.timeout(20):
            while await find(alice, query="something red") != ["cellar", "roof"]:
                await asyncio.sleep(0.05)
        assert (await find(alice, query="mine"))[0] == "mine", "by its words alone"
        assert await find(alice, document_id=cellar["document_id"]) == ["roof"], "by the copy that may be shown"


async def test_another_node_s_model_of_the_same_name_costs_its_answer_and_not_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with beside(tmp_path, own=True) as (alice, _):
        await put(alice, "cellar.png", picture("red"))
        async with asyncio.timeout(20):
            while await find(alice, query="something red") != ["cellar"]:
                await asyncio.sleep(0.05)
        monkeypatch.setattr(Clip, "_said", lambda self, model, texts: [(0.6, 0.8, 0.0, 0.0, 0.0) for _ in texts])
        answer = await alice.call("find_pictures", query="cellar")
        assert [p["title"] for p in answer["pictures"]] == ["cellar"]
        assert (
            answer["note"]
            == f"only words are compared: Bob has another model by the name of {NAME}: one of the two needs another name."
        )
        state = await alice.call("state")
        assert (state["library"]["picture_model"], state["node"]["warnings"]) == (NAME, [])


async def test_a_neighbours_model_is_shown_no_picture_of_the_library(tmp_path: Path) -> None:
    async with beside(tmp_path, own=False) as (alice, _):
        await alice.call("set_privacy", privacy="community")
        await put(alice, "cellar.png", picture("red"))
        await asyncio.sleep(1)
        library = (await alice.call("state"))["library"]
        assert (library["picture_model"], library["picture_note"]) == (
            "",
            "no model for pictures: only words are compared",
        )
