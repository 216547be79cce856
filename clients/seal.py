"""The seal of a document, PAdES over the whole file: made for the worker, checked for anybody.

What is sealed is the document's bytes, untouched, and a tail: `pdf + tail` is the sealed file. A document can
be made again from its data at any time; its tail, which differs each time, is kept. See decision 0018.
"""

import asyncio
import json
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from clients.apart import run_apart
from clients.seal_keys import SealKey, TimeSource, fingerprints
from domain.errors import UnavailableError
from domain.seal import MAX_SEALED_BYTES, Sealed, SealFault, SealReport

_SCAN = Path(__file__).with_name("seal_scan.py")
_SCAN_S = 15.0
_AT_ONCE = 2
"""Each may take a processor and half a gigabyte."""
_BUSY = "Trop de fichiers sont vérifiés en ce moment. Réessayez dans une minute."
_EXPIRED = "Le certificat du cachet n’est pas valable aujourd’hui. Il est à changer."
_turns = asyncio.Semaphore(_AT_ONCE)


class DocumentSeal:
    """Seals with one key, and checks what was sealed with it or with former ones. One for a process."""

    def __init__(
        self, key: SealKey, former: tuple[x509.Certificate, ...] = (), time: TimeSource | None = None
    ) -> None:
        self._key = key
        self._time = time
        self._trusted = fingerprints((key.certificate, *former))

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
        return await asyncio.to_thread(self._sealed, pdf, now)

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
        return SealReport.of(json.loads(said)) if said else SealReport(fault=SealFault.BROKEN)

    def _sealed(self, pdf: bytes, now: datetime) -> Sealed:
        from clients.seal_signing import sealed  # noqa: PLC0415 - 0.2 s of pyHanko: the API only checks

        return sealed(pdf, now, key=self._key, trusted=self._trusted, time=self._time)


def _first_look(content: bytes) -> SealFault | None:
    if len(content) > MAX_SEALED_BYTES:
        return SealFault.TOO_LARGE
    if not content.startswith(b"%PDF-"):
        return SealFault.NOT_PDF
    return None if b"/ByteRange" in content else SealFault.NO_SEAL


def _pem(certificates: tuple[x509.Certificate, ...]) -> str:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates).decode()
