"""Sentence embeddings in this process with ONNX Runtime (extra `embeddings`): all-MiniLM-L6-v2 and models made like it.

A model is a folder with `model.onnx` (or `onnx/model.onnx`) and `tokenizer.json`, as model hubs have them. Looked for: the
configured folder, every folder in `models/` of the data folder, and where Chroma keeps the one it fetches.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from hearthnet_core.backends import onnx
from hearthnet_core.backends.embedding import EMBED, EmbedDone, EmbedRequest
from hearthnet_core.backends.in_process import InProcess
from hearthnet_core.backends.vectors import worded
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.contract import Contract
from hearthnet_core.errors import NotImplementedHere, Unavailable
from hearthnet_core.runtime import Runtime

MAX_MODELS = 16
MAX_TOKENS = 256
MAX_TOKENS_READ = 512
BATCH = 4
"""Texts at once: a question waits for no more than these while a library is embedded."""
CHROMA = Path(".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx")


class Model(NamedTuple):
    name: str
    weights: Path
    tokenizer: Path
    tokens: int
    first: bool
    """The vector of the first token stands for the text, instead of the mean of all."""


class OnnxEmbedding(InProcess[Model]):
    name = "onnx-embedding"
    slots = 4
    contracts: tuple[Contract, ...] = (EMBED,)

    def __init__(
        self, folder: Path, runtime: Runtime, configured: Path | None = None, home: Path | None = None
    ) -> None:
        """`folder` is `models/`, `home` that of the user."""
        super().__init__(runtime, "Embedding models")
        self._folder = folder
        self._configured = configured
        self._home = home

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        if call.capability != EMBED.name:
            raise NotImplementedHere(f"{self.name} does not do {call.capability}.")
        request = EMBED.read(call.body, EmbedRequest)
        _, model = self._chosen(request.model)
        texts = [worded(model.name, request.kind, text) for text in request.texts]
        vectors: list[tuple[float, ...]] = []
        with self._busy():
            for start in range(0, len(texts), BATCH):
                async with self._turn:
                    vectors += await self._runtime.offload(self._embed, model, texts[start : start + BATCH])
        done = EmbedDone(embeddings=tuple(vectors), dim=len(vectors[0]), model=model.name)
        yield Chunk("done", msgspec.to_builtins(done))

    def _look(self) -> tuple[dict[str, Model], str]:
        if not onnx.installed():
            return {}, onnx.EXTRA
        found: dict[str, Model] = {}
        for folder in self._folders():
            if (model := _model_in(folder)) is not None and len(found) < MAX_MODELS:
                found.setdefault(model.name, model)
        if not found:
            return {}, (
                f"No embedding model: put model.onnx and tokenizer.json of all-MiniLM-L6-v2 into"
                f" {self._folder / 'all-MiniLM-L6-v2'}."
            )
        return found, ""

    def _folders(self) -> Iterable[Path]:
        if self._configured is not None:
            yield self._configured
        try:
            yield from sorted(p for p in self._folder.iterdir() if p.is_dir())
        except OSError:
            pass
        if self._home is not None:
            yield self._home / CHROMA

    def _embed(self, model: Model, texts: list[str]) -> list[tuple[float, ...]]:
        import numpy as np

        with self._lock:
            session, tokenizer = self._session(model)
            coded = tokenizer.encode_batch(texts)
            ids = np.array([c.ids for c in coded], dtype=np.int64)
            mask = np.array([c.attention_mask for c in coded], dtype=np.int64)
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            wanted = {i.name: given[i.name] for i in session.get_inputs() if i.name in given}
            try:
                hidden = np.asarray(session.run(None, wanted)[0], dtype=np.float32)
            except Exception as error:  # the library raises bare exceptions of its own
                raise onnx.damaged(model.weights.parent, error) from None
        if hidden.ndim == 3:
            share = mask[:, :, None].astype(np.float32)
            hidden = hidden[:, 0] if model.first else (hidden * share).sum(1) / np.maximum(share.sum(1), 1e-9)
        units = hidden / np.maximum(np.linalg.norm(hidden, axis=1, keepdims=True), 1e-12)
        if not np.isfinite(units).all():
            raise Unavailable(f"{model.name} gave no usable vectors; its files are damaged. Fetch them again.")
        return [tuple(row) for row in units.tolist()]

    def _session(self, model: Model) -> tuple[Any, Any]:
        loaded: tuple[Any, Any]
        if self._loaded is not None and self._loaded[0] == model.name:
            loaded = self._loaded[1]
            return loaded
        import tokenizers

        try:
            tokenizer = tokenizers.Tokenizer.from_file(str(model.tokenizer))
            tokenizer.enable_truncation(model.tokens)
            tokenizer.enable_padding(pad_id=tokenizer.token_to_id("[PAD]") or 0)
            session = onnx.session(model.weights)
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise onnx.damaged(model.weights.parent, error) from None
        self._loaded = model.name, (session, tokenizer)
        return session, tokenizer


def _model_in(folder: Path) -> Model | None:
    weights = next((w for w in (folder / "model.onnx", folder / "onnx/model.onnx") if w.is_file()), None)
    tokenizer = next((t for t in (folder / "tokenizer.json", folder / "onnx/tokenizer.json") if t.is_file()), None)
    if weights is None or tokenizer is None:
        return None
    name = folder.parent.name if folder.name == "onnx" else folder.name
    tokens = _told(folder / "sentence_bert_config.json", "max_seq_length", MAX_TOKENS)
    first = _told(folder / "1_Pooling/config.json", "pooling_mode_cls_token", False)
    most = tokens if isinstance(tokens, int) and 0 < tokens <= MAX_TOKENS_READ else MAX_TOKENS
    return Model(name[:100], weights, tokenizer, most, first is True)


def _told(path: Path, field: str, usual: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any]).get(field, usual)
    except (OSError, msgspec.DecodeError):
        return usual
