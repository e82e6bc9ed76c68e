"""Every kind of file, whole and broken, through the process that reads them."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import BinaryIO

import blake3
import psutil
import pytest

from hearthnet_core.backends.documents import archive, pages, pdf, process
from hearthnet_core.backends.documents.document import CannotRead, Document, Unreadable
from hearthnet_core.backends.documents.process import read
from hearthnet_core.backends.documents.reading import documents
from hearthnet_core.errors import BadRequest, Timeout
from tests.core.backends.documents import files

LONG = " ".join(f"Sentence number {n} says something of its own." for n in range(60))


async def everything(name: str, data: bytes | BinaryIO) -> list[Document | Unreadable]:
    return [found async for found in read(name, data)]


async def one(name: str, data: bytes) -> Document:
    (found,) = await everything(name, data)
    assert isinstance(found, Document)
    return found


async def test_markdown_keeps_its_headings_and_what_stands_before_it() -> None:
    text = "---\ntitle: Water\nlanguage: en\nlicence: CC0\n---\n# Water\n\nStore it.\n\n## Boil\n\nOne minute.\n```\n# no heading\n```\n"
    document = await one("water.md", text.encode())
    assert (document.title, document.language, document.licence) == ("Water", "en", "CC0")
    assert [(p.heading, p.page) for p in document.pieces] == [("Water", None), ("Boil", None)]
    assert "# no heading" in document.pieces[1].text
    assert document.cid == blake3.blake3(text.encode()).digest()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
async def test_text_is_read_in_the_encoding_it_has(encoding: str) -> None:
    document = await one("notiz.txt", "Öfen heizen „kalte“ Räume – größer als 20 m².".encode(encoding))
    assert document.pieces[0].text == "Öfen heizen „kalte“ Räume – größer als 20 m²."


async def test_a_page_loses_what_is_no_text_and_keeps_lists_and_tables() -> None:
    page = (
        "<html lang=de><head><title>Wasser</title><style>p{}</style></head><body><nav>Start | Menü</nav><h1>Wasser</h1>"
        "<p>Zehn <b>Liter</b> je<br>Mensch.</p><script>steal()</script><h2>Abkochen</h2><ul><li>Topf</li><li>Deckel</li></ul>"
        "<table><tr><th>Art</th><th>Tage</th></tr><tr><td>Glas</td><td>365</td></tr></table><footer>©</footer></body></html>"
    )
    document = await one("wasser.html", page.encode())
    assert (document.title, document.language) == ("Wasser", "de")
    first, second = document.pieces
    assert (first.heading, first.text) == ("Wasser", "Zehn Liter je\nMensch.")
    assert second.text == "- Topf\n- Deckel\n\nArt | Tage\nGlas | 365"


async def test_a_pdf_keeps_its_pages_and_chapters_and_tells_which_are_pictures() -> None:
    made = files.pdf("About water and its storage in clean barrels.", "", "About fire and how to put it out in time.",
                     title="Handbook", outline={1: "Water", 3: "Fire"})  # fmt: skip
    document = await one("handbook.pdf", made)
    assert (document.title, document.pages, document.pictures) == ("Handbook", 3, (2,))
    assert [(p.heading, p.page) for p in document.pieces] == [("Water", 1), ("Fire", 3)]


async def test_a_page_of_few_words_keeps_them_though_it_may_be_a_picture() -> None:
    document = await one("cover.pdf", files.pdf("Chapter One"))
    assert [(p.text, p.page) for p in document.pieces] == [("Chapter One", 1)]
    assert document.pictures == (1,)


async def test_a_word_document_keeps_headings_lists_and_tables() -> None:
    made = files.word(
        ("Heading 1", "Heating"), ("Normal", "Keep one room warm."), ("List Bullet", "Curtains"), ("List Bullet", "Carpets"),
        ("Heading 2", "Dangers"), ("Normal", "Never burn charcoal inside."), [["Fuel", "Safe"], ["Candle", "yes"]],
    )  # fmt: skip
    document = await one("heating.docx", made)
    assert [p.heading for p in document.pieces] == ["Heating", "Dangers"]
    assert "- Curtains\n- Carpets" in document.pieces[0].text
    assert "Candle | yes" in document.pieces[1].text


async def test_an_archive_is_many_documents_and_tells_what_it_could_not_read() -> None:
    inside = files.zipped({"a.md": b"Harmless."})
    made = files.zipped(
        {"../../etc/a.md": b"# A\n\nText.", "b/b.pdf": b"%PDF-1.7 broken", "c.zip": inside, "d.png": b"x", "e.txt": b""}
    )
    found = await everything("pages.zip", made)
    assert [(type(f), f.name) for f in found] == [
        (Document, "pages.zip/../../etc/a.md"),
        (Unreadable, "pages.zip/b/b.pdf"),
        (Unreadable, "pages.zip/c.zip"),
        (Unreadable, "pages.zip/e.txt"),
    ]


@pytest.mark.parametrize("packing", [1, 4, 5])
async def test_the_articles_of_a_zim_are_documents(packing: int, tmp_path: Path) -> None:
    articles = [(f"A{n}", f"Article {n}", f"<h1>A{n}</h1><p>It says {n} things.</p>".encode()) for n in range(30)]
    path = tmp_path / "wiki.zim"
    path.write_bytes(files.zim(articles, packing))
    with path.open("rb") as file:
        found = await everything("wiki.zim", file)
    assert [(f.name, f.title) for f in found if isinstance(f, Document)] == [
        (f"wiki.zim/A{n}", f"Article {n}") for n in range(30)
    ]


def bomb() -> bytes:
    return files.zipped({"a.txt": bytes(archive.MAX_FILE + 10)})


def deep() -> bytes:
    return b"<div>" * 200_000 + b"down here" + b"</div>" * 200_000


def damaged_docx() -> bytes:
    made = bytearray(files.word(("Normal", "Text.")))
    made[200:260] = bytes(60)
    return bytes(made)


def entities() -> bytes:
    """A Word document whose XML would grow to gigabytes."""
    lines = ['<!ENTITY a0 "haha">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))]
    document = f'<?xml version="1.0"?><!DOCTYPE x [{"".join(lines)}]><x>&a10;</x>'
    held = io.BytesIO(files.word(("Normal", "Text.")))
    with zipfile.ZipFile(held) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    return files.zipped({**parts, "word/document.xml": document.encode()})


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.pdf", b"%PDF-1.7 and no more", "damaged"),
        ("x.pdf", files.pdf("Something that is secret.", password="word"), "password"),
        ("x.docx", b"PK\3\4 no archive", "damaged"),
        ("x.docx", damaged_docx(), "damaged"),
        ("x.docx", entities(), "damaged|failed"),
        ("x.zip", b"PK\3\4 no archive", "damaged"),
        ("x.exe", b"MZ\x90\0", "not read here"),
        ("x.txt", bytes(range(256)) * 20, "no text"),
        ("x.txt", b"  \n ", "no text"),
        ("x.zim", files.zim([("A", "A", b"x")])[:90], "damaged"),
    ],
)
async def test_what_cannot_be_read_fails_with_a_sentence(name: str, data: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await everything(name, data)


async def test_a_bomb_costs_one_file_and_no_more() -> None:
    (found,) = await everything("bomb.zip", bomb())
    assert isinstance(found, Unreadable) and "too large" in found.message


async def test_a_page_without_end_in_depth_is_read_or_refused_but_ends() -> None:
    try:
        document = await one("deep.html", deep())
        assert "down here" in document.pieces[-1].text
    except BadRequest as error:
        assert "cannot be read" in error.message or "deep" in error.message


async def test_too_many_pages_are_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    many = files.pdf(*["One page of a long book, number and all."] * 12)
    monkeypatch.setattr(pdf, "MAX_PAGES", 10)
    with pytest.raises(pdf.CannotRead, match="12 pages"):
        pdf.pdf(many)


async def test_a_reader_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "SILENCE_S", 0.001)
    with pytest.raises(Timeout, match=r"x\.md"):
        await everything("x.md", LONG.encode())
    assert not [p for p in psutil.Process().children(recursive=True) if "documents.worker" in " ".join(p.cmdline())]


async def test_the_node_goes_on_while_a_file_is_read() -> None:
    """The longest the loop was held up while a large file was read."""
    worst, last = 0.0, asyncio.get_running_loop().time()
    done = False

    async def watch() -> None:
        nonlocal worst, last
        while not done:
            await asyncio.sleep(0.005)
            now = asyncio.get_running_loop().time()
            worst, last = max(worst, now - last), now

    async with asyncio.TaskGroup() as group:
        group.create_task(watch())
        document = await one("long.md", (LONG + "\n\n").encode() * 400)
        done = True
    assert len(document.pieces) > 1_000
    assert worst < 1.0


async def test_a_damaged_file_of_an_archive_costs_the_others_nothing() -> None:
    noise = " ".join(f"word{n * 7919 % 1000}" for n in range(3_000))
    data = bytearray(files.zipped({"bad.txt": noise.encode(), "good.txt": b"Good water is clear."}))
    at = data.index(b"bad.txt") + len(b"bad.txt")
    data[at : at + 20] = b"\xff" * 20
    found = await everything("two.zip", bytes(data))
    assert [type(each) for each in found] == [Unreadable, Document]
    assert isinstance(found[0], Unreadable) and "cannot be unpacked" in found[0].message
    assert found[1].name == "two.zip/good.txt"


def test_a_reader_that_fails_over_one_file_of_an_archive_reads_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(data: bytes) -> None:
        raise AssertionError

    monkeypatch.setattr(pages, "html", fails)
    made = files.zipped({"bad.html": b"<p>Water</p>", "good.txt": b"Good water is clear."})
    found = list(documents("two.zip", io.BytesIO(made)))
    assert [type(each) for each in found] == [Unreadable, Document]


def test_a_long_page_is_read_in_time_that_grows_with_its_length() -> None:
    took = []
    for count in (2_000, 16_000):
        began = time.process_time()
        _, _, sections = pages.html("<html>" + "<p>Water</p>" * count)
        took.append(time.process_time() - began)
        assert sections[0].text.startswith("Water\n\nWater\n\n")
    assert took[1] < 24 * took[0]


async def test_names_titles_and_headings_hold_nothing_that_acts_on_a_screen() -> None:
    page = b"<html><head><title>Wa\x1b[2Jter\xe2\x80\xae\nbarrel</title></head><h2>Fill\x07 it</h2><p>To the brim.</p></html>"
    (document,) = await everything("two.zip", files.zipped({"a\x1b[2J\nb.html": page}))
    assert isinstance(document, Document)
    assert (document.name, document.title) == ("two.zip/a[2J b.html", "Wa[2Jter barrel")
    assert [p.heading for p in document.pieces] == ["Fill it"]


async def test_half_characters_of_a_pdf_are_no_reason_to_lose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "pypdf.PageObject.extract_text", lambda self: "Water \ud83d\ude00 and half \ud83d of it, in a barrel."
    )
    (document,) = documents("a.pdf", io.BytesIO(files.pdf("Water")))
    assert isinstance(document, Document)
    assert document.pieces[0].text == "Water 😀 and half \ufffd of it, in a barrel."


def test_a_reader_that_somebody_took_over_writes_no_file(tmp_path: Path) -> None:
    taken = "import sys; from hearthnet_core.backends.documents import worker; worker.main(['a.md']); open(sys.argv[1], 'w').write('x')"
    stolen, given = tmp_path / "stolen", tmp_path / "a.md"
    given.write_text("# Mine\n\nText.")
    with given.open("rb") as file:
        ran = subprocess.run([sys.executable, "-c", taken, str(stolen)], stdin=file, capture_output=True)
    assert b"Mine" in ran.stdout
    assert stolen.stat().st_size == 0


async def test_a_document_larger_than_is_kept_is_refused_before_it_is_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_FRAME", 2_000)
    with pytest.raises(BadRequest, match="split it"):
        await one("long.txt", LONG.encode())


def test_an_archive_is_given_up_once_it_unpacks_to_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 2_500)
    made = files.zipped({f"{n}.md": f"# Part {n}\n\n".encode() + b"x" * 990 for n in range(5)})
    seen: list[str] = []
    with pytest.raises(CannotRead, match="more than it may"):
        seen.extend(found.name for found in documents("a.zip", io.BytesIO(made)))
    assert seen == ["a.zip/0.md", "a.zip/1.md"]
