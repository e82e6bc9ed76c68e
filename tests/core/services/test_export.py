"""What a household takes along: whole, readable by any program, and without a key or a token in it."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.protocol.bodies import NOTICE, Notice
from hearthnet_core.protocol.event import decode, unpack_body
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import export as module
from hearthnet_core.storage.database import Database
from tests.core.node.living import Living, lives

PUMP = "# The pump\n\nThe pump at the school works from eight to six.\n\n## The key\n\nThe key hangs in the office."


async def written(alice: Living, directory: Path) -> dict[str, Any]:
    await alice.call("ingest", name="pump.md", text=PUMP)
    await alice.call("post_notice", title="The pump works again")
    await alice.call("create_invite")
    return await alice.call("export", directory=str(directory))


def rows(directory: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / name).read_text().splitlines()]


def raw(text: str | None) -> bytes | None:
    return base64.b64decode(text) if text is not None else None


def notice_of(given: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = [row for row in given if row["type"] == NOTICE]
    return row


async def test_every_line_is_json_and_the_counts_are_true(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        told = await written(alice, tmp_path / "out")
        state = await alice.call("state")
    out = tmp_path / "out"
    events, documents = rows(out, "events.jsonl"), rows(out, "documents.jsonl")
    assert told == {
        "path": str(out),
        "events": len(events),
        "documents": len(documents),
        "bytes": sum(f.stat().st_size for f in out.iterdir()),
    }
    assert {f.name for f in out.iterdir()} == {"events.jsonl", "documents.jsonl", "README.txt"}
    assert len(documents) == state["library"]["documents"]
    assert sum(len(d["passages"]) for d in documents) == state["library"]["chunks"]
    (pump,) = [d for d in documents if d["name"] == "pump.md"]
    assert (pump["title"], pump["corpus"]) == ("The pump", "household")
    assert [p["heading"] for p in pump["passages"]] == ["The pump", "The key"]
    assert {e["type"] for e in events} == {"community.created", "notice.posted"}


async def test_the_events_make_the_same_log_again(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        await written(alice, tmp_path / "out")
        name = (await alice.call("state"))["community"]["name"]
    runtime = SystemRuntime()
    database = await Database.open(tmp_path / "again.db", runtime)
    try:
        log = await EventLog.open(database, runtime, SigningKey(bytes(32)))
        given = rows(tmp_path / "out", "events.jsonl")
        made = [decode(tuple(raw(row[part]) for part in ("header", "signature", "body"))) for row in given]
        assert [event.type for event in made] == [row["type"] for row in given]
        (founding,) = [event for event in made if event.type == "community.created"]
        await log.begin(founding)
        assert (await log.ingest([event for event in made if event is not founding])).refused == ()
        assert log.state.name == name
        (notice,) = await log.events(log.state.board, NOTICE, limit=10)
        assert unpack_body(raw(notice_of(given)["body"]) or b"", Notice).title == "The pump works again"
        assert notice.event.body == raw(notice_of(given)["body"])
    finally:
        await database.close()
        runtime.close()


async def test_no_key_token_or_invite_is_in_it_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "secrets.json").write_text('{"big_one": "sk-very-secret"}')
    async with lives(tmp_path, "Alice") as alice:
        await written(alice, tmp_path / "out")
        code = (await alice.call("pair_code"))["code"].replace("-", "")
        invite = (await alice.call("create_invite"))["text"]
        data = alice.data
        secrets = {
            "token": (data / "api-token").read_bytes().strip(),
            "secret": b"sk-very-secret",
            "code": code.encode(),
            "invite": invite[-20:].encode(),
        }
        for name in ("node.key", "owner.key"):
            text = (data / "identity" / name).read_bytes().strip()
            seed = base64.b64decode(text)
            secrets |= {name: text, f"{name} raw": seed, f"{name} hex": seed.hex().encode()}
    for path in (tmp_path / "out").iterdir():
        content = path.read_bytes()
        if path.suffix == ".jsonl":
            content += b"".join(
                base64.b64decode(v)
                for row in rows(tmp_path / "out", path.name)
                for k, v in row.items()
                if k in ("header", "signature", "body") and v
            )
        assert [name for name, value in secrets.items() if value in content] == []
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


async def test_a_folder_in_use_a_file_and_a_path_that_is_none_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "letter.txt").write_text("mine")
    async with lives(tmp_path, "Alice") as alice:
        for directory, said in (
            (str(used), "is not empty"),
            (str(used / "letter.txt"), "is a file"),
            ("backup", "no whole path"),
            ("~/backup", "no whole path"),
            ("", "directory"),
            ("/a\0b", "no whole path"),
        ):
            with pytest.raises(AssertionError, match=f"bad_request: .*{said}"):
                await alice.call("export", directory=directory)
        with pytest.raises(AssertionError, match=r"Give this user the right to write there|cannot be used"):
            await alice.call("export", directory="/proc/hearthnet")
    assert [p.name for p in used.iterdir()] == ["letter.txt"] and (used / "letter.txt").read_text() == "mine"


async def test_an_empty_folder_that_is_there_is_used(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    async with lives(tmp_path, "Alice") as alice:
        assert (await alice.call("export", directory=str(tmp_path / "empty")))["events"] > 0


async def test_when_the_disk_fills_what_was_begun_is_taken_away_and_a_second_try_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync
    full = True

    def fsync(descriptor: int) -> None:
        if full and os.readlink(f"/proc/self/fd/{descriptor}").endswith("documents.jsonl"):
            raise OSError(28, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(module.os, "fsync", fsync)
    async with lives(tmp_path, "Alice") as alice:
        with pytest.raises(AssertionError, match="is full; free some space"):
            await alice.call("export", directory=str(tmp_path / "out"))
        assert list((tmp_path / "out").iterdir()) == []
        full = False
        assert (await alice.call("export", directory=str(tmp_path / "out")))["documents"] == 66
