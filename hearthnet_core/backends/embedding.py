"""The contract of `embed.text@1.0`: texts in, vectors out."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from hearthnet_core.contract import Contract

MAX_TEXTS = 16
MAX_DIMENSIONS = 1_536
"""Sixteen vectors of so many floats fit into one message of the mesh."""

Text = Annotated[str, msgspec.Meta(max_length=8_000)]
Vector = Annotated[tuple[float, ...], msgspec.Meta(max_length=MAX_DIMENSIONS)]


class EmbedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` says what a text is for: models that tell a question from a passage put their own word before it."""

    texts: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=MAX_TEXTS)]
    kind: Literal["query", "passage"] = "passage"
    model: Annotated[str, msgspec.Meta(max_length=200)] = ""


class EmbedDone(msgspec.Struct, frozen=True, kw_only=True):
    """One vector of length 1 for each text, in order. `model` names the space: vectors of two models cannot be compared."""

    embeddings: Annotated[tuple[Vector, ...], msgspec.Meta(max_length=MAX_TEXTS)]
    dim: Annotated[int, msgspec.Meta(ge=1, le=MAX_DIMENSIONS)]
    model: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


EMBED = Contract(name="embed.text", request=EmbedRequest, done=EmbedDone)
