"""The one shape of everything that can answer: `Provider.stream(call)` yields chunks, the last of which is `done`.

An engine, a service, a peer's node and the bus itself are all providers. Failure is an exception of `errors`, never a
chunk. Whoever wraps a provider iterates under `contextlib.aclosing`; cancelling a call is closing its generator.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

import msgspec

from hearthnet_core.errors import BadRequest, InternalError
from hearthnet_core.models.ids import NodeId

MAX_HOPS = 3
DEFAULT_TIMEOUT_S = 30.0
LLM_TIMEOUT_S = 120.0
MAX_NAME = 100


class Privacy(enum.StrEnum):
    """How far any part of a call may travel; each includes the ones before it."""

    LOCAL = "local"
    HOME = "home"
    COMMUNITY = "community"
    ANY = "any"

    @property
    def reach(self) -> int:
        return _REACH[self]

    def narrowed(self, other: Privacy | None) -> Privacy:
        """The narrower of the two: a call may only narrow its node's setting."""
        return self if other is None or self.reach <= other.reach else other


_REACH = {privacy: n for n, privacy in enumerate(Privacy)}


class Version(msgspec.Struct, frozen=True, order=True):
    """`major.minor`; an offer serves a wish when the major is equal and its minor at least the wish's."""

    major: int
    minor: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        major, dot, minor = text.partition(".")
        if not (major.isdecimal() and len(major) < 5 and (not dot or (minor.isdecimal() and len(minor) < 5))):
            raise BadRequest(f"{text[:20]!r} is not a version like 1.0.")
        return cls(int(major), int(minor or 0))

    def serves(self, wish: Version) -> bool:
        return self.major == wish.major and self.minor >= wish.minor

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request for one capability, as seen inside this node.

    `deadline` is in seconds of this node's `Runtime.now()`; on the wire it travels as milliseconds left. `caller` is the
    peer the transport authenticated (None: this household's own API) and is never read from the wire. `said` is the text
    of an answer that another provider began and this one is to continue. `provider` is which of this node's providers a
    peer chose by its offer.
    """

    id: str
    capability: str
    deadline: float
    version: Version = Version(1, 0)
    body: dict[str, Any] = {}
    privacy: Privacy = Privacy.HOME
    hops: int = MAX_HOPS
    caller: NodeId | None = None
    said: str = ""
    provider: str = ""


class Chunk(msgspec.Struct, frozen=True):
    """A named event of an answer: `delta` (more of it), `progress`, `sources`, `route`, … and exactly one last `done`."""

    event: str
    data: dict[str, Any] = {}

    @property
    def last(self) -> bool:
        return self.event == "done"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a node says of one capability: in its registry, its manifest and the panel.

    `internet` marks engines that send the request out of the neighbourhood. `continues` says that the provider can go on
    from `Call.said` exactly. `load` is work in flight over what fits at once. `available` false keeps an offer visible
    with its `reason` but out of routing.
    """

    capability: str
    version: Version = Version(1, 0)
    provider: str
    models: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    quality: float = 0.5
    continues: bool = False
    internet: bool = False
    on_battery: bool = False
    slots: int = 1
    load: float = 0.0
    available: bool = True
    reason: str = ""
    private: bool = False


class Provider(Protocol):
    """Anything that answers calls."""

    def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        """Chunks, the last one `done`. Raises `HearthNetError`. Closing the generator cancels the work within 200 ms."""


async def collect(provider: Provider, call: Call) -> dict[str, Any]:
    """The `done` data of a call whose other chunks do not matter; text of `delta` chunks is added as `text` if absent."""
    text: list[str] = []
    async with aclosing(provider.stream(call)) as chunks:
        async for chunk in chunks:
            if chunk.last:
                return {"text": "".join(text), **chunk.data} if text else chunk.data
            if chunk.event == "delta" and isinstance(piece := chunk.data.get("text"), str):
                text.append(piece)
    raise InternalError(f"{call.capability} ended without an answer.")
