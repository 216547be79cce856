"""What a new convention says before anybody types: « dites-le nous une fois ».

From an accepted request, a company's page, the file of a person accompanied, a template; each only for
those who may read it. Somebody's situation is never among it: it is not a mention of the document, and
the company reads the draft.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from clients.sirene import Sirene
from data.queries import codes, companies, convention_sources, places, referents, referrals, users
from data.queries.discussions import DiscussionRow
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.company import PlaceForm
from domain.convention import Kind
from domain.discussion import Side, Status
from domain.errors import ConflictError, NotFoundError
from domain.roles import Actor, Permission, require
from domain.schedule_limits import latest_end
from domain.terms import MAX_SKILLS, Activity, Beneficiary, Host, Place, SkillSought, Terms
from services.conventions.drafting import Origin
from services.conventions.hosts import host_of, own_host
from services.conventions.templates import template_terms
from services.discussions import parties
from services.discussions.parties import Party
from services.passports import show_passport
from services.referrals import HIDDEN, note

_NOT_ACCEPTED = (
    "Cette demande n’est pas acceptée : une convention se prépare une fois que l’entreprise a dit oui."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a convention is begun from; all of it optional."""

    discussion: UUID | None = None
    siret: str = ""
    person: UUID | None = None
    template: UUID | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known already, and where it comes from."""

    terms: Terms
    origin: Origin

    @property
    def whose(self) -> str:
        """The person's name, empty while it is not known."""
        return self.terms.beneficiary.name

    @property
    def where(self) -> str:
        """The company's name, empty while it is not known."""
        return self.terms.host.name


@dataclass(frozen=True, slots=True)
class Asker:
    """Who begins, and when. `sirene` completes what we do not hold: given when a draft is really begun."""

    session: Session
    actor: Actor
    now: datetime
    sirene: Sirene | None = None

    @property
    def begins(self) -> bool:
        """Whether a draft is made, rather than its page looked at."""
        return self.sirene is not None


async def begin(asker: Asker, source: Source) -> Begun:
    """Everything known from these; raises `NotFoundError` or `ConflictError` for what may not be used."""
    terms = await template_terms(asker.session, asker.actor, source.template) if source.template else Terms()
    begun = Begun(terms, Origin())
    if source.discussion is not None:
        party = await parties.read(asker.session, asker.actor, source.discussion)
        return await _from_discussion(asker, begun, party)
    if source.siret:
        begun = await _from_siret(asker, begun, source.siret)
    return await _with_person(asker, begun, source.person)


async def begin_answered(asker: Asker, party: Party) -> Begun:
    """The same from a request alone, for whoever stands before it already: by a mail's link, its company."""
    return await _from_discussion(asker, Begun(Terms(), Origin()), party)


async def _from_discussion(asker: Asker, begun: Begun, party: Party) -> Begun:
    session, row = asker.session, party.row
    if row.status is not Status.ACCEPTED:
        raise ConflictError(_NOT_ACCEPTED)
    company = await companies.by_id(session, row.company_id)
    host = await own_host(session, company) if company else Host(siret=row.siret, name=row.company)
    agency, counsellor = await _prescriber(session, row.beneficiary_id, row.agency_id)
    starts_on, ends_on = _dates(row, asker.now.date())
    person = await _person(session, row.beneficiary_id)
    if row.phone or Side.CANDIDATE not in party.sides:  # the company reads what the person told it alone
        person = replace(person, phone=row.phone)
    terms = replace(
        begun.terms,
        beneficiary=person,
        host=host,
        activity=await _activity(session, begun.terms.activity, row),
        place=await _place(session, row),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    origin = Origin(
        agency_id=agency,
        company_id=row.company_id,
        discussion_id=row.id,
        beneficiary_id=row.beneficiary_id,
        counsellor_id=counsellor,
    )
    return Begun(terms, origin)


async def _person(session: ReadSession, beneficiary: UUID) -> Beneficiary:
    found = await convention_sources.person(session, beneficiary)
    if found is None:
        raise NotFoundError(HIDDEN)
    return Beneficiary(
        first_name=found.first_name, last_name=found.last_name, email=found.email, phone=found.phone
    )


async def _activity(session: ReadSession, activity: Activity, row: DiscussionRow) -> Activity:
    asked = await convention_sources.offer(session, row.offer_id) if row.offer_id else None
    labels = await codes.skills(session, asked.skills) if asked else {}
    wanted = tuple(SkillSought(one, labels[one]) for one in asked.skills if one in labels) if asked else ()
    return replace(
        activity,
        rome=row.rome,
        job=row.label,
        objective=row.objective,
        tasks=activity.tasks or (asked.text if asked else ""),
        skills=wanted[:MAX_SKILLS],
    )


async def _place(session: ReadSession, row: DiscussionRow) -> Place:
    """Where the request was made for, when that is not the company's first address."""
    listed = [one.place for one in await places.places_of(session, row.company_id)]
    asked = next((one for one in listed[1:] if row.place and one.address and _said(one) == row.place), None)
    if asked is None:
        return Place()
    return Place(
        address=asked.address, postal_code=asked.postal_code, city=asked.city, insee=asked.insee or ""
    )


def _said(place: PlaceForm) -> str:
    """A place as the request kept it (`services.discussions.asking.place_asked`)."""
    return ", ".join(part for part in (place.address, f"{place.postal_code} {place.city}".strip()) if part)


def _dates(row: DiscussionRow, today: date) -> tuple[date | None, date | None]:
    """The dates the person gave, when an immersion can be held between them."""
    start, end = (_day(row.availability.get(name)) for name in ("start", "end"))
    if start is None or start < today:
        return None, None
    return start, end if end and start <= end <= latest_end(Kind.PMSMP, start) else None


def _day(kept: object) -> date | None:
    try:
        return date.fromisoformat(kept) if isinstance(kept, str) else None
    except ValueError:
        return None


async def _from_siret(asker: Asker, begun: Begun, siret: str) -> Begun:
    host, company = await host_of(asker.session, asker.actor, siret, asker.sirene)
    known = begun.terms.host
    if host.siret == known.siret:
        return Begun(begun.terms, replace(begun.origin, company_id=company))
    return Begun(replace(begun.terms, host=host), replace(begun.origin, company_id=company))


async def _with_person(asker: Asker, begun: Begun, person: UUID | None) -> Begun:
    """The person whose file is open or named, else the account's own, when it is that of a candidate."""
    actor, session = asker.actor, asker.session
    accompanied = person or (actor.acting.beneficiary if actor.acting else None)
    if accompanied is not None and accompanied != actor.beneficiary:
        return await _accompanied(asker, begun, accompanied)
    if actor.user is None:
        return begun
    if actor.companies or actor.agent:
        return await _of_work(asker, begun)
    if actor.beneficiary is None:
        user = await users.by_id(session, actor.user)
        assert user is not None  # noqa: S101 - who is signed in has an account
        own = Beneficiary(
            first_name=user.first_name, last_name=user.last_name, email=user.email, phone=user.phone
        )
        return Begun(replace(begun.terms, beneficiary=own), begun.origin)
    return await _of_file(asker, begun, actor.beneficiary, None)


async def _accompanied(asker: Asker, begun: Begun, person: UUID) -> Begun:
    """By who accompanies the person now; this reading of their file is written down once a draft is made."""
    actor = asker.actor
    row = await referrals.current(asker.session, person, actor.user) if actor.user else None
    if row is None or not row.current:
        raise NotFoundError(HIDDEN)
    require(actor, Permission.ACCOMPANY, agency=row.agency_id)
    if asker.begins:
        await note(asker.session, actor, AuditAction.FILE_READ, row, asker.now)
    begun = await _of_file(asker, begun, person, row.agency_id)
    return Begun(begun.terms, replace(begun.origin, counsellor_id=actor.user))


async def _of_file(asker: Asker, begun: Begun, person: UUID, agency: int | None) -> Begun:
    session, actor = asker.session, asker.actor
    prescriber, counsellor = await _prescriber(session, person, agency)
    held = await show_passport(session, actor.open_passport) if actor.open_passport else None
    activity = begun.terms.activity
    objective = activity.objective or (held.held.objective if held else None)
    terms = replace(
        begun.terms,
        beneficiary=await _person(session, person),
        activity=replace(activity, objective=objective),
    )
    origin = replace(begun.origin, beneficiary_id=person, agency_id=prescriber, counsellor_id=counsellor)
    return Begun(terms, origin)


async def _of_work(asker: Asker, begun: Begun) -> Begun:
    """An agent's agency, a company's own facts, when there is one of them: the person is somebody else."""
    actor, origin, terms = asker.actor, begun.origin, begun.terms
    agencies = [one for one in actor.agencies if actor.may(Permission.ACCOMPANY, agency=one)]
    if len(agencies) == 1:
        origin = replace(origin, agency_id=agencies[0], counsellor_id=actor.user)
    if len(actor.companies) == 1 and not agencies and not terms.host.siret:
        company = await companies.by_id(asker.session, next(iter(actor.companies)))
        assert company is not None  # noqa: S101 - a right is on a company
        terms = replace(terms, host=await own_host(asker.session, company))
        origin = replace(origin, company_id=company.id)
    return Begun(terms, origin)


async def _prescriber(
    session: ReadSession, person: UUID, agency: int | None
) -> tuple[int | None, UUID | None]:
    """Who accompanies the person now: the agency given when they are of it, else the first."""
    found = await referents.referents(session, person)
    mine = next((one for one in found if one.agency_id == agency), found[0] if found else None)
    return (mine.agency_id, mine.user) if mine else (None, None)
