"""How every real engine answers: one road for `llm.chat` 1.0 and 2.0, `llm.complete`, `img.describe` and `embed.text`.

An adapter brings `pieces` and `vectors` in its engine's own protocol; what is the same for all stands here: which model, does
it fit, how long may it be silent, what is told, when is it done.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, NamedTuple, Protocol

import msgspec

from hearthnet_core.backends.chat import CHAT, ChatDone, ChatRequest, Usage
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE, Chat2Done, Chat2Request, CompleteRequest, Message2, ToolCall
from hearthnet_core.backends.conversation import about_picture, as_2, checked, conversation, shorter
from hearthnet_core.backends.embedding import EMBED, EmbedRequest
from hearthnet_core.backends.json_schema import check_json
from hearthnet_core.backends.known import COMPLETION, EMBEDDING, INSERT, TOOLS, VISION, KnownModel
from hearthnet_core.backends.patience import Patience, following
from hearthnet_core.backends.seeing import DESCRIBE, DescribeDone, DescribeRequest
from hearthnet_core.backends.state import LANGUAGE_MODEL, State
from hearthnet_core.backends.telling import Telling
from hearthnet_core.backends.vectors import embedded
from hearthnet_core.backends.window import estimated, estimated_text, fitting
from hearthnet_core.capability import Call, Chunk
from hearthnet_core.contract import Contract
from hearthnet_core.errors import NotImplementedHere, SchemaMismatch, Timeout, Unavailable

NOBODY = Chat2Request(messages=(Message2(role="user"),))


class Piece(NamedTuple):
    """Some of an engine's stream. `calls` are whole. `finish` is its reason to end; `last`: nothing more will come."""

    text: str = ""
    thought: str = ""
    calls: tuple[ToolCall, ...] = ()
    finish: str = ""
    usage: Usage | None = None
    last: bool = False


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to send: a conversation (`messages`, made of `chat`), or bare text to go on from (`complete`). `exact`: the
    engine is to go on from the last, unfinished message of the assistant's."""

    call_id: str
    model: KnownModel
    chat: Chat2Request = NOBODY
    messages: tuple[Message2, ...] = ()
    complete: CompleteRequest | None = None
    said: str = ""
    exact: bool = True

    @property
    def sampling(self) -> dict[str, Any]:
        """What was wished of `max_tokens`, `temperature`, `top_p`, `seed` and `stop`."""
        asked = self.complete or self.chat
        wishes = {
            "max_tokens": asked.max_tokens,
            "temperature": asked.temperature,
            "top_p": asked.top_p,
            "seed": asked.seed,
            "stop": list(asked.stop) or None,
        }
        return {name: value for name, value in wishes.items() if value is not None}


class Engine(Protocol):
    """What an adapter brings."""

    name: str

    def pieces(self, asked: Asked) -> AsyncGenerator[Piece]:
        """The answer; leaving it closes the connection at once, which tells the engine to stop."""

    async def vectors(self, model: str, texts: list[str]) -> list[list[float]]:
        """One vector for each text, in order."""


async def answered(engine: Engine, state: State, patience: Patience, call: Call) -> AsyncGenerator[Chunk]:
    """The chunks of any call an engine with language models takes."""
    contract = _contract(call)
    if contract is EMBED:
        request = EMBED.read(call.body, EmbedRequest)
        (model, *_) = state.able(EMBED, request.model, frozenset({EMBEDDING}))
        with state.working():
            yield await embedded(engine.name, engine.vectors, model.name, request, patience.first)
        return
    asked = _asked(contract, state, call)
    chat = asked.chat
    telling = Telling(
        engine.name,
        call.said,
        exact=asked.exact,
        thoughts=contract is CHAT2,
        plain=contract is COMPLETE,
    )
    # An answer that must fit something is held back until it does: what was said can be neither mended nor taken back.
    hold = chat.schema is not None or chat.tool_choice == "required"
    held: list[str] = []
    calls = 0
    finish, usage, wait = "", None, patience.first
    with state.working():
        async with aclosing(engine.pieces(asked)) as source:
            while True:
                try:
                    piece = await following(engine.name, source, wait)
                except Timeout:
                    if finish:
                        break
                    raise
                if piece is None:
                    break
                usage, finish = piece.usage or usage, piece.finish or finish
                for chunk in telling.heard(piece.text, piece.thought):
                    if not hold or chunk.event != "delta":
                        yield chunk
                        continue
                    held.append(chunk.data["text"])
                    if sign := telling.alive("writing"):
                        yield sign
                for tool_call in piece.calls:
                    calls += 1
                    yield Chunk("tool_call", msgspec.to_builtins(tool_call))
                if piece.last:
                    break
                wait = patience.tail if finish else patience.gap
    if not finish:
        raise Unavailable(f"The answer of {engine.name} broke off.")
    if rest := telling.rest():
        if hold:
            held.append(rest.data["text"])
        else:
            yield rest
    if not calls:
        telling.check_told()
        if chat.tool_choice == "required":
            raise Unavailable(f"{engine.name} called no tool though it had to.")
        if chat.schema is not None:
            check_json(engine.name, call.said + "".join(held), chat.schema)
    if held:
        yield Chunk("delta", {"text": "".join(held)})
    yield _done(contract, "tool_calls" if calls else finish, asked.model.name, usage, continued=bool(call.said))


def _contract(call: Call) -> Contract:
    for contract in LANGUAGE_MODEL:
        if call.capability == contract.name and contract.version.serves(call.version):
            return contract
    known = ", ".join(f"{c.name} {c.version}" for c in LANGUAGE_MODEL)
    raise NotImplementedHere(f"This engine answers only {known}.")


def _asked(contract: Contract, state: State, call: Call) -> Asked:
    """The request read, a model chosen that can and that it fits into. Raises `SchemaMismatch`, `NotFound`, `Unavailable`."""
    if contract is COMPLETE:
        complete = COMPLETE.read(call.body, CompleteRequest)
        needs = frozenset({COMPLETION, INSERT} if complete.suffix else {COMPLETION})
        size = estimated_text(complete.prompt + complete.suffix + call.said)
        model = fitting(state.able(COMPLETE, complete.model, needs), size, complete.max_tokens)
        return Asked(call_id=call.id, model=model, complete=complete, said=call.said)
    if contract is DESCRIBE:
        chat = checked(about_picture(DESCRIBE.read(call.body, DescribeRequest)))
    elif contract is CHAT2:
        chat = checked(CHAT2.read(call.body, Chat2Request))
    else:
        chat = as_2(CHAT.read(call.body, ChatRequest))
    needs = frozenset(
        n
        for n, needed in (
            (TOOLS, bool(chat.tools) and chat.tool_choice != "none"),
            (VISION, any(m.images for m in chat.messages)),
        )
        if needed
    )
    exact = state.offer(contract).continues
    able = state.able(contract, chat.model, needs)
    while True:
        messages = conversation(chat, call.said, prefill=exact)
        try:
            model = fitting(able, estimated(messages, chat.tools), chat.max_tokens)
        except SchemaMismatch:
            if (less := shorter(chat)) is None:
                raise
            chat = less
            continue
        return Asked(
            call_id=call.id,
            model=model,
            chat=chat,
            messages=tuple(messages),
            said=call.said,
            exact=exact or not call.said,
        )


def _done(contract: Contract, finish: str, model: str, usage: Usage | None, *, continued: bool) -> Chunk:
    reason: Any = finish if finish in ("length", "tool_calls") else "stop"
    name = model[:200]
    done: msgspec.Struct
    if contract is DESCRIBE:
        done = DescribeDone(finish_reason=reason, model=name, usage=usage)
    elif contract is CHAT2:
        done = Chat2Done(finish_reason=reason, model=name, usage=usage, continued=continued)
    else:
        done = ChatDone(finish_reason=reason, model=name, usage=usage, continued=continued)
    return Chunk("done", msgspec.to_builtins(done))
