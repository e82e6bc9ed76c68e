"""Tools over what is written: searching the library and the neighbours', opening a passage, translating."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hearthnet_core.backends.seeing import MAX_TRANSLATED, TRANSLATE
from hearthnet_core.errors import BadRequest
from hearthnet_core.services.agent.calling import Calling
from hearthnet_core.services.agent.tool import EXCERPT, AgentTool, Desk, Outcome
from hearthnet_core.services.knowledge import QueryRequest
from hearthnet_core.services.search import Search

FOUND = 5
DOCUMENTS = "documents"


class SearchArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    query: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class ReadArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    passage: Annotated[int, msgspec.Meta(ge=1, le=100)]


class TranslateArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TRANSLATED)]
    to: Annotated[str, msgspec.Meta(min_length=2, max_length=20)]


class KnowledgeTools:
    def __init__(self, calling: Calling, search: Search) -> None:
        self._calling = calling
        self._search = search

    def rows(self) -> tuple[AgentTool, ...]:
        return (
            AgentTool(
                name="search_library",
                description="Search the documents of this household and its neighbours. Gives numbered passages.",
                arguments=SearchArguments,
                run=self._searched,
            ),
            AgentTool(
                name="read_document",
                description="Read a passage in full, by the number search_library gave it.",
                arguments=ReadArguments,
                run=self._read,
            ),
            AgentTool(
                name="translate",
                description="Translate a text into another language, named like de or en.",
                arguments=TranslateArguments,
                run=self._translated,
                usable=lambda desk: self._calling.anybody(TRANSLATE, desk.privacy),
            ),
        )

    async def _searched(self, given: SearchArguments, desk: Desk) -> Outcome:
        found = await self._search.query(
            QueryRequest(query=given.query, k=FOUND, language=desk.language),
            desk.privacy,
            travels=desk.privacy,
        )
        shown, numbered = [], []
        for source in found.results:
            if (number := desk.number(source)) is not None:
                numbered.append(number)
                cut = source.text[:EXCERPT] + (" …" if len(source.text) > EXCERPT else "")
                shown.append(f"[{number}] {source.doc_title} ({source.node_name})\n{cut}")
        if not shown:
            return Outcome(text="Nothing was found; try other words, or say so.", summary="nothing found")
        return Outcome(text="\n\n".join(shown), summary=_passages(numbered), foreign=DOCUMENTS)

    async def _read(self, given: ReadArguments, desk: Desk) -> Outcome:
        if given.passage > len(desk.sources):
            raise BadRequest(f"There is no passage {given.passage}; search_library gives their numbers.")
        source = desk.sources[given.passage - 1]
        return Outcome(
            text=f"[{given.passage}] {source.doc_title}\n{source.text}",
            summary=f"[{given.passage}] {source.doc_title}",
            foreign=DOCUMENTS,
        )

    async def _translated(self, given: TranslateArguments, desk: Desk) -> Outcome:
        body: dict[str, Any] = {"text": given.text, "to": given.to}
        done = await self._calling.once(TRANSLATE, body, desk)
        return Outcome(
            text=str(done["text"]),
            summary=f"{done['from']} → {done['to']}",
            foreign="a translation",
            trace_id=done["trace"].id,
        )


def _passages(numbers: list[int]) -> str:
    return ", ".join(f"[{n}]" for n in numbers)
