"""An engine that does exactly what a script says, faults included, for tests and the simulated world."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncGenerator

import msgspec

from hearthnet_core.backends.chat import CHAT, ChatDone, chat_request
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.errors import BY_CODE, Unavailable

SENTENCES = ("Fill clean bottles.", "Keep them cool and dark.", "Replace the water every six months.")
FOREVER_S = 3600.0


class Fault(enum.StrEnum):
    """`hang` stays silent before the first chunk, `stall` after `after` sentences; `drop` breaks off there with an
    error, `truncate` ends there without `done`; `empty` is done without a word."""

    NONE = "none"
    ERROR = "error"
    HANG = "hang"
    STALL = "stall"
    DROP = "drop"
    TRUNCATE = "truncate"
    EMPTY = "empty"


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What one call meets. `first_s` before the first chunk, `delay_s` between two; `code`: that of `error`."""

    fault: Fault = Fault.NONE
    after: int = 1
    code: str = "unavailable"
    retry_after_ms: int | None = None
    first_s: float = 0.0
    delay_s: float = 0.0


OK = Behaviour()
HANG = Behaviour(fault=Fault.HANG)
EMPTY = Behaviour(fault=Fault.EMPTY)
SLOW = Behaviour(first_s=1.0, delay_s=0.5)


def error(code: str = "unavailable", retry_after_ms: int | None = None) -> Behaviour:
    return Behaviour(fault=Fault.ERROR, code=code, retry_after_ms=retry_after_ms)


def stall(after: int = 1) -> Behaviour:
    return Behaviour(fault=Fault.STALL, after=after)


def drop(after: int = 1) -> Behaviour:
    return Behaviour(fault=Fault.DROP, after=after)


def truncate(after: int = 1) -> Behaviour:
    return Behaviour(fault=Fault.TRUNCATE, after=after)


class FakeEngine:
    """Says `sentences`, one a chunk, and goes on exactly from `Call.said`. `script` gives the behaviour of the first
    call, the second …; its last one stays. `calls` are all that came, `open` how many run, `cancelled` how many were
    left."""

    def __init__(
        self,
        *script: Behaviour,
        name: str = "fake",
        sentences: tuple[str, ...] = SENTENCES,
        model: str = "fake-1",
        slots: int = 4,
        quality: float = 0.6,
        continues: bool = True,
        internet: bool = False,
    ) -> None:
        self.name = name
        self.url = ""
        self.script = list(script) or [OK]
        self.sentences = sentences
        self.reason = ""
        self.calls: list[Call] = []
        self.open = 0
        self.cancelled = 0
        self._offer = Offer(
            capability=CHAT.name,
            provider=name,
            models=(model,),
            loaded=(model,),
            quality=quality,
            continues=continues,
            internet=internet,
            slots=slots,
        )

    def offer(self) -> Offer:
        load = self.open / self._offer.slots
        return msgspec.structs.replace(self._offer, load=load, available=not self.reason, reason=self.reason)

    async def probe(self) -> Offer:
        return self.offer()

    async def close(self) -> None:
        self.reason = f"{self.name} is closed."

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        chat_request(call)
        act = self.script[min(len(self.calls), len(self.script) - 1)]
        self.calls.append(call)
        self.open += 1
        finished = False
        try:
            await _wait(FOREVER_S if act.fault is Fault.HANG else act.first_s)
            if act.fault is Fault.ERROR:
                finished = True
                raise BY_CODE[act.code](retry_after_ms=act.retry_after_ms)
            if act.fault is not Fault.EMPTY:
                for n, piece in enumerate(self._left(call.said)):
                    if act.fault in (Fault.STALL, Fault.DROP, Fault.TRUNCATE) and n >= act.after:
                        break
                    await _wait(act.delay_s if n else 0.0)
                    yield Chunk("delta", {"text": piece})
            if act.fault is Fault.STALL:
                await _wait(FOREVER_S)
            finished = True
            if act.fault is Fault.DROP:
                raise Unavailable(f"The answer of {self.name} broke off.")
            if act.fault is not Fault.TRUNCATE:
                model = self._offer.models[0]
                yield ChatDone(finish_reason="stop", model=model, continued=bool(call.said)).chunk()
        finally:
            self.open -= 1
            self.cancelled += not finished

    def _left(self, said: str) -> list[str]:
        left, at = [], 0
        for n, sentence in enumerate(self.sentences):
            piece = f" {sentence}" if n else sentence
            if rest := piece[max(0, len(said) - at) :]:
                left.append(rest)
            at += len(piece)
        return left


async def _wait(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)
