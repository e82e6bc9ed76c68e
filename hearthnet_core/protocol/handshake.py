"""Who is on the other end: one bounded hello each way inside TLS, then the dialler signs. Bytes in, bytes out.

The dialler proves its key by signing over the server's certificate and both hellos, so a man in the middle, who shows
another certificate, cannot pass the signature on. The acceptor proves its key by TLS itself.
"""

from __future__ import annotations

import blake3
import msgspec

from hearthnet_core.errors import BadRequest, HearthNetError, InvalidSignature, VersionMismatch, from_wire
from hearthnet_core.identity.keys import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, Purpose, SigningKey, verify
from hearthnet_core.models.ids import CommunityId, NodeId
from hearthnet_core.models.wire import UNREADABLE

VERSION = 1
LOWEST_VERSION = 1
TIMEOUT_S = 5.0


class Hello(msgspec.Struct, frozen=True, array_like=True):
    lowest: int
    highest: int
    public_key: bytes
    nonce: bytes
    community: bytes
    instance: bytes
    software: str
    name: str


class Proven(msgspec.Struct, frozen=True):
    """The other end, its key proven. `client_hello` and `server_hello` are the records both sides saw."""

    node_id: NodeId
    public_key: bytes
    community: CommunityId
    instance: bytes
    software: str
    name: str
    version: int
    client_hello: bytes
    server_hello: bytes


_hellos = msgspec.msgpack.Decoder(Hello)
_verdicts = msgspec.msgpack.Decoder(list[str])
_proofs = msgspec.msgpack.Decoder(tuple[bytes])


def read_hello(raw: bytes) -> Hello:
    """Raises `BadRequest` for a malformed hello, `VersionMismatch` when no version is common."""
    try:
        hello = _hellos.decode(raw)
    except UNREADABLE:
        raise BadRequest("The other side does not speak HearthNet.") from None
    sizes = (len(hello.public_key), len(hello.nonce), len(hello.community), len(hello.instance))
    if sizes != (PUBLIC_KEY_BYTES, 32, 32, 16) or len(hello.software) > 40 or len(hello.name) > 64:
        raise BadRequest("The other side's greeting is malformed.")
    if hello.lowest > VERSION:
        raise VersionMismatch(
            f"The other node needs mesh protocol {hello.lowest}; this one speaks {VERSION}. Update this node."
        )
    if hello.highest < LOWEST_VERSION:
        raise VersionMismatch(
            f"The other node speaks mesh protocol {hello.highest}; this one needs {LOWEST_VERSION}. Update the other node."
        )
    return hello


def transcript(certificate: bytes, server_hello: bytes, client_hello: bytes) -> bytes:
    """What the dialler signs."""
    parts = (certificate, server_hello, client_hello)
    return blake3.blake3(b"".join(len(p).to_bytes(4) + p for p in parts)).digest()


def proven(hello: Hello, client_hello: bytes, server_hello: bytes) -> Proven:
    return Proven(
        NodeId.of(hello.public_key),
        hello.public_key,
        CommunityId(hello.community),
        hello.instance,
        hello.software,
        hello.name,
        min(hello.highest, VERSION),
        client_hello,
        server_hello,
    )


class ClientHandshake:
    """The dialler. `certificate_key` is the public key of the certificate TLS showed; `expected` None is only for
    addresses somebody typed: whoever answers is then shown, not trusted."""

    def __init__(
        self, key: SigningKey, hello: Hello, certificate: bytes, certificate_key: bytes, expected: NodeId | None
    ) -> None:
        if expected is not None and NodeId.of(certificate_key) != expected:
            raise InvalidSignature(
                "Another node answers at this address than the one expected; the connection was refused."
            )
        self._key = key
        self._certificate = certificate
        self._certificate_key = certificate_key
        self.hello = msgspec.msgpack.encode(hello)
        self._server_hello = b""

    def greeted(self, server_hello: bytes) -> bytes:
        """Takes the acceptor's hello, gives the authentication record."""
        if self._server_hello:
            raise BadRequest("The other side greets twice.")
        hello = read_hello(server_hello)
        if hello.public_key != self._certificate_key:
            raise InvalidSignature("The other node greets with another key than its certificate's.")
        self._server_hello = server_hello
        signed = transcript(self._certificate, server_hello, self.hello)
        return msgspec.msgpack.encode([self._key.sign(Purpose.CLIENT_AUTH, signed)])

    def answered(self, verdict: bytes) -> Proven:
        """Takes the acceptor's verdict; raises what it refused with."""
        if not self._server_hello:
            raise BadRequest("The other side answers before it greeted.")
        try:
            words = _verdicts.decode(verdict)
        except UNREADABLE:
            raise BadRequest("The other side does not speak HearthNet.") from None
        if words != ["ok"]:
            code, message = (words[1], words[2]) if len(words) == 3 and words[0] == "no" else ("", "")
            raise from_wire({"error": code, "message": message})
        return proven(_hellos.decode(self._server_hello), self.hello, self._server_hello)


class ServerHandshake:
    """The acceptor, with its own certificate."""

    def __init__(self, hello: Hello, certificate: bytes) -> None:
        self.hello = msgspec.msgpack.encode(hello)
        self._certificate = certificate
        self._client_hello = b""

    def greeted(self, client_hello: bytes) -> bytes:
        """Takes the dialler's hello, gives ours. Once: a second hello would let its signature cover another one."""
        if self._client_hello:
            raise BadRequest("The other side greets twice.")
        read_hello(client_hello)
        self._client_hello = client_hello
        return self.hello

    def authenticated(self, raw: bytes) -> Proven:
        """Takes the dialler's signature; raises `InvalidSignature`."""
        if not self._client_hello:
            raise BadRequest("The other side did not greet.")
        try:
            (signature,) = _proofs.decode(raw)
        except UNREADABLE:
            raise BadRequest("The other side does not speak HearthNet.") from None
        hello = _hellos.decode(self._client_hello)
        if len(signature) != SIGNATURE_BYTES:
            raise InvalidSignature("The other node did not prove its key.")
        signed = transcript(self._certificate, self.hello, self._client_hello)
        verify(hello.public_key, Purpose.CLIENT_AUTH, signed, signature)
        return proven(hello, self._client_hello, self.hello)


OK = msgspec.msgpack.encode(["ok"])


def refusal(error: HearthNetError) -> bytes:
    """The verdict record that says no, within the bound before authentication."""
    return msgspec.msgpack.encode(["no", error.code, error.message[:400]])
