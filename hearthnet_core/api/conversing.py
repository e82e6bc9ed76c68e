"""A foreign client's request as calls of this mesh: `llm.chat@2.0`, `llm.chat@1.0` where nobody speaks 2.0 and nothing of it
is needed, the `ask` of this node for the model `hearthnet`, `llm.complete` and `embed.text`."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import blake3
import msgspec

from hearthnet_core.api.reach import BEST, Reach, is_best
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE, Chat2Request, CompleteRequest, Message2
from hearthnet_core.backends.embedding import EMBED, MAX_TEXTS, EmbedRequest
from hearthnet_core.bus.bus import Bus
from hearthnet_core.capability import Call, Chunk, Privacy
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, InternalError, Unavailable
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.ask import MAX_HISTORY, MAX_QUESTION, Asking, AskRequest, Turn

MOST_TOKENS = 8_192
USUAL_TOKENS = 4_096
"""A model that does not stop by itself must not hold a neighbour's engine until the deadline."""
MAX_SYSTEM = 8_000
MAX_TURN = 16_000
MAX_INPUTS = 2_048
SAMPLING = ("max_tokens", "temperature", "top_p", "seed", "stop")
_CITED = re.compile(r"\[(\d{1,2})\]")


class Conversing:
    """Answers come as chunks: `delta`, `thinking`, `tool_call` and a last `done` with `finish_reason`, `answered_by`, `usage`
    where the engine counted, and for `hearthnet` the `sources`."""

    def __init__(self, runtime: Runtime, bus: Bus, reach: Reach, asking: Asking) -> None:
        self._runtime = runtime
        self._bus = bus
        self.reach = reach
        self._asking = asking

    def known(self, model: str, *contracts: Contract) -> str:
        """The name under which it is offered. Raises `NotFound`."""
        return BEST if is_best(model) else self.reach.named(model, contracts).name

    async def chat(self, request: Chat2Request) -> AsyncGenerator[Chunk]:
        """Raises `NotFound` for a model nobody has, `BadRequest` for what it cannot do, else as `Bus.stream` does."""
        best, plain = is_best(request.model), needs_no_more_than_text(request)
        if best and plain and (asked := _question(request)) is not None:
            chunks = self._asked(asked, request)
        else:
            model = "" if best else self.known(request.model, CHAT2, CHAT)
            chunks = self._chatted(msgspec.structs.replace(request, model=model), plain)
        async with aclosing(chunks) as answer:
            async for chunk in answer:
                yield chunk

    async def complete(self, request: CompleteRequest) -> AsyncGenerator[Chunk]:
        """By `llm.complete`; where nobody offers it and there is no gap to fill, the prompt is said to a chat model."""
        best = is_best(request.model)
        model = "" if best else self.known(request.model, COMPLETE, CHAT2, CHAT)
        request = msgspec.structs.replace(request, model=model, max_tokens=request.max_tokens or USUAL_TOKENS)
        if self.reach.anybody(COMPLETE, model) or request.suffix:
            chunks = self._bus.stream(self._call(COMPLETE, request))
        else:
            said = Message2(role="user", content=request.prompt)
            sampling = {name: getattr(request, name) for name in SAMPLING}
            chunks = self._chatted(Chat2Request(messages=(said,), model=model, **sampling), True)
        async with aclosing(chunks) as answer:
            async for chunk in answer:
                yield chunk

    async def embed(self, texts: list[str], model: str) -> tuple[list[list[float]], str]:
        """(a vector for each, the model), all of one model. Raises `NotFound`, `BadRequest`, else as `Bus.stream` does."""
        if not texts or len(texts) > MAX_INPUTS:
            raise BadRequest(f"input: give 1 to {MAX_INPUTS} texts.")
        wish = "" if is_best(model) else self.known(model, EMBED)
        vectors: list[list[float]] = []
        for at in range(0, len(texts), MAX_TEXTS):
            done = await self.once(EMBED, EmbedRequest(texts=tuple(texts[at : at + MAX_TEXTS]), model=wish))
            if vectors and done["model"] != wish:
                raise Unavailable("The engine that makes the vectors changed in between; send the texts again.")
            wish = done["model"]
            vectors += [list(v) for v in done["embeddings"]]
        return vectors, wish

    async def once(self, contract: Contract, request: msgspec.Struct) -> dict[str, Any]:
        """The `done` of a call whose other chunks do not matter."""
        async with aclosing(self.stream(contract, request)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    return chunk.data
        raise InternalError

    def stream(self, contract: Contract, request: msgspec.Struct) -> AsyncGenerator[Chunk]:
        return self._bus.stream(self._call(contract, request))

    async def _asked(self, asked: AskRequest, request: Chat2Request) -> AsyncGenerator[Chunk]:
        """As `ask` does, with the sources that are cited listed at the end of the text."""
        more = {name: value for name in SAMPLING if (value := getattr(request, name)) not in (None, ())}
        async with aclosing(self._asking.stream(asked, more)) as chunks:
            async for chunk in chunks:
                if not chunk.last:
                    yield chunk
                    continue
                if sources := _listed(chunk.data):
                    yield Chunk("delta", {"text": sources})
                yield chunk

    async def _chatted(self, request: Chat2Request, plain: bool) -> AsyncGenerator[Chunk]:
        request = msgspec.structs.replace(
            request, max_tokens=request.max_tokens or USUAL_TOKENS, conversation=_conversation(request.messages)
        )
        # What a neighbour's engine says must start nothing in this house, nor hear what tools found out in it.
        privacy = Privacy.HOME if acts(request) else Privacy.ANY
        usable = (CHAT2, CHAT) if plain else (CHAT2,)
        contracts = [c for c in usable if self.reach.anybody(c, request.model, privacy)]
        if not contracts and not plain:
            raise BadRequest(_nobody(request))
        for contract in contracts or (CHAT,):
            begun = False
            try:
                async with aclosing(self._bus.stream(self._call(contract, request, privacy))) as chunks:
                    async for chunk in chunks:
                        begun = begun or chunk.event in ("delta", "thinking", "tool_call")
                        yield chunk
                return
            except Unavailable:
                if begun or contract is (contracts or (CHAT,))[-1]:
                    raise

    def _call(self, contract: Contract, request: msgspec.Struct, privacy: Privacy = Privacy.ANY) -> Call:
        """The bus narrows it to the node's privacy."""
        body = msgspec.to_builtins(request, builtin_types=(bytes,))
        if contract is CHAT:
            kept = {field.name for field in msgspec.structs.fields(CHAT.request)}
            body = {name: value for name, value in body.items() if name in kept}
            body["messages"] = [{"role": m["role"], "content": m["content"]} for m in body["messages"]]
        return Call(
            id=self._runtime.random_bytes(12).hex(),
            capability=contract.name,
            version=contract.version,
            body=body,
            privacy=privacy,
            deadline=self._runtime.now() + contract.timeout_s,
        )


def acts(request: Chat2Request) -> bool:
    """Has the client tools to act with, or told what they did?"""
    tools = bool(request.tools) and request.tool_choice != "none"
    return tools or any(m.tool_calls or m.role == "tool" for m in request.messages)


def needs_no_more_than_text(request: Chat2Request) -> bool:
    """May `llm.chat@1.0` answer this? `think` is only a wish."""
    return not (acts(request) or request.schema is not None or any(m.images for m in request.messages))


def _nobody(request: Chat2Request) -> str:
    what = request.model or "a model"
    if acts(request):
        return (
            f"tools: no engine of this household offers {what} with tools (llm.chat 2.0), and a neighbour's gets none: what it"
            " says must start nothing here. Leave the tools out, or add an engine."
        )
    return f"Nobody in reach offers {what} with pictures or answers by a schema (llm.chat 2.0); leave those out."


def _question(request: Chat2Request) -> AskRequest | None:
    """The conversation as a question to the library; None when it is none: it ends otherwise or is too long."""
    *before, last = request.messages
    system = "\n\n".join(m.content for m in request.messages if m.role == "system")
    if last.role != "user" or not last.content.strip() or len(last.content) > MAX_QUESTION or len(system) > MAX_SYSTEM:
        return None
    turns = [Turn(m.role, m.content[:MAX_TURN]) for m in before if m.role in ("user", "assistant") and m.content]
    return AskRequest(
        question=last.content,
        history=tuple(turns[-MAX_HISTORY:]),
        system=system,
        conversation=_conversation(request.messages),
    )


def _conversation(messages: tuple[Message2, ...]) -> str:
    """The same for each turn of one conversation, so that whoever has it warm is asked again."""
    opening = next((m.content for m in messages if m.role == "user"), "")
    return blake3.blake3(opening.encode(errors="replace")).hexdigest()[:32]


def _listed(done: dict[str, Any]) -> str:
    cited = {int(number) for number in _CITED.findall(done["text"])}
    lines = []
    for source in done["sources"]:
        if source["rank"] in cited:
            licence = f" ({source['licence']})" if source["licence"] else ""
            where = f", {source['node_name']}" if source["node_name"] else ""
            lines.append(f"[{source['rank']}] {source['doc_title']}{licence}{where}")
    return "\n\n" + "\n".join(lines) if lines else ""
