"""What the facades have in common: other programs' APIs, answered by the neighbourhood. See docs/api.md, "Facades"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.errors import HearthNetError

type Guard = Callable[[], AbstractAsyncContextManager[None]]
"""Entered around the work of a request: it ends there, with an error, when the node stops or the token is revoked."""


class Facade(Protocol):
    """One foreign API. Nothing is asked of it before the caller has signed in, save what is `public`."""

    def serves(self, path: str) -> bool:
        """Is this address one of its own?"""

    def public(self, method: str, path: str) -> bool:
        """May anybody ask for this without a token?"""

    def changes(self, path: str) -> bool:
        """Does it change something on this machine? Then nobody may without a token, on the open port neither."""

    async def answer(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """Raises `HearthNetError` until the first byte is written; after it, failures are told in the stream."""

    def refusal(self, error: HearthNetError) -> web.Response:
        """An error as this API's clients understand it."""


class Stream:
    """An answer in pieces. It begins with the first one, so that what fails before has its own HTTP status."""

    def __init__(self, request: web.BaseRequest, content_type: str) -> None:
        self._request = request
        self._response = web.StreamResponse(headers={"Content-Type": content_type, **bodies.HEADERS})

    @property
    def begun(self) -> bool:
        return self._response.prepared

    async def send(self, piece: bytes) -> None:
        """A client that takes none for `bodies.STALL_S` is cut off."""
        if not self.begun:
            await self._response.prepare(self._request)
        try:
            async with asyncio.timeout(bodies.STALL_S):
                await self._response.write(piece)
        except TimeoutError:
            if self._request.transport is not None:
                self._request.transport.abort()
            raise ConnectionResetError("The client reads no more.") from None

    async def end(self) -> web.StreamResponse:
        if not self.begun:
            await self._response.prepare(self._request)
        await self._response.write_eof()
        return self._response
