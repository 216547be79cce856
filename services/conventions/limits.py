"""What the law asks of several conventions together: no twin, two a year, sixty days in all (D5135-3)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from data.queries import conventions
from data.queries.conventions import Kin, Same
from data.session import ReadSession
from domain.convention import Kind
from domain.errors import FieldError, TwinError
from domain.schedule_checks import check_schedule
from domain.schedule_limits import Breach, Case, first_moment
from domain.terms import Place, Terms
from domain.terms_checks import same_person
from domain.time_zones import today_in
from domain.values import department_of, department_of_postal_code, fold

YEAR = timedelta(days=365)
MOST_DAYS, MOST_CONVENTIONS = 60, 2
_ARTICLE = "Code du travail, art. D5135-3"
_TWIN = (
    "Une convention existe déjà pour cette personne, dans cette entreprise, à ces dates. "
    "Servez-vous de celle-là, ou changez les dates."
)


def same(terms: Terms) -> Same:
    """Who and where, as other conventions are compared."""
    person = terms.beneficiary
    return Same(terms.host.siret, same_person(terms), person.birth_date, person.email)


def department_at(place: Place) -> str:
    """The department of a place, which decides its time and holidays; empty when nothing tells it."""
    return department_of(place.insee) if place.insee else department_of_postal_code(place.postal_code)


def today_at(terms: Terms, now: datetime) -> date:
    """Which day it is where the work is done."""
    return today_in(department_at(terms.work_place), now)


def case_of(terms: Terms) -> Case:
    """What the schedule is judged by."""
    return Case(
        kind=terms.kind,
        born=terms.beneficiary.birth_date,
        department=department_at(terms.work_place),
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
    )


def breaches_of(terms: Terms, now: datetime) -> tuple[Breach, ...]:
    """Every limit that the schedule passes, each beside its day."""
    return check_schedule(terms.schedule, case_of(terms), now)


def begun(terms: Terms, now: datetime) -> bool:
    """Whether the first period has begun, by the clocks of the place."""
    begins = first_moment(terms.schedule, department_at(terms.work_place))
    return begins is not None and begins <= now


async def check_others(
    session: ReadSession, terms: Terms, but: UUID, renews: UUID | None
) -> tuple[FieldError, ...]:
    """What the person's other conventions in this company forbid; raises `TwinError` for the same dates.

    Only once the dates are known. Two conventions a year, if their objective or aims differ; sixty days
    from first to last, a renewal counting in days only. One stopped after its start counts until that day,
    and a mini-stage not at all.
    """
    if terms.starts_on is None or terms.ends_on is None:
        return ()
    others = await conventions.kin(session, same(terms), terms.starts_on - YEAR, but)
    twin = next((one for one in others if _overlap(one, terms.starts_on, terms.ends_on)), None)
    if twin is not None:
        raise TwinError(_TWIN, str(twin.id))
    if terms.kind is not Kind.PMSMP:
        return ()
    length = _length(terms.starts_on, terms.ends_on)
    alike = [one for one in others if one.kind is Kind.PMSMP]
    return tuple(_cumulated(terms, length, alike, renews))


def _overlap(one: Kin, first: date, last: date) -> bool:
    return one.live and one.starts_on <= last and first <= one.ends_on


def _length(first: date, last: date) -> int:
    return (last - first).days + 1


def _cumulated(terms: Terms, length: int, others: Sequence[Kin], renews: UUID | None) -> Iterator[FieldError]:
    days = length + sum(_length(one.starts_on, one.ends_on) for one in others)
    if days > MOST_DAYS:
        said = f"Avec les précédentes, la personne passerait {days} jours dans cette entreprise en un an."
        yield FieldError("ends_on", f"{said} La loi en permet {MOST_DAYS} ({_ARTICLE}).", "cumulated")
    own = [one for one in others if one.renews is None]
    if renews is None and len(own) >= MOST_CONVENTIONS:
        said = f"La personne a déjà eu {len(own)} conventions dans cette entreprise en un an"
        yield FieldError("starts_on", f"{said} : la loi n’en permet pas plus ({_ARTICLE}).", "too_many")
    aims = terms.activity.objective, fold(terms.activity.aims)
    if any((one.objective, one.aims_key) == aims for one in others if one.id != renews):
        said = "Une deuxième convention dans la même entreprise a un autre objectif ou d’autres buts précis"
        yield FieldError("activity.aims", f"{said} : dites ce qui change ({_ARTICLE}).", "same_aims")
