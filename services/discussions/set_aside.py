"""Companies that leave requests without an answer: out of search, told why, back in one click."""

from datetime import datetime

from data.queries import companies, company_space, waiting
from data.session import Session
from domain.audit import AuditAction
from domain.errors import ConflictError, NotFoundError
from domain.roles import NOBODY, Actor, Permission, require
from services import links
from services.audit import record
from services.company_rights import SUSPENDED
from services.discussions.parties import admin_email
from services.emails import Action, Mail, send
from services.followups import Event, follow
from services.links import Purpose, mint
from services.work import Tools, Work

_GONE = "Cette entreprise n’est plus dans l’annuaire. Écrivez-nous si c’est une erreur."


async def set_aside_silent(session: Session, now: datetime) -> int:
    """Take companies that do not answer out of search, and tell each how to come back; how many."""
    silent = await waiting.unresponsive(session, now)
    for company in silent:
        await record(session, NOBODY, AuditAction.COMPANY_SET_ASIDE, "company", company, now)
        await follow(session, Event.COMPANY_SET_ASIDE, company=company)
    return len(silent)


async def set_aside_mail(session: Session, tools: Tools, work: Work) -> None:
    """It is out of search for want of answers; one link brings it back."""
    space = await company_space.space(session, int(work.payload["company"]))
    if space is None or not space.standing.unresponsive or not space.standing.open:
        return
    recipient = space.contact_email or await admin_email(session, space.id)
    if not recipient:
        return
    path = await mint(session, tools.secret_key, work, Purpose.COME_BACK, str(space.id))
    many = "Une demande attend" if space.to_answer == 1 else f"{space.to_answer} demandes attendent"
    mail = Mail(
        template="company_set_aside",
        subject_id=str(space.id),
        recipient=recipient,
        context={"company": space.name, "waiting": many if space.to_answer else ""},
        action=Action("Revenir dans la recherche", path),
    )
    await send(session, tools, work, mail)


async def come_back(session: Session, actor: Actor, company_id: int, now: datetime) -> None:
    """One of its admins brings the company back; raises as `require`, `ConflictError` when it is banned."""
    require(actor, Permission.COMPANY_EDIT, company=company_id)
    await _back(session, actor, company_id, now)


async def come_back_by_link(session: Session, actor: Actor, token: str, now: datetime) -> str:
    """The link of the mail brings the company back, as often as it is opened; its SIRET.

    Raises `NotFoundError`, `ExpiredError`, `ConflictError`.
    """
    link = await links.read(session, token, Purpose.COME_BACK, now)
    company = int(link.subject_id)
    await companies.lock(session, company)
    await links.read(session, token, Purpose.COME_BACK, now)  # who had the row may have taken the link back
    return await _back(session, actor, company, now)


async def _back(session: Session, actor: Actor, company_id: int, now: datetime) -> str:
    company = await companies.lock(session, company_id)
    space = await company_space.space(session, company_id)
    if company is None or space is None:
        raise NotFoundError(_GONE)
    if company.banned:
        raise ConflictError(SUSPENDED)
    if space.standing.unresponsive:
        await waiting.back(session, company_id, now)
        action = AuditAction.COMPANY_CAME_BACK
        await record(session, actor, action, "company", company_id, now, company=company_id)
    return space.siret
