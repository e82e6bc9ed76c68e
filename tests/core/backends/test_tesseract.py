"""Tesseract, for real: pictures and scanned pages made here, read by the program."""

from __future__ import annotations

import asyncio
import contextlib
import io
from pathlib import Path
from typing import Any

import pytest
import reportlab
from PIL import Image, ImageDraw, ImageFont

from hearthnet_core.backends import program
from hearthnet_core.backends.seeing import OCR_IMAGE, OCR_PDF
from hearthnet_core.backends.tesseract import Tesseract, read_table
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.errors import BadRequest, SchemaMismatch, Timeout, Unavailable

ENGLISH = ["Store nine litres of water", "for each person."]
GERMAN = ["Die größten Öfen heizen die Nächte.", "Trinkwasser aufbewahren."]


FONT = ImageFont.truetype(Path(reportlab.__file__).parent / "fonts/Vera.ttf", 40)


def picture(lines: list[str], size: tuple[int, int] = (900, 220)) -> Image.Image:
    drawn = Image.new("L", size, 255)
    for n, line in enumerate(lines):
        ImageDraw.Draw(drawn).text((30, 30 + 70 * n), line, 0, font=FONT)
    return drawn


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, form, **options)
    return held.getvalue()


@pytest.fixture(scope="module")
def tesseract() -> Tesseract:
    made = Tesseract()
    asyncio.run(made.probe())
    return made


async def read(engine: Tesseract, capability: str, body: dict[str, Any]) -> list[Chunk]:
    call = Call(id="x", capability=capability, deadline=1e9, body=body)
    return [chunk async for chunk in engine.stream(call)]


def test_it_offers_both_with_its_languages(tesseract: Tesseract) -> None:
    for contract in (OCR_IMAGE, OCR_PDF):
        offer = tesseract.offer(contract)
        assert offer.available, offer.reason
        assert {"deu", "eng"} <= set(offer.models)
        assert "osd" not in offer.models, "what finds out which way up a page is, is no language"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_s_words_are_read_with_how_sure_it_is(tesseract: Tesseract, form: str) -> None:
    (done,) = await read(tesseract, "ocr.image", {"image": saved(picture(ENGLISH), form), "language": "en"})
    assert done.data["text"] == "\n".join(ENGLISH)
    assert 0.7 < done.data["confidence"] <= 1


async def test_german_is_read_with_its_umlauts(tesseract: Tesseract) -> None:
    (done,) = await read(tesseract, "ocr.image", {"image": saved(picture(GERMAN), "PNG"), "language": "de-AT"})
    assert "größten Öfen heizen die Nächte" in done.data["text"]


async def test_a_picture_without_words_has_none_and_no_confidence(tesseract: Tesseract) -> None:
    (done,) = await read(tesseract, "ocr.image", {"image": saved(picture([]), "PNG")})
    assert (done.data["text"], done.data["confidence"]) == ("", 0.0)


async def test_a_scanned_pdf_is_read_page_by_page(tesseract: Tesseract) -> None:
    first, second = picture(ENGLISH, (1240, 1754)), picture(GERMAN, (1240, 1754))
    pdf = saved(first, "PDF", save_all=True, append_images=[second], resolution=150)
    chunks = await read(tesseract, "ocr.pdf", {"pdf": pdf})
    pages = [c.data for c in chunks if c.event == "page"]
    assert [p["page"] for p in pages] == [1, 2]
    assert ENGLISH[0] in pages[0]["text"]
    assert "Trinkwasser" in pages[1]["text"]
    assert chunks[-1].data["pages"] == 2
    chosen = await read(tesseract, "ocr.pdf", {"pdf": pdf, "pages": [2, 2]})
    assert [c.data["page"] for c in chosen if c.event == "page"] == [2]


@pytest.mark.parametrize(
    ("capability", "body", "error", "words"),
    [
        ("ocr.image", {"image": b"GIF89a not one of ours"}, BadRequest, "no picture"),
        ("ocr.image", {"image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\0\0" * 2}, BadRequest, "pixels"),
        ("ocr.image", {"image": saved(picture(ENGLISH), "PNG")[:400]}, BadRequest, "cannot read"),
        ("ocr.image", {"image": saved(picture([]), "PNG"), "language": "xx"}, SchemaMismatch, "tesseract-ocr-xx"),
        ("ocr.pdf", {"pdf": b"%PDF-1.7 but no more"}, BadRequest, "cannot read"),
        ("ocr.pdf", {"pdf": saved(picture([]), "PDF"), "pages": [2]}, BadRequest, "no page 2"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_the_reason(
    tesseract: Tesseract, capability: str, body: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await read(tesseract, capability, body)


async def test_a_program_that_does_not_end_is_ended() -> None:
    with pytest.raises(Timeout):
        await program.run(["sleep", "60"], b"", most=10, seconds=0.3)


async def test_a_program_that_takes_too_much_memory_fails_alone() -> None:
    with pytest.raises(BadRequest):
        await program.run(["python3", "-c", "bytearray(3 << 30)"], b"", most=10, seconds=10)


async def test_a_program_that_says_too_much_is_refused() -> None:
    with pytest.raises(BadRequest, match="more than 1000 bytes"):
        await program.run(["head", "-c", "1000000", "/dev/zero"], b"", most=1000, seconds=10)


async def test_a_program_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="not installed"):
        await program.run(["no-such-program"], b"", most=10, seconds=10)


async def test_a_program_nobody_waits_for_is_gone() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await program.run(["sleep", "61.25"], b"", most=10, seconds=50)
    assert b"sleep\x0061.25\0" not in running()


def running() -> set[bytes]:
    """The command lines of all processes."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.add(path.read_bytes())
    return found


async def test_what_a_program_started_is_gone_with_it() -> None:
    with pytest.raises(Timeout):
        await program.run(["sh", "-c", "sleep 61.5 & sleep 61.75"], b"", most=10, seconds=0.5)
    async with asyncio.timeout(5):
        while {b"sleep\x0061.5\0", b"sleep\x0061.75\0"} & running():
            await asyncio.sleep(0.01)


async def test_a_program_gets_nothing_of_the_node_s_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTHNET_SECRET", "a key")
    said = await program.run(["env"], b"", most=100_000, seconds=10)
    assert b"PATH=" in said and b"a key" not in said


def test_paragraphs_of_a_table_are_apart_by_an_empty_line() -> None:
    head = "level\tpage\tblock\tpar\tline\tword\tl\tt\tw\th\tconf\ttext"
    rows = [
        "5\t1\t1\t1\t1\t1\t0\t0\t0\t0\t90\tOne",
        "5\t1\t1\t1\t2\t1\t0\t0\t0\t0\t80\ttwo",
        "5\t1\t1\t2\t1\t1\t0\t0\t0\t0\t70\tThree",
    ]
    text, confidence = read_table("\n".join([head, *rows]))
    assert text == "One\ntwo\n\nThree"
    assert confidence == pytest.approx(0.8)
