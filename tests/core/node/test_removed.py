"""Somebody is put out of the community: both sides see it, and it can come back by a new invite only."""

from __future__ import annotations

from pathlib import Path

from tests.core.node.living import Living, lives


async def together(alice: Living, bob: Living) -> None:
    invite = await alice.call("create_invite")
    await bob.call("join", text=invite["text"])
    await alice.until(lambda s: any(p["connected"] for p in s["peers"]))
    await bob.until(lambda s: any(p["connected"] for p in s["peers"]))


async def test_who_leaves_is_gone_from_the_others_and_in_a_community_of_its_own(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice, lives(tmp_path, "Bob") as bob:
        before = (await bob.call("state"))["community"]["id"]
        await together(alice, bob)
        assert (await bob.call("state"))["community"]["name"] == "Alice's home"
        await bob.call("leave")
        state = await bob.until(lambda s: s["community"]["alone"])
        assert state["community"]["id"] != before
        gone = await alice.until(lambda s: s["community"]["members"] == 1)
        assert gone["peers"] == []
        await together(alice, bob)
        assert (await alice.call("state"))["community"]["members"] == 2
