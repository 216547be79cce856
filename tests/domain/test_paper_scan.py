"""Scans of signed papers: told by their bytes, refused with what to do."""

import hashlib

import pytest

from domain.cv import CvFault
from domain.errors import InvalidInputError
from domain.paper_scan import MAX_BYTES, pdf_refusal, scan_of
from tests.factories.mails import JPEG, PNG, docx


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"%PDF-" + bytes(MAX_BYTES - 5), "application/pdf"),
    ],
)
def test_what_is_taken(content: bytes, kind: str) -> None:
    scan = scan_of(content)
    assert (scan.media_type, scan.sha256) == (kind, hashlib.sha256(content).digest())


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "empty", "vide"),
        (PNG + bytes(MAX_BYTES), "too_large", "trop lourd"),
        (b"GIF89a", "media_type", "ni une photo"),
        (docx(), "media_type", "ni une photo"),
    ],
)
def test_what_is_refused(content: bytes, code: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        scan_of(content)
    (one,) = error.value.errors
    assert (one.field, one.code) == ("scan", code)
    assert said in one.message
    assert "Enregistrez une photo nette (JPEG ou PNG) ou un PDF de 5 Mo au plus." in one.message


@pytest.mark.parametrize("fault", [CvFault.BROKEN, CvFault.LOCKED, CvFault.ACTIVE])
def test_a_pdf_that_is_more_than_a_scan(fault: CvFault) -> None:
    (one,) = pdf_refusal(fault).errors
    assert (one.field, one.code) == ("scan", fault)
    assert "photo nette" in one.message
    assert "CV" not in one.message
