"""One search over this node's library and those of the neighbours that may see the question.

Everybody is asked at once, each with the same short deadline; who is late, fails or is set aside for it is named, never
silently left out. What came is scored again here, all by one measure: a neighbour's own score says nothing beside
another's, and one who claims that everything of theirs fits best gains nothing.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing

import blake3
import msgspec

from hearthnet_core.backends.terms import words
from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import Candidate, excluded
from hearthnet_core.capability import Call, Privacy
from hearthnet_core.community.shown import shown
from hearthnet_core.errors import CapacityExceeded, HearthNetError, InternalError, RateLimited, Timeout, Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.corpora import SHARED
from hearthnet_core.services.rag import MAX_RESULTS, QUERY, Found, QueryDone, QueryRequest

DEADLINE_S = 1.5
K1, B = 1.2, 0.4
MAX_NODES = 32
WIDER = 2
MAX_FIELD = 300
MAX_PASSAGE = 4_000
"""Letters of a passage that are kept: five of them travel in a call of at most `remote.MAX_BODY` bytes."""


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
    """One node that was to be asked; `error` says why it gave nothing."""

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
        k = request.k
        request = msgspec.structs.replace(request, k=min(MAX_RESULTS, k * WIDER))
        ours = _shared(request) if shared_only else request
        call = Call(
            id="",
            capability=QUERY.name,
            version=QUERY.version,
            privacy=self._privacy().narrowed(privacy),
            deadline=self._runtime.now() + DEADLINE_S,
            hops=1,
        )
        everyone, searched = self._chosen(call)
        async with asyncio.TaskGroup() as group:
            asked = [
                (c, group.create_task(self._ask(c, call, ours if c.home or c.local else request))) for c in everyone
            ]
        lists: list[tuple[Candidate, tuple[Found, ...]]] = []
        for candidate, task in asked:
            found = task.result()
            if isinstance(found, HearthNetError):
                searched.append(_named(candidate, error=shown(found.message)[:MAX_FIELD]))
                continue
            if shared_only and candidate.home:  # a node of the household may run an older version or a changed one
                found = tuple(chunk for chunk in found if chunk.metadata.get("corpus") in SHARED)
            searched.append(_named(candidate, count=len(found)))
            lists.append((candidate, found))
        searched.sort(key=lambda s: (s.node_id != self._me.text, bool(s.error), s.name.casefold(), s.node_id))
        return FoundPassages(results=_merged(lists, request, k), searched=tuple(searched))

    def _chosen(self, call: Call) -> tuple[list[Candidate], list[Searched]]:
        """Who is asked, nearest first, and who is not though they might be."""
        everyone: list[Candidate] = []
        left_out: list[Searched] = []
        for candidate in sorted(self._bus.candidates(call), key=_distance):
            why_not = excluded(call, candidate, internet=True)
            if not why_not and len(everyone) >= MAX_NODES:
                why_not = f"Not asked: a search goes to {MAX_NODES} nodes at most."
            if not why_not:
                everyone.append(candidate)
            elif why_not == candidate.ejected or len(everyone) >= MAX_NODES:
                left_out.append(_named(candidate, error=why_not))
        return everyone, left_out

    async def _ask(self, candidate: Candidate, call: Call, request: QueryRequest) -> tuple[Found, ...] | HearthNetError:
        """Counts in the node's health like any other call: one who is always late is set aside for a while."""
        call = msgspec.structs.replace(call, id=self._runtime.random_bytes(12).hex(), body=msgspec.to_builtins(request))
        error: HearthNetError | None = None
        began = self._runtime.now()
        if not candidate.local:
            self._bus.health.started(candidate.key)
        try:
            async with asyncio.timeout(call.deadline - began):
                found = await self._found(candidate, call)
        except (TimeoutError, Timeout):
            error = Timeout(f"{candidate.node_name} did not answer within {DEADLINE_S:g} s.")
        except msgspec.ValidationError:
            error = Unavailable(f"{candidate.node_name} answered with something that is no search result.")
        except HearthNetError as failure:
            error = failure
        except BaseException:
            self._judge(candidate, None, None)
            raise
        took = self._runtime.now() - began
        self._judge(candidate, error, took)
        return found if error is None else error

    def _judge(self, candidate: Candidate, error: HearthNetError | None, took: float | None) -> None:
        """What a neighbour's answer says about it; `took` None: the question was withdrawn."""
        health, key = self._bus.health, candidate.key
        if candidate.local:
            return
        if took is None:
            health.cancelled(key)
        elif error is None:
            health.succeeded(key, took, took)
        elif isinstance(error, CapacityExceeded | RateLimited):
            health.refused(key, self._runtime.now(), (error.retry_after_ms or 0) / 1000)
        else:
            health.failed(key, self._runtime.now(), error.code)

    async def _found(self, candidate: Candidate, call: Call) -> tuple[Found, ...]:
        """Only the last chunk counts; what else a neighbour streams is dropped as it comes."""
        async with aclosing(self._bus.provider(candidate, call).stream(call)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    done = msgspec.convert(chunk.data, QueryDone)
                    return tuple(_clean(found) for found in done.chunks[: call.body["k"]])
        raise InternalError(f"{candidate.node_name} ended without an answer.")


def _shared(request: QueryRequest) -> QueryRequest:
    """The same question to what may be passed on; no corpus has an empty name."""
    wanted = tuple(c for c in SHARED if not request.corpora or c in request.corpora)
    return msgspec.structs.replace(request, corpora=wanted or ("",))


def _distance(candidate: Candidate) -> tuple[bool, bool, float]:
    rtt = candidate.rtt_ms
    return not candidate.local, not candidate.home, math.inf if rtt is None else rtt


def _named(candidate: Candidate, *, count: int = 0, error: str = "") -> Searched:
    return Searched(node_id=candidate.node_id.text, name=candidate.node_name, count=count, error=error)


def _clean(chunk: Found) -> Found:
    """Fit for a screen and for a call: what a neighbour sends was written by anybody."""
    return msgspec.structs.replace(chunk, text=shown(chunk.text[:MAX_PASSAGE], lines=True))


def _merged(lists: list[tuple[Candidate, tuple[Found, ...]]], request: QueryRequest, k: int) -> tuple[Source, ...]:
    """The same passage from two nodes counts once, shown as ours where we have it. Passages that hold no word of the
    question are nobody's answer."""
    first: dict[bytes, tuple[Candidate, Found]] = {}
    for candidate, found in sorted(lists, key=lambda pair: (_distance(pair[0])[:2], pair[0].node_id)):
        for chunk in found:
            key = blake3.blake3(" ".join(chunk.text.split()).encode()).digest()
            first.setdefault(key, (candidate, chunk))
    points = dict(zip(first, _scores(request, [chunk for _, chunk in first.values()]), strict=True))
    order = sorted(
        (key for key in points if points[key] > 0), key=lambda key: (-points[key], not first[key][0].local, key)
    )[:k]
    return tuple(_source(n, points[key] / points[order[0]], *first[key]) for n, key in enumerate(order, 1))


def _scores(request: QueryRequest, chunks: list[Found]) -> list[float]:
    """BM25 (k1 1.2, b 0.4) with the found passages as the collection; another language than asked for counts half."""
    bags = [Counter(words(f"{_meta(c, 'doc_title')} {_meta(c, 'heading')} {c.text}")) for c in chunks]
    usual = sum(b.total() for b in bags) / max(1, len(bags)) or 1.0
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
    return shown(str(value)[:MAX_FIELD]) if isinstance(value, str | int) else ""


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
