"""Raw sound made fit: one channel of 16-bit samples, at the rate that is wanted. Pure functions of bytes.

The filter is a windowed sinc, one row of whole numbers for each position between two samples (polyphase); the sums are
`math.sumprod`'s, which adds whole numbers at C's speed: a second of sound takes about 25 ms.
"""

from __future__ import annotations

import array
import math
import sys
from functools import lru_cache

from hearthnet_core.errors import BadRequest

MIN_RATE = 8_000
MAX_RATE = 48_000
MAX_CHANNELS = 8
ZEROS = 8
"""Zero crossings of the sinc on each side of its middle."""
MAX_PHASES = 512
_ONE = 1 << 15
_SIGNED = bytes((b - 128) & 255 for b in range(256))


def check_format(rate: int, width: int, channels: int) -> None:
    """Raises `BadRequest` for sound that nobody here can use."""
    if not (MIN_RATE <= rate <= MAX_RATE and width in (1, 2, 3, 4) and 1 <= channels <= MAX_CHANNELS):
        raise BadRequest(
            f"Sound of {rate} Hz, {width * 8} bits and {channels} channels cannot be used; send {MIN_RATE} to {MAX_RATE} Hz,"
            f" 8 to 32 bits and at most {MAX_CHANNELS} channels."
        )


def mono16(pcm: bytes, width: int, channels: int) -> bytes:
    """Signed 16-bit little-endian samples of one channel, the mean of all; a broken sample at the end is left out."""
    frames = len(pcm) // (width * channels)
    pcm = pcm[: frames * width * channels]
    if width == 2:
        narrow = pcm
    else:
        wide = bytearray(frames * channels * 2)
        wide[1::2] = pcm.translate(_SIGNED) if width == 1 else pcm[width - 1 :: width]
        if width > 2:
            wide[::2] = pcm[width - 2 :: width]
        narrow = bytes(wide)
    if channels == 1:
        return narrow
    samples = _samples(narrow)
    rows = zip(*(samples[n::channels] for n in range(channels)), strict=True)
    return _bytes(array.array("h", (sum(row) // channels for row in rows)))


def resampled(pcm: bytes, rate: int, wanted: int) -> bytes:
    """The same sound, 16-bit and mono, at another rate."""
    if rate == wanted or len(pcm) < 2:
        return pcm
    step = math.gcd(rate, wanted)
    up, down = wanted // step, rate // step
    rows = _rows(min(up, MAX_PHASES), min(1.0, wanted / rate))
    phases, length = len(rows), len(rows[0])
    before = length // 2 - 1
    samples = [0] * before + _samples(pcm).tolist() + [0] * (length + 1)
    count = len(pcm) // 2 * up // down
    out = array.array("h", bytes(2 * count))
    at, part = 0, 0
    sumprod, half, bits = math.sumprod, _ONE >> 1, 15
    for n in range(count):
        value = (int(sumprod(samples[at : at + length], rows[part * phases // up])) + half) >> bits
        out[n] = -32768 if value < -32768 else 32767 if value > 32767 else value
        part += down
        at += part // up
        part %= up
    return _bytes(out)


@lru_cache(maxsize=8)
def _rows(phases: int, cut: float) -> list[list[int]]:
    """One row of taps for each of `phases` positions; `cut` 1 lets everything below the source's limit through."""
    side = math.ceil(ZEROS / cut)
    rows = []
    for phase in range(phases):
        taps = []
        for n in range(-side + 1, side + 1):
            x = n - phase / phases
            sinc = 1.0 if x == 0 else math.sin(math.pi * cut * x) / (math.pi * cut * x)
            window = 0.5 + 0.5 * math.cos(math.pi * x / side) if abs(x) < side else 0.0
            taps.append(sinc * window)
        total = sum(taps)
        rows.append([round(tap / total * _ONE) for tap in taps])
    return rows


def _samples(pcm: bytes) -> array.array[int]:
    samples = array.array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _bytes(samples: array.array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
