"""Looks at the seal of one PDF, given on standard input: run in a process of its own, with limits.

A file to verify comes from anybody. Arguments: the fingerprints of the certificates trusted to seal, between
commas; the certificates of the authorities trusted for the time, in PEM. Writes what it saw as JSON.
"""

import asyncio
import io
import json
import resource
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asn1crypto import parser, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

MEMORY_BYTES = 512 * 1024 * 1024
CPU_S = 10

Look = dict[str, Any]
"""As `domain.seal.SealReport`: `fault` (a value of `SealFault`, or empty), `whole_file`, `certificate`,
`signed_at` (ISO 8601, or empty), `timestamped`."""


def look(content: bytes, trusted: Sequence[str], authorities: Sequence[x509.Certificate]) -> Look:
    """What there is to say of the seal of a PDF; raises anything for a file that is broken."""
    reader = PdfFileReader(io.BytesIO(content), strict=True)
    seals = list(reader.embedded_signatures)
    if not seals:
        return _only("no_seal")
    if len(seals) > 1:
        return _only("added")
    status = asyncio.run(_status(seals[0], authorities))
    certificate = seals[0].signer_cert.sha256.hex()
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE and _nothing_hidden(seals[0], content)
    at = status.timestamp_validity or None
    when = at.timestamp if at and at.trusted else status.signer_reported_dt
    return {
        "fault": _fault(status, whole=whole, known=certificate in trusted),
        "whole_file": whole,
        "certificate": certificate,
        "signed_at": when.astimezone(UTC).isoformat() if when else "",
        "timestamped": bool(at and at.valid and at.trusted),
    }


def _only(fault: str) -> Look:
    return {"fault": fault, "whole_file": False, "certificate": "", "signed_at": "", "timestamped": False}


def _fault(status: PdfSignatureStatus, *, whole: bool, known: bool) -> str:
    timed = status.timestamp_validity
    if not (status.intact and status.valid) or (timed and not (timed.intact and timed.valid)):
        return "changed"
    if not known:
        return "stranger"
    return "" if whole else "added"


def _nothing_hidden(seal: EmbeddedPdfSignature, content: bytes) -> bool:
    """Whether the gap of the seal holds the signature, as we write it, then zeros, and nothing else.

    The library adds up the lengths and reads hexadecimal leniently: neither tells what a gap may hide. What a
    signature carries unsigned is the time, once.
    """
    start, before, after, rest = (int(one) for one in seal.byte_range)
    held = seal.pkcs7_content
    return (
        (start, after + rest) == (0, len(content))
        and content[before:after] == b"<%s>" % held.hex().upper().encode()
        and not any(held[parser.peek(held) :])
        and sum(len(one["values"]) for one in seal.signer_info["unsigned_attrs"] or ()) <= 1
    )


async def _status(seal: EmbeddedPdfSignature, authorities: Sequence[x509.Certificate]) -> PdfSignatureStatus:
    """The signature and its time. Whose it is, we compare ourselves: its certificate is known or not."""
    own = ValidationContext(trust_roots=[seal.signer_cert], allow_fetching=False)
    moment = _claimed_time(seal)
    timing = ValidationContext(trust_roots=list(authorities), allow_fetching=False, moment=moment)
    return await async_validate_pdf_signature(seal, own, ts_validation_context=timing, skip_diff=True)


def _claimed_time(seal: EmbeddedPdfSignature) -> datetime | None:
    """An authority's certificate is judged at the time of its token: it expires long before the document."""
    token = next(extract_tst_data_iter(seal.signer_info, signed=False), None)
    if token is None:
        return None
    when: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return when


def parsed(text: str) -> list[x509.Certificate]:
    """The certificates of a PEM text."""
    if not text:
        return []
    return [x509.Certificate.load(der) for _, _, der in pem.unarmor(text.encode(), multiple=True)]


def main(content: bytes, trusted: str, authorities: str) -> str:
    """What there is to say, as JSON."""
    try:
        return json.dumps(look(content, trusted.split(","), parsed(authorities)))
    except Exception:  # noqa: BLE001 - the file is anybody's: whatever it breaks, it is broken
        return json.dumps(_only("broken"))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.write(main(sys.stdin.buffer.read(), *sys.argv[1:]))
