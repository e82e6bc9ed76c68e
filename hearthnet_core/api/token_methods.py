"""The method that makes a token for one program, without pairing: for whoever may use the whole API already."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from hearthnet_core.api.method import Method, once
from hearthnet_core.api.tokens import Tokens
from hearthnet_core.errors import BadRequest

PROGRAM = "program"


class CreateToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`models` opens the facades only; `all` is for programs that use the local API itself."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    scope: Literal["models", "all"] = "models"


class TokenMethods:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def rows(self) -> tuple[Method, ...]:
        return (once("create_token", CreateToken, self._create),)

    async def _create(self, params: CreateToken) -> dict[str, Any]:
        """The token is shown this once."""
        if not params.name.strip():
            raise BadRequest("create_token: name the program the token is for.")
        scope: Literal["", "models"] = "models" if params.scope == "models" else ""
        token = self._tokens.issue(params.name.strip(), PROGRAM, scope)
        return {"id": self._tokens.check(token).id, "token": token, "name": params.name.strip(), "scope": params.scope}
