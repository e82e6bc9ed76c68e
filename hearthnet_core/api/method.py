"""One method of the local API: a name, the shape of its parameters, and what answers."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

import msgspec

from hearthnet_core.capability import Chunk
from hearthnet_core.errors import BadRequest, HearthNetError, InternalError
from hearthnet_core.models.local_api import MAX_BODY

LOGGER = logging.getLogger(__name__)


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of a method that takes none."""


class Method(msgspec.Struct, frozen=True):
    """`params` is a frozen Struct with `forbid_unknown_fields`; `run(params)` yields chunks, the last one `done`. One that
    `knows_client` is run with the id of the token it was called with, too: `run(params, client)`. `upload` names the
    parameter that may be the request's whole body, with the others in the query."""

    name: str
    params: type[Any]
    run: Callable[..., AsyncGenerator[Chunk]]
    max_body: int = MAX_BODY
    knows_client: bool = False
    upload: str = ""

    def read(self, raw: bytes | msgspec.Raw) -> Any:
        """The parameters in `raw` JSON; none at all count as `{}`. Raises `BadRequest` naming the field."""
        try:
            return msgspec.json.decode(raw or b"{}", type=self.params)
        except msgspec.ValidationError as error:
            raise BadRequest(f"{self.name}: {error}.") from None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise BadRequest(f"The parameters of {self.name} are no JSON object ({error}).") from None

    def read_upload(self, query: Mapping[str, str], body: bytes) -> Any:
        """The parameters of a request whose body is one of them. Raises `BadRequest` naming the field."""
        if not self.upload:
            raise BadRequest(f"{self.name} takes JSON.")
        try:
            return msgspec.convert({**query, self.upload: body}, self.params, strict=False)
        except msgspec.ValidationError as error:
            raise BadRequest(f"{self.name}: {error}.") from None

    async def stream(self, params: Any, client: str = "") -> AsyncGenerator[Chunk]:
        """The answer; every failure is a `HearthNetError`, and what nobody foresaw is logged and told to no one."""
        try:
            answer = self.run(params, client) if self.knows_client else self.run(params)
            async with aclosing(answer) as chunks:
                async for chunk in chunks:
                    yield chunk
                    if chunk.last:
                        return
        except HearthNetError:
            raise
        except Exception:
            LOGGER.exception("%s failed", self.name)
            raise InternalError from None
        LOGGER.error("%s ended without an answer", self.name)
        raise InternalError


def once[P](name: str, params: type[P], answer: Callable[[P], Awaitable[dict[str, Any]]], **more: Any) -> Method:
    """A method whose whole answer is one object."""

    async def run(given: P) -> AsyncGenerator[Chunk]:
        yield Chunk("done", await answer(given))

    return Method(name, params, run, **more)
