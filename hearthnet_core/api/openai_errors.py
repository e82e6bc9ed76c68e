"""Errors as clients of OpenAI's API understand them."""

from __future__ import annotations

import re
from typing import Any

from hearthnet_core.errors import HearthNetError, NotFound

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
}
_FIELD = re.compile(r"`\$\.?([^`]*)`|^(\w+(?:\[\d+\]|\.\w+)*): ")


def failed(error: HearthNetError) -> dict[str, Any]:
    """`{"error": {message, type, param, code}}`; `param` is the field that did not fit."""
    match = _FIELD.search(error.message) if error.status == 400 else None
    param = (match[1] or match[2]) if match else None
    code = "model_not_found" if isinstance(error, NotFound) and error.message.startswith("No model") else error.code
    kind = _TYPES.get(error.status, "server_error")
    return {"error": {"message": error.message, "type": kind, "param": param or None, "code": code}}
