"""What a capability takes and gives, enforced on both sides of every call."""

from __future__ import annotations

from typing import Any

import msgspec

from hearthnet_core.capability import DEFAULT_TIMEOUT_S, Version
from hearthnet_core.errors import InternalError, SchemaMismatch


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One capability at one version. `text` marks answers that stream prose: an empty one is a failure, a broken one can
    be continued elsewhere. `private` ones are never served to peers."""

    name: str
    version: Version = Version(1, 0)
    request: type[msgspec.Struct]
    done: type[msgspec.Struct]
    text: bool = False
    private: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S

    def check_request(self, body: dict[str, Any]) -> None:
        """Raises `SchemaMismatch` that names the field."""
        try:
            msgspec.convert(body, self.request)
        except msgspec.ValidationError as wrong:
            raise SchemaMismatch(f"{self.name} {self.version} does not take this request: {wrong}.") from None

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
