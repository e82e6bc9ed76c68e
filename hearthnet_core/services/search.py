"""One search over this node's library and those of the neighbours that may see the question.

Everybody is asked at once, each with the same short deadline; who is late, fails or is set aside for it is named, never
silently left out. What came is put into one order here, all by one measure (`merging`).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import aclosing

import msgspec

from hearthnet_core.bus.bus import Bus
from hearthnet_core.bus.router import Candidate, excluded
from hearthnet_core.capability import Call, Privacy
from hearthnet_core.community.shown import shown
from hearthnet_core.errors import CapacityExceeded, HearthNetError, InternalError, RateLimited, Timeout, Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.comparing import Comparing
from hearthnet_core.services.corpora import COPY, may_travel, usual
from hearthnet_core.services.indexing import NO_MODEL
from hearthnet_core.services.knowledge import HYBRID
from hearthnet_core.services.meaning import Meaning
from hearthnet_core.services.merging import MAX_FIELD, Passage, meta, once_each, ordered
from hearthnet_core.services.rag import MAX_RESULTS, QUERY, Found, QueryDone, QueryRequest
from hearthnet_core.services.reranking import Reranking
from hearthnet_core.services.weights import EQUAL, Weights

DEADLINE_S = 1.5
MAX_NODES = 32
WIDER = 2
MAX_PAGE = 1_000_000
MAX_PASSAGE = 4_000
"""Letters of a passage that are kept: five of them travel in a call of at most `remote.MAX_BODY` bytes."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A passage as `docs/api.md` shows it. `score` is 1 for the best of the answer; `copy`: kept here for the node it names."""

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
    page: int | None = None
    copy: bool = False


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
    note: str = ""


class Search:
    """`privacy` is the node's setting; a request may only narrow it. `space` is the model whose index of meanings this node
    has, or empty; `why` says why."""

    def __init__(
        self,
        runtime: Runtime,
        bus: Bus,
        me: NodeId,
        privacy: Callable[[], Privacy],
        *,
        meaning: Meaning | None = None,
        space: Callable[[], tuple[str, str]] = lambda: ("", NO_MODEL),
        internet: Callable[[], bool] = lambda: True,
        weights: Callable[[], Weights] = lambda: EQUAL,
    ) -> None:
        self._runtime = runtime
        self._bus = bus
        self._me = me
        self._privacy = privacy
        self._comparing = Comparing(meaning) if meaning is not None else None
        self._reranking = Reranking(runtime, bus)
        self._space = space
        self._internet = internet
        self._weights = weights

    async def query(
        self,
        request: QueryRequest,
        privacy: Privacy | None,
        *,
        travels: Privacy = Privacy.LOCAL,
    ) -> FoundPassages:
        """`travels`: how far the passages will go from here; what is for fewer is left out."""
        k = request.k
        request = msgspec.structs.replace(request, k=min(MAX_RESULTS, k * WIDER), travels=Privacy.LOCAL)
        ours = msgspec.structs.replace(request, travels=travels)
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
            if travels is not Privacy.LOCAL:  # a node of the household may run an older version or a changed one
                found = tuple(chunk for chunk in found if _may_travel(candidate, chunk, travels))
            searched.append(_named(candidate, count=len(found)))
            lists.append((candidate, found))
        searched.sort(key=lambda s: (s.node_id != self._me.text, bool(s.error), s.name.casefold(), s.node_id))
        passages, method, note = await self._best(lists, request, call.privacy)
        results = tuple(_source(n, passage) for n, passage in enumerate(passages[:k], 1))
        return FoundPassages(results=results, searched=tuple(searched), method=method, note=note)

    async def _best(
        self, lists: list[tuple[Candidate, tuple[Found, ...]]], request: QueryRequest, privacy: Privacy
    ) -> tuple[list[Passage], str, str]:
        """(best first, the method, why it is no better one)."""
        lists = sorted(lists, key=lambda pair: (_distance(pair[0])[:2], pair[0].node_id))
        passages, chance = once_each(lists), None
        space, note = self._space()
        if self._comparing is not None and space:
            passages, chance, note = await self._comparing.compared(space, request.query, passages, privacy)
        alone = all(p.candidate.local for p in passages)
        best = ordered(passages, request, chance, self._weights().of(request.language), alone=alone)
        method = HYBRID if chance is not None else "bm25"
        ranked, why = await self._reranking.ranked(request.query, best, _reranks(best, privacy), self._internet())
        if ranked is not None:
            return ranked, f"{method}+rerank", note
        return best, method, "; ".join(n for n in (note, why) if n)

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


def _may_travel(candidate: Candidate, chunk: Found, travels: Privacy) -> bool:
    """A neighbour's passage comes with who it is for, if it is not for everybody."""
    usual_ = usual(meta(chunk, "corpus")) if candidate.home or candidate.local else "community"
    return may_travel(meta(chunk, "access") or usual_, travels)


def _reranks(passages: list[Passage], privacy: Privacy) -> Privacy:
    """How far these passages may go to be put into order."""
    for reach in (Privacy.ANY, Privacy.COMMUNITY, Privacy.HOME):
        if all(_may_travel(p.candidate, p.found, reach) for p in passages):
            return privacy.narrowed(reach)
    return Privacy.LOCAL


def _distance(candidate: Candidate) -> tuple[bool, bool, float]:
    rtt = candidate.rtt_ms
    return not candidate.local, not candidate.home, math.inf if rtt is None else rtt


def _named(candidate: Candidate, *, count: int = 0, error: str = "") -> Searched:
    return Searched(node_id=candidate.node_id.text, name=candidate.node_name, count=count, error=error)


def _clean(chunk: Found) -> Found:
    """Fit for a screen and for a call: what a neighbour sends was written by anybody."""
    return msgspec.structs.replace(chunk, text=shown(chunk.text[:MAX_PASSAGE], lines=True))


def _source(rank: int, passage: Passage) -> Source:
    """A copy is shown as what it is: a passage of the node it came from. Only this household is believed about that."""
    candidate, chunk = passage.candidate, passage.found
    origin = meta(chunk, "origin") if candidate.local or candidate.home else ""
    page = chunk.metadata.get("page")
    return Source(
        rank=rank,
        score=round(passage.score, 4),
        text=chunk.text,
        doc_title=meta(chunk, "doc_title"),
        doc_cid=meta(chunk, "doc_cid"),
        chunk_id=meta(chunk, "chunk_id"),
        node_id=origin or candidate.node_id.text,
        node_name=meta(chunk, "origin_name") if origin else candidate.node_name,
        corpus=meta(chunk, "corpus").partition(COPY)[0],
        language=meta(chunk, "language"),
        licence=meta(chunk, "licence"),
        page=page if isinstance(page, int) and 0 < page <= MAX_PAGE else None,
        copy=bool(origin),
    )
