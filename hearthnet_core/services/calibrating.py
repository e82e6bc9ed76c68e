"""Runs the shipped questions through this node's own search, in the background, and keeps what came of it: how much the
ranking by meaning counts for each language, and how sure an answer from the library may say it is (`confidence`).

Once for each way of ranking (by words, or with which embedding model), state of the library and version of this
software. As long as what is kept is of another one, nothing is said. The household's own documents get no statement: nobody
has written questions with known answers for them.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import blake3
import msgspec
from sqlalchemy import Connection, select

from hearthnet_core.errors import HearthNetError
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.services import calibrations, confidence, questions
from hearthnet_core.services.calibrations import Result
from hearthnet_core.services.confidence import Calibration, Outcome
from hearthnet_core.services.questions import Places, Question
from hearthnet_core.services.rag import Found, QueryDone, QueryRequest
from hearthnet_core.services.search import Source
from hearthnet_core.services.shelf import documents
from hearthnet_core.services.weights import EQUAL, GRID, Weights, learnt
from hearthnet_core.storage.database import Database

CORPUS = "emergency"
WORDS = "bm25"
SHOWN = 5
DEEP = 10
FIRST_S = 60.0
"""A node that has just started has better things to do."""
AGAIN_S = 600.0
BREATH_S = 0.02
TRIES = 4
AGAIN_QUESTION_S = 2.0
"""A busy machine embeds a question too late now and then; one must not spoil four hundred."""
STATEMENT = "answer.confidence.library"


class Unsteady(Exception):
    """The way of ranking changed meanwhile, as when an embedding model went away."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the search gave for one question."""

    method: str
    chunks: tuple[Found, ...]
    strength: float

    @property
    def scores(self) -> list[float]:
        return [chunk.score for chunk in self.chunks]


type Find = Callable[[QueryRequest, Weights], Awaitable[QueryDone]]


class Calibrating:
    """`find` searches this node's own library with the given weights; `space` names the model of the index of meanings;
    `version` is that of the software, `me` this node; `settled`: nothing is being indexed just now."""

    def __init__(
        self,
        runtime: Runtime,
        database: Database,
        library: Path,
        find: Find,
        *,
        space: Callable[[], str],
        version: str,
        me: NodeId,
        settled: Callable[[], bool] = lambda: True,
    ) -> None:
        self._runtime = runtime
        self._database = database
        self._library = library
        self._find = find
        self._space = space
        self._version = version
        self._me = me
        self._settled = settled
        self._bell = asyncio.Event()
        self._asked = b""
        self._key = ""
        self._ranked_with = ""
        self._result = Result()

    @property
    def weights(self) -> Weights:
        """What searches fuse by; equal weights until something was learnt for the present model."""
        return self._result.weights if self._ranked_with == self._space() else EQUAL

    def look(self) -> None:
        """The library or the index changed: nothing is said until this was looked at."""
        self._key = ""
        self._bell.set()

    async def keep(self) -> None:
        """Follows the library for ever."""
        await asyncio.sleep(FIRST_S)
        while True:
            self._bell.clear()
            await self.refresh()
            try:
                async with asyncio.timeout(AGAIN_S):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def refresh(self) -> None:
        """Takes what is kept for the present ranking and library, or finds it out."""
        key, space = await self._present(), self._space()
        if key == self._key or not self._settled():
            return
        kept = await self._database.read(lambda connection: calibrations.kept(connection, key))
        try:
            result = kept if kept is not None else await self._measured()
        except Unsteady:
            return
        if await self._present() != key:
            return self.look()
        if kept is None:
            await self._database.write(lambda connection: calibrations.keep(connection, key, result))
        self._key, self._ranked_with, self._result = key, space, result

    async def statement(self, question: str, language: str, sources: Sequence[Source]) -> dict[str, Any] | None:
        """What `done` of `ask` says of these passages. None unless all of them are of this node's own emergency library."""
        if not sources or any(s.corpus != CORPUS or s.node_id != self._me.text for s in sources):
            return None
        try:
            return await self._statement(question, language, {s.chunk_id for s in sources})
        except HearthNetError:
            return None

    async def _statement(self, question: str, language: str, chunk_ids: set[str]) -> dict[str, Any] | None:
        found = self._result.languages.get(language[:2])
        if not self._key or found is None or not found.holds or await self._present() != self._key:
            return None
        shown = _shown(question, await self._find(_request(question, language, SHOWN), self._result.weights))
        among = confidence.among(shown.scores, shown.strength, found)
        if (
            not among
            or shown.method != self._result.method
            or not all(_chunk_id(chunk) in chunk_ids for chunk in shown.chunks[:among])
        ):
            return None
        return {
            "level": found.level,
            "coverage": round(found.coverage, 3),
            "error": round(found.error, 3),
            "n": found.n,
            "statement_key": STATEMENT,
        }

    async def _measured(self) -> Result:
        asked = await self._runtime.offload(questions.read, self._library)
        places = await self._runtime.offload(Places, self._library)
        weights = await self._learnt(asked, places) if self._space() else Weights()
        outcomes: dict[tuple[str, bool], list[Outcome]] = {}
        methods = set()
        for question in asked:
            done = await self._steadily(_request(question.question, question.language, SHOWN), weights)
            shown = _shown(question.question, done)
            outcome = _outcome(question, places, shown)
            methods.add(shown.method)
            outcomes.setdefault((question.language, question.split == "tuning"), []).append(outcome)
            await asyncio.sleep(BREATH_S)
        if len(methods) != 1:
            raise Unsteady
        languages: dict[str, Calibration] = {}
        for language in sorted({question.language for question in asked}):
            tuning, others = (outcomes.get((language, tuned), []) for tuned in (True, False))
            found = await self._runtime.offload(confidence.calibrate, tuning, others)
            if found is not None:
                languages[language] = found
        return Result(method=methods.pop(), weights=weights, languages=languages)

    async def _learnt(self, asked: tuple[Question, ...], places: Places) -> Weights:
        gains: dict[str, dict[float, float]] = {}
        for question in asked:
            if question.split != "tuning" or not question.passages:
                continue
            for weight in GRID:
                request = _request(question.question, question.language, DEEP)
                done = await self._steadily(request, Weights({question.language: weight}))
                gained = questions.ndcg(question, [_place(question, places, chunk) for chunk in done.chunks])
                mine = gains.setdefault(question.language, {})
                mine[weight] = mine.get(weight, 0.0) + gained
            await asyncio.sleep(BREATH_S)
        return learnt(gains)

    async def _steadily(self, request: QueryRequest, weights: Weights) -> QueryDone:
        """Again when words alone were compared though there is a model."""
        done = await self._find(request, weights)
        for _ in range(TRIES - 1):
            if done.method != WORDS or not self._space():
                break
            await asyncio.sleep(AGAIN_QUESTION_S)
            done = await self._find(request, weights)
        return done

    async def _present(self) -> str:
        """Names the ranking, the library as it is in the database, its questions and the software."""
        there = await self._database.read(_library)
        if not self._asked:
            self._asked = await self._runtime.offload((self._library / questions.FILE).read_bytes)
        state = blake3.blake3(b"".join(there) + self._asked).hexdigest(16)
        return f"{self._version} {self._space() or 'words'} {state}"


def _request(question: str, language: str, k: int) -> QueryRequest:
    return QueryRequest(query=question, k=k, language=language, corpora=(CORPUS,))


def _place(question: Question, places: Places, chunk: Found) -> str:
    language = str(chunk.metadata.get("language", ""))
    place = places.place(language, str(chunk.metadata.get("doc_title", "")), str(chunk.metadata.get("heading", "")))
    return questions.found_at(question, language, place)


def _shown(question: str, done: QueryDone) -> Shown:
    near = [float(chunk.metadata["likeness"]) for chunk in done.chunks if "likeness" in chunk.metadata]
    best = done.chunks[0] if done.chunks else None
    said = f"{best.metadata.get('doc_title', '')} {best.metadata.get('heading', '')} {best.text}" if best else ""
    strength = confidence.strength(question, said, max(near, default=None))
    return Shown(method=done.method, chunks=done.chunks, strength=strength)


def _outcome(question: Question, places: Places, shown: Shown) -> Outcome:
    right = (n for n, chunk in enumerate(shown.chunks) if _place(question, places, chunk) in question.right)
    first = next(right, None)
    return Outcome(shown.strength, math.inf if first is None else confidence.behind(shown.scores, first))


def _chunk_id(chunk: Found) -> str:
    return str(chunk.metadata.get("chunk_id", ""))


def _library(connection: Connection) -> list[bytes]:
    wanted = select(documents.c.cid).where(documents.c.corpus == CORPUS).order_by(documents.c.cid)
    return [cid for (cid,) in connection.execute(wanted)]
