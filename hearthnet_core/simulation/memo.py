"""Signature checks remembered: the same event is checked by every node, and its signature does not change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nacl.exceptions import BadSignatureError

from hearthnet_core.identity import keys

MAX_REMEMBERED = 100_000
_known: dict[tuple[bytes, bytes], bool] = {}


@contextmanager
def remembered_checks() -> Iterator[None]:
    """Within, a signature is checked once in this process, and answered from memory after that."""
    real = keys.crypto_sign_open

    def opened(signed: bytes, key: bytes) -> bytes:
        good = _known.get((signed, key))
        if good is None:
            if len(_known) >= MAX_REMEMBERED:
                _known.clear()
            try:
                real(signed, key)
                good = True
            except BadSignatureError:
                good = False
            _known[signed, key] = good
        if not good:
            raise BadSignatureError("remembered as bad")
        return signed

    keys.crypto_sign_open = opened
    try:
        yield
    finally:
        keys.crypto_sign_open = real
