"""The library over the local API: files into it, what is in it, data out of it, who may see it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec

from hearthnet_core.api.method import Method, Nothing, once
from hearthnet_core.backends.documents.process import MAX_FILE
from hearthnet_core.capability import Chunk
from hearthnet_core.community.shown import shown
from hearthnet_core.errors import BadRequest
from hearthnet_core.services.corpora import Access
from hearthnet_core.services.extracting import Extracting, ExtractRequest
from hearthnet_core.services.ingest import Ingest
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.pictures import Pictures

Corpus = Annotated[str, msgspec.Meta(pattern="^[a-z0-9_-]{1,40}$")]
AnyCorpus = Annotated[str, msgspec.Meta(max_length=120)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Title = Annotated[str, msgspec.Meta(max_length=200)]
DocumentId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
MAX_EXTRACT = 4 * 1024 * 1024
"""Bytes of a million letters and a schema."""
Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class IngestFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`data` is the file: the body as it is, with the rest in the query, or base64 in JSON."""

    name: Name
    data: Annotated[bytes, msgspec.Meta(min_length=1, max_length=MAX_FILE)]
    corpus: Corpus = "household"
    title: Title = ""
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""


class Documents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`before` is the `next` of the page before."""

    corpus: AnyCorpus = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    before: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class OpenDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    document_id: DocumentId
    corpus: AnyCorpus = ""
    page: Number | None = None
    chunk_id: Number | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20


class FindPictures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By words, or by the picture they are to look like; one of the two."""

    query: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    document_id: DocumentId | None = None
    corpus: AnyCorpus = ""
    k: Annotated[int, msgspec.Meta(ge=1, le=24)] = 12


class DeleteDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    document_id: DocumentId
    corpus: AnyCorpus


class SetCorpus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Corpus
    access: Access


class KnowledgeMethods:
    def __init__(self, ingest: Ingest, knowledge: Knowledge, extracting: Extracting, pictures: Pictures) -> None:
        self._ingest = ingest
        self._knowledge = knowledge
        self._extracting = extracting
        self._pictures = pictures

    def rows(self) -> tuple[Method, ...]:
        return (
            Method("ingest_file", IngestFile, self._file, max_body=MAX_FILE, upload="data"),
            once("documents", Documents, self._documents),
            once("document", OpenDocument, self._open),
            once("find_pictures", FindPictures, self._find),
            Method("extract", ExtractRequest, self._extracting.stream, max_body=MAX_EXTRACT),
            once("delete_document", DeleteDocument, self._delete),
            once("corpora", Nothing, self._corpora),
            once("set_corpus", SetCorpus, self._set_corpus),
        )

    def _file(self, params: IngestFile) -> AsyncGenerator[Chunk]:
        name = shown(params.name)  # it is an argument of a program, and stands wherever the document is named
        if not name:
            raise BadRequest("ingest_file: name the file with letters that can be seen.")
        return self._ingest.stream(
            name, params.data, params.corpus, title=shown(params.title), language=params.language
        )

    async def _documents(self, params: Documents) -> dict[str, Any]:
        return await self._knowledge.catalogue.documents(params.corpus, params.limit, params.before)

    async def _open(self, params: OpenDocument) -> dict[str, Any]:
        opened = await self._knowledge.catalogue.pieces(
            params.document_id,
            corpus=params.corpus,
            page=params.page,
            chunk_id=params.chunk_id,
            limit=params.limit + 1,
        )
        pieces = opened.pop("pieces")
        return {"document": opened, "pieces": pieces[: params.limit], "more": len(pieces) > params.limit}

    async def _find(self, params: FindPictures) -> dict[str, Any]:
        if bool(query := params.query.strip()) is (params.document_id is not None):
            raise BadRequest(
                "find_pictures: say what is on the picture (query), or which one it is to look like (document_id)."
            )
        if params.document_id is not None:
            return await self._pictures.like(params.document_id, params.corpus, params.k)
        return await self._pictures.find(query, params.k)

    async def _delete(self, params: DeleteDocument) -> dict[str, Any]:
        await self._knowledge.forget(params.document_id, params.corpus)
        return {}

    async def _corpora(self, _: Nothing) -> dict[str, Any]:
        return {"corpora": await self._knowledge.corpora(None)}

    async def _set_corpus(self, params: SetCorpus) -> dict[str, Any]:
        return {"corpus": await self._knowledge.set_access(params.name, params.access)}
