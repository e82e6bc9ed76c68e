"""Data written by each earlier version, as it was on somebody's disk, is taken over by this one.

`written/<version>.tar.gz` holds the data folder of a node "Alice" of that version: a community of two households, a
document, notices, a drill, privacy `community`. A release adds its own.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from hearthnet_core.models.ids import NodeId
from tests.core.node.living import lives

WRITTEN = sorted((Path(__file__).parent / "written").glob("*.tar.gz"))
NODE = "xafxcz4lnnhim3r7weukgszfnu5mspemzvtd3doe64xjajdoopqq"


@pytest.mark.parametrize("archive", WRITTEN, ids=lambda path: path.name.removesuffix(".tar.gz"))
async def test_what_an_earlier_version_wrote_is_taken_over(tmp_path: Path, archive: Path) -> None:
    with tarfile.open(archive) as folder:
        folder.extractall(tmp_path, filter="data")
    async with lives(tmp_path, "Alice", library=False) as alice:
        state = await alice.call("state")
        assert state["node"]["id"] == NodeId.parse(NODE).text
        assert (state["community"]["members"], state["member"]["role"]) == (2, "anchor")
        assert [p["name"] for p in state["peers"]] == ["Bob"]
        assert (state["privacy"], state["mode"]["mode"], state["mode"]["reason"]) == ("community", "drill", "Exercise")
        found = await alice.call("search", query="When does the pump work?")
        assert "from eight to six" in found["results"][0]["text"]
        posted = await alice.call("post_notice", title="after the upgrade")
        assert posted["notice"]["id"] in {n["id"] for n in (await alice.call("notices"))["notices"]}
