"""`transcribe` and `speak` over the local API, with a Wyoming service behind the node."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from script.demo_parts.nodes import free_port
from tests.core.backends.wyoming_server import PIECE, PIECES, RATE, WyomingServer
from tests.core.node.living import Living, lives


@pytest.fixture
async def served() -> AsyncIterator[WyomingServer]:
    async with WyomingServer().serving() as made:
        yield made


@pytest.fixture
async def node(tmp_path: Path, served: WyomingServer) -> AsyncIterator[Living]:
    async with lives(tmp_path, "Alice", speech=[{"kind": "wyoming", "url": served.url}]) as made:
        yield made


def encoded(sound: bytes) -> str:
    return base64.b64encode(sound).decode()


async def refused(node: Living, method: str, **params: Any) -> str:
    headers = {"Authorization": f"Bearer {(node.data / 'api-token').read_text()}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{node.started.api}/api/v1/{method}", json=params) as response,
    ):
        assert response.status >= 400
        return str((await response.json())["message"])


async def test_raw_sound_and_wav_files_are_transcribed(node: Living, served: WyomingServer) -> None:
    pcm = bytes(range(256)) * 250
    done = await node.call("transcribe", audio=encoded(pcm), rate=16_000, language="en")
    assert (done["text"], done["answered_by"]["provider"]) == ("Is the water safe?", "wyoming")
    assert served.pcm == pcm
    file = io.BytesIO()
    with wave.open(file, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(16_000)
        opened.writeframes(pcm[:32_000])
    assert (await node.call("transcribe", audio=encoded(file.getvalue())))["text"] == "Is the water safe?"
    assert served.pcm == pcm[:32_000]


async def test_two_minutes_of_sound_fit_into_a_call_and_six_do_not(node: Living, served: WyomingServer) -> None:
    await node.call("transcribe", audio=encoded(bytes(120 * 32_000)), rate=16_000)
    assert len(served.pcm) == 120 * 32_000
    assert "300 s" in await refused(node, "transcribe", audio=encoded(bytes(310 * 16_000)), rate=8_000)


async def test_what_is_no_sound_is_refused_in_a_sentence(node: Living) -> None:
    assert len(await refused(node, "transcribe", audio=encoded(b"RIFFnonsense"))) > 20
    assert "nothing in this text" in await refused(node, "speak", text="[1] ***")


async def test_a_text_is_spoken_sentence_by_sentence(node: Living, served: WyomingServer) -> None:
    done = await node.call("speak", text="Boil **it** [1]. Then wait.", language="en")
    assert (done["rate"], done["sentences"]) == (RATE, 2)
    assert done["seconds"] == pytest.approx(2 * len(PIECE) * PIECES / 2 / RATE)
    assert [e.data["text"] for e in served.asked if e.type == "synthesize"] == ["Boil it.", "Then wait."]


async def test_a_voice_port_that_is_taken_shows_in_state_and_doctor_and_the_node_runs(tmp_path: Path) -> None:
    port = free_port()
    async with (
        lives(tmp_path, "Alice", voice={"port": port}) as alice,
        lives(tmp_path, "Bob", voice={"port": port}) as bob,
    ):
        assert (await alice.call("state"))["node"]["warnings"] == []
        assert (await bob.call("state"))["node"]["warnings"] == ["voice_port"]
        (check,) = [c for c in (await bob.call("doctor"))["checks"] if c["name"] == "voice"]
        assert check["status"] == "warning" and f":{port}: another program has it" in check["message"]
