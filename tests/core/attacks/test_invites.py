"""Invites that promise something else than they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearthnet_core.errors import BadRequest, Forbidden
from tests.core.community.homes import home


async def test_an_invite_that_would_make_this_node_part_of_the_neighbour_s_household_is_not_taken_for_an_ordinary_one(
    tmp_path: Path,
) -> None:
    async with home(tmp_path, "mallory") as mallory, home(tmp_path, "bob") as bob:
        text = await mallory.invite(own=True)
        assert (await bob.community.inspect_invite(text))["own"] is True
        with pytest.raises(Forbidden, match="read this home's own documents"):
            _ = [chunk async for chunk in bob.community.join(text)]
        assert bob.membership.alone and mallory.membership.alone
        assert not bob.membership.same_home(mallory.id)


async def test_an_ordinary_invite_is_not_taken_for_one_more_node(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        text = await alice.invite()
        with pytest.raises(BadRequest, match="for a household"):
            _ = [chunk async for chunk in bob.community.join(text, own=True)]
        assert bob.membership.alone
