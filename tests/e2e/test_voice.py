"""A spoken question through a real Home Assistant's own Wyoming integration: heard, answered and spoken by the neighbourhood,
with real sound from end to end. Alice has no engine at all; Bob next door hears, answers and speaks, Carol only hears."""

from __future__ import annotations

import asyncio
import io
import subprocess
import wave
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from script.demo_parts.browser import chromium, signed_in
from script.demo_parts.home_assistant import HomeAssistant
from script.demo_parts.nodes import PYTHON, ROOT, NodeProcess, free_port, join
from tests.core.backends.openai_server import OpenAIServer
from tests.e2e.test_browser import by
from tests.speech.process import SpeechProcess
from tests.speech.sounds import QUESTIONS, RATE, speak

QUESTION = QUESTIONS[0]
PIECE = RATE // 5 * 2
ANSWER = "you can keep water for six months boil it when you are in doubt"
OTHERS = ("you can keep water for six months", "nobody can answer now", "ask a neighbour for help", "close the windows")
pytestmark = pytest.mark.asyncio(loop_scope="module")


class World:
    def __init__(self, folder: Path) -> None:
        quiet: dict[str, Any] = {"engines_auto": False, "connectivity": {"enabled": False}}
        self.ear, self.mouth = SpeechProcess("--stt", "--model", "large-v3"), SpeechProcess("--tts")
        self.carols = SpeechProcess("--stt", "--model", "tiny-int8")
        self.voice = free_port()
        hears = {"kind": "wyoming", "url": self.ear.url, "name": "whisper"}
        speaks = {"kind": "wyoming", "url": self.mouth.url, "name": "piper"}
        self.alice = NodeProcess(
            "Alice", folder, {**quiet, "extractive": {"when": "never"}, "voice": {"port": self.voice}}
        )
        engine = OpenAIServer()
        engine.pieces = ("You can keep", " water for six months [1]", ". **Boil** it when", " you are in doubt [1, 2].")
        self.engine = TestServer(engine.app(), host="127.0.0.1", port=free_port())
        answers = {"kind": "openai_compatible", "url": f"http://127.0.0.1:{self.engine.port}"}
        self.bob = NodeProcess(
            "Bob", folder, {**quiet, "extractive": {"when": "never"}, "engines": [answers], "speech": [hears, speaks]}
        )
        self.carol = NodeProcess(
            "Carol", folder, {**quiet, "speech": [{"kind": "wyoming", "url": self.carols.url, "name": "small"}]}
        )
        self.home = HomeAssistant(folder)
        self.pipeline = ""

    async def ask(self, pcm: bytes) -> dict[str, Any]:
        """The events of one run of the pipeline by their type; sound goes in as a browser sends it."""
        events: dict[str, Any] = {}
        wish = {"start_stage": "stt", "end_stage": "tts", "pipeline": self.pipeline, "input": {"sample_rate": RATE}}
        async with asyncio.timeout(60), aclosing(self.home.subscribe("assist_pipeline/run", **wish)) as messages:
            async for message in messages:
                events[message["type"]] = message["data"]
                if message["type"] == "run-start":
                    handler = message["data"]["runner_data"]["stt_binary_handler_id"]
                    for start in range(0, len(pcm), PIECE):
                        await self.home.binary(handler, pcm[start : start + PIECE])
                    await self.home.binary(handler, b"")
                if message["type"] == "run-end":
                    return events
        raise AssertionError(f"the pipeline did not end: {events}")

    async def heard(self, who: NodeProcess, holds: bool) -> None:
        """Waits until Alice sees that this neighbour hears, or does not."""

        def seen(state: dict[str, Any]) -> bool:
            (peer,) = [p for p in state["peers"] if p["node_id"] == who.node_id]
            return holds == any(c["capability"] == "stt.transcribe" and c["available"] for c in peer["capabilities"])

        await self.alice.until(f"{who.name} hears: {holds}", seen, 40)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    made = World(tmp_path_factory.mktemp("voice"))
    try:
        await asyncio.gather(made.ear.start(), made.mouth.start(), made.engine.start_server())
        await asyncio.gather(made.alice.start(), made.bob.start(), made.home.start())
        await join(made.bob, made.alice)
        await made.home.onboard()
        pairing = await made.alice.call("pair_code")
        form = await made.home.flow({"address": made.alice.url, "code": pairing["code"]})
        done = await made.home.http(
            "post", f"/api/config/config_entries/flow/{form['flow_id']}", json={"privacy": "community"}
        )
        assert done["type"] == "create_entry"
        added = await made.home.flow({"host": "127.0.0.1", "port": made.voice}, handler="wyoming")
        assert (added["type"], added["title"]) == ("create_entry", "HearthNet"), added
        states = await made.home.states()
        (agent,) = [e for e in states if e.startswith("conversation.") and "hearth" in e]
        assert {"stt.hearthnet", "tts.hearthnet"} <= set(states)
        pipeline = await made.home.send(
            "assist_pipeline/pipeline/create",
            name="Neighbourhood", language="en", conversation_engine=agent, conversation_language="en",
            stt_engine="stt.hearthnet", stt_language="en", tts_engine="tts.hearthnet", tts_language="en",
            tts_voice="hearthnet-en", wake_word_entity=None, wake_word_id=None, prefer_local_intents=False,
        )  # fmt: skip
        made.pipeline = pipeline["id"]
        yield made
    finally:
        await asyncio.gather(
            made.home.stop(), *(n.stop() for n in (made.alice, made.bob, made.carol)),
            *(p.stop() for p in (made.ear, made.mouth, made.carols)), made.engine.close(),
        )  # fmt: skip
        print(made.home.log.read_text()[-4000:], made.alice.log.read_text()[-2000:])


async def test_a_spoken_question_is_heard_answered_and_spoken_by_the_neighbour(world: World) -> None:
    events = await world.ask(speak(QUESTION, rate=RATE))
    assert events["stt-end"]["stt_output"]["text"] == QUESTION
    sound = await world.home.download(events["tts-end"]["tts_output"]["url"])
    pcm = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "-", "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-"],
        input=sound, capture_output=True, check=True,
    ).stdout  # fmt: skip
    samples = memoryview(pcm).cast("h")
    assert 2.5 < len(samples) / RATE < 10 and max(map(abs, samples)) > 3_000
    listening = [str(PYTHON), "-m", "tests.speech.sounds", ANSWER, *OTHERS]
    heard = subprocess.run(listening, input=pcm, capture_output=True, check=True, cwd=ROOT).stdout.decode()
    assert heard.strip() == ANSWER, "both sentences, without marks"


async def test_the_story_says_who_heard_and_who_spoke(world: World) -> None:
    traces = (await world.alice.call("traces", limit=20))["traces"]
    by = {t["capability"]: [a["node_name"] for a in t["attempts"] if a["outcome"] == "ok"] for t in traces}
    assert by["stt.transcribe"] == by["llm.chat"] == by["tts.synthesize"] == ["Bob"]


def wave_file(pcm: bytes, channels: int = 1) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return made.getvalue()


async def spoken(world: World) -> int:
    """How often the neighbour spoke."""
    traces = (await world.alice.call("traces", limit=100))["traces"]
    spoke = [t["attempts"] for t in traces if t["capability"] == "tts.synthesize"]
    return sum(any(a["outcome"] == "ok" and a["node_name"] == "Bob" for a in attempts) for attempts in spoke)


async def test_in_the_panel_a_question_is_asked_by_voice_or_from_a_recording_and_the_answer_is_spoken(
    world: World, tmp_path: Path
) -> None:
    """Chromium's microphone hears a file, over and over; the recording has two channels and is chosen as a file."""
    said = speak(QUESTION, rate=RATE)
    (tmp_path / "microphone.wav").write_bytes(wave_file(bytes(RATE) + said + bytes(RATE * 2 * 30)))
    both = b"".join(said[at : at + 2] * 2 for at in range(0, len(said), 2))
    before = await spoken(world)
    flags = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={tmp_path / 'microphone.wav'}",
    )
    async with chromium(*flags) as browser, signed_in(browser, world.home) as page:
        await page.goto(f"{world.home.url}/hearthnet")
        await expect(by(page, "panel").and_(page.locator('[data-phase="live"]'))).to_be_visible(timeout=60_000)
        await by(page, "record").click()
        await page.wait_for_timeout(len(said) / RATE * 500 + 1_500)
        await by(page, "record").click()
        await expect(by(page, "question")).to_have_text(QUESTION, timeout=30_000)
        await expect(by(page, "answered-by")).to_have_count(1, timeout=30_000)
        await expect(by(page, "read-aloud")).to_contain_text("Stop", timeout=10_000)
        await by(page, "read-aloud").click()
        text = {"name": "a.mp3", "mimeType": "audio/mpeg", "buffer": b"no sound at all"}
        await by(page, "ask-file").set_input_files([text])  # type: ignore[list-item]
        await expect(by(page, "error")).to_contain_text("no sound recording")
        recording = {"name": "q.wav", "mimeType": "audio/wav", "buffer": wave_file(both, 2)}
        await by(page, "ask-file").set_input_files([recording])  # type: ignore[list-item]
        await expect(page.get_by_text("Asked before")).to_be_visible(timeout=30_000)  # the first one
        await expect(by(page, "question")).to_have_text(QUESTION)
        await expect(by(page, "answered-by")).to_be_visible(timeout=30_000)
        await expect(by(page, "read-aloud")).to_contain_text("Stop", timeout=10_000)
        await expect(by(page, "read-aloud")).to_contain_text("Read aloud", timeout=30_000)
    assert await spoken(world) >= before + 2


async def test_when_nobody_hears_any_more_the_pipeline_ends_with_an_error_at_once(world: World) -> None:
    await world.ear.stop()
    async with asyncio.timeout(20):
        events = await world.ask(speak(QUESTION, rate=RATE))
    assert events["error"]["code"] == "stt-stream-failed"
    states = await world.home.states()
    assert {states[e]["state"] for e in ("stt.hearthnet", "tts.hearthnet")} & {"unavailable"} == set()
    await world.heard(world.bob, False)  # everybody is told, or what follows would meet yesterday's news


async def test_another_neighbour_hears_when_the_first_dies_while_it_listens(world: World) -> None:
    world.ear.options = ("--stt", "--model", "large-v3", "--die")
    await asyncio.gather(world.ear.start(), world.carols.start())
    await world.carol.start()
    await join(world.carol, world.alice)
    await asyncio.gather(world.heard(world.bob, True), world.heard(world.carol, True))
    events = await world.ask(speak(QUESTION, rate=RATE))
    assert events["stt-end"]["stt_output"]["text"] == QUESTION
    trace = next(t for t in (await world.alice.call("traces"))["traces"] if t["capability"] == "stt.transcribe")
    assert [(a["node_name"], a["outcome"]) for a in trace["attempts"]] == [("Bob", "failed"), ("Carol", "ok")]
    assert "tts-end" in events


async def test_the_next_question_goes_to_whoever_still_hears(world: World) -> None:
    await world.heard(world.bob, False)
    events = await world.ask(speak(QUESTIONS[1], rate=RATE))
    assert events["stt-end"]["stt_output"]["text"] == QUESTIONS[1]
