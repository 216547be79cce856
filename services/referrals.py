"""Accompanying people: a referral opens a person's file to one agent, with their consent, until it ends.

Each move is a line of the audit that the person sees; what it opens is in `services.person_files`.
"""

from datetime import datetime
from uuid import UUID

from data.queries import referrals
from data.queries.referrals import ReferralRow
from data.session import ReadSession, Session
from domain.account import account_email
from domain.audit import AuditAction
from domain.errors import ConflictError, NotFoundError
from domain.flags import Flag
from domain.referral import Consent, EndReason, NewPerson, check
from domain.roles import Actor, Permission, require
from services.audit import record
from services.discussions.releasing import entrust, release
from services.flags import check_open
from services.followups import Event, follow

HIDDEN = "Cette personne n’est pas, ou n’est plus, parmi celles que vous accompagnez."
WAITS = "Cette personne n’a pas encore répondu : son dossier s’ouvrira quand elle aura accepté."
_ENDED = "Cet accompagnement est déjà terminé."
_COLLEAGUE = "Choisissez un ou une collègue de la même structure, qui peut accompagner."


async def start_file(session: Session, actor: Actor, agency: int, person: NewPerson, now: datetime) -> UUID:
    """Start a file and a passport with a person beside the agent; raises `InvalidInputError` and rights."""
    require(actor, Permission.ACCOMPANY, agency=agency)
    await check_open(session, Flag.REFERRALS)
    tidy = check(person)
    values: dict[str, object] = {
        "first_name": tidy.first_name,
        "last_name": tidy.last_name,
        "email": tidy.email,
    }
    beneficiary = await referrals.add_person(session, values, now)
    row = await _add(session, actor.user, agency, beneficiary, Consent.BESIDE, now)
    if row is not None:
        await note(session, actor, AuditAction.FILE_STARTED, row, now)
    if row is not None and tidy.email:
        await follow(session, Event.FILE_STARTED, referral=row.id)
    return beneficiary


async def propose(session: Session, actor: Actor, agency: int, email: str, now: datetime) -> None:
    """Ask the person of that address to be accompanied; the same outcome when nobody has it.

    They are told by mail and answer from their account. Raises `InvalidInputError` on `email`.
    """
    require(actor, Permission.ACCOMPANY, agency=agency)
    await check_open(session, Flag.REFERRALS)
    account = await referrals.account_of(session, account_email(email))
    if account is None or account[0] == actor.user:
        return
    names: dict[str, object] = {"first_name": account[1], "last_name": account[2]}
    beneficiary = await referrals.ensure_person(session, account[0], names, now)
    row = await _add(session, actor.user, agency, beneficiary, Consent.ACCOUNT, now)
    if row is not None:
        await note(session, actor, AuditAction.REFERRAL_ASKED, row, now)
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
    await note(session, actor, action, row, now)
    await follow(session, Event.REFERRAL_ANSWERED, referral=row.id)


async def stop(session: Session, actor: Actor, referral: int, now: datetime) -> None:
    """The agent or the person ends it, at once and without a reason to give."""
    row = await referrals.lock(session, referral)
    by_person = row is not None and row.beneficiary_id == actor.beneficiary
    if row is None or not (by_person or row.user_id == actor.user):
        raise NotFoundError(HIDDEN)
    if row.until is not None:
        raise ConflictError(_ENDED)
    reason = EndReason.PERSON if by_person else EndReason.AGENT
    await referrals.end(session, row.id, reason, now)
    await note(session, actor, AuditAction.REFERRAL_ENDED, row, now, reason)
    await follow(session, Event.REFERRAL_ENDED, referral=row.id)
    await release(session, now, [row.beneficiary_id])


async def colleagues(session: ReadSession, actor: Actor, agency: int) -> tuple[tuple[UUID, str], ...]:
    """The others of an agency who may accompany: account and name."""
    found = await referrals.colleagues(session, agency)
    return tuple(one for one in found if one[0] != actor.user)


async def hand_over(session: Session, actor: Actor, referral: int, colleague: UUID, now: datetime) -> None:
    """Entrust a person to a colleague of the same agency who may accompany; the person is told.

    What the person agreed to, for that agency, goes on: they may end it in one click.
    """
    row = await _of_agent(session, actor, referral)
    if colleague not in dict(await colleagues(session, actor, row.agency_id)):
        raise ConflictError(_COLLEAGUE)
    await referrals.end(session, row.id, EndReason.HANDED_OVER, now)
    consent = Consent.ACCOUNT if row.claimed else Consent.BESIDE
    new = await _add(session, colleague, row.agency_id, row.beneficiary_id, consent, now, agreed=True)
    if new is None:
        raise ConflictError("Ce ou cette collègue accompagne déjà la personne : vous pouvez terminer.")
    await note(session, actor, AuditAction.REFERRAL_HANDED_OVER, row, now)
    await follow(session, Event.REFERRAL_HANDED_OVER, referral=new.id)
    await entrust(session, row.beneficiary_id, new.id)


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


async def note(
    session: Session, actor: Actor, action: AuditAction, row: ReferralRow, now: datetime, detail: str = ""
) -> None:
    """One line of the audit about an accompaniment, which the person sees."""
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
        raise NotFoundError(HIDDEN)
    require(actor, Permission.ACCOMPANY, agency=row.agency_id)
    if not row.current:
        raise ConflictError(_ENDED if row.until else WAITS)
    return row
