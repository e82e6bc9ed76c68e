"""A program of this machine as a pure function of bytes: bounded in time, memory and output, and gone when nobody waits.

What is given to it may come from anybody, so it runs as a process of its own: what breaks it breaks nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence

from hearthnet_core.errors import BadRequest, Timeout, Unavailable

MEMORY_KIB = 2 * 1024 * 1024
MAX_COMPLAINT = 300
_LIMITED = 'ulimit -v "$0" && ulimit -t "$1" && ulimit -c 0 && shift && exec "$@"'


async def run(
    command: Sequence[str], given: bytes, *, most: int, seconds: float, memory_kib: int = MEMORY_KIB
) -> bytes:
    """What `command` writes when it is given `given`, at most `most` bytes.

    Raises `Unavailable` when it is not installed, `Timeout`, and `BadRequest` with its last words when it refuses what it
    was given, is killed over it, or answers more than `most`.
    """
    name = os.path.basename(command[0])
    try:
        process = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", _LIMITED, str(memory_kib), str(int(seconds) + 1), *command,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            start_new_session=True, env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
        )  # fmt: skip
    except OSError as error:
        raise Unavailable(f"{name} cannot be started ({error.strerror}).") from None
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            group.create_task(_feed(process.stdin, given))
            said = group.create_task(_read(process.stdout, most + 1))
            complaint = group.create_task(_read(process.stderr, 64 * 1024))
        async with asyncio.timeout(seconds):
            code = await process.wait()
    except TimeoutError:
        raise Timeout(f"{name} did not finish within {seconds:g} s.") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if len(said.result()) > most:
        raise BadRequest(f"{name} made more than {most} bytes of this; give it something smaller.")
    if code == 127:
        raise Unavailable(f"{name} is not installed.")
    if code:
        words = " ".join(complaint.result().decode(errors="replace").split())[-MAX_COMPLAINT:]
        raise BadRequest(f"{name} cannot read this{': ' + words if words else ''}.")
    return said.result()


async def _feed(stdin: asyncio.StreamWriter, given: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # it has read enough
        stdin.write(given)
        await stdin.drain()
        stdin.close()
        await stdin.wait_closed()


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    """At most `most` bytes; what comes after is read and dropped, so that the program can end."""
    kept = bytearray()
    while part := await stream.read(64 * 1024):
        kept += part[: most - len(kept)]
    return bytes(kept)
