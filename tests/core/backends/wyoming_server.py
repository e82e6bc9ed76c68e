"""A Wyoming service on the protocol's own library, faults included. `mode` says what the next requests meet."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.tts import Synthesize, SynthesizeStop, SynthesizeStopped

WHO: dict[str, Any] = {"attribution": Attribution(name="tests", url=""), "installed": True, "version": "1"}
RATE = 22_050
PIECE = bytes(range(256)) * 8
PIECES = 8


class WyomingServer:
    """`asked` are the events that came, `gone` is set when a client left in the middle."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.models: dict[str, list[str]] = {"base-int8": ["en", "de"]}
        self.voices: dict[str, list[str]] = {"de_DE-thorsten-medium": ["de_DE"], "en_US-lessac-medium": ["en_US"]}
        self.program = "faster-whisper"
        self.streams = False
        self.broken: set[str] = set()
        self.asked: list[Event] = []
        self.pcm = b""
        self.gone = asyncio.Event()
        self.working = asyncio.Event()
        self.url = ""

    def info(self) -> Info:
        models = [AsrModel(name=n, description=n, languages=ls, **WHO) for n, ls in self.models.items()]
        voices = [TtsVoice(name=n, description=n, languages=ls, **WHO) for n, ls in self.voices.items()]
        asr = AsrProgram(name=self.program, description="", models=models, **WHO)
        tts = TtsProgram(name="piper", description="", voices=voices, supports_synthesize_streaming=self.streams, **WHO)
        return Info(asr=[asr] if models else [], tts=[tts] if voices else [])

    @contextlib.asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[WyomingServer]:
        server = await asyncio.start_server(self._client, "127.0.0.1", port)
        self.url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            server.abort_clients()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while (event := await async_read_event(reader)) is not None:
                self.asked.append(event)
                if not await self._answer(event, reader, writer):
                    break
        writer.close()

    async def _answer(self, event: Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if Describe.is_type(event.type):
            return await self._describe(reader, writer)
        if Transcribe.is_type(event.type):
            self.pcm = b""
        elif AudioChunk.is_type(event.type):
            self.pcm += event.payload or b""
        elif AudioStop.is_type(event.type):
            return await self._heard(reader, writer)
        elif SynthesizeStop.is_type(event.type) or (Synthesize.is_type(event.type) and not self.streams):
            return await self._speak(reader, writer)
        return True

    async def _describe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        match self.mode:
            case "http":
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return False
            case "silent":
                await reader.read(1)
            case _:
                await async_write_event(self.info().event(), writer)
        return True

    async def _heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if await self._fault(reader, writer):
            return False
        if self.mode == "streams":
            await async_write_event(TranscriptStart(language="en").event(), writer)
            for piece in ("Is the ", "water safe?"):
                await async_write_event(TranscriptChunk(text=piece).event(), writer)
            await async_write_event(TranscriptStop().event(), writer)
            return False
        await async_write_event(Transcript(text=" Is the water safe? ").event(), writer)
        return False

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = [e for e in self.asked if e.type in ("synthesize-start", "synthesize")]
        voice = asked[-1].data.get("voice", {}).get("name", "")
        if voice in self.broken:
            await async_write_event(Error(text=f"no file for {voice}", code="FileNotFoundError").event(), writer)
            return False
        if await self._fault(reader, writer):
            return False
        form = {"rate": RATE, "width": 2, "channels": 1}
        await async_write_event(AudioStart(**form).event(), writer)
        for n in range(PIECES):
            if self.mode == "pitch" and n == 4:
                form["rate"] = 16_000
            await async_write_event(AudioChunk(audio=PIECE, **form).event(), writer)
            if self.mode == "dies_midway" and n == 6:
                return False
            if self.mode == "hangs_midway" and n == 6:
                self.working.set()
                if not await reader.read(1):
                    self.gone.set()
                return False
        await async_write_event(AudioStop().event(), writer)
        if self.streams:
            await async_write_event(SynthesizeStopped().event(), writer)
        return True

    async def _fault(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the mode was answered with something else than an answer."""
        lines = {
            "nonsense": b"this is not JSON\n",
            "huge": json.dumps({"type": "transcript", "data_length": 1 << 40}).encode() + b"\n",
            "endless": b"x" * 200_000,
            "negative": b'{"type": "audio-chunk", "payload_length": -5}\n',
            "wrong_shape": b'{"type": "transcript", "data": {"text": 7}}\n{"type": "audio-chunk", "data": {"rate": "x"}}\n',
            "deep": b'{"type": "transcript", "data": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}\n",
        }
        if self.mode == "error":
            await async_write_event(Error(text="Out of <b>memory</b>\nnow", code="x").event(), writer)
        elif self.mode in lines:
            writer.write(lines[self.mode])
            await writer.drain()
        elif self.mode == "hangs":
            self.working.set()
            if not await reader.read(1):
                self.gone.set()
        elif self.mode == "dies":
            writer.transport.abort()
        else:
            return False
        return True
