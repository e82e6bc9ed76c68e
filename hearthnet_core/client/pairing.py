"""The client's side of pairing: it proves that it knows the code, and checks that the node does before it uses the token."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ssl

import msgspec
from yarl import URL

from hearthnet_core.client.client import CONNECT_S, Client
from hearthnet_core.errors import BadRequest, InvalidSignature, Unavailable
from hearthnet_core.models.local_api import (
    CODE_ALPHABET,
    CODE_CHARACTERS,
    NONCE_BYTES,
    pairing_key,
    pairing_mac,
    plain_code,
)
from hearthnet_core.runtime import Runtime


class Paired(msgspec.Struct, frozen=True):
    """What to keep: all three are needed for every later connection (`fingerprint` is empty without TLS)."""

    token: str
    node_id: str
    fingerprint: str


async def pair(url: str, code: str, *, runtime: Runtime, name: str, client: str) -> Paired:
    """Raises what the node raises, and `InvalidSignature` when the node does not know the code either."""
    plain = plain_code(code)
    if len(plain) != CODE_CHARACTERS or any(letter not in CODE_ALPHABET for letter in plain):
        raise BadRequest(f"A pairing code has {CODE_CHARACTERS} letters and digits, like ABCDE-FGHJK.")
    fingerprint = await _seen(URL(url))
    nonce = runtime.random_bytes(NONCE_BYTES)
    async with Client(url, fingerprint=fingerprint) as node:
        asked = {"name": name, "client": client, "nonce": base64.b64encode(nonce).decode()}
        begun = await node.post("/api/v1/pair", asked)
        theirs, salt = _bytes(begun.get("nonce")), _bytes(begun.get("salt"))
        key = await runtime.offload(pairing_key, plain, salt)
        mac = pairing_mac(key, "client", fingerprint, nonce, theirs)
        done = await node.post(f"/api/v1/pair/{begun.get('pairing_id')}", {"mac": base64.b64encode(mac).decode()})
    if not hmac.compare_digest(_bytes(done.get("mac")), pairing_mac(key, "node", fingerprint, nonce, theirs)):
        raise InvalidSignature(
            "What answered does not know the code itself; it is not the node you meant. Do not go on."
        )
    return Paired(str(done.get("token")), str(done.get("node_id")), fingerprint)


async def _seen(url: URL) -> str:
    """The fingerprint of the certificate this client is shown; empty for plain HTTP."""
    if url.scheme != "https" or url.host is None:
        return ""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the code vouches for it, through both MACs
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(url.host, url.port, ssl=context)
    except (OSError, TimeoutError) as error:
        raise Unavailable(f"No node answers at {url}: {error or 'no reply in time'}.") from None
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return hashlib.sha256(certificate).hexdigest()


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise Unavailable("What answered is no HearthNet node.") from None
