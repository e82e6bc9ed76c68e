"""ingest, documents and forget, with the real command line and a real node."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.core.backends.documents import files
from tests.core.cli.household import hearthnet
from tests.core.node.living import lives
from tests.core.services.test_pictures import picture
from tests.models.clip import clip_at


async def test_a_folder_goes_into_the_library_and_comes_out_again(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    (papers / "deeper").mkdir(parents=True)
    (papers / "a.md").write_text("# Stove\n\nKeep it clean.")
    (papers / "deeper/b.pdf").write_bytes(files.pdf("Wells give water without power.", title="Wells"))
    (papers / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic")
    async with lives(tmp_path, "Alice", library=False) as alice:
        added = await hearthnet(alice.data, "ingest", str(papers), "--corpus", "papers")
        assert (added.code, added.out) == (0, "Stove: 1 passage\nWells: 1 passage\n")
        assert "b.pdf (2/2): storing" in added.err
        again = await hearthnet(alice.data, "ingest", str(papers / "a.md"), "--corpus", "papers")
        assert again.out == "Stove: was known already\n"
        listed = await hearthnet(alice.data, "documents", "papers")
        assert [line.split()[2] for line in listed.out.splitlines()[1:]] == ["Stove", "Wells"]
        id = listed.out.splitlines()[1].split()[0]
        forgotten = await hearthnet(alice.data, "forget", id, "--corpus", "papers")
        assert forgotten.out == "Stove is forgotten.\n"
        left = json.loads((await hearthnet(alice.data, "documents", "--json")).out)
        assert [d["title"] for d in left["documents"]] == ["Wells"]


async def test_one_that_fails_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.pdf"
    good.write_text("# Good\n\nText.")
    bad.write_bytes(b"%PDF-1.7 no more")
    async with lives(tmp_path, "Alice", library=False) as alice:
        ran = await hearthnet(alice.data, "ingest", str(bad), str(good))
        assert (ran.code, ran.out) == (1, "Good: 1 passage\n")
        assert "bad.pdf" in ran.err and "damaged" in ran.err


async def test_what_is_not_there_or_cannot_be_read_ends_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    async with lives(tmp_path, "Alice", library=False) as alice:
        missing = await hearthnet(alice.data, "ingest", "nothing.md")
        picture = await hearthnet(alice.data, "ingest", str(tmp_path / "photo.jpg"))
        unknown = await hearthnet(alice.data, "forget", "abcdef")
    assert (missing.code, picture.code, unknown.code) == (3, 2, 3)
    assert "nothing.md" in missing.err and ".jpg" in picture.err and "abcdef" in unknown.err


async def test_pictures_are_found_by_what_is_on_them_or_by_one_they_look_like(tmp_path: Path) -> None:
    for name, colour in (("green door", "green"), ("garden", "#00aa00"), ("well", "blue")):
        (tmp_path / f"{name}.png").write_bytes(picture(colour))
    (tmp_path / "alice").mkdir()
    clip_at(tmp_path / "alice/models/pictures")
    async with lives(tmp_path, "Alice", library=False, engines_auto=True) as alice:
        added = await hearthnet(alice.data, "ingest", *map(str, tmp_path.glob("*.png")))
        assert added.code == 0 and "nobody in this home can say what it shows" in added.err
        async with asyncio.timeout(20):
            while len((await alice.call("find_pictures", query="something"))["pictures"]) < 3:
                await asyncio.sleep(0.05)
        found = await hearthnet(alice.data, "pictures", "green", "door")
        head, first, *_ = found.out.splitlines()
        assert (
            head.split() == ["ID", "COLLECTION", "TITLE", "WHAT", "IS", "KNOWN", "OF", "IT"] and "green door" in first
        )
        like = await hearthnet(alice.data, "pictures", "--like", first.split()[0], "-k", "1", "--json")
        assert [p["title"] for p in json.loads(like.out)["pictures"]] == ["garden"]
        for wrong in ((), ("door", "--like", first.split()[0])):
            refused = await hearthnet(alice.data, "pictures", *wrong)
            assert refused.code != 0 and "--like" in refused.err
