"""What pictures look like, as vectors, and the words that find them: CLIP models in ONNX Runtime (extra `embeddings`).

A model is a folder of `models/pictures/` in the data folder as model hubs have CLIP for ONNX: `vision_model.onnx`,
`text_model.onnx` (both also in `onnx/`, and as `…_quantized.onnx`), `tokenizer.json` and `preprocessor_config.json`.
The pictures are decoded in a process of their own (`picture.square`): they may come from anybody.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from hearthnet_core.backends import onnx, picture
from hearthnet_core.backends.embedding import EMBED_IMAGE, MAX_DIMENSIONS, EmbedDone, EmbedImageRequest
from hearthnet_core.backends.in_process import InProcess
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.contract import Contract
from hearthnet_core.errors import NotImplementedHere, Unavailable
from hearthnet_core.runtime import Runtime

MAX_MODELS = 8
MAX_TOKENS = 77
"""What CLIP was trained with; words beyond are not seen."""
KINDS = ("", "_quantized", "_fp16", "_int8")

Side = Annotated[int, msgspec.Meta(ge=16, le=1_024)]
Three = tuple[float, float, float]
MEAN: Three = (0.48145466, 0.4578275, 0.40821073)
DEVIATION: Three = (0.26862954, 0.26130258, 0.27577711)
"""Of the colours of CLIP's training pictures; a model's own stand in its `preprocessor_config.json`."""


class _Size(msgspec.Struct):
    shortest_edge: Side | None = None
    height: Side | None = None


class Preparation(msgspec.Struct):
    """Of `preprocessor_config.json`, in each of the ways it was written over the years."""

    size: _Size | Side = 224
    image_mean: Three = MEAN
    image_std: Three = DEVIATION

    @property
    def side(self) -> int:
        return self.size if isinstance(self.size, int) else self.size.shortest_edge or self.size.height or 224


class Model(NamedTuple):
    name: str
    vision: Path
    text: Path
    tokenizer: Path
    prepared: Preparation


class Clip(InProcess[Model]):
    """A model's two halves are loaded when they are needed."""

    name = "clip"
    slots = 2
    contracts: tuple[Contract, ...] = (EMBED_IMAGE,)

    def __init__(self, folder: Path, runtime: Runtime) -> None:
        super().__init__(runtime, "Models for pictures")
        self._folder = folder

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        if call.capability != EMBED_IMAGE.name:
            raise NotImplementedHere(f"{self.name} does not do {call.capability}.")
        request = EMBED_IMAGE.read(call.body, EmbedImageRequest)
        _, model = self._chosen(request.model)
        vectors: list[tuple[float, ...]] = []
        with self._busy():
            for image in request.images:
                pixels = await picture.square(image, model.prepared.side)
                async with self._turn:
                    vectors += await self._runtime.offload(self._seen, model, pixels)
            if request.texts:
                async with self._turn:
                    vectors += await self._runtime.offload(self._said, model, request.texts)
        if len(dimensions := {len(v) for v in vectors}) != 1:
            raise Unavailable(f"The files of {model.name} do not belong together; fetch them again.")
        done = EmbedDone(embeddings=tuple(vectors), dim=dimensions.pop(), model=model.name)
        yield Chunk("done", msgspec.to_builtins(done))

    def _look(self) -> tuple[dict[str, Model], str]:
        if not onnx.installed():
            return {}, onnx.EXTRA
        try:
            folders = sorted(p for p in self._folder.iterdir() if p.is_dir())
        except OSError:
            folders = []
        models = [model for folder in folders if (model := _model_in(folder)) is not None][:MAX_MODELS]
        if not models:
            return {}, (
                "No model for pictures: put vision_model.onnx, text_model.onnx and tokenizer.json of"
                f" clip-vit-base-patch32 into {self._folder / 'clip-vit-base-patch32'}."
            )
        return {model.name: model for model in models}, ""

    def _seen(self, model: Model, pixels: bytes) -> list[tuple[float, ...]]:
        import numpy as np

        side = model.prepared.side
        colours = np.frombuffer(pixels, dtype=np.uint8).reshape(side, side, 3).astype(np.float32) / 255
        mean, deviation = (np.array(x, dtype=np.float32) for x in (model.prepared.image_mean, model.prepared.image_std))
        given = ((colours - mean) / deviation).transpose(2, 0, 1)[None]
        return self._run(model, "vision", lambda _: {"pixel_values": given})

    def _said(self, model: Model, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """One by one: exports of CLIP find a text's end by its last token, which padding would move in some of them."""
        import numpy as np

        def given(text: str) -> Callable[[Any], dict[str, Any]]:
            def inputs(tokenizer: Any) -> dict[str, Any]:
                ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
                return {"input_ids": ids, "attention_mask": np.ones_like(ids)}

            return inputs

        return [vector for text in texts for vector in self._run(model, "text", given(text))]

    def _run(self, model: Model, half: str, inputs: Callable[[Any], dict[str, Any]]) -> list[tuple[float, ...]]:
        import numpy as np

        with self._lock:
            try:
                session, tokenizer = self._half(model, half)
                given = inputs(tokenizer)
                wanted = {i.name: given[i.name] for i in session.get_inputs() if i.name in given}
                names = [o.name for o in session.get_outputs()]
                at = next((n for n in names if n in ("image_embeds", "text_embeds")), names[0])
                found = np.asarray(session.run([at], wanted)[0], dtype=np.float32)
            except Exception as error:  # both libraries raise bare exceptions of their own
                raise onnx.damaged(model.vision.parent, error) from None
        if found.ndim != 2 or not 0 < found.shape[1] <= MAX_DIMENSIONS:
            raise Unavailable(f"{model.name} is no CLIP model with one vector of at most {MAX_DIMENSIONS} dimensions.")
        units = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        if not np.isfinite(units).all() or (np.abs(np.linalg.norm(units, axis=1) - 1) > 1e-3).any():
            raise Unavailable(f"{model.name} gave no usable vectors; its files are damaged. Fetch them again.")
        return [tuple(row) for row in units.tolist()]

    def _half(self, model: Model, half: str) -> tuple[Any, Any]:
        if self._loaded is None or self._loaded[0] != model.name:
            self._loaded = model.name, {}
        halves: dict[str, tuple[Any, Any]] = self._loaded[1]
        if half not in halves:
            tokenizer = None
            if half == "text":
                import tokenizers

                tokenizer = tokenizers.Tokenizer.from_file(str(model.tokenizer))
                tokenizer.no_padding()
                tokenizer.enable_truncation(MAX_TOKENS)
            halves[half] = onnx.session(model.vision if half == "vision" else model.text), tokenizer
        return halves[half]


def _model_in(folder: Path) -> Model | None:
    places = (folder, folder / "onnx")
    vision, text = (
        next((w for place in places for kind in KINDS if (w := place / f"{half}_model{kind}.onnx").is_file()), None)
        for half in ("vision", "text")
    )
    tokenizer = folder / "tokenizer.json"
    if vision is None or text is None or not tokenizer.is_file():
        return None
    try:
        prepared = msgspec.json.decode((folder / "preprocessor_config.json").read_bytes(), type=Preparation)
    except (OSError, msgspec.DecodeError):
        prepared = Preparation()
    return Model(folder.name[:100], vision, text, tokenizer, prepared)
