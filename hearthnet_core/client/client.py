"""Calls a node's local API; what fails there is raised here as the same class."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from hearthnet_core.errors import (
    Forbidden,
    HearthNetError,
    InvalidSignature,
    Unavailable,
    VersionMismatch,
    from_wire,
)
from hearthnet_core.models.local_api import (
    API_VERSION,
    LOWEST_API_VERSION,
    NDJSON,
    RUN_FILE,
    TOKEN_FILE,
    UPLOAD,
    RunFile,
)

CONNECT_S = 5.0
MAX_LINE = 16 * 1024 * 1024
NOT_RUNNING = "No node is running on {}; start it with `hearthnet run`."


class Client:
    """`async with Client(…) as client:`; entering it checks that somebody answers and that the versions fit.

    `fingerprint` (hex) pins the node's certificate; without one only plain HTTP is spoken.
    """

    def __init__(self, url: str, token: str = "", fingerprint: str = "", *, absent: str = "") -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._tls = aiohttp.Fingerprint(bytes.fromhex(fingerprint)) if fingerprint else True
        self._absent = absent or f"No node answers at {self.url}. Is it running?"
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def local(cls, data: Path) -> Client:
        """The node that runs on a data folder of this machine. Raises `Unavailable` when none does."""
        absent = NOT_RUNNING.format(data)
        try:
            running = msgspec.json.decode((data / RUN_FILE).read_bytes(), type=RunFile)
            token = (data / TOKEN_FILE).read_text().strip()
        except PermissionError as error:
            raise Forbidden(
                f"{error.filename} belongs to another user; run this as the user whose node it is."
            ) from None
        except (OSError, ValueError):
            raise Unavailable(absent) from None
        return cls(running.api, token, running.fingerprint, absent=absent)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers=self._headers, timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
        )
        try:
            check_versions((await self.health()).get("api"))
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def health(self) -> dict[str, Any]:
        """What the node says of itself to everybody."""
        async with self._answer("GET", "/health") as response:
            return await _object(response)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One request to any address of the API."""
        async with self._answer("POST", path, body) as response:
            return await _object(response)

    async def call(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The method's `done` data. Raises what the node raised."""
        return await self.post(f"/api/v1/{method}", params or {})

    async def stream(
        self, method: str, params: dict[str, Any] | None = None, upload: bytes | None = None
    ) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
        """(event, data) up to `done`; closing the generator cancels the call. With `upload`, a file, the other parameters
        are text."""
        async with (
            self._answer("POST", f"/api/v1/{method}", params or {}, NDJSON, upload) as response,
            aclosing(_lines(response)) as lines,
        ):
            async for line in lines:
                event, data = _event(line)
                if event == "error":
                    raise from_wire(data)
                yield event, data
                if event == "done":
                    return
        raise Unavailable("The node stopped in the middle of its answer; try again.")

    @asynccontextmanager
    async def _answer(
        self,
        verb: str,
        path: str,
        body: dict[str, Any] | None = None,
        accept: str = "application/json",
        upload: bytes | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("Use the client as a context: `async with Client(…) as client`.")
        try:
            async with self._session.request(
                verb,
                self.url + path,
                params=None if upload is None else body,
                # UTF-8: escaped text may be thrice as long
                data=upload if upload is not None else None if body is None else msgspec.json.encode(body),
                ssl=self._tls,
                headers={"Accept": accept, "Content-Type": "application/json" if upload is None else UPLOAD},
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    raise from_wire(await _object(response))
                yield response
        except aiohttp.ServerFingerprintMismatch:
            raise InvalidSignature(
                f"The node at {self.url} shows another certificate than the one paired with; pair again if it was"
                " set up anew, otherwise somebody is in between."
            ) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Unavailable(self._absent) from None
        except aiohttp.ClientError as error:
            raise Unavailable(f"The connection to {self.url} broke: {error}.") from None


def check_versions(api: object) -> None:
    """Raises `VersionMismatch` that says which side to update."""
    try:
        theirs, lowest = (_version(str(api[key])) for key in ("version", "lowest"))  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        raise VersionMismatch("What answers there is no HearthNet node.") from None
    if theirs < _version(LOWEST_API_VERSION):
        raise VersionMismatch("The node is too old for this program; update the node.")
    if lowest > _version(API_VERSION):
        raise VersionMismatch("This program is too old for the node; update it.")


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)


async def _object(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        found = json.loads(await response.text())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable(f"What answers at {response.url.origin()} is no HearthNet node (status {response.status}).")
    return found


async def _lines(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
    rest = bytearray()
    async for part in response.content.iter_any():
        rest += part
        *whole, last = rest.split(b"\n")
        for line in whole:
            yield bytes(line)
        rest = last
        if len(rest) > MAX_LINE:
            raise HearthNetError("The node's answer is larger than any answer should be.")


def _event(line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        found = json.loads(line)
        return str(found["event"]), dict(found["data"])
    except (ValueError, TypeError, KeyError):
        raise Unavailable("The node's answer cannot be read; are both of the same version?") from None
