"""What a capability takes and gives, enforced on both sides of every call."""

from __future__ import annotations

from typing import Any

import msgspec

from hearthnet_core.capability import DEFAULT_TIMEOUT_S, Version
from hearthnet_core.errors import InternalError, SchemaMismatch

USUAL_BODY = 256 * 1024
MAX_BODY = 24 * 1024 * 1024
"""What the largest body of any contract may have: a scanned document, or five minutes of speech."""


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One capability at one version. `text` marks answers that stream prose: an empty one is a failure, a broken one can
    be continued elsewhere. `events` are what such an answer may tell besides `delta` and `progress`. `private` ones are
    never served to peers. `max_body` in bytes of MessagePack, at most `MAX_BODY`; fields of type `bytes` travel as they are
    on the mesh and as base64 in JSON."""

    name: str
    version: Version = Version(1, 0)
    request: type[msgspec.Struct]
    done: type[msgspec.Struct]
    text: bool = False
    events: dict[str, type[msgspec.Struct]] = {}
    private: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    max_body: int = USUAL_BODY

    def check_request(self, body: dict[str, Any]) -> None:
        """Raises `SchemaMismatch` that names the field."""
        try:
            msgspec.convert(body, self.request)
        except msgspec.ValidationError as wrong:
            raise SchemaMismatch(f"{self.name} {self.version} does not take this request: {wrong}.") from None

    def read[R: msgspec.Struct](self, body: dict[str, Any], shape: type[R]) -> R:
        """The request of a call, as its provider wants it. Raises `SchemaMismatch` that names the field."""
        self.check_request(body)
        return msgspec.convert(body, shape)

    def check_event(self, event: str, data: dict[str, Any]) -> None:
        """Raises `InternalError`: the provider broke its own contract."""
        try:
            msgspec.convert(data, self.events[event])
        except msgspec.ValidationError as wrong:
            raise InternalError(f"The provider of {self.name} told {event} against its schema: {wrong}.") from None

    def check_done(self, data: dict[str, Any]) -> None:
        """Raises `InternalError`: the provider broke its own contract."""
        try:
            msgspec.convert(data, self.done)
        except msgspec.ValidationError as wrong:
            raise InternalError(f"The provider of {self.name} answered against its schema: {wrong}.") from None

    def schema(self) -> dict[str, Any]:
        """JSON Schemas of request and answer, for `docs` and the API."""
        (request, done), definitions = msgspec.json.schema_components((self.request, self.done))
        return {"request": request, "done": done, "$defs": definitions}
