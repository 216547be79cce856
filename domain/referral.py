"""Accompanying a person: who may open their file, since when, and by whose consent (domain.md §1)."""

from dataclasses import dataclass
from enum import StrEnum

from domain.contacts import is_email, tidy_email
from domain.errors import FieldError, InvalidInputError
from domain.values import clean_line

MAX_NAME = 100
MAX_QUERY = 2000


class Consent(StrEnum):
    """How the person agreed."""

    ACCOUNT = "account"
    """From their own account."""
    BESIDE = "beside"
    """Beside the agent, who says so."""


class EndReason(StrEnum):
    """Why an accompaniment ended."""

    AGENT = "agent"
    PERSON = "person"
    REFUSED = "refused"
    HANDED_OVER = "handed_over"
    AGENCY_CLOSED = "agency_closed"
    MEMBER_LEFT = "member_left"


END_LABELS = {
    EndReason.AGENT: "terminé par l’agent",
    EndReason.PERSON: "terminé par la personne",
    EndReason.REFUSED: "refusé par la personne",
    EndReason.HANDED_OVER: "confié à un ou une collègue",
    EndReason.AGENCY_CLOSED: "structure fermée",
    EndReason.MEMBER_LEFT: "agent parti de la structure",
}


OWN_END_LABELS = END_LABELS | {
    EndReason.PERSON: "terminé par vous",
    EndReason.REFUSED: "refusé par vous",
}
"""As the person accompanied reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What an agent writes to start a file with a person beside them."""

    first_name: str
    last_name: str
    email: str = ""
    agreed: bool = False
    """The agent says that the person is there and agrees."""


def check(person: NewPerson) -> NewPerson:
    """The same, tidied; raises `InvalidInputError` with every field to correct."""
    tidy = NewPerson(
        first_name=clean_line(person.first_name),
        last_name=clean_line(person.last_name),
        email=tidy_email(person.email).lower(),
        agreed=person.agreed,
    )
    errors = []
    for name, value, what in (
        ("first_name", tidy.first_name, "le prénom"),
        ("last_name", tidy.last_name, "le nom"),
    ):
        if not value:
            errors.append(FieldError(name, f"Écrivez {what} de la personne.", "required"))
        elif len(value) > MAX_NAME:
            errors.append(FieldError(name, f"Raccourcissez à {MAX_NAME} caractères au plus.", "too_long"))
    if tidy.email and not is_email(tidy.email):
        message = "Vérifiez l’adresse e-mail, par exemple prenom.nom@exemple.fr, ou laissez la case vide."
        errors.append(FieldError("email", message, "email"))
    if not tidy.agreed:
        message = "Demandez l’accord de la personne, puis cochez la case. Sans accord, pas de dossier."
        errors.append(FieldError("agreed", message, "consent"))
    if errors:
        raise InvalidInputError(tuple(errors))
    return tidy
