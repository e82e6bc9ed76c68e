"""Speech by any Wyoming service: faster-whisper and others hear (`stt.transcribe`), Piper and others speak
(`tts.synthesize`). One connection a request; closing it is what cancels the work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

import msgspec
import yarl

from hearthnet_core.backends.address import MAX_URL, is_internet
from hearthnet_core.backends.refusal import quoted
from hearthnet_core.backends.sound import check_format, mono16, resampled
from hearthnet_core.backends.speech import (
    SOUND_S,
    SYNTHESIZE,
    TRANSCRIBE,
    SynthesizeDone,
    SynthesizeRequest,
    TranscribeDone,
    TranscribeRequest,
)
from hearthnet_core.backends.wyoming_info import Ability, Info, heard, quality_of_hearing, quality_of_voice, spoken
from hearthnet_core.backends.wyoming_wire import Audio, Event, Wire
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, HearthNetError, NotImplementedHere, Timeout, Unavailable
from hearthnet_core.runtime import Runtime

CONNECT_S = 3.0
PROBE_S = 3.0
SILENT_PROBES = 3
"""Piper answers nothing while it speaks: it is gone only when it stays silent."""
ALIVE_EVERY_S = 2.0
SEND_S = 20.0
WAIT_S = 110.0
"""For the first sound or the transcript: a large model on a small machine."""
GAP_S = 20.0
HEARING_RATE = 16_000
PIECE = 32 * 1024
MAX_SPOKEN_S = 1_800
MAX_TEXT = 64_000
VOICES_TRIED = 3
"""Of those that know the language: a catalogue lists voices that were never downloaded."""


class Patience(msgspec.Struct, frozen=True):
    """Seconds of silence until the first result, and between two."""

    first: float = WAIT_S
    gap: float = GAP_S


PATIENT = Patience()


class _Text(msgspec.Struct, frozen=True):
    text: str
    language: str | None = None


class Wyoming:
    """`urls` are places where the one service may be, in order; `models` are the only models or voices to use. `quality`
    None: as its model's name says."""

    def __init__(
        self,
        name: str,
        urls: tuple[str, ...],
        runtime: Runtime,
        *,
        contracts: tuple[Contract, ...] = (TRANSCRIBE, SYNTHESIZE),
        models: tuple[str, ...] = (),
        slots: int = 1,
        quality: float | None = None,
        patience: Patience = PATIENT,
    ) -> None:
        """Raises `BadRequest` for an address that is none."""
        self.name = name
        self.contracts = contracts
        self._places = tuple(place(url) for url in urls)
        self._internet = any(is_internet(url) for url in urls)
        self._runtime = runtime
        self._models = models
        self._slots = slots
        self._quality = quality
        self._patience = patience
        self._at = self._places[0]
        self._abilities: dict[str, Ability] = {}
        self._reason = f"{name} was not asked yet what it can do."
        self._silent = 0
        self._in_flight = 0

    async def probe(self) -> None:
        if self._in_flight:
            return
        problems: list[HearthNetError] = []
        for at in dict.fromkeys((self._at, *self._places)):
            try:
                info = await self._described(at)
            except TimeoutError:
                self._silent += 1
                if self._abilities and self._silent < SILENT_PROBES:
                    return
                problems.append(
                    Unavailable(f"{self.name} at {_shown(at)} does not say what it can do; start it again.")
                )
            except HearthNetError as error:
                problems.append(error)
            else:
                self._at, self._silent = at, 0
                self._learn(info)
                return
        worst = next((p for p in problems if not isinstance(p, _Nothing)), problems[0])
        self._abilities = {}
        self._reason = worst.message
        if len(self._places) > 1 and isinstance(worst, _Nothing):
            ports = " and ".join(str(port) for _, port in self._places)
            self._reason = f"No {self.name} service listens on this machine (ports {ports})."

    def offer(self, contract: Contract) -> Offer:
        ability = self._abilities.get(contract.name)
        reason = ""
        if ability is None:
            does = "hear" if contract is TRANSCRIBE else "speak"
            reason = f"{self.name} cannot {does}." if self._abilities else self._reason
        measure = quality_of_hearing if contract is TRANSCRIBE else quality_of_voice
        quality = self._quality if self._quality is not None else measure(ability) if ability else 0.5
        names = ability.names if ability else ()
        return Offer(
            capability=contract.name,
            version=contract.version,
            provider=self.name,
            models=names,
            loaded=names,
            quality=quality,
            internet=self._internet,
            slots=self._slots,
            load=min(1.0, self._in_flight / self._slots),
            available=ability is not None,
            reason=reason,
        )

    async def close(self) -> None:
        """A connection ends with the call it was made for."""

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        ability = self._abilities.get(call.capability)
        if call.capability not in (TRANSCRIBE.name, SYNTHESIZE.name):
            raise NotImplementedHere(f"{self.name} does not do {call.capability}.")
        if ability is None:
            raise Unavailable(self._reason or f"{self.name} does not do {call.capability}.")
        work = self._transcribe if call.capability == TRANSCRIBE.name else self._synthesize
        self._in_flight += 1
        try:
            async with aclosing(work(call, ability)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except OSError:
            raise Unavailable(f"{self.name} broke off; is it still running?") from None
        finally:
            self._in_flight -= 1

    async def _transcribe(self, call: Call, ability: Ability) -> AsyncGenerator[Chunk]:
        request = TRANSCRIBE.read(call.body, TranscribeRequest)
        model, language = ability.fitting(self.name, request.model, request.language)[0]
        pcm = request.audio[: len(request.audio) // 2 * 2]
        if request.rate != HEARING_RATE:
            pcm = await self._runtime.offload(resampled, pcm, request.rate, HEARING_RATE)
        wish = {key: value for key, value in (("name", model), ("language", language)) if value}
        form: dict[str, object] = {"rate": HEARING_RATE, "width": 2, "channels": 1}
        async with self._connected() as wire:
            try:
                await wire.send(Event("transcribe", wish), SEND_S)
                await wire.send(Event("audio-start", form), SEND_S)
                for start in range(0, len(pcm), PIECE):
                    await wire.send(Event("audio-chunk", form, pcm[start : start + PIECE]), SEND_S)
                await wire.send(Event("audio-stop"), SEND_S)
            except ConnectionError:
                pass  # one that hears where a sentence ends may have answered and gone; its answer is read below
            parts: list[str] = []
            async with aclosing(self._events(wire)) as events:
                async for event in events:
                    if isinstance(event, Chunk):
                        yield event
                    elif event.kind == "transcript-chunk":
                        parts.append(event.read(_Text).text)
                        if sum(map(len, parts)) > MAX_TEXT:
                            raise Unavailable(f"{self.name} does not come to an end.")
                        yield Chunk("delta", {"text": parts[-1]})
                    elif event.kind == "transcript" or (event.kind == "transcript-stop" and parts):
                        said = event.read(_Text) if event.kind == "transcript" else _Text("".join(parts))
                        done = TranscribeDone(
                            text=said.text.strip()[:MAX_TEXT], language=(said.language or language)[:20], model=model
                        )
                        yield Chunk("done", msgspec.to_builtins(done))
                        return
        raise Unavailable(f"{self.name} ended before it said what it heard.")

    async def _synthesize(self, call: Call, ability: Ability) -> AsyncGenerator[Chunk]:
        request = SYNTHESIZE.read(call.body, SynthesizeRequest)
        voices = ability.fitting(self.name, request.voice, request.language)[:VOICES_TRIED]
        for n, (voice, _) in enumerate(voices, 1):
            told = False
            try:
                async with aclosing(self._spoken(request.text, voice, ability.streams)) as chunks:
                    async for chunk in chunks:
                        told = told or chunk.event == "audio"
                        yield chunk
                return
            except _Refused:
                if told or n == len(voices):
                    raise

    async def _spoken(self, text: str, voice: str, streams: bool) -> AsyncGenerator[Chunk]:
        wish = {"voice": {"name": voice}} if voice else {}
        asked = [Event("synthesize", {"text": text, **wish})]
        if streams:
            asked = [Event("synthesize-start", wish), Event("synthesize-chunk", {"text": text}), *asked]
            asked.append(Event("synthesize-stop"))
        rate, held, samples = 0, bytearray(), 0
        async with self._connected() as wire:
            for each in asked:
                await wire.send(each, SEND_S)
            async with aclosing(self._events(wire)) as events:
                async for event in events:
                    if isinstance(event, Chunk):
                        yield event
                    elif event.kind == "audio-chunk":
                        audio: Audio = event.read(Audio)
                        check_format(audio.rate, audio.width, audio.channels)
                        if audio.rate != (rate or audio.rate):
                            raise Unavailable(f"{self.name} changes the pitch in mid-sentence; start it again.")
                        rate = audio.rate
                        held += mono16(event.payload, audio.width, audio.channels)
                        if samples > MAX_SPOKEN_S * rate:
                            raise Unavailable(f"{self.name} does not come to an end.")
                        size = int(SOUND_S * rate) * 2
                        while len(held) >= size:
                            yield Chunk("audio", {"pcm": bytes(held[:size]), "rate": rate})
                            samples += size // 2
                            del held[:size]
                    elif event.kind == ("synthesize-stopped" if streams else "audio-stop"):
                        if not rate:
                            raise Unavailable(f"{self.name} made no sound of this.")
                        if held:
                            yield Chunk("audio", {"pcm": bytes(held), "rate": rate})
                        done = SynthesizeDone(rate=rate, seconds=(samples + len(held) // 2) / rate, voice=voice)
                        yield Chunk("done", msgspec.to_builtins(done))
                        return
        raise Unavailable(f"{self.name} broke off in mid-sentence; is it still running?")

    async def _events(self, wire: Wire) -> AsyncGenerator[Event | Chunk]:
        """What comes until the end, with a sign of life while nothing does. Raises what the service refuses with."""
        clock = asyncio.get_running_loop()
        began, patience = clock.time(), self._patience.first
        while True:
            try:
                left = began + patience - clock.time()
                event = await wire.next(max(0.0, min(ALIVE_EVERY_S, left)))
            except TimeoutError:
                if clock.time() - began >= patience:
                    raise Timeout(f"{self.name} has been silent for {patience:.0f} s.") from None
                yield Chunk("progress", {"step": "working"})
                continue
            if event is None:
                return
            if event.kind == "error":
                raise _Refused(f"{self.name} failed{quoted(str(event.data.get('text', '')))}.")
            began, patience = clock.time(), self._patience.gap
            yield event

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[Wire]:
        """For one request. What comes over it and is no sense is the service's fault."""
        try:
            wire = await self._open(self._at)
        except _Nothing:
            self._abilities = {}
            self._reason = f"{self.name} does not answer at {_shown(self._at)}; start it, or correct its address."
            raise Unavailable(self._reason) from None
        try:
            yield wire
        except BadRequest as wrong:
            raise Unavailable(f"{self.name} answers nonsense. {wrong.message}") from None
        finally:
            await wire.close(at_once=True)

    async def _open(self, at: tuple[str, int]) -> Wire:
        try:
            async with asyncio.timeout(CONNECT_S):
                return Wire(*await asyncio.open_connection(*at))
        except OSError:
            raise _Nothing(f"Nothing answers at {_shown(at)}; start {self.name}, or correct its address.") from None

    async def _described(self, at: tuple[str, int]) -> Info:
        """Raises `TimeoutError` for one that listens and says nothing, `HearthNetError`."""
        wire = await self._open(at)
        try:
            async with asyncio.timeout(PROBE_S):
                await wire.send(Event("describe"), PROBE_S)
                while (event := await wire.next(PROBE_S)) is not None:
                    if event.kind == "info":
                        return event.read(Info)
        except (ConnectionError, BadRequest):
            pass
        finally:
            await wire.close(at_once=True)
        raise Unavailable(f"What answers at {_shown(at)} is no Wyoming service.")

    def _learn(self, info: Info) -> None:
        try:
            found = {TRANSCRIBE.name: heard(info, self._models), SYNTHESIZE.name: spoken(info, self._models)}
        except BadRequest as wrong:
            self._abilities, self._reason = {}, wrong.message
            return
        wanted = {contract.name for contract in self.contracts}
        self._abilities = {name: able for name, able in found.items() if able is not None and name in wanted}
        what = f" called {' or '.join(self._models)}" if self._models else ""
        self._reason = "" if self._abilities else f"{self.name} runs but has no model or voice{what}."[:300]


class _Nothing(Unavailable):
    """Nobody is there."""


class _Refused(Unavailable):
    """The service said itself that it cannot do this."""


def place(url: str) -> tuple[str, int]:
    """(host, port) of `tcp://host:port`. Raises `BadRequest`."""
    try:
        parsed = yarl.URL(url[:MAX_URL])
        fits = parsed.scheme == "tcp" and parsed.host and parsed.explicit_port and parsed.path in ("", "/")
    except ValueError:
        fits = False
    if not fits or parsed.user or parsed.password:
        raise BadRequest(f"{url[:80]!r} is no address of a Wyoming service; write it like tcp://127.0.0.1:10300.")
    return str(parsed.host), int(parsed.explicit_port or 0)


def _shown(at: tuple[str, int]) -> str:
    return f"{at[0]}:{at[1]}"
