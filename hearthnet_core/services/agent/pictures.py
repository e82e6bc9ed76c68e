"""A question about pictures, without tools: whoever in reach can see answers it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core.backends.chat2 import CHAT2, Chat2Request, Message2
from hearthnet_core.backends.seeing import DESCRIBE
from hearthnet_core.capability import Chunk
from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    InternalError,
    NotFound,
    NotImplementedHere,
    RateLimited,
    Unavailable,
)
from hearthnet_core.services.agent.calling import Calling
from hearthnet_core.services.agent.request import AskParams
from hearthnet_core.services.agent.tool import Desk
from hearthnet_core.services.agent.turns import on_the_way
from hearthnet_core.services.ask import ANSWER_TOKENS, Asking, latest

NEXT = (BadRequest, CapacityExceeded, NotFound, NotImplementedHere, RateLimited, Unavailable)
NOBODY = (
    "Nobody in reach can look at pictures. Connect an engine with a model that sees, like Ollama with llava, or a neighbour who"
    " has one."
)


class Pictures:
    def __init__(self, calling: Calling, asking: Asking) -> None:
        self._calling = calling
        self._asking = asking

    async def stream(self, request: AskParams, desk: Desk) -> AsyncGenerator[Chunk]:
        """As `ask`, without sources. One picture goes to who describes pictures, several to who talks about them together,
        else each by itself. Raises `Unavailable` where nobody sees."""
        ways: list[Callable[[AskParams, Desk], AsyncGenerator[Chunk]]] = [self._described, self._talked]
        failure: Exception = Unavailable(NOBODY)
        yield Chunk("progress", {"step": "asking"})
        for way in ways if len(request.images) == 1 else reversed(ways):
            if not self._calling.anybody(DESCRIBE if way == self._described else CHAT2, desk.privacy, request.model):
                continue
            said = False
            try:
                async with aclosing(way(request, desk)) as chunks:
                    async for chunk in chunks:
                        said = said or chunk.event == "delta"
                        yield chunk
                return
            except NEXT as error:
                if said:
                    raise
                failure = error
        raise failure

    async def _described(self, request: AskParams, desk: Desk) -> AsyncGenerator[Chunk]:
        told, receipts = "", []
        many = len(request.images) > 1
        for n, image in enumerate(request.images, 1):
            body: dict[str, Any] = {
                "image": image,
                "question": request.question,
                "language": desk.language,
                "model": request.model,
            }
            head = ("\n\n" if n > 1 else "") + f"{n}: " if many else ""
            last: dict[str, Any] = {}
            async with aclosing(self._calling.stream(DESCRIBE, body, desk)) as chunks:
                async for chunk in chunks:
                    if chunk.last:
                        last = chunk.data
                    elif chunk.event == "delta":
                        text, head = head + chunk.data["text"], ""
                        told += text
                        yield Chunk("delta", {"text": text})
                    elif (passed := on_the_way(chunk)) is not None:
                        yield passed
            receipts += last.get("receipts", [])
        yield self._asking.finished({**last, "text": told, "receipts": receipts}, [])

    async def _talked(self, request: AskParams, desk: Desk) -> AsyncGenerator[Chunk]:
        system = (Message2(role="system", content=request.system),) if request.system else ()
        history = tuple(Message2(role=t.role, content=t.content) for t in latest(request.plain().history))
        asked = Message2(role="user", content=request.question, images=request.images)
        body = Chat2Request(
            messages=(*system, *history, asked),
            question=request.question,
            model=request.model,
            language=desk.language,
            conversation=request.conversation,
            max_sentences=request.max_sentences,
            max_tokens=ANSWER_TOKENS,
        )
        built = msgspec.to_builtins(body, builtin_types=(bytes,))
        async with aclosing(self._calling.stream(CHAT2, built, desk)) as chunks:
            async for chunk in chunks:
                if chunk.last:
                    yield self._asking.finished(chunk.data, [])
                    return
                if chunk.event == "delta":
                    yield chunk
                elif (passed := on_the_way(chunk)) is not None:
                    yield passed
        raise InternalError
