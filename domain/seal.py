"""The seal of a document: what a look at it tells, and how it is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

MAX_SEALED_BYTES = 10 * 1024 * 1024
"""A convention weighs a tenth of a megabyte: a larger file is none of ours, and is not read."""


class SealFault(StrEnum):
    """Why a file is not, or is no longer, a document that the service sealed."""

    TOO_LARGE = "too_large"
    NOT_PDF = "not_pdf"
    NO_SEAL = "no_seal"
    BROKEN = "broken"
    ADDED = "added"
    CHANGED = "changed"
    STRANGER = "stranger"


_SAID = {
    SealFault.TOO_LARGE: "Ce fichier dépasse 10 Mo : ce n’est pas un document de ce service.",
    SealFault.NOT_PDF: "Ce fichier n’est pas un PDF.",
    SealFault.NO_SEAL: "Ce PDF ne porte pas de cachet : il a pu être imprimé puis numérisé, ou enregistré de "
    "nouveau. Demandez le fichier d’origine.",
    SealFault.BROKEN: "Ce PDF est abîmé ou incomplet. Demandez le fichier d’origine.",
    SealFault.ADDED: "Ce PDF a été complété ou modifié après le cachet. Demandez le fichier d’origine.",
    SealFault.CHANGED: "Le contenu de ce PDF a changé depuis qu’il a été scellé. Ne vous y fiez pas.",
    SealFault.STRANGER: "Le cachet de ce PDF n’est pas celui de ce service. Ne vous y fiez pas.",
}
_WHOLE = "Ce PDF est entier et n’a pas changé depuis que ce service l’a scellé."


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SealReport:
    """What a look at a file told."""

    fault: SealFault | None
    whole_file: bool = False
    """The seal covers every byte of the file."""
    certificate: str = ""
    """SHA-256 of the certificate that sealed, in hexadecimal; empty when it could not be read."""
    signed_at: datetime | None = None
    """The authority's time when `timestamped`, else what the service's clock said."""
    timestamped: bool = False
    """A trusted authority vouches for the time."""

    @classmethod
    def of(cls, look: Mapping[str, Any]) -> Self:
        """From what `clients.seal_scan` saw."""
        return cls(
            fault=SealFault(look["fault"]) if look["fault"] else None,
            whole_file=look["whole_file"],
            certificate=look["certificate"],
            signed_at=datetime.fromisoformat(look["signed_at"]) if look["signed_at"] else None,
            timestamped=look["timestamped"],
        )

    @property
    def valid(self) -> bool:
        """The file is, byte for byte, one that the service sealed."""
        return self.fault is None

    @property
    def why(self) -> str:
        """One sentence for whoever asks."""
        return _WHOLE if self.fault is None else _SAID[self.fault]
