"""Sound at another rate and in another form: what goes in comes out, and nothing that was not in it."""

from __future__ import annotations

import math
from array import array

import pytest

from hearthnet_core.backends.sound import check_format, mono16, resampled
from hearthnet_core.errors import BadRequest


def tone(hertz: float, rate: int, seconds: float = 0.5) -> list[int]:
    return [round(12_000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(rate * seconds))]


def converted(samples: list[int], rate: int, wanted: int) -> list[int]:
    return array("h", resampled(array("h", samples).tobytes(), rate, wanted)).tolist()


@pytest.mark.parametrize(
    ("rate", "wanted"), [(48_000, 16_000), (44_100, 16_000), (22_050, 16_000), (8_000, 16_000), (16_000, 22_050), (47_999, 16_000)]
)  # fmt: skip
def test_a_tone_stays_the_tone_it_was(rate: int, wanted: int) -> None:
    got, expected = converted(tone(1_000, rate), rate, wanted), tone(1_000, wanted)
    assert abs(len(got) - len(expected)) <= 1
    assert max(abs(a - b) for a, b in list(zip(got, expected, strict=False))[200:-200]) < 30


def test_what_is_too_high_for_the_new_rate_is_gone_and_does_not_come_back_as_another_tone() -> None:
    assert max(map(abs, converted(tone(10_000, 48_000), 48_000, 16_000)[200:-200])) < 12_000 / 100


def test_the_loudest_sound_is_cut_off_and_does_not_turn_over() -> None:
    square = [32_767 if n // 50 % 2 else -32_768 for n in range(8_000)]
    got = converted(square, 16_000, 48_000)
    assert max(got) == 32_767 and min(got) == -32_768


@pytest.mark.parametrize("pcm", [b"", b"\x01", b"\x01\x02"])
def test_hardly_any_sound_is_no_error(pcm: bytes) -> None:
    assert len(resampled(pcm, 44_100, 16_000)) <= 2


@pytest.mark.parametrize(
    ("pcm", "width", "channels", "expected"),
    [
        (array("h", [100, 300, -5, -7]).tobytes(), 2, 2, [200, -6]),
        (bytes([128, 0, 255]), 1, 1, [0, -32_768, 32_512]),
        (b"\x01\x02\x03" + b"\x00\x00\x80", 3, 1, [0x0302, -32_768]),
        (array("i", [1 << 16, -1]).tobytes(), 4, 1, [1, -1]),
        (b"\x01\x00\x02", 2, 1, [1]),
    ],
)
def test_every_form_becomes_16_bit_and_one_channel(pcm: bytes, width: int, channels: int, expected: list[int]) -> None:
    assert array("h", mono16(pcm, width, channels)).tolist() == expected


@pytest.mark.parametrize(
    "form", [(7_999, 2, 1), (48_001, 2, 1), (16_000, 0, 1), (16_000, 5, 1), (16_000, 2, 0), (16_000, 2, 9)]
)
def test_what_nobody_can_use_is_refused(form: tuple[int, int, int]) -> None:
    with pytest.raises(BadRequest, match="8000 to 48000 Hz"):
        check_format(*form)
