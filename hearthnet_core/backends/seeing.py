"""The contracts of `img.describe@1.0`, `ocr.image@1.0`, `ocr.pdf@1.0` and `trans.text@1.0`: what is on a picture, what is
written on paper, and the same in another language."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from hearthnet_core.backends.chat import Usage
from hearthnet_core.capability import LLM_TIMEOUT_S
from hearthnet_core.contract import Contract

MAX_IMAGE = 8 * 1024 * 1024
MAX_PDF = 20 * 1024 * 1024
MAX_PAGES = 200
MAX_PAGE_TEXT = 20_000
MAX_TRANSLATED = 8_000
MARGIN = 64 * 1024

Image = Annotated[bytes, msgspec.Meta(min_length=8, max_length=MAX_IMAGE)]
Language = Annotated[str, msgspec.Meta(max_length=20)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class DescribeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`image` is the bytes of a JPEG, PNG or WebP file; `question` what is asked about it, empty: what it shows."""

    image: Image
    question: Annotated[str, msgspec.Meta(max_length=4_000)] = ""
    language: Language = ""
    model: Name = ""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 512


class DescribeDone(msgspec.Struct, frozen=True, kw_only=True):
    finish_reason: Literal["stop", "length"] = "stop"
    model: Name = ""
    usage: Usage | None = None


class OcrImageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`language` as `de`; empty: what the engine has."""

    image: Image
    language: Language = ""


class OcrImageDone(msgspec.Struct, frozen=True, kw_only=True):
    """`confidence` 0…1, the mean over words; 0 where there are none."""

    text: Annotated[str, msgspec.Meta(max_length=MAX_PAGE_TEXT)]
    confidence: Share
    language: Language = ""


class OcrPdfRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`pages` from 1; empty: all, at most `MAX_PAGES`."""

    pdf: Annotated[bytes, msgspec.Meta(min_length=8, max_length=MAX_PDF)]
    pages: Annotated[tuple[PageNumber, ...], msgspec.Meta(max_length=MAX_PAGES)] = ()
    language: Language = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The data of each `page` event."""

    page: PageNumber
    text: Annotated[str, msgspec.Meta(max_length=MAX_PAGE_TEXT)]
    confidence: Share


class OcrPdfDone(msgspec.Struct, frozen=True, kw_only=True):
    """The pages' text came as `page` events: together they can be more than a message holds."""

    pages: Annotated[int, msgspec.Meta(ge=0, le=MAX_PAGES)]
    language: Language = ""


class TranslateRequest(msgspec.Struct, frozen=True, kw_only=True, rename={"source": "from", "target": "to"}):
    """Languages as `de`; an empty `from` is found from the text."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TRANSLATED)]
    target: Annotated[str, msgspec.Meta(min_length=2, max_length=20)]
    source: Language = ""


class TranslateDone(msgspec.Struct, frozen=True, kw_only=True, rename={"source": "from", "target": "to"}):
    text: Annotated[str, msgspec.Meta(max_length=4 * MAX_TRANSLATED)]
    source: Language
    target: Language
    model: Name = ""


DESCRIBE = Contract(
    name="img.describe",
    request=DescribeRequest,
    done=DescribeDone,
    text=True,
    timeout_s=LLM_TIMEOUT_S,
    max_body=MAX_IMAGE + MARGIN,
)
OCR_IMAGE = Contract(
    name="ocr.image", request=OcrImageRequest, done=OcrImageDone, timeout_s=60, max_body=MAX_IMAGE + MARGIN
)
OCR_PDF = Contract(name="ocr.pdf", request=OcrPdfRequest, done=OcrPdfDone, timeout_s=600, max_body=MAX_PDF + MARGIN)
TRANSLATE = Contract(name="trans.text", request=TranslateRequest, done=TranslateDone, timeout_s=60)
