"""Hearing and speaking over real nodes and TLS: who is asked, who takes over, and that nothing is ever spoken twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE
from hearthnet_core.backends.wyoming import Wyoming
from hearthnet_core.capability import Call, Chunk, Offer, Privacy
from hearthnet_core.contract import Contract
from hearthnet_core.errors import Unavailable
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.speech import Speech, Wish
from tests.core.backends.wyoming_server import PIECE, PIECES, WyomingServer
from tests.core.bus.nodes import TestNode, neighbourhood

PCM = bytes(range(256)) * 500


class Offered:
    """One capability of a service, as the registry takes it."""

    def __init__(self, engine: Wyoming, contract: Contract) -> None:
        self._engine = engine
        self._contract = contract

    def offer(self) -> Offer:
        return self._engine.offer(self._contract)

    def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        return self._engine.stream(call)


class Street:
    def __init__(self, nodes: list[TestNode], services: list[WyomingServer]) -> None:
        self.alice, self.bob, self.carol = nodes
        self.bobs, self.carols = services
        self.speech = Speech(self.alice.runtime, self.alice.bus)

    async def said(self, text: str = "Boil it.") -> bytes:
        return b"".join([sound.pcm async for sound in self.speech.say(text, Wish(language="en"))])


@asynccontextmanager
async def street(privacy: Privacy = Privacy.COMMUNITY) -> AsyncIterator[Street]:
    """Alice has nothing; Bob's Whisper is large, Carol's is tiny."""
    async with AsyncExitStack() as stack:
        services: list[WyomingServer] = []
        rows: list[list[Offered]] = [[]]
        for model in ("large-v3", "tiny"):
            service = await stack.enter_async_context(WyomingServer().serving())
            service.models = {model: ["en"] if model == "large-v3" else ["en", "hr"]}
            engine = Wyoming("voice", (service.url,), SystemRuntime(1), quality=0.9 if model == "large-v3" else None)
            await engine.probe()
            services.append(service)
            rows.append([Offered(engine, TRANSCRIBE), Offered(engine, SYNTHESIZE)])
        made = neighbourhood(*rows, contracts=(TRANSCRIBE, SYNTHESIZE), privacy=privacy)
        yield Street(await stack.enter_async_context(made), services)


async def test_a_better_ear_next_door_is_preferred() -> None:
    async with street() as here:
        heard = await here.speech.hear(PCM, 16_000, language="en")
        assert (heard.text, heard.model) == ("Is the water safe?", "large-v3")
        assert here.bobs.pcm == PCM and here.carols.pcm == b""


async def test_five_minutes_of_sound_reach_the_neighbour_as_they_are() -> None:
    async with street() as here:
        long = PCM * 75
        await here.speech.hear(long, 16_000)
        assert here.bobs.pcm == long


async def test_when_the_one_who_listens_dies_the_next_hears_it_all() -> None:
    async with street() as here:
        here.bobs.mode = "dies"
        assert (await here.speech.hear(PCM, 16_000)).model == "tiny"
        assert here.carols.pcm == PCM


async def test_a_language_the_best_does_not_know_goes_to_one_who_does() -> None:
    async with street() as here:
        assert (await here.speech.hear(PCM, 16_000, language="hr")).model == "tiny"
        assert here.bobs.pcm == b""


async def test_a_voice_that_dies_before_its_first_sound_is_replaced() -> None:
    async with street() as here:
        here.bobs.mode = "dies"
        assert await here.said() == PIECE * PIECES


async def test_a_voice_that_dies_in_mid_sentence_ends_it_and_nobody_says_it_again() -> None:
    async with street() as here:
        here.bobs.mode = "dies_midway"
        came = bytearray()
        with pytest.raises(Unavailable, match="mid-sentence"):
            async for sound in here.speech.say("Boil it.", Wish(language="en")):
                came += sound.pcm
        assert (PIECE * PIECES).startswith(bytes(came)) and came
        assert [e.type for e in here.carols.asked] == ["describe"]
        assert await here.said("Then wait.") == PIECE * PIECES, "the next sentence is Carol's"


async def test_with_this_home_no_recording_leaves_it() -> None:
    async with street(Privacy.HOME) as here:
        with pytest.raises(Unavailable, match="this household"):
            await here.speech.hear(PCM, 16_000)
        assert here.bobs.pcm == here.carols.pcm == b""


async def test_who_stops_listening_stops_the_neighbour_s_voice() -> None:
    async with street() as here:
        here.bobs.mode = "hangs_midway"
        sounds = here.speech.say("Boil it.", Wish(language="en"))
        await anext(sounds)
        await here.bobs.working.wait()
        await sounds.aclose()
        async with asyncio.timeout(1):
            await here.bobs.gone.wait()
