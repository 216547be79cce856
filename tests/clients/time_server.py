"""A timestamp authority (RFC 3161): its certificate, and the answers it signs."""

from datetime import datetime, timedelta

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from tests.clients.raw_server import Asked, Reply

ANSWERED = "application/timestamp-reply"


class Authority:
    """One authority, at its own time."""

    def __init__(self, at: datetime, name: str = "Autorité d’horodatage") -> None:
        self.at = at
        self.asked: list[Asked] = []
        self._key = rsa.generate_private_key(65537, 2048)  # all that the library's own authority signs with
        whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = x509.CertificateBuilder().subject_name(whose).issuer_name(whose)
        builder = builder.public_key(self._key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=1))
        self.certificate = builder.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())

    def answer(self, asked: Asked) -> Reply:
        """What the authority says to a request, in DER."""
        self.asked.append(asked)
        assert (asked.method, asked.headers["content-type"]) == ("POST", "application/timestamp-query")
        request = tsp.TimeStampReq.load(asked.body, strict=True)
        private = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        signer = DummyTimeStamper(
            asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER)),
            keys.PrivateKeyInfo.load(private),
            fixed_dt=self.at,
        )
        return Reply(body=signer.request_tsa_response(request).dump(), headers={"Content-Type": ANSWERED})
