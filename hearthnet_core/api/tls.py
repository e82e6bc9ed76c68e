"""The local API's certificate: P-256, made once, kept in the data folder, vouched for by the node key."""

from __future__ import annotations

import base64
import ssl
from dataclasses import dataclass
from pathlib import Path

from hearthnet_core.errors import HearthNetError
from hearthnet_core.identity.certificate import api_certificate, der, fingerprint
from hearthnet_core.identity.keys import Purpose, SigningKey
from hearthnet_core.identity.store import write_atomically

FILE = "api.pem"


@dataclass(frozen=True)
class ApiTls:
    """`signature` is base64, by the node key (purpose `manifest`) over the fingerprint's 64 hex characters."""

    context: ssl.SSLContext
    fingerprint: str
    signature: str


def api_tls(data: Path, node: SigningKey) -> ApiTls:
    """Reads `identity/api.pem` (certificate and key) or makes it. Blocking. Raises a sentence naming a damaged file."""
    path = data / "identity" / FILE
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, b"".join(api_certificate()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(path)
        mark = fingerprint(der(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise HearthNetError(
            f"The certificate {path} cannot be used ({error}). Restore it from a backup, or delete it: the node makes a"
            " new one and every client must pair again."
        ) from None
    signature = node.sign(Purpose.MANIFEST, mark.encode())
    return ApiTls(context, mark, base64.b64encode(signature).decode())
