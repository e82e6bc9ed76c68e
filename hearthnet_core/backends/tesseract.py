"""Reading what is printed on pictures and scanned pages, with the program Tesseract: `ocr.image`, and `ocr.pdf` where
pypdfium2 (extra `ocr`) draws the pages."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import AsyncGenerator, Sequence

import msgspec

from hearthnet_core.backends import program
from hearthnet_core.backends.images import check_image
from hearthnet_core.backends.seeing import (
    MAX_PAGE_TEXT,
    MAX_PAGES,
    OCR_IMAGE,
    OCR_PDF,
    OcrImageDone,
    OcrImageRequest,
    OcrPdfDone,
    OcrPdfRequest,
    Page,
)
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, HearthNetError, NotImplementedHere, SchemaMismatch

PAGE_S = 60.0
MAX_TABLE = 8 * 1024 * 1024
MAX_PICTURE = 5_000 * 5_000 + 100
USUAL = ("deu", "eng")
CODES = {
    "ar": "ara", "bg": "bul", "bs": "bos", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "hr": "hrv", "hu": "hun", "it": "ita", "ku": "kmr", "lt": "lit",
    "lv": "lav", "mk": "mkd", "nl": "nld", "no": "nor", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk",
    "sl": "slv", "sq": "sqi", "sr": "srp", "sv": "swe", "tr": "tur", "uk": "ukr",
}  # fmt: skip
"""Tesseract names languages by ISO 639-2."""


class Tesseract:
    """One picture at a time: it keeps a core busy for seconds."""

    name = "tesseract"
    contracts: tuple[Contract, ...] = (OCR_IMAGE, OCR_PDF)

    def __init__(self) -> None:
        self._languages: tuple[str, ...] = ()
        self._reason = "Tesseract was not looked for yet."
        self._draws = importlib.util.find_spec("pypdfium2") is not None
        self._in_flight = 0

    async def probe(self) -> None:
        if self._languages:  # a program that is installed stays
            return
        if shutil.which("tesseract") is None:
            self._reason = "Tesseract is not installed on this machine (package tesseract-ocr)."
            return
        try:
            listed = await program.run(["tesseract", "--list-langs"], b"", most=64 * 1024, seconds=10)
        except HearthNetError as error:
            self._reason = error.message
            return
        found = [line.strip() for line in listed.decode(errors="replace").splitlines()[1:]]
        self._languages = tuple(name for name in found if name and name != "osd")[:64]
        self._reason = "" if self._languages else "Tesseract has no language; install one (package tesseract-ocr-eng)."

    def offer(self, contract: Contract) -> Offer:
        reason = self._reason
        if not reason and contract is OCR_PDF and not self._draws:
            reason = "The pages of a PDF cannot be drawn: install the extra hearthnet[ocr]."
        return Offer(
            capability=contract.name,
            version=contract.version,
            provider=self.name,
            models=self._languages,
            loaded=self._languages,
            load=min(1.0, self._in_flight),
            available=not reason,
            reason=reason,
        )

    async def close(self) -> None:
        """A running program ends with the call it works for."""

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self._in_flight += 1
        try:
            if call.capability == OCR_IMAGE.name:
                image = OCR_IMAGE.read(call.body, OcrImageRequest)
                check_image(image.image)
                yield Chunk("done", msgspec.to_builtins(await self._read(image.image, image.language)))
            elif call.capability == OCR_PDF.name:
                pdf = OCR_PDF.read(call.body, OcrPdfRequest)
                languages = self._known(pdf.language)
                pages = await self._pages(pdf)
                for n, page in enumerate(pages):
                    yield Chunk("progress", {"done": n, "total": len(pages)})
                    picture = await program.run(_drawing(page), pdf.pdf, most=MAX_PICTURE, seconds=PAGE_S)
                    read = await self._read(picture, pdf.language)
                    yield Chunk(
                        "page", msgspec.to_builtins(Page(page=page, text=read.text, confidence=read.confidence))
                    )
                yield Chunk("done", msgspec.to_builtins(OcrPdfDone(pages=len(pages), language=languages)))
            else:
                raise NotImplementedHere(f"Tesseract does not do {call.capability}.")
        finally:
            self._in_flight -= 1

    async def _pages(self, pdf: OcrPdfRequest) -> list[int]:
        """The pages to read, each once. Raises `BadRequest` for one that is not there."""
        total = int(await program.run(_drawing(), pdf.pdf, most=100, seconds=PAGE_S))
        if missing := [page for page in pdf.pages if page > total]:
            raise BadRequest(f"This PDF has {total} pages; there is no page {missing[0]}.")
        if not pdf.pages and total > MAX_PAGES:
            raise BadRequest(f"This PDF has {total} pages; name at most {MAX_PAGES} of them.")
        return sorted(set(pdf.pages)) or list(range(1, total + 1))

    async def _read(self, picture: bytes, language: str) -> OcrImageDone:
        languages = self._known(language)
        command = ["tesseract", "stdin", "stdout", "-l", languages, "tsv"]
        table = await program.run(command, picture, most=MAX_TABLE, seconds=PAGE_S)
        text, confidence = read_table(table.decode(errors="replace"))
        return OcrImageDone(text=text, confidence=confidence, language=language)

    def _known(self, language: str) -> str:
        """Tesseract's own names. Raises `SchemaMismatch`, so that somebody who has the language is asked."""
        if not language:
            return "+".join([name for name in USUAL if name in self._languages] or self._languages[:1])
        code = CODES.get(language.casefold().partition("-")[0], language.casefold())
        if code not in self._languages:
            raise SchemaMismatch(f"Tesseract has no {language!r} here; install package tesseract-ocr-{code[:20]}.")
        return code


def read_table(table: str) -> tuple[str, float]:
    """(text, confidence 0…1) of Tesseract's TSV: one word a row, blocks and paragraphs apart by an empty line."""
    lines: list[list[str]] = []
    sure: list[float] = []
    last: list[str] = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        place = cells[1:5]  # page, block, paragraph, line
        if lines and place[:3] != last[:3]:
            lines.append([])
        if place != last:
            lines.append([])
        last = place
        lines[-1].append(cells[11].strip())
        sure.append(float(cells[10]) / 100)
    text = "\n".join(" ".join(words) for words in lines)[:MAX_PAGE_TEXT]
    return text, min(1.0, max(0.0, sum(sure) / len(sure))) if sure else 0.0


def _drawing(page: int | None = None) -> Sequence[str]:
    return [sys.executable, "-m", "hearthnet_core.backends.pdf_pages", *([] if page is None else [str(page)])]
