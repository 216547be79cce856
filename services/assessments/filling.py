"""Each side writes its part: a line of the story each, with the hash of what was said."""

import hashlib
from typing import Any

import msgspec

from data.queries import activity, assessments, convention_story, users
from data.queries.assessments import AssessmentRow, SkillRow
from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.assessment import (
    CompanySays,
    FollowUp,
    PersonSays,
    Side,
    check_company,
    check_open,
    check_person,
)
from domain.chain import canonical
from domain.convention import As
from domain.errors import ConflictError, ForbiddenError
from domain.terms import contact_of
from services.assessments import passports
from services.assessments.opening import Opened
from services.conventions.signing import Device
from services.conventions.story import Line, Office, Said, tell
from services.followups import Event, follow

_ANSWERED = "La personne a répondu à ce bilan : il ne change plus."
_NOT_THIS_SIDE = "Cette partie du bilan est celle de l’autre côté."
_NO_PASSPORT = "Connectez-vous avec votre adresse e-mail pour garder ces savoir-faire dans votre passeport."
_MINOR = (
    "Avant 18 ans, il faut l’accord de votre représentant légal, que ce bilan ne demande pas. "
    "Vous pourrez mettre ces savoir-faire dans votre passeport à vos 18 ans."
)
_AGENT = 300


async def tell_company(office: Office, opened: Opened, said: CompanySays, device: Device) -> None:
    """The company's part, until the person has answered it; the person and the agency are told.

    Raises `InvalidInputError`, `ConflictError` when it is too early or answered.
    """
    if opened.side is not Side.COMPANY:
        raise ForbiddenError(_NOT_THIS_SIDE)
    if opened.said.person_agrees is not None:
        raise ConflictError(_ANSWERED)
    if said.outcome is not None:
        check_open(opened.terms, opened.here, said.outcome)
    tidy = check_company(said, opened.terms, opened.today)
    row, session = opened.row, office.session
    values, before = _company_values(tidy), opened.said
    at = before.company_at or office.now
    await assessments.put(session, row.id, values | {"company_at": at}, office.now)
    fresh = await assessments.of_convention(session, row.id)
    if before.company_at is not None and company_hash(before) == company_hash(fresh):
        return  # pressed twice: it is said once
    await assessments.put(session, row.id, values | {"company_at": office.now}, office.now)
    if tidy.hired and row.company_id is not None and not await _hired_before(session, opened):
        await activity.record_hire(session, row.company_id, office.now)
    facts = {"as": opened.whom.value, "outcome": values["outcome"], "hired": tidy.hired}
    told = await _evidence(session, opened, device) | {"said": company_hash(fresh)}
    await tell(office, row, Said(Line.ASSESSED, facts, told))
    await follow(session, Event.ASSESSMENT_TOLD, convention=str(row.id))


async def _hired_before(session: ReadSession, opened: Opened) -> bool:
    """A part that is corrected counts one hire, not two."""
    entries = await convention_story.entries(session, opened.row.id)
    return any(one.kind == Line.ASSESSED and one.facts.get("hired") for one in entries)


def _company_values(said: CompanySays) -> dict[str, Any]:
    skills = (SkillRow(one.ogr, one.label, int(one.level)) for one in said.skills)
    return {
        "outcome": said.outcome.value if said.outcome else None,
        "last_day": said.last_day,
        "minutes": said.minutes,
        "no_show_reason": said.no_show_reason,
        "hired": said.hired,
        "contract": said.contract.value if said.contract else "",
        "hired_on": said.hired_on,
        "next_step": said.next_step.value if said.next_step else "",
        "feedback": said.feedback,
        "advice": said.advice,
        "skills": assessments.skills_json(skills),
    }


async def tell_person(office: Office, opened: Opened, said: PersonSays, device: Device) -> None:
    """The person's part, and their answer once the company has spoken; what was observed is shared.

    Under 18, nothing is: it would take their representative's consent too, which is asked nowhere.
    Raises `InvalidInputError`, `ConflictError` when it is too early, or answered already.
    """
    if opened.side is not Side.PERSON:
        raise ForbiddenError(_NOT_THIS_SIDE)
    before = opened.said
    if before.person_agrees is not None:
        raise ConflictError("Vous avez déjà répondu à ce bilan.")
    if before.company_at is None:
        check_open(opened.terms, opened.here)
    tidy = check_person(said, company_said=before.company_at is not None)
    row, session = opened.row, office.session
    owner = passports.owner_of(row, opened.standing.actor)
    shares = bool(tidy.shares and before.skills)
    if shares and opened.minor:
        raise ConflictError(_MINOR)
    if shares and owner is None:
        raise ConflictError(_NO_PASSPORT)
    values = {
        "person_feedback": tidy.feedback,
        "person_next": tidy.next_step.value if tidy.next_step else "",
        "person_agrees": tidy.agrees,
        "person_shares": shares if tidy.agrees is not None else None,
        "person_at": office.now,
    }
    await assessments.put(session, row.id, values, office.now)
    if shares and owner is not None:
        await passports.share(session, row, owner, tidy.lower, office.now)
    await _tell_answer(office, opened, device)
    if tidy.agrees is False:
        await follow(session, Event.ASSESSMENT_DISPUTED, convention=str(row.id))


async def change_sharing(office: Office, opened: Opened, device: Device, *, shares: bool) -> None:
    """The person changes their mind about their passport, once they have answered; told in the story."""
    said = opened.said
    owner = passports.owner_of(opened.row, opened.standing.actor)
    if opened.side is not Side.PERSON or said.person_agrees is None or not said.skills:
        raise ConflictError("Répondez d’abord au bilan.")
    if shares and opened.minor:
        raise ConflictError(_MINOR)
    if owner is None:
        raise ConflictError(_NO_PASSPORT)
    if shares is bool(said.person_shares):
        return
    await assessments.put(office.session, opened.row.id, {"person_shares": shares}, office.now)
    if shares:
        await passports.share(office.session, opened.row, owner, (), office.now)
    else:
        await passports.take_back(office.session, opened.row, owner, office.now)
    await _tell_answer(office, opened, device)


async def _tell_answer(office: Office, opened: Opened, device: Device) -> None:
    fresh = await assessments.of_convention(office.session, opened.row.id)
    facts = {"as": As.BENEFICIARY.value, "agrees": fresh.person_agrees, "shares": fresh.person_shares}
    said = {"said": person_hash(fresh), "company_said": company_hash(fresh)}
    told = await _evidence(office.session, opened, device) | said
    await tell(office, opened.row, Said(Line.ASSESSMENT_AGREED, facts, told))


async def answer_later(office: Office, opened: Opened, answer: FollowUp) -> None:
    """Where the person is six months later; told again, the last answer stays."""
    if opened.side is not Side.PERSON:
        raise ForbiddenError(_NOT_THIS_SIDE)
    await assessments.put(office.session, opened.row.id, {"follow_up": answer.value}, office.now)


async def _evidence(session: ReadSession, opened: Opened, device: Device) -> dict[str, str]:
    """Who did it, and from where: a colleague who has an account is not the contact named in the document."""
    contact, user = contact_of(opened.terms, opened.whom), opened.standing.actor.user
    account = await users.by_id(session, user) if user else None
    name = contact.name
    if account is not None and account.email != contact.email.lower():
        name = f"{account.first_name} {account.last_name}".strip() or account.email
    return {"name": name, "ip": device.ip, "browser": device.agent[:_AGENT]} | opened.standing.by


def _hash(words: object) -> str:
    return hashlib.sha256(canonical(msgspec.to_builtins(words))).hexdigest()


def company_hash(said: AssessmentRow) -> str:
    """What the company said, as its line of the story keeps it (SHA-256, hexadecimal)."""
    names = (
        *("outcome", "last_day", "minutes", "no_show_reason", "hired", "contract", "hired_on"),
        *("next_step", "feedback", "advice"),
    )
    words = {name: getattr(said, name) for name in names}
    return _hash(words | {"skills": [[one.ogr, one.label, one.level] for one in said.skills]})


def person_hash(said: AssessmentRow) -> str:
    """What the person said, likewise."""
    names = ("person_feedback", "person_next", "person_agrees", "person_shares")
    return _hash({name: getattr(said, name) for name in names})


async def faults(session: ReadSession, row: ConventionRow) -> tuple[str, ...]:
    """Where an assessment is no longer what its side said, in French; empty when both agree."""
    said = await assessments.of_convention(session, row.id)
    found: dict[str, str] = {}
    for line, now, what in (
        (Line.ASSESSED, company_hash(said), "Le bilan de l’entreprise a été changé après coup."),
        (Line.ASSESSMENT_AGREED, person_hash(said), "Le bilan de la personne a été changé après coup."),
    ):
        for entry in await convention_story.entries(session, row.id):
            if entry.kind == line and entry.told is not None:
                found[line] = "" if entry.told.get("said") == now else what
    return tuple(one for one in found.values() if one)
