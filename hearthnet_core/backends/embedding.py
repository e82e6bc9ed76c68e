"""The contracts of `embed.text@1.0` and `embed.image@1.0`: texts and pictures in, vectors out."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from hearthnet_core.backends.seeing import MARGIN, MAX_IMAGE, Image
from hearthnet_core.contract import Contract

MAX_TEXTS = 16
MAX_DIMENSIONS = 1_536
"""Sixteen vectors of so many floats fit into one message of the mesh."""

MAX_IMAGES = 8
MAX_CAPTIONS = 8
"""Of a request for pictures, so that its vectors fit as well."""

Text = Annotated[str, msgspec.Meta(max_length=8_000)]
Caption = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
Vector = Annotated[tuple[float, ...], msgspec.Meta(min_length=1, max_length=MAX_DIMENSIONS)]


class EmbedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` says what a text is for: models that tell a question from a passage put their own word before it."""

    texts: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=MAX_TEXTS)]
    kind: Literal["query", "passage"] = "passage"
    model: Annotated[str, msgspec.Meta(max_length=200)] = ""


class EmbedDone(msgspec.Struct, frozen=True, kw_only=True):
    """One vector of length 1 for each picture, then for each text, in order. `model` names the space: vectors of two models
    cannot be compared."""

    embeddings: Annotated[tuple[Vector, ...], msgspec.Meta(min_length=1, max_length=MAX_TEXTS)]
    dim: Annotated[int, msgspec.Meta(ge=1, le=MAX_DIMENSIONS)]
    model: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

    def __post_init__(self) -> None:
        if any(len(vector) != self.dim for vector in self.embeddings):
            raise ValueError("Expected vectors of `dim` numbers")


class EmbedImageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`images` are the bytes of JPEG, PNG or WebP files, together no more than one may have; `texts` are words a picture is
    looked for with. Both become vectors of one space. At least one of either."""

    images: Annotated[tuple[Image, ...], msgspec.Meta(max_length=MAX_IMAGES)] = ()
    texts: Annotated[tuple[Caption, ...], msgspec.Meta(max_length=MAX_CAPTIONS)] = ()
    model: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def __post_init__(self) -> None:
        if not self.images and not self.texts:
            raise ValueError("Expected a picture or a text")


EMBED = Contract(name="embed.text", request=EmbedRequest, done=EmbedDone)
EMBED_IMAGE = Contract(
    name="embed.image", request=EmbedImageRequest, done=EmbedDone, timeout_s=60, max_body=MAX_IMAGE + MARGIN
)
