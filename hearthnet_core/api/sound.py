"""Sound that clients send and get: any file as PCM (16 bit, little-endian, mono), PCM as a WAV file or at another rate."""

from __future__ import annotations

import array
import io
import sys
import wave

from hearthnet_core.backends.program import run
from hearthnet_core.backends.speech import MAX_AUDIO, MAX_AUDIO_S
from hearthnet_core.errors import BadRequest, Timeout, Unavailable
from hearthnet_core.runtime import Runtime

RATE = 16_000
LEAST_RATE, MOST_RATE = 8_000, 48_000
MAX_CHANNELS = 8
FFMPEG_S = 60.0
FFMPEG = (
    *("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"),
    # Only what it is given, and no format that names other files.
    *("-protocol_whitelist", "pipe", "-format_whitelist", "aac,aiff,au,caf,flac,matroska,webm,mov,mp3,ogg,wav,w64"),
    *(
        "-i",
        "pipe:0",
        "-map",
        "0:a:0",
        "-t",
        str(MAX_AUDIO_S + 1),
        "-ac",
        "1",
        "-ar",
        str(RATE),
        "-f",
        "s16le",
        "pipe:1",
    ),
)
_SIGNED = bytes((n - 128) & 0xFF for n in range(256))


async def pcm(file: bytes, runtime: Runtime) -> tuple[bytes, int]:
    """(samples, rate) of an audio file. Raises `BadRequest` that says what to send."""
    if file[:4] in (b"RIFF", b"RIFX"):
        try:
            samples, rate = await runtime.offload(_of_wav, file)
        except (wave.Error, EOFError, ValueError):
            pass  # a kind of WAV that the standard library does not read
        else:
            if len(samples) <= MAX_AUDIO and LEAST_RATE <= rate <= MOST_RATE:
                return samples, rate
    try:
        samples = await run(FFMPEG, file, most=MAX_AUDIO + 2 * RATE, seconds=FFMPEG_S)
    except Unavailable:
        raise BadRequest(
            "file: without ffmpeg this node reads WAV only (PCM, 8 to 48 kHz, at most five minutes at 16 kHz);"
            " install ffmpeg, or convert the recording first."
        ) from None
    except (BadRequest, Timeout) as error:
        raise BadRequest(f"file: this recording cannot be read: {error.message}") from None
    if len(samples) < 2:
        raise BadRequest("file: there is no sound in this recording.")
    return samples[: len(samples) // 2 * 2], RATE


def _of_wav(file: bytes) -> tuple[bytes, int]:
    """Of more channels their mean. Raises `wave.Error`, `EOFError` or `ValueError` for what it cannot read."""
    with wave.open(io.BytesIO(file)) as opened:
        channels, width, rate = opened.getnchannels(), opened.getsampwidth(), opened.getframerate()
        raw = opened.readframes(opened.getnframes())
    if not 1 <= channels <= MAX_CHANNELS or not 1 <= width <= 4:
        raise ValueError("an unusual WAV file")
    raw = raw[: len(raw) // (channels * width) * channels * width]
    if not raw:
        raise BadRequest("file: there is no sound in this recording.")
    if width != 2:
        wide = bytearray(len(raw) // width * 2)
        wide[1::2] = raw.translate(_SIGNED) if width == 1 else raw[width - 1 :: width]
        if width > 2:
            wide[0::2] = raw[width - 2 :: width]
        raw = bytes(wide)
    if channels == 1:
        return raw, rate
    samples = _samples(raw)
    lanes = [samples[n::channels] for n in range(channels)]
    return _bytes(array.array("h", (sum(frame) // channels for frame in zip(*lanes, strict=True)))), rate


def wav(samples: bytes, rate: int) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes(samples)
    return written.getvalue()


class Resampler:
    """PCM that comes in pieces, at another rate; between two samples on the straight line."""

    def __init__(self, rate: int, wanted: int) -> None:
        self._step = rate / wanted
        self._at = 0.0
        self._kept = array.array("h")

    def fed(self, piece: bytes) -> bytes:
        """What can be told up to the last sample but one."""
        if self._step == 1:
            return piece
        known = self._kept + _samples(piece[: len(piece) // 2 * 2])
        out, at, last = array.array("h"), self._at, len(known) - 1
        while at < last:
            n = int(at)
            out.append(round(known[n] + (known[n + 1] - known[n]) * (at - n)))
            at += self._step
        used = min(int(at), max(last, 0))
        self._kept, self._at = known[used:], at - used
        return _bytes(out)


def _samples(raw: bytes) -> array.array[int]:
    found = array.array("h", raw)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _bytes(samples: array.array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
