"""Hearing and speaking for this household, by whoever in reach does it best: sound in, words out; words in, sound out.

Text is spoken sentence by sentence, each a call of its own: the first is heard while the rest is still being written, and
when the one who speaks dies, the next sentence is spoken by somebody else.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core.backends.sound import resampled
from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE, Sound, TranscribeDone, TranscribeRequest, sound
from hearthnet_core.backends.terms import language_of
from hearthnet_core.capability import Call, Chunk, Privacy, Provider
from hearthnet_core.contract import Contract
from hearthnet_core.errors import InternalError, Unavailable
from hearthnet_core.runtime import Runtime

MAX_OTHER = 16 * 1024 * 1024
"""Bytes of a sentence spoken at another rate than the one before; it is kept until its end to be brought to that one."""
PIECE = 16 * 1024


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How something is to be said; empty: as suits the text."""

    language: str = ""
    voice: str = ""
    speed: float = 1.0


class Speech:
    """`bus` narrows every call to the node's privacy class."""

    def __init__(self, runtime: Runtime, bus: Provider) -> None:
        self._runtime = runtime
        self._bus = bus

    async def hear(self, pcm: bytes, rate: int, *, language: str = "") -> TranscribeDone:
        """What was said in 16-bit mono sound. Raises what the bus raises."""
        asked = TranscribeRequest(audio=pcm, rate=rate, language=language)
        async with aclosing(self.stream(asked)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    return msgspec.convert(chunk.data, TranscribeDone)
        raise InternalError("Hearing ended without an answer.")

    def stream(self, asked: TranscribeRequest) -> AsyncGenerator[Chunk]:
        """The whole story of hearing it."""
        return self._bus.stream(self._call(TRANSCRIBE, msgspec.structs.asdict(asked)))

    async def say(self, sentence: str, wish: Wish, rate: int = 0) -> AsyncGenerator[Sound]:
        """One sentence, fit to be said, as sound of `rate` (0: as it comes, the same in all of it). Raises what the bus
        raises, and `Unavailable` when it breaks off after something was heard."""
        body = {
            "text": sentence,
            "language": wish.language or ("" if wish.voice else language_of(sentence)),
            "voice": wish.voice,
            "speed": wish.speed,
        }
        came, other = 0, bytearray()
        async with aclosing(self._bus.stream(self._call(SYNTHESIZE, body))) as chunks:
            async for chunk in chunks:
                if chunk.event == "audio":
                    piece = sound(chunk.data)
                    if came not in (0, piece.rate) or len(other) > MAX_OTHER:
                        raise Unavailable("The voice changes its pitch in mid-sentence; ask for it again.")
                    came = piece.rate
                    if rate in (0, came):
                        yield piece
                    else:
                        other += piece.pcm
        if other:
            pcm = await self._runtime.offload(resampled, bytes(other), came, rate)
            for start in range(0, len(pcm), PIECE):
                yield Sound(pcm=pcm[start : start + PIECE], rate=rate)

    def _call(self, contract: Contract, body: dict[str, Any]) -> Call:
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=contract.name,
            version=contract.version,
            body=body,
            privacy=Privacy.ANY,
            deadline=self._runtime.now() + contract.timeout_s,
        )
