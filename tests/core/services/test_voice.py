"""The node as a Wyoming server, used by the protocol's own client, with a bus behind it that hears and speaks as told."""

from __future__ import annotations

import asyncio
import re
from array import array
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.config.schema import VoiceSettings
from hearthnet_core.errors import HearthNetError, Unavailable
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import voice as module
from hearthnet_core.services.speech import Speech
from hearthnet_core.services.voice import Voice
from hearthnet_core.services.voice_info import INFO, LANGUAGES
from hearthnet_core.services.voice_session import PATIENT, Patience
from script.demo_parts.nodes import free_port

RUNTIME = SystemRuntime(1)
SOUND = b"\x10\x00" * 400


class Neighbourhood:
    """Stands where the bus stands. `calls` are what it was asked, `failure` what it fails with."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.failure: HearthNetError | None = None
        self.rates = [22_050]
        self.midway = False
        self.busy = asyncio.Event()
        self.waits = False
        self.left = asyncio.Event()

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        self.calls.append(call)
        contract = TRANSCRIBE if call.capability == "stt.transcribe" else SYNTHESIZE
        contract.check_request(call.body)
        if self.waits:
            self.busy.set()
            try:
                await asyncio.sleep(60)
            finally:
                self.left.set()
        if self.failure and not self.midway:
            raise self.failure
        if contract is TRANSCRIBE:
            yield Chunk("done", {"text": "is the water safe", "language": call.body["language"]})
            return
        rate = self.rates[(len(self.calls) - 1) % len(self.rates)]
        yield Chunk("audio", {"pcm": SOUND, "rate": rate})
        if self.failure:
            raise self.failure
        yield Chunk("audio", {"pcm": SOUND, "rate": rate})
        yield Chunk("done", {"rate": rate, "seconds": 0.1})

    @property
    def texts(self) -> list[str]:
        return [call.body["text"] for call in self.calls]


@pytest.fixture
def bus() -> Neighbourhood:
    return Neighbourhood()


@asynccontextmanager
async def served(bus: Neighbourhood, patience: Patience = PATIENT) -> AsyncIterator[AsyncTcpClient]:
    server = Voice(RUNTIME, Speech(RUNTIME, bus), VoiceSettings(port=0), patience)
    await server.listen()
    assert server.address is not None
    try:
        async with AsyncTcpClient(*server.address) as client:
            yield client
    finally:
        await server.aclose()


@pytest.fixture
async def client(bus: Neighbourhood) -> AsyncIterator[AsyncTcpClient]:
    async with served(bus) as made:
        yield made


async def say(client: AsyncTcpClient, *events: Any) -> None:
    for event in events:
        await client.write_event(event.event())


async def told(client: AsyncTcpClient, last: str) -> list[Event]:
    """What comes, up to the one of that type, an error or the end."""
    events: list[Event] = []
    async with asyncio.timeout(10):
        while (event := await client.read_event()) is not None:
            events.append(event)
            if event.type in (last, "error"):
                break
    return events


async def record(
    client: AsyncTcpClient, pcm: bytes, rate: int = 16_000, width: int = 2, channels: int = 1
) -> list[Event]:
    form = {"rate": rate, "width": width, "channels": channels}
    await say(client, Transcribe(language="en"), AudioStart(**form))
    for start in range(0, len(pcm), 32_000):
        await say(client, AudioChunk(audio=pcm[start : start + 32_000], **form))
    await say(client, AudioStop())
    return await told(client, "transcript")


def sound_of(events: list[Event]) -> bytes:
    return b"".join(AudioChunk.from_event(e).audio for e in events if AudioChunk.is_type(e.type))


async def test_it_is_one_program_that_hears_and_one_that_speaks_always_the_same(client: AsyncTcpClient) -> None:
    await say(client, Describe())
    (event,) = await told(client, "info")
    info = Info.from_event(event)
    assert [(p.name, p.version, [m.name for m in p.models]) for p in info.asr] == [
        ("HearthNet", "1", ["neighbourhood"])
    ]
    assert [(p.name, p.version, p.supports_synthesize_streaming) for p in info.tts] == [("HearthNet", "1", True)]
    assert info.asr[0].models[0].languages == list(LANGUAGES) == [v.languages[0] for v in info.tts[0].voices]
    assert event.data == INFO and all(p.installed for p in (*info.asr, *info.tts))


async def test_a_recording_is_heard_by_the_bus(client: AsyncTcpClient, bus: Neighbourhood) -> None:
    pcm = bytes(64_000)
    (event,) = await record(client, pcm)
    assert Transcript.from_event(event) == Transcript(text="is the water safe", language="en")
    assert bus.calls[0].body == {"audio": pcm, "rate": 16_000, "language": "en", "model": ""}


async def test_two_recordings_on_one_connection_are_two(client: AsyncTcpClient, bus: Neighbourhood) -> None:
    await record(client, bytes(3_200))
    await record(client, bytes(6_400))
    assert [len(call.body["audio"]) for call in bus.calls] == [3_200, 6_400]


async def test_other_formats_are_brought_to_16_khz_16_bit_and_one_channel(
    client: AsyncTcpClient, bus: Neighbourhood
) -> None:
    left_and_right = array("h", [1_000, 3_000] * 4_800).tobytes()
    await record(client, left_and_right, rate=48_000, channels=2)
    heard = array("h", bus.calls[0].body["audio"])
    assert len(heard) == 1_600 and set(heard[200:-200]) <= {1_999, 2_000, 2_001}
    await record(client, bytes([128, 255] * 800), width=1)
    assert array("h", bus.calls[1].body["audio"])[:2].tolist() == [0, 127 << 8]


async def test_a_recording_without_sound_asks_nobody(client: AsyncTcpClient, bus: Neighbourhood) -> None:
    (event,) = await record(client, b"")
    assert Transcript.from_event(event).text == "" and bus.calls == []


async def test_when_nobody_hears_the_client_is_told_in_a_sentence_and_may_ask_again(
    client: AsyncTcpClient, bus: Neighbourhood
) -> None:
    bus.failure = Unavailable("Nobody in reach hears.")
    (event,) = await record(client, bytes(3_200))
    assert Error.from_event(event) == Error(text="Nobody in reach hears.", code="unavailable")
    bus.failure = None
    (event,) = await record(client, bytes(3_200))
    assert Transcript.is_type(event.type)


async def test_a_text_is_spoken_sentence_by_sentence_without_marks(client: AsyncTcpClient, bus: Neighbourhood) -> None:
    await say(
        client,
        Synthesize(
            text="Store **water** [1]. Boil it, e.g. in a pot [2, 3].", voice=SynthesizeVoice(name="hearthnet-de")
        ),
    )
    events = await told(client, "audio-stop")
    assert [e.type for e in events] == ["audio-start", *["audio-chunk"] * 4, "audio-stop"]
    assert AudioStart.from_event(events[0]).rate == 22_050 and sound_of(events) == SOUND * 4
    assert bus.texts == ["Store water.", "Boil it, e.g. in a pot."]
    assert {(c.body["language"], c.body["voice"]) for c in bus.calls} == {("de", "")}


async def test_without_a_voice_the_text_says_its_language(client: AsyncTcpClient, bus: Neighbourhood) -> None:
    await say(client, Synthesize(text="Das Wasser ist nicht für die Kinder."))
    await told(client, "audio-stop")
    await say(client, Synthesize(text="This is not the water for that.", voice=SynthesizeVoice(name="lessac")))
    await told(client, "audio-stop")
    assert [(c.body["language"], c.body["voice"]) for c in bus.calls] == [("de", ""), ("", "lessac")]


async def test_a_text_that_is_still_written_is_spoken_as_it_comes(client: AsyncTcpClient, bus: Neighbourhood) -> None:
    await say(client, SynthesizeStart(voice=SynthesizeVoice(name="hearthnet-en")), SynthesizeChunk(text="Boil "))
    await say(client, SynthesizeChunk(text="it. Then le"))
    assert [e.type for e in await told(client, "audio-chunk")] == ["audio-start", "audio-chunk"]
    assert bus.texts == ["Boil it."]
    whole = "Boil it. Then let it cool"
    await say(client, SynthesizeChunk(text="t it cool"), Synthesize(text=whole), SynthesizeStop())
    events = await told(client, "synthesize-stopped")
    assert [e.type for e in events[-2:]] == ["audio-stop", "synthesize-stopped"]
    assert "audio-start" not in [e.type for e in events] and SynthesizeStopped.is_type(events[-1].type)
    assert bus.texts == ["Boil it.", "Then let it cool"], "the repetition for older services is not spoken"


async def test_sentences_of_different_voices_come_at_one_rate(client: AsyncTcpClient, bus: Neighbourhood) -> None:
    bus.rates = [22_050, 16_000]
    await say(client, Synthesize(text="First one. Second one."))
    events = await told(client, "audio-stop")
    assert {AudioChunk.from_event(e).rate for e in events if AudioChunk.is_type(e.type)} == {22_050}
    expected = len(SOUND) * 2 + len(SOUND) * 2 * 22_050 / 16_000
    assert len(sound_of(events)) == pytest.approx(expected, abs=8)


async def test_two_texts_on_one_connection_are_two_sounds(client: AsyncTcpClient, bus: Neighbourhood) -> None:
    bus.rates = [22_050, 16_000]
    for rate in bus.rates:
        await say(client, Synthesize(text="One."))
        events = await told(client, "audio-stop")
        assert AudioStart.from_event(events[0]).rate == AudioChunk.from_event(events[1]).rate == rate


async def test_a_text_of_which_nothing_can_be_said_is_a_moment_of_silence(
    client: AsyncTcpClient, bus: Neighbourhood
) -> None:
    await say(client, SynthesizeStart(), SynthesizeChunk(text="[1] ***"), SynthesizeStop())
    events = await told(client, "synthesize-stopped")
    assert [e.type for e in events] == ["audio-start", "audio-chunk", "audio-stop", "synthesize-stopped"]
    assert not any(sound_of(events)) and bus.calls == []


async def test_a_voice_that_breaks_off_ends_with_an_error_not_with_silence(
    client: AsyncTcpClient, bus: Neighbourhood
) -> None:
    bus.failure, bus.midway = Unavailable("The voice broke off."), True
    await say(client, Synthesize(text="Boil it. Then wait."))
    events = await told(client, "audio-stop")
    assert [e.type for e in events] == ["audio-start", "audio-chunk", "error"]
    assert await client.read_event() is None, "what this client would send next makes no sense"


async def test_a_client_that_leaves_ends_what_runs_for_it(bus: Neighbourhood) -> None:
    bus.waits = True
    async with served(bus) as client:
        await say(client, Synthesize(text="Boil it."))
        await bus.busy.wait()
        await client.disconnect()
        async with asyncio.timeout(0.2):
            await bus.left.wait()


@pytest.mark.parametrize(
    ("begun", "says"),
    [
        ([AudioStart(rate=16_000, width=2, channels=1)], "Nothing came"),
        ([SynthesizeStart()], "Nothing came"),
        ([AudioStart(rate=4_000, width=2, channels=1)], "4000 Hz"),
        ([AudioStart(rate=16_000, width=2, channels=99)], "99 channels"),
        ([AudioStart(rate=16_000, width=2, channels=1), AudioChunk(rate=8_000, width=2, channels=1, audio=b"ab")], "midway"),
        ([Synthesize(text="x" * 20_001)], "20000 are the most"),
        ([SynthesizeStart(), SynthesizeChunk(text="x" * 20_001)], "20000 characters"),
    ],
)  # fmt: skip
async def test_who_stalls_or_says_nonsense_is_told_and_let_go(bus: Neighbourhood, begun: list[Any], says: str) -> None:
    async with served(bus, Patience(idle=5, audio=0.1, text=0.1)) as client:
        await say(client, *begun)
        (event,) = await told(client, "none")
        assert says in Error.from_event(event).text
        assert await client.read_event() is None


CROWD = b'{"text":"' + b'","more":{},"more":[],"text":"' * 30_000 + b'"}'


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"x" * 100_000,
        b'{"type":"describe","data_length":99999999}\n',
        b'{"type":"synthesize","data_length":%d}\n' % len(CROWD) + CROWD,
    ],
)
async def test_what_is_no_wyoming_is_told_and_let_go(bus: Neighbourhood, raw: bytes) -> None:
    async with served(bus) as client:
        assert client._writer is not None
        client._writer.write(raw)
        (event,) = await told(client, "none")
        assert re.search("no Wyoming event|larger|more than it may", Error.from_event(event).text)


async def test_an_idle_client_is_let_go_without_a_word(bus: Neighbourhood) -> None:
    async with served(bus, Patience(idle=0.1)) as client:
        await say(client, Ping(text="x"))
        assert [Pong.from_event(e).text for e in await told(client, "none")] == ["x"]


async def test_a_recording_of_more_than_five_minutes_is_refused(
    client: AsyncTcpClient, bus: Neighbourhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hearthnet_core.services.voice_session.MAX_AUDIO_S", 1)
    (event,) = await record(client, bytes(2 * 16_000 + 2))
    assert "does not end" in Error.from_event(event).text and bus.calls == []


async def test_all_recordings_together_have_a_bound(bus: Neighbourhood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_HELD", 40_000)
    async with served(bus) as client:
        for _ in range(3):
            assert [e.type for e in await record(client, bytes(30_000))] == ["transcript"], "each gives its room back"
        (event,) = await record(client, bytes(64_000))
        assert Error.from_event(event).code == "capacity_exceeded"


async def test_one_client_too_many_is_told_so(bus: Neighbourhood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CLIENTS", 1)
    async with served(bus) as client:
        await say(client, Ping())
        await told(client, "pong")
        async with AsyncTcpClient(client.host, client.port) as second:
            (event,) = await told(second, "none")
            assert Error.from_event(event).code == "capacity_exceeded"


async def test_a_port_that_is_taken_is_a_problem_until_it_is_free(bus: Neighbourhood) -> None:
    port = free_port()
    other = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", port)
    voice = Voice(RUNTIME, Speech(RUNTIME, bus), VoiceSettings(port=port))
    changes: list[str] = []
    voice.changed.connect(lambda _: changes.append(voice.problem))
    await voice.listen()
    await voice.listen()
    assert voice.address is None and f":{port}: another program has it" in voice.problem
    other.close()
    await other.wait_closed()
    await voice.listen()
    assert voice.address == ("127.0.0.1", port) and changes[1:] == [""]
    await voice.aclose()


async def test_switched_off_it_does_not_listen(bus: Neighbourhood) -> None:
    voice = Voice(RUNTIME, Speech(RUNTIME, bus), VoiceSettings(enabled=False, port=0))
    await voice.listen()
    assert voice.address is None and voice.problem == ""


async def test_a_recording_that_comes_drop_by_drop_ends(bus: Neighbourhood) -> None:
    async with served(bus, Patience(idle=5, audio=5, recording=0.3)) as client:
        await say(client, AudioStart(rate=16_000, width=2, channels=1))
        for _ in range(5):
            await say(client, AudioChunk(rate=16_000, width=2, channels=1, audio=bytes(640)))
            await asyncio.sleep(0.03)
        async with asyncio.timeout(2):
            (event,) = await told(client, "none")
        assert re.search("not ended|Nothing came", Error.from_event(event).text)
