"""Keys of engines, apart from the configuration: `secrets.json` in the data folder, 0600, never shown and never logged."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hearthnet_core.config.settings import write_private
from hearthnet_core.errors import BadRequest, HearthNetError

MAX_SECRET = 4_096


class Secrets:
    """Values by name. `set` writes and syncs before it returns; what another process sets (`hearthnet config set-secret`)
    is found by the next `get`."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen = self._stamp()
        self._values = self._read()

    def names(self) -> list[str]:
        return sorted(self._values)

    def get(self, name: str) -> str:
        """Raises `BadRequest` that says how to store it."""
        if (stamp := self._stamp()) != self._seen:
            self._seen, self._values = stamp, self._read()
        try:
            return self._values[name]
        except KeyError:
            raise BadRequest(
                f"There is no secret called {name!r}; store it with `hearthnet config set-secret {name}`."
            ) from None

    def set(self, name: str, value: str) -> None:
        """An empty value removes the secret."""
        if not name.isidentifier() or len(name) > 64:
            raise BadRequest("A secret's name is a word of letters, digits and underscores.")
        if len(value) > MAX_SECRET:
            raise BadRequest(f"A secret has at most {MAX_SECRET} characters.")
        values = {k: v for k, v in self._values.items() if k != name} | ({name: value} if value else {})
        if self._path is not None:
            write_private(self._path, msgspec.json.format(msgspec.json.encode(values), indent=1))
        self._values = values

    def _stamp(self) -> tuple[int, int]:
        """Another one when the file was replaced: it is never written in place."""
        if self._path is None:
            return 0, 0
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_ino, found.st_mtime_ns

    def _read(self) -> dict[str, str]:
        if self._path is None or not self._path.exists():
            return {}
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.DecodeError) as error:
            raise HearthNetError(
                f"{self._path} cannot be read ({error}); mend it or store the secrets again."
            ) from None
