"""Pictures as vectors: the real loading, decoding and computing, on a model that knows four colours."""

from __future__ import annotations

import asyncio
import io
import json
import math
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from hearthnet_core.backends import in_process, onnx
from hearthnet_core.backends import picture as picture_program
from hearthnet_core.backends.clip import Clip
from hearthnet_core.backends.embedding import EMBED_IMAGE
from hearthnet_core.capability import Call, collect
from hearthnet_core.errors import BadRequest, InternalError, NotImplementedHere, SchemaMismatch, Unavailable
from hearthnet_core.runtime import SystemRuntime
from tests.models.clip import NAME, SIDE, clip_at

type Vector = tuple[float, ...]


@pytest.fixture
async def runtime() -> AsyncIterator[SystemRuntime]:
    made = SystemRuntime(4)
    yield made
    made.close()


@pytest.fixture
async def clip(runtime: SystemRuntime, tmp_path: Path) -> Clip:
    clip_at(tmp_path)
    return await adapter(runtime, tmp_path)


async def adapter(runtime: SystemRuntime, folder: Path) -> Clip:
    made = Clip(folder, runtime)
    await made.probe()
    return made


def picture(colour: str, size: tuple[int, int] = (60, 40), kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **more)
    return out.getvalue()


async def embedded(clip: Clip, **body: object) -> list[Vector]:
    call = Call(id="1", capability=EMBED_IMAGE.name, body=body, deadline=1e9)
    done = await collect(clip, call)
    EMBED_IMAGE.check_done(done)
    assert done["model"] == NAME and done["dim"] == 3
    return list(done["embeddings"])


def likeness(a: Vector, b: Vector) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_pictures_and_the_words_for_them_are_near_each_other(clip: Clip) -> None:
    names = ["red", "green", "blue", "yellow"]
    vectors = await embedded(clip, images=[picture(n) for n in names], texts=[f"A {n} door" for n in names])
    seen, said = vectors[:4], vectors[4:]
    for n, name in enumerate(names):
        assert math.hypot(*seen[n]) == pytest.approx(1, abs=1e-5) == math.hypot(*said[n])
        assert max(range(4), key=lambda m: likeness(seen[n], said[m])) == n, name


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_has_the_same_vector_in_every_format(clip: Clip, kind: str) -> None:
    (vector,) = await embedded(clip, images=[picture("#cc2211", kind=kind)])
    (known,) = await embedded(clip, images=[picture("#cc2211", kind="PNG")])
    assert likeness(vector, known) == pytest.approx(1, abs=1e-3)


async def test_colours_are_prepared_as_the_model_says(clip: Clip) -> None:
    """(c / 255 - 0.5) / 0.25; the model adds 2, and the vector gets length 1."""
    (vector,) = await embedded(clip, images=[picture("#ff8010", kind="PNG")])
    prepared = [(c / 255 - 0.5) / 0.25 + 2 for c in (0xFF, 0x80, 0x10)]
    assert vector == pytest.approx([c / math.hypot(*prepared) for c in prepared], abs=1e-5)


async def test_the_middle_is_seen_and_nothing_is_squeezed(clip: Clip) -> None:
    wide = Image.new("RGB", (300, 100), "green")
    wide.paste("red", (100, 0, 200, 100))
    out = io.BytesIO()
    wide.save(out, "PNG")
    (vector,) = await embedded(clip, images=[out.getvalue()])
    assert vector == pytest.approx((1.0, 0.0, 0.0), abs=0.02)


async def test_what_is_above_stays_above(clip: Clip) -> None:
    """This model looks at the upper half only."""
    flag = Image.new("RGB", (64, 64), "blue")
    flag.paste("red", (0, 0, 64, 32))
    out = io.BytesIO()
    flag.save(out, "PNG")
    (vector,) = await embedded(clip, images=[out.getvalue()])
    assert vector == pytest.approx((1.0, 0.0, 0.0), abs=0.02)


async def test_grey_of_sixteen_bits_is_not_white(clip: Clip) -> None:
    sheet = Image.frombytes("I;16", (64, 64), b"\0\x80" * (64 * 32) + b"\0\0" * (64 * 32))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    (vector,) = await embedded(clip, images=[out.getvalue()])
    seen = await picture_program.square(out.getvalue(), 16)
    assert seen[:3] == b"\x80\x80\x80" and seen[-3:] == b"\0\0\0"
    assert vector == pytest.approx((1 / math.sqrt(3),) * 3, abs=1e-3)


async def test_a_contract_that_every_provider_keeps() -> None:
    for body in ({}, {"images": [], "texts": []}, {"texts": [""]}, {"texts": ["a"] * 9}):
        with pytest.raises(SchemaMismatch):
            EMBED_IMAGE.check_request(body)
    for done in ({"embeddings": [], "dim": 1}, {"embeddings": [[1.0]], "dim": 3}, {"embeddings": [[]], "dim": 1}):
        with pytest.raises(InternalError):
            EMBED_IMAGE.check_done({**done, "model": "tiny"})


async def test_what_is_transparent_is_seen_on_white(clip: Clip) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    (vector,) = await embedded(clip, images=[out.getvalue()])
    assert vector == pytest.approx((1 / math.sqrt(3),) * 3, abs=1e-3)


@pytest.mark.parametrize(
    ("size", "side"), [({"shortest_edge": 16}, 16), ({"height": 48, "width": 48}, 48), (24, 24), ({}, 224)]
)
async def test_every_way_a_size_is_written_is_understood(
    runtime: SystemRuntime, tmp_path: Path, size: object, side: int
) -> None:
    (clip_at(tmp_path) / "preprocessor_config.json").write_text(json.dumps({"size": size}))
    made = await adapter(runtime, tmp_path)
    with pytest.raises(Unavailable, match="cannot be loaded") as told:  # this model's pictures have 32 pixels a side
        await embedded(made, images=[picture("red")])
    assert f"Got: {side}" in told.value.message


async def test_the_weights_may_lie_beside_the_tokenizer_and_be_quantized(
    runtime: SystemRuntime, tmp_path: Path
) -> None:
    folder = clip_at(tmp_path, inside=".")
    for half in ("vision", "text"):
        (folder / f"{half}_model.onnx").rename(folder / f"{half}_model_quantized.onnx")
    made = await adapter(runtime, tmp_path)
    assert len(await embedded(made, images=[picture("red")], texts=["red"])) == 2


async def test_without_a_model_it_says_which_files_go_where(
    runtime: SystemRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await adapter(runtime, tmp_path / "pictures")
    offer = made.offer(EMBED_IMAGE)
    assert not offer.available and "vision_model.onnx" in offer.reason and str(tmp_path / "pictures") in offer.reason
    with pytest.raises(Unavailable, match=r"vision_model\.onnx"):
        await embedded(made, texts=["red"])
    clip_at(tmp_path / "pictures")
    await made.probe()
    assert made.offer(EMBED_IMAGE).models == (NAME,) and made.offer(EMBED_IMAGE).available
    monkeypatch.setattr(onnx, "installed", lambda: False)
    await made.probe()
    assert "hearthnet[embeddings]" in made.offer(EMBED_IMAGE).reason


@pytest.mark.parametrize("broken", ["onnx/vision_model.onnx", "onnx/text_model.onnx", "tokenizer.json"])
async def test_a_damaged_file_fails_by_its_folder(runtime: SystemRuntime, tmp_path: Path, broken: str) -> None:
    (clip_at(tmp_path) / broken).write_bytes(b"\x08\x07not a model")
    made = await adapter(runtime, tmp_path)
    with pytest.raises(Unavailable, match="cannot be loaded; fetch its files again"):
        await embedded(made, images=[picture("red")], texts=["red"])


async def test_a_request_for_nothing_or_another_model_is_refused(clip: Clip) -> None:
    with pytest.raises(BadRequest, match="a picture or a text"):
        await embedded(clip)
    with pytest.raises(Unavailable, match="no model called siglip"):
        await embedded(clip, texts=["red"], model="siglip")
    with pytest.raises(SchemaMismatch):
        await embedded(clip, images=[picture("red")] * 9)
    with pytest.raises(NotImplementedHere):
        await collect(clip, Call(id="1", capability="embed.text", body={}, deadline=1e9))


def _endless() -> bytes:
    """A progressive JPEG whose last scan is drawn again and again, a hundred bytes each time."""
    whole = picture("grey", size=(2_000, 2_000), progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * 500 + whole[-2:]


def _claims(size: tuple[int, int], start: bytes = b"") -> bytes:
    """A PNG that says it has this size, with one line of it."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + start
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(bytes(100)))
        + part(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"GIF89a" + bytes(100), "send a JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "send a JPEG, PNG or WebP"),
        (_claims((60_000, 60_000)), "60000 × 60000 pixels"),
        (_claims((5_000, 5_000)), "damaged"),
        (_endless(), "again and again"),
        (picture("red")[:150], "send a JPEG, PNG or WebP|damaged"),
        (picture("red", kind="PNG", size=(900, 900))[:60], "damaged"),
    ],
)
async def test_hostile_pictures_fail_alone_and_clearly(clip: Clip, data: bytes, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        await embedded(clip, images=[data])
    assert len(await embedded(clip, texts=["red"])) == 1


async def test_a_model_nobody_uses_is_let_go_of(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    await embedded(clip, texts=["red"])
    assert clip.offer(EMBED_IMAGE).loaded == (NAME,)
    await clip.probe()
    assert clip.offer(EMBED_IMAGE).loaded == (NAME,)
    monkeypatch.setattr(in_process, "IDLE_S", -1.0)
    await clip.probe()
    assert clip.offer(EMBED_IMAGE).loaded == ()
    assert len(await embedded(clip, texts=["red"])) == 1


async def test_many_at_once_all_get_their_own(clip: Clip) -> None:
    names = ["red", "green", "blue"] * 3
    found = await asyncio.gather(*(embedded(clip, images=[picture(n)], texts=[n]) for n in names))
    for seen, said in found:
        assert likeness(seen, said) > 0.95
    assert clip.offer(EMBED_IMAGE).load == 0


def test_the_side_of_the_model_is_not_the_usual_one() -> None:
    """Or the test of the preparation would see nothing."""
    assert SIDE != 224
