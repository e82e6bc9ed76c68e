"""Searching 100,000 passages without a GPU, embedding left out: the index of words, that of meanings, both fused.

`python script/bench_parts/retrieval.py [passages]`; prints one JSON object. The passages are sentences of the shipped
library among words of a large invented vocabulary, so that its words are about as rare as in a large library; the vectors
lie around a few hundred topics, as those of texts do. Recall is measured against comparing with every vector.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from hearthnet_core.backends.terms import words
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.embedders import Vector
from hearthnet_core.services.indexing import Indexing, Passages, vector_id
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.meaning import Meaning
from hearthnet_core.services.rag import QueryRequest
from hearthnet_core.services.shelf import Kept, chunks, put
from hearthnet_core.storage.database import Database

LIBRARY = Path(__file__).resolve().parents[2] / "hearthnet_core/library"
CORPORA = ("household", "shared", "club", "papers")
A_DOCUMENT = 50
DIMENSIONS = 384
TOPICS = 400
QUESTIONS = 200
K = 10
AT_ONCE = 500


class Given(Meaning):
    """Knows the vector of each question: embedding is not what is measured."""

    def __init__(self, vectors: dict[str, Vector]) -> None:
        self._given = vectors

    async def vectors(self, space, texts, kind, privacy, seconds, *, keep=True):  # type: ignore[no-untyped-def]
        return [self._given[text] for text in texts]


def passages(count: int, chance: random.Random) -> list[str]:
    known = [word for path in sorted(LIBRARY.glob("en/*.md")) for word in path.read_text().split()]
    rare = [f"{chance.choice('bcdfghklmnprst')}{chance.choice('aeiou')}{n:x}" for n in range(60_000)]
    weights = [1 / (n + 10) for n in range(len(rare))]
    sums = [0.0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    made = []
    for _ in range(count):
        start = chance.randrange(len(known) - 30)
        made.append(" ".join([*known[start : start + 30], *chance.choices(rare, cum_weights=sums[1:], k=90)]))
    return made


def units(values: np.ndarray) -> np.ndarray:
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95)] * 1000, 2)


def memory_mb() -> float:
    return float(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


async def measured(folder: Path, count: int) -> dict[str, float]:
    chance, numbers = random.Random(7), np.random.default_rng(7)
    runtime = SystemRuntime()
    database = await Database.open(folder / "node.db", runtime)
    knowledge = Knowledge(runtime, database, lambda _: False)
    await knowledge.start(None)
    texts = passages(count, chance)
    began = time.perf_counter()
    for start in range(0, count, A_DOCUMENT * 20):
        kept = [
            Kept(
                cid=at.to_bytes(32),
                corpus=CORPORA[at // A_DOCUMENT % len(CORPORA)],
                title=f"Paper {at // A_DOCUMENT}",
                name=f"{at}.md",
                language="en",
                licence="",
                pieces=tuple(("", text, None) for text in texts[at : at + A_DOCUMENT]),
            )
            for at in range(start, min(count, start + A_DOCUMENT * 20), A_DOCUMENT)
        ]
        await database.write(lambda c, kept=kept: [put(c, k, 0.0) for k in kept])
    result = {"ingest_per_s": count / (time.perf_counter() - began)}

    topics = numbers.normal(size=(TOPICS, DIMENSIONS))
    near = 0.7
    vectors = units(topics[numbers.integers(TOPICS, size=count)] + near * numbers.normal(size=(count, DIMENSIONS)))
    asked = units(
        topics[numbers.integers(TOPICS, size=QUESTIONS)] + near * numbers.normal(size=(QUESTIONS, DIMENSIONS))
    )
    rows = await database.read(lambda c: c.execute(chunks.select().order_by(chunks.c.id)).all())
    before = memory_mb()
    words_of = [w for w in dict.fromkeys(words(" ".join(texts[:200]))) if not any(c.isdigit() for c in w)]
    questions = [f"{n}: " + " ".join(chance.sample(words_of, 6)) for n in range(QUESTIONS)]
    given = Given({q: tuple(map(float, v)) for q, v in zip(questions, asked, strict=True)})
    index = Indexing(runtime, database, Passages(database, given), folder / "vectors")
    store = index.vectors
    assert store is not None
    await runtime.offload(store.open)
    began = time.perf_counter()
    for corpus in CORPORA:
        mine = [n for n, row in enumerate(rows) if row.corpus == corpus]
        for start in range(0, len(mine), AT_ONCE):  # or the lists would count as memory of the index
            part = [(vector_id(rows[n].id, rows[n].hash), vectors[n].tolist()) for n in mine[start : start + AT_ONCE]]
            await runtime.offload(store.add, "bench", corpus, part)
    result["vectors_per_s"] = count / (time.perf_counter() - began)
    index.space = "bench"
    knowledge.index = index

    ids = [vector_id(r.id, r.hash) for r in rows]
    times, hits = [], 0
    for question, vector in zip(questions, asked, strict=True):
        began = time.perf_counter()
        found = await runtime.offload(store.nearest, "bench", CORPORA, vector.tolist(), K)
        times.append(time.perf_counter() - began)
        exact = {ids[n] for n in np.argpartition(-(vectors @ vector), K)[:K]}
        hits += len(exact & {id for id, _ in found})
        assert question
    result["recall_at_10"] = round(hits / (QUESTIONS * K), 4)
    result["meaning_p95_ms"] = p95(times)

    async def all_of(name: str) -> None:
        taken = []
        for question in questions:
            began = time.perf_counter()
            done = await knowledge.query(QueryRequest(query=question, k=K, language="en"), None)
            taken.append(time.perf_counter() - began)
            assert done.chunks and done.method == ("hybrid" if name == "hybrid" else "bm25")
        result[f"{name}_p95_ms"] = p95(taken)
        result[f"{name}_median_ms"] = round(sorted(taken)[len(taken) // 2] * 1000, 2)

    await all_of("hybrid")
    result["vectors_memory_mb"] = memory_mb() - before
    knowledge.index = None
    await all_of("words")
    await index.aclose()
    await database.close()
    runtime.close()
    return {name: round(value, 4) for name, value in result.items()}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), count))
    json.dump({"passages": count, **found}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
