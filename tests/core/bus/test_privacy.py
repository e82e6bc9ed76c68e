"""Privacy is a filter of who may receive any part of a call; nobody widens another's."""

from __future__ import annotations

import dataclasses

import pytest

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.fake import FakeEngine
from hearthnet_core.capability import Call, Offer, Privacy
from hearthnet_core.contract import Contract
from hearthnet_core.errors import Forbidden, HearthNetError, Unavailable
from hearthnet_core.models.ids import NodeId

from .nodes import TestNode, ask, neighbourhood

PRIVATE = Contract(name=CHAT.name, request=CHAT.request, done=CHAT.done, text=True, private=True)


async def asked(node: TestNode, made: Call) -> str:
    """The provider that answered, or the code of the refusal."""
    try:
        return str((await ask(node.bus, made)).done["answered_by"]["provider"])
    except HearthNetError as error:
        return error.code


@pytest.mark.parametrize(
    ("privacy", "answer"),
    [(Privacy.LOCAL, "mine"), (Privacy.HOME, "home"), (Privacy.COMMUNITY, "street"), (Privacy.ANY, "cloud")],
)
@pytest.mark.parametrize("by", ["the call", "the node"])
async def test_each_class_lets_the_call_as_far_as_its_name_says(privacy: Privacy, answer: str, by: str) -> None:
    """The further away an engine is, the better it is."""
    mine = FakeEngine(name="mine", quality=0.0)
    home = FakeEngine(name="home", quality=0.35)
    street = FakeEngine(name="street", quality=0.7)
    cloud = FakeEngine(name="cloud", quality=1.0, internet=True)
    node_privacy = privacy if by == "the node" else Privacy.ANY
    async with neighbourhood([mine], [home], [street], [cloud], homes=(0, 1), privacy=node_privacy) as (a, *_):
        assert await asked(a, a.call(privacy=Privacy.ANY if by == "the node" else privacy)) == answer
        allowed = ["mine", "home", "street", "cloud"][: privacy.reach + 1]
        seen = [e.name for e in (mine, home, street, cloud) if e.calls]
        assert set(seen) <= set(allowed)
        shown = a.bus.traces.newest(1)[0].candidates
        assert next(row["provider"] for row in shown if row["allowed"]) == answer
        assert all("privacy" in row["excluded"] for row in shown if row["provider"] not in allowed)


async def test_a_call_cannot_widen_what_the_household_set() -> None:
    street = FakeEngine(name="street")
    async with neighbourhood([], [street], privacy=Privacy.HOME) as (a, _):
        with pytest.raises(Unavailable, match="stays in this household"):
            await ask(a.bus, a.call(privacy=Privacy.ANY))
        assert street.calls == []


async def test_with_home_no_byte_of_the_question_reaches_a_neighbour() -> None:
    street = FakeEngine(name="street")
    async with neighbourhood([FakeEngine(name="mine", quality=0.0)], [street]) as (a, b):
        sent: list[bytes] = []
        link = a.mesh.peers[b.id].connection._link
        write = link.write

        async def recorded(data: bytes) -> None:
            sent.append(data)
            await write(data)

        link.write = recorded  # type: ignore[method-assign]
        assert await asked(a, a.call(privacy=Privacy.HOME)) == "mine"
        assert b"drinking water" not in b"".join(sent)
        assert await asked(a, a.call(privacy=Privacy.COMMUNITY)) == "street"
        assert b"drinking water" in b"".join(sent)


def pretend(node: TestNode, other: NodeId, offer: Offer, *, home: bool | None = None) -> None:
    """As if the other's manifest said it has this engine, or its household were ours."""
    peer = node.registry.peers[other]
    node.registry.peer_changed(dataclasses.replace(peer, offers=(offer,), home=peer.home if home is None else home))


@pytest.mark.parametrize(
    ("homes", "privacy", "reached"),
    [
        ((0, 1, 2), Privacy.HOME, True),
        ((0, 1), Privacy.HOME, False),
        ((1, 2), Privacy.HOME, False),
        ((), Privacy.HOME, False),
        ((), Privacy.COMMUNITY, True),
        ((1, 2), Privacy.LOCAL, False),
    ],
    ids=["one household", "C is a neighbour", "B and C are another household", "all strangers", "community", "local"],
)
async def test_a_passed_on_call_never_leaves_the_household_of_whoever_asked(
    homes: tuple[int, ...], privacy: Privacy, reached: bool
) -> None:
    """A reaches only B, B only C. The call is put on the wire as it is, as if A's own filter had let it through."""
    far = FakeEngine(name="far")
    async with neighbourhood([], [], [far], homes=homes, link=[(0, 1), (1, 2)]) as (a, b, c):
        pretend(a, b.id, far.offer(), home=True)
        made = a.call(privacy=privacy)
        provider = a.bus.provider(next(x for x in a.bus.candidates(made) if x.node_id == b.id), made)
        if reached:
            await ask(provider, made)
        else:
            with pytest.raises((Unavailable, Forbidden)):
                await ask(provider, made)
        assert bool(far.calls) is reached
        assert all(call.privacy is privacy for call in far.calls)
        assert c.id in b.registry.peers


async def test_an_internet_engine_serves_a_neighbour_only_when_the_neighbour_allows_the_internet() -> None:
    cloud = FakeEngine(name="cloud", internet=True)
    async with neighbourhood([], [cloud]) as (a, b):
        made = a.call(privacy=Privacy.COMMUNITY)
        provider = a.bus.provider(next(x for x in a.bus.candidates(made) if x.node_id == b.id), made)
        with pytest.raises(Unavailable):
            await ask(provider, made)
        assert cloud.calls == []


async def test_a_private_capability_is_refused_to_peers_and_served_at_home() -> None:
    engine = FakeEngine(name="own")
    async with neighbourhood([], [engine], contracts=(PRIVATE,)) as (a, b):
        pretend(a, b.id, engine.offer())
        made = a.call()
        provider = a.bus.provider(next(x for x in a.bus.candidates(made) if x.node_id == b.id), made)
        with pytest.raises(Forbidden):
            await ask(provider, made)
        assert engine.calls == []
        assert await asked(b, b.call()) == "own"


async def test_a_private_question_never_goes_to_a_neighbour_who_claims_to_offer_it() -> None:
    engine = FakeEngine(name="trap", quality=1.0)
    async with neighbourhood([], [engine], contracts=(PRIVATE,)) as (a, b):
        pretend(a, b.id, engine.offer())
        with pytest.raises(Unavailable, match="stays on this node"):
            await ask(a.bus, a.call())
        assert engine.calls == []


async def test_a_private_offer_of_a_public_capability_is_never_told_nor_served() -> None:
    class Own(FakeEngine):
        def offer(self) -> Offer:
            offer = super().offer()
            return Offer(capability=offer.capability, provider="own", private=True)

    engine = Own(name="own")
    async with neighbourhood([], [engine]) as (a, b):
        assert a.registry.peers[b.id].offers == ()
        pretend(a, b.id, Offer(capability=CHAT.name, provider="own"))
        with pytest.raises(Unavailable, match="private"):
            await ask(a.bus, a.call())
        assert engine.calls == []
        assert await asked(b, b.call()) == "own"


async def test_who_is_not_authorised_is_refused_before_anything_is_looked_at() -> None:
    engine = FakeEngine()

    def nobody(peer: NodeId, capability: str) -> None:
        raise Forbidden(f"{capability} is not for you.")

    async with neighbourhood([], [engine], authorise=nobody) as (a, _):
        with pytest.raises(Forbidden, match=r"llm\.chat is not for you"):
            await ask(a.bus, a.call())
        assert engine.calls == []
