"""Hearing by OpenAI's `/audio/transcriptions`: what is sent, what is believed, and how it fails."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from aiohttp import web

from hearthnet_core.backends import transcription_api as module
from hearthnet_core.backends.speech import TRANSCRIBE
from hearthnet_core.backends.transcription_api import TranscriptionApi
from hearthnet_core.capability import Call
from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    HearthNetError,
    SchemaMismatch,
    Timeout,
    Unavailable,
)

from .conftest import serving

PCM = bytes(range(256)) * 10


class Service:
    def __init__(self) -> None:
        self.mode = "ok"
        self.key = ""
        self.forms: list[dict[str, Any]] = []
        self.asked = asyncio.Event()
        self.gone = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/audio/transcriptions", self._transcribe)
        return app

    async def _models(self, request: web.Request) -> web.Response:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": {"message": "bad key"}}, status=401)
        if self.mode == "no_list":
            return web.Response(status=404)
        if self.mode == "html":
            return web.Response(text="<html>", content_type="text/html")
        return web.json_response({"data": [{"id": "whisper-1"}, {"id": "other"}]})

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        sent = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form["file"]
        assert isinstance(file, web.FileField)
        self.forms.append({**sent, "file": file.file.read(), "type": file.content_type})
        self.asked.set()
        match self.mode:
            case "429":
                return web.json_response({"error": "slow down"}, status=429, headers={"Retry-After": "7"})
            case "500":
                return web.json_response({"error": "oops"}, status=500)
            case "nonsense":
                return web.Response(text="<html>", content_type="text/html")
            case "no_text":
                return web.json_response({"words": []})
            case "huge":
                return web.json_response({"text": "x" * 2_000_000})
            case "dies":
                assert request.transport is not None
                request.transport.abort()
            case "hangs":
                try:
                    await asyncio.sleep(60)
                finally:
                    self.gone.set()
        return web.json_response({"text": " Is the water safe? ", "language": "en"})


@pytest.fixture
async def service() -> AsyncIterator[tuple[Service, str]]:
    made = Service()
    async with serving(made.app()) as url:
        yield made, url


async def engine(url: str, **options: Any) -> TranscriptionApi:
    made = TranscriptionApi("cohere", url, **{"models": ("whisper-1",), **options})
    await made.probe()
    return made


async def heard(one: TranscriptionApi, **body: Any) -> dict[str, Any]:
    call = Call(id="x", capability="stt.transcribe", deadline=1e9, body={"audio": PCM, **body})
    try:
        async with aclosing(one.stream(call)) as chunks:
            return [chunk async for chunk in chunks][-1].data
    finally:
        await one.close()


async def test_a_recording_is_sent_as_a_wav_file_with_its_language(service: tuple[Service, str]) -> None:
    there, url = service
    done = await heard(await engine(url), rate=22_050, language="de-AT")
    assert done == {"text": "Is the water safe?", "language": "en", "model": "whisper-1"}
    (form,) = there.forms
    with wave.open(io.BytesIO(form["file"])) as file:
        assert (file.getframerate(), file.getnchannels(), file.readframes(10_000)) == (22_050, 1, PCM)
    assert (form["model"], form["language"], form["response_format"]) == ("whisper-1", "de", "json")


async def test_the_key_is_sent_and_a_wrong_one_takes_it_out_of_use(service: tuple[Service, str]) -> None:
    there, url = service
    there.key = "secret"
    one = await engine(url, api_key="secret")
    assert one.offer(TRANSCRIBE).available
    await one.close()
    wrong = await engine(url, api_key="other")
    assert not wrong.offer(TRANSCRIBE).available and "refuses the key" in wrong.offer(TRANSCRIBE).reason
    assert "other" not in wrong.offer(TRANSCRIBE).reason
    await wrong.close()


@pytest.mark.parametrize(
    ("url", "internet"), [("https://api.example.com/v1", True), ("http://192.168.1.5:8000", False)]
)
def test_a_service_elsewhere_is_marked_as_the_internet(url: str, internet: bool) -> None:
    assert TranscriptionApi("x", url, models=("a",)).offer(TRANSCRIBE).internet is internet


async def test_one_that_does_not_list_its_models_is_believed_and_one_without_ours_is_not(
    service: tuple[Service, str],
) -> None:
    there, url = service
    there.mode = "no_list"
    one = await engine(url)
    assert one.offer(TRANSCRIBE).available
    there.mode = "html"
    await one.probe()
    assert "no OpenAI-compatible service" in one.offer(TRANSCRIBE).reason
    await one.close()
    there.mode = "ok"
    other = await engine(url, models=("nova",))
    assert other.offer(TRANSCRIBE).reason == "cohere has no model called nova."
    await other.close()


@pytest.mark.parametrize(
    ("mode", "error", "says"),
    [
        ("429", CapacityExceeded, "busy"),
        ("500", Unavailable, "status 500"),
        ("nonsense", Unavailable, "nonsense"),
        ("no_text", Unavailable, "nonsense"),
        ("huge", Unavailable, "nonsense"),
        ("dies", Unavailable, "does not answer|broke off"),
    ],
)
async def test_every_fault_is_one_sentence(
    service: tuple[Service, str], mode: str, error: type[HearthNetError], says: str
) -> None:
    there, url = service
    one = await engine(url)
    there.mode = mode
    with pytest.raises(error, match=says):
        await heard(one)


async def test_one_that_hangs_is_given_up_and_left(
    service: tuple[Service, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, url = service
    monkeypatch.setattr(module, "ANSWER_S", 0.2)
    one = await engine(url)
    there.mode = "hangs"
    with pytest.raises(Timeout, match="silent"):
        await heard(one)
    async with asyncio.timeout(2):
        await there.gone.wait()
    assert one.offer(TRANSCRIBE).load == 0


async def test_it_gives_signs_of_life_while_it_works_and_stops_when_nobody_waits(
    service: tuple[Service, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, url = service
    monkeypatch.setattr(module, "ALIVE_EVERY_S", 0.05)
    one = await engine(url)
    there.mode = "hangs"
    call = Call(id="x", capability="stt.transcribe", deadline=1e9, body={"audio": PCM})
    async with aclosing(one.stream(call)) as chunks:
        assert [(await anext(chunks)).event for _ in range(2)] == ["progress", "progress"]
        await there.asked.wait()
    async with asyncio.timeout(0.2):
        await there.gone.wait()
    await one.close()


async def test_a_model_it_was_not_told_to_use_is_for_somebody_else(service: tuple[Service, str]) -> None:
    _, url = service
    with pytest.raises(SchemaMismatch, match="'other'"):
        await heard(await engine(url), model="other")


@pytest.mark.parametrize(
    "options", [{"models": ()}, {"models": ("a",), "api_key": "a\nb"}, {"models": ("a",), "url": "tcp://a:1"}]
)
def test_what_is_set_up_wrong_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        TranscriptionApi("x", **{"url": "http://a:1", **options})
