"""Embeddings in this process with the real all-MiniLM-L6-v2 and the real ONNX Runtime."""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.onnx_embedding import CHROMA, OnnxEmbedding
from hearthnet_core.capability import Call, collect
from hearthnet_core.errors import SchemaMismatch, Unavailable
from hearthnet_core.runtime import SystemRuntime
from tests.models.minilm import NAME, minilm


@pytest.fixture
async def runtime() -> AsyncIterator[SystemRuntime]:
    made = SystemRuntime(4)
    yield made
    made.close()


def model_at(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in ("model.onnx", "tokenizer.json"):
        (folder / name).symlink_to(minilm() / name)
    return folder


async def adapter(runtime: SystemRuntime, models: Path) -> OnnxEmbedding:
    made = OnnxEmbedding(models, runtime)
    await made.probe()
    return made


async def embedded(adapter: OnnxEmbedding, *texts: str, **more: str) -> list[tuple[float, ...]]:
    call = Call(id="1", capability=EMBED.name, body={"texts": list(texts), **more}, deadline=1e9)
    done = await collect(adapter, call)
    EMBED.check_done(done)
    assert done["model"] == NAME and done["dim"] == 384
    return list(done["embeddings"])


def likeness(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_it_gives_the_vectors_the_model_is_known_for(runtime: SystemRuntime, tmp_path: Path) -> None:
    """The figures of the model's own page for these three sentences."""
    model_at(tmp_path / NAME)
    made = await adapter(runtime, tmp_path)
    weather, sunny, stadium = await embedded(
        made, "The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."
    )
    assert likeness(weather, sunny) == pytest.approx(0.6660, abs=2e-3)
    assert likeness(weather, stadium) == pytest.approx(0.1046, abs=2e-3)
    assert likeness(sunny, stadium) == pytest.approx(0.1411, abs=2e-3)
    assert math.hypot(*weather) == pytest.approx(1, abs=1e-5)


async def test_a_text_has_the_same_vector_whatever_it_travels_with(runtime: SystemRuntime, tmp_path: Path) -> None:
    model_at(tmp_path / NAME)
    made = await adapter(runtime, tmp_path)
    texts = [f"Passage {n}: " + "water " * n for n in range(16)]
    together = await embedded(made, *texts)
    for text, vector in zip(texts[::5], together[::5], strict=True):
        assert likeness(vector, (await embedded(made, text))[0]) == pytest.approx(1, abs=1e-4)


async def test_a_text_of_any_length_and_of_no_words_has_a_vector(runtime: SystemRuntime, tmp_path: Path) -> None:
    model_at(tmp_path / NAME)
    made = await adapter(runtime, tmp_path)
    for text in ("", "🙂\x00", "w" * 8_000, "水 " * 4_000):
        assert math.hypot(*(await embedded(made, text))[0]) == pytest.approx(1, abs=1e-4)


async def test_the_folder_that_chroma_fills_is_found(runtime: SystemRuntime, tmp_path: Path) -> None:
    model_at(tmp_path / CHROMA)
    made = OnnxEmbedding(tmp_path / "models", runtime, home=tmp_path)
    await made.probe()
    assert made.offer(EMBED).models == (NAME,) and made.offer(EMBED).available


async def test_without_a_model_it_says_which_files_go_where(runtime: SystemRuntime, tmp_path: Path) -> None:
    made = await adapter(runtime, tmp_path)
    offer = made.offer(EMBED)
    assert not offer.available and f"model.onnx and tokenizer.json of {NAME} into {tmp_path / NAME}" in offer.reason
    with pytest.raises(Unavailable, match=r"model\.onnx"):
        await embedded(made, "water")


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
async def test_a_damaged_file_fails_by_its_folder(runtime: SystemRuntime, tmp_path: Path, broken: str) -> None:
    folder = model_at(tmp_path / NAME)
    (folder / broken).unlink()
    (folder / broken).write_bytes(b"\x08\x07not a model")
    made = await adapter(runtime, tmp_path)
    with pytest.raises(Unavailable, match="cannot be loaded; fetch its files again"):
        await embedded(made, "water")
    shutil.copy(minilm() / broken, folder / broken)
    await embedded(made, "water")


async def test_another_model_than_the_wished_one_never_answers(runtime: SystemRuntime, tmp_path: Path) -> None:
    model_at(tmp_path / NAME)
    made = await adapter(runtime, tmp_path)
    with pytest.raises(Unavailable, match="no model called nomic"):
        await embedded(made, "water", model="nomic")
    with pytest.raises(SchemaMismatch):
        await embedded(made, *["water"] * 17)


async def test_a_question_does_not_wait_for_a_library(runtime: SystemRuntime, tmp_path: Path) -> None:
    """Many passages are under way; a question that comes then is answered before most of them."""
    model_at(tmp_path / NAME)
    made = await adapter(runtime, tmp_path)
    order: list[str] = []

    async def work(name: str, *texts: str) -> None:
        await embedded(made, *texts)
        order.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(work("library", *["A passage about water. " * 10] * 16))
        await asyncio.sleep(0)
        group.create_task(work("question", "water?"))
    assert order == ["question", "library"]
