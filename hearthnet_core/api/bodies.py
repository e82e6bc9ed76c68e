"""Bodies of the local API: read within a bound, written as JSON or as lines, errors with their HTTP status."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from hearthnet_core.errors import BadRequest, HearthNetError, Timeout
from hearthnet_core.models.local_api import MAX_BODY
from hearthnet_core.models.wire import UNREADABLE

MAX_VALUES = 1_000_000
"""Of one body: 14 MiB of empty objects would become 350."""
BODY_S = 30.0
SLOWEST = 128 * 1024
"""Bytes a second, of what is more than `MAX_BODY`: a large file over a telephone's radio takes longer than `BODY_S`."""
STALL_S = 30.0
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def read(request: web.BaseRequest, most: int) -> bytes:
    """At most `most` bytes, never many more in memory. Raises `BadRequest` or `Timeout`."""
    if request.headers.get("Content-Encoding"):
        raise BadRequest("Bodies are sent as they are, without Content-Encoding.")
    too_large = BadRequest(f"The request's body is larger than {most // 1024} KiB.")
    if (request.content_length or 0) > most:
        raise too_large
    body = bytearray()
    seconds = BODY_S + max(0, (request.content_length or most) - MAX_BODY) / SLOWEST
    try:
        async with asyncio.timeout(seconds):
            while part := await request.content.readany():
                body += part
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise Timeout(f"The request's body did not arrive within {seconds:g} s.") from None
    except web.RequestPayloadError:
        raise BadRequest("The request's body is broken.") from None
    return bytes(body)


def decoded[T](raw: bytes, shape: type[T]) -> T:
    """Raises `BadRequest` naming the field."""
    if raw.count(b",") > MAX_VALUES:
        raise BadRequest("The request's body holds more values than it may.")
    try:
        return msgspec.json.decode(raw, type=shape)
    except UNREADABLE as error:
        raise BadRequest(f"The request's body does not fit: {error}.") from None


def answer(data: Any, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(data), status=status, content_type="application/json", headers=HEADERS)


def failure(error: HearthNetError, body: dict[str, Any] | None = None) -> web.Response:
    """The error's body, or another API's form of it, under its HTTP status."""
    response = answer(error.to_wire() if body is None else body, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_ms is not None:
        response.headers["Retry-After"] = str(-(-error.retry_after_ms // 1000))
    return response


async def line(request: web.BaseRequest, response: web.StreamResponse, event: str, data: dict[str, Any]) -> None:
    """One NDJSON line; a client that takes none for `STALL_S` is cut off."""
    try:
        async with asyncio.timeout(STALL_S):
            await response.write(msgspec.json.encode({"event": event, "data": data}) + b"\n")
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("The client reads no more.") from None
