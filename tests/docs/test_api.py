"""docs/api.md lists the methods that the node serves, and its bounds are the real ones."""

from __future__ import annotations

import re
from pathlib import Path

from hearthnet_core.api import limits, listener, pairing
from hearthnet_core.api.websocket import AUTH_S, STALL_S
from hearthnet_core.models.local_api import API_VERSION, LOWEST_API_VERSION, MAX_BODY, MAX_CALLS, MAX_INGEST, PING_S

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/api.md").read_text()


def test_the_methods_are_those_of_the_table() -> None:
    section = TEXT.partition("| method | parameters |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE)
    written = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    files = (ROOT / "hearthnet_core/api").glob("*methods.py")
    served = {name for file in files for name in re.findall(r"(?:once|Method)\(\s*\"(\w+)\"", file.read_text())}
    assert written == served


def test_the_versions_and_bounds_are_the_real_ones() -> None:
    plain = " ".join(TEXT.split())
    for said in (
        f"Version **{API_VERSION}**, lowest supported **{LOWEST_API_VERSION}**",
        f"at most {MAX_BODY // 1024**2} MiB (`ingest`: {MAX_INGEST // 1024**2} MiB)",
        f"valid for {pairing.CODE_S // 60:.0f} minutes and {pairing.TRIES} tries",
        f"within {AUTH_S:.0f} s",
        f"At most {MAX_CALLS} calls run on one connection",
        f"pings every {PING_S:.0f} s",
        f"takes nothing for {STALL_S:.0f} s is cut off",
        f"At most {listener.MAX_CONNECTIONS} connections are kept, {listener.MAX_CONNECTIONS_PER_ADDRESS} from one other machine",
    ):
        assert said in plain, said
    assert limits.MAX_FAILURES == 10 and "Ten wrong tokens a minute" in plain
