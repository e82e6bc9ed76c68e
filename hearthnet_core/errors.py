"""One tree of failures. Each class has the stable `code` that crosses the wire and comes back as the same class.

    HearthNetError
    ├── BadRequest            400 bad_request
    │   └── SchemaMismatch    400 schema_mismatch
    ├── InvalidSignature      401 invalid_signature
    ├── Unauthorized          401 unauthorized
    ├── TokenInvalid          401 token_invalid
    │   └── TokenRevoked      401 token_revoked
    ├── Forbidden             403 forbidden
    │   └── Revoked           403 revoked
    ├── NotFound              404 not_found
    ├── Timeout               408 timeout
    ├── Expired               410 expired
    │   └── TokenExpired      410 token_expired
    ├── VersionMismatch       426 version_mismatch
    ├── RateLimited           429 rate_limited
    ├── CapacityExceeded      429 capacity_exceeded
    ├── InternalError         500 internal_error
    ├── NotImplementedHere    501 not_implemented
    └── Unavailable           503 unavailable
        └── Partition         503 partition

A class's docstring is the sentence a person reads when no better message was given.
"""

from __future__ import annotations

from typing import Any, ClassVar

MAX_MESSAGE = 2_000
MAX_ALTERNATIVES = 16


class HearthNetError(Exception):
    """Something went wrong inside HearthNet."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after_ms: int | None = None,
        alt_capabilities: tuple[str, ...] = (),
        alt_nodes: tuple[str, ...] = (),
    ) -> None:
        self.message = message or (self.__doc__ or self.code).strip()
        self.retry_after_ms = retry_after_ms
        self.alt_capabilities = alt_capabilities
        self.alt_nodes = alt_nodes
        super().__init__(self.message)

    def to_wire(self) -> dict[str, Any]:
        """The body `{error, message, retry_after_ms?, alt_capabilities?, alt_nodes?}` for mesh and local API."""
        body: dict[str, Any] = {"error": self.code, "message": self.message[:MAX_MESSAGE]}
        if self.retry_after_ms is not None:
            body["retry_after_ms"] = self.retry_after_ms
        if self.alt_capabilities:
            body["alt_capabilities"] = list(self.alt_capabilities[:MAX_ALTERNATIVES])
        if self.alt_nodes:
            body["alt_nodes"] = list(self.alt_nodes[:MAX_ALTERNATIVES])
        return body


class BadRequest(HearthNetError):
    """The request is not well formed."""

    code = "bad_request"
    status = 400
    exit_code = 2


class SchemaMismatch(BadRequest):
    """The request does not fit the capability's schema."""

    code = "schema_mismatch"


class InvalidSignature(HearthNetError):
    """A signature does not verify; the data was changed or signed by another key."""

    code = "invalid_signature"
    status = 401
    exit_code = 4


class Unauthorized(HearthNetError):
    """You are not signed in; pair again with `hearthnet pair`."""

    code = "unauthorized"
    status = 401
    exit_code = 4


class TokenInvalid(HearthNetError):
    """The access token is not valid; pair again with `hearthnet pair`."""

    code = "token_invalid"
    status = 401
    exit_code = 4


class TokenRevoked(TokenInvalid):
    """The access token was revoked; pair again with `hearthnet pair`."""

    code = "token_revoked"


class Forbidden(HearthNetError):
    """This is not allowed for you."""

    code = "forbidden"
    status = 403
    exit_code = 4


class Revoked(Forbidden):
    """This member or node was removed from the community; ask a neighbour for a new invite."""

    code = "revoked"


class NotFound(HearthNetError):
    """What was asked for does not exist here."""

    code = "not_found"
    status = 404
    exit_code = 3


class Timeout(HearthNetError):
    """No answer arrived in time."""

    code = "timeout"
    status = 408
    exit_code = 5


class Expired(HearthNetError):
    """This has expired; ask for a new one."""

    code = "expired"
    status = 410
    exit_code = 4


class TokenExpired(Expired):
    """The access token has expired; pair again with `hearthnet pair`."""

    code = "token_expired"


class VersionMismatch(HearthNetError):
    """The two sides speak versions that do not fit; update the older one."""

    code = "version_mismatch"
    status = 426
    exit_code = 6


class RateLimited(HearthNetError):
    """Too many requests; wait a moment and try again."""

    code = "rate_limited"
    status = 429
    exit_code = 5


class CapacityExceeded(HearthNetError):
    """Every node that could answer is busy; try again shortly."""

    code = "capacity_exceeded"
    status = 429
    exit_code = 5


class InternalError(HearthNetError):
    """An unexpected failure; run `hearthnet doctor` and look into the log."""

    code = "internal_error"


class NotImplementedHere(HearthNetError):
    """This node does not offer that."""

    code = "not_implemented"
    status = 501
    exit_code = 3


class Unavailable(HearthNetError):
    """Nothing reachable can do this right now."""

    code = "unavailable"
    status = 503
    exit_code = 5


class Partition(Unavailable):
    """The node is cut off from the neighbours that could answer."""

    code = "partition"


def _tree(cls: type[HearthNetError]) -> dict[str, type[HearthNetError]]:
    found = {cls.code: cls}
    for child in cls.__subclasses__():
        found.update(_tree(child))
    return found


BY_CODE: dict[str, type[HearthNetError]] = {**_tree(HearthNetError), "internal_error": InternalError}


def from_wire(body: object) -> HearthNetError:
    """The exception a peer's error body stands for. Unknown codes and wrong shapes become `InternalError`; text is cut."""
    if not isinstance(body, dict):
        return InternalError("The other side failed without saying how.")
    message = body.get("message")
    retry = body.get("retry_after_ms")
    cls = BY_CODE.get(str(body.get("error")), InternalError)

    def names(key: str) -> tuple[str, ...]:
        value = body.get(key)
        return tuple(str(v)[:200] for v in value[:MAX_ALTERNATIVES]) if isinstance(value, list) else ()

    return cls(
        message[:MAX_MESSAGE] if isinstance(message, str) else None,
        retry_after_ms=retry if isinstance(retry, int) and not isinstance(retry, bool) and retry >= 0 else None,
        alt_capabilities=names("alt_capabilities"),
        alt_nodes=names("alt_nodes"),
    )
