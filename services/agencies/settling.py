"""An agency's form checked against what exists, and the row it makes."""

from dataclasses import dataclass
from datetime import datetime

from clients.geocoding import Geocoder
from data.queries import agencies
from data.queries.agencies import AgencyRow
from data.queries.places import Commune
from data.session import ReadSession, Session
from domain.agency_form import AgencyForm, check, tidy
from domain.company import PlaceForm
from domain.errors import FieldError, InvalidInputError
from domain.values import fold
from services.agencies.coverage import wrong_departments
from services.placing import commune_of, locate

_NO_COMMUNE = "Nous ne trouvons pas cette commune avec ce code postal. Vérifiez les deux."
_NO_VALIDATOR = "Choisissez dans la liste une structure qui valide, ou « aucune »."
_CODES_THAT_STAY = {"past"}


@dataclass(frozen=True, slots=True)
class Settled:
    """A form that can be kept, and the commune of its address."""

    form: AgencyForm
    commune: Commune

    def values(self, before: AgencyRow | None = None) -> dict[str, object]:
        """The columns; an address left as it was keeps its point."""
        form = self.form
        kept = before if before and same_address(before, form) else None
        point = kept.point if kept and kept.point else self.commune.point
        return {
            "kind": form.kind,
            **{
                name: getattr(form, name)
                for name in ("kind_label", "name", "address", "postal_code", "city", "refers_to")
            },
            **{name: getattr(form, name) for name in ("contact_email", "contact_phone", "signature")},
            "siret": form.siret or None,
            "insee": self.commune.insee,
            "lat": point.lat,
            "lon": point.lon,
            "departments": list(form.departments),
            "communes": list(form.communes),
            "delegation_ends_on": form.delegation_ends_on,
        }


def same_address(row: AgencyRow, form: AgencyForm) -> bool:
    """Whether the form's address is the one kept."""
    return (fold(row.address), row.postal_code, fold(row.city)) == (
        fold(form.address),
        form.postal_code,
        fold(form.city),
    )


def form_of(row: AgencyRow) -> AgencyForm:
    """What an agency already says of itself, to be changed."""
    return AgencyForm(
        kind=row.kind,
        kind_label=row.kind_label,
        name=row.name,
        siret=row.siret or "",
        address=row.address,
        postal_code=row.postal_code,
        city=row.city,
        departments=row.departments,
        communes=row.communes,
        contact_email=row.contact_email,
        contact_phone=row.contact_phone,
        signature=row.signature,
        delegation=row.delegation_ends_on is not None,
        delegation_ends_on=row.delegation_ends_on,
        refers_to=row.refers_to,
    )


async def settle(
    session: ReadSession,
    form: AgencyForm,
    now: datetime,
    more: tuple[FieldError, ...] = (),
    before: AgencyRow | None = None,
) -> Settled:
    """The form tidied and checked; raises `InvalidInputError` with `more` and everything else against it.

    An end of delegation that is past is refused only when it is new.
    """
    tidied = tidy(form)
    errors = [*check(tidied, now.date())]
    if before and before.delegation_ends_on == tidied.delegation_ends_on:
        errors = [error for error in errors if error.code not in _CODES_THAT_STAY]
    named = {error.field for error in errors}
    if "departments" not in named:
        errors += await wrong_departments(session, tidied.departments)
    errors += await _refers_fault(session, tidied, before)
    commune = None
    if not named & {"postal_code", "city"}:
        place = PlaceForm(address=tidied.address, postal_code=tidied.postal_code, city=tidied.city)
        commune = await commune_of(session, place)
        if commune is None:
            errors.append(FieldError("city", _NO_COMMUNE, "commune"))
    if errors or more or commune is None:
        raise InvalidInputError((*errors, *more))
    return Settled(tidied, commune)


async def _refers_fault(
    session: ReadSession, form: AgencyForm, before: AgencyRow | None
) -> tuple[FieldError, ...]:
    if form.refers_to is None or (before and before.refers_to == form.refers_to):
        return ()
    choices = dict(await agencies.validating(session))
    if before:
        choices.pop(before.id, None)
    return () if form.refers_to in choices else (FieldError("refers_to", _NO_VALIDATOR, "choice"),)


async def geocode(session: Session, geocoder: Geocoder, agency_id: int) -> bool:
    """Give an agency the point of its address; whether it got one. Raises as `Geocoder.find` does."""
    agency = await agencies.by_id(session, agency_id)
    if agency is None or not agency.address or agency.insee is None:
        return False
    place = PlaceForm(
        address=agency.address, postal_code=agency.postal_code, city=agency.city, insee=agency.insee
    )
    point = await locate(session, geocoder, place)
    return point is not None and await agencies.refine(session, agency, point)
