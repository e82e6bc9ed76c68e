"""What `ask` takes when it may use tools or pictures."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hearthnet_core.backends.chat2 import MAX_IMAGES, Image, ToolName
from hearthnet_core.services.ask import MAX_HISTORY, AskRequest, Turn

MAX_CLIENT_TOOLS = 48
MAX_CLIENT_PROMPT = 40_000
MAX_PICTURES = 8 * 1024 * 1024
"""Bytes of all pictures of a question together: they travel in one call."""
MAX_ASK = 12 * 1024 * 1024
"""Bytes of a question with its pictures in base64."""


class AskTurn(Turn, frozen=True, forbid_unknown_fields=True):
    """`tainted` and `home` as the `done` of that answer told them: foreign text was read for it; tools of the client were
    used for it, so that it does not leave the home. Who does not say so gets the careful reading."""

    tainted: bool = True
    home: bool = False


class ClientTool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`parameters` is a JSON Schema. Without `side_effect` it only reads."""

    name: ToolName
    description: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    parameters: dict[str, Any] = {}
    side_effect: bool = True


class AskParams(AskRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`tools` names restricted tools that the person who asks may use. `client_prompt` is told to a model only together
    with `client_tools`, and those only to engines of this home."""

    agent: bool = False
    images: Annotated[tuple[Image, ...], msgspec.Meta(max_length=MAX_IMAGES)] = ()
    tools: Annotated[tuple[ToolName, ...], msgspec.Meta(max_length=16)] = ()
    client_tools: Annotated[tuple[ClientTool, ...], msgspec.Meta(max_length=MAX_CLIENT_TOOLS)] = ()
    client_prompt: Annotated[str, msgspec.Meta(max_length=MAX_CLIENT_PROMPT)] = ""
    history: Annotated[tuple[AskTurn, ...], msgspec.Meta(max_length=MAX_HISTORY)] = ()

    def plain(self) -> AskRequest:
        """The same question without tools and pictures, and without what must not leave the home."""
        names = (f.name for f in msgspec.structs.fields(AskRequest))
        fields = {name: getattr(self, name) for name in names}
        fields["history"] = tuple(Turn(t.role, t.content) for t in self.history if not t.home)
        return AskRequest(**fields)
