"""The form of an agency, as it is typed and as it is shown: one for registering, claiming and editing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from litestar.response import Template

from api.pages.forms import PRIVATE, day_of, text
from domain.agency import KIND_LABELS, AgencyKind
from domain.agency_form import REGISTRANT_ROLES, AgencyForm
from domain.roles import Role
from services.agencies.coverage import read_communes
from services.lookups import Lookups

Posted = dict[str, str | list[str]]
ROLE_CHOICES = (
    (Role.VALIDATOR.value, "Je valide les conventions"),
    (Role.COUNSELLOR.value, "J’accompagne des personnes, je pré-valide"),
)
_MOST_CODES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed: the form, its communes as words, the registrant's roles."""

    form: AgencyForm
    communes: str = ""
    roles: frozenset[Role] = field(default_factory=lambda: frozenset(REGISTRANT_ROLES))


def texts(values: Posted, name: str) -> list[str]:
    """Every value of a repeated input."""
    value = values.get(name, [])
    return [value] if isinstance(value, str) else value


def roles_of(values: Posted, allowed: Iterable[Role]) -> frozenset[Role]:
    """The roles ticked, among those allowed."""
    ticked = set(texts(values, "roles"))
    return frozenset(role for role in allowed if role.value in ticked)


def typed_form(values: Posted, lookups: Lookups) -> Typed:
    """Read the posted form; nothing is refused here."""
    kinds = {kind.value: kind for kind in AgencyKind}
    communes = read_communes(lookups, text(values, "communes"))
    codes = re.split(r"[\s,;]+", text(values, "departments").strip())
    refers_to = text(values, "refers_to").strip()
    form = AgencyForm(
        kind=kinds.get(text(values, "kind")),
        kind_label=text(values, "kind_label"),
        name=text(values, "name"),
        siret=text(values, "siret"),
        address=text(values, "address"),
        postal_code=text(values, "postal_code"),
        city=text(values, "city"),
        departments=tuple(code for code in codes[:_MOST_CODES] if code),
        communes=communes.codes,
        unread=communes.unread,
        contact_email=text(values, "contact_email"),
        contact_phone=text(values, "contact_phone"),
        signature=text(values, "signature"),
        delegation=bool(text(values, "delegation")),
        delegation_ends_on=day_of(text(values, "delegation_ends_on")),
        refers_to=int(refers_to) if re.fullmatch(r"[0-9]{1,9}", refers_to) else None,
    )
    roles = roles_of(values, REGISTRANT_ROLES)
    return Typed(form=form, communes=text(values, "communes"), roles=roles)


def form_page(
    template: str,
    typed: Typed,
    validators: Iterable[tuple[int, str]],
    errors: dict[str, str] | None = None,
    *,
    status_code: int = 200,
    **more: Any,  # noqa: ANN401 - what one page alone shows
) -> Template:
    """The form again, with its errors."""
    context = {
        "form": typed.form,
        "communes": typed.communes,
        "roles": typed.roles,
        "errors": errors or {},
        "kinds": [("", "Choisissez…"), *((kind.value, label) for kind, label in KIND_LABELS.items())],
        "validators": [
            ("", "Non : elle valide elle-même"),
            *((str(number), name) for number, name in validators),
        ],
        "role_choices": ROLE_CHOICES,
        **more,
    }
    return Template(template, context=context, status_code=status_code, headers=PRIVATE)
