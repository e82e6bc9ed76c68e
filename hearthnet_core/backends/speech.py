"""The contracts of `stt.transcribe@1.0` and `tts.synthesize@1.0`. Sound is raw PCM: signed 16-bit little-endian, mono."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hearthnet_core.contract import Contract
from hearthnet_core.errors import SchemaMismatch

MAX_AUDIO_S = 300
MAX_SPOKEN = 5_000
MAX_AUDIO = MAX_AUDIO_S * 2 * 16_000
SOUND_S = 0.2
"""Of what is spoken each `audio` event holds about so much."""

Rate = Annotated[int, msgspec.Meta(ge=8_000, le=48_000)]
Language = Annotated[str, msgspec.Meta(max_length=20)]
Name = Annotated[str, msgspec.Meta(max_length=200)]


class TranscribeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`rate` in samples a second; at most `MAX_AUDIO_S` seconds and `MAX_AUDIO` bytes. Language as `de`; empty: any."""

    audio: Annotated[bytes, msgspec.Meta(min_length=2, max_length=MAX_AUDIO)]
    rate: Rate = 16_000
    language: Language = ""
    model: Name = ""

    @property
    def seconds(self) -> float:
        return len(self.audio) / 2 / self.rate

    def __post_init__(self) -> None:
        if self.seconds > MAX_AUDIO_S:
            raise ValueError(f"At most {MAX_AUDIO_S} s of sound can be transcribed at once - at `$.audio`")


class TranscribeDone(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is empty where nobody spoke."""

    text: Annotated[str, msgspec.Meta(max_length=64_000)]
    language: Language = ""
    model: Name = ""


class SynthesizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`speed` 1 is the voice's own."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SPOKEN)]
    language: Language = ""
    voice: Name = ""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """The data of each `audio` event; `rate` is the same in all of them."""

    pcm: Annotated[bytes, msgspec.Meta(max_length=128 * 1024)]
    rate: Rate


class SynthesizeDone(msgspec.Struct, frozen=True, kw_only=True):
    rate: Rate
    seconds: float
    voice: Name = ""


TRANSCRIBE = Contract(
    name="stt.transcribe",
    request=TranscribeRequest,
    done=TranscribeDone,
    timeout_s=120,
    max_body=MAX_AUDIO + 64 * 1024,
)
SYNTHESIZE = Contract(name="tts.synthesize", request=SynthesizeRequest, done=SynthesizeDone, timeout_s=120)


def sound(data: dict[str, object]) -> Sound:
    """An `audio` event's data, from here or from a neighbour. Raises `SchemaMismatch`."""
    try:
        return msgspec.convert(data, Sound)
    except msgspec.ValidationError as wrong:
        raise SchemaMismatch(f"What was spoken cannot be played: {wrong}.") from None
