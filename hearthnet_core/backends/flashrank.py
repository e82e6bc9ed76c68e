"""Which passages answer best, in this process: FlashRank's cross-encoders (extra `rerank`).

A model is a folder in `models/rerank/` of the data folder, named as FlashRank names it, with what its archive holds.
Nothing is ever fetched.
"""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core.backends.in_process import InProcess
from hearthnet_core.backends.reranking import RERANK, Ranking, RerankDone, RerankRequest
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.contract import Contract
from hearthnet_core.errors import NotImplementedHere, Unavailable
from hearthnet_core.runtime import Runtime

FILES = {
    "ms-marco-TinyBERT-L-2-v2": "flashrank-TinyBERT-L-2-v2.onnx",
    "ms-marco-MiniLM-L-12-v2": "flashrank-MiniLM-L-12-v2_Q.onnx",
    "ms-marco-MultiBERT-L-12": "flashrank-MultiBERT-L12_Q.onnx",
    "rank-T5-flan": "flashrank-rankt5_Q.onnx",
    "ce-esci-MiniLM-L12-v2": "flashrank-ce-esci-MiniLM-L12-v2_Q.onnx",
    "miniReranker_arabic_v1": "miniReranker_arabic_v1.onnx",
}
BESIDE = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
MAX_TOKENS = 256
EXTRA = "Reranking in this process needs the extra `rerank`: install hearthnet[rerank]."


class FlashRank(InProcess[str]):
    name = "flashrank"
    slots = 2
    contracts: tuple[Contract, ...] = (RERANK,)

    def __init__(self, folder: Path, runtime: Runtime) -> None:
        super().__init__(runtime, "Reranking models")
        self._folder = folder

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        if call.capability != RERANK.name:
            raise NotImplementedHere(f"{self.name} does not do {call.capability}.")
        request = RERANK.read(call.body, RerankRequest)
        model, _ = self._chosen(request.model)
        with self._busy():
            async with self._turn:
                results = await self._runtime.offload(self._rank, model, request)
        yield Chunk("done", msgspec.to_builtins(RerankDone(results=results, model=model)))

    def _look(self) -> tuple[dict[str, str], str]:
        if not importlib.util.find_spec("flashrank"):
            return {}, EXTRA
        found = {
            name: file
            for name, file in FILES.items()
            if all((self._folder / name / part).is_file() for part in (file, *BESIDE))
        }
        if not found:
            return {}, f"No reranking model: unpack one of FlashRank's archives into {self._folder}."
        return found, ""

    def _rank(self, model: str, request: RerankRequest) -> tuple[Ranking, ...]:
        with self._lock:
            try:
                ranker = self._ranker(model)
                from flashrank import RerankRequest as Asked

                passages = [{"id": n, "text": text or " "} for n, text in enumerate(request.documents)]
                ranked = ranker.rerank(Asked(query=request.query, passages=passages))
                results = tuple(Ranking(index=int(row["id"]), score=float(row["score"])) for row in ranked)
            except Exception as error:  # ONNX Runtime raises bare exceptions of its own
                self._loaded = None
                raise Unavailable(
                    f"The reranking model in {self._folder / model} cannot be used; fetch its files again."
                    f" ({str(error)[:200]})"
                ) from None
        if sorted(r.index for r in results) != list(range(len(request.documents))):
            raise Unavailable(f"{model} did not rank every passage.")
        return results

    def _ranker(self, model: str) -> Any:
        if self._loaded is None or self._loaded[0] != model:
            import flashrank

            self._loaded = model, flashrank.Ranker(model, str(self._folder), max_length=MAX_TOKENS, log_level="WARNING")
        return self._loaded[1]
