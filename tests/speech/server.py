"""A Wyoming service with real sound, on the protocol's own library, as the official ones are: `python -m
tests.speech.server PORT [--stt] [--tts] [--slow S] [--die-after BYTES]`. It hears with PocketSphinx and speaks with eSpeak."""

from __future__ import annotations

import argparse
import asyncio
import os
from functools import partial
from typing import Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.server import AsyncEventHandler, AsyncServer
from wyoming.tts import Synthesize

from tests.speech.sounds import RATE, Ear, speak

WHO = Attribution(name="tests", url="https://example.org")
SAMPLES = 1_024
SPOKEN_RATE = 22_050


def info(options: argparse.Namespace) -> Info:
    common: dict[str, Any] = {"attribution": WHO, "installed": True, "version": "1"}
    asr = AsrProgram(
        name="pocketsphinx",
        description="PocketSphinx",
        models=[AsrModel(name=options.model, description=None, languages=["en"], **common)],
        **common,
    )
    voices = [TtsVoice(name=f"espeak-{code}", description=None, languages=[code], **common) for code in ("en", "de")]
    tts = TtsProgram(name="espeak", description="eSpeak NG", voices=voices, **common)
    return Info(asr=[asr] if options.stt else [], tts=[tts] if options.tts else [])


class Handler(AsyncEventHandler):
    def __init__(self, options: argparse.Namespace, ear: Ear | None, *streams: Any) -> None:
        super().__init__(*streams)
        self._options = options
        self._ear = ear
        self._heard = bytearray()

    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self.write_event(info(self._options).event())
        elif Transcribe.is_type(event.type):
            self._heard.clear()
        elif AudioChunk.is_type(event.type):
            chunk = AudioChunk.from_event(event)
            if (chunk.rate, chunk.width, chunk.channels) != (RATE, 2, 1):
                await self.write_event(Error(text="16 kHz, 16 bit, mono only", code="format").event())
                return False
            self._heard += chunk.audio
        elif AudioStop.is_type(event.type) and self._ear is not None:
            await asyncio.sleep(self._options.slow)
            if self._options.die:
                os._exit(1)
            text = await asyncio.to_thread(self._ear.hear, bytes(self._heard))
            await self.write_event(Transcript(text=text).event())
            return False
        elif Synthesize.is_type(event.type) and self._options.tts:
            await self._speak(Synthesize.from_event(event))
        return True

    async def _speak(self, asked: Synthesize) -> None:
        name = asked.voice.name if asked.voice and asked.voice.name else "espeak-en"
        pcm = await asyncio.to_thread(speak, asked.text, name.removeprefix("espeak-"), SPOKEN_RATE)
        form = {"rate": SPOKEN_RATE, "width": 2, "channels": 1}
        await self.write_event(AudioStart(**form).event())
        for start in range(0, len(pcm), 2 * SAMPLES):
            await self.write_event(AudioChunk(audio=pcm[start : start + 2 * SAMPLES], **form).event())
        await self.write_event(AudioStop().event())


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--stt", action="store_true")
    parser.add_argument("--tts", action="store_true")
    parser.add_argument("--model", default="base")
    parser.add_argument("--slow", type=float, default=0.0, help="seconds before a transcript")
    parser.add_argument("--die", action="store_true", help="ends instead of giving a transcript")
    options = parser.parse_args()
    ear = Ear() if options.stt else None
    await AsyncServer.from_uri(f"tcp://127.0.0.1:{options.port}").run(partial(Handler, options, ear))


if __name__ == "__main__":
    asyncio.run(main())
