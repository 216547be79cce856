"""Makes the seal with pyHanko, which is slow to import: `clients.seal` imports this when it has to seal."""

import asyncio
import io
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from threading import get_ident
from typing import Any

from asn1crypto import cms
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
from clients.seal_keys import SealKey, TimeSource
from clients.seal_timestamp import TOKEN_BYTES, TimestampAuthority
from domain.seal import Sealed, SealReport

_FIELD, _FIELD_LABEL = "Cachet", "Cachet du service"
_REASON = "Cachet du service : ce document n’a pas changé depuis"
_ATTRIBUTES_BYTES = 1024
"""What goes with a signature, without certificates."""
_NO_DIGEST = bytes(range(32))
"""Where the SHA-256 of a document goes."""
_SIGNERS = 32
"""Kept, one for each thread: what reads a certificate little by little is not to be read by two at once."""
_UNTRUSTED = "the authority of the time is not one of TIMESTAMP_TRUSTED"


def sealed(
    pdf: bytes, now: datetime, *, key: SealKey, trusted: Sequence[str], time: TimeSource | None
) -> Sealed:
    """What `DocumentSeal.seal` tells, in the thread of the caller; raises `ValueError` alone."""
    try:
        return _timed(pdf, now, key, trusted, time) if time else _plain(pdf, now, key, trusted)
    except (PdfError, SigningError) as error:
        raise ValueError("this cannot be sealed") from error


def _plain(pdf: bytes, now: datetime, key: SealKey, trusted: Sequence[str]) -> Sealed:
    return _checked(pdf, _tail(pdf, now, key, None), trusted, ())


def _timed(pdf: bytes, now: datetime, key: SealKey, trusted: Sequence[str], time: TimeSource) -> Sealed:
    why = _UNTRUSTED
    try:
        tail = _tail(pdf, now, key, TimestampAuthority(time.url))
        found = _checked(pdf, tail, trusted, [_of_asn1(one) for one in time.authorities])
        if found.timestamped:
            return found
    except (TimestampRequestError, SigningError, ValueError) as error:
        why = str(error)
    plain = _plain(pdf, now, key, trusted)
    return Sealed(pdf, plain.tail, plain.certificate, without_time=why)


def _checked(
    pdf: bytes, tail: bytes, trusted: Sequence[str], authorities: Sequence[asn1_x509.Certificate]
) -> Sealed:
    """Nothing leaves that our own verification would refuse."""
    seen = SealReport.of(seal_scan.look(pdf + tail, trusted, authorities))
    if not seen.valid:
        raise ValueError(f"the seal does not hold: {seen.fault}")
    return Sealed(pdf, tail, seen.certificate, seen.timestamped)


def _tail(pdf: bytes, now: datetime, key: SealKey, time: TimestampAuthority | None) -> bytes:
    described = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        reason=_REASON,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = _Signer(described, _signer(key, get_ident()), now=now, timestamper=time)
    out = asyncio.run(signer.async_sign_pdf(_Writer(io.BytesIO(pdf)), bytes_reserved=_room(key, time)))
    whole: bytes = out.getvalue()
    if not whole.startswith(pdf):
        raise ValueError("sealing changed the document")
    return whole[len(pdf) :]


def _room(key: SealKey, time: TimestampAuthority | None) -> int:
    """Hexadecimal digits kept for the signature."""
    certificates = sum(len(one.public_bytes(Encoding.DER)) for one in (key.certificate, *key.chain))
    signature = key.private.key_size // 4 + 16  # two numbers as long as the key, or one
    issuer = 2 * len(key.certificate.issuer.public_bytes())  # told twice beside the certificate
    named = _ATTRIBUTES_BYTES + signature + issuer
    return 2 * (named + certificates + (TOKEN_BYTES if time else 0))


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


class _KeySigner(SimpleSigner):
    """Writes what it signs once for all: from one document to the next only the digest differs.

    The library builds and writes it anew each time, half of the price of a seal.
    """

    _written: bytes | None = None

    async def signed_attrs(
        self,
        data_digest: bytes,
        *given: Any,  # noqa: ANN401 - the library's
        **named: Any,  # noqa: ANN401 - the same
    ) -> cms.CMSAttributes:
        if self._written is None:
            self._written = (await super().signed_attrs(_NO_DIGEST, *given, **named)).dump()
        return cms.CMSAttributes.load(self._written.replace(_NO_DIGEST, data_digest))


@lru_cache(maxsize=_SIGNERS)
def _signer(key: SealKey, _thread: int) -> SimpleSigner:
    private = key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([_of_asn1(one) for one in key.chain])
    return _KeySigner(
        signing_cert=_of_asn1(key.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )


def _of_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
