"""Voice for clients of the local API: `transcribe` hears a file or raw sound, `speak` says a text sentence by sentence."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import msgspec

from hearthnet_core.api import sound
from hearthnet_core.api.method import Method
from hearthnet_core.backends.speech import MAX_AUDIO, Language, Name, Rate, TranscribeRequest
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import BadRequest
from hearthnet_core.models.local_api import MAX_INGEST
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.speech import Speech, Wish
from hearthnet_core.services.spoken import sentences

MAX_TEXT = 20_000


class Transcribe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`audio` is an audio file; with `rate` it is raw sound, 16 bit and mono."""

    audio: Annotated[bytes, msgspec.Meta(min_length=2, max_length=MAX_AUDIO + 64 * 1024)]
    rate: Rate | None = None
    language: Language = ""
    model: Name = ""


class Speak(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    language: Language = ""
    voice: Name = ""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0


class VoiceMethods:
    def __init__(self, runtime: Runtime, speech: Speech) -> None:
        self._runtime = runtime
        self._speech = speech

    def rows(self) -> tuple[Method, ...]:
        return (
            Method("transcribe", Transcribe, self._transcribe, max_body=MAX_INGEST),
            Method("speak", Speak, self._speak),
        )

    async def _transcribe(self, params: Transcribe) -> AsyncGenerator[Chunk]:
        if params.rate is None:
            samples, rate = await sound.pcm(params.audio, self._runtime)
        else:
            samples, rate = params.audio, params.rate
        try:
            asked = TranscribeRequest(audio=samples, rate=rate, language=params.language, model=params.model)
        except ValueError as wrong:
            raise BadRequest(f"transcribe: {wrong}.") from None
        async with aclosing(self._speech.stream(asked)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _speak(self, params: Speak) -> AsyncGenerator[Chunk]:
        """Sound of one rate. Raises `BadRequest` for a text of which nothing can be said."""
        wish = Wish(language=params.language, voice=params.voice, speed=params.speed)
        rate, samples = 0, 0
        pieces = sentences(params.text)
        if not pieces:
            raise BadRequest("speak: there is nothing in this text that can be said.")
        for sentence in pieces:
            async with aclosing(self._speech.say(sentence, wish, rate)) as sounds:
                async for piece in sounds:
                    rate = piece.rate
                    samples += len(piece.pcm) // 2
                    yield Chunk("audio", {"pcm": piece.pcm, "rate": rate})
        yield Chunk("done", {"rate": rate, "seconds": samples / rate if rate else 0.0, "sentences": len(pieces)})
