"""The OpenAI-compatible facade, used by the official client."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import struct
import subprocess
import wave
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import openai
import pytest

from hearthnet_core.api.openai_audio import MAX_UPLOAD
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.embedding import EMBED, MAX_TEXTS
from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE
from hearthnet_core.capability import Chunk, Privacy
from hearthnet_core.errors import TokenRevoked, Unavailable

from .neighbours import MODEL, WHOLE, Engine, Facades, facades, says

ASKED: list[Any] = [{"role": "user", "content": "How long does water keep?"}]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
CALL = Chunk("tool_call", {"id": "call_1", "name": "light_on", "arguments": {"room": "kitchen", "level": 3}})
TOOL: Any = {
    "type": "function",
    "function": {"name": "light_on", "description": "Switches it on", "parameters": {"type": "object"}},
}


def client(here: Facades, **more: Any) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{here.url}/v1", api_key=here.token, max_retries=0, **more)


async def post(here: Facades, path: str, body: object) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with (
        aiohttp.ClientSession(headers=here.headers) as session,
        session.post(f"{here.url}/v1/{path}", data=data) as response,
    ):
        return response.status, await response.json()


async def test_an_answer_of_a_model_here() -> None:
    engine = Engine(CHAT2, *says("Six ", "months."))
    async with facades(engine) as here, client(here) as asked:
        answer = await asked.chat.completions.create(model=MODEL, messages=ASKED)
    assert answer.choices[0].message.content == "Six months."
    assert (answer.choices[0].finish_reason, answer.model, answer.object) == ("stop", MODEL, "chat.completion")
    assert answer.usage is not None and answer.usage.total_tokens == 10
    assert engine.asked["messages"][0]["content"] == "How long does water keep?"
    assert answer.hearthnet["answered_by"]["node_name"] == "A"  # type: ignore[attr-defined]


async def test_a_neighbour_answers_and_it_is_said_who() -> None:
    engine = Engine(CHAT2, *says("Six months."))
    async with facades(bob=[engine]) as here, client(here) as asked:
        assert [m.id for m in (await asked.models.list()).data] == ["hearthnet", MODEL]
        answer = await asked.chat.completions.create(model="llama3.2", messages=ASKED)
    assert answer.choices[0].message.content == "Six months."
    assert answer.hearthnet["answered_by"]["node_id"] == here.others[0].id.text  # type: ignore[attr-defined]
    assert engine.asked["model"] == MODEL


async def test_a_stream_comes_in_pieces_and_counts_at_the_end() -> None:
    async with facades(Engine(CHAT2, *says("Six ", "months."))) as here, client(here) as asked:
        stream = await asked.chat.completions.create(
            model=MODEL, messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
        pieces = [piece async for piece in stream]
    deltas = [piece.choices[0].delta.content for piece in pieces if piece.choices]
    assert deltas[0] == "" and "".join(d or "" for d in deltas) == "Six months."
    assert pieces[0].choices[0].delta.role == "assistant"
    assert pieces[-2].choices[0].finish_reason == "stop"
    assert not pieces[-1].choices and pieces[-1].usage is not None and pieces[-1].usage.completion_tokens == 3
    assert len({piece.id for piece in pieces}) == 1


async def test_a_stream_ends_with_the_word_its_clients_wait_for() -> None:
    async with (
        facades(Engine(CHAT2, *says("Six months."))) as here,
        aiohttp.ClientSession(headers=here.headers) as session,
        session.post(
            f"{here.url}/v1/chat/completions", json={"model": MODEL, "messages": ASKED, "stream": True}
        ) as response,
    ):
        assert response.content_type == "text/event-stream"
        lines = (await response.read()).split(b"\n\n")
    assert lines[-2:] == [b"data: [DONE]", b""]
    assert all(line.startswith(b"data: ") for line in lines[:-1])


async def test_tools_go_to_the_model_and_its_calls_come_back() -> None:
    engine = Engine(CHAT2, CALL, Chunk("done", {"finish_reason": "tool_calls", "model": MODEL}))
    async with facades(engine) as here, client(here) as asked:
        whole = await asked.chat.completions.create(model=MODEL, messages=ASKED, tools=[TOOL], tool_choice="required")
        (call,) = whole.choices[0].message.tool_calls or ()
        assert call.type == "function" and json.loads(call.function.arguments) == {"room": "kitchen", "level": 3}
        assert (call.id, whole.choices[0].finish_reason, whole.choices[0].message.content) == (
            "call_1",
            "tool_calls",
            None,
        )
        stream = await asked.chat.completions.create(model=MODEL, messages=ASKED, tools=[TOOL], stream=True)
        called = [c async for piece in stream for c in piece.choices[0].delta.tool_calls or ()]
        assert [(c.index, c.id, c.function.name if c.function else "") for c in called] == [(0, "call_1", "light_on")]
    assert engine.calls[0].body["tools"][0]["name"] == "light_on"
    assert engine.calls[0].body["tool_choice"] == "required"


async def test_a_neighbours_engine_is_given_no_tools_and_hears_nothing_of_them() -> None:
    engine = Engine(CHAT2, CALL, Chunk("done", {"finish_reason": "tool_calls", "model": MODEL}))
    turns: list[Any] = [*ASKED, {"role": "tool", "tool_call_id": "call_1", "content": "The door's code is 1234."}]
    async with facades(bob=[engine]) as here, client(here) as asked:
        for model in (MODEL, "hearthnet"):
            with pytest.raises(openai.BadRequestError, match="no engine of this household") as caught:
                await asked.chat.completions.create(model=model, messages=ASKED, tools=[TOOL])
            assert caught.value.param == "tools"
            with pytest.raises(openai.BadRequestError, match="no engine of this household"):
                await asked.chat.completions.create(model=model, messages=turns)
    assert engine.calls == []
    async with facades(bob=[engine], home=True) as here, client(here) as asked:
        whole = await asked.chat.completions.create(model=MODEL, messages=ASKED, tools=[TOOL])
    assert whole.choices[0].message.tool_calls and len(engine.calls) == 1


async def test_the_result_of_a_tool_goes_back_under_its_call() -> None:
    engine = Engine(CHAT2, *says("It is on."))
    turns: list[Any] = [
        *ASKED,
        {"role": "assistant", "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "light_on", "arguments": '{"room": "kitchen"}'}}
        ]},
        {"role": "tool", "tool_call_id": "call_1", "content": "done"},
    ]  # fmt: skip
    async with facades(engine) as here, client(here) as asked:
        answer = await asked.chat.completions.create(model=MODEL, messages=turns, tools=[TOOL])
    assert answer.choices[0].message.content == "It is on."
    _, called, result = engine.asked["messages"]
    assert list(called["tool_calls"]) == [{"id": "call_1", "name": "light_on", "arguments": {"room": "kitchen"}}]
    assert (result["role"], result["tool_call_id"]) == ("tool", "call_1")


async def test_a_named_tool_is_the_only_one_offered() -> None:
    engine = Engine(CHAT2, CALL, Chunk("done", {"finish_reason": "tool_calls", "model": MODEL}))
    other: Any = {"type": "function", "function": {"name": "other"}}
    choice: Any = {"type": "function", "function": {"name": "light_on"}}
    async with facades(engine) as here, client(here) as asked:
        await asked.chat.completions.create(model=MODEL, messages=ASKED, tools=[other, TOOL], tool_choice=choice)
    assert [tool["name"] for tool in engine.asked["tools"]] == ["light_on"]
    assert engine.asked["tool_choice"] == "required"


async def test_a_picture_is_sent_as_its_bytes() -> None:
    engine = Engine(CHAT2, *says("A lamp."))
    url = "data:image/png;base64," + base64.b64encode(PNG).decode()
    content: Any = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}]
    async with facades(bob=[engine]) as here, client(here) as asked:
        await asked.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": content}])
    assert list(engine.asked["messages"][0]["images"]) == [PNG]
    assert engine.asked["messages"][0]["content"] == "What is this?"


async def test_an_address_of_a_picture_is_never_fetched() -> None:
    fetched = asyncio.Event()

    async def fetch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fetched.set()
        writer.close()

    server = await asyncio.start_server(fetch, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for url in (
        f"http://127.0.0.1:{port}/a.png",
        "file:///etc/passwd",
        "data:text/html;base64,AAAA",
        "data:image/png,x",
    ):
        content = [{"type": "image_url", "image_url": {"url": url}}]
        async with facades(Engine(CHAT2, *says("A lamp."))) as here:
            status, body = await post(
                here, "chat/completions", {"model": MODEL, "messages": [{"role": "user", "content": content}]}
            )
        assert (status, body["error"]["param"]) == (400, "messages[0].content[0]"), url
    server.close()
    assert not fetched.is_set()


@pytest.mark.parametrize(
    ("form", "schema"),
    [
        ({"type": "json_object"}, {"type": "object"}),
        ({"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "array"}}}, {"type": "array"}),
        ({"type": "text"}, None),
    ],
)
async def test_a_response_format_is_a_schema(form: Any, schema: Any) -> None:
    engine = Engine(CHAT2, *says("{}"))
    async with facades(engine) as here, client(here) as asked:
        await asked.chat.completions.create(model=MODEL, messages=ASKED, response_format=form)
    assert engine.asked["schema"] == schema


async def test_what_shapes_the_answer_reaches_the_engine() -> None:
    engine = Engine(CHAT2, *says("Six months."))
    async with facades(engine) as here, client(here) as asked:
        await asked.chat.completions.create(
            model=MODEL, messages=ASKED, temperature=0.3, top_p=0, seed=-1, stop="\n", max_completion_tokens=99_999
        )
    body = engine.asked
    assert (body["temperature"], body["seed"], tuple(body["stop"])) == (0.3, 2**31 - 1, ("\n",))
    assert 0 < body["top_p"] <= 0.001 and body["max_tokens"] == 8192


async def test_an_answer_that_was_cut_off_says_so_under_every_name() -> None:
    cut = Chunk(
        "done", {"finish_reason": "length", "model": MODEL, "usage": {"prompt_tokens": 9, "completion_tokens": 5}}
    )
    engines = [Engine(c, Chunk("delta", {"text": "Six"}), cut, name=str(c.version)) for c in (CHAT, CHAT2)]
    async with facades(*engines) as here, client(here) as asked:
        for model in (MODEL, "hearthnet"):
            answer = await asked.chat.completions.create(model=model, messages=ASKED, max_tokens=5)
            assert answer.choices[0].finish_reason == "length"
            assert answer.usage is not None and answer.usage.completion_tokens == 5
    assert [len(engine.calls) for engine in engines] == [1, 1]


async def test_thoughts_are_kept_apart_from_the_answer() -> None:
    engine = Engine(CHAT2, Chunk("thinking", {"text": "Hm."}), *says("Six months."))
    async with facades(engine) as here, client(here) as asked:
        answer = await asked.chat.completions.create(model=MODEL, messages=ASKED, reasoning_effort="high")
    assert answer.choices[0].message.content == "Six months."
    assert answer.choices[0].message.reasoning_content == "Hm."  # type: ignore[attr-defined]
    assert engine.asked["think"] is True


async def test_where_nobody_speaks_2_0_plain_questions_go_as_1_0() -> None:
    engine = Engine(CHAT, *says("Six months."))
    async with facades(bob=[engine]) as here, client(here) as asked:
        answer = await asked.chat.completions.create(model=MODEL, messages=ASKED, reasoning_effort="none")
        assert answer.choices[0].message.content == "Six months."
        with pytest.raises(openai.BadRequestError, match=r"llm\.chat 2\.0"):
            form: Any = {"type": "json_object"}
            await asked.chat.completions.create(model=MODEL, messages=ASKED, response_format=form)
    assert set(engine.asked["messages"][0]) == {"role", "content"}


async def test_when_everybody_who_speaks_2_0_fails_1_0_is_tried() -> None:
    rich = Engine(CHAT2, Unavailable("Out."), name="rich")
    plain = Engine(CHAT, *says("Six months."), name="plain")
    async with facades(rich, plain) as here, client(here) as asked:
        answer = await asked.chat.completions.create(model=MODEL, messages=ASKED)
    assert answer.choices[0].message.content == "Six months."
    assert len(rich.calls) == len(plain.calls) == 1


async def test_a_model_nobody_has_is_not_found_and_the_others_are_named() -> None:
    async with facades(Engine(CHAT2, *says("Six months."))) as here, client(here) as asked:
        with pytest.raises(openai.NotFoundError, match=MODEL) as caught:
            await asked.chat.completions.create(model="gpt-9", messages=ASKED)
        assert (caught.value.code, caught.value.type) == ("model_not_found", "invalid_request_error")
        with pytest.raises(openai.NotFoundError):
            await asked.models.retrieve("gpt-9")
        assert (await asked.models.retrieve("llama3.2")).id == MODEL


async def test_models_of_neighbours_stay_out_of_reach_while_questions_stay_at_home() -> None:
    engine = Engine(CHAT2, *says("Six months."))
    async with facades(bob=[engine], privacy=Privacy.HOME) as here, client(here) as asked:
        assert [m.id for m in (await asked.models.list()).data] == ["hearthnet"]
        with pytest.raises(openai.NotFoundError):
            await asked.chat.completions.create(model=MODEL, messages=ASKED)
    assert engine.calls == []


async def test_what_fails_before_the_first_byte_has_its_status() -> None:
    async with (
        facades(Engine(CHAT2, Unavailable("The engine is out.", retry_after_ms=1500))) as here,
        client(here) as asked,
    ):
        for stream in (False, True):
            with pytest.raises(openai.InternalServerError, match=r"The engine is out\.") as caught:
                await asked.chat.completions.create(model=MODEL, messages=ASKED, stream=stream)
            assert (caught.value.status_code, caught.value.code) == (503, "unavailable")
            assert caught.value.response.headers["Retry-After"] == "2"


async def test_what_fails_after_the_first_byte_is_raised_by_the_client() -> None:
    engine = Engine(CHAT2, Chunk("delta", {"text": "Six months. And "}), Unavailable("The engine is out."))
    async with facades(engine) as here, client(here) as asked:
        stream = await asked.chat.completions.create(model=MODEL, messages=ASKED, stream=True)
        said = []
        with pytest.raises(openai.APIError, match=r"The engine is out\.") as caught:
            async for piece in stream:
                said.append(piece.choices[0].delta.content or "")
    assert "".join(said).startswith("Six months.")
    assert caught.value.type == "server_error"


async def test_a_client_that_leaves_cancels_its_call() -> None:
    engine = Engine(CHAT2, Chunk("delta", {"text": "Six. "}), None)
    async with facades(engine) as here, client(here) as asked:
        stream = await asked.chat.completions.create(model=MODEL, messages=ASKED, stream=True)
        async for _ in stream:
            await engine.waiting.wait()
            break
        await stream.close()
        async with asyncio.timeout(20):
            await engine.cancelled.wait()


async def test_a_client_that_leaves_cancels_its_call_at_the_neighbour_too() -> None:
    engine = Engine(CHAT2, None)
    async with facades(bob=[engine]) as here, aiohttp.ClientSession(headers=here.headers) as session:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(
                session.post(f"{here.url}/v1/chat/completions", json={"model": MODEL, "messages": ASKED})
            )
            await engine.waiting.wait()
            asking.cancel()
        async with asyncio.timeout(20):
            await engine.cancelled.wait()


async def test_a_revoked_token_ends_what_runs_under_it() -> None:
    engine = Engine(CHAT2, Chunk("delta", {"text": "Six. "}), None)
    async with facades(engine) as here, client(here) as asked:
        stream = await asked.chat.completions.create(model=MODEL, messages=ASKED, stream=True)
        with pytest.raises(openai.APIError, match="revoked"):
            async for _ in stream:
                await engine.waiting.wait()
                for token in here.tokens.list():
                    here.tokens.revoke(token.id)
        with pytest.raises(openai.AuthenticationError) as caught:
            await asked.models.list()
    assert caught.value.code == TokenRevoked.code


async def test_completions_go_on_from_a_prompt() -> None:
    engine = Engine(COMPLETE, *says("upon ", "a time."))
    async with facades(engine) as here, client(here) as asked:
        whole = await asked.completions.create(model=MODEL, prompt="Once ", suffix="!")
        assert (whole.choices[0].text, whole.choices[0].finish_reason) == ("upon a time.", "stop")
        stream = await asked.completions.create(model=MODEL, prompt=["Once "], stream=True)
        assert "".join([piece.choices[0].text async for piece in stream]) == "upon a time."
    assert engine.calls[0].body["prompt"] == "Once " and engine.calls[0].body["suffix"] == "!"


async def test_completions_are_said_to_a_chat_model_where_nobody_completes() -> None:
    engine = Engine(CHAT2, *says("upon a time."))
    async with facades(engine) as here, client(here) as asked:
        whole = await asked.completions.create(model=MODEL, prompt="Once", max_tokens=5)
    assert whole.choices[0].text == "upon a time."
    assert engine.asked["messages"][0]["content"] == "Once" and engine.asked["max_tokens"] == 5


class Embedder(Engine):
    """A vector tells its text's length."""

    async def stream(self, call: Any) -> Any:
        self.calls.append(call)
        vectors = [[1.0, float(len(text))] for text in call.body["texts"]]
        yield Chunk("done", {"embeddings": vectors, "dim": 2, "model": "minilm"})


async def test_embeddings_come_for_any_number_of_texts_in_order() -> None:
    engine = Embedder(EMBED, models=("minilm",))
    texts = ["x" * n for n in range(1, 41)]
    async with facades(engine) as here, client(here) as asked:
        for form in ("float", "base64"):
            found = await asked.embeddings.create(model="minilm", input=texts, encoding_format=form)  # type: ignore[arg-type]
            vectors = [d.embedding for d in found.data]
            if form == "base64":
                vectors = [list(struct.unpack("<2f", base64.b64decode(v))) for v in vectors]  # type: ignore[arg-type]
            assert vectors == [[1.0, float(n)] for n in range(1, 41)]
            assert [d.index for d in found.data] == list(range(40))
        usual = await asked.embeddings.create(model="minilm", input="abc")
        assert usual.data[0].embedding == [1.0, 3.0] and usual.model == "minilm"
        with pytest.raises(openai.BadRequestError, match="dimensions"):
            await asked.embeddings.create(model="minilm", input="abc", dimensions=5)
        with pytest.raises(openai.BadRequestError, match="input"):
            await asked.embeddings.create(model="minilm", input=[])
    assert max(len(call.body["texts"]) for call in engine.calls) == MAX_TEXTS


def recording(samples: bytes, *, rate: int = 16_000, channels: int = 1, width: int = 2) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(width)
        made.setframerate(rate)
        made.writeframes(samples)
    return written.getvalue()


@pytest.mark.parametrize(
    ("samples", "shape", "heard"),
    [
        (struct.pack("<3h", 1, -2, 3), {}, struct.pack("<3h", 1, -2, 3)),
        (struct.pack("<4h", 100, 200, -5, 5), {"channels": 2, "rate": 44_100}, struct.pack("<2h", 150, 0)),
        (bytes([128, 255, 0]), {"width": 1, "rate": 8_000}, struct.pack("<3h", 0, 127 * 256, -128 * 256)),
        (b"\x07\x01\x02" * 2, {"width": 3}, b"\x01\x02" * 2),
        (b"\x07\x07\x01\x02" * 2, {"width": 4}, b"\x01\x02" * 2),
    ],
)
async def test_a_wav_file_reaches_the_ear_as_pcm(samples: bytes, shape: dict[str, int], heard: bytes) -> None:
    engine = Engine(TRANSCRIBE, Chunk("done", {"text": "Guten Tag.", "language": "de"}), models=("base",))
    file = ("a.wav", recording(samples, **shape))
    async with facades(bob=[engine]) as here, client(here) as asked:
        found = await asked.audio.transcriptions.create(model="whisper-1", file=file, language="de")
        assert found.text == "Guten Tag."
        plain = await asked.audio.transcriptions.create(model="base", file=file, response_format="text")
        assert str(plain).strip() == "Guten Tag."
    body = engine.calls[0].body
    assert (body["audio"], body["rate"], body["language"]) == (heard, shape.get("rate", 16_000), "de")
    assert [call.body["model"] for call in engine.calls] == ["", "base"]


async def test_other_recordings_are_read_by_ffmpeg() -> None:
    tone = recording(struct.pack("<h", 8_000) * 16_000)
    command = "ffmpeg -loglevel error -i pipe:0 -f ogg -c:a flac pipe:1".split()
    ogg = subprocess.run(command, input=tone, capture_output=True, check=True).stdout
    engine = Engine(TRANSCRIBE, Chunk("done", {"text": "Guten Tag."}))
    async with facades(engine) as here, client(here) as asked:
        found = await asked.audio.transcriptions.create(model="whisper-1", file=("a.ogg", ogg))
        assert found.text == "Guten Tag."
        with pytest.raises(openai.BadRequestError, match="cannot be read"):
            await asked.audio.transcriptions.create(model="whisper-1", file=("a.ogg", b"OggS" + bytes(100)))
        playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
        with pytest.raises(openai.BadRequestError, match="cannot be read"):
            await asked.audio.transcriptions.create(model="whisper-1", file=("a.m3u8", playlist))
    assert engine.asked["audio"] == struct.pack("<h", 8_000) * 16_000


async def test_a_recording_that_is_too_long_is_refused() -> None:
    async with facades(Engine(TRANSCRIBE, Chunk("done", {"text": "x"}))) as here, client(here) as asked:
        long = recording(bytes(2 * 8_000 * 301), rate=8_000)
        with pytest.raises(openai.BadRequestError, match="300 s"):
            await asked.audio.transcriptions.create(model="whisper-1", file=("a.wav", long))


async def test_speech_that_breaks_off_breaks_the_connection_instead_of_sounding_whole() -> None:
    piece = Chunk("audio", {"pcm": bytes(100_000), "rate": 24_000})
    engine = Engine(SYNTHESIZE, piece, piece, Unavailable("The voice is gone."))
    async with facades(engine) as here, aiohttp.ClientSession(headers=here.headers) as session:
        body = {"model": "tts-1", "voice": "alloy", "input": "Hi there.", "response_format": "pcm"}
        with pytest.raises(aiohttp.ClientError):
            async with session.post(f"{here.url}/v1/audio/speech", json=body) as response:
                await response.read()


async def test_without_ffmpeg_other_recordings_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearthnet_core.api.sound.FFMPEG", ("no-such-program",))
    async with facades(Engine(TRANSCRIBE, Chunk("done", {"text": "x"}))) as here, client(here) as asked:
        with pytest.raises(openai.BadRequestError, match="install ffmpeg"):
            await asked.audio.transcriptions.create(model="whisper-1", file=("a.mp3", b"ID3" + bytes(100)))


async def test_speech_comes_as_a_wav_file_or_as_pcm_at_the_rate_clients_expect() -> None:
    tone = struct.pack("<h", 1_000) * 2_205
    spoken = [Chunk("audio", {"pcm": tone, "rate": 22_050})] * 5
    engine = Engine(SYNTHESIZE, *spoken, Chunk("done", {"rate": 22_050, "seconds": 0.5}), models=("thorsten",))
    async with facades(bob=[engine]) as here, client(here) as asked:
        whole = await asked.audio.speech.create(
            model="tts-1", voice="alloy", input="Guten Tag, wie geht es dir?", response_format="wav"
        )
        with wave.open(io.BytesIO(whole.content)) as read:
            assert (read.getframerate(), read.getnframes(), read.getnchannels()) == (22_050, 5 * 2_205, 1)
        raw = await asked.audio.speech.create(model="tts-1", voice="thorsten", input="Hi.", response_format="pcm")
        assert abs(len(raw.content) // 2 - 12_000) < 10
        middle = struct.unpack(f"<{len(raw.content) // 2}h", raw.content)[500:-500]
        assert all(abs(sample - 1_000) < 5 for sample in middle)
        with pytest.raises(openai.BadRequestError, match="wav or pcm"):
            await asked.audio.speech.create(model="tts-1", voice="alloy", input="Hi.", response_format="mp3")
        with pytest.raises(openai.BadRequestError, match="nothing"):
            await asked.audio.speech.create(model="tts-1", voice="alloy", input="```---```", response_format="wav")
        with pytest.raises(openai.NotFoundError, match="thorsten"):
            await asked.audio.speech.create(model="tts-1", voice="nobody", input="Hi.", response_format="wav")
    assert [call.body["voice"] for call in engine.calls] == ["", "thorsten"]
    assert engine.calls[0].body["language"] == "de"


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("chat/completions", {"model": MODEL, "messages": "x"}, "messages"),
        ("chat/completions", {"model": MODEL, "messages": []}, "messages"),
        ("chat/completions", {"messages": ASKED}, None),
        ("chat/completions", {"model": MODEL, "messages": ASKED, "n": 2}, "n"),
        ("chat/completions", {"model": MODEL, "messages": ASKED, "temperature": 9}, "temperature"),
        ("chat/completions", {"model": MODEL, "messages": ASKED, "max_tokens": 0}, "max_tokens"),
        ("chat/completions", {"model": MODEL, "messages": ASKED, "stop": ["x"] * 99}, "stop"),
        ("chat/completions", {"model": MODEL, "messages": [{"role": "pirate", "content": "x"}]}, "messages[0].role"),
        ("chat/completions", {"model": MODEL, "messages": ASKED, "functions": [{}]}, "functions"),
        ("chat/completions", {"model": MODEL, "messages": ASKED, "logprobs": True}, "logprobs"),
        ("chat/completions", {"model": MODEL, "messages": [{"role": "user", "content": [{"type": "file"}]}]}, "messages[0].content[0]"),
        ("completions", {"model": MODEL, "prompt": ["a", "b"]}, "prompt"),
        ("completions", {"model": MODEL, "prompt": [[1, 2]]}, "prompt[0]"),
        ("embeddings", {"model": MODEL, "input": [1, 2]}, "input[0]"),
        ("embeddings", {"model": MODEL, "input": ["x"], "encoding_format": "int8"}, "encoding_format"),
        ("audio/speech", {"model": "tts-1", "input": "x" * 5_001, "voice": "alloy"}, "input"),
        ("audio/speech", {"model": "tts-1", "input": "x", "voice": "alloy", "speed": 9}, "speed"),
        ("audio/transcriptions", {"model": "whisper-1"}, None),
        ("chat/completions", b"{" * 100_000, None),
        ("chat/completions", b'{"model": ' + b"[" * 100_000, "model"),
        ("chat/completions", b"\xff\xfe", None),
        ("chat/completions", b"", None),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_by_name(path: str, body: object, param: str | None) -> None:
    engines = [Engine(contract, *says("x"), name=contract.name) for contract in (CHAT2, COMPLETE, EMBED)]
    async with facades(*engines) as here:
        status, told = await post(here, path, body)
    assert (status, told["error"]["type"], told["error"]["param"]) == (400, "invalid_request_error", param)
    assert set(told["error"]) == {"message", "type", "param", "code"} and len(told["error"]["message"]) > 10


async def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    async with facades(Engine(TRANSCRIBE, Chunk("done", {"text": "x"}))) as here:
        port = int(here.url.rpartition(":")[2])
        for path, kind in (
            ("chat/completions", "application/json"),
            ("audio/transcriptions", "multipart/form-data; boundary=x"),
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"POST /v1/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {here.token}\r\n"
            writer.write(f"{head}Content-Type: {kind}\r\nContent-Length: {MAX_UPLOAD + 1}\r\n\r\n".encode())
            async with asyncio.timeout(20):
                assert b"400" in await reader.readline()
            writer.close()


@pytest.mark.parametrize("path", ["chat/completions", "audio/transcriptions"])
async def test_a_body_that_never_comes_is_given_up(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearthnet_core.api.bodies.BODY_S", 0.05)
    async with facades() as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(here.url.rpartition(":")[2]))
        head = f"POST /v1/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {here.token}\r\n"
        writer.write(
            f"{head}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100\r\n\r\n--x\r\n".encode()
        )
        async with asyncio.timeout(20):
            assert b"408" in await reader.readline()
        writer.close()


@pytest.mark.parametrize("name", ["file", "language"])
async def test_a_form_that_does_not_end_is_cut_off_at_its_bound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearthnet_core.api.openai_audio.MAX_UPLOAD", 64 * 1024)

    async def endless() -> AsyncIterator[bytes]:
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a.wav"\r\n\r\n'
        yield head.encode()
        for _ in range(64):
            yield bytes(16 * 1024)
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with (
        facades() as here,
        aiohttp.ClientSession(headers={**here.headers, **headers}) as session,
        session.post(f"{here.url}/v1/audio/transcriptions", data=endless()) as response,
    ):
        told = (await response.json())["error"]
    assert (response.status, told["param"]) == (400, name) and "at most" in told["message"]


async def test_a_form_of_nothing_but_fields_is_refused() -> None:
    async with facades() as here, aiohttp.ClientSession(headers=here.headers) as session:
        form = aiohttp.FormData()
        for n in range(100):
            form.add_field(f"a{n}", "x" * 100)
        form.add_field("file", b"x", filename="a.wav")
        async with session.post(f"{here.url}/v1/audio/transcriptions", data=form) as response:
            assert response.status == 400
            assert "fields" in (await response.json())["error"]["message"]


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"Authorization": ""}, 401, "authentication_error"),
        ({"Authorization": "Bearer hn_wrong"}, 401, "authentication_error"),
    ],
)
async def test_nobody_gets_in_without_a_token(headers: dict[str, str], status: int, kind: str) -> None:
    async with (
        facades() as here,
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{here.url}/v1/models") as response,
    ):
        assert (response.status, (await response.json())["error"]["type"]) == (status, kind)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
async def test_a_web_page_never_gets_in_not_even_with_the_token(headers: dict[str, str]) -> None:
    async with (
        facades() as here,
        aiohttp.ClientSession(headers={**here.headers, **headers}) as session,
        session.get(f"{here.url}/v1/models") as response,
    ):
        assert response.status == 403


async def test_an_unknown_address_is_not_found_in_this_apis_words() -> None:
    async with facades() as here:
        status, told = await post(here, "images/generations", {})
    assert (status, told["error"]["code"]) == (404, "not_found")


async def test_a_token_for_the_models_opens_nothing_else() -> None:
    async with facades() as here, aiohttp.ClientSession(headers=here.headers) as session:
        async with session.post(f"{here.url}/api/v1/state") as response:
            assert (response.status, (await response.json())["error"]) == (403, "forbidden")
        async with session.ws_connect(f"{here.url}/api/v1/ws") as socket:
            await socket.send_json({"type": "auth", "token": here.token})
            told = await socket.receive_json(timeout=20)
            assert (told["type"], told["error"]) == ("refused", "forbidden")


async def test_an_empty_answer_is_a_failure_not_a_blank() -> None:
    async with facades(Engine(CHAT2, WHOLE)) as here, client(here) as asked:
        with pytest.raises(openai.InternalServerError, match="empty"):
            await asked.chat.completions.create(model=MODEL, messages=ASKED)
