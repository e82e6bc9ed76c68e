"""Who may use the local API. Only a token's SHA-256 is kept; this machine's own command line has a file of its own."""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from pathlib import Path
from typing import Literal

import msgspec

from hearthnet_core.config.settings import SettingsFile, TokenRecord
from hearthnet_core.errors import CapacityExceeded, NotFound, TokenInvalid, TokenRevoked
from hearthnet_core.identity.store import write_atomically
from hearthnet_core.models.local_api import TOKEN_FILE
from hearthnet_core.runtime import Runtime
from hearthnet_core.signals import Signal

PREFIX = "hn_"
TOKEN_BYTES = 32
MAX_TOKEN = 200
MAX_TOKENS = 100
MAX_REVOKED = 100
HOME_ASSISTANT = "home_assistant"
LOCAL = "local"


type Scope = Literal["", "models"]


class TokenUse(msgspec.Struct, frozen=True):
    """What people see of a token; `last_used` (Unix seconds) only since the node started. `scope` as in `TokenRecord`."""

    id: str
    name: str
    client: str
    created: float
    last_used: float | None
    scope: Scope = ""


class Tokens:
    """Issues, checks and revokes. `data` None: no file for the command line. `revoked` tells the id of one that went."""

    def __init__(self, settings: SettingsFile, runtime: Runtime, data: Path | None = None) -> None:
        self.revoked: Signal[str] = Signal()
        self._settings = settings
        self._runtime = runtime
        self._used: dict[str, float] = {}
        self._revoked: deque[str] = deque(maxlen=MAX_REVOKED)
        self._local: TokenRecord | None = None
        if data is not None:
            token = self._fresh()  # a new one at each start: an old copy of the file opens nothing
            write_atomically(data / TOKEN_FILE, token.encode())
            self._local = self._record(LOCAL, token, "This machine", "cli")

    @property
    def claimed(self) -> bool:
        """Has a Home Assistant paired?"""
        return any(record.client == HOME_ASSISTANT for record in self._settings.now.tokens)

    def issue(self, name: str, client: str, scope: Scope = "") -> str:
        """A new token, durable before it is returned; nobody can read it here again."""
        known = self._settings.now.tokens
        if len(known) >= MAX_TOKENS:
            raise CapacityExceeded(f"{MAX_TOKENS} clients are paired already; revoke one that is no longer used first.")
        token = self._fresh()
        record = self._record(self._runtime.random_bytes(8).hex(), token, name, client, scope)
        self._settings.changed(tokens=(*known, record))
        return token

    def check(self, token: str) -> TokenRecord:
        """Raises `TokenInvalid` or `TokenRevoked`. Takes the same time whichever token is compared."""
        digest = _digest(token[:MAX_TOKEN])
        found: TokenRecord | None = None
        local = (self._local,) if self._local is not None else ()
        for record in (*local, *self._settings.now.tokens):
            if hmac.compare_digest(record.digest, digest):
                found = record
        if found is None:
            raise TokenRevoked if digest in self._revoked else TokenInvalid
        self._used[found.id] = self._runtime.wall()
        return found

    def still(self, record: TokenRecord) -> None:
        """Raises `TokenRevoked` when a token that was good once no longer is."""
        if record is not self._local and all(record.id != kept.id for kept in self._settings.now.tokens):
            raise TokenRevoked

    def list(self) -> tuple[TokenUse, ...]:
        """Every paired client, oldest first."""
        return tuple(
            TokenUse(record.id, record.name, record.client, record.created, self._used.get(record.id), record.scope)
            for record in self._settings.now.tokens
        )

    def revoke(self, token_id: str) -> None:
        """Durable before it returns; what runs under that token ends. Raises `NotFound`."""
        kept = tuple(record for record in self._settings.now.tokens if record.id != token_id)
        gone = [record.digest for record in self._settings.now.tokens if record.id == token_id]
        if not gone:
            raise NotFound(f"There is no token {token_id[:40]!r}; `hearthnet token list` shows them.")
        self._settings.changed(tokens=kept)
        self._revoked.extend(gone)
        self._used.pop(token_id, None)
        self.revoked.emit(token_id)

    def _fresh(self) -> str:
        return PREFIX + self._runtime.random_bytes(TOKEN_BYTES).hex()

    def _record(self, token_id: str, token: str, name: str, client: str, scope: Scope = "") -> TokenRecord:
        created = self._runtime.wall()
        return TokenRecord(id=token_id, digest=_digest(token), name=name, client=client, created=created, scope=scope)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
