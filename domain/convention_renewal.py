"""What a renewal keeps: the parties and the objective of the convention it renews (D5135-3)."""

from collections.abc import Iterator
from dataclasses import replace

from domain.convention import Status
from domain.errors import FieldError
from domain.schedule import Schedule
from domain.terms import Terms
from domain.terms_changes import FIELD_LABELS, flat
from domain.values import fold

SAME = (
    "kind",
    "beneficiary.first_name",
    "beneficiary.last_name",
    "beneficiary.birth_date",
    "host.siret",
    "activity.rome",
    "activity.objective",
)
"""What makes the parties and the objective; addresses, telephones and the tutor may change."""


def renewal_of(before: Terms, reference: str, reason: str) -> Terms:
    """The same document without its days: they are chosen anew."""
    days = replace(before, starts_on=None, ends_on=None, schedule=Schedule())
    return replace(days, renews=reference, renewal_reason=reason)


def check_renewal(before: Terms, status: Status, after: Terms) -> Iterator[FieldError]:
    """What a renewal may not change, and its reason; `status`: of the renewed one, which is in force."""
    if status is not Status.VALIDATED:
        said = "La convention à renouveler n’est plus valable : faites une nouvelle convention."
        yield FieldError("renewal_reason", said, "renewal")
    old, new = dict(flat(before)), dict(flat(after))
    for path in SAME:
        if _told(old[path]) != _told(new[path]):
            said = f"« {FIELD_LABELS[path]} » reste comme dans la convention renouvelée."
            yield FieldError(path, f"{said} Sinon, faites une nouvelle convention.", "renewal")
    if before.ends_on and after.starts_on and after.starts_on <= before.ends_on:
        said = "Un renouvellement commence après le dernier jour de la convention renouvelée."
        yield FieldError("starts_on", said, "renewal")
    if not after.renewal_reason:
        yield FieldError("renewal_reason", "Écrivez pourquoi l’immersion continue.", "required")


def _told(value: object) -> object:
    return fold(value) if isinstance(value, str) else value
