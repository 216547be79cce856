"""Accompanying people: a referral opens a person's file to one agent, with their consent, until it ends.

Each reading and each change by an agent is a line of the audit that the person sees.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import audit as audit_lines
from data.queries import referrals, sessions
from data.queries.audit import AuditFound, AuditSearch
from data.queries.referrals import PersonSearch, ReferralRow
from data.session import ReadSession, Session
from domain.account import account_email
from domain.audit import AuditAction
from domain.errors import ConflictError, ForbiddenError, NotFoundError
from domain.referral import MAX_QUERY, Consent, EndReason, NewPerson, check
from domain.roles import Actor, Permission, require
from services.audit import record
from services.followups import Event, follow

_HIDDEN = "Cette personne n’est pas, ou n’est plus, parmi celles que vous accompagnez."
_WAITS = "Cette personne n’a pas encore répondu : son dossier s’ouvrira quand elle aura accepté."
_ENDED = "Cet accompagnement est déjà terminé."
_COLLEAGUE = "Choisissez un ou une collègue de la même structure, qui peut accompagner."


@dataclass(frozen=True, slots=True)
class PersonFile:
    """What an agent sees of a person they accompany, beside the passport."""

    referral: ReferralRow
    searches: tuple[PersonSearch, ...]
    history: tuple[AuditFound, ...]
    """Who read or changed the file, the latest first."""


async def people(session: ReadSession, actor: Actor) -> tuple[ReferralRow, ...]:
    """People this agent accompanies or asked to, in the agencies where they may."""
    if actor.user is None:
        return ()
    allowed = [one for one in actor.agencies if actor.may(Permission.ACCOMPANY, agency=one)]
    return await referrals.of_agent(session, actor.user, allowed)


async def start_file(session: Session, actor: Actor, agency: int, person: NewPerson, now: datetime) -> UUID:
    """Start a file and a passport with a person beside the agent; raises `InvalidInputError` and rights."""
    require(actor, Permission.ACCOMPANY, agency=agency)
    tidy = check(person)
    values: dict[str, object] = {
        "first_name": tidy.first_name,
        "last_name": tidy.last_name,
        "email": tidy.email,
    }
    beneficiary = await referrals.add_person(session, values, now)
    row = await _add(session, actor.user, agency, beneficiary, Consent.BESIDE, now)
    if row is not None:
        await _note(session, actor, AuditAction.FILE_STARTED, row, now)
    if row is not None and tidy.email:
        await follow(session, Event.FILE_STARTED, referral=row.id)
    return beneficiary


async def propose(session: Session, actor: Actor, agency: int, email: str, now: datetime) -> None:
    """Ask the person of that address to be accompanied; the same outcome when nobody has it.

    They are told by mail and answer from their account. Raises `InvalidInputError` on `email`.
    """
    require(actor, Permission.ACCOMPANY, agency=agency)
    account = await referrals.account_of(session, account_email(email))
    if account is None or account[0] == actor.user:
        return
    names: dict[str, object] = {"first_name": account[1], "last_name": account[2]}
    beneficiary = await referrals.ensure_person(session, account[0], names, now)
    row = await _add(session, actor.user, agency, beneficiary, Consent.ACCOUNT, now)
    if row is not None:
        await _note(session, actor, AuditAction.REFERRAL_ASKED, row, now)
        await follow(session, Event.REFERRAL_ASKED, referral=row.id)


async def answer(session: Session, actor: Actor, referral: int, now: datetime, *, accepts: bool) -> None:
    """The person agrees or refuses; raises `NotFoundError`, `ConflictError` when it was answered."""
    row = await _of_person(session, actor, referral)
    if row.until is not None or row.consented_at is not None:
        raise ConflictError("Vous avez déjà répondu à cette demande.")
    if accepts:
        await referrals.agree(session, row.id, now)
        action = AuditAction.REFERRAL_AGREED
    else:
        await referrals.end(session, row.id, EndReason.REFUSED, now)
        action = AuditAction.REFERRAL_REFUSED
    await _note(session, actor, action, row, now)
    await follow(session, Event.REFERRAL_ANSWERED, referral=row.id)


async def stop(session: Session, actor: Actor, referral: int, now: datetime) -> None:
    """The agent or the person ends it, at once and without a reason to give."""
    row = await referrals.lock(session, referral)
    by_person = row is not None and row.beneficiary_id == actor.beneficiary
    if row is None or not (by_person or row.user_id == actor.user):
        raise NotFoundError(_HIDDEN)
    if row.until is not None:
        raise ConflictError(_ENDED)
    reason = EndReason.PERSON if by_person else EndReason.AGENT
    await referrals.end(session, row.id, reason, now)
    await _note(session, actor, AuditAction.REFERRAL_ENDED, row, now, reason)
    await follow(session, Event.REFERRAL_ENDED, referral=row.id)


async def hand_over(
    session: Session, actor: Actor, referral: int, colleague: UUID, colleagues: set[UUID], now: datetime
) -> None:
    """Entrust a person to a colleague of the same agency who may accompany; the person is told.

    `colleagues` are the accounts that may. What the person agreed to goes on: they may end it in one click.
    """
    row = await _of_agent(session, actor, referral)
    if colleague not in colleagues or colleague == actor.user:
        raise ConflictError(_COLLEAGUE)
    await referrals.end(session, row.id, EndReason.HANDED_OVER, now)
    consent = Consent.ACCOUNT if row.claimed else Consent.BESIDE
    new = await _add(session, colleague, row.agency_id, row.beneficiary_id, consent, now, agreed=True)
    if new is None:
        raise ConflictError("Ce ou cette collègue accompagne déjà la personne : vous pouvez terminer.")
    await _note(session, actor, AuditAction.REFERRAL_HANDED_OVER, row, now)
    await follow(session, Event.REFERRAL_HANDED_OVER, referral=new.id)


async def read_file(session: Session, actor: Actor, beneficiary: UUID, now: datetime) -> PersonFile:
    """The file of a person accompanied; the reading is written down. Raises rights."""
    row = await _current(session, actor, beneficiary)
    await _note(session, actor, AuditAction.FILE_READ, row, now)
    lines = await audit_lines.search(session, AuditSearch(beneficiary_id=beneficiary), 30)
    return PersonFile(row, await referrals.searches_of(session, beneficiary), lines)


async def work_with(session: Session, actor: Actor, beneficiary: UUID, now: datetime) -> None:
    """Open a person's passport in this session: pages and searches are theirs until it is left."""
    row = await _current(session, actor, beneficiary)
    if actor.session is None:
        raise NotFoundError(_HIDDEN)
    await sessions.act_for(session, actor.session, beneficiary)
    await _note(session, actor, AuditAction.PASSPORT_OPENED, row, now)


async def leave(session: Session, actor: Actor) -> None:
    """Close the person's passport in this session."""
    if actor.session is not None:
        await sessions.act_for(session, actor.session, None)


async def note_search(session: Session, actor: Actor, query: str, total: int, now: datetime) -> None:
    """Keep a search made with a person open, for both to find again; none is kept otherwise."""
    if actor.acting is None or not query or len(query) > MAX_QUERY:
        return
    await referrals.note_search(
        session, beneficiary=actor.acting.beneficiary, user=actor.user, query=query, total=total, now=now
    )


async def of_person(session: ReadSession, actor: Actor) -> tuple[ReferralRow, ...]:
    """Who accompanies the person of this account, who asks to, who did."""
    return await referrals.of_person(session, actor.beneficiary) if actor.beneficiary else ()


async def _add(  # noqa: PLR0913 - one row, its columns
    session: Session,
    user: UUID | None,
    agency: int,
    beneficiary: UUID,
    consent: Consent,
    now: datetime,
    *,
    agreed: bool = False,
) -> ReferralRow | None:
    values = {"beneficiary_id": beneficiary, "agency_id": agency, "user_id": user, "since": now}
    consented = now if agreed or consent is Consent.BESIDE else None
    added = await referrals.add(session, {**values, "consent": consent.value, "consented_at": consented})
    return await referrals.by_id(session, added) if added is not None else None


async def _note(
    session: Session, actor: Actor, action: AuditAction, row: ReferralRow, now: datetime, detail: str = ""
) -> None:
    """One line of the audit, which the person sees."""
    of = row.beneficiary_id
    agency = row.agency_id
    await record(
        session, actor, action, "referral", row.id, now, agency=agency, beneficiary=of, detail=detail
    )


async def _of_person(session: Session, actor: Actor, referral: int) -> ReferralRow:
    row = await referrals.lock(session, referral)
    if row is None or actor.beneficiary is None or row.beneficiary_id != actor.beneficiary:
        raise NotFoundError("Cette demande n’existe pas, ou n’est pas pour vous.")
    return row


async def _of_agent(session: Session, actor: Actor, referral: int) -> ReferralRow:
    row = await referrals.lock(session, referral)
    if row is None or row.user_id != actor.user:
        raise NotFoundError(_HIDDEN)
    require(actor, Permission.ACCOMPANY, agency=row.agency_id)
    if not row.current:
        raise ConflictError(_ENDED if row.until else _WAITS)
    return row


async def _current(session: ReadSession, actor: Actor, beneficiary: UUID) -> ReferralRow:
    row = await referrals.current(session, beneficiary, actor.user) if actor.user else None
    if row is None:
        raise NotFoundError(_HIDDEN)
    require(actor, Permission.ACCOMPANY, agency=row.agency_id)
    if not row.current:
        raise ForbiddenError(_WAITS)
    return row
