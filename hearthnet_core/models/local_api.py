"""What both ends of the local API must agree on: versions, bounds, file names, the proof of pairing. See docs/api.md."""

from __future__ import annotations

import hashlib
import hmac

import msgspec

API_VERSION = "1.0"
LOWEST_API_VERSION = "1.0"
NDJSON = "application/x-ndjson"
UPLOAD = "application/octet-stream"
"""A request whose body is a file, its other parameters in the query."""
MAX_BODY = 1024 * 1024
MAX_INGEST = 16 * 1024 * 1024
MAX_CALLS = 32
PING_S = 20.0
NONCE_BYTES = 16
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_CHARACTERS = 10
AS_ENGINE = {"HearthNet-As-Engine": "1"}
"""The header that a node sends to its engines: another node's facades, or its own, refuse to be one."""
TOKEN_FILE = "api-token"
RUN_FILE = "run.json"


class RunFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a running node writes into its data folder as `run.json`: where its own command line finds it.

    `api` is a URL this machine can use, `fingerprint` the hex SHA-256 of its certificate (empty without TLS), `mesh` the
    address neighbours dial.
    """

    pid: int
    api: str
    mesh: str = ""
    fingerprint: str = ""


def plain_code(text: str) -> str:
    """A pairing code as people type it, in its one form: upper case, no blanks or dashes, look-alikes resolved."""
    code = "".join(text.split()).replace("-", "").upper()
    return code.translate(str.maketrans("OIL", "011"))


def pairing_key(code: str, salt: bytes) -> bytes:
    """scrypt over the plain code: 16 MiB and some 50 ms, so never on the event loop."""
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def pairing_mac(key: bytes, side: str, fingerprint: str, client_nonce: bytes, node_nonce: bytes) -> bytes:
    """What `side` (`client` or `node`) shows to prove that it knows the code and sees the same certificate."""
    return hmac.digest(key, side.encode() + fingerprint.encode() + client_nonce + node_nonce, "sha256")
