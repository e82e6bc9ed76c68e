"""What people decided while the node ran: privacy class, mode, tokens. One small file, replaced atomically."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Literal

import msgspec

from hearthnet_core.capability import Privacy
from hearthnet_core.errors import HearthNetError, InternalError


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    """`since` in Unix seconds, `by` names who set it."""

    mode: str = "normal"
    since: float = 0.0
    by: str = ""
    reason: str = ""


class TokenRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`digest` is the SHA-256 of the token; the token itself is nowhere. `scope` `models` opens the facades only, an empty
    one everything."""

    id: str
    digest: str
    name: str
    client: str
    created: float
    scope: Literal["", "models"] = ""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    version: int = 1
    privacy: Privacy | None = None
    mode: Mode = Mode()
    tokens: tuple[TokenRecord, ...] = ()


class SettingsFile:
    """`changed(…)` writes and syncs before it returns; a crash leaves the old file or the new one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._turn = threading.Lock()
        self.now = self._read()

    def changed(self, **fields: object) -> Settings:
        with self._turn:  # or of two changes at once the first would be undone
            settings = msgspec.structs.replace(self.now, **fields)
            if self._path is not None:
                write_private(self._path, msgspec.json.format(msgspec.json.encode(settings), indent=1))
            self.now = settings
            return settings

    def _read(self) -> Settings:
        if self._path is None or not self._path.exists():
            return Settings()
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Settings)
        except (OSError, msgspec.DecodeError) as error:
            raise InternalError(
                f"{self._path} cannot be read ({error}). Restore it from a backup, or move it away: privacy returns to"
                " this home and every client must pair again."
            ) from None


def write_private(path: Path, content: bytes) -> None:
    """0600, synced; a crash leaves the old file or the new one. Raises a sentence that names the path."""
    part = path.with_suffix(".new")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise HearthNetError(
            f"{path} cannot be written: {error.strerror}. Free some space or mend its rights."
        ) from None
