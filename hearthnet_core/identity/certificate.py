"""Self-signed certificates: Ed25519 of the node key for the mesh, P-256 for the local API (browsers refuse Ed25519)."""

from __future__ import annotations

import datetime
import hashlib

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from hearthnet_core.errors import InvalidSignature
from hearthnet_core.identity.keys import SigningKey

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hearthnet")])
# Fixed dates: a node whose clock stands at 1970 must be able to make and use its certificate; nobody checks them.
_FROM = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_TO = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)


def mesh_certificate(key: SigningKey) -> tuple[bytes, bytes]:
    """(certificate PEM, private key PEM) of the node key."""
    private = ed25519.Ed25519PrivateKey.from_private_bytes(key.seed)
    certificate = _builder(private.public_key()).sign(private, None)
    return certificate.public_bytes(serialization.Encoding.PEM), _pem(private)


def api_certificate() -> tuple[bytes, bytes]:
    """A fresh P-256 (certificate PEM, private key PEM)."""
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = _builder(private.public_key()).sign(private, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM), _pem(private)


def der(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of the DER form, hex."""
    return hashlib.sha256(certificate).hexdigest()


def ed25519_key(certificate: bytes) -> bytes:
    """The raw public key of a DER certificate; `InvalidSignature` when it is no Ed25519 one."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidSignature("The other side's certificate cannot be read.") from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise InvalidSignature("The other side's certificate has no Ed25519 key; it is no HearthNet node.")
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _builder(public: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(public)
        .serial_number(1)
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
    )


def _pem(private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
