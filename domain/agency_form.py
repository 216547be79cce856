"""The form an agency registers with and is edited by: how it is tidied, and what it may hold.

As for companies: `tidy` puts it in its canonical writing, `check` says what cannot be accepted and
changes nothing. Paths of errors are the names of the inputs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from domain.agency import AgencyKind
from domain.contacts import is_email, phone_fault, tidy_email, tidy_phone
from domain.errors import FieldError
from domain.roles import Role
from domain.values import (
    POSTAL_CODE_PATTERN,
    clean_line,
    clean_text,
    compact_siret,
    department_of,
    is_siret,
)

MAX_NAME = 200
MAX_ADDRESS = 300
MAX_CITY = 100
MAX_SIGNATURE = 500
MAX_COMMUNES = 1000
"""Communes covered one by one; more than a department has, it is covered whole."""
MAX_DEPARTMENTS = 110
MAX_REASON = 1000
"""Of a refusal that a person reads."""
REGISTRANT_ROLES = (Role.VALIDATOR, Role.COUNSELLOR)
"""What a registrant may be beside administering."""
_DEPARTMENT = re.compile(r"^(?:[0-9]{2}|2[AB]|97[1-8]|98[678])$")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyForm:
    """An agency as its people describe it. `communes` are INSEE codes, `contact_phone` E.164 once tidied."""

    kind: AgencyKind | None = None
    kind_label: str = ""
    """How it calls itself when it is of no listed kind."""
    name: str = ""
    siret: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    departments: tuple[str, ...] = ()
    """Covered whole."""
    communes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Communes typed that were not found."""
    contact_email: str = ""
    contact_phone: str = ""
    signature: str = ""
    delegation: bool = False
    """Whether its right to prescribe has an end date."""
    delegation_ends_on: date | None = None
    refers_to: int | None = None
    """The agency that validates for it."""


def tidy(form: AgencyForm) -> AgencyForm:
    """The form as it is kept; without any coverage, the department of its address is covered."""
    postal_code = clean_line(form.postal_code).replace(" ", "")
    departments = tuple(dict.fromkeys(clean_line(code).upper() for code in form.departments))
    if not (departments or form.communes or form.unread) and re.fullmatch(POSTAL_CODE_PATTERN, postal_code):
        departments = () if postal_code.startswith("20") else (department_of(postal_code),)
    return replace(
        form,
        kind_label=clean_line(form.kind_label) if form.kind is AgencyKind.AUTRE else "",
        name=clean_line(form.name),
        siret=compact_siret(form.siret),
        address=clean_line(form.address),
        postal_code=postal_code,
        city=clean_line(form.city),
        departments=departments,
        communes=tuple(dict.fromkeys(form.communes)),
        contact_email=tidy_email(form.contact_email),
        contact_phone=tidy_phone(form.contact_phone, postal_code),
        signature=clean_text(form.signature),
        delegation_ends_on=form.delegation_ends_on if form.delegation else None,
    )


def check(form: AgencyForm, today: date) -> tuple[FieldError, ...]:
    """What cannot be accepted in a tidied form, in the order of the page."""
    return (
        *_check_identity(form),
        *_check_address(form),
        *_check_coverage(form),
        *_check_contact(form),
        *_check_delegation(form, today),
    )


def _too_long(path: str, text: str, limit: int) -> Iterable[FieldError]:
    if len(text) > limit:
        yield FieldError(path, f"Raccourcissez à {limit} caractères au plus.", "too_long")


def _check_identity(form: AgencyForm) -> Iterable[FieldError]:
    if form.kind is None:
        yield FieldError("kind", "Choisissez dans la liste ce qu’est votre structure.", "choice")
    yield from _too_long("kind_label", form.kind_label, MAX_CITY)
    if len(form.name) < 2:  # noqa: PLR2004 - one letter names nothing
        yield FieldError("name", "Écrivez le nom de la structure.", "required")
    yield from _too_long("name", form.name, MAX_NAME)
    if form.siret and not is_siret(form.siret):
        message = "Ce SIRET n’existe pas. Vérifiez les 14 chiffres, ou laissez la case vide."
        yield FieldError("siret", message, "siret")


def _check_address(form: AgencyForm) -> Iterable[FieldError]:
    yield from _too_long("address", form.address, MAX_ADDRESS)
    if not re.fullmatch(POSTAL_CODE_PATTERN, form.postal_code):
        message = "Écrivez le code postal : 5 chiffres, par exemple 57000."
        yield FieldError("postal_code", message, "postal_code")
    if not form.city:
        yield FieldError("city", "Écrivez le nom de la commune.", "required")
    yield from _too_long("city", form.city, MAX_CITY)


def _check_coverage(form: AgencyForm) -> Iterable[FieldError]:
    wrong = [code for code in form.departments if not _DEPARTMENT.fullmatch(code)]
    if wrong:
        message = f"« {wrong[0][:20]} » n’est pas un département. Écrivez par exemple 44, 2A ou 974."
        yield FieldError("departments", message, "department")
    elif len(form.departments) > MAX_DEPARTMENTS:
        yield FieldError("departments", "Gardez les départements que vous couvrez.", "too_many")
    elif not (form.departments or form.communes or form.unread):
        message = "Écrivez les départements ou les communes où vous accompagnez."
        yield FieldError("departments", message, "required")
    if form.unread:
        words = ", ".join(f"« {one[:40]} »" for one in form.unread[:3])
        message = f"Nous ne trouvons pas {words}. Écrivez la commune et son département : Saint-Denis (93)."
        yield FieldError("communes", message, "commune")
    elif len(form.communes) > MAX_COMMUNES:
        message = f"Plus de {MAX_COMMUNES} communes : écrivez plutôt leurs départements."
        yield FieldError("communes", message, "too_many")


def _check_contact(form: AgencyForm) -> Iterable[FieldError]:
    if not is_email(form.contact_email):
        message = "Écrivez l’adresse e-mail de la structure, par exemple accueil@exemple.fr."
        yield FieldError("contact_email", message, "email")
    if form.contact_phone and (fault := phone_fault(form.contact_phone)):
        yield FieldError("contact_phone", fault, "phone")
    yield from _too_long("signature", form.signature, MAX_SIGNATURE)


def _check_delegation(form: AgencyForm, today: date) -> Iterable[FieldError]:
    if form.delegation and form.delegation_ends_on is None:
        message = "Écrivez le jour où la délégation se termine, par exemple 31/12/2027."
        yield FieldError("delegation_ends_on", message, "date")
    elif form.delegation_ends_on and form.delegation_ends_on < today:
        message = "Cette date est passée. Écrivez la fin de la délégation en cours."
        yield FieldError("delegation_ends_on", message, "past")


def check_roles(roles: Iterable[Role], *, refers: bool) -> tuple[FieldError, ...]:
    """What a registrant must also be: who validates, or prepares for the agency that does."""
    needed = Role.COUNSELLOR if refers else Role.VALIDATOR
    if needed in set(roles):
        return ()
    message = (
        "Cochez au moins « j’accompagne » : l’autre structure valide ce que vous avez pré-validé."
        if refers
        else "Cochez au moins « je valide les conventions » : une structure active a quelqu’un qui valide. "
        "Vous pourrez confier ce rôle à un ou une collègue ensuite."
    )
    return (FieldError("roles", message, "required"),)


def refusal_fault(reason: str) -> FieldError | None:
    """Why the reason of a refusal, cleaned, cannot be sent."""
    if 0 < len(reason) <= MAX_REASON:
        return None
    message = f"Écrivez pourquoi, en {MAX_REASON} caractères au plus : la personne le lira."
    return FieldError("reason", message, "required")
