"""Translation on this machine with CTranslate2 (extra `translate`): Argos packages, and NLLB for many languages at once.

Models lie in `models/translate/` of the data folder, a folder each:

* an unpacked Argos package: `metadata.json` (`from_code`, `to_code`), `model/`, `sentencepiece.model`;
* a converted NLLB: `model.bin` and `sentencepiece.bpe.model`, its target language named by a first token.
"""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core.backends.seeing import MAX_TRANSLATED, TRANSLATE, TranslateDone, TranslateRequest
from hearthnet_core.backends.terms import language_of
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import NotImplementedHere, SchemaMismatch, Unavailable
from hearthnet_core.runtime import Runtime

MAX_MODELS = 32
MAX_LOADED = 2
MAX_SENTENCE = 600
MAX_TOKENS = 256
BATCH = 8
BEAM = 2
NLLB = {
    "ar": "arb_Arab", "bg": "bul_Cyrl", "cs": "ces_Latn", "de": "deu_Latn", "el": "ell_Grek", "en": "eng_Latn",
    "es": "spa_Latn", "fa": "pes_Arab", "fr": "fra_Latn", "hr": "hrv_Latn", "hu": "hun_Latn", "it": "ita_Latn",
    "ku": "kmr_Latn", "nl": "nld_Latn", "pl": "pol_Latn", "pt": "por_Latn", "ro": "ron_Latn", "ru": "rus_Cyrl",
    "sk": "slk_Latn", "sq": "als_Latn", "sr": "srp_Cyrl", "sv": "swe_Latn", "tr": "tur_Latn", "uk": "ukr_Cyrl",
    "vi": "vie_Latn",
}  # fmt: skip
"""NLLB names languages with their script (FLORES-200)."""
_SENTENCE = re.compile(r"(?<=[.!?…:;])\s+")


@dataclasses.dataclass(frozen=True)
class Model:
    """`pair` is (from, to); None for NLLB, which translates between all of `NLLB`."""

    name: str
    weights: Path
    pieces: Path
    pair: tuple[str, str] | None

    def serves(self, source: str, target: str) -> bool:
        return self.pair == (source, target) if self.pair else source in NLLB and target in NLLB


class Translation:
    """One text at a time; at most `MAX_LOADED` models are kept in memory."""

    name = "translation"
    contracts: tuple[Contract, ...] = (TRANSLATE,)

    def __init__(self, folder: Path, runtime: Runtime) -> None:
        self._folder = folder
        self._runtime = runtime
        self._models: tuple[Model, ...] = ()
        self._reason = "Translation was not looked for yet."
        self._turn = threading.Lock()
        self._loaded: dict[str, tuple[Any, Any]] = {}
        self._in_flight = 0

    async def probe(self) -> None:
        self._models, self._reason = await self._runtime.offload(self._look)

    def offer(self, contract: Contract) -> Offer:
        return Offer(
            capability=contract.name,
            version=contract.version,
            provider=self.name,
            models=tuple(m.name for m in self._models),
            loaded=tuple(self._loaded),
            load=min(1.0, self._in_flight),
            available=not self._reason,
            reason=self._reason,
        )

    async def close(self) -> None:
        with self._turn:
            self._loaded.clear()

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        if call.capability != TRANSLATE.name:
            raise NotImplementedHere(f"{self.name} does not do {call.capability}.")
        request = TRANSLATE.read(call.body, TranslateRequest)
        source, target = _code(request.source or language_of(request.text)), _code(request.target)
        if source == target:
            yield _done(request.text, source, target, "")
            return
        model = self._model(source, target)
        self._in_flight += 1
        try:
            layout = _sentences(request.text)
            said: list[str] = []
            for start in range(0, len(layout), BATCH):  # so that a call nobody waits for ends between two batches
                batch = [sentence for sentence, _ in layout[start : start + BATCH]]
                said += await self._runtime.offload(self._translate, model, batch, source, target)
                yield Chunk("progress", {"done": min(start + BATCH, len(layout)), "total": len(layout)})
        finally:
            self._in_flight -= 1
        text = "".join(sentence + gap for sentence, (_, gap) in zip(said, layout, strict=True))
        yield _done(text[: 4 * MAX_TRANSLATED], source, target, model.name)

    def _look(self) -> tuple[tuple[Model, ...], str]:
        try:
            found = tuple(m for path in sorted(self._folder.iterdir())[:MAX_MODELS] if (m := _model_in(path)))
        except OSError:
            found = ()
        if not found:
            return (), f"There is no translation model; put an Argos package or NLLB into {self._folder}."
        try:
            import ctranslate2  # noqa: F401
            import sentencepiece  # noqa: F401
        except ImportError:
            return (), "There are translation models, but not what runs them: install the extra hearthnet[translate]."
        return found, ""

    def _model(self, source: str, target: str) -> Model:
        """Raises `Unavailable`; `SchemaMismatch` for a pair it has not, so that another node is asked."""
        if self._reason:
            raise Unavailable(self._reason)
        fitting = [m for m in self._models if m.serves(source, target)]
        if not fitting:
            raise SchemaMismatch(f"No model here translates from {source!r} to {target!r}.")
        return min(fitting, key=lambda m: m.pair is None)  # one made for the pair before one for all

    def _translate(self, model: Model, sentences: list[str], source: str, target: str) -> list[str]:
        with self._turn:
            translator, pieces = self._load(model)
            tokens = [pieces.encode(sentence, out_type=str)[: MAX_TOKENS - 2] for sentence in sentences]
            prefix = None
            if model.pair is None:
                tokens = [[NLLB[source], *row, "</s>"] for row in tokens]
                prefix = [[NLLB[target]]] * len(tokens)
            try:
                results = translator.translate_batch(
                    tokens, target_prefix=prefix, beam_size=BEAM, max_decoding_length=MAX_TOKENS
                )
            except (RuntimeError, ValueError) as error:
                raise Unavailable(f"{model.name} failed: {str(error)[:200]}.") from None
        rows = [result.hypotheses[0][1 if model.pair is None else 0 :] for result in results]
        return [pieces.decode(row) for row in rows]

    def _load(self, model: Model) -> tuple[Any, Any]:
        """(translator, its pieces); the one longest not used goes."""
        import ctranslate2
        import sentencepiece

        kept = self._loaded.pop(model.name, None)
        if kept is None:
            while len(self._loaded) >= MAX_LOADED:
                del self._loaded[next(iter(self._loaded))]
            try:
                translator = ctranslate2.Translator(str(model.weights), device="auto", intra_threads=0, inter_threads=1)
                kept = translator, sentencepiece.SentencePieceProcessor(model_file=str(model.pieces))
            except (RuntimeError, ValueError, OSError) as error:
                raise Unavailable(f"{model.name} cannot be loaded ({str(error)[:200]}); fetch it again.") from None
        self._loaded[model.name] = kept
        return kept


def _model_in(folder: Path) -> Model | None:
    """What lies in one folder, if it is a model."""
    metadata, nllb = folder / "metadata.json", folder / "sentencepiece.bpe.model"
    if metadata.is_file():
        try:
            told = msgspec.json.decode(metadata.read_bytes(), type=dict[str, Any])
        except (OSError, msgspec.DecodeError):
            return None
        pair = str(told.get("from_code", ""))[:20], str(told.get("to_code", ""))[:20]
        weights, pieces = folder / "model", folder / "sentencepiece.model"
        return Model(f"{pair[0]}-{pair[1]}", weights, pieces, pair) if all(pair) and pieces.is_file() else None
    if nllb.is_file() and (folder / "model.bin").is_file():
        return Model(folder.name[:100], folder, nllb, None)
    return None


def _sentences(text: str) -> list[tuple[str, str]]:
    """(sentence, the white space after it): joined they are the text again."""
    found: list[tuple[str, str]] = []
    for line, gap in re.findall(r"([^\n]*)(\n+|$)", text):
        parts = [p[at : at + MAX_SENTENCE] for p in _SENTENCE.split(line) for at in range(0, len(p), MAX_SENTENCE)]
        found += [(part, " ") for part in parts[:-1]]
        if parts:
            found.append((parts[-1], gap))
        elif gap and found:
            found[-1] = found[-1][0], found[-1][1] + gap
    return found


def _code(language: str) -> str:
    return language.casefold().replace("_", "-").partition("-")[0]


def _done(text: str, source: str, target: str, model: str) -> Chunk:
    done = TranslateDone(text=text, source=source, target=target, model=model)
    return Chunk("done", msgspec.to_builtins(done))
