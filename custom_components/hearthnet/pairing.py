"""The first meeting with a node: which one it is, whether its version fits, and a token for a code somebody reads out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
import ssl
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from yarl import URL

from .const import API_LOWEST, API_VERSION
from .errors import CannotConnect, CertificateChanged, NodeError, NotHearthNet, VersionMismatch

TIMEOUT_S = 15
MAX_REPLY = 1024 * 1024
NONCE_BYTES = 16
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{10}")
SCRYPT_N, SCRYPT_R, SCRYPT_P, KEY_BYTES = 2**14, 8, 1, 32
SIGNED_FINGERPRINT = b"hearthnet/1 manifest\0"
TRIES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Health:
    """What a node says to everybody."""

    node_id: str
    name: str
    version: str
    api: tuple[int, int]
    lowest: tuple[int, int]
    public_key: bytes
    fingerprint_signature: bytes

    def require_fit(self) -> None:
        """Raises `VersionMismatch`."""
        if self.api < API_LOWEST:
            raise VersionMismatch("node", self.version)
        if self.lowest > API_VERSION:
            raise VersionMismatch("integration", self.version)

    def vouches_for(self, fingerprint: str) -> bool:
        """Whether the key that is this NodeId signed the certificate: then it is the node, wherever it is now."""
        if node_id_of(self.public_key) != self.node_id:
            return False
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(self.fingerprint_signature, SIGNED_FINGERPRINT + fingerprint.encode())
        except InvalidSignature, ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Paired:
    token: str
    node_id: str


def node_id_of(public_key: bytes) -> str:
    return base64.b32encode(hashlib.sha256(public_key).digest()).decode().rstrip("=").lower()


def pinned(url: URL, fingerprint: str) -> aiohttp.Fingerprint | Literal[True]:
    """What aiohttp's `ssl` argument has to be for this node."""
    if url.scheme == "http":
        return True
    try:
        return aiohttp.Fingerprint(bytes.fromhex(fingerprint))
    except ValueError:
        raise CertificateChanged("No certificate of this node is known; pair it again.") from None


async def see_certificate(url: URL) -> str:
    """SHA-256 of the certificate that is shown at the address, hex; empty without TLS. Nothing is sent."""
    if url.scheme == "http":
        return ""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = (
        ssl.CERT_NONE
    )  # pinned by its fingerprint instead, which pairing or the node's key vouches for
    try:
        async with asyncio.timeout(TIMEOUT_S):
            _, writer = await asyncio.open_connection(url.host, url.port, ssl=context)
    except ssl.SSLError as error:
        raise NotHearthNet(f"What answers at {url} is no HearthNet node.") from error
    except (OSError, TimeoutError) as error:
        raise CannotConnect(f"Nothing answers at {url}.") from error
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()
    return hashlib.sha256(certificate or b"").hexdigest()


async def health(session: aiohttp.ClientSession, url: URL, fingerprint: str) -> Health:
    """Raises `CannotConnect`, `NotHearthNet`, `CertificateChanged`."""
    reply = await request(session, "GET", url / "health", fingerprint)
    try:
        if reply["service"] != "hearthnet":
            raise ValueError("another service")
        return Health(
            node_id=_text(reply["node_id"]),
            name=_text(reply["name"])[:64],
            version=_text(reply["version"])[:32],
            api=_version(reply["api"]["version"]),
            lowest=_version(reply["api"]["lowest"]),
            public_key=_bytes(reply.get("public_key", "")),
            fingerprint_signature=_bytes(reply.get("fingerprint_signature", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NotHearthNet(f"What answers at {url} is no HearthNet node.") from error


async def pair(session: aiohttp.ClientSession, url: URL, fingerprint: str, code: str) -> Paired:
    """Both sides prove that they know the code, over the certificate this side saw; it is never sent.

    Raises `NodeError`: `unauthorized` for a wrong code, `expired`, `rate_limited`, `invalid_signature` when the node does not know it.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    offer = await request(
        session,
        "POST",
        url / "api/v1/pair",
        fingerprint,
        {"name": "Home Assistant", "client": "home_assistant", "nonce": _base64(nonce)},
    )
    try:
        pairing_id, theirs, salt = _text(offer["pairing_id"]), _bytes(offer["nonce"]), _bytes(offer["salt"])
        if len(theirs) != NONCE_BYTES or len(salt) != NONCE_BYTES or not re.fullmatch(r"[\w-]{1,64}", pairing_id):
            raise ValueError("sizes")
    except (KeyError, TypeError, ValueError) as error:
        raise NotHearthNet(f"What answers at {url} does not pair like a HearthNet node.") from error
    key = await asyncio.get_running_loop().run_in_executor(None, stretch, code, salt)
    proven = fingerprint.encode() + nonce + theirs
    reply = await request(
        session, "POST", url / "api/v1/pair" / pairing_id, fingerprint, {"mac": _base64(mac(key, b"client", proven))}
    )
    try:
        answer, token, node_id = _bytes(reply["mac"]), _text(reply["token"]), _text(reply["node_id"])
    except (KeyError, TypeError, ValueError) as error:
        raise NotHearthNet(f"What answers at {url} does not pair like a HearthNet node.") from error
    if not hmac.compare_digest(answer, mac(key, b"node", proven)):
        raise NodeError("invalid_signature", "What answered does not know the code; it may not be your node.")
    return Paired(token, node_id)


def plain_code(typed: str) -> str:
    """As the node has it: upper case, no dash; the letters Crockford's alphabet leaves out are the digits they look like."""
    return re.sub(r"[\s-]", "", typed).upper().translate(str.maketrans("OIL", "011"))


def stretch(code: str, salt: bytes) -> bytes:
    """The shared key of a code, whichever way it was typed."""
    return hashlib.scrypt(plain_code(code).encode(), salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=KEY_BYTES)


def mac(key: bytes, side: bytes, proven: bytes) -> bytes:
    return hmac.digest(key, side + proven, "sha256")


def tries_left(error: NodeError) -> int:
    """The tries a wrong code leaves, as the node's sentence says it; 0 when it names none."""
    found = TRIES.search(error.message)
    return int(found.group()) if found else 0


async def call_once(
    session: aiohttp.ClientSession, url: URL, fingerprint: str, token: str, method: str, params: dict[str, Any]
) -> dict[str, Any]:
    """One method over HTTP, for the moments when there is no live connection. Raises `NodeError`."""
    return await request(session, "POST", url / "api/v1" / method, fingerprint, params, token)


async def request(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    fingerprint: str,
    body: dict[str, Any] | None = None,
    token: str = "",
) -> dict[str, Any]:
    """A JSON object in, a JSON object out. Redirects are not followed: a token goes to the node alone."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            session.request(
                method, url, json=body, headers=headers, ssl=pinned(url, fingerprint), allow_redirects=False
            ) as response,
        ):
            raw = bytearray()
            async for piece in response.content.iter_chunked(64 * 1024):
                raw += piece
                if len(raw) > MAX_REPLY:
                    raise NotHearthNet(f"What answers at {url.origin()} is no HearthNet node.")
            status = response.status
    except aiohttp.ServerFingerprintMismatch as error:
        raise CertificateChanged("The certificate of the node has changed since it was paired.") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise CannotConnect(f"Nothing answers at {url.origin()}.") from error
    try:
        reply = json.loads(raw)
    except ValueError, RecursionError:
        reply = None
    if not isinstance(reply, dict):
        raise NotHearthNet(f"What answers at {url.origin()} is no HearthNet node.")
    if status != 200:
        if "error" not in reply:
            raise NotHearthNet(f"What answers at {url.origin()} is no HearthNet node.")
        raise NodeError.from_wire(reply)
    return reply


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text was expected")
    return value


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError("base64 was expected")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("base64 was expected") from error


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
