"""Pictures and sound that cost more to look at than they weigh."""

from __future__ import annotations

import io
import time
import tracemalloc
import wave

import pytest

from hearthnet_core.api.sound import pcm
from hearthnet_core.backends.images import check_image
from hearthnet_core.backends.seeing import MAX_IMAGE
from hearthnet_core.backends.sound import mono16
from hearthnet_core.errors import BadRequest
from hearthnet_core.runtime import SystemRuntime

JPEG = b"\xff\xd8"
SIZE = b"\xff\xc0\0\x11\x08\0\x10\0\x20\x03" + bytes(12)


@pytest.mark.parametrize("filling", [b"\xff", b"\xff\xd0", b"\xff\x01", b"\xff\xe0\0\2"])
def test_a_jpeg_of_nothing_but_padding_is_refused_in_no_time(filling: bytes) -> None:
    image = JPEG + b"\xff" + filling * ((MAX_IMAGE - 3) // len(filling))
    began = time.process_time()
    with pytest.raises(BadRequest, match="no picture"):
        check_image(image)
    assert time.process_time() - began < 0.1


def test_a_jpeg_with_some_padding_and_many_segments_is_a_picture() -> None:
    assert (
        check_image(JPEG + b"\xff\xe1\0\x20" + bytes(30) + b"\xff\xe2\0\2" * 300 + b"\xff" * 50 + SIZE) == "image/jpeg"
    )


@pytest.mark.parametrize(("width", "channels"), [(1, 1), (1, 8), (2, 2), (3, 1), (4, 2)])
def test_a_megabyte_of_sound_is_made_fit_within_a_few_of_its_size(width: int, channels: int) -> None:
    sound = bytes(1024 * 1024)
    tracemalloc.start()
    try:
        mono16(sound, width, channels)
        assert tracemalloc.get_traced_memory()[1] < 12 * len(sound)
    finally:
        tracemalloc.stop()


async def test_a_recording_of_8_bits_takes_no_more_memory_than_one_of_16() -> None:
    written = io.BytesIO()
    with wave.open(written, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(1)
        opened.setframerate(16_000)
        opened.writeframes(b"\x80" * (2 * 1024 * 1024))
    tracemalloc.start()
    try:
        samples, rate = await pcm(written.getvalue(), SystemRuntime())
        assert tracemalloc.get_traced_memory()[1] < 24 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert (len(samples), rate, any(samples)) == (4 * 1024 * 1024, 16_000, False)
