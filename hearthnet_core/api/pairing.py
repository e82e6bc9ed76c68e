"""Pairing: client and node prove to each other that they know a short code, without sending it. See docs/api.md."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections import OrderedDict
from typing import Annotated

import msgspec

from hearthnet_core.api.tokens import Tokens
from hearthnet_core.errors import BadRequest, Expired, NotFound, RateLimited, Unauthorized
from hearthnet_core.models.local_api import CODE_ALPHABET, CODE_CHARACTERS, NONCE_BYTES, pairing_key, pairing_mac
from hearthnet_core.runtime import Runtime

CODE_S = 600.0
TRIES = 5
MIN_LEFT_S = 120.0
MAX_PENDING = 32
MAX_PENDING_PER_ADDRESS = 4
_SHOW = "show a new one with `hearthnet pair`"

Base64 = Annotated[str, msgspec.Meta(max_length=64)]


class PairStart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Step 1 by the client; `nonce` is 16 bytes in base64."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    client: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]{1,32}$")]
    nonce: Base64


class PairProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Step 2 by the client."""

    mac: Base64


class PairCode(msgspec.Struct, frozen=True):
    """`code` as people read it (`ABCDE-FGHJK`); `expires` in Unix seconds by this node's clock, for display."""

    code: str
    expires: float


class _Code:
    def __init__(self, plain: str, until: float) -> None:
        self.plain = plain
        self.until = until
        self.tries = TRIES


class _Pending(msgspec.Struct, frozen=True):
    code: _Code
    address: str
    name: str
    client: str
    client_nonce: bytes
    node_nonce: bytes
    salt: bytes


class Pairing:
    """One code at a time, ten minutes and five tries by the monotonic clock, gone once it has been used."""

    def __init__(self, runtime: Runtime, tokens: Tokens, node_id: str) -> None:
        self._runtime = runtime
        self._tokens = tokens
        self._node_id = node_id
        self._code: _Code | None = None
        self._pending: OrderedDict[str, _Pending] = OrderedDict()

    def code(self) -> PairCode:
        """The code to show: the present one while it has tries and time left, else a new one that replaces it."""
        now = self._runtime.now()
        code = self._code
        if code is None or not code.tries or code.until - now < MIN_LEFT_S:
            drawn = self._runtime.random_bytes(CODE_CHARACTERS)
            code = self._code = _Code("".join(CODE_ALPHABET[byte % 32] for byte in drawn), now + CODE_S)
            self._pending.clear()
        half = CODE_CHARACTERS // 2
        return PairCode(f"{code.plain[:half]}-{code.plain[half:]}", self._runtime.wall() + code.until - now)

    def start(self, asked: PairStart, address: str) -> dict[str, str]:
        """Step 1. Raises `Expired` while no code is shown, `RateLimited` when its tries are used up."""
        code = self._usable()
        nonce = _bytes(asked.nonce, "nonce", NONCE_BYTES)
        mine = [key for key, pending in self._pending.items() if pending.address == address]
        if len(mine) >= MAX_PENDING_PER_ADDRESS:
            del self._pending[mine[0]]
        elif len(self._pending) >= MAX_PENDING:
            self._pending.popitem(last=False)
        pending = _Pending(
            code,
            address,
            asked.name,
            asked.client,
            nonce,
            self._runtime.random_bytes(NONCE_BYTES),
            self._runtime.random_bytes(NONCE_BYTES),
        )
        pairing_id = self._runtime.random_bytes(16).hex()
        self._pending[pairing_id] = pending
        return {
            "pairing_id": pairing_id,
            "nonce": base64.b64encode(pending.node_nonce).decode(),
            "salt": base64.b64encode(pending.salt).decode(),
            "node_id": self._node_id,
        }

    async def finish(self, pairing_id: str, proof: PairProof, fingerprint: str) -> dict[str, str]:
        """Step 2: the token, or `Unauthorized` with the tries left. `fingerprint` is that of this node's certificate."""
        pending = self._pending.get(pairing_id)
        if pending is None:
            raise NotFound(f"This pairing is over; {_SHOW} and begin again.")
        code = self._usable()
        mac = _bytes(proof.mac, "mac", 32)
        code.tries -= 1  # before the wait, so that many at once have no more tries than one after the other
        key = await self._runtime.offload(pairing_key, code.plain, pending.salt)
        nonces = (pending.client_nonce, pending.node_nonce)
        if not hmac.compare_digest(mac, pairing_mac(key, "client", fingerprint, *nonces)):
            if code.tries:
                raise Unauthorized(f"The code is wrong; {code.tries} {'try' if code.tries == 1 else 'tries'} left.")
            raise Unauthorized(f"The code is wrong and has no try left; {_SHOW}.")
        if self._code is not code:
            raise Expired(f"The pairing code was used or replaced meanwhile; {_SHOW}.")
        self._code = None
        self._pending.clear()
        token = self._tokens.issue(pending.name, pending.client)
        return {
            "mac": base64.b64encode(pairing_mac(key, "node", fingerprint, *nonces)).decode(),
            "token": token,
            "node_id": self._node_id,
        }

    def _usable(self) -> _Code:
        code = self._code
        if code is None or self._runtime.now() >= code.until:
            raise Expired(f"No pairing code is valid at the moment; {_SHOW}.")
        if not code.tries:
            raise RateLimited(f"The pairing code was entered wrongly too often; {_SHOW}.")
        return code


def _bytes(text: str, what: str, size: int) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != size:
        raise BadRequest(f"{what} must be {size} bytes in base64.")
    return raw
