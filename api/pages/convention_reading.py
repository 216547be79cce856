"""A posted part read with what it takes: the register for a company, the referential, the agencies."""

from dataclasses import dataclass, replace
from datetime import datetime

from api.pages.convention_parts import (
    FIND_JOB,
    Job,
    Typed,
    Values,
    find_job,
    read_activity,
    read_company,
    read_follow_up,
    read_person,
    with_job,
)
from api.pages.convention_schedule import read_schedule
from api.pages.convention_view import Agencies
from api.pages.forms import text
from api.pages.search_typed import same_places
from clients.sirene import Sirene
from data.queries.agencies import department_names
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.errors import FieldError, InvalidInputError
from domain.terms import MAX_SKILLS, Terms
from domain.terms_checks import Part
from domain.values import clean_line
from services.companies import LOOKUP_MESSAGES, Lookup, LookupOutcome, lookup
from services.conventions import prescribers
from services.conventions.hosts import with_facts, with_own
from services.conventions.prescribers import Wanted
from services.indexing import SearchEngine
from services.lookups import find_places

FIND_COMPANY, FIND_AGENCY = "annuaire", "structure"
NO_AGENCY = (
    "Aucune structure trouvée. Essayez un autre mot, ou seulement le département. "
    "Si la vôtre n’est pas là, votre conseiller ou votre conseillère doit d’abord l’inscrire ici."
)
_NO_JOB = "Nous ne reconnaissons pas ce métier. Essayez un mot plus simple."
_WHICH_JOB = "Choisissez le métier dans la liste proposée."
_MOST_TYPED = 100
_ID_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a part is read: the database, the referential, the register, the moment."""

    session: Session
    engine: SearchEngine
    sirene: Sirene
    now: datetime


def read_part(part: Part, values: Values, terms: Terms, engine: SearchEngine, *, drawing: bool) -> Typed:
    """One part as posted; `drawing`: by a button, rather than while one types."""
    if part is Part.PERSON:
        return read_person(values, terms)
    if part is Part.COMPANY:
        return read_company(values, terms)
    if part is Part.ACTIVITY:
        return _activity(values, terms, engine)[0]
    if part is Part.SCHEDULE:
        return read_schedule(values, terms, drawing=drawing)
    return read_follow_up(values, terms)


def _activity(values: Values, terms: Terms, engine: SearchEngine) -> tuple[Typed, Job]:
    labels = {one.ogr: one.label for one in terms.activity.skills} | dict(engine.parts.skill_labels)
    read = read_activity(values, terms, labels)
    job = find_job(values, engine.lookups)
    proposed = engine.occupations.to_learn(job.rome, (), limit=MAX_SKILLS) if job.rome else ()
    return replace(read, terms=with_job(read.terms, job, proposed)), job


def read_job(values: Values, terms: Terms, engine: SearchEngine) -> tuple[Job, tuple[FieldError, ...]]:
    """What the words of a job came to, and what to say when they are not one job."""
    job = _activity(values, terms, engine)[1]
    if job.rome or not (job.label or text(values, "action") == FIND_JOB):
        return job, ()
    return job, (FieldError("activity.rome", _WHICH_JOB if job.proposals else _NO_JOB, "job"),)


async def look_up(desk: Desk, terms: Terms) -> tuple[Terms, LookupOutcome | None, tuple[FieldError, ...]]:
    """The company filled by what we hold, else by the register; the answer, or what is wrong in the SIRET."""
    host = terms.host
    if own := await with_own(desk.session, host):
        return replace(terms, host=own), LookupOutcome.FOUND, ()
    try:
        found: Lookup = await lookup(desk.sirene, host.siret)
    except InvalidInputError as error:
        return terms, None, tuple(replace(one, field="host.siret") for one in error.errors)
    if found.draft is not None:
        host = await with_facts(desk.session, host, found.draft)
    return replace(terms, host=host), found.outcome, ()


def looked_up_words(name: str) -> str:
    """What the register answered, for the page that follows; empty for any other word."""
    return LOOKUP_MESSAGES[LookupOutcome(name)] if name in list(LookupOutcome) else ""


def agency_of(values: Values) -> int | None:
    """The agency ticked, None without one."""
    typed = text(values, "agency")
    known = typed.isascii() and typed.isdecimal() and len(typed) <= _ID_DIGITS
    return int(typed) if known else None


async def agencies_for(
    desk: Desk, row: ConventionRow, values: Values | None = None, insee: str = ""
) -> Agencies:
    """The choice of an agency: what was asked, else what is proposed where the person lives."""
    words = clean_line(text(values, "structure"))[:_MOST_TYPED] if values else ""
    departments = await department_names(desk.session)
    department = text(values, "departement") if values else ""
    department = department if department in departments else ""
    named = same_places(find_places(desk.engine.lookups, words), words) if words else []
    asked = Wanted(
        words=words,
        department=department,
        insee=named[0].insee if named else "" if words or department else insee,
        situation=row.document.beneficiary.situation,
    )
    found = await prescribers.find(desk.session, asked, desk.now.date())
    chosen = await prescribers.chosen(desk.session, row.agency_id)
    return Agencies(
        chosen=chosen,
        found=tuple(one for one in found if one != chosen),
        words=words,
        department=department,
        departments=departments,
        told=NO_AGENCY if values and (words or department) and not found else "",
    )
