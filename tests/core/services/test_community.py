"""Notices, invites, joining and leaving as the local API shows them."""

from __future__ import annotations

import asyncio
import contextlib
import xml.etree.ElementTree as ET
from collections.abc import Callable
from inspect import isawaitable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearthnet_core.community.standing import Standing
from hearthnet_core.errors import BadRequest, Forbidden, RateLimited, Unavailable
from hearthnet_core.protocol import bodies, invite
from hearthnet_core.services.community import qr_svg
from tests.core.community.homes import Home, home, meet, tell

DAY_S = 86_400


async def posted(at: Home, **what: Any) -> dict[str, Any]:
    return (await at.community.post_notice(**what))["notice"]  # type: ignore[no-any-return]


async def test_a_notice_has_the_shape_of_the_document_and_comes_to_neighbours(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        await bob.join(await alice.invite(), "Bob & Co")
        heard: list[dict[str, Any]] = []
        alice.community.posted.connect(heard.append)
        made = await posted(bob, title=" Well is open ", body="until\nnoon", severity="urgent", ttl_hours=24)
        await meet(alice, bob)
        wall = bob.clock.wall()
        assert made | {"id": "", "at": 0, "expires": 0} == {
            "id": "",
            "title": "Well is open",
            "body": "until\nnoon",
            "severity": "urgent",
            "author_node": bob.id.text,
            "author_name": "Bob & Co",
            "member_id": bob.member.text,
            "at": 0,
            "expires": 0,
            "late": False,
        }
        assert abs(made["at"] - wall) < 60 and 24 * 3600 - 60 <= made["expires"] - wall <= 2 * DAY_S
        assert heard == [made] and (await alice.community.notices())["notices"] == [made]


async def test_notices_come_newest_first_a_page_at_a_time(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        for i in range(7):
            await posted(alice, title=f"{i}")
        first = await alice.community.notices(3)
        second = await alice.community.notices(3, first["next"])
        third = await alice.community.notices(3, second["next"])
        pages = [[n["title"] for n in page["notices"]] for page in (first, second, third)]
        assert pages == [["6", "5", "4"], ["3", "2", "1"], ["0"]] and third["next"] is None
        everything = await alice.community.notices(7)
        assert len(everything["notices"]) == 7 and everything["next"] is None
        for wrong in ("x", "-", "1-", "1-zzz", "9" * 40 + "-" + alice.id.text):
            with pytest.raises(BadRequest):
                await alice.community.notices(3, wrong)


async def test_expired_notices_are_not_shown_nor_announced(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        await bob.join(await alice.invite())
        await posted(alice, title="today only", ttl_hours=1)
        for i in range(4):
            await posted(alice, title=f"this month {i}", ttl_hours=720)
        await posted(alice, title="today too", ttl_hours=1)
        heard: list[str] = []
        bob.community.posted.connect(lambda n: heard.append(n["title"]))
        alice.clock.wall_ahead = bob.clock.wall_ahead = 3 * DAY_S
        assert await alice.titles() == [f"this month {i}" for i in range(4)]
        page = await alice.community.notices(2)
        assert [n["title"] for n in page["notices"]] == ["this month 3", "this month 2"]
        rest = await alice.community.notices(2, page["next"])
        assert [n["title"] for n in rest["notices"]] == ["this month 1", "this month 0"]
        await tell(alice, bob)
        assert sorted(heard) == [f"this month {i}" for i in range(4)]


async def test_display_is_cleaned_and_what_was_signed_is_kept(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        title, body = "a\x1b[31m\u202eb\nc\U0001f469\u200d\U0001f33e", "x\x00\r\ny\u2066z\tw"
        made = await posted(alice, title=title, body=body)
        assert made["title"] == "a[31mb c\U0001f469\u200d\U0001f33e" and made["body"] == "x\nyz w"
        (stored,) = await alice.log.events(alice.membership.state.board)
        signed = msgspec.msgpack.decode((stored.event.body or b"")[16:], type=bodies.Notice)
        assert (signed.title, signed.body) == (title, body)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "  "},
        {"title": "\u202e\x07"},
        {"title": "x" * 81},
        {"title": "x", "body": "y" * 2001},
        {"title": "x", "severity": "panic"},
        {"title": "x", "ttl_hours": 0},
        {"title": "x", "ttl_hours": 721},
        {"title": "x", "ttl_hours": float("nan")},
    ],
)
async def test_a_notice_out_of_bounds_is_refused_in_words(tmp_path: Path, wrong: dict[str, Any]) -> None:
    async with home(tmp_path, "alice") as alice:
        with pytest.raises(BadRequest, match="notice"):
            await posted(alice, **wrong)
        assert (await alice.community.notices())["notices"] == []


async def test_a_notice_of_thirty_days_is_within_what_neighbours_accept(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        await bob.join(await alice.invite())
        await posted(alice, title="x", ttl_hours=720)
        await meet(alice, bob)
        assert await bob.titles() == ["x"]


async def test_an_invite_comes_as_text_and_as_a_code_and_says_what_it_is(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        made = await alice.community.create_invite(False, 24)
        assert set(made) == {"invite_id", "text", "qr_svg", "expires", "community", "addresses"}
        assert made["addresses"] == [alice.address] and made["community"]["alone"] is True
        assert abs(made["expires"] - alice.clock.wall() - DAY_S) < 60
        said = await bob.community.inspect_invite(f"  {made['text'].lower()}\n")
        assert said == {
            "community_id": alice.membership.community.text,
            "community_short": alice.membership.community.short,
            "node_id": alice.id.text,
            "node_short": alice.id.short,
            "addresses": [alice.address],
            "expires": made["expires"],
            "words": invite.words(alice.id, alice.membership.community),
            "own": False,
        }
        assert qr_svg(made["text"]) == made["qr_svg"]


def test_the_code_is_shapes_only_and_small_enough_for_a_camera() -> None:
    text = "HN1:" + "A" * (invite.MAX_TEXT - 4)
    root = ET.fromstring(qr_svg(text))
    assert {element.tag.partition("}")[2] for element in root.iter()} == {"svg", "path"}
    names = {name for element in root.iter() for name in element.attrib}
    assert names <= {"viewBox", "class", "fill", "stroke", "d"}
    side = int(root.attrib["viewBox"].split()[2]) - 8
    assert side <= 57  # alphanumeric at level M: version 10 at most; as bytes it would take version 11


async def test_an_invite_names_the_addresses_that_fit_and_leaves_names_out(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        many = ("alice.local:7080", *(f"[2001:db8::{i}]:7080" for i in range(1, 9)), "192.168.1.5:7080")
        alice.community._addresses = lambda: many
        made = await alice.community.create_invite()
        assert made["addresses"] == ["[2001:db8::1]:7080", "[2001:db8::2]:7080", "192.168.1.5:7080"]
        assert len(made["text"]) <= invite.MAX_TEXT
        assert list(invite.decode(made["text"]).addresses) == made["addresses"]


async def test_an_invite_that_leads_nowhere_says_so_and_changes_nothing(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        found = invite.decode(await alice.invite())
        await alice.mesh.aclose()
        with pytest.raises(Unavailable, match="same network"):
            await bob.join(found.encode())
        with pytest.raises(BadRequest, match="names no address"):
            await bob.join(msgspec.structs.replace(found, addresses=()).encode())
        with pytest.raises(BadRequest, match="no HearthNet invite"):
            await bob.join("hello")
        assert bob.membership.alone and bob.switches == []


async def test_one_s_own_invite_is_for_neighbours(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        with pytest.raises(BadRequest, match="made that invite itself"):
            await alice.join(await alice.invite())


async def test_one_joins_or_leaves_one_community_at_a_time(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob, home(tmp_path, "carol") as carol:
        first, second = await alice.invite(), await carol.invite()
        joining = bob.community.join(first)
        await anext(joining)
        with pytest.raises(RateLimited):
            await bob.join(second)
        with pytest.raises(RateLimited):
            await bob.community.leave()
        await joining.aclose()
        await bob.join(second)
        assert bob.membership.community == carol.membership.community and alice.membership.alone


async def test_an_address_that_does_not_answer_does_not_keep_the_next_one_from_being_tried(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        found = invite.decode(await alice.invite())
        both = msgspec.structs.replace(found, addresses=("127.0.0.1:1", bob.address, alice.address))
        await bob.join(both.encode())
        assert bob.membership.community == alice.membership.community


async def test_neighbours_that_are_connected_hear_of_a_new_member_its_notices_and_its_leaving(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        alice, bob, carol = [
            await stack.enter_async_context(home(tmp_path, n, synced=True)) for n in ("alice", "bob", "carol")
        ]
        await bob.join(await alice.invite())
        bob.mesh.found(alice.address, alice.id)
        await carol.join(await bob.invite())
        carol.mesh.found(bob.address, bob.id)
        await until(lambda: alice.membership.standing(carol.id) is Standing.MEMBER)
        await posted(carol, title="hello")
        await until(lambda: alice.titles(), ["hello"])
        await bob.community.leave()
        await until(lambda: alice.membership.standing(bob.id) is Standing.REVOKED)
        await until(lambda: carol.membership.standing(bob.id) is Standing.REVOKED)
        assert bob.membership.alone and bob.mesh.peers == {}


async def until(look: Callable[[], Any], wanted: Any = True) -> None:
    async with asyncio.timeout(40):
        while True:
            seen = look()
            if (await seen if isawaitable(seen) else seen) == wanted:
                return
            await asyncio.sleep(0.02)


async def test_leaving_is_written_down_and_ends_in_a_community_of_one(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        await bob.join(await alice.invite())
        with pytest.raises(Forbidden, match="make somebody else anchor first"):
            await alice.community.leave()
        street, scope = alice.membership.community, alice.membership.state.scope
        await posted(bob, title="remember me")
        left = (await bob.community.leave())["community"]
        assert left["alone"] and left["members"] == 1 and left["id"] != street.text and left["name"] == "bob's home"
        assert bob.switches == [None, None]
        assert (await bob.community.notices())["notices"] == []
        told = (await bob.log.arrival_since(scope, 0)).events
        await alice.log.ingest([e.wire for e in told])
        assert alice.membership.alone
