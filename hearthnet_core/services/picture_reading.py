"""A picture becomes a document: what is written on it, and what it shows, as far as somebody in the household can tell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import PurePosixPath
from typing import Any

import blake3
import msgspec

from hearthnet_core.backends import picture
from hearthnet_core.backends.documents.chunking import pieces
from hearthnet_core.backends.documents.document import MAX_NAME, MAX_TITLE, Document, Section
from hearthnet_core.backends.documents.pdf import LEAST_LETTERS
from hearthnet_core.backends.seeing import (
    DESCRIBE,
    OCR_IMAGE,
    DescribeDone,
    DescribeRequest,
    OcrImageDone,
    OcrImageRequest,
)
from hearthnet_core.bus.bus import Bus
from hearthnet_core.capability import Call, Privacy
from hearthnet_core.community.shown import shown
from hearthnet_core.contract import Contract
from hearthnet_core.errors import HearthNetError
from hearthnet_core.runtime import Runtime

READ_SIDE = 3_500
"""Pixels: an A4 page at 300 dpi."""
SEEN_SIDE = 1_536
"""More than models that see make use of."""
PREVIEW_SIDES = (512, 256)
MAX_PREVIEW = 64 * 1024
OCR_SURE = 0.5
"""Of what has no writing on it, letters are made up with less confidence than that."""
MAX_DESCRIPTION = 4_000


class Looked(msgspec.Struct, frozen=True):
    """`told`: somebody read or described it; else the document has its name only. `preview` is a JPEG."""

    document: Document
    preview: bytes
    told: bool


class PictureReading:
    def __init__(self, runtime: Runtime, bus: Bus) -> None:
        self._runtime = runtime
        self._bus = bus

    async def look(
        self,
        name: str,
        data: bytes,
        reach: Callable[[], Awaitable[Privacy]],
        title: str = "",
        language: str = "",
    ) -> Looked:
        """Nobody beyond `reach`, as it is at each call, is shown it. Raises `BadRequest` for a damaged picture, and `Timeout`."""
        large = await picture.jpeg(data, READ_SIDE)
        seen = await picture.jpeg(large, SEEN_SIDE)
        preview = await picture.jpeg(seen, PREVIEW_SIDES[0])
        if len(preview) > MAX_PREVIEW:
            preview = await picture.jpeg(seen, PREVIEW_SIDES[1])
        title = shown(title or PurePosixPath(name).stem)[:MAX_TITLE]
        sections = [
            *await self._described(DescribeRequest(image=seen, language=language), await reach()),
            *await self._written(OcrImageRequest(image=large, language=language), await reach()),
        ]
        document = Document(
            name=shown(name)[:MAX_NAME],
            title=title,
            cid=blake3.blake3(data).digest(),
            pieces=tuple(pieces(sections or [Section("", title)])),
            language=language,
        )
        return Looked(document, preview, bool(sections))

    async def _written(self, request: OcrImageRequest, privacy: Privacy) -> list[Section]:
        try:
            done = msgspec.convert((await self._asked(OCR_IMAGE, request, privacy))[1], OcrImageDone)
        except (HearthNetError, msgspec.ValidationError):
            return []
        good = done.confidence >= OCR_SURE and len(done.text.strip()) >= LEAST_LETTERS
        return [Section("", done.text)] if good else []

    async def _described(self, request: DescribeRequest, privacy: Privacy) -> list[Section]:
        try:
            text, data = await self._asked(DESCRIBE, request, privacy)
            model = msgspec.convert(data, DescribeDone).model
        except (HearthNetError, msgspec.ValidationError):
            return []
        text = text.strip()[:MAX_DESCRIPTION]
        return [Section(f"Seen by {shown(model)[:60]}" if model else "", text)] if text else []

    async def _asked(self, contract: Contract, request: msgspec.Struct, privacy: Privacy) -> tuple[str, dict[str, Any]]:
        """(the text that was streamed, `done`)."""
        call = Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=contract.name,
            version=contract.version,
            body=msgspec.to_builtins(request, builtin_types=(bytes,)),
            privacy=privacy,
            deadline=self._runtime.now() + contract.timeout_s,
        )
        text = ""
        async with aclosing(self._bus.stream(call)) as chunks:
            async for chunk in chunks:
                if chunk.event == "delta":
                    text += str(chunk.data.get("text", ""))[: MAX_DESCRIPTION - len(text)]
                if chunk.last:
                    return text, chunk.data
        return text, {}
