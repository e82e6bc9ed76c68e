"""Thin probes of real names: resolve, connect, and for `http://` targets look whether somebody else answers.

Probing a literal address would "resolve" with no network at all, so targets are names. The last address of a name is
kept: when the name no longer resolves but that address answers, only DNS is out.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from hearthnet_core.errors import BadRequest
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.connectivity import Detector, Outcome, Result

DEFAULT_TARGETS = (
    "tcp://www.wikipedia.org:443",
    "tcp://one.one.one.one:443",
    "tcp://www.debian.org:443",
    "http://connectivity-check.ubuntu.com/",
)
PROBE_S = 1.0
INTERVAL_S = 2.5
HURRY_S = 0.2
MAX_ANSWER = 4_096
_NO_ROUTE = {101, 113, 65}  # ENETUNREACH, EHOSTUNREACH (Linux), EHOSTUNREACH (macOS)


class Probe:
    """One target, `tcp://name:port` or `http://name[:port]/path`. An http target must answer 200 or 204 itself."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        if parts.scheme not in ("tcp", "http") or not parts.hostname:
            raise BadRequest(f"connectivity.targets: {target[:100]!r} is not like tcp://name:port or http://name/path.")
        self.target = target
        self._host = parts.hostname
        self._port = parts.port or (80 if parts.scheme == "http" else 443)
        self._path = parts.path or "/"
        self._http = parts.scheme == "http"
        self._known: str | None = None

    async def once(self) -> Result:
        """Never raises; ends within about twice `PROBE_S`."""
        name_failed = False
        try:
            async with asyncio.timeout(PROBE_S):
                found = await asyncio.get_running_loop().getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self._known = str(found[0][4][0])
        except (OSError, TimeoutError):
            name_failed = True
        if self._known is None:
            return Result(self.target, Outcome.DNS_FAILED)
        outcome = await self._reach(self._known)
        if name_failed:
            outcome = Outcome.NAME_ONLY_FAILED if outcome is Outcome.OK else Outcome.DNS_FAILED
        return Result(self.target, outcome)

    async def _reach(self, address: str) -> Outcome:
        writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(PROBE_S):
                reader, writer = await asyncio.open_connection(address, self._port)
                if not self._http:
                    return Outcome.OK
                writer.write(f"GET {self._path} HTTP/1.1\r\nHost: {self._host}\r\nConnection: close\r\n\r\n".encode())
                status = (await reader.read(MAX_ANSWER)).split(b" ", 2)[1:2]
                return Outcome.OK if status in ([b"200"], [b"204"]) else Outcome.CAPTIVE
        except OSError as error:
            return Outcome.NO_ROUTE if error.errno in _NO_ROUTE else Outcome.FAILED
        except TimeoutError:
            return Outcome.FAILED
        finally:
            if writer is not None:
                writer.close()


async def watch(
    runtime: Runtime,
    detector: Detector,
    probes: list[Probe],
    changed: Callable[[], None],
    interval_s: float = INTERVAL_S,
) -> None:
    """Probes all targets together, for ever; hurries while the results disagree with what is shown."""
    while True:
        began = runtime.now()
        before = detector.now
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(p.once()) for p in probes]
        for task in running:
            detector.observe(task.result(), runtime.now())
        if detector.now != before:
            changed()
        pause = HURRY_S if detector.suspicious else interval_s
        await asyncio.sleep(max(HURRY_S, pause - (runtime.now() - began)))
