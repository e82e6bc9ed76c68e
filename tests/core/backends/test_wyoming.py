"""The client for any Wyoming service: what it says of itself, what it hears and speaks, and how it fails."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import msgspec
import pytest

from hearthnet_core.backends import wyoming
from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE, sound
from hearthnet_core.backends.wyoming import Patience, Wyoming, place
from hearthnet_core.backends.wyoming_found import FOUND, speech_services
from hearthnet_core.backends.wyoming_info import Info, quality_of_hearing, quality_of_voice
from hearthnet_core.backends.wyoming_info import heard as heard_by
from hearthnet_core.backends.wyoming_info import spoken as spoken_by
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.config.schema import SpeechSettings
from hearthnet_core.errors import BadRequest, SchemaMismatch, Timeout, Unavailable
from hearthnet_core.runtime import SystemRuntime
from script.demo_parts.nodes import free_port

from .wyoming_server import PIECE, PIECES, RATE, WyomingServer

RUNTIME = SystemRuntime(1)
PCM = array("h", [int(9_000 * math.sin(n / 5)) for n in range(16_000)]).tobytes()
SHORT = Patience(first=0.3, gap=0.3)


@pytest.fixture
async def server() -> AsyncIterator[WyomingServer]:
    async with WyomingServer().serving() as made:
        yield made


async def service(server: WyomingServer, **options: Any) -> Wyoming:
    made = Wyoming("whisper", (server.url,), RUNTIME, **{"patience": SHORT, **options})
    await made.probe()
    return made


async def told(engine: Wyoming, capability: str, **body: Any) -> list[Chunk]:
    call = Call(id="x", capability=capability, deadline=1e9, body=body)
    async with aclosing(engine.stream(call)) as chunks:
        return [chunk async for chunk in chunks]


async def heard(engine: Wyoming, **body: Any) -> dict[str, Any]:
    return (await told(engine, "stt.transcribe", audio=PCM, **body))[-1].data


async def spoken(engine: Wyoming, **body: Any) -> list[Chunk]:
    return await told(engine, "tts.synthesize", text="The water is safe.", **body)


async def test_it_offers_what_the_service_describes(server: WyomingServer) -> None:
    engine = await service(server)
    hears, speaks = engine.offer(TRANSCRIBE), engine.offer(SYNTHESIZE)
    assert hears.available and hears.models == ("base-int8",)
    assert speaks.available and speaks.models == ("de_DE-thorsten-medium", "en_US-lessac-medium")
    assert not hears.internet


async def test_one_that_only_hears_does_not_offer_to_speak(server: WyomingServer) -> None:
    server.voices = {}
    engine = await service(server)
    assert engine.offer(TRANSCRIBE).available
    assert engine.offer(SYNTHESIZE).reason == "whisper cannot speak."


@pytest.mark.parametrize(
    ("model", "quality"), [("tiny-int8", 0.35), ("Systran/faster-whisper-large-v3", 0.8), ("mybest", 0.5)]
)
async def test_a_larger_model_counts_as_better(server: WyomingServer, model: str, quality: float) -> None:
    server.models = {model: ["en"]}
    assert (await service(server)).offer(TRANSCRIBE).quality == quality
    assert (await service(server, quality=0.1)).offer(TRANSCRIBE).quality == 0.1


async def test_a_recording_becomes_words_in_the_language_asked_for(server: WyomingServer) -> None:
    done = await heard(await service(server), language="de-AT")
    assert done == {"text": "Is the water safe?", "language": "de", "model": "base-int8"}
    (asked,) = [e for e in server.asked if e.type == "transcribe"]
    assert asked.data == {"name": "base-int8", "language": "de"}
    assert server.pcm == PCM


async def test_a_recording_at_another_rate_is_brought_to_16_khz(server: WyomingServer) -> None:
    await heard(await service(server), rate=48_000)
    forms = {(e.data["rate"], e.data["width"], e.data["channels"]) for e in server.asked if e.type == "audio-chunk"}
    assert forms == {(16_000, 2, 1)} and abs(len(server.pcm) - len(PCM) / 3) <= 2


async def test_five_minutes_of_sound_arrive_whole(server: WyomingServer) -> None:
    engine = await service(server, patience=Patience())
    long = bytes(300 * 2 * 16_000)
    await told(engine, "stt.transcribe", audio=long)
    assert len(server.pcm) == len(long)


async def test_what_a_service_tells_while_it_hears_is_passed_on(server: WyomingServer) -> None:
    server.mode = "streams"
    chunks = await told(await service(server), "stt.transcribe", audio=PCM)
    assert [c.data["text"] for c in chunks[:-1]] == ["Is the ", "water safe?"]
    assert chunks[-1].data["text"] == "Is the water safe?"


async def test_a_language_it_does_not_know_is_for_somebody_else(server: WyomingServer) -> None:
    engine = await service(server)
    with pytest.raises(SchemaMismatch, match="'fr'"):
        await heard(engine, language="fr")
    with pytest.raises(SchemaMismatch, match="'fr'"):
        await spoken(engine, language="fr")
    with pytest.raises(SchemaMismatch, match="nobody"):
        await spoken(engine, voice="nobody")


@pytest.mark.parametrize("streams", [False, True])
async def test_words_become_sound_in_even_pieces(server: WyomingServer, streams: bool) -> None:
    server.streams = streams
    *audio, done = await spoken(await service(server), language="en")
    pieces = [sound(chunk.data) for chunk in audio]
    assert b"".join(p.pcm for p in pieces) == PIECE * PIECES
    assert {p.rate for p in pieces} == {RATE} and len(pieces[0].pcm) == int(RATE * 0.2) * 2
    assert done.data["voice"] == "en_US-lessac-medium"
    assert done.data["seconds"] == pytest.approx(len(PIECE) * PIECES / 2 / RATE)


async def test_a_voice_that_is_listed_but_not_there_gives_way_to_the_next(server: WyomingServer) -> None:
    server.voices = {"en_GB-a-medium": ["en_GB"], "en_US-b-low": ["en_US"]}
    server.broken = {"en_GB-a-medium"}
    assert (await spoken(await service(server), language="en"))[-1].data["voice"] == "en_US-b-low"
    server.broken = set(server.voices)
    with pytest.raises(Unavailable, match="no file for"):
        await spoken(await service(server), language="en")


async def test_only_the_voices_named_are_used(server: WyomingServer) -> None:
    engine = await service(server, models=("EN_us-lessac-medium",))
    assert engine.offer(SYNTHESIZE).models == ("en_US-lessac-medium",)
    assert (await spoken(engine))[-1].data["voice"] == "en_US-lessac-medium"


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("error", 'whisper failed: "Out of <b>memory</b> now"'),
        ("nonsense", "answers nonsense"),
        ("huge", "answers nonsense"),
        ("endless", "answers nonsense"),
        ("negative", "answers nonsense"),
        ("wrong_shape", "answers nonsense"),
        ("deep", "answers nonsense"),
        ("dies", "broke off|before it said"),
    ],
)
async def test_every_fault_is_one_sentence(server: WyomingServer, mode: str, says: str) -> None:
    engine = await service(server)
    server.mode = mode
    with pytest.raises(Unavailable, match=says):
        await heard(engine)


async def test_one_that_hangs_is_given_up_with_signs_of_life_until_then(
    server: WyomingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wyoming, "ALIVE_EVERY_S", 0.1)
    engine = await service(server)
    server.mode = "hangs"
    alive: list[str] = []
    with pytest.raises(Timeout, match="silent"):
        async with aclosing(
            engine.stream(Call(id="x", capability="stt.transcribe", deadline=1e9, body={"audio": PCM}))
        ) as chunks:
            async for chunk in chunks:
                alive.append(chunk.event)
    assert set(alive) == {"progress"} and len(alive) >= 2


@pytest.mark.parametrize(
    ("mode", "says"),
    [("dies_midway", "broke off in mid-sentence"), ("hangs_midway", "silent"), ("pitch", "changes the pitch")],
)
async def test_what_breaks_in_mid_sentence_was_heard_until_there(server: WyomingServer, mode: str, says: str) -> None:
    engine = await service(server)
    server.mode = mode
    came = 0
    with pytest.raises((Unavailable, Timeout), match=says):
        async with aclosing(
            engine.stream(Call(id="x", capability="tts.synthesize", deadline=1e9, body={"text": "Hello."}))
        ) as chunks:
            async for chunk in chunks:
                came += chunk.event == "audio"
    assert came > 0 or mode == "pitch"


async def test_closing_the_call_closes_the_connection_at_once(server: WyomingServer) -> None:
    engine = await service(server, patience=Patience())
    server.mode = "hangs_midway"
    async with aclosing(
        engine.stream(Call(id="x", capability="tts.synthesize", deadline=1e9, body={"text": "Hello."}))
    ) as chunks:
        await anext(chunks)
        await server.working.wait()
    async with asyncio.timeout(0.2):
        await server.gone.wait()
    assert engine.offer(SYNTHESIZE).load == 0


async def test_it_is_withdrawn_when_gone_and_back_when_it_is_back() -> None:
    server, port = WyomingServer(), free_port()
    async with server.serving(port):
        engine = await service(server)
        assert engine.offer(TRANSCRIBE).available
    with pytest.raises(Unavailable, match=f"127.0.0.1:{port}"):
        await heard(engine)
    assert not engine.offer(TRANSCRIBE).available
    async with server.serving(port):
        await engine.probe()
        assert engine.offer(TRANSCRIBE).available


async def test_one_that_is_too_busy_to_answer_a_probe_keeps_its_offer_for_a_while(
    server: WyomingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wyoming, "PROBE_S", 0.05)
    engine = await service(server)
    server.mode = "silent"
    for expected in (True, True, False):
        await engine.probe()
        assert engine.offer(TRANSCRIBE).available is expected
    assert "does not say what it can do" in engine.offer(TRANSCRIBE).reason


async def test_what_is_no_wyoming_service_says_so(server: WyomingServer) -> None:
    server.mode = "http"
    assert "is no Wyoming service" in (await service(server)).offer(TRANSCRIBE).reason


async def test_a_node_is_no_engine_of_a_node(server: WyomingServer) -> None:
    server.program = "HearthNet"
    offer = (await service(server)).offer(TRANSCRIBE)
    assert not offer.available and "asks its neighbours itself" in offer.reason


FASTER_WHISPER = {
    "asr": [
        {
            "name": "faster-whisper", "installed": True, "version": "3.8.1", "requires_external_vad": True,
            "description": "Faster Whisper transcription with CTranslate2", "supports_transcript_streaming": False,
            "prefers_auto_gain_enabled": True, "prefers_noise_reduction_enabled": True,
            "attribution": {"name": "Guillaume Klein", "url": "https://github.com/guillaumekln/faster-whisper/"},
            "models": [
                {
                    "name": "Systran/faster-whisper-small", "description": "Systran/faster-whisper-small", "version": "1.2.1",
                    "attribution": {"name": "Systran", "url": "https://huggingface.co/Systran"}, "installed": True,
                    "languages": ["af", "de", "en", "yue", "zh"],
                }
            ],
        }
    ],
    "tts": [], "handle": [], "intent": [], "wake": [], "mic": [], "snd": [],
}  # fmt: skip
PIPER = {
    "asr": [],
    "tts": [
        {
            "name": "piper", "installed": True, "version": "2.5.2", "supports_synthesize_streaming": True,
            "description": "A fast, local, neural text to speech engine",
            "attribution": {"name": "rhasspy", "url": "https://github.com/rhasspy/piper"},
            "voices": [
                {
                    "name": f"{language}-voice{n}-{quality}", "description": "voice", "version": None, "installed": True,
                    "attribution": {"name": "rhasspy", "url": "https://github.com/rhasspy/piper"},
                    "languages": [language], "speakers": [{"name": str(s)} for s in range(n)] or None,
                }
                for n in range(11) for language in ("de_DE", "en_GB", "en_US", "fr_FR") for quality in ("x_low", "low", "medium", "high")
            ],
        }
    ],
    "handle": [], "intent": [], "wake": [], "mic": [], "snd": [],
}  # fmt: skip
"""As wyoming-faster-whisper 3.8.1 and wyoming-piper 2.5.2 describe themselves by their source; Piper lists all voices there
are (176) as installed, and sends some 90 KB."""


async def test_what_the_official_services_say_of_themselves_is_understood() -> None:
    hears = heard_by(msgspec.convert(FASTER_WHISPER, Info), ())
    assert hears is not None and hears.names == ("Systran/faster-whisper-small",)
    assert quality_of_hearing(hears) == 0.55 and hears.fitting("w", "", "de-DE")[0][1] == "de"
    speaks = spoken_by(msgspec.convert(PIPER, Info), ())
    assert speaks is not None and speaks.streams and len(speaks.names) == 64
    assert quality_of_voice(speaks) == 0.5, "which of its voices will speak is not known"
    assert [v for v, _ in speaks.fitting("p", "", "de")][:2] == ["de_DE-voice0-medium", "de_DE-voice1-medium"]
    assert spoken_by(msgspec.convert(FASTER_WHISPER, Info), ()) is None


async def test_a_description_of_many_voices_crosses_the_wire(server: WyomingServer) -> None:
    server.voices = {v["name"]: v["languages"] for v in PIPER["tts"][0]["voices"]}  # type: ignore[index, call-overload]
    assert (await service(server)).offer(SYNTHESIZE).available


async def test_services_of_this_machine_are_looked_for_on_their_ports_only_when_told() -> None:
    nobody = lambda _: ""  # noqa: E731
    assert speech_services((), nobody, RUNTIME, auto=False) == []
    found = speech_services((), nobody, RUNTIME, auto=True)
    assert [(s.name, [c.name for c in s.contracts]) for s in found] == [
        ("whisper", ["stt.transcribe"]),
        ("piper", ["tts.synthesize"]),
    ]
    assert [ports for _, _, ports in FOUND] == [(17300, 10300), (17200, 10200)]


async def test_one_that_may_be_in_two_places_is_found_in_either(server: WyomingServer) -> None:
    away = f"tcp://127.0.0.1:{free_port()}"
    engine = Wyoming("whisper", (away, server.url), RUNTIME, contracts=(TRANSCRIBE,))
    await engine.probe()
    assert engine.offer(TRANSCRIBE).available
    nowhere = Wyoming("whisper", (away, f"tcp://127.0.0.1:{free_port()}"), RUNTIME, contracts=(TRANSCRIBE,))
    await nowhere.probe()
    assert nowhere.offer(TRANSCRIBE).reason.startswith("No whisper service listens on this machine (ports ")


@pytest.mark.parametrize(
    "url", ["http://a:1", "tcp://a", "tcp://:1", "tcp://u:p@a:1", "tcp://a:1/x", "tcp://a:99999", ""]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadRequest, match="tcp://127"):
        place(url)


def test_two_services_of_one_name_are_refused() -> None:
    one = SpeechSettings(kind="wyoming", url="tcp://127.0.0.1:1", name="a")
    with pytest.raises(BadRequest, match="'a'"):
        speech_services((one, one), lambda _: "", RUNTIME, auto=False)
