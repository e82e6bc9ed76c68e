"""`/v1/audio/transcriptions` and `/v1/audio/speech`, by `stt.transcribe` and `tts.synthesize`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal

import msgspec
from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard, Stream
from hearthnet_core.api.reach import is_best
from hearthnet_core.api.sound import pcm, wav
from hearthnet_core.backends.speech import MAX_SPOKEN, SYNTHESIZE, TRANSCRIBE, Sound, TranscribeRequest
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, HearthNetError, NotFound, Timeout
from hearthnet_core.models.local_api import MAX_BODY
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.speech import Speech, Wish
from hearthnet_core.services.spoken import sentences

MAX_UPLOAD = 25 * 1024 * 1024
MAX_FIELD = 16 * 1024
MAX_FIELDS = 32
MAX_SPEECH = 64 * 1024 * 1024
PCM_RATE = 24_000
"""What clients of this API expect of sound without a header."""
SLOWEST, FASTEST = 0.5, 2.0
ANY_STT = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")
ANY_TTS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
"""Names that clients send because they know no other: whoever is best answers."""
ANY_VOICE = "alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split()


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a transcription's form, for the OpenAPI document."""

    file: bytes
    model: str = ""
    language: str = ""
    response_format: Literal["json", "text", "verbose_json"] = "json"


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """Without `response_format` a WAV file comes."""

    model: str
    input: str
    voice: str | dict[str, str] = ""
    response_format: str | None = None
    speed: float | None = None
    stream_format: str | None = None


class Audio:
    def __init__(self, runtime: Runtime, conversing: Conversing, speech: Speech) -> None:
        self._runtime = runtime
        self._conversing = conversing
        self._speech = speech

    async def transcribe(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """The answer is text or JSON; nobody here knows at which second a word was said."""
        fields, file = await _form(request)
        form = fields.get("response_format", "json")
        if form not in ("json", "text", "verbose_json"):
            raise BadRequest("response_format: json, text or verbose_json; times of words are not known here.")
        if fields.get("stream", "false").lower() == "true":
            raise BadRequest("stream: the text comes at once, when it has been understood.")
        model = self._model(fields.get("model", ""), TRANSCRIBE, ANY_STT)
        async with running():
            samples, rate = await pcm(file, self._runtime)
            try:
                asked = TranscribeRequest(audio=samples, rate=rate, language=fields.get("language", ""), model=model)
            except ValueError as wrong:
                raise BadRequest(f"file: {wrong}.") from None
            done = await self._conversing.once(TRANSCRIBE, asked)
        if form == "text":
            return web.Response(text=done["text"] + "\n", headers=bodies.HEADERS)
        more: dict[str, Any] = {}
        if form == "verbose_json":
            more = {
                "task": "transcribe",
                "language": done.get("language", ""),
                "duration": asked.seconds,
                "segments": [],
            }
        return bodies.answer({"text": done["text"], **more})

    async def speak(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """`wav` as a whole, `pcm` as it is spoken."""
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), Spoken)
        form = asked.response_format or "wav"
        if form not in ("wav", "pcm"):
            raise BadRequest("response_format: wav or pcm (24 kHz, 16 bit, mono); this node makes no other.")
        if asked.stream_format not in (None, "audio"):
            raise BadRequest("stream_format: audio; there are no events of speech here.")
        speed = 1.0 if asked.speed is None else asked.speed
        if not SLOWEST <= speed <= FASTEST:
            raise BadRequest(f"speed: {SLOWEST:g} to {FASTEST:g}.")
        if not asked.input.strip() or len(asked.input) > MAX_SPOKEN:
            raise BadRequest(f"input: 1 to {MAX_SPOKEN} characters.")
        self._model(asked.model, SYNTHESIZE, ANY_TTS)
        if not (pieces := sentences(asked.input)):
            raise BadRequest("input: there is nothing in it that can be said.")
        wish = Wish(voice=self._voice(asked.voice, asked.model), speed=speed)
        if form == "pcm":
            return await self._streamed(request, running, pieces, wish)
        samples, rate = bytearray(), 0
        async with running(), aclosing(self._said(pieces, wish, 0)) as sounds:
            async for sound in sounds:
                samples += sound.pcm
                rate = sound.rate
                if len(samples) > MAX_SPEECH:
                    raise BadRequest("input: this takes too long to say; send it in parts.")
        return web.Response(body=wav(bytes(samples), rate), content_type="audio/wav", headers=bodies.HEADERS)

    async def _streamed(
        self, request: web.BaseRequest, running: Guard, pieces: list[str], wish: Wish
    ) -> web.StreamResponse:
        """What fails after the first sound ends the connection: there is no other word for it in raw sound."""
        stream = Stream(request, "audio/pcm")
        try:
            async with running(), aclosing(self._said(pieces, wish, PCM_RATE)) as sounds:
                async for sound in sounds:
                    await stream.send(sound.pcm)
        except HearthNetError as error:
            if not stream.begun:
                raise
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError(error.message) from None
        return await stream.end()

    async def _said(self, pieces: list[str], wish: Wish, rate: int) -> AsyncGenerator[Sound]:
        """Sentence by sentence, all of one rate: the wished one, or that of the first."""
        for sentence in pieces:
            async with aclosing(self._speech.say(sentence, wish, rate)) as sounds:
                async for sound in sounds:
                    rate = sound.rate
                    yield sound

    def _model(self, wish: str, contract: Contract, usual: tuple[str, ...]) -> str:
        """Empty for whoever is best. Raises `NotFound`."""
        try:
            return "" if is_best(wish) or not wish else self._conversing.reach.named(wish, (contract,)).name
        except NotFound:
            if wish in usual:
                return ""
            raise

    def _voice(self, wish: str | dict[str, str], model: str) -> str:
        """A voice that somebody has; one of OpenAI's own names is the usual voice. `model` may name one too."""
        named = wish if isinstance(wish, str) else wish.get("id", "")
        reach = self._conversing.reach
        for voice in (named, model):
            if voice and not is_best(voice) and voice not in ANY_VOICE and voice not in ANY_TTS:
                return reach.named(voice, (SYNTHESIZE,)).name
        return ""


async def _form(request: web.BaseRequest) -> tuple[dict[str, str], bytes]:
    """(fields, file) of multipart/form-data, never many more bytes in memory than `MAX_UPLOAD`. Raises `BadRequest`."""
    fields: dict[str, str] = {}
    file: bytes | None = None
    left = MAX_UPLOAD
    if (request.content_length or 0) > MAX_UPLOAD:
        raise BadRequest(f"file: at most {MAX_UPLOAD // 1024**2} MiB.")
    try:
        async with asyncio.timeout(bodies.BODY_S):
            reader = await request.multipart()
            for _ in range(MAX_FIELDS):
                part = await reader.next()
                if part is None:
                    break
                if not isinstance(part, BodyPartReader) or not part.name:
                    raise BadRequest("The form holds a part that is no field.")
                most = left if part.name == "file" else MAX_FIELD
                content = bytearray()
                while piece := await part.read_chunk():
                    content += piece
                    left -= len(piece)
                    if len(content) > most or left < 0:
                        raise BadRequest(f"{part.name[:40]}: at most {most} bytes.")
                if part.name == "file":
                    file = bytes(content)
                else:
                    fields[part.name[:64]] = content.decode(errors="replace")
            else:
                raise BadRequest(f"The form has more than {MAX_FIELDS} fields.")
    except TimeoutError:
        raise Timeout(f"The request's body did not arrive within {bodies.BODY_S:g} s.") from None
    except (ValueError, AssertionError, KeyError, HttpProcessingError, web.RequestPayloadError, web.HTTPException):
        raise BadRequest("The body is no multipart/form-data that can be read.") from None
    if not file:
        raise BadRequest("file: send the recording as the form's file.")
    return fields, file
