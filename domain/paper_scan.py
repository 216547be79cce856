"""The scan or photo of a paper signed by hand: a PDF, a PNG or a JPEG by its content, of 5 MB at most."""

import hashlib
from dataclasses import dataclass

from domain.attachments import JPEG, MAX_BYTES, PDF, PNG, media_type
from domain.cv import CvFault
from domain.errors import FieldError, InvalidInputError

__all__ = ["MAX_BYTES", "MEDIA_TYPES", "Scan", "pdf_refusal", "scan_of"]

MEDIA_TYPES = (PDF, PNG, JPEG)
_DO = "Enregistrez une photo nette (JPEG ou PNG) ou un PDF de 5 Mo au plus."
_EMPTY = f"Ce fichier est vide. {_DO}"
_TOO_LARGE = f"Ce fichier est trop lourd. {_DO}"
_OTHER = f"Ce fichier n’est ni une photo JPEG ou PNG, ni un PDF. {_DO}"
_PDF = {
    CvFault.LOCKED: "Ce PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe, ou ajoutez "
    "une photo nette du papier (JPEG ou PNG).",
    CvFault.ACTIVE: "Ce PDF contient un programme ou un fichier joint, que nous refusons. Numérisez le "
    "papier de nouveau, ou ajoutez une photo nette (JPEG ou PNG).",
}
_BROKEN = (
    "Ce PDF est abîmé. Numérisez le papier de nouveau, ou ajoutez une photo nette du papier (JPEG ou PNG)."
)


@dataclass(frozen=True, slots=True)
class Scan:
    """A file that may be kept. `sha256`: of its content, 32 bytes."""

    content: bytes
    media_type: str
    sha256: bytes


def scan_of(content: bytes) -> Scan:
    """A file told by its bytes; raises `InvalidInputError` on `scan`."""
    if not content:
        raise _refusal(_EMPTY, "empty")
    if len(content) > MAX_BYTES:
        raise _refusal(_TOO_LARGE, "too_large")
    kind = media_type(content)
    if kind not in MEDIA_TYPES:
        raise _refusal(_OTHER, "media_type")
    return Scan(content, kind, hashlib.sha256(content).digest())


def pdf_refusal(fault: CvFault) -> InvalidInputError:
    """What the agent reads when a PDF is more than a scan, with what to do."""
    return _refusal(_PDF.get(fault, _BROKEN), fault)


def _refusal(said: str, code: str) -> InvalidInputError:
    return InvalidInputError((FieldError("scan", said, code),))
