"""`join/1` between real nodes: over TLS, with logs on disk."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearthnet_core.community import joining
from hearthnet_core.errors import (
    BadRequest,
    Expired,
    Forbidden,
    HearthNetError,
    InvalidSignature,
    RateLimited,
    Revoked,
    Unavailable,
)
from hearthnet_core.models.ids import CommunityId
from hearthnet_core.net.tls import TlsTransport
from hearthnet_core.protocol import bodies, invite, making
from hearthnet_core.protocol.event import Event, decode
from tests.core.protocol.forging import key

from .homes import Home, home, meet, tell


async def send(guest: Home, host: Home, request: object, expected_replies: int = 1) -> list[bytes]:
    """A hand-made first message of `join/1` on a connection of its own; what comes back."""
    connection = await guest.mesh.dial_guest(host.address, host.id)
    try:
        stream = await connection.open("join/1")
        made = request(connection.peer) if callable(request) else request
        await stream.send(msgspec.msgpack.encode(made))
        replies = []
        for _ in range(expected_replies):
            async with asyncio.timeout(30):
                raw = await stream.receive()
            assert raw is not None
            replies.append(raw)
        return replies
    finally:
        connection.close("unavailable", "done")


def request(text: str, guest: Home, proven: Any, **changes: Any) -> dict[str, Any]:
    """What an honest guest sends, with `changes`."""
    found = invite.decode(text)
    raw = bodies.pack_statement(guest.membership.statement(guest.name, guest.name))
    owner_sig, node_sig = making.join_proofs(guest.owner, guest.node, found.community, found.node, found.id, raw)
    mac = invite.proof(found.secret, proven.server_hello, proven.client_hello, raw)
    made = {"invite_id": found.id, "mac": mac, "statement": raw, "owner_sig": owner_sig, "node_sig": node_sig}
    return made | changes


async def test_a_guest_with_an_invite_is_a_member_for_both_and_after_a_restart(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice:
        async with home(tmp_path, "bob") as bob:
            chunks = await bob.join(await alice.invite(), "Bob & Co")
            assert [c.data.get("step") for c in chunks] == ["connecting", "joining", "switching", None]
            assert chunks[-1].data["community"]["id"] == alice.membership.community.text
            assert chunks[-1].data["community"]["members"] == 2 and not chunks[-1].data["community"]["alone"]
            assert bob.view() == alice.view() and bob.switches == [None]
            assert bob.membership.member.name == "Bob & Co" and bob.membership.member.role == "member"
            assert bob.member == bob.owner.member_id != alice.member
            async with asyncio.timeout(30):
                alice.mesh.found(bob.address, bob.id)
                while bob.id not in alice.mesh.peers:
                    await asyncio.sleep(0.01)
            view = bob.view()
        async with home(tmp_path, "bob") as bob:
            assert bob.view() == view and bob.membership.community == alice.membership.community
            await bob.post("I am back")
            await tell(bob, alice)
            assert await alice.titles() == ["I am back"]


async def test_an_own_invite_makes_the_guest_a_node_of_the_inviting_household(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "attic") as attic, home(tmp_path, "bob") as bob:
        await bob.join(await alice.invite())
        done = (await attic.join(await alice.invite(own=True)))[-1].data
        assert done["member_id"] == alice.member.text and attic.member == alice.member
        assert attic.membership.same_home(alice.id) and not attic.membership.same_home(bob.id)
        assert alice.membership.same_home(attic.id) and attic.membership.me.name == "attic"
        assert attic.membership.scopes(alice.id)[2] == alice.membership.member.home
        assert len(attic.membership.scopes(bob.id)) == 2
        assert not attic.membership.holds_owner_key
        with pytest.raises(Forbidden, match="holds the key of alice"):
            await attic.invite(own=True)
        await meet(alice, attic, bob)
        assert alice.view() == attic.view() == bob.view()


async def test_a_household_that_moved_its_owner_key_adds_its_second_node_by_an_ordinary_invite(tmp_path: Path) -> None:
    async with (
        home(tmp_path, "alice") as alice,
        home(tmp_path, "bob") as bob,
        home(tmp_path, "shed", owner="bob") as shed,
    ):
        await bob.join(await alice.invite())
        await shed.join(await alice.invite())
        assert shed.member == bob.member and len(alice.membership.state.nodes_of(bob.member)) == 2


async def test_membership_that_changes_between_terms_and_consent_is_asked_about_again(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "attic") as attic:
        found = invite.decode(await alice.invite(own=True))
        connection = await attic.mesh.dial_guest(alice.address, alice.id)
        stream = await connection.open("join/1")
        raw = bodies.pack_statement(attic.membership.statement("x", "attic"))
        mac = invite.proof(found.secret, connection.peer.server_hello, connection.peer.client_hello, raw)
        await stream.send(msgspec.msgpack.encode({"invite_id": found.id, "mac": mac, "statement": raw}))
        first = msgspec.msgpack.decode(await stream.receive() or b"", type=joining.Terms)
        await alice.log.append(bodies.POLICY, alice.membership.state.scope, bodies.PolicyUpdated(name="Elm Street"))
        community = alice.membership.community
        proof = making.node_proof(attic.node, community, alice.member, first.after)
        await stream.send(msgspec.msgpack.encode({"node_sig": proof}))
        second = msgspec.msgpack.decode(await stream.receive() or b"", type=joining.Terms)
        assert second.after == alice.log.graph.heads != first.after
        proof = making.node_proof(attic.node, community, alice.member, second.after)
        await stream.send(msgspec.msgpack.encode({"node_sig": proof}))
        answer = msgspec.msgpack.decode(await stream.receive() or b"", type=joining.Answer)
        assert decode(answer.event).type == bodies.NODE_ADDED and answer.authority == 3
        assert alice.membership.same_home(attic.id)


async def test_a_consent_by_another_key_lets_nobody_in_and_keeps_the_invite(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "attic") as attic:
        text = await alice.invite(own=True)
        found = invite.decode(text)
        connection = await attic.mesh.dial_guest(alice.address, alice.id)
        stream = await connection.open("join/1")
        raw = bodies.pack_statement(attic.membership.statement("x", "attic"))
        mac = invite.proof(found.secret, connection.peer.server_hello, connection.peer.client_hello, raw)
        await stream.send(msgspec.msgpack.encode({"invite_id": found.id, "mac": mac, "statement": raw}))
        terms = msgspec.msgpack.decode(await stream.receive() or b"", type=joining.Terms)
        proof = making.node_proof(key("somebody"), alice.membership.community, alice.member, terms.after)
        await stream.send(msgspec.msgpack.encode({"node_sig": proof}))
        with pytest.raises(InvalidSignature):
            await stream.receive()
        assert attic.id not in alice.membership.state.nodes
        await attic.join(text)
        assert alice.membership.same_home(attic.id)


async def test_a_guest_that_hangs_up_before_its_consent_uses_nothing_up(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "attic") as attic:
        text = await alice.invite(own=True)
        found = invite.decode(text)

        def half(proven: Any) -> dict[str, Any]:
            raw = bodies.pack_statement(attic.membership.statement("x", "attic"))
            mac = invite.proof(found.secret, proven.server_hello, proven.client_hello, raw)
            return {"invite_id": found.id, "mac": mac, "statement": raw}

        await send(attic, alice, half)
        async with asyncio.timeout(30):
            while True:
                with contextlib.suppress(Expired, RateLimited):  # until the other side has noticed
                    await attic.join(text)
                    break
                await asyncio.sleep(0.02)
        assert alice.membership.same_home(attic.id)


async def test_a_used_invite_is_refused_in_words_also_after_a_restart(tmp_path: Path) -> None:
    async with home(tmp_path, "bob") as bob, home(tmp_path, "carol") as carol:
        async with home(tmp_path, "alice") as alice:
            text = await alice.invite()
            await bob.join(text)
            with pytest.raises(Expired, match="used already"):
                await carol.join(text)
        async with home(tmp_path, "alice") as alice:
            found = invite.decode(text)
            moved = msgspec.structs.replace(found, addresses=(alice.address,)).encode()
            with pytest.raises(Expired, match="used already"):
                await carol.join(moved)
            assert carol.membership.alone and carol.switches == []


async def test_of_several_guests_with_one_invite_at_the_same_moment_one_gets_in(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        alice = await stack.enter_async_context(home(tmp_path, "alice"))
        guests = [await stack.enter_async_context(home(tmp_path, f"guest {i}")) for i in range(4)]
        text = await alice.invite()
        ended = await asyncio.gather(*(g.join(text) for g in guests), return_exceptions=True)
        assert sum(isinstance(e, list) for e in ended) == 1
        assert sum(type(e) is Expired for e in ended) == 3
        assert sum(m.active for m in alice.membership.state.members.values()) == 2


async def test_an_invite_past_its_time_is_refused(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        text = await alice.invite(hours=1)
        alice.clock.now_ahead = alice.clock.wall_ahead = 3601
        with pytest.raises(Expired, match="has expired"):
            await bob.join(text)
        assert bob.membership.alone and alice.membership.alone


async def test_a_wrong_secret_and_an_unknown_invite_are_refused_and_only_a_few_times(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob, home(tmp_path, "carol") as carol:
        text = await alice.invite()
        with pytest.raises(Forbidden, match="no such invite"):
            found = invite.decode(text)
            await bob.join(msgspec.structs.replace(found, secret=bytes(16)).encode())
        with pytest.raises(Forbidden, match="does not fit"):
            await send(bob, alice, lambda p: request(text, bob, p, mac=bytes(32)))
        for _ in range(3):
            with pytest.raises(Forbidden):
                await send(bob, alice, lambda p: request(text, bob, p, mac=bytes(32)))
        with pytest.raises(RateLimited, match="try again in"):
            await bob.join(text)
        with pytest.raises(RateLimited):  # another identity, the same address
            await carol.join(text)
        alice.clock.now_ahead = 61
        await bob.join(text)
        assert bob.membership.community == alice.membership.community


async def test_a_proof_made_for_one_connection_is_worth_nothing_on_another(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        text = await alice.invite()
        first = await bob.mesh.dial_guest(alice.address, alice.id)
        heard = request(text, bob, first.peer)
        with pytest.raises(Forbidden, match="does not fit"):
            await send(bob, alice, heard)
        assert alice.membership.alone


async def test_somebody_else_cannot_join_with_a_request_that_a_member_to_be_made(tmp_path: Path) -> None:
    """Mallory knows the secret (an overheard invite) and bob's statement, and wants bob's name on her connection."""
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob, home(tmp_path, "mallory") as mallory:
        text = await alice.invite()
        with pytest.raises(InvalidSignature, match="another node"):
            await send(mallory, alice, lambda p: request(text, bob, p))
        assert alice.membership.alone


@pytest.mark.parametrize("which", ["owner_sig", "node_sig"])
async def test_a_statement_that_a_key_did_not_sign_is_refused_and_keeps_the_invite(tmp_path: Path, which: str) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        text = await alice.invite()
        with pytest.raises(InvalidSignature):
            await send(bob, alice, lambda p: request(text, bob, p, **{which: bytes(64)}))
        assert alice.membership.alone
        await bob.join(text)
        assert bob.view() == alice.view()


async def test_an_ordinary_invite_does_not_make_a_node_of_the_household(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        found = invite.decode(await alice.invite())
        with pytest.raises(BadRequest, match="for a household"):
            await bob.join(msgspec.structs.replace(found, own=True).encode())
        assert alice.membership.alone and bob.membership.alone


async def test_a_man_in_the_middle_is_refused_before_anything_is_sent_to_him(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob, home(tmp_path, "mallory") as mallory:
        found = invite.decode(await alice.invite())
        detour = msgspec.structs.replace(found, addresses=(mallory.address,)).encode()
        with pytest.raises(InvalidSignature, match="Another node answers"):
            await bob.join(detour)
        assert bob.membership.alone and bob.switches == []


async def test_a_relay_that_passes_the_bytes_on_inside_its_own_tls_gets_nobody_in(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        relay_key = key("relay")
        relay = TlsTransport(relay_key)
        passed: list[bytes] = []

        async def pass_on(link: Any) -> None:
            inner = await TlsTransport(relay_key).dial(alice.address)

            async def pump(source: Any, sink: Any) -> None:
                while data := await source.read():
                    passed.append(data)
                    await sink.write(data)

            with contextlib.suppress(HearthNetError, ExceptionGroup):
                async with asyncio.TaskGroup() as group:
                    group.create_task(pump(link, inner))
                    group.create_task(pump(inner, link))
            inner.abort()

        port = await relay.listen("127.0.0.1", 0, pass_on)
        found = invite.decode(await alice.invite())
        detour = msgspec.structs.replace(found, addresses=(f"127.0.0.1:{port}",)).encode()
        with pytest.raises(InvalidSignature):
            await bob.join(detour)
        await relay.aclose()
        assert alice.membership.alone and bob.membership.alone
        assert found.secret not in b"".join(passed)


async def test_a_guest_may_open_nothing_but_join(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        connection = await bob.mesh.dial_guest(alice.address, alice.id)
        for protocol in ("sync/1", "call/1", "manifest/1", "peers/1", "join/2"):
            stream = await connection.open(protocol)
            with pytest.raises(Forbidden, match="may only join"):
                await stream.receive()


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x81" * 600, bytes(4000), msgspec.msgpack.encode({"mac": 1})])
async def test_garbage_instead_of_a_request_is_a_bad_request(tmp_path: Path, garbage: bytes) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        connection = await bob.mesh.dial_guest(alice.address, alice.id)
        stream = await connection.open("join/1")
        await stream.send(garbage)
        with pytest.raises(BadRequest):
            await stream.receive()
        await bob.join(await alice.invite())


async def test_a_guest_whose_answer_was_lost_asks_again_and_uses_nothing_up(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        text = await alice.invite()
        await send(bob, alice, lambda p: request(text, bob, p))
        assert alice.membership.standing(bob.id) == "member" and bob.membership.alone
        await bob.join(text)
        assert bob.view() == alice.view() and len(alice.membership.history()) == 2


async def test_a_host_that_answers_with_another_community_changes_nothing(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob:
        before = bob.membership.community
        found = invite.decode(await alice.invite())
        other = msgspec.structs.replace(found, community=CommunityId(bytes(31) + b"\1"))
        with pytest.raises(HearthNetError):
            await bob.join(other.encode())
        assert bob.membership.community == before and bob.switches == []


class Liar:
    """A stream to a host that says what it likes."""

    remote = "127.0.0.1:1"

    def __init__(self, *messages: bytes) -> None:
        self.messages = list(messages)

    async def send(self, message: bytes) -> None: ...
    async def end(self) -> None: ...
    async def reset(self, code: str, message: str) -> None: ...
    async def receive(self) -> bytes | None:
        return self.messages.pop(0) if self.messages else None


async def answered(bob: Home, alice: Home, text: str, shown: list[Event], said: list[Event]) -> list[Event]:
    """Bob joins through a host that shows `shown[0]` as his admission and says `said`."""
    connection = await bob.mesh.dial_guest(alice.address, alice.id)
    answer = msgspec.msgpack.encode({"event": shown[0].wire, "authority": len(said)})
    stream = Liar(answer, *(msgspec.msgpack.encode(e.wire) for e in said))
    try:
        return await joining.join(
            stream,
            connection.peer,
            invite.decode(text),
            node=bob.node,
            owner=bob.owner,
            name="bob",
            node_name="bob",
            runtime=bob.clock,
        )
    finally:
        connection.close("unavailable", "done")


async def test_a_history_that_does_not_hold_or_does_not_admit_is_refused(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob, home(tmp_path, "carol") as carol:
        text = await alice.invite()
        founding = alice.membership.history()
        with pytest.raises(Forbidden, match="did not let this node in"):
            await answered(bob, alice, text, founding, founding)
        with pytest.raises(Forbidden, match="another community"):
            await answered(bob, alice, text, carol.membership.history(), carol.membership.history())
        await bob.join(text)
        history = alice.membership.history()
        forged = msgspec.structs.replace(history[1], signature=bytes(64))
        with pytest.raises(InvalidSignature):
            await answered(bob, alice, text, [forged], [history[0], forged])
        with pytest.raises(HearthNetError):
            await answered(bob, alice, text, [history[1]], [history[1], history[0]])
        with pytest.raises(Unavailable, match="broke off"):
            connection = await bob.mesh.dial_guest(alice.address, alice.id)
            short = msgspec.msgpack.encode({"event": history[1].wire, "authority": 2})
            await joining.join(
                Liar(short, msgspec.msgpack.encode(history[0].wire)),
                connection.peer,
                invite.decode(text),
                node=bob.node,
                owner=bob.owner,
                name="",
                node_name="",
                runtime=bob.clock,
            )
        assert await answered(bob, alice, text, [history[1]], history) == history


async def test_nothing_is_sent_to_another_node_than_the_one_that_made_the_invite(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob, home(tmp_path, "carol") as carol:
        found = invite.decode(await alice.invite())
        connection = await bob.mesh.dial_guest(carol.address, carol.id)
        with pytest.raises(InvalidSignature, match="nothing was sent"):
            await joining.join(
                Liar(),
                connection.peer,
                found,
                node=bob.node,
                owner=bob.owner,
                name="bob",
                node_name="bob",
                runtime=bob.clock,
            )


async def test_a_removed_household_comes_back_only_by_a_new_invite_of_an_anchor(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob, home(tmp_path, "carol") as carol:
        old = await alice.invite()
        await bob.join(old)
        await carol.join(await alice.invite())
        joined = alice.membership.history()[1]
        await alice.membership.revoke(bob.member, "moved away")
        await meet(alice, carol)
        assert alice.membership.standing(bob.id) == "revoked"
        refused = await alice.log.ingest([joined.wire])
        assert refused.admitted == () and alice.membership.standing(bob.id) == "revoked"
        with pytest.raises(Expired, match="used already"):
            await send(bob, alice, lambda p: request(old, bob, p))
        await tell(alice, bob)
        assert not bob.membership.me.active
        with pytest.raises(Revoked):
            await bob.post("still here?")
        with pytest.raises(Revoked, match="anchor's invite"):
            await bob.join(await carol.invite())
        await bob.join(await alice.invite())
        assert bob.membership.me.active and alice.membership.standing(bob.id) == "member"
        await bob.post("thank you")
        await meet(alice, bob, carol)
        assert alice.view() == bob.view() == carol.view()
        assert await carol.titles() == ["thank you"]


async def test_a_household_that_left_by_itself_comes_back_by_anybody_s_invite(tmp_path: Path) -> None:
    async with home(tmp_path, "alice") as alice, home(tmp_path, "bob") as bob, home(tmp_path, "carol") as carol:
        await bob.join(await alice.invite())
        await carol.join(await alice.invite())
        street = alice.membership.community
        before = await bob.post("before")
        await bob.membership.leave()
        assert bob.membership.alone and bob.membership.community != street
        kept = await bob.log.events(carol.membership.state.board)
        assert [s.event.id for s in kept] == [before.id]
        gone = await bob.log.arrival_since(carol.membership.state.scope, 0)
        await alice.log.ingest([e.wire for e in gone.events])
        assert alice.membership.standing(bob.id) == "revoked"
        await meet(alice, carol)
        await bob.join(await carol.invite())
        assert bob.membership.community == street and bob.membership.me.active
        assert await bob.titles() == ["before"]
