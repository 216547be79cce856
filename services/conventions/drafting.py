"""A convention being written: begun by anybody, kept as it is typed, sent to its people when it is whole."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import datetime
from typing import Any
from uuid import UUID

from data.queries import agencies, convention_signatories, conventions, links, moderation
from data.queries.conventions import ConventionRow, canonical_terms, plain
from data.session import ReadSession, Session
from domain.convention import DRAFT_LIFE, RULES, As, Move, Status
from domain.convention_addresses import moved
from domain.convention_renewal import check_renewal
from domain.errors import ConflictError, FieldError, InvalidInputError
from domain.roles import Actor
from domain.schedule_errors import schedule_errors
from domain.terms import Terms, contact_of, signatories
from domain.terms_changes import changes
from domain.terms_checks import PART_OF, Part, check_terms, same_person, tidied
from domain.values import fold
from services.conventions.draft_links import prolong, subject, take_back
from services.conventions.following import own_referent, sent_referent
from services.conventions.limits import begun, breaches_of, check_others, department_at, same, today_at
from services.conventions.parties import Standing, whom_of
from services.conventions.story import Line, Office, Said, tell
from services.conventions.whose import unlinked
from services.followups import Event, follow
from services.links import Purpose
from services.links import end as end_links

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_REFERENCE = 10
_OLDEST = 120
_INACTIVE = FieldError(
    "agency",
    "Cette structure ne valide pas ici : votre conseiller doit d’abord l’inscrire, ou faire renouveler sa "
    "délégation, qui a pris fin. Sinon, choisissez-en une autre.",
    "inactive",
)
_BANNED = FieldError(
    "host.siret",
    "Cette entreprise ne peut pas accueillir d’immersion par ce service. Choisissez-en une autre.",
    "banned",
)
_STALE = (
    "Quelqu’un d’autre a modifié cette convention pendant que vous écriviez. "
    "Rechargez la page : vous verrez sa version, puis refaites votre changement."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a draft comes from; all of it optional."""

    agency_id: int | None = None
    company_id: int | None = None
    discussion_id: UUID | None = None
    beneficiary_id: UUID | None = None
    counsellor_id: UUID | None = None
    renews: UUID | None = None


async def start(
    office: Office, actor: Actor, terms: Terms, origin: Origin, whom: As | None = None
) -> ConventionRow:
    """Begin a draft with what is known already; `whom`: as whom, for who comes by a link of their mail."""
    tidy = tidied(terms)
    given = {name: getattr(origin, name) for name in Origin.__dataclass_fields__}
    given["counsellor_id"] = origin.counsellor_id or own_referent(actor, origin.agency_id)
    values = {"reference": new_reference(), "created_by": actor.user, **given, **facts_of(tidy)}
    convention = await conventions.create(office.session, values, office.now)
    row = await _read(office.session, convention)
    began = whom or await _began_as(office.session, actor, row)
    by = Standing(actor, row, frozenset()).by
    await tell(office, row, Said(Line.STARTED, {"as": began.value} if began else {}, by))
    return row


async def _began_as(session: ReadSession, actor: Actor, row: ConventionRow) -> As | None:
    """As whom an account begins a draft: who stands on no side of it yet prepares it."""
    if not actor.signed_in:
        return None
    sides = await whom_of(session, actor, row) & RULES[Move.WRITE].whom
    return min(sides - {As.HOLDER}, default=As.HOLDER)


def new_reference() -> str:
    """Ten letters and figures that nobody mistakes for others when read aloud."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_REFERENCE))


async def link(session: Session, convention: UUID, now: datetime, side: As | None = None) -> str:
    """The token of a link that opens a draft, for who holds it; it lives as long as a draft.

    `side`: for whose part, when whoever is given it is known to stand there.
    """
    token, about = secrets.token_urlsafe(32), subject(convention, side)
    await links.mint(session, token, Purpose.CONVENTION_DRAFT, about, now, now + DRAFT_LIFE)
    return token


async def keep(
    session: Session,
    standing: Standing,
    part: Part,
    typed: Terms,
    now: datetime,
    *,
    writer: As | None = None,
) -> ConventionRow:
    """Keep one part of a draft as typed, right or wrong: two people may fill two parts at once.

    `writer`: the side whose link it is written by, which an address of its own does not end.
    """
    standing.step(Move.WRITE)
    row = standing.row
    tidy = tidied(typed)
    names = (one.name for one in dataclass_fields(tidy) if PART_OF[one.name] is part)
    fields = {name: getattr(tidy, name) for name in names}
    terms = replace(row.document, **fields)
    gone = await unlinked(session, row, terms)
    values: dict[str, Any] = {**facts_of(terms), **gone, "version": row.version + 1}
    if terms.host.siret != row.document.host.siret:
        values["company_id"] = None  # its people read it no more; that of the new one, once it is sent
    await take_back(session, row.id, row.document, terms, writer)
    await prolong(session, row.id, now)
    await conventions.change(session, row.id, values, now)
    return await _read(session, row.id)


async def choose_agency(session: Session, standing: Standing, agency: int | None, now: datetime) -> None:
    """The prescriber of a draft; raises `InvalidInputError` on `agency` when it could not validate."""
    standing.step(Move.WRITE)
    if agency is not None:
        found = await agencies.by_id(session, agency)
        if found is None or not found.validates(now.date()):
            raise InvalidInputError((_INACTIVE,))
    values: dict[str, Any] = {"agency_id": agency}
    if agency != standing.row.agency_id:
        values["counsellor_id"] = own_referent(standing.actor, agency)
    await conventions.change(session, standing.row.id, values, now)


async def faults(
    session: ReadSession, row: ConventionRow, terms: Terms, now: datetime
) -> tuple[FieldError, ...]:
    """Everything that keeps a document from being sent; raises `TwinError` when it exists already.

    A limit of the schedule is an error of its day, of its week or of the whole (`schedule_errors`).
    """
    errors = list(check_terms(terms, today_at(terms, now)))
    errors += schedule_errors(breaches_of(terms, now), drawn=bool(terms.schedule))
    if row.agency_id is None:
        errors.append(FieldError("agency", "Choisissez la structure qui vous accompagne.", "required"))
    if await moderation.is_banned(session, terms.host.siret):
        errors.append(_BANNED)
    errors += await check_others(session, terms, row.id, row.renews)
    if row.renews is not None:
        before = await _read(session, row.renews)
        errors += check_renewal(before.document, before.status, terms)
    return tuple(errors)


async def submit(office: Office, standing: Standing, version: int) -> None:
    """Send a whole draft to its people; raises `InvalidInputError`, `TwinError`, or as every move."""
    status, whom = standing.step(Move.SUBMIT)
    row = standing.row
    _fresh(row, version)
    terms = tidied(row.document)
    await conventions.serialise(office.session, same(terms))
    _refuse(await faults(office.session, row, terms, office.now))
    if not row.agency_validates(office.now.date()):
        raise InvalidInputError((_INACTIVE,))
    values: dict[str, Any] = {"version": version, "status": status.value, "submitted_at": office.now}
    values["counsellor_id"] = await sent_referent(office.session, row, standing.actor)
    fresh = await _send(office.session, row, values, terms, office.now)
    await tell(office, fresh, Said(Line.SUBMITTED, _sent_facts(fresh), standing.by | {"as": whom.value}))
    await follow(office.session, Event.CONVENTION_TO_SIGN, convention=str(row.id), version=fresh.version)


async def edit(office: Office, standing: Standing, terms: Terms, version: int) -> None:
    """Change what was sent: every signature is asked again, everybody is told what changed.

    Raises `ConflictError` when stale or when nothing changed; past the start, only dates may change.
    """
    status, whom = standing.step(Move.EDIT)
    row = standing.row
    _fresh(row, version)
    tidy = tidied(terms)
    different = changes(row.document, tidy)
    if not different:
        raise ConflictError("Rien n’a changé : les signatures restent valables.")
    await conventions.serialise(office.session, same(tidy))
    _refuse((*_dates_only(row, tidy, office.now), *await faults(office.session, row, tidy, office.now)))
    gone = await unlinked(office.session, row, tidy)
    values = {**gone, "version": row.version + 1, "status": status.value}
    fresh = await _send(office.session, row, values, tidy, office.now)
    fields = {**_sent_facts(fresh), "fields": [one.field for one in different]}
    fields |= moved(row.document, tidy)
    words = [{"label": one.label, "before": one.before, "after": one.after} for one in different]
    told = standing.by | {"as": whom.value, "changes": words}
    await tell(office, fresh, Said(Line.EDITED, fields, told))
    await follow(office.session, Event.CONVENTION_EDITED, convention=str(row.id), version=fresh.version)


def _dates_only(row: ConventionRow, terms: Terms, now: datetime) -> tuple[FieldError, ...]:
    """Once begun without validation, a convention is saved by new dates alone (domain.md, §5)."""
    before = row.document
    if not begun(before, now):
        return ()
    still = replace(terms, starts_on=before.starts_on, ends_on=before.ends_on, schedule=before.schedule)
    return tuple(
        FieldError(one.field, "L’immersion devait déjà commencer : changez seulement les dates.", "too_late")
        for one in changes(before, still)
    )


async def _send(
    session: Session, row: ConventionRow, values: dict[str, Any], terms: Terms, now: datetime
) -> ConventionRow:
    """Keep the exact document, and ask everybody to sign it; the row, with its new version and hash."""
    values = {**facts_of(terms), **values}
    sha256 = await conventions.send(session, row.id, values, canonical_terms(terms), now)
    people = {one: contact_of(terms, one) for one in signatories(terms)}
    reached = {one: (person.email, person.phone) for one, person in people.items()}
    if row.status is not Status.DRAFT:
        await _release(session, row, reached, now)
    await convention_signatories.put(session, row.id, reached)
    return replace(row, version=values["version"], terms_sha256=sha256)


async def _release(
    session: Session, row: ConventionRow, reached: Mapping[As, tuple[str, str]], now: datetime
) -> None:
    """Forget those who sign no more, and end the links sent to addresses or numbers that changed."""
    for one in row.signatories:
        if one.whom in reached and (one.email, one.phone) != reached[one.whom]:
            await end_links(session, Purpose.CONVENTION_SIGN, str(one.id), now)
    gone = [one.id for one in row.signatories if one.whom not in reached]
    if gone:
        await convention_signatories.remove(session, gone)


def _sent_facts(row: ConventionRow) -> dict[str, Any]:
    sha256 = row.terms_sha256.hex() if row.terms_sha256 else ""
    return {"document": sha256, "agency": row.agency_id}


def _refuse(errors: tuple[FieldError, ...]) -> None:
    if errors:
        raise InvalidInputError(errors)


def _fresh(row: ConventionRow, version: int) -> None:
    if version != row.version:
        raise ConflictError(_STALE)


async def _read(session: ReadSession, convention: UUID) -> ConventionRow:
    row = await conventions.by_id(session, convention)
    if row is None:
        raise LookupError(convention)
    return row


def facts_of(terms: Terms) -> dict[str, Any]:
    """The columns that repeat a document: what lists, limits and statistics ask in SQL."""
    person, activity = terms.beneficiary, terms.activity
    age = person.age_on(terms.starts_on) if terms.starts_on else None
    return {
        "kind": terms.kind.value,
        "terms": plain(terms),
        "person_key": same_person(terms),
        "birth_date": person.birth_date,
        "person_email": person.email,
        "siret": terms.host.siret,
        "company_name": terms.host.name,
        "rome": activity.rome,
        "department": department_at(terms.work_place),
        "objective": activity.objective.value if activity.objective else None,
        "aims_key": fold(activity.aims),
        "age": age if age is None or 0 <= age <= _OLDEST else None,
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
        "days": len(terms.schedule.days),
        "minutes": terms.schedule.minutes,
    }
