"""Texts into vectors, the same for every engine: the words a model wants before a text, vectors of length 1, nonsense refused."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

import msgspec

from hearthnet_core.backends.embedding import MAX_DIMENSIONS, EmbedDone, EmbedRequest
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import Timeout, Unavailable

QUERY, PASSAGE = 0, 1
WORDS = {
    "nomic-embed": ("search_query: ", "search_document: "),
    "embeddinggemma": ("task: search result | query: ", "title: none | text: "),
    "e5-": ("query: ", "passage: "),
    "mxbai-embed": ("Represent this sentence for searching relevant passages: ", ""),
    "snowflake-arctic-embed": ("Represent this sentence for searching relevant passages: ", ""),
    "bge-small-en": ("Represent this sentence for searching relevant passages: ", ""),
    "bge-base-en": ("Represent this sentence for searching relevant passages: ", ""),
    "bge-large-en": ("Represent this sentence for searching relevant passages: ", ""),
}
"""What each family's card says to put before a question and a passage."""


async def embedded(
    engine: str,
    vectors: Callable[[str, list[str]], Awaitable[list[list[float]]]],
    model: str,
    request: EmbedRequest,
    seconds: float,
) -> Chunk:
    """The `done` of `embed.text`. Raises `Timeout` and `Unavailable`."""
    try:
        async with asyncio.timeout(seconds):
            found = await vectors(model, [worded(model, request.kind, text) for text in request.texts])
    except TimeoutError:
        raise Timeout(f"{engine} has been silent for {seconds:.0f} s.") from None
    units = tuple(tuple(_unit(vector)) for vector in found)
    dimensions = {len(u) for u in units}
    if len(units) != len(request.texts) or len(dimensions) != 1 or not 0 < min(dimensions) <= MAX_DIMENSIONS:
        raise Unavailable(
            f"{engine} gave no usable vectors for {model}; choose an embedding model of at most"
            f" {MAX_DIMENSIONS} dimensions."
        )
    return Chunk("done", msgspec.to_builtins(EmbedDone(embeddings=units, dim=dimensions.pop(), model=model[:200])))


def worded(model: str, kind: str, text: str) -> str:
    """The text as this model wants it."""
    low = model.casefold()
    pair = next((words for family, words in WORDS.items() if family in low), ("", ""))
    return pair[QUERY if kind == "query" else PASSAGE] + text


def _unit(vector: list[float]) -> list[float]:
    """Empty for one that has no direction."""
    length = math.hypot(*vector)
    return [x / length for x in vector] if 0 < length < math.inf else []
