"""One search over this node's library and those of the neighbours that may see the question.

Everybody is asked at once, each with the same short deadline; who is late or fails is named, never silently left out.
What came is scored again here, all by one measure: a neighbour's own score says nothing beside another's, and one who
claims that everything of theirs fits best gains nothing.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable

import blake3
import msgspec

from hearthnet_core.backends.terms import words
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import Candidate, excluded
from hearthnet_core.capability import Call, Privacy, collect
from hearthnet_core.errors import HearthNetError, Timeout
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.knowledge import MAX_RESULTS, QUERY, SHARED, Found, QueryDone, QueryRequest

DEADLINE_S = 1.5
K1, B = 1.2, 0.4
MAX_NODES = 32
WIDER = 2
MAX_FIELD = 300


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A passage as `docs/api.md` shows it. `score` is 1 for the best of the answer."""

    rank: int
    score: float
    text: str
    doc_title: str
    doc_cid: str
    chunk_id: str
    node_id: str
    node_name: str
    corpus: str
    language: str
    licence: str


class Searched(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One node that was asked; `error` says why it gave nothing."""

    node_id: str
    name: str
    count: int
    error: str = ""


class FoundPassages(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Source, ...]
    searched: tuple[Searched, ...]
    method: str = "bm25"


class Search:
    """`privacy` is the node's setting; a request may only narrow it."""

    def __init__(self, runtime: Runtime, bus: Bus, me: NodeId, privacy: Callable[[], Privacy]) -> None:
        self._runtime = runtime
        self._bus = bus
        self._me = me
        self._privacy = privacy

    async def query(
        self, request: QueryRequest, privacy: Privacy | None, *, shared_only: bool = False
    ) -> FoundPassages:
        """`shared_only` leaves out what the household keeps to itself: for passages that will travel on to a neighbour."""
        deadline, k = self._runtime.now() + DEADLINE_S, request.k
        request = msgspec.structs.replace(request, k=min(MAX_RESULTS, request.k * WIDER))
        own = request
        if shared_only:
            wanted = tuple(c for c in SHARED if not request.corpora or c in request.corpora)
            own = msgspec.structs.replace(request, corpora=wanted or ("",))
        call = Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=QUERY.name,
            body=msgspec.to_builtins(request),
            privacy=self._privacy().narrowed(privacy),
            deadline=deadline,
            hops=1,
        )
        everyone = [c for c in self._bus.candidates(call) if not excluded(call, c, internet=True)][:MAX_NODES]
        async with asyncio.TaskGroup() as group:
            running = [(c, group.create_task(self._ask(c, call, own if c.local else request))) for c in everyone]
        lists: list[tuple[Candidate, QueryDone]] = []
        searched = []
        for candidate, task in running:
            found = task.result()
            count = len(found.chunks) if isinstance(found, QueryDone) else 0
            error = found.message if isinstance(found, HearthNetError) else ""
            searched.append(
                Searched(node_id=candidate.node_id.text, name=candidate.node_name, count=count, error=error)
            )
            if isinstance(found, QueryDone):
                lists.append((candidate, found))
        return FoundPassages(results=_merged(lists, request, k), searched=tuple(searched))

    async def _ask(self, candidate: Candidate, call: Call, request: QueryRequest) -> QueryDone | HearthNetError:
        call = msgspec.structs.replace(call, id=self._runtime.random_bytes(12).hex(), body=msgspec.to_builtins(request))
        try:
            async with asyncio.timeout(call.deadline - self._runtime.now()):
                done = await collect(self._bus.provider(candidate, call), call)
            return msgspec.convert(done, QueryDone)
        except TimeoutError:
            return Timeout(f"{candidate.node_name} did not answer within {DEADLINE_S:g} s.")
        except msgspec.ValidationError:
            return HearthNetError(f"{candidate.node_name} answered with something that is no search result.")
        except HearthNetError as error:
            return error


def _merged(lists: list[tuple[Candidate, QueryDone]], request: QueryRequest, k: int) -> tuple[Source, ...]:
    """The same passage from two nodes counts once, shown as ours where we have it."""
    first: dict[bytes, tuple[Candidate, Found]] = {}
    for candidate, found in sorted(lists, key=lambda pair: (not pair[0].local, pair[0].node_id)):
        for chunk in found.chunks:
            key = blake3.blake3(" ".join(chunk.text.split()).encode()).digest()
            first.setdefault(key, (candidate, chunk))
    points = dict(zip(first, _scores(request, [chunk for _, chunk in first.values()]), strict=True))
    order = sorted(points, key=lambda key: (-points[key], not first[key][0].local, key))[:k]
    best = points[order[0]] if order else 0.0
    return tuple(_source(n, points[key] / best if best else 0.0, *first[key]) for n, key in enumerate(order, 1))


def _scores(request: QueryRequest, chunks: list[Found]) -> list[float]:
    """BM25 (k1 1.2, b 0.4) with the found passages as the collection; another language than asked for counts half."""
    bags = [Counter(words(f"{_meta(c, 'doc_title')} {_meta(c, 'heading')} {c.text}")) for c in chunks]
    usual = sum(b.total() for b in bags) / len(bags) if bags else 1.0
    terms = set(words(request.query))
    weight = {}
    for term in terms:
        having = sum(term in bag for bag in bags)
        weight[term] = math.log(1 + (len(bags) - having + 0.5) / (having + 0.5))
    scores = []
    for chunk, bag in zip(chunks, bags, strict=True):
        length = 1 - B + B * bag.total() / usual
        score = sum(weight[t] * bag[t] * (K1 + 1) / (bag[t] + K1 * length) for t in terms if bag[t])
        language = _meta(chunk, "language")
        foreign = request.language and language and not request.language.startswith(language)
        scores.append(score * (0.5 if foreign else 1.0))
    return scores


def _meta(chunk: Found, name: str) -> str:
    value = chunk.metadata.get(name)
    return str(value)[:MAX_FIELD] if value is not None else ""


def _source(rank: int, score: float, candidate: Candidate, chunk: Found) -> Source:
    return Source(
        rank=rank,
        score=round(score, 4),
        text=chunk.text,
        doc_title=_meta(chunk, "doc_title"),
        doc_cid=_meta(chunk, "doc_cid"),
        chunk_id=_meta(chunk, "chunk_id"),
        node_id=candidate.node_id.text,
        node_name=candidate.node_name,
        corpus=_meta(chunk, "corpus"),
        language=_meta(chunk, "language"),
        licence=_meta(chunk, "licence"),
    )
