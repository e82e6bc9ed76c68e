"""Models within the process before they are loaded: what is missing and what to do, and fetching them from the hub."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from hearthnet_core.backends import hub
from hearthnet_core.backends.transformers import Transformers
from hearthnet_core.errors import BadRequest, NotFound, Unavailable
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.storage import room

from .conftest import told
from .hub_server import HubServer, serve

MODEL = "tiny/llama-Instruct"


@pytest.fixture
async def runtime() -> AsyncIterator[SystemRuntime]:
    runtime = SystemRuntime()
    yield runtime
    runtime.close()


async def test_without_torch_it_says_how_to_install_it(
    tmp_path: Path, runtime: SystemRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else real(name))
    engine = Transformers("within", tmp_path, runtime, models=(MODEL,))
    offer = await engine.probe()
    assert not offer.available and "hearthnet[transformers]" in offer.reason
    with pytest.raises(Unavailable, match="pip install"):
        await told(engine)


@pytest.mark.parametrize(
    ("files", "part"),
    [
        ({}, f"hearthnet models pull {MODEL}"),
        ({"config.json": "{}"}, "no weights as safetensors"),
        ({"config.json": "{}", "pytorch_model.bin": "x"}, "no weights as safetensors"),
        ({"config.json": "{}", "model.safetensors": "x"}, "no chat model"),
        ({"config.json": "{", "model.safetensors": "x"}, "cannot be read"),
    ],
)
async def test_a_model_that_cannot_be_used_says_what_to_do(
    tmp_path: Path, runtime: SystemRuntime, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], part: str
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: True)
    place = tmp_path / MODEL.replace("/", "--")
    for name, text in files.items():
        place.mkdir(exist_ok=True)
        (place / name).write_text(text)
    offer = await Transformers("within", tmp_path, runtime, models=(MODEL,)).probe()
    assert not offer.available and part in offer.reason


async def test_an_engine_without_models_is_set_up_wrong(tmp_path: Path, runtime: SystemRuntime) -> None:
    with pytest.raises(BadRequest, match="needs its models"):
        Transformers("within", tmp_path, runtime, models=())


FILES = {
    "config.json": json.dumps({"model_type": "llama"}).encode(),
    "model.safetensors": b"w" * 200_000,
    "tokenizer.json": b"{}",
    "pytorch_model.bin": b"pickled",
    "modeling_evil.py": b"import os",
}


@pytest.fixture
async def pulling(
    tmp_path: Path, runtime: SystemRuntime, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Transformers, HubServer]]:
    async with serve({MODEL: FILES}) as (server, url):
        monkeypatch.setenv("HF_ENDPOINT", url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        yield Transformers("within", tmp_path / "models", runtime, models=(MODEL,)), server


async def drained(engine: Transformers, model: str = MODEL) -> list[tuple[int, int]]:
    async with aclosing(engine.pull(model)) as parts:
        return [(p.completed, p.total) async for p in parts]


async def test_a_model_is_pulled_from_the_hub_without_code_or_pickles(
    pulling: tuple[Transformers, HubServer], tmp_path: Path
) -> None:
    engine, _ = pulling
    wanted = sum(len(FILES[n]) for n in ("config.json", "model.safetensors", "tokenizer.json"))
    assert (await drained(engine))[-1] == (wanted, wanted)
    place = tmp_path / "models" / MODEL.replace("/", "--")
    assert sorted(p.name for p in place.iterdir()) == ["config.json", "model.safetensors", "tokenizer.json"]
    assert (place / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    await engine.delete(MODEL)
    assert not place.exists()
    with pytest.raises(NotFound):
        await engine.delete(MODEL)


async def test_a_pull_that_is_left_ends_and_the_model_is_not_there_until_it_is_whole(
    pulling: tuple[Transformers, HubServer], tmp_path: Path
) -> None:
    engine, server = pulling
    server.go.clear()
    async with aclosing(engine.pull(MODEL)) as parts:
        async for _ in parts:
            if server.asked.is_set():
                break
    assert not hub.whole(tmp_path / "models" / MODEL.replace("/", "--"))
    server.go.set()
    await drained(engine)
    assert hub.whole(tmp_path / "models" / MODEL.replace("/", "--"))


async def test_a_model_the_hub_does_not_have_and_a_hub_that_is_away_are_clear_errors(
    pulling: tuple[Transformers, HubServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, _ = pulling
    with pytest.raises(NotFound, match="nobody/knows"):
        await drained(engine, "nobody/knows")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="Is the internet there"):
        await drained(engine)


async def test_a_model_that_would_take_the_last_of_the_disk_is_not_pulled(
    pulling: tuple[Transformers, HubServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, server = pulling
    server.go.clear()
    free = room.FLOOR + 60_000  # and the weights have more
    usage = shutil.disk_usage(tmp_path)._replace(total=100 * room.FLOOR, free=free)
    monkeypatch.setattr(room, "disk_usage", lambda path: usage)
    with pytest.raises(Unavailable, match=r"disk that holds .* is full: .* then pull again: what was fetched so far"):
        await drained(engine)
    assert not hub.whole(tmp_path / "models" / MODEL.replace("/", "--"))
    usage = usage._replace(free=10 * room.FLOOR)
    server.go.set()
    await drained(engine)
    assert hub.whole(tmp_path / "models" / MODEL.replace("/", "--"))


async def test_at_the_floor_of_the_disk_the_hub_is_not_even_asked(
    pulling: tuple[Transformers, HubServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, _ = pulling
    usage = shutil.disk_usage(tmp_path)._replace(total=100 * room.FLOOR, free=room.FLOOR - 1)
    monkeypatch.setattr(room, "disk_usage", lambda path: usage)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="is full"):
        await drained(engine)
