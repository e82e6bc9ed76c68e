"""One Wyoming client of this node: what it asks, in order, answered by the neighbourhood. Whatever goes wrong it is told in
an `error` event; it never waits for nothing."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core.backends.sound import check_format, mono16, resampled
from hearthnet_core.backends.speech import MAX_AUDIO_S, Sound
from hearthnet_core.backends.wyoming_wire import Audio, Event, Wire
from hearthnet_core.errors import BadRequest, CapacityExceeded, HearthNetError, InternalError, Timeout
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.speech import Speech, Wish
from hearthnet_core.services.spoken import Sentences
from hearthnet_core.services.voice_info import INFO, language_of_voice

IDLE_S = 120.0
AUDIO_STALL_S = 30.0
RECORDING_S = 2.0 * MAX_AUDIO_S
"""For all of a recording: who sends it drop by drop would keep the room of others."""
TEXT_STALL_S = 180.0
"""Between two pieces of a text that is spoken while a model still writes it."""
SEND_S = 60.0
QUEUED = 8
MAX_TEXT = 20_000
HEARING_RATE = 16_000


class Patience(msgspec.Struct, frozen=True):
    """Seconds for the client's next event: between requests, in a recording, in a text; and for a whole recording."""

    idle: float = IDLE_S
    audio: float = AUDIO_STALL_S
    recording: float = RECORDING_S
    text: float = TEXT_STALL_S


PATIENT = Patience()


class Room:
    """How much sound of all clients together is kept, in bytes."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, size: int) -> None:
        """Raises `CapacityExceeded`."""
        if size > self._left:
            raise CapacityExceeded("This node is listening to enough people already; try again in a moment.")
        self._left -= size

    def give(self, size: int) -> None:
        self._left += size


class _Transcribe(msgspec.Struct, frozen=True):
    language: str | None = None


class _Voice(msgspec.Struct, frozen=True):
    name: str | None = None
    language: str | None = None


class _Synthesize(msgspec.Struct, frozen=True):
    text: str = ""
    voice: _Voice | None = None


class _Gone(Exception):
    """The client is not to be answered any more."""


class Session:
    def __init__(self, wire: Wire, speech: Speech, runtime: Runtime, room: Room, patience: Patience = PATIENT) -> None:
        self._wire = wire
        self._speech = speech
        self._runtime = runtime
        self._room = room
        self._patience = patience
        self._events: asyncio.Queue[Event | BadRequest] = asyncio.Queue(QUEUED)
        self._language = ""
        self._rate = 0
        """Of the sound that is being sent; 0 before the first."""

    async def run(self) -> None:
        """Until the client leaves, stalls or says nonsense. A client that leaves ends what runs for it at once."""
        async with asyncio.TaskGroup() as group:
            worker = group.create_task(self._work())
            reader = group.create_task(self._read(worker))
            worker.add_done_callback(lambda _: reader.cancel())

    async def _read(self, worker: asyncio.Task[None]) -> None:
        try:
            while (event := await self._wire.next(None)) is not None:
                await self._events.put(event)
        except BadRequest as wrong:
            await self._events.put(wrong)
            return
        except OSError:
            pass
        worker.cancel()

    async def _work(self) -> None:
        try:
            while True:
                try:
                    event = await self._next(self._patience.idle)
                except Timeout:
                    return
                await self._answer(event)
        except HearthNetError as error:  # after it nothing that this client sends would make sense
            await self._fail(error)
        except (_Gone, OSError):
            return

    async def _answer(self, event: Event) -> None:
        match event.kind:
            case "describe":
                await self._send("info", INFO)
            case "ping":
                await self._send("pong", event.data)
            case "transcribe":
                self._language = (event.read(_Transcribe).language or "")[:20]
            case "audio-start":
                await self._listen(b"", event.read(Audio))
            case "audio-chunk":  # some clients begin with it
                await self._listen(event.payload, event.read(Audio))
            case "synthesize":
                asked: _Synthesize = event.read(_Synthesize)
                sentences = Sentences()
                await self._speak(_wish(asked.voice), sentences.add(_bounded(asked.text)) + sentences.end())
                await self._stop()
            case "synthesize-start":
                await self._speak_along(_wish(event.read(_Synthesize).voice))
            case _:
                return  # newer clients say more than we know

    async def _listen(self, first: bytes, form: Audio) -> None:
        """Takes in a recording and says what was heard."""
        check_format(form.rate, form.width, form.channels)
        pcm, most = bytearray(), MAX_AUDIO_S * 2 * form.rate
        until = self._runtime.now() + self._patience.recording
        try:
            while True:
                piece = mono16(first, form.width, form.channels)
                self._room.take(len(piece))
                pcm += piece
                if len(pcm) > most:
                    raise BadRequest(f"This recording does not end; {MAX_AUDIO_S} seconds are the most.")
                if (left := until - self._runtime.now()) <= 0:
                    raise Timeout(f"This recording has not ended for {self._patience.recording:.0f} s.")
                event = await self._next(min(self._patience.audio, left))
                if event.kind == "audio-stop":
                    break
                if event.kind == "audio-chunk":
                    if event.read(Audio) != form:
                        raise BadRequest("This recording changes its format midway.")
                    first = event.payload
                else:
                    first = b""
            text, language = "", self._language
            if pcm:
                try:
                    text, language = await self._heard(bytes(pcm), form.rate)
                except HearthNetError as error:
                    await self._fail(error)
                    return
            await self._send("transcript", {"text": text} | ({"language": language} if language else {}))
        finally:
            self._room.give(len(pcm))

    async def _heard(self, pcm: bytes, rate: int) -> tuple[str, str]:
        if rate != HEARING_RATE:
            pcm = await self._runtime.offload(resampled, pcm, rate, HEARING_RATE)
        heard = await self._speech.hear(pcm, HEARING_RATE, language=self._language)
        return heard.text, heard.language or self._language

    async def _speak_along(self, wish: Wish) -> None:
        """Speaks a text while it is still coming, sentence by sentence."""
        sentences, size = Sentences(), 0
        while True:
            event = await self._next(self._patience.text)
            if event.kind == "synthesize-stop":
                break
            if event.kind == "synthesize-chunk":  # a `synthesize` in between repeats it all for older services
                piece: _Synthesize = event.read(_Synthesize)
                text = piece.text
                size += len(text)
                if size > MAX_TEXT:
                    raise BadRequest(f"This text does not end; {MAX_TEXT} characters are the most.")
                await self._speak(wish, sentences.add(text))
        await self._speak(wish, sentences.end())
        await self._stop()
        await self._send("synthesize-stopped", {})

    async def _speak(self, wish: Wish, sentences: list[str]) -> None:
        for sentence in sentences:
            async with aclosing(self._speech.say(sentence, wish, self._rate)) as sounds:
                async for sound in sounds:
                    await self._play(sound)

    async def _play(self, sound: Sound) -> None:
        form = {"rate": sound.rate, "width": 2, "channels": 1}
        if not self._rate:
            self._rate = sound.rate
            await self._send("audio-start", {**form, "timestamp": 0})
        await self._send("audio-chunk", form, sound.pcm)

    async def _stop(self) -> None:
        """Ends the sound; a text of which nothing can be said is a moment of silence."""
        if not self._rate:
            await self._play(Sound(pcm=bytes(HEARING_RATE // 5), rate=HEARING_RATE))
        self._rate = 0
        await self._send("audio-stop", {})

    async def _next(self, seconds: float) -> Event:
        try:
            async with asyncio.timeout(seconds):
                event = await self._events.get()
        except TimeoutError:
            raise Timeout(f"Nothing came for {seconds:.0f} s.") from None
        if isinstance(event, BadRequest):
            raise event
        return event

    async def _send(self, kind: str, data: dict[str, Any], payload: bytes = b"") -> None:
        try:
            await self._wire.send(Event(kind, data, payload), SEND_S)
        except OSError:
            raise _Gone from None

    async def _fail(self, error: HearthNetError) -> None:
        shown = InternalError() if type(error) is HearthNetError else error
        await self._send("error", {"text": shown.message, "code": shown.code})


def _wish(voice: _Voice | None) -> Wish:
    """A voice of ours stands for its language; one of another service is asked for by its name."""
    name = (voice.name or "")[:200] if voice else ""
    language = language_of_voice(name) or ((voice.language or "")[:20] if voice else "")
    return Wish(language=language, voice="" if language_of_voice(name) else name)


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise BadRequest(f"This text has {len(text)} characters; {MAX_TEXT} are the most.")
    return text
