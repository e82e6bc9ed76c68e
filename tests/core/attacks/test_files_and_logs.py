"""What another user of the machine, or whoever reads the log on a terminal, can get at."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import stat
import sys
from pathlib import Path

import pytest

from hearthnet_core.cli.node import PlainFormatter
from hearthnet_core.errors import BadRequest
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.export import Export
from hearthnet_core.storage.database import Database
from tests.core.node.living import lives


async def test_nothing_a_node_writes_can_be_read_by_another_user(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        async with lives(tmp_path, "Alice") as alice:
            text = (await alice.call("create_invite"))["text"]
            code = (await alice.call("pair_code"))["code"]
            files = [p for p in alice.data.rglob("*") if p.is_file() and p.name not in ("config.toml", "lock")]
            assert {"node.db", "api-token", "run.json", "node.key", "owner.key"} <= {p.name for p in files}
            for path in files:
                assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path.name
            assert not stat.S_IMODE((alice.data / "identity").stat().st_mode) & 0o077
            assert (alice.data / "lock").stat().st_size == 0
            for path in files:
                if not path.name.startswith("node.db"):
                    assert text.encode() not in path.read_bytes() and code.encode() not in path.read_bytes()
    finally:
        os.umask(before)


async def test_a_data_folder_that_init_makes_is_private(tmp_path: Path) -> None:
    data = tmp_path / "new" / "node"
    ran = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hearthnet_core",
        "init",
        "--data",
        str(data),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await ran.communicate()
    assert ran.returncode == 0, out.decode()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_peer_s_words_in_the_log_drive_no_terminal_and_begin_no_line() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(PlainFormatter("%(levelname)s: %(message)s"))
    logger = logging.getLogger("attack")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.info("%s is gone: %s", "abcd", "bye\n2026-01-01 ERROR forged\x1b]0;owned\x07\x1b[2J\u2028x")
    assert out.getvalue().count("\n") == 1 and not set(out.getvalue()) & set("\x1b\x07\u2028")
    try:
        raise ValueError("\x1b[2J")
    except ValueError:
        logger.exception("failed")
    assert "Traceback" in out.getvalue() and "\x1b" not in out.getvalue()


@pytest.mark.parametrize("where", ["relative", "in use", "a link to a folder in use"])
async def test_an_export_writes_into_nothing_that_exists(tmp_path: Path, where: str) -> None:
    runtime = SystemRuntime()
    database = await Database.open(tmp_path / "node.db", runtime)
    used = tmp_path / "used"
    used.mkdir()
    (used / "precious.txt").write_text("kept")
    (tmp_path / "link").symlink_to(used)
    target = {"relative": Path("../up"), "in use": used, "a link to a folder in use": tmp_path / "link"}[where]
    try:
        with pytest.raises(BadRequest):
            await Export(runtime, database).write(target)
        assert [p.name for p in used.iterdir()] == ["precious.txt"]
    finally:
        await database.close()
        runtime.close()
