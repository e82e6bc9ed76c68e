"""The node's and the household's keys on disk: `identity/{node.key,owner.key}`, 0600, written once, never exported."""

from __future__ import annotations

import base64
import fcntl
import os
from pathlib import Path

from hearthnet_core.errors import HearthNetError, Unavailable
from hearthnet_core.identity.keys import SEED_BYTES, SigningKey
from hearthnet_core.runtime import Runtime


class IdentityStore:
    """Opens the data folder for exactly one node; a second one is refused."""

    def __init__(self, data: Path, runtime: Runtime) -> None:
        self._folder = data / "identity"
        try:
            data.mkdir(parents=True, exist_ok=True, mode=0o700)  # `parents` takes no mode
            self._folder.mkdir(exist_ok=True, mode=0o700)
            self._lock = open(data / "lock", "w")  # noqa: SIM115 held for the node's life
        except OSError as error:
            raise HearthNetError(
                f"The data folder {data} cannot be used: {error.strerror}. Give this user the right to write there, or"
                " choose another with HEARTHNET_DATA."
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unavailable(f"Another node is already running on {data}; stop it first.") from None
        self.node = self._key("node.key", runtime)
        self.owner = self._key("owner.key", runtime)
        self.boot = self._boot()

    def close(self) -> None:
        self._lock.close()

    def _key(self, name: str, runtime: Runtime) -> SigningKey:
        path = self._folder / name
        try:
            seed = base64.b64decode(path.read_bytes(), validate=True)
            if len(seed) != SEED_BYTES:
                raise ValueError("wrong length")
            return SigningKey(seed)
        except FileNotFoundError:
            seed = runtime.random_bytes(SEED_BYTES)
            write_atomically(path, base64.b64encode(seed))
            return SigningKey(seed)
        except ValueError as error:
            raise HearthNetError(f"The key file {path} is damaged ({error}). Restore it from a backup.") from None
        except OSError as error:
            raise HearthNetError(f"The key file {path} cannot be read: {error.strerror}.") from None

    def _boot(self) -> int:
        path = self._folder / "boot"
        try:
            last = int(path.read_text())
        except (FileNotFoundError, ValueError):
            last = 0
        write_atomically(path, str(last + 1).encode())
        return last + 1


def write_atomically(path: Path, content: bytes) -> None:
    """0600, synced; a crash leaves the old content or the new. Raises a sentence that names the path."""
    part = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise HearthNetError(
            f"{path} cannot be written: {error.strerror}. Free some space, or give this user the right to write there."
        ) from None
