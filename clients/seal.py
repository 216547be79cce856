"""The seal of a document: a PAdES signature of the service over the whole file (pyHanko).

What is sealed is the document's bytes, untouched, and a tail: `pdf + tail` is the sealed file. A document can
be made again from its data at any time; its tail, which differs each time, is kept. See decision 0018.
"""

import asyncio
import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from clients import seal_scan
from clients.apart import run_apart
from clients.seal_keys import SealKey, fingerprints
from clients.seal_timestamp import TOKEN_BYTES, TimestampAuthority
from domain.errors import UnavailableError
from domain.seal import MAX_SEALED_BYTES, SealFault, SealReport

_SCAN = Path(__file__).with_name("seal_scan.py")
_SCAN_S = 15.0
_AT_ONCE = 2
"""Each may take a processor and half a gigabyte."""
_BUSY = "Trop de fichiers sont vérifiés en ce moment. Réessayez dans une minute."
_EXPIRED = "Le certificat du cachet n’est pas valable aujourd’hui. Il est à changer."
_FIELD, _FIELD_LABEL = "Cachet", "Cachet du service"
_REASON = "Cachet du service : ce document n’a pas changé depuis"
_SIGNATURE_BYTES = 2048
"""A signature and its attributes, without certificates."""
_UNTRUSTED = "the authority of the time is not one of TIMESTAMP_TRUSTED"
_turns = asyncio.Semaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed document: what was given, and what the seal added."""

    pdf: bytes
    tail: bytes
    certificate: str
    """SHA-256 of the certificate that sealed, in hexadecimal."""
    timestamped: bool = False
    without_time: str = ""
    """Why no authority vouches for the time although one is set, for the operator; else empty."""

    @property
    def whole(self) -> bytes:
        """The sealed file."""
        return self.pdf + self.tail


@dataclass(frozen=True, slots=True)
class TimeSource:
    """Where the time is asked (RFC 3161), and the certificates of the authorities believed."""

    url: str
    authorities: tuple[x509.Certificate, ...]


class DocumentSeal:
    """Seals with one key, and checks what was sealed with it or with former ones. One for a process."""

    def __init__(
        self, key: SealKey, former: tuple[x509.Certificate, ...] = (), time: TimeSource | None = None
    ) -> None:
        self._key = key
        self._time = time
        self._trusted = fingerprints((key.certificate, *former))
        self._authorities = [_of_asn1(one) for one in time.authorities] if time else []

    async def seal(self, pdf: bytes, now: datetime) -> Sealed:
        """Seal a document made by us, in a thread; what comes out was checked.

        Raises `UnavailableError` when the certificate is not valid at `now`, `ValueError` for what cannot be
        sealed. A time that cannot be had does not prevent the seal: `Sealed.without_time` says why.
        """
        certificate = self._key.certificate
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise UnavailableError(_EXPIRED, retry_after_s=3600)
        if len(pdf) > MAX_SEALED_BYTES // 2:
            raise ValueError("the document is too long to be sealed")
        try:
            return await asyncio.to_thread(self._sealed, pdf, now)
        except (PdfError, SigningError) as error:
            raise ValueError("this cannot be sealed") from error

    async def verify(self, content: bytes) -> SealReport:
        """What there is to say of a file from anybody; never raises for what it holds.

        Raises `UnavailableError` when too many are being looked at.
        """
        if fault := _first_look(content):
            return SealReport(fault=fault)
        trusted = (",".join(self._trusted), _pem(self._time.authorities if self._time else ()))
        try:
            async with asyncio.timeout(2 * _SCAN_S), _turns:
                said = await run_apart(_SCAN, content, _SCAN_S, trusted)
        except TimeoutError as error:
            raise UnavailableError(_BUSY, retry_after_s=60) from error
        return _report(json.loads(said)) if said else SealReport(fault=SealFault.BROKEN)

    def _sealed(self, pdf: bytes, now: datetime) -> Sealed:
        if self._time is None:
            return self._checked(pdf, self._tail(pdf, now, None))
        why = _UNTRUSTED
        try:
            sealed = self._checked(pdf, self._tail(pdf, now, TimestampAuthority(self._time.url)))
            if sealed.timestamped:
                return sealed
        except (TimestampRequestError, SigningError, ValueError) as error:
            why = str(error)
        plain = self._checked(pdf, self._tail(pdf, now, None))
        return Sealed(pdf, plain.tail, plain.certificate, without_time=why)

    def _checked(self, pdf: bytes, tail: bytes) -> Sealed:
        """Nothing leaves that our own verification would refuse."""
        seen = _report(seal_scan.look(pdf + tail, self._trusted, self._authorities))
        if not seen.valid:
            raise ValueError(f"the seal does not hold: {seen.fault}")
        return Sealed(pdf, tail, seen.certificate, seen.timestamped)

    def _tail(self, pdf: bytes, now: datetime, time: TimestampAuthority | None) -> bytes:
        described = PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            reason=_REASON,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        signer = _Signer(described, _signer(self._key), now=now, timestamper=time)
        out = asyncio.run(signer.async_sign_pdf(_Writer(io.BytesIO(pdf)), bytes_reserved=self._room(time)))
        whole: bytes = out.getvalue()
        if not whole.startswith(pdf):
            raise ValueError("sealing changed the document")
        return whole[len(pdf) :]

    def _room(self, time: TimestampAuthority | None) -> int:
        """Hexadecimal digits kept for the signature."""
        listed = (self._key.certificate, *self._key.chain)
        certificates = sum(len(one.public_bytes(Encoding.DER)) for one in listed)
        return 2 * (_SIGNATURE_BYTES + certificates + (TOKEN_BYTES if time else 0))


class _Writer(IncrementalPdfFileWriter):
    """Adds the seal and nothing else: the description of the document stays what its maker wrote."""

    def _update_meta(self) -> None:
        """Leave alone what the library would write anew: producer, dates, the conformance declared."""


class _Signer(PdfSigner):
    """Signs at a time that is given; declares nothing of PDF 2.0 in a document that is PDF/A-2."""

    def __init__(
        self,
        described: PdfSignatureMetadata,
        signer: SimpleSigner,
        *,
        now: datetime,
        timestamper: TimestampAuthority | None,
    ) -> None:
        # The rectangle is empty: PDF/A-2 and PDF/UA-1 then ask for neither appearance nor tag.
        seen = InvisSigSettings(set_hidden_flag=False, set_print_flag=True)
        field = SigFieldSpec(_FIELD, on_page=0, readable_field_name=_FIELD_LABEL, invis_sig_settings=seen)
        super().__init__(described, signer, timestamper=timestamper, new_field_spec=field)
        self._now = now

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._now
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:  # noqa: ARG002
        pdf_out.register_extension(ESIC_EXTENSION_1)


def _first_look(content: bytes) -> SealFault | None:
    if len(content) > MAX_SEALED_BYTES:
        return SealFault.TOO_LARGE
    if not content.startswith(b"%PDF-"):
        return SealFault.NOT_PDF
    return None if b"/ByteRange" in content else SealFault.NO_SEAL


def _report(seen: seal_scan.Look) -> SealReport:
    return SealReport(
        fault=SealFault(seen["fault"]) if seen["fault"] else None,
        whole_file=seen["whole_file"],
        certificate=seen["certificate"],
        signed_at=datetime.fromisoformat(seen["signed_at"]) if seen["signed_at"] else None,
        timestamped=seen["timestamped"],
    )


def _signer(key: SealKey) -> SimpleSigner:
    private = key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([_of_asn1(one) for one in key.chain])
    return SimpleSigner(
        signing_cert=_of_asn1(key.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )


def _of_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _pem(certificates: tuple[x509.Certificate, ...]) -> str:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates).decode()
