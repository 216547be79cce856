"""The key that seals documents, its certificate, and the certificates that are trusted when one is checked.

By default the service's own: made by `escale keys seal`, self-signed, technical. A qualified certificate,
as a provider hands it over (PKCS#12), is another setting.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (SEC 2, 2.4.2)."""
_DEVELOPERS = "Escale, cachet d’essai sans valeur"
_ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC))
_PEM = "-----BEGIN"


@dataclass(frozen=True, slots=True)
class SealKey:
    """A private key with its certificate, and those between it and its authority."""

    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def __post_init__(self) -> None:
        if self.private.public_key() != self.certificate.public_key():
            raise ValueError("the certificate of the seal is not the one of its key")

    def pem(self) -> str:
        """As `SEAL_PEM` takes it: key, certificate, chain."""
        key = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        listed = (self.certificate, *self.chain)
        return b"".join((key, *(one.public_bytes(Encoding.PEM) for one in listed))).decode()


@dataclass(frozen=True, slots=True)
class TimeSource:
    """Where the time is asked (RFC 3161), and the certificates of the authorities believed."""

    url: str
    authorities: tuple[x509.Certificate, ...]


def new_seal_key(name: str, now: datetime, years: int) -> SealKey:
    """A key made at random and its self-signed certificate, good for `years` from `now`."""
    key = ec.generate_private_key(_CURVE)
    return SealKey(key, _self_signed(key, name, now, now + timedelta(days=365.25 * years)))


def developers_key(secret_key: str) -> SealKey:
    """The same for the same secret, in every process: production has its own."""
    digest = hashlib.sha512(f"seal:{secret_key}".encode()).digest()
    key = ec.derive_private_key(int.from_bytes(digest) % (_ORDER - 1) + 1, _CURVE)
    return SealKey(key, _self_signed(key, _DEVELOPERS, *_ALWAYS))


def key_of_pem(given: str) -> SealKey:
    """The key that `SEAL_PEM` holds, or names the file of; raises `ValueError` for anything else."""
    text = _text(given, "SEAL_PEM").encode()
    try:
        certificate, *chain = x509.load_pem_x509_certificates(text)
        return SealKey(_usable(load_pem_private_key(text, None)), certificate, tuple(chain))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("SEAL_PEM: expected a private key and its certificate (escale keys seal)") from error


def key_of_pkcs12(path: str, password: str) -> SealKey:
    """The key of a PKCS#12 file; raises `ValueError` when it does not open."""
    try:
        content = Path(path).read_bytes()
        key, certificate, chain = pkcs12.load_key_and_certificates(content, password.encode() or None)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("SEAL_PKCS12: the file does not open with SEAL_PKCS12_PASSWORD") from error
    if certificate is None:
        raise ValueError("SEAL_PKCS12: the file holds no certificate of the key")
    return SealKey(_usable(key), certificate, tuple(chain))


def certificates_of(given: str, name: str) -> tuple[x509.Certificate, ...]:
    """The certificates that a setting holds in PEM, or names the file of; none when it is empty."""
    if not given:
        return ()
    try:
        return tuple(x509.load_pem_x509_certificates(_text(given, name).encode()))
    except ValueError as error:
        raise ValueError(f"{name}: expected certificates in PEM, or the path of their file") from error


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, in hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def fingerprints(certificates: Sequence[x509.Certificate]) -> list[str]:
    """Those of several."""
    return [fingerprint(one) for one in certificates]


def _text(given: str, name: str) -> str:
    r"""PEM as it is, its line ends perhaps written `\n` to fit one line of a `.env`, or that of a file."""
    if _PEM in given:
        return given.replace("\\n", "\n")
    try:
        return Path(given).read_text()
    except (OSError, ValueError) as error:
        raise ValueError(f"{name}: the file cannot be read") from error


def _usable(key: object) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("expected an elliptic curve or RSA key")  # noqa: TRY004 - bad data, not a bad call
    return key


def _self_signed(
    key: ec.EllipticCurvePrivateKey, name: str, since: datetime, until: datetime
) -> x509.Certificate:
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(identifier.digest[:16]) + 1)
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
