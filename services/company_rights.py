"""Colleagues of a company: they ask to join, an admin accepts or refuses, changes roles, takes them off.

Each decision is one line of the audit and one mail. A right that waits gives nothing; there is always
an admin left. Decisions on one company are taken one after the other, on its locked row.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import companies, company_rights, invitations
from data.queries.companies import CompanyRow
from data.queries.company_rights import Member
from data.queries.invitations import Invitation
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.company import siret_fault
from domain.company_team import MAX_ASKED, keep_an_admin
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.roles import COMPANY_ROLES, Actor, Permission, Role, require, require_account
from domain.values import compact_siret, siret_groups
from services.audit import record
from services.companies import BANNED
from services.followups import Event, follow

UNREGISTERED = "Aucune entreprise n’est inscrite avec ce SIRET. Vérifiez-le, ou inscrivez l’entreprise."
SUSPENDED = "Cette entreprise est suspendue : rien ne peut y être changé. Écrivez-nous pour contester."
_GONE = "Cette demande n’existe plus : elle a été retirée, ou quelqu’un y a déjà répondu."
_NO_MEMBER = "Cette personne ne fait plus partie de l’entreprise."
_MEMBER = "Vous faites déjà partie de cette entreprise."
_ON_FILE = (
    "Les demandes arrivent à l’adresse e-mail de cette personne. Changez d’abord l’adresse de contact de la "
    "fiche, puis retirez-la."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who serves a company. Those who wait and those invited are shown to its admins only."""

    members: tuple[Member, ...]
    waiting: tuple[Member, ...]
    invited: tuple[Invitation, ...]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking to join led to: `accepted` at once for whoever holds the address on file."""

    company_id: int
    accepted: bool


def company_name(company: CompanyRow) -> str:
    """The name a company is known by."""
    return company.identity.custom_name or company.identity.name


def public_name(company: CompanyRow) -> str:
    """The same for those who are not of the company: a sole trader may not be shown by name."""
    return (
        company_name(company)
        if company.diffusible
        else f"l’entreprise {siret_groups(company.identity.siret)}"
    )


def known_role(role: Role) -> Role:
    """The role when it is one of a company; raises `InvalidInputError` on `role`."""
    if role not in COMPANY_ROLES:
        raise InvalidInputError((FieldError("role", "Choisissez un rôle dans la liste.", "choice"),))
    return role


async def joinable(session: ReadSession, siret: str) -> CompanyRow:
    """The registered company of a SIRET; raises `InvalidInputError` on `siret`."""
    compact = compact_siret(siret)
    if fault := siret_fault(compact):
        raise InvalidInputError((fault,))
    company = await companies.by_siret(session, compact)
    if company is not None and company.banned:
        raise InvalidInputError((FieldError("siret", BANNED, "banned"),))
    if company is None or company.proof != "proved":
        raise InvalidInputError((FieldError("siret", UNREGISTERED, "unregistered"),))
    return company


async def ask(session: Session, actor: Actor, siret: str, now: datetime) -> Asked:
    """Ask to join the company of that SIRET as a contact; asking twice is the same.

    Its admins are told by mail; without any, the address on file is. Raises `SignInError`,
    `InvalidInputError` on `siret`, `ConflictError`.
    """
    user = require_account(actor)
    company = await joinable(session, siret)
    if company.id in actor.companies:
        raise ConflictError(_MEMBER)
    await company_rights.grant_contact(session, company.id, now)
    if await company_rights.waiting_of(session, user) >= MAX_ASKED:
        message = f"Vous attendez déjà la réponse de {MAX_ASKED} entreprises. Attendez qu’elles répondent."
        raise ConflictError(message)
    if await company_rights.ask(session, company.id, user, Role.COMPANY_CONTACT, now):
        await record(session, actor, AuditAction.COMPANY_RIGHT_ASKED, "company", company.id, now)
        await _tell_admins(session, company.id, user)
    mine = await company_rights.member(session, company.id, user)
    return Asked(company.id, accepted=mine is not None and mine.accepted)


async def _tell_admins(session: Session, company_id: int, user: UUID) -> None:
    team = await company_rights.team(session, company_id)
    admins = [str(one.user) for one in team if one.accepted and one.role is Role.COMPANY_ADMIN]
    for to in admins or [""]:
        await follow(session, Event.COMPANY_RIGHT_ASKED, company=company_id, user=str(user), to=to)


async def team_of(session: ReadSession, actor: Actor, company_id: int) -> Team:
    """Who serves a company, for its members; raises `NotFoundError` to others."""
    require(actor, Permission.COMPANY_READ, company=company_id)
    may_manage = actor.may(Permission.COMPANY_MEMBERS, company=company_id)
    everybody = await company_rights.team(session, company_id)
    return Team(
        members=tuple(one for one in everybody if one.accepted),
        waiting=tuple(one for one in everybody if not one.accepted) if may_manage else (),
        invited=await invitations.of_company(session, company_id) if may_manage else (),
        may_manage=may_manage,
    )


async def managed(session: Session, actor: Actor, company_id: int) -> CompanyRow:
    """The company, locked, for an admin who changes who serves it; raises as `require`, `ConflictError`."""
    require(actor, Permission.COMPANY_MEMBERS, company=company_id)
    return await _locked(session, company_id)


async def _locked(session: Session, company_id: int) -> CompanyRow:
    company = await companies.lock(session, company_id)
    if company is None:
        raise NotFoundError(_GONE)
    if company.banned:
        raise ConflictError(SUSPENDED)
    return company


async def _waiting(session: ReadSession, company_id: int, user: UUID) -> Member:
    found = await company_rights.member(session, company_id, user)
    if found is None or found.accepted:
        raise ConflictError(_GONE)
    return found


async def accept(
    session: Session, actor: Actor, company_id: int, user: UUID, role: Role, now: datetime
) -> None:
    """Let somebody who asked join, with that role; they are told by mail.

    Raises as `managed`, `InvalidInputError` on `role`, `ConflictError` when they do not wait any more.
    """
    await managed(session, actor, company_id)
    await _waiting(session, company_id, user)
    await company_rights.grant(session, company_id, user, known_role(role), now, by=actor.user)
    await _decided(session, actor, AuditAction.COMPANY_RIGHT_GRANTED, company_id, user, now, role=role)
    await follow(session, Event.COMPANY_RIGHT_ACCEPTED, company=company_id, user=str(user))


async def refuse(session: Session, actor: Actor, company_id: int, user: UUID, now: datetime) -> None:
    """Refuse somebody who asked; they are told by mail. Raises as `accept`."""
    await managed(session, actor, company_id)
    await _waiting(session, company_id, user)
    await company_rights.remove(session, company_id, user)
    await _decided(session, actor, AuditAction.COMPANY_RIGHT_REFUSED, company_id, user, now)
    await follow(session, Event.COMPANY_RIGHT_REFUSED, company=company_id, user=str(user))


async def change_role(
    session: Session, actor: Actor, company_id: int, user: UUID, role: Role, now: datetime
) -> None:
    """Give a member another role; the same again changes nothing.

    Raises as `managed`, `InvalidInputError` on `role`, `ConflictError` for the last admin.
    """
    await managed(session, actor, company_id)
    roles = await _roles(session, company_id)
    if user not in roles:
        raise ConflictError(_NO_MEMBER)
    keep_an_admin(roles, user, known_role(role))
    if roles[user] is role:
        return
    await company_rights.set_role(session, company_id, user, role)
    await _decided(session, actor, AuditAction.COMPANY_RIGHT_CHANGED, company_id, user, now, role=role)
    await follow(session, Event.COMPANY_RIGHT_CHANGED, company=company_id, user=str(user))


async def remove(session: Session, actor: Actor, company_id: int, user: UUID, now: datetime) -> None:
    """Take a member off, or leave: members may leave by themselves, admins take others off.

    Raises as `managed`, and `ConflictError` for the last admin, or for whoever holds the address on file
    when somebody else takes them off: they would come back by it.
    """
    if user == actor.user:
        require(actor, Permission.COMPANY_READ, company=company_id)
        company = await _locked(session, company_id)
    else:
        company = await managed(session, actor, company_id)
    roles = await _roles(session, company_id)
    found = await company_rights.member(session, company_id, user)
    if user not in roles or found is None:
        raise ConflictError(_NO_MEMBER)
    keep_an_admin(roles, user, None)
    if user != actor.user and found.email == company.contact.email.lower():
        raise ConflictError(_ON_FILE)
    await company_rights.remove(session, company_id, user)
    await _decided(session, actor, AuditAction.COMPANY_RIGHT_REMOVED, company_id, user, now)
    await follow(session, Event.COMPANY_RIGHT_REMOVED, company=company_id, user=str(user))


async def _roles(session: ReadSession, company_id: int) -> dict[UUID, Role]:
    team = await company_rights.team(session, company_id)
    return {one.user: one.role for one in team if one.accepted}


async def _decided(  # noqa: PLR0913 - one line of the audit
    session: Session,
    actor: Actor,
    action: AuditAction,
    company_id: int,
    user: UUID,
    now: datetime,
    *,
    role: Role | None = None,
) -> None:
    detail = f"compte {user}" + (f", rôle {role}" if role else "")
    await record(session, actor, action, "company", company_id, now, company=company_id, detail=detail)


async def account_email_of(session: ReadSession, actor: Actor) -> str:
    """The address of the account that asks; empty for nobody."""
    account = await company_rights.account(session, actor.user) if actor.user else None
    return account.email if account else ""
