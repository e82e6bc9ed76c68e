"""Sound that clients send and get: any file as PCM (16 bit, little-endian, mono), and PCM as a WAV file."""

from __future__ import annotations

import io
import wave

from hearthnet_core.backends.program import run
from hearthnet_core.backends.sound import MAX_CHANNELS, MAX_RATE, MIN_RATE, mono16
from hearthnet_core.backends.speech import MAX_AUDIO, MAX_AUDIO_S
from hearthnet_core.errors import BadRequest, Timeout, Unavailable
from hearthnet_core.runtime import Runtime

RATE = 16_000
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


async def pcm(file: bytes, runtime: Runtime) -> tuple[bytes, int]:
    """(samples, rate) of an audio file. Raises `BadRequest` that says what to send."""
    if file[:4] in (b"RIFF", b"RIFX"):
        try:
            samples, rate = await runtime.offload(_of_wav, file)
        except (wave.Error, EOFError, ValueError):
            pass  # a kind of WAV that the standard library does not read
        else:
            if len(samples) <= MAX_AUDIO and MIN_RATE <= rate <= MAX_RATE:
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
    return mono16(raw, width, channels), rate


def wav(samples: bytes, rate: int) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes(samples)
    return written.getvalue()
