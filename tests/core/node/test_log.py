"""What people ask, show, say, keep and hold secret is in no line of the log, whatever its level and whatever goes wrong."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.core.node.living import Living, lives

SECRET = "zebrafinch"
PICTURE = b"\xff\xd8\xff\xc0\0\x11\x08\0\x10\0\x20\x03" + SECRET.encode() + bytes(64)
WHOLE: dict[str, Any] = {"engines_auto": False, "extractive": {"when": "always"}}
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ask", {"question": f"Where does the {SECRET} drink?"}),
    ("ask", {"question": f"Where does the {SECRET} drink?", "agent": True, "system": SECRET}),
    ("ask", {"question": f"What is this {SECRET}?", "images": ["/9j/wAARCAAQACADemVicmFmaW5jaAAAAAAAAAA="]}),
    ("search", {"query": f"the {SECRET} at the well"}),
    ("transcribe", {"audio": "AAAAAAAA", "rate": 16_000, "language": SECRET}),
    ("speak", {"text": f"The {SECRET} sings."}),
    ("pull_model", {"model": SECRET}),
    ("delete_model", {"model": f"{SECRET}:1b"}),
    ("create_token", {"name": SECRET}),
    ("feedback", {"trace_id": SECRET, "good": True}),
    ("confirm", {"confirm_id": SECRET, "allow": True}),
    ("tool_result", {"id": SECRET, "result": SECRET}),
    ("delete_document", {"document_id": "0" * 64, "corpus": SECRET}),
    ("set_corpus", {"name": SECRET, "access": "personal"}),
    ("ingest", {"name": f"{SECRET}.md", "text": f"# {SECRET}\n\nThe {SECRET} drinks."}),
)


def said(caplog: pytest.LogCaptureFixture) -> str:
    """Every line as it would be written, tracebacks included."""
    formatter = logging.Formatter()
    return "\n".join(formatter.format(record) for record in caplog.records)


async def everything(node: Living) -> None:
    """Whether it works does not matter here."""
    for method, params in QUESTIONS:
        with suppress(AssertionError):
            await node.call(method, **params)
    for data in (f"The {SECRET} drinks.".encode(), b"%PDF-1.7 " + SECRET.encode(), b"PK\3\4" + SECRET.encode()):
        await node.upload("ingest_file", data, name=f"{SECRET}.txt" if data[:1] == b"T" else SECRET)
    token = (await node.call("create_token", name="program"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    asked = {"model": "hearthnet", "messages": [{"role": "user", "content": f"Where does the {SECRET} drink?"}]}
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(b"RIFF" + SECRET.encode()), filename=f"{SECRET}.wav")
    async with aiohttp.ClientSession(headers=headers) as session:
        for path, body in (
            ("/v1/chat/completions", asked),
            ("/v1/chat/completions", {**asked, "stream": True}),
            ("/v1/completions", {"model": "hearthnet", "prompt": SECRET}),
            ("/v1/embeddings", {"model": "hearthnet", "input": SECRET}),
            ("/v1/audio/speech", {"model": "tts-1", "input": SECRET}),
            ("/api/chat", asked),
            ("/api/generate", {"model": SECRET, "prompt": SECRET}),
            ("/api/embed", {"model": "hearthnet", "input": SECRET}),
            ("/api/pull", {"model": SECRET}),
        ):
            async with session.post(node.started.api + path, data=json.dumps(body)) as response:
                await response.read()
        async with session.post(f"{node.started.api}/v1/audio/transcriptions", data=form) as response:
            await response.read()
    bad = {"Authorization": f"Bearer {SECRET}"}
    async with aiohttp.ClientSession(headers=bad) as session, session.get(f"{node.started.api}/v1/models") as response:
        assert response.status == 401


async def test_nothing_that_is_asked_or_kept_is_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with lives(tmp_path, "Alice", **WHOLE) as alice:
            await everything(alice)
    assert SECRET not in said(caplog)


async def test_nor_when_the_database_fails_over_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with lives(tmp_path, "Alice", **WHOLE) as alice:
        (path,) = alice.data.glob("*.db")
        with closing(sqlite3.connect(path)) as other:
            other.execute("DROP TABLE chunk_index")
        with caplog.at_level(logging.DEBUG):
            await everything(alice)
    assert "no such" in said(caplog) and SECRET not in said(caplog)
