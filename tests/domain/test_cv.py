"""The CV of a request, before it is opened."""

import pytest

from domain.cv import MAX_CV_BYTES, MAX_CV_NAME, CvFault, cv_name, first_look, refusal


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", CvFault.EMPTY),
        (b"%PDF-" + b"0" * MAX_CV_BYTES, CvFault.TOO_LARGE),
        (b"PK\x03\x04", CvFault.NOT_PDF),
        (b"<html>%PDF-1.7", CvFault.NOT_PDF),
        (b"%PDF-1.7", None),
    ],
)
def test_first_look(content: bytes, fault: CvFault | None) -> None:
    assert first_look(content) is fault


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("CV Zoé.pdf", "CV Zoé.pdf"),
        ("C:\\Users\\zoe\\cv.PDF", "cv.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("cv.exe", "cv.exe.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "a Set-Cookie: b.pdf"),
        ("", "CV.pdf"),
        (".pdf", "CV.pdf"),
    ],
)
def test_names(given: str, name: str) -> None:
    assert cv_name(given) == name
    assert len(cv_name("a" * 500)) == MAX_CV_NAME


def test_every_fault_says_what_to_do() -> None:
    for fault in CvFault:
        (error,) = refusal(fault).errors
        assert (error.field, error.code) == ("cv", fault)
