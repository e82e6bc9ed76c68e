"""Models from Hugging Face's hub into a folder: fetched by a process of their own that can be stopped at any moment, and a
model only once it is whole."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from hearthnet_core.backends import Progress
from hearthnet_core.errors import NotFound, Unavailable
from hearthnet_core.runtime import Runtime
from hearthnet_core.storage.room import lack

LOOK_S = 0.5
MAX_COMPLAINT = 64 * 1024
PART = ".part"
GO_ON = "Free some space, then pull again: what was fetched so far is kept."
WANTED = ("*.json", "*.jinja", "*.txt", "*.model", "*.safetensors")
"""No pickled weights and no code: neither is ever loaded."""
_FETCH = """
import sys
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.utils import filter_repo_objects
model, folder, *wanted = sys.argv[1:]
info = HfApi().model_info(model, files_metadata=True)
files = {s.rfilename: s.size or 0 for s in info.siblings}
print(sum(files[name] for name in filter_repo_objects(files, allow_patterns=wanted)), flush=True)
snapshot_download(model, revision=info.sha, local_dir=folder, allow_patterns=wanted)
"""


def whole(place: Path) -> bool:
    return (place / "config.json").is_file()


async def fetched(model: str, place: Path, runtime: Runtime) -> AsyncGenerator[Progress]:
    """Raises `NotFound`, `Unavailable`; what was fetched is kept beside the place, and the next time goes on from there."""
    part = place.with_name(place.name + PART)
    await runtime.offload(part.mkdir, parents=True, exist_ok=True)
    if why := await runtime.offload(lack, part):
        raise Unavailable(f"{why} {GO_ON}")
    yield Progress("asking the hub")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _FETCH, model, str(part), *WANTED,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        start_new_session=True, env={**os.environ, "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    total, complaint = 0, bytearray()
    try:
        ended = False
        while not ended:
            try:
                async with asyncio.timeout(LOOK_S):
                    if not total and (line := await process.stdout.readline()):
                        total = int(line) if line.strip().isdigit() else 0
                    while more := await process.stderr.read(4096):
                        complaint = (complaint + more)[-MAX_COMPLAINT:]
                    await process.wait()
                    ended = True
            except TimeoutError:
                pass
            if total:
                done = await runtime.offload(_size, part)
                if not ended and (why := await runtime.offload(lack, part, max(0, total - done))):
                    raise Unavailable(f"{why} {GO_ON}")
                yield Progress("pulling", model, min(done, total), total)
        if process.returncode:
            raise _failure(model, complaint.decode(errors="replace"))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    await runtime.offload(_arrived, part, place)
    yield Progress("success", model, total, total)


def remove(model: str, place: Path) -> None:
    """Raises `NotFound` when nothing of it is there."""
    part = place.with_name(place.name + PART)
    if not place.exists() and not part.exists():
        raise NotFound(f"There is no model called {model[:60]!r} here.")
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(part, ignore_errors=True)


def _arrived(part: Path, place: Path) -> None:
    if not whole(part):
        raise Unavailable("What was fetched has no config.json; it is no model for transformers.")
    shutil.rmtree(part / ".cache", ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)
    part.rename(place)


def _size(folder: Path) -> int:
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                total += os.stat(os.path.join(root, name)).st_size
    return total


def _failure(model: str, complaint: str) -> Exception:
    last = next((line for line in reversed(complaint.splitlines()) if line.strip()), "")
    low = complaint.casefold()
    if "no space left" in low:
        return Unavailable(f"The disk is full. {GO_ON}")
    if "repositorynotfound" in low or "404 client error" in low or "gatedrepo" in low:
        return NotFound(f"The hub has no model called {model[:60]!r} for everybody; look at its spelling.")
    return Unavailable(f"The hub could not be read ({' '.join(last.split())[:200]}). Is the internet there?")
