"""The contracts of the library: searching it, adding to it, and taking copies of what neighbours share."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hearthnet_core.capability import Privacy
from hearthnet_core.contract import Contract

MAX_TEXT = 16 * 1024 * 1024
MAX_RESULTS = 20
MAX_QUERY = 4_000
MAX_FILTERED = 16
MAX_CORPORA = 256
MAX_LISTED = 1_000
MAX_FETCHED = 32
MAX_PIECE = 8_000
MAX_PIECES = 20_000
MAX_BATCH = 160 * 1024
"""Bytes of the documents that travel together in one message; one that is larger travels alone and in parts of that size,
up to `MAX_SENT`."""
MAX_SENT = 20 * 1024 * 1024
DIGEST = 32

Corpus = Annotated[str, msgspec.Meta(pattern="^[a-z0-9_-]{1,40}$")]
Digest = Annotated[bytes, msgspec.Meta(min_length=DIGEST, max_length=DIGEST)]
Short = Annotated[str, msgspec.Meta(max_length=300)]


class QueryRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`travels`: how far the passages may go from whoever asked; what is for fewer stays out of the answer."""

    query: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_QUERY)]
    k: Annotated[int, msgspec.Meta(ge=1, le=MAX_RESULTS)] = 5
    corpora: Annotated[tuple[str, ...], msgspec.Meta(max_length=MAX_FILTERED)] = ()
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""
    travels: Privacy = Privacy.LOCAL


class Found(msgspec.Struct, frozen=True, kw_only=True):
    rank: int
    score: float
    text: Annotated[str, msgspec.Meta(max_length=MAX_PIECE)]
    metadata: dict[str, Any] = {}


class QueryDone(msgspec.Struct, frozen=True, kw_only=True):
    """`method` is `bm25` or `hybrid`; `note` says in a sentence why it is no more than the first."""

    chunks: Annotated[tuple[Found, ...], msgspec.Meta(max_length=MAX_RESULTS)]
    method: Annotated[str, msgspec.Meta(max_length=40)] = "bm25"
    note: Short = ""


class IngestRequest(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    text: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
    corpus: Corpus = "household"
    title: Annotated[str, msgspec.Meta(max_length=200)] = ""
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""


class IngestDone(msgspec.Struct, frozen=True, kw_only=True):
    document_id: str
    title: str
    chunks: int
    duplicate: bool


class CorporaRequest(msgspec.Struct, frozen=True):
    pass


class CorporaDone(msgspec.Struct, frozen=True):
    corpora: Annotated[tuple[dict[str, Any], ...], msgspec.Meta(max_length=MAX_CORPORA)]


class Listed(msgspec.Struct, frozen=True):
    """One document of a corpus: its id, and the digest of all that is sent of it."""

    id: Digest
    digest: Digest


class ListRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Documents whose id is greater than `after`."""

    corpus: Corpus
    after: Annotated[bytes, msgspec.Meta(max_length=DIGEST)] = b""


class ListDone(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of their ids; with `more` those after the last one are not in it."""

    documents: Annotated[tuple[Listed, ...], msgspec.Meta(max_length=MAX_LISTED)]
    more: bool = False


class SentPiece(msgspec.Struct, frozen=True, array_like=True):
    """Page 0: the document has none."""

    heading: Short
    text: Annotated[str, msgspec.Meta(max_length=MAX_PIECE)]
    page: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A whole document."""

    id: Digest
    name: Short
    title: Short
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""
    licence: Short = ""
    pieces: Annotated[tuple[SentPiece, ...], msgspec.Meta(max_length=MAX_PIECES)]


class FetchRequest(msgspec.Struct, frozen=True, kw_only=True):
    corpus: Corpus
    documents: Annotated[tuple[Digest, ...], msgspec.Meta(min_length=1, max_length=MAX_FETCHED)]


class Pieces(msgspec.Struct, frozen=True, kw_only=True):
    """The data of each `pieces` event."""

    pieces: Annotated[tuple[SentPiece, ...], msgspec.Meta(min_length=1, max_length=MAX_PIECES)]


class FetchDone(msgspec.Struct, frozen=True, kw_only=True):
    """The first of the wished documents, as many as fit into `MAX_BATCH`; what has gone meanwhile is left out, and named
    in `gone`. What is neither there nor gone is to be asked for again. The first pieces of a document that is larger came
    before it, in events `pieces`."""

    documents: Annotated[tuple[Sent, ...], msgspec.Meta(max_length=MAX_FETCHED)]
    gone: Annotated[tuple[Digest, ...], msgspec.Meta(max_length=MAX_FETCHED)] = ()


QUERY = Contract(name="rag.query", request=QueryRequest, done=QueryDone)
INGEST = Contract(name="rag.ingest", request=IngestRequest, done=IngestDone, private=True, timeout_s=600)
CORPORA = Contract(name="rag.list_corpora", request=CorporaRequest, done=CorporaDone)
LIST = Contract(name="rag.list_documents", request=ListRequest, done=ListDone)
FETCH = Contract(name="rag.fetch", request=FetchRequest, done=FetchDone)
