"""The service of `tests/speech/server.py` as a process of its own, started, killed and started again on its port."""

from __future__ import annotations

import asyncio
import contextlib

from script.demo_parts.nodes import PYTHON, ROOT, free_port

START_S = 30.0


class SpeechProcess:
    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self.url = f"tcp://127.0.0.1:{self.port}"
        self.options = options
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when it listens."""
        self._process = await asyncio.create_subprocess_exec(
            str(PYTHON), "-m", "tests.speech.server", str(self.port), *self.options, cwd=ROOT
        )
        async with asyncio.timeout(START_S):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                if self._process.returncode is not None:
                    raise RuntimeError("the speech service did not start")
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """As `kill -9` does."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        if self._process is not None:
            await self._process.wait()
