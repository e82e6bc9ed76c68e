"""The node as a Wyoming server: Home Assistant's own Wyoming integration hears and speaks through it, with the best engine of
the neighbourhood. The protocol knows no authentication, so it listens on loopback unless told otherwise."""

from __future__ import annotations

import asyncio
import errno
import logging

from hearthnet_core.backends.wyoming_wire import Event, Wire
from hearthnet_core.config.schema import VoiceSettings
from hearthnet_core.errors import CapacityExceeded
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.speech import Speech
from hearthnet_core.services.voice_session import PATIENT, Patience, Room, Session
from hearthnet_core.signals import Signal

LOGGER = logging.getLogger(__name__)
MAX_CLIENTS = 16
MAX_HELD = 64 * 1024 * 1024
AGAIN_S = 15.0
REFUSE_S = 1.0


class Voice:
    """`problem` is the sentence that says why it does not listen, or empty; `changed` tells that it is another."""

    def __init__(self, runtime: Runtime, speech: Speech, settings: VoiceSettings, patience: Patience = PATIENT) -> None:
        self._runtime = runtime
        self._speech = speech
        self._settings = settings
        self._patience = patience
        self._room = Room(MAX_HELD)
        self._clients = 0
        self._server: asyncio.Server | None = None
        self.problem = ""
        self.changed: Signal[None] = Signal()

    @property
    def address(self) -> tuple[str, int] | None:
        """Where it listens."""
        if self._server is None:
            return None
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def listen(self) -> None:
        """Once; a port that is taken is a `problem`, not an error: the node does without."""
        if not self._settings.enabled or self._server is not None:
            return
        host, port = self._settings.host, self._settings.port
        problem = ""
        try:
            self._server = await asyncio.start_server(self._welcome, host or "0.0.0.0", port, limit=64 * 1024)
        except OSError as error:
            why = "another program has it" if error.errno == errno.EADDRINUSE else (error.strerror or "it is refused")
            problem = f"The voice server cannot listen on {host or 'any address'}:{port}: {why}."
        if problem != self.problem:
            self.problem = problem
            if problem:
                LOGGER.warning("%s Set voice.port to a free one, or stop that program.", problem)
            self.changed.emit(None)

    async def keep(self) -> None:
        """Tries for ever: a port that is taken may become free."""
        while True:
            await self.listen()
            await asyncio.sleep(AGAIN_S)

    async def aclose(self) -> None:
        """Ends every client at once."""
        if self._server is not None:
            self._server.close()
            self._server.abort_clients()
            await self._server.wait_closed()
            self._server = None

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(reader, writer)
        if self._clients >= MAX_CLIENTS:
            full = CapacityExceeded("Enough programs use this voice server already; close one of them.")
            try:
                await wire.send(Event("error", {"text": full.message, "code": full.code}), REFUSE_S)
            except OSError:
                pass
            finally:
                await wire.close()
            return
        self._clients += 1
        try:
            await Session(wire, self._speech, self._runtime, self._room, self._patience).run()
        except* Exception:
            LOGGER.exception("a voice client could not be answered")
        finally:
            self._clients -= 1
            await wire.close()
