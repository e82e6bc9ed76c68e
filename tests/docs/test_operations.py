"""docs/operations.md says what is true: files, ports, lost keys, restored and moved folders, and what the log never holds."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path

import pytest

from hearthnet_core.api.tls import api_tls
from hearthnet_core.bus.trace import KEPT
from hearthnet_core.config import Config
from hearthnet_core.errors import NotFound
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.net.datagrams import GROUP, PORT
from hearthnet_core.services.engines import AGAIN_S
from hearthnet_core.storage.room import FLOOR, MIB, SHARE
from script.demo_parts.nodes import free_port
from tests.core.node.living import Living, lives

TEXT = (Path(__file__).parents[2] / "docs/operations.md").read_text()


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


async def joined(guest: Living, host: Living) -> None:
    await guest.call("join", text=(await host.call("create_invite"))["text"])
    for node in (guest, host):
        await node.until(lambda s: any(p["connected"] for p in s["peers"]))


async def titles(node: Living) -> set[str]:
    return {n["title"] for n in (await node.call("notices"))["notices"]}


async def test_the_table_of_files_is_what_a_node_writes(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        await alice.call("set_privacy", privacy="home")
        alive = files(alice.data)
    over = files(tmp_path / "alice")
    api_tls(tmp_path / "alice", SigningKey(bytes(32)))
    made = alive | files(tmp_path / "alice") | {"secrets.json"}
    written = set(re.findall(r"^\| `([^`]+)` \|", TEXT.partition("## Backup")[0], re.MULTILINE))
    assert made == written | {"node.db-wal", "node.db-shm"}
    assert "run.json" in alive and "run.json" not in over


def test_ports_bounds_and_places_are_the_real_ones() -> None:
    config = Config()
    for said in (
        f"TCP {config.node.port} (`node.port`)",
        f"TCP {config.api.port} (`api.port`)",
        f"UDP {PORT}, multicast {GROUP}",
        f"the last {KEPT}",
        f"within about {AGAIN_S:.0f} s",
        f"the last {FLOOR // MIB} MiB ({100 // SHARE} % of a disk below {FLOOR * SHARE / 1024 / MIB} GiB)",
    ):
        assert said in TEXT, said


async def test_without_its_node_key_a_node_refuses_to_become_a_stranger(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        id = (await alice.call("state"))["node"]["id"]
    key = tmp_path / "alice/identity/node.key"
    copy = key.read_bytes()
    key.unlink()
    with pytest.raises(NotFound, match="Restore the folder identity/ from a backup, or move"):
        async with lives(tmp_path, "Alice"):
            raise AssertionError("it started")
    assert not key.exists(), "no new key was made"
    key.write_bytes(copy)
    async with lives(tmp_path, "Alice") as alice:
        assert (await alice.call("state"))["node"]["id"] == id
    key.unlink()
    (tmp_path / "alice/node.db").unlink()
    async with lives(tmp_path, "Alice") as alice:
        assert (await alice.call("state"))["node"]["id"] != id


async def test_without_the_owner_key_a_node_goes_on_but_adds_none_to_the_household(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        before = await alice.call("state")
    owner = tmp_path / "alice/identity/owner.key"
    copy = owner.read_bytes()
    owner.unlink()
    async with lives(tmp_path, "Alice") as alice:
        after = await alice.call("state")
        assert all(after[key]["id"] == before[key]["id"] for key in ("node", "member", "community"))
        await alice.call("post_notice", title="Still here")
        await alice.call("create_invite")
        with pytest.raises(AssertionError, match=r"forbidden: .*holds the key"):
            await alice.call("create_invite", own=True)
    owner.write_bytes(copy)
    async with lives(tmp_path, "Alice") as alice:
        assert (await alice.call("create_invite", own=True))["text"]


async def test_a_restored_backup_gets_back_what_a_neighbour_has_and_goes_on(tmp_path: Path) -> None:
    place = {"node": {"name": "Alice", "host": "127.0.0.1", "port": free_port()}}
    async with lives(tmp_path, "Bob") as bob:
        async with lives(tmp_path, "Alice", **place) as alice:
            await joined(bob, alice)
        shutil.copytree(tmp_path / "alice", tmp_path / "backup")
        async with lives(tmp_path, "Alice", **place) as alice:
            await alice.until(lambda s: any(p["connected"] for p in s["peers"]))
            await alice.call("post_notice", title="after the backup")
            await bob.until(lambda s: [n for n in s["notices"] if n["title"] == "after the backup"])
        shutil.rmtree(tmp_path / "alice")
        shutil.copytree(tmp_path / "backup", tmp_path / "alice")
        async with lives(tmp_path, "Alice", **place) as alice:
            await alice.call("post_notice", title="after the restore")
            await alice.until(lambda s: len(s["notices"]) == 2, 60)
            await bob.until(lambda s: len(s["notices"]) == 2, 60)
            assert await titles(alice) == await titles(bob) == {"after the backup", "after the restore"}


async def test_a_folder_moved_to_another_place_is_the_same_node_with_its_pairings(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        await alice.call("set_privacy", privacy="community")
        before = await alice.call("state")
    (tmp_path / "elsewhere").mkdir()
    shutil.move(tmp_path / "alice", tmp_path / "elsewhere/alice")
    async with lives(tmp_path / "elsewhere", "Alice") as alice:
        after = await alice.call("state")
    assert (after["node"]["id"], after["privacy"], after["community"]) == (
        before["node"]["id"],
        "community",
        before["community"],
    )


async def test_neither_questions_nor_keys_nor_tokens_are_ever_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    question = "Where does aunt Mathilda keep her drinking water?"
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice/secrets.json").write_text('{"big_one": "sk-very-secret"}')
    row = {"kind": "openai_compatible", "url": "http://127.0.0.1:1", "secret": "big_one"}
    async with lives(tmp_path, "Alice", engines=[row], log_level="debug") as alice, lives(tmp_path, "Bob") as bob:
        await joined(bob, alice)
        await alice.call("set_privacy", privacy="community")
        await alice.call("ask", question=question, history=[{"role": "user", "content": "Mathilda's secret"}])
        with pytest.raises(AssertionError, match="unavailable"):
            await alice.call("ask", question=question, model="none")
        await alice.call("search", query=question)
        code = (await alice.call("pair_code"))["code"]
        private = {"Mathilda", "sk-very-secret", code, (alice.data / "api-token").read_text().strip()}
        for name in ("node.key", "owner.key"):
            private.add((alice.data / "identity" / name).read_text().strip())
    assert caplog.text
    assert [p for p in private if p in caplog.text] == []
