"""A colleague invited to a company by e-mail: its link opens one button, for an account of that address."""

from datetime import datetime
from uuid import UUID

from data.queries import companies, company_rights, invitations, links
from data.queries.invitations import Invitation
from data.session import ReadSession, Session
from domain.account import account_email
from domain.audit import AuditAction
from domain.company_team import MAX_INVITED
from domain.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError, NotFoundError
from domain.roles import Actor, Role, require_account
from services import links as mailed
from services.audit import record
from services.company_rights import SUSPENDED, account_email_of, known_role, managed
from services.followups import Event, follow
from services.links import Purpose

ANSWERED = "Cette invitation n’existe plus : elle a servi, ou elle a été retirée. Demandez-en une autre."
OTHER_ADDRESS = (
    "Cette invitation a été envoyée à une autre adresse que celle de votre compte. Déconnectez-vous, puis "
    "connectez-vous avec l’adresse qui l’a reçue."
)


async def invite(
    session: Session, actor: Actor, company_id: int, email: str, role: Role, now: datetime
) -> UUID:
    """Invite an address, with that role; inviting it again sends a new link. Gives the invitation's id.

    Raises as `company_rights.managed`, `InvalidInputError` on `email` or `role`, `ConflictError`.
    """
    await managed(session, actor, company_id)
    address = account_email(email)
    known_role(role)
    if any(one.accepted and one.email == address for one in await company_rights.team(session, company_id)):
        message = "Cette personne fait déjà partie de l’entreprise."
        raise InvalidInputError((FieldError("email", message, "member"),))
    waiting = await invitations.of_company(session, company_id)
    if len(waiting) >= MAX_INVITED and address not in {one.email for one in waiting}:
        message = f"{MAX_INVITED} invitations attendent déjà une réponse. Retirez-en une avant d’inviter."
        raise ConflictError(message)
    written = await invitations.write(session, company_id, address, role, now, by=actor.user)
    await links.revoke(session, Purpose.JOIN, str(written))
    await record(
        session,
        actor,
        AuditAction.COMPANY_COLLEAGUE_INVITED,
        "company",
        company_id,
        now,
        company=company_id,
        detail=f"invitation {written}, rôle {role}",
    )
    await follow(session, Event.COMPANY_COLLEAGUE_INVITED, invitation=str(written))
    return written


async def withdraw(session: Session, actor: Actor, company_id: int, invitation_id: UUID) -> None:
    """Withdraw an invitation: its link opens nothing any more; doing it twice is the same."""
    await managed(session, actor, company_id)
    found = await invitations.by_id(session, invitation_id)
    if found is None or found.company_id != company_id:
        return
    await _forget(session, found)


async def _forget(session: Session, found: Invitation) -> None:
    await invitations.remove(session, found.id)
    await links.revoke(session, Purpose.JOIN, str(found.id))


async def read(session: ReadSession, token: str, now: datetime) -> Invitation:
    """The invitation of a link, which this does not use; raises `NotFoundError` or `ExpiredError`."""
    link = await mailed.find(session, token, Purpose.JOIN, now)
    found = await invitations.by_id(session, UUID(link.subject_id))
    if found is None:
        raise NotFoundError(ANSWERED)
    return found


async def accept(session: Session, actor: Actor, token: str, now: datetime) -> int:
    """Join the company one is invited to; gives its id.

    The invitation was the decision of an admin: nobody is asked again. Raises `SignInError`,
    `ForbiddenError` for an account of another address, `NotFoundError` or `ExpiredError` for the link,
    `ConflictError` when the company is banned.
    """
    found = await read(session, token, now)
    user = require_account(actor)
    if await account_email_of(session, actor) != found.email:
        raise ForbiddenError(OTHER_ADDRESS)
    company = await companies.lock(session, found.company_id)
    if company is None or company.banned:
        raise ConflictError(SUSPENDED)
    mine = await company_rights.member(session, found.company_id, user)
    if mine is None or not mine.accepted:
        await company_rights.grant(session, found.company_id, user, found.role, now, by=found.invited_by)
    await _forget(session, found)
    await record(
        session,
        actor,
        AuditAction.COMPANY_RIGHT_GRANTED,
        "company",
        found.company_id,
        now,
        company=found.company_id,
        role=found.role,
        detail=f"compte {user}, invitation {found.id}",
    )
    return found.company_id
