"""Files into the library: read in a process of their own, pages that are pictures read by who can, passages kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, BinaryIO

import blake3
import msgspec

from hearthnet_core.backends.documents.chunking import pieces
from hearthnet_core.backends.documents.document import Document, Piece, Section, Unreadable
from hearthnet_core.backends.documents.process import MAX_FILE, read
from hearthnet_core.backends.images import is_image
from hearthnet_core.backends.seeing import DESCRIBE, MAX_PAGES, MAX_PDF, OCR_IMAGE, OCR_PDF, OcrPdfRequest
from hearthnet_core.backends.seeing import Page as ReadPage
from hearthnet_core.bus.bus import Bus
from hearthnet_core.capability import Call, Chunk, Privacy
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, HearthNetError
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.picture_reading import PictureReading
from hearthnet_core.services.rag import IngestDone

AT_ONCE = 2
PDF = b"%PDF-"
LOCAL_ONLY = {"personal": Privacy.LOCAL}
"""How far what is put into such a corpus goes to be read; what is in any other, to the nodes of the household."""
MAX_TOLD = 200
"""Of the documents of an archive as many are named in the answer; the rest are counted."""


class Ingested(msgspec.Struct, frozen=True, kw_only=True):
    """One document as the answer names it; `duplicate`: it was there already."""

    document_id: str
    title: str
    chunks: int
    pages: int = 0
    duplicate: bool = False


class Ingest:
    """Two at once of the same file give one document: the store decides inside its one transaction at a time."""

    def __init__(self, runtime: Runtime, bus: Bus, knowledge: Knowledge) -> None:
        self._runtime = runtime
        self._bus = bus
        self._knowledge = knowledge
        self._pictures = PictureReading(runtime, bus)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._looking = asyncio.Semaphore(AT_ONCE)  # models that see take minutes: nothing else waits for them

    async def stream(
        self,
        name: str,
        data: bytes | BinaryIO,
        corpus: str,
        *,
        title: str = "",
        language: str = "",
        replace: bool = False,
        before: Callable[[Document], Awaitable[None]] | None = None,
    ) -> AsyncGenerator[Chunk]:
        """Events `progress {step, done, total}` (`reading`, `looking`, `recognising`, `storing`; total 0: not known), the
        last `done {documents, more, failed, unreadable_pages}`. `data` is the file, or one that was opened and stands at its
        beginning. `before` is awaited before a document is stored or found to be known. Raises `BadRequest` with a sentence
        when nothing could be read."""
        told: list[Ingested] = []
        failed: list[Unreadable] = []
        more = unreadable = count = 0
        yield _progress("reading", 0, 0)
        if is_picture := is_image(await self._runtime.offload(_beginning, data, 12)):
            data = await self._runtime.offload(_beginning, data, MAX_FILE + 1)
        if isinstance(data, bytes):
            given = data
            cid = await self._runtime.offload(lambda: blake3.blake3(given).digest())
            known = await self._knowledge.known(cid, corpus)
            if known is not None and not known.unread:
                if before is not None:
                    await before(Document(name=known.name, title=known.title, cid=cid, pieces=()))
                done = Ingested(document_id=cid.hex(), title=known.title, chunks=len(known.pieces), duplicate=True)
                yield _done([done], 0, [], 0)
                return

        async def reach() -> Privacy:
            return LOCAL_ONLY.get(await self._knowledge.catalogue.access_to(corpus), Privacy.HOME)

        if is_picture:
            assert isinstance(data, bytes)
            if len(data) > MAX_FILE:
                raise BadRequest(f"{name} has more than {MAX_FILE // 1024**2} MiB; save it smaller.")
            async with self._looking:
                yield _progress("looking", 0, 0)
                looked = await self._pictures.look(name, data, reach, title, language)
                if before is not None:
                    await before(looked.document)
                unread = int(not looked.told)
                kept = await self._knowledge.add(
                    looked.document, corpus, replace=replace, unread=unread, preview=looked.preview
                )
            yield _progress("storing", 1, 1)
            yield _done([_ingested(kept, 0)], 0, [], unread)
            return
        async with self._room, aclosing(read(name, data)) as found:
            async for each in found:
                if isinstance(each, Unreadable):
                    failed.append(each)
                    continue
                missing = 0
                if each.pictures:
                    document, missing = each, len(each.pictures)
                    async with aclosing(self._recognised(each, data, language, await reach())) as steps:
                        async for step in steps:
                            if isinstance(step, Chunk):
                                yield step
                            else:
                                document, missing = step
                    each, unreadable = document, unreadable + missing
                if title and not count:
                    each = msgspec.structs.replace(each, title=title)
                if language:
                    each = msgspec.structs.replace(each, language=language)
                if before is not None:
                    await before(each)
                try:
                    kept = await self._knowledge.add(each, corpus, replace=replace, unread=missing)
                except BadRequest as error:
                    failed.append(Unreadable(each.name, error.message))
                    continue
                count += 1
                if len(told) < MAX_TOLD:
                    told.append(_ingested(kept, each.pages))
                else:
                    more += 1
                yield _progress("storing", count, 0)
        if not count and len(failed) == 1 and not unreadable:
            raise BadRequest(f"{failed[0].name}: {failed[0].message}")
        yield _done(told, more, failed, unreadable)

    def readers(self) -> frozenset[str]:
        """Who in the household reads scanned pages or sees pictures now, with which languages or models; a mark each."""
        return frozenset(
            blake3.blake3(
                msgspec.json.encode(
                    (row.candidate.node_id.text, row.candidate.offer.provider, row.candidate.offer.models)
                )
            ).hexdigest(8)
            for contract in (OCR_PDF, OCR_IMAGE, DESCRIBE)
            for row in self._bus.ranked(self._call(contract, {}, Privacy.HOME))
            if not row.excluded
        )

    def _call(self, contract: Contract, body: dict[str, Any], privacy: Privacy) -> Call:
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=contract.name,
            version=contract.version,
            body=body,
            privacy=privacy,
            deadline=self._runtime.now() + contract.timeout_s,
        )

    async def _recognised(
        self, document: Document, data: bytes | BinaryIO, language: str, privacy: Privacy
    ) -> AsyncGenerator[Chunk | tuple[Document, int]]:
        """Progress, then the document with what is written on its pictures, and how many pages nobody could read."""
        pages, wanted = dict[int, str](), document.pictures[:MAX_PAGES]
        pdf = await self._runtime.offload(_beginning, data, MAX_PDF + 1)
        if len(pdf) <= MAX_PDF and pdf.startswith(PDF):  # not one of those in an archive
            request = OcrPdfRequest(pdf=pdf, pages=wanted, language=language)
            call = self._call(OCR_PDF, msgspec.to_builtins(request, builtin_types=(bytes,)), privacy)
            try:
                async with aclosing(self._bus.stream(call)) as chunks:
                    async for chunk in chunks:
                        if chunk.event == "page":
                            page = msgspec.convert(chunk.data, ReadPage)
                            pages[page.page] = page.text
                            yield _progress("recognising", len(pages), len(wanted))
            except (HearthNetError, msgspec.ValidationError):
                pass  # what was read until then is kept, the rest is told
        sections = [Section(document.title, text, page) for page, text in sorted(pages.items()) if text.strip()]
        every: list[Piece] = sorted([*document.pieces, *pieces(sections)], key=lambda piece: piece.page or 0)
        yield msgspec.structs.replace(document, pieces=tuple(every)), len(document.pictures) - len(sections)


def _beginning(data: bytes | BinaryIO, most: int) -> bytes:
    """Where the file stands the reader's process decides."""
    return data[:most] if isinstance(data, bytes) else os.pread(data.fileno(), most, 0)


def _ingested(kept: IngestDone, pages: int) -> Ingested:
    return Ingested(
        document_id=kept.document_id, title=kept.title, chunks=kept.chunks, pages=pages, duplicate=kept.duplicate
    )


def _progress(step: str, done: int, total: int) -> Chunk:
    return Chunk("progress", {"step": step, "done": done, "total": total})


def _done(told: list[Ingested], more: int, failed: list[Unreadable], unreadable: int) -> Chunk:
    answer: dict[str, Any] = {
        "documents": msgspec.to_builtins(told),
        "more": more,
        "failed": msgspec.to_builtins(failed[:MAX_TOLD]),
        "unreadable_pages": unreadable,
    }
    return Chunk("done", answer)
