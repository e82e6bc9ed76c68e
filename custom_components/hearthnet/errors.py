"""What can go wrong between Home Assistant and a node. `code` is the word of docs/api.md that says it."""

from __future__ import annotations

from typing import Any, Literal

MAX_MESSAGE = 500

type Side = Literal["node", "integration"]


class NodeError(Exception):
    """The node answered with an error."""

    def __init__(self, code: str, message: str, retry_after_ms: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after_ms = retry_after_ms

    @classmethod
    def from_wire(cls, body: Any) -> NodeError:
        """The error body of docs/api.md, whatever is missing in it."""
        body = body if isinstance(body, dict) else {}
        code, message, retry = body.get("error"), body.get("message"), body.get("retry_after_ms")
        return cls(
            code[:64] if isinstance(code, str) and code else "internal_error",
            message[:MAX_MESSAGE] if isinstance(message, str) and message else "The node gave no reason.",
            retry if isinstance(retry, int) else None,
        )

    def to_wire(self) -> dict[str, Any]:
        body: dict[str, Any] = {"error": self.code, "message": self.message}
        return body if self.retry_after_ms is None else {**body, "retry_after_ms": self.retry_after_ms}

    @property
    def refuses_token(self) -> bool:
        return self.code in ("unauthorized", "token_invalid", "token_revoked", "token_expired")


class CannotConnect(NodeError):
    """Nothing that speaks the local API answers at the address."""

    def __init__(self, message: str) -> None:
        super().__init__("unavailable", message)


class NotHearthNet(CannotConnect):
    """Something answers at the address, but it is no HearthNet node."""


class WrongNode(CannotConnect):
    """Another node answers at the address."""


class CertificateChanged(NodeError):
    """The certificate is not the one this home was paired with."""

    def __init__(self, message: str) -> None:
        super().__init__("unauthorized", message)


class VersionMismatch(NodeError):
    """Node and integration have no version of the local API in common; `update` is the side that is too old."""

    def __init__(self, update: Side, node_version: str) -> None:
        older = "the HearthNet node" if update == "node" else "the HearthNet integration"
        super().__init__("version_mismatch", f"Update {older}: it is too old for the other side.")
        self.update: Side = update
        self.node_version = node_version
