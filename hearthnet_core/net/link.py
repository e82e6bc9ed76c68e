"""The seam below the handshake: an ordered, encrypted byte stream to somewhere. TLS is one, the simulation another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol


class Link(Protocol):
    """`certificate` is the server's, DER, on both ends. Read and write raise `Unavailable` when the stream is gone."""

    certificate: bytes
    remote: str

    async def read(self) -> bytes:
        """The next bytes, at most 64 KiB; empty at the end."""

    async def write(self, data: bytes) -> None:
        """Returns when little of what was written is still waiting."""

    def abort(self) -> None:
        """Drops the stream at once."""


type Accept = Callable[[Link], Awaitable[None]]


class Transport(Protocol):
    """How links come to be. Addresses are `host:port`."""

    async def dial(self, address: str) -> Link:
        """Raises `Unavailable`."""

    async def listen(self, host: str, port: int, accept: Accept) -> int:
        """Takes links until `aclose`; returns the port. Raises `Unavailable` when the port is taken."""

    async def aclose(self) -> None: ...
