"""The contract of `rerank.text@1.0`: which of these texts answer the question best."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hearthnet_core.contract import Contract

MAX_DOCUMENTS = 100

Document = Annotated[str, msgspec.Meta(max_length=4_000)]
Index = Annotated[int, msgspec.Meta(ge=0, lt=MAX_DOCUMENTS)]


class RerankRequest(msgspec.Struct, frozen=True, kw_only=True):
    query: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    documents: Annotated[tuple[Document, ...], msgspec.Meta(min_length=1, max_length=MAX_DOCUMENTS)]
    model: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Ranking(msgspec.Struct, frozen=True):
    """`index` counts the request's documents from 0; `score` is the model's own, higher is better."""

    index: Index
    score: float


class RerankDone(msgspec.Struct, frozen=True, kw_only=True):
    """Each document once, best first."""

    results: Annotated[tuple[Ranking, ...], msgspec.Meta(max_length=MAX_DOCUMENTS)]
    model: Annotated[str, msgspec.Meta(max_length=200)] = ""


RERANK = Contract(name="rerank.text", request=RerankRequest, done=RerankDone, max_body=1024 * 1024)
