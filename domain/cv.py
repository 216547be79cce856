"""The CV that goes with a request: a PDF by its content, that does nothing but be read."""

from enum import StrEnum

from domain.errors import FieldError, InvalidInputError
from domain.values import clean_line

MAX_CV_BYTES = 5 * 1024 * 1024
MAX_CV_NAME = 100
PDF = "application/pdf"
_DEFAULT_NAME = "CV.pdf"


class CvFault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_PDF = "not_pdf"
    BROKEN = "broken"
    LOCKED = "locked"
    ACTIVE = "active"


_AGAIN = "Ouvrez-le, choisissez « Imprimer » puis « Enregistrer en PDF », et ajoutez le nouveau fichier."
_SAID = {
    CvFault.EMPTY: "Choisissez d’abord le fichier de votre CV.",
    CvFault.TOO_LARGE: "Ce fichier est trop lourd. Choisissez un PDF de 5 Mo au plus.",
    CvFault.NOT_PDF: "Ce fichier n’est pas un PDF. Enregistrez votre CV en PDF, puis ajoutez-le.",
    CvFault.BROKEN: f"Ce PDF est abîmé. {_AGAIN}",
    CvFault.LOCKED: f"Ce PDF est protégé par un mot de passe. {_AGAIN}",
    CvFault.ACTIVE: f"Ce PDF contient un programme ou un fichier joint, que nous refusons. {_AGAIN}",
}


def refusal(fault: CvFault) -> InvalidInputError:
    """What the person reads next to the file, with what to do."""
    return InvalidInputError((FieldError("cv", _SAID[fault], fault),))


def first_look(content: bytes) -> CvFault | None:
    """What the size and the first bytes say; the name and the type that a browser gives say nothing."""
    if not content:
        return CvFault.EMPTY
    if len(content) > MAX_CV_BYTES:
        return CvFault.TOO_LARGE
    return None if content.startswith(b"%PDF-") else CvFault.NOT_PDF


def cv_name(given: str) -> str:
    """The name a CV is shown by: the last part of its path, on one line, ending in `.pdf`."""
    name = clean_line(given.replace("\\", "/").rpartition("/")[2])
    stem = name[: -len(".pdf")] if name.lower().endswith(".pdf") else name
    stem = stem.strip(". ")[: MAX_CV_NAME - len(".pdf")]
    return f"{stem}.pdf" if stem else _DEFAULT_NAME
