"""Translation with the real CTranslate2 and SentencePiece, on models as small as they can be, made here: their words mean
nothing, but everything that loads and runs them is what a real model meets."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import sentencepiece

from hearthnet_core.backends.seeing import TRANSLATE
from hearthnet_core.backends.translation import Translation, _sentences
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.errors import SchemaMismatch, Unavailable
from hearthnet_core.runtime import SystemRuntime

CORPUS = (
    "water food fire heat light radio neighbour Wasser Essen Feuer Wärme Licht Nachbar hilft allen sofort bitte".split()
)
SIZE = 16


def pieces(path: Path, words: list[str]) -> list[str]:
    """A SentencePiece model of these words; returns its vocabulary."""
    text = path.with_suffix(".txt")
    text.write_text("\n".join(" ".join(words[n:] + words[:n]) for n in range(len(words))))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(path.with_suffix("")), vocab_size=60, hard_vocab_limit=False, minloglevel=2
    )
    path.with_suffix(".model").rename(path)
    made = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [made.id_to_piece(n) for n in range(made.get_piece_size())]


def weights(folder: Path, vocabulary: list[str]) -> None:
    """A transformer of one layer with weights from a seed."""
    random = np.random.default_rng(7)
    spec = ctranslate2.specs.TransformerSpec.from_config(1, 2, pre_norm=True)

    def fill(part: object) -> None:
        for name, value in vars(part).items():
            if name.startswith("_"):
                continue
            shapes = {"gamma": (SIZE,), "beta": (SIZE,)}
            if isinstance(value, list):
                for one in value:
                    fill(one)
            elif hasattr(value, "__dict__") and not isinstance(value, np.ndarray):
                fill(value)
            elif name in shapes:
                setattr(part, name, np.ones(SIZE, np.float32) if name == "gamma" else np.zeros(SIZE, np.float32))

    fill(spec)

    def linear(layer: object, rows: int, columns: int) -> None:
        layer.weight = random.normal(0, 0.5, (rows, columns)).astype(np.float32)  # type: ignore[attr-defined]
        layer.bias = np.zeros(rows, np.float32)  # type: ignore[attr-defined]

    for side in (spec.encoder, spec.decoder):
        embeddings = side.embeddings if isinstance(side.embeddings, list) else [side.embeddings]
        embeddings[0].weight = random.normal(0, 0.5, (len(vocabulary), SIZE)).astype(np.float32)
        side.position_encodings.encodings = random.normal(0, 0.1, (300, SIZE)).astype(np.float32)
        for layer in side.layer:
            linear(layer.self_attention.linear[0], 3 * SIZE, SIZE)
            linear(layer.self_attention.linear[1], SIZE, SIZE)
            linear(layer.ffn.linear_0, 2 * SIZE, SIZE)
            linear(layer.ffn.linear_1, SIZE, 2 * SIZE)
            if hasattr(layer, "attention"):
                linear(layer.attention.linear[0], SIZE, SIZE)
                linear(layer.attention.linear[1], 2 * SIZE, SIZE)
                linear(layer.attention.linear[2], SIZE, SIZE)
    linear(spec.decoder.projection, len(vocabulary), SIZE)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """English to German as an Argos package, and an NLLB for everything."""
    root = tmp_path_factory.mktemp("models")
    argos, nllb = root / "translate-en_de", root / "nllb-tiny"
    argos.mkdir()
    nllb.mkdir()
    (argos / "metadata.json").write_text(json.dumps({"from_code": "en", "to_code": "de"}))
    weights(argos / "model", pieces(argos / "sentencepiece.model", CORPUS))
    weights(nllb, [*pieces(nllb / "sentencepiece.bpe.model", CORPUS), "eng_Latn", "deu_Latn", "fra_Latn"])
    return root


@pytest.fixture
async def engine(models: Path) -> AsyncIterator[Translation]:
    runtime = SystemRuntime()
    made = Translation(models, runtime)
    await made.probe()
    yield made
    await made.close()
    runtime.close()


async def translated(engine: Translation, **body: object) -> list[Chunk]:
    call = Call(id="x", capability=TRANSLATE.name, deadline=1e9, body=dict(body))
    return [chunk async for chunk in engine.stream(call)]


async def test_each_folder_is_a_model_of_the_offer(engine: Translation) -> None:
    offer = engine.offer(TRANSLATE)
    assert (offer.available, offer.models) == (True, ("nllb-tiny", "en-de"))


async def test_the_model_of_the_pair_goes_before_the_one_for_all(engine: Translation) -> None:
    *_, done = await translated(engine, text="water fire", **{"from": "en", "to": "de-AT"})
    TRANSLATE.check_done(done.data)
    assert (done.data["from"], done.data["to"], done.data["model"]) == ("en", "de", "en-de")
    assert set("".join(done.data["text"].split())) <= set("".join(CORPUS)) | {"⁇"}
    *_, done = await translated(engine, text="Wasser bitte", **{"from": "de", "to": "fr"})
    assert done.data["model"] == "nllb-tiny"
    assert not done.data["text"].startswith("fra_Latn"), "the token that names the language is no part of the text"


async def test_lines_stay_lines_and_progress_is_told(engine: Translation) -> None:
    text = "\n".join(f"water {word}." for word in CORPUS)
    *progress, done = await translated(engine, text=text, **{"from": "en", "to": "de"})
    assert done.data["text"].count("\n") == text.count("\n")
    assert [c.data["done"] for c in progress] == [8, 16, len(CORPUS)]


async def test_the_same_language_comes_back_as_it_is(engine: Translation) -> None:
    (done,) = await translated(engine, text="Nothing to do here.", **{"from": "", "to": "en"})
    assert done.data["text"] == "Nothing to do here."


async def test_a_pair_nobody_has_is_a_mismatch_so_that_another_node_is_asked(engine: Translation) -> None:
    with pytest.raises(SchemaMismatch, match="'en' to 'tlh'"):
        await translated(engine, text="water", **{"from": "en", "to": "tlh"})


async def test_without_models_it_says_where_they_go(tmp_path: Path) -> None:
    made = Translation(tmp_path / "translate", SystemRuntime())
    await made.probe()
    assert str(tmp_path / "translate") in made.offer(TRANSLATE).reason


async def test_a_broken_model_is_unavailable_and_says_which(models: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    (broken / "model").mkdir(parents=True)
    (broken / "metadata.json").write_text(json.dumps({"from_code": "en", "to_code": "de"}))
    (broken / "sentencepiece.model").write_bytes((models / "translate-en_de/sentencepiece.model").read_bytes())
    (broken / "model/model.bin").write_bytes(b"half a download")
    made = Translation(tmp_path, SystemRuntime())
    await made.probe()
    with pytest.raises(Unavailable, match="en-de cannot be loaded"):
        await translated(made, text="water", **{"from": "en", "to": "de"})


@pytest.mark.parametrize("text", ["One. Two!\n\nThree: four", "x" * 1500, "a\n\n\nb.", "Ends with a line\n"])
def test_sentences_and_what_is_between_them_are_the_text(text: str) -> None:
    found = _sentences(text)
    assert "".join(s + gap for s, gap in found).replace(" ", "") == text.replace(" ", "")
    assert max(len(s) for s, _ in found) <= 600


async def test_a_sentence_of_more_tokens_than_a_model_takes_is_cut_and_not_refused(engine: Translation) -> None:
    """The models here have 300 places."""
    *_, done = await translated(engine, text="e" * 590, **{"from": "en", "to": "de"})
    assert done.data["model"] == "en-de"


async def test_two_models_are_kept_in_memory_and_the_one_longest_not_used_goes(models: Path, tmp_path: Path) -> None:
    for source, target in (("en", "de"), ("de", "en"), ("de", "fr")):
        made = tmp_path / f"{source}_{target}"
        shutil.copytree(models / "translate-en_de", made)
        (made / "metadata.json").write_text(json.dumps({"from_code": source, "to_code": target}))
    runtime = SystemRuntime()
    engine = Translation(tmp_path, runtime)
    await engine.probe()
    for source, target, loaded in (
        ("en", "de", {"en-de"}),
        ("de", "en", {"en-de", "de-en"}),
        ("en", "de", {"en-de", "de-en"}),
        ("de", "fr", {"en-de", "de-fr"}),
    ):
        await translated(engine, text="water", **{"from": source, "to": target})
        assert set(engine.offer(TRANSLATE).loaded) == loaded
    await engine.close()
    assert engine.offer(TRANSLATE).loaded == ()
    runtime.close()
