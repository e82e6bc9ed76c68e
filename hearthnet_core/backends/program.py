"""A program of this machine as a pure function of bytes: bounded in time, memory and output, and gone when nobody waits.

What is given to it may come from anybody, so it runs as a process of its own: what breaks it breaks nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncGenerator, Sequence
from typing import BinaryIO

from hearthnet_core.errors import BadRequest, Timeout, Unavailable

MEMORY_KIB = 2 * 1024 * 1024
MAX_COMPLAINT = 300
_LIMITED = (
    'ulimit -v "$0" && ulimit -t "$1" && ulimit -c 0 && shift || exit'
    '; setpriv --pdeathsig KILL true 2>/dev/null && exec setpriv --pdeathsig KILL -- "$@"; exec "$@"'
)
"""Where the system can, it also ends when the node is killed and cannot end it any more."""


async def run(
    command: Sequence[str], given: bytes, *, most: int, seconds: float, memory_kib: int = MEMORY_KIB
) -> bytes:
    """What `command` writes when it is given `given`, at most `most` bytes.

    Raises `Unavailable` when it is not installed, `Timeout`, and `BadRequest` with its last words when it refuses what it
    was given, is killed over it, or answers more than `most`.
    """
    name = os.path.basename(command[0])
    async with started(command, given, cpu_s=seconds + 1, memory_kib=memory_kib) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                said = group.create_task(_read(process.stdout, most + 1))
                complaint = group.create_task(_read(process.stderr, 64 * 1024))
                group.create_task(process.wait())
        except TimeoutError:
            raise Timeout(f"{name} did not finish within {seconds:g} s.") from None
    if len(said.result()) > most:
        raise BadRequest(f"{name} made more than {most} bytes of this; give it something smaller.")
    if process.returncode == 127:
        raise Unavailable(f"{name} is not installed.")
    if process.returncode:
        words = " ".join(complaint.result().decode(errors="replace").split())[-MAX_COMPLAINT:]
        raise BadRequest(f"{name} cannot read this{': ' + words if words else ''}.")
    return said.result()


@contextlib.asynccontextmanager
async def started(
    command: Sequence[str],
    given: bytes | BinaryIO,
    *,
    cpu_s: float,
    memory_kib: int = MEMORY_KIB,
    complaints: bool = True,
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A running program whose standard input is `given`: these bytes, or this very file, which stays open. Leaving the
    context ends it and all it started. Its output is to be read here, and what it complains of, if wanted. Raises
    `Unavailable`."""
    with _file(given) if isinstance(given, bytes) else contextlib.nullcontext(given) as stdin:
        try:
            process = await asyncio.create_subprocess_exec(
                "/bin/sh", "-c", _LIMITED, str(memory_kib), str(int(cpu_s)), *command,
                stdin=stdin, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE if complaints else asyncio.subprocess.DEVNULL,
                start_new_session=True, limit=1024 * 1024,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"{command[0]} cannot be started ({error.strerror}).") from None
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _file(given: bytes) -> BinaryIO:
    """The bytes as a file to read: in memory where the system can, so that a full disk is no obstacle."""
    file: BinaryIO
    if hasattr(os, "memfd_create"):
        file = os.fdopen(os.memfd_create("given"), "w+b")
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115
    file.write(given)
    file.seek(0)
    return file


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    """At most `most` bytes; what comes after is read and dropped, so that the program can end."""
    kept = bytearray()
    while part := await stream.read(64 * 1024):
        kept += part[: most - len(kept)]
    return bytes(kept)
