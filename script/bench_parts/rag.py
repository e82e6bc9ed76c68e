"""How well the emergency library is found: nDCG@10 and recall@10 by words, by meaning, by both and reranked.

`python -m script.bench_parts.rag [--table]`; prints one JSON object. What is learnt (weights by language, the floor of the
confidence) is learnt on the tuning questions; the figures with a bar are those of the test questions.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.flashrank import FlashRank
from hearthnet_core.backends.onnx_embedding import OnnxEmbedding
from hearthnet_core.backends.reranking import RERANK
from hearthnet_core.capability import Call, collect
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import confidence
from hearthnet_core.services.fusion import DEPTH, fused
from hearthnet_core.services.knowledge import MIN_WIDE, Knowledge
from hearthnet_core.services.lexical import by_words, weight
from hearthnet_core.services.questions import Places, Question, found_at, hit, ndcg, read, recall
from hearthnet_core.services.shelf import chunks, documents, passage_text
from hearthnet_core.services.weights import GRID, learnt
from hearthnet_core.storage.database import Database

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "hearthnet_core/library"
MODELS = ROOT / ".cache/models"
SHOWN = 5
RERANKED = 20
AT_ONCE = 16
LONG_S = 600.0
SPLITS = ("tuning", "calibration", "test")


class Piece(NamedTuple):
    id: int
    language: str
    place: str
    text: str


Ranking = list[tuple[int, float]]
"""Ids of pieces and scores, best first."""


class Bench:
    """The library in an index of its own, with every question's rankings."""

    def __init__(self, runtime: SystemRuntime, database: Database) -> None:
        self.runtime = runtime
        self.database = database
        self.questions = read(LIBRARY)
        self.pieces: dict[int, Piece] = {}
        self.likeness: dict[str, dict[int, float]] = {}

    async def fill(self) -> None:
        await Knowledge(self.runtime, self.database, lambda _: True).start(LIBRARY)
        wanted = select(chunks.c.id, chunks.c.heading, chunks.c.text, documents.c.title, documents.c.language)
        rows = await self.database.read(
            lambda connection: connection.execute(wanted.join(documents, documents.c.cid == chunks.c.cid)).all()
        )
        places = Places(LIBRARY)
        for row in rows:
            text = passage_text(row.title, row.heading, row.text)
            place = places.place(row.language, row.title, row.heading)
            self.pieces[row.id] = Piece(row.id, row.language, place, text)

    async def lexical(self) -> dict[str, Ranking]:
        found = {}
        for q in self.questions:
            hits = await self.database.read(
                lambda connection, q=q: by_words(connection, q.question, q.language, {"emergency"}, DEPTH)
            )
            found[q.id] = [(h.id, h.score) for h in hits]
        return found

    async def vectors(self) -> tuple[dict[str, Ranking], str] | None:
        """By exact search, so that no index is measured with it; None without a model."""
        adapter = OnnxEmbedding(MODELS, self.runtime)
        await adapter.probe()
        if not adapter.offer(EMBED).available:
            return None
        passages, model = await embedded(adapter, [p.text for p in self.pieces.values()], "passage")
        asked, _ = await embedded(adapter, [q.question for q in self.questions], "query")
        found = {}
        for q, vector in zip(self.questions, asked, strict=True):
            near = {
                piece.id: math.sumprod(vector, other)
                for piece, other in zip(self.pieces.values(), passages, strict=True)
            }
            self.likeness[q.id] = near
            scores = [(id, near[id] * weight(q.language, self.pieces[id].language)) for id in near]
            found[q.id] = sorted(scores, key=lambda pair: (-pair[1], pair[0]))[:DEPTH]
        await adapter.close()
        return found, model

    async def reranked(self, first: dict[str, Ranking]) -> tuple[dict[str, Ranking], str] | None:
        """None without a model."""
        adapter = FlashRank(MODELS / "rerank", self.runtime)
        await adapter.probe()
        if not adapter.offer(RERANK).available:
            return None
        found, model = {}, ""
        for q in self.questions:
            ids = [id for id, _ in first[q.id][:RERANKED]]
            body = {"query": q.question, "documents": [self.pieces[id].text[:4_000] for id in ids]}
            call = Call(id="rerank", capability=RERANK.name, body=body, deadline=self.runtime.now() + LONG_S)
            done = await collect(adapter, call)
            model = done["model"]
            best = [(ids[r["index"]], float(r["score"])) for r in done["results"]]
            found[q.id] = [*best, *first[q.id][RERANKED:]]
        await adapter.close()
        return found, model

    def places(self, q: Question, ranking: Ranking) -> list[str]:
        return [found_at(q, self.pieces[id].language, self.pieces[id].place) for id, _ in ranking]

    def mean(
        self, measure: Callable[[Question, Sequence[str]], float], rankings: dict[str, Ranking], **which: str
    ) -> float:
        chosen = [q for q in self.questions if q.passages and all(getattr(q, name) == v for name, v in which.items())]
        return sum(measure(q, self.places(q, rankings[q.id])) for q in chosen) / len(chosen)

    def judged(self, rankings: dict[str, Ranking]) -> dict[str, Any]:
        """nDCG@10, recall@10 and the share with a right passage among the first five, by split and language."""
        found: dict[str, Any] = {}
        for split in SPLITS:
            for language in ("both", "en", "de"):
                which = {"split": split} if language == "both" else {"split": split, "language": language}
                found[f"{split}/{language}"] = {
                    "ndcg": round(self.mean(ndcg, rankings, **which), 4),
                    "recall": round(self.mean(recall, rankings, **which), 4),
                    "shown": round(self.mean(lambda q, p: float(hit(q, p, SHOWN)), rankings, **which), 4),
                }
        return found

    def hybrid(self, lexical: dict[str, Ranking]) -> tuple[dict[str, Ranking], dict[str, float]]:
        """As `Knowledge` fuses, with the weights that gained most on the tuning questions of each language."""

        def one(q: Question, by_meaning: float) -> Ranking:
            near = sorted(self.likeness[q.id], key=lambda id: -self.likeness[q.id][id])
            both = fused([ids(lexical[q.id]), near], [1.0, by_meaning], MIN_WIDE)
            scored = [(id, score * weight(q.language, self.pieces[id].language)) for id, score in both]
            return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

        def fuse(weigh: Callable[[str], float]) -> dict[str, Ranking]:
            return {q.id: one(q, weigh(q.language)) for q in self.questions}

        gains: dict[str, dict[float, float]] = {"en": {}, "de": {}}
        for value in GRID:
            tried = fuse(lambda _, value=value: value)
            for language, gained in gains.items():
                gained[value] = self.mean(ndcg, tried, split="tuning", language=language)
        weights = learnt(gains)
        return fuse(weights.of), weights.meaning

    def outcomes(self, rankings: dict[str, Ranking], language: str, split: str) -> list[confidence.Outcome]:
        found = []
        for q in (q for q in self.questions if q.split == split and q.language == language):
            shown = rankings[q.id][:SHOWN]
            near = self.likeness.get(q.id)
            similarity = max((near[id] for id, _ in shown), default=0.0) if near else None
            best = self.pieces[shown[0][0]].text if shown else ""
            scores = [score for _, score in shown]
            right = [n for n, place in enumerate(self.places(q, shown)) if place in q.right]
            found.append(
                confidence.Outcome(
                    confidence.strength(q.question, best, similarity),
                    confidence.behind(scores, right[0]) if right else math.inf,
                )
            )
        return found

    def sure(self, rankings: dict[str, Ranking], language: str) -> dict[str, Any] | None:
        """What may be said of the confidence; `test_coverage` is of the test questions, with the threshold of the calibration
        questions alone."""
        tuning, calibration, test = (self.outcomes(rankings, language, split) for split in SPLITS)
        found = confidence.calibrate(tuning, [*calibration, *test])
        if found is None:
            return None
        ours, unseen = ([o.behind for o in split if o.strength >= found.floor] for split in (calibration, test))
        limit = confidence.threshold(ours)
        covered = sum(math.isfinite(b) and b <= limit + confidence.EPSILON for b in unseen)
        return {
            "n": found.n,
            "level": found.level,
            "coverage": found.coverage,
            "error": found.error,
            "holds": found.holds,
            "test_n": len(unseen),
            "test_coverage": covered / len(unseen) if unseen else 0.0,
        }


async def embedded(adapter: OnnxEmbedding, texts: list[str], kind: str) -> tuple[list[tuple[float, ...]], str]:
    found: list[tuple[float, ...]] = []
    model = ""
    for start in range(0, len(texts), AT_ONCE):
        body = {"texts": texts[start : start + AT_ONCE], "kind": kind}
        done = await collect(adapter, Call(id="embed", capability=EMBED.name, body=body, deadline=math.inf))
        found += done["embeddings"]
        model = done["model"]
    return found, model


def ids(ranking: Ranking) -> list[int]:
    return [id for id, _ in ranking]


async def measure() -> dict[str, Any]:
    runtime = SystemRuntime(4)
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "rag.db", runtime)
        bench = Bench(runtime, database)
        try:
            await bench.fill()
            lexical = await bench.lexical()
            rankings = {"words": lexical}
            sizes = {split: sum(q.split == split for q in bench.questions) for split in SPLITS}
            found: dict[str, Any] = {"questions": sizes, "pieces": len(bench.pieces), "not_measured": []}
            if vectors := await bench.vectors():
                rankings["meaning"], found["model"] = vectors
                rankings["hybrid"], found["weights"] = bench.hybrid(lexical)
            else:
                found["not_measured"].append("meaning, hybrid (no embedding model)")
            if reranked := await bench.reranked(rankings.get("hybrid", lexical)):
                rankings["reranked"], found["reranker"] = reranked
            else:
                found["not_measured"].append("reranked (no reranking model)")
        finally:
            await database.close()
            runtime.close()
    found["rankings"] = {name: bench.judged(ranking) for name, ranking in rankings.items()}
    found["confidence"] = {
        name: {language: bench.sure(ranking, language) for language in ("en", "de")}
        for name, ranking in rankings.items()
    }
    return {**found, **headline(found), "table": lines(found)}


def headline(found: dict[str, Any]) -> dict[str, float]:
    """The figures that have a bar, in points of 100."""
    tested = {name: judged["test/both"] for name, judged in found["rankings"].items()}
    if "hybrid" not in tested:
        return {}
    single = max(tested["words"]["ndcg"], tested["meaning"]["ndcg"])
    figures = {
        "hybrid_gain": 100 * (tested["hybrid"]["ndcg"] - single),
        "hybrid_ndcg": 100 * tested["hybrid"]["ndcg"],
        "single_ndcg": 100 * single,
    }
    for language, sure in found["confidence"]["hybrid"].items():
        if sure and sure["holds"]:
            figures[f"coverage_off_{language}"] = 100 * abs(sure["coverage"] - sure["level"])
    return figures


def lines(found: dict[str, Any]) -> list[str]:
    """The table by language and split."""
    columns = [f"{split}/{language}" for split in ("tuning", "test") for language in ("both", "en", "de")]
    said = [f"{'nDCG@10 · recall@10 · right among 5':36}" + "".join(f"{c:>19}" for c in columns)]
    for name, judged in found["rankings"].items():
        cells = (judged[c] for c in columns)
        said.append(f"{name:36}" + "".join(f"  {c['ndcg']:.3f} {c['recall']:.3f} {c['shown']:.3f}" for c in cells))
    said += [f"not measured: {what}" for what in found["not_measured"]]
    for name, languages in found["confidence"].items():
        for language, sure in languages.items():
            said.append(f"confidence by {name}, {language}: {stated(sure)}")
    return said


def stated(sure: dict[str, Any] | None) -> str:
    if sure is None:
        return "none; no floor makes the tuning questions sure enough"
    return (
        f"{'holds' if sure['holds'] else 'none'}; n {sure['n']}, coverage {sure['coverage']:.3f} ± {sure['error']:.3f}"
        f" over random halves, {sure['test_coverage']:.3f} on {sure['test_n']} test questions"
    )


if __name__ == "__main__":
    if (ROOT / "tests/models/minilm.py").is_file():
        from tests.models.minilm import minilm

        minilm()
    measured = asyncio.run(measure())
    print("\n".join(measured["table"]) if "--table" in sys.argv else json.dumps(measured))
