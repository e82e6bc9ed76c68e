"""What the agent can do, one declaration each: what it takes, what it changes, and whose words come back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from hearthnet_core.backends.chat2 import Tool
from hearthnet_core.capability import Privacy
from hearthnet_core.services.agent.taint import Effect
from hearthnet_core.services.search import Source

MAX_SOURCES = 20
EXCERPT = 700


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`text` goes to the model, quoted where it is `foreign` (in a few words: whose it is); `summary` to people."""

    text: str
    summary: str
    foreign: str = ""
    trace_id: str = ""


class Desk:
    """What lies before the agent while it answers one question: how far it may reach and until when, the pictures it was
    given and the passages it has found, numbered from 1 as the answer cites them."""

    def __init__(self, *, privacy: Privacy, until: float, language: str, images: tuple[bytes, ...] = ()) -> None:
        self.privacy = privacy
        self.until = until
        self.language = language
        self.images = images
        self.sources: list[Source] = []
        self.attempts = 0
        """Of engines, in all turns: each has a number of its own."""

    def number(self, source: Source) -> int | None:
        """The number under which it can be cited; None when there are too many already."""
        for n, known in enumerate(self.sources, 1):
            if known.text == source.text:
                return n
        if len(self.sources) >= MAX_SOURCES:
            return None
        self.sources.append(msgspec.structs.replace(source, rank=len(self.sources) + 1))
        return len(self.sources)


class AgentTool(msgspec.Struct, frozen=True, kw_only=True):
    """`arguments` is a Struct that forbids unknown fields; its JSON Schema is what models see. None of its fields is an
    address. A `restricted` tool is offered only to a client that asks for it by name. `usable` says whether it makes sense
    now."""

    name: str
    description: str
    arguments: type[msgspec.Struct]
    run: Callable[[Any, Desk], Awaitable[Outcome]]
    effect: Effect = Effect.NONE
    restricted: bool = False
    usable: Callable[[Desk], bool] = lambda _: True

    def described(self) -> Tool:
        return Tool(name=self.name, description=self.description, parameters=schema(self.arguments))


def schema(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    """A JSON Schema of one level, as small models need it."""
    (_,), definitions = msgspec.json.schema_components((arguments,))
    found: dict[str, Any] = definitions[arguments.__name__]
    return {key: found[key] for key in ("type", "properties", "required") if key in found}
