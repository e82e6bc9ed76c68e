"""Who may do what, and that everybody who knows the same events agrees on it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hearthnet_core.community.standing import Standing
from hearthnet_core.errors import BadRequest, Forbidden, Revoked
from hearthnet_core.models.ids import ScopeId
from hearthnet_core.protocol import bodies, making
from hearthnet_core.protocol.admission import Status
from hearthnet_core.protocol.bodies import DAY_MS, Notice
from hearthnet_core.protocol.event import Event
from hearthnet_core.protocol.making import Stamp
from tests.core.protocol.forging import key

from .homes import Home, home, meet, tell


@asynccontextmanager
async def street(folder: Path, *names: str) -> AsyncIterator[list[Home]]:
    """The first founded, the others joined; everybody knows everybody, and one anchor may remove."""
    async with contextlib.AsyncExitStack() as stack:
        homes = [await stack.enter_async_context(home(folder, name)) for name in names]
        first = homes[0]
        one = bodies.PolicyUpdated(revoke_cosigners=1)
        await first.log.append(bodies.POLICY, first.membership.state.scope, one)
        for other in homes[1:]:
            await other.join(await first.invite())
        await meet(*homes)
        yield homes


def forged(home: Home, type: str, body: object, lamport: int, after: tuple[bytes, ...] = ()) -> Event:
    """What the node's key signs whatever its own log says."""
    state = home.membership.state
    stamp = Stamp(lamport=lamport, wall=int(home.clock.wall() * 1000), salt=bytes(16))
    scope = state.scope if after else state.board
    expires = None if after else stamp.wall // DAY_MS + 7
    return making.event(home.node, state.community, scope, type, body, stamp, after, expires)  # type: ignore[arg-type]


async def test_a_first_start_founds_a_community_of_one_that_a_restart_keeps(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        membership = alice.membership
        assert membership.alone and membership.state.name == "alice's home"
        assert membership.member.role == "anchor" and membership.me.name == "alice"
        assert membership.member.id == alice.owner.member_id
        community, scopes = membership.community, membership.scopes(alice.id)
        assert len(set(scopes)) == 3
    async with home(tmp_path, "alice") as alice:
        assert alice.membership.community == community and alice.membership.scopes(alice.id) == scopes


async def test_members_may_call_and_sync_what_they_share_and_guests_nothing(tmp_path: Path) -> None:
    async with street(tmp_path, "alice", "bob") as (alice, bob):
        membership, stranger = alice.membership, key("stranger").node_id
        shared = membership.scopes(bob.id)
        assert shared == (membership.state.scope, membership.state.board)
        membership.authorise(bob.id, "call:llm.chat")
        for scope in shared:
            membership.authorise(bob.id, f"sync:{scope.text}")
        for scope in (membership.member.home, bob.membership.member.home, ScopeId(bytes(16))):
            with pytest.raises(Forbidden):
                membership.authorise(bob.id, f"sync:{scope.text}")
        for action in ("call:llm.chat", f"sync:{shared[0].text}"):
            with pytest.raises(Forbidden, match="may only join"):
                membership.authorise(stranger, action)
        for action in ("", "exec:rm", "call"):
            with pytest.raises(Forbidden):
                membership.authorise(bob.id, action)
        assert membership.scopes(stranger) == () and membership.standing(stranger) is Standing.GUEST


async def test_who_was_removed_may_nothing_any_more(tmp_path: Path) -> None:
    async with street(tmp_path, "alice", "bob") as (alice, bob):
        await alice.membership.revoke(bob.member, "moved away")
        assert alice.membership.standing(bob.id) is Standing.REVOKED and alice.membership.scopes(bob.id) == ()
        for action in ("call:llm.chat", f"sync:{alice.membership.state.scope.text}"):
            with pytest.raises(Revoked):
                alice.membership.authorise(bob.id, action)


async def test_only_anchors_remove_promote_and_demote(tmp_path: Path) -> None:
    async with street(tmp_path, "alice", "bob", "carol") as (alice, bob, carol):
        with pytest.raises(Forbidden, match="takes the role anchor"):
            await bob.membership.revoke(carol.member)
        with pytest.raises(Forbidden, match="takes the role anchor"):
            await bob.membership.promote(carol.member, "anchor")
        await alice.membership.promote(bob.member, "trusted")
        await meet(alice, bob, carol)
        assert bob.membership.member.role == "trusted"
        await alice.membership.demote(bob.member, "member")
        await meet(alice, bob, carol)
        assert bob.membership.member.role == "member" and alice.view() == bob.view() == carol.view()


async def test_removing_an_anchor_takes_as_many_anchors_as_the_policy_says(tmp_path: Path) -> None:
    async with street(tmp_path, "alice", "bob", "carol") as (alice, bob, carol):
        two = bodies.PolicyUpdated(revoke_cosigners=2)
        await alice.log.append(bodies.POLICY, alice.membership.state.scope, two)
        for one in (bob, carol):
            await alice.membership.promote(one.member, "anchor")
        await meet(alice, bob, carol)
        with pytest.raises(Forbidden, match="takes 2 anchors, and 1 signed"):
            await alice.membership.revoke(carol.member)
        heads = alice.membership.heads
        cosig = making.cosign(bob.node, bodies.REVOKED, alice.membership.community, heads, carol.member)
        await alice.membership.revoke(carol.member, cosigs=(cosig,))
        assert not alice.membership.state.members[carol.member].active


async def test_the_only_anchor_does_not_leave_the_others_without_one(tmp_path: Path) -> None:
    async with street(tmp_path, "alice", "bob") as (alice, bob):
        for attempt in (alice.membership.leave(), alice.membership.demote(alice.member, "member")):
            with pytest.raises(Forbidden, match="make somebody else anchor first"):
                await attempt
        street_id, old = alice.membership.community, alice.membership.state.scope
        await alice.membership.promote(bob.member, "anchor")
        heard: list[str] = []

        async def spread() -> None:
            for e in (await alice.log.arrival_since(old, 0)).events:
                heard.append(e.type)
                await bob.log.ingest([e.wire])

        await alice.membership.leave(spread)
        assert heard[-1] == bodies.REVOKED
        assert alice.membership.alone and alice.membership.community != street_id
        assert alice.membership.member.name == "alice" and alice.membership.me.name == "alice"
        assert bob.membership.alone and bob.membership.member.role == "anchor"
        assert bob.membership.standing(alice.id) is Standing.REVOKED


async def test_from_a_community_of_one_there_is_nothing_to_leave(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        before = alice.membership.community
        with pytest.raises(BadRequest, match="nothing to leave"):
            await alice.membership.leave()
        assert alice.membership.community == before


async def test_of_a_household_of_its_own_nodes_only_the_leaving_node_goes(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "attic") as attic:
        await attic.join(await alice.invite(own=True))
        community = alice.membership.community
        await attic.membership.leave()
        assert attic.membership.alone and attic.member == attic.owner.member_id
        assert alice.membership.community == community
        await alice.membership.remove_node(attic.id)
        assert alice.membership.standing(attic.id) is Standing.REVOKED and alice.membership.alone
        await attic.join(await alice.invite(own=True))
        assert alice.membership.same_home(attic.id) and attic.view() == alice.view()


async def test_only_the_node_with_the_owner_key_takes_nodes_out(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "attic") as attic, home(tmp_path, "bob") as bob:
        await attic.join(await alice.invite(own=True))
        await bob.join(await alice.invite())
        with pytest.raises(Forbidden, match="holds the key"):
            await attic.membership.remove_node(alice.id)
        with pytest.raises(BadRequest, match="no node of this household"):
            await alice.membership.remove_node(bob.id)


async def test_what_two_anchors_did_to_each_other_in_a_partition_ends_alike_everywhere(tmp_path: Path) -> None:
    async with street(tmp_path, "alice", "bob", "carol", "dave") as homes:
        alice, bob, carol, dave = homes
        async with home(tmp_path, "eve") as eve:
            for one in (bob, carol):
                await alice.membership.promote(one.member, "anchor")
            await meet(*homes)
            # the cable is cut: {alice, bob} and {carol, dave, eve}
            await bob.membership.revoke(carol.member, "no")
            with pytest.raises(Forbidden, match="became anchor earlier"):
                await carol.membership.revoke(bob.member, "no, you")
            await carol.membership.revoke(dave.member, "bob's friend")
            await eve.join(await carol.invite())
            await carol.membership.promote(eve.member, "anchor")
            await meet(alice, bob)
            await meet(carol, dave)
            assert carol.membership.state.members[eve.member].role == "anchor"
            # and mended
            await meet(*homes, eve)
            assert alice.view() == bob.view() == carol.view() == dave.view() == eve.view()
            state = alice.membership.state
            assert not state.members[carol.member].active and state.members[dave.member].active
            assert state.readmit == (eve.member,) and len(state.void) == 3
            assert not eve.membership.me.active and eve.membership.member.name == "eve"
            await eve.membership.leave()
            assert eve.membership.alone and eve.membership.state.name == "eve's home"
        views = [h.view() for h in homes]
        communities = {h.membership.community for h in homes}
    async with home(tmp_path, "carol") as carol:
        assert carol.view() == views[0] and {carol.membership.community} == communities


async def test_what_a_stranger_says_never_counts_and_what_the_removed_say_later_neither(tmp_path: Path) -> None:
    async with street(tmp_path, "alice", "bob") as (alice, bob), home(tmp_path, "mallory") as mallory:
        notice = Notice(title="free beer", body="", severity="info")
        early = await bob.post("early")
        unheard = await bob.post("written before, heard after")
        await alice.log.ingest([early.wire])
        removal = await alice.membership.revoke(bob.member)
        state, stamp = alice.membership.state, Stamp(lamport=9, wall=early.header.wall, salt=bytes(16))
        strange = making.event(
            mallory.node, state.community, state.board, bodies.NOTICE, notice, stamp, expires=early.header.expires
        )
        later = forged(bob, bodies.NOTICE, notice, removal.header.lamport + 1)
        coup = forged(
            mallory,
            bodies.PROMOTED,
            bodies.Promoted(member=mallory.member, role="anchor"),
            removal.header.lamport + 1,
            (bytes(removal.id),),
        )
        heard: list[tuple[str, bool]] = []
        alice.community.posted.connect(lambda n: heard.append((n["title"], n["late"])))
        taken = await alice.log.ingest([strange.wire, later.wire, unheard.wire, coup.wire])
        assert heard == [("written before, heard after", True)]
        assert [e.id for e in taken.admitted] == [unheard.id] and taken.quarantined == 1 and taken.parked == 1
        assert len(taken.refused) == 1
        notices = (await alice.community.notices())["notices"]
        assert [(n["title"], n["late"]) for n in notices] == [("written before, heard after", True), ("early", False)]
        assert (await alice.log.counts())[Status.QUARANTINED] == 1


async def test_a_removed_anchor_gains_nothing_by_backdating(tmp_path: Path) -> None:
    """She signs on what she knew before her removal, with whatever Lamport value."""
    async with street(tmp_path, "alice", "carol", "dave") as (alice, carol, dave):
        await alice.membership.promote(carol.member, "anchor")
        await meet(alice, carol, dave)
        past, top = carol.membership.heads, carol.log.graph.top
        await alice.membership.revoke(carol.member, "no")
        for lamport, body, type in (
            (top + 1, bodies.Promoted(member=dave.member, role="anchor"), bodies.PROMOTED),
            (top + 2, bodies.PolicyUpdated(revoke_cosigners=16, name="Mine"), bodies.POLICY),
            (top + 3, bodies.Revoked(member=dave.member, reason="", cosigs=()), bodies.REVOKED),
        ):
            backdated = forged(carol, type, body, lamport, past)
            await alice.log.ingest([backdated.wire])
            assert backdated.id in alice.membership.state.void
        state = alice.membership.state
        assert state.members[dave.member].role == "member" and state.members[dave.member].active
        assert state.policy.revoke_cosigners == 1 and state.name != "Mine"
        await tell(alice, dave)
        with pytest.raises(Revoked, match="anchor's invite"):
            await carol.join(await dave.invite())
        await tell(alice, carol)
        assert alice.view() == carol.view() == dave.view()


async def test_a_crash_while_switching_leaves_the_old_community_or_all_of_the_new_one(tmp_path: Path) -> None:
    async with street(tmp_path, "alice", "bob", "carol") as (alice, _, carol):
        history = alice.membership.history()
        assert len(history) == 4
        async with home(tmp_path, "dave") as dave:
            before = dave.view(), dave.membership.community
            broken = [*history[:2], history[3]]
            with pytest.raises(Exception, match="stands on others"):
                await dave.membership.enter(broken)
            assert (dave.view(), dave.membership.community) == before
            await dave.post("still mine")
        async with home(tmp_path, "dave") as dave:
            assert (dave.view(), dave.membership.community) == before and await dave.titles() == ["still mine"]
        assert carol.membership.community == alice.membership.community


async def test_a_community_that_claims_another_one_s_scope_is_not_entered(tmp_path: Path) -> None:
    """Its members could read the other one's notices."""
    async with home(tmp_path, "alice") as alice, home(tmp_path, "mallory") as mallory:
        stamp = Stamp(lamport=1, wall=1, salt=bytes(16))
        statement = mallory.membership.statement("mallory", "mallory")
        scope = ScopeId(mallory.clock.random_bytes(16))
        board = alice.membership.state.board
        trap = making.founding(mallory.node, mallory.owner, "Free", statement, scope, board, stamp)
        before = alice.membership.community
        with pytest.raises(BadRequest, match="belongs to another one"):
            await alice.membership.enter([trap])
        assert alice.membership.community == before
