"""Who serves an agency: rights asked, granted, changed, taken back; colleagues invited."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from data.queries import agencies, agency_rights, users
from data.queries.agencies import AgencyRow
from data.queries.agency_rights import InvitationRow, MemberRow
from data.session import ReadSession, Session
from domain.account import account_email
from domain.agency import AgencyStatus, Member
from domain.audit import AuditAction
from domain.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError, NotFoundError
from domain.roles import AGENCY_ROLES, Actor, Permission, Role, permissions_of, require
from services import audit, links
from services.agencies.registering import signed_in
from services.agencies.serving import active, admins, granted, keep_served, locked
from services.discussions.releasing import release
from services.followups import Event, follow
from services.links import Purpose

MOST_FOUND = 20
MOST_INVITED = 50
"""Invitations that wait at once in an agency: nobody writes to the whole world from here."""
_MEMBERS = Permission.AGENCY_MEMBERS
_NO_MEMBER = "Cette personne n’est pas, ou plus, dans la structure."
_OVER = "Cette invitation n’est plus valable. Demandez-en une autre à votre collègue."
_OTHER_ADDRESS = (
    "Cette invitation a été envoyée à une autre adresse que celle de votre compte. "
    "Connectez-vous avec l’adresse qui a reçu l’e-mail, ou demandez une invitation à la vôtre."
)


async def find(session: ReadSession, words: str) -> tuple[AgencyRow, ...]:
    """Agencies by name, town or postal code, to join or claim; none for an empty question."""
    return await agencies.search(session, words, MOST_FOUND) if words.strip() else ()


async def claimed(session: ReadSession, found: Iterable[AgencyRow]) -> frozenset[int]:
    """Those of these agencies that somebody serves, and that can be asked to be joined."""
    return await agency_rights.with_admin(session, [one.id for one in found])


async def ask_to_join(session: Session, actor: Actor, agency_id: int, now: datetime) -> None:
    """Ask for a right on an agency: its admins are told, and one of them answers.

    Asking twice asks once. Raises `NotFoundError`, `ConflictError` when one belongs to it already.
    """
    user = signed_in(actor)
    agency = await locked(session, agency_id)
    people = await agency_rights.members(session, agency_id)
    answering = admins(granted(people))
    if agency.status not in {AgencyStatus.ACTIVE, AgencyStatus.TO_REVIEW} or not answering:
        raise NotFoundError("Personne ne gère cette structure ici : inscrivez-la d’abord.")
    if any(one.user_id == user for one in granted(people)):
        raise ConflictError("Vous faites déjà partie de cette structure.")
    if not await agency_rights.ask(session, agency_id, user, {Role.TO_REVIEW}, now):
        return
    for one in answering:
        ids = {"user": str(user), "admin": str(one.user_id)}
        await follow(session, Event.RIGHT_ASKED, agency=agency_id, **ids)
    await _record(session, actor, AuditAction.RIGHT_ASKED, agency_id, user, now)


def _roles(roles: Iterable[Role]) -> frozenset[Role]:
    """Roles that can be given; raises `InvalidInputError` on `roles`."""
    given = frozenset(roles) & frozenset(AGENCY_ROLES)
    if not given:
        raise InvalidInputError((FieldError("roles", "Cochez au moins un rôle.", "required"),))
    return given


def _named(roles: Iterable[Role]) -> str:
    return ",".join(sorted(roles))


async def _member(session: ReadSession, agency_id: int, user: UUID, *, waiting: bool) -> MemberRow:
    row = await agency_rights.member(session, agency_id, user)
    if row is None or row.waiting is not waiting:
        raise NotFoundError(_NO_MEMBER)
    return row


async def _others(session: ReadSession, agency_id: int, user: UUID) -> list[MemberRow]:
    return [one for one in granted(await agency_rights.members(session, agency_id)) if one.user_id != user]


async def grant(
    session: Session, actor: Actor, agency_id: int, user: UUID, given: Member, now: datetime
) -> None:
    """Give roles to who asked; they are told. Raises `InvalidInputError` on `roles`, `NotFoundError`."""
    require(actor, _MEMBERS, agency=agency_id)
    await active(session, agency_id)
    await _member(session, agency_id, user, waiting=True)
    roles = _roles(given.roles)
    await agency_rights.grant(session, agency_id, user, roles, actor.user, now, notified=given.notified)
    await follow(session, Event.RIGHT_GRANTED, agency=agency_id, user=str(user))
    await _record(session, actor, AuditAction.RIGHT_GRANTED, agency_id, user, now, detail=_named(roles))


async def refuse(session: Session, actor: Actor, agency_id: int, user: UUID, now: datetime) -> None:
    """Refuse who asked; they are told. Raises as `grant`."""
    require(actor, _MEMBERS, agency=agency_id)
    await active(session, agency_id)
    await _member(session, agency_id, user, waiting=True)
    await agency_rights.remove(session, agency_id, user)
    await follow(session, Event.RIGHT_REFUSED, agency=agency_id, user=str(user))
    await _record(session, actor, AuditAction.RIGHT_REFUSED, agency_id, user, now)


async def change(
    session: Session, actor: Actor, agency_id: int, user: UUID, given: Member, now: datetime
) -> None:
    """Give a member other roles; they are told, unless they did it.

    Who may not accompany any more accompanies nobody there. Raises `ConflictError` when the agency would
    lack somebody, else as `grant`.
    """
    require(actor, _MEMBERS, agency=agency_id)
    agency = await active(session, agency_id)
    before = await _member(session, agency_id, user, waiting=False)
    roles = _roles(given.roles)
    if (roles, given.notified) == (before.roles, before.notified):
        return
    others = [one.member for one in await _others(session, agency_id, user)]
    await keep_served(session, agency, [*others, given])
    await agency_rights.grant(session, agency_id, user, roles, actor.user, now, notified=given.notified)
    if Permission.ACCOMPANY not in permissions_of(roles):
        await _end_referrals(session, agency_id, user, now)
    if user != actor.user:
        await follow(session, Event.RIGHT_CHANGED, agency=agency_id, user=str(user))
    detail = f"{_named(before.roles)} → {_named(roles)}"
    await _record(session, actor, AuditAction.RIGHT_CHANGED, agency_id, user, now, detail=detail)


async def remove(session: Session, actor: Actor, agency_id: int, user: UUID, now: datetime) -> None:
    """Take a member off, or leave oneself; who they accompany there is told that it ends.

    Raises `ConflictError` when the agency would lack somebody, else as `grant`.
    """
    require(actor, Permission.AGENCY_READ if user == actor.user else _MEMBERS, agency=agency_id)
    agency = await active(session, agency_id)
    before = await _member(session, agency_id, user, waiting=False)
    await keep_served(session, agency, [one.member for one in await _others(session, agency_id, user)])
    await agency_rights.remove(session, agency_id, user)
    await _end_referrals(session, agency_id, user, now)
    if user != actor.user:
        await follow(session, Event.RIGHT_REMOVED, agency=agency_id, user=str(user))
    detail = _named(before.roles)
    await _record(session, actor, AuditAction.RIGHT_REMOVED, agency_id, user, now, detail=detail)


async def _end_referrals(session: Session, agency_id: int, user: UUID, now: datetime) -> None:
    for ended in await agency_rights.end_referrals(session, agency_id, "member_left", now, user):
        await follow(session, Event.REFERRAL_ENDED, referral=ended)
    await release(session, now)


async def invite(
    session: Session, actor: Actor, agency_id: int, email: str, roles: Iterable[Role], now: datetime
) -> None:
    """Send a colleague a link that gives them these roles once they sign in with that address.

    Inviting again sends a new link. Raises `InvalidInputError` on `email` or `roles`, `ConflictError`
    when the person is a member.
    """
    require(actor, _MEMBERS, agency=agency_id)
    await active(session, agency_id)
    address, given = account_email(email), _roles(roles)
    rows = granted(await agency_rights.members(session, agency_id))
    if any(one.email == address for one in rows):
        raise InvalidInputError(
            (FieldError("email", "Cette personne est déjà dans la structure.", "member"),)
        )
    waiting = {one.email for one in await agency_rights.invitations(session, agency_id)}
    if len(waiting - {address}) >= MOST_INVITED:
        message = f"{MOST_INVITED} invitations attendent déjà. Retirez-en une avant d’inviter quelqu’un."
        raise InvalidInputError((FieldError("email", message, "too_many"),))
    invitation = await agency_rights.invite(session, agency_id, address, given, actor.user, now)
    await follow(session, Event.AGENT_INVITED, invitation=str(invitation))
    await _record(
        session, actor, AuditAction.COLLEAGUE_INVITED, agency_id, invitation, now, detail=_named(given)
    )


async def uninvite(session: Session, actor: Actor, agency_id: int, invitation_id: UUID) -> None:
    """Take an invitation back: its link opens nothing. Raises `NotFoundError`."""
    require(actor, _MEMBERS, agency=agency_id)
    invitation = await agency_rights.invitation(session, invitation_id)
    if invitation is None or invitation.agency_id != agency_id:
        raise NotFoundError(_OVER)
    await agency_rights.uninvite(session, invitation_id)


async def invitation_of(session: Session, token: str, now: datetime) -> InvitationRow:
    """What a link invites to; burns nothing. Raises `NotFoundError` or `ExpiredError`."""
    link = await links.find(session, token, Purpose.JOIN_AGENCY, now)
    links.check_unused(Purpose.JOIN_AGENCY, link)
    return await _invitation(session, link.subject_id)


async def _invitation(session: ReadSession, subject_id: str) -> InvitationRow:
    invitation = await agency_rights.invitation(session, UUID(subject_id))
    if invitation is None or invitation.agency_status is not AgencyStatus.ACTIVE:
        raise NotFoundError(_OVER)
    return invitation


async def accept(session: Session, actor: Actor, token: str, now: datetime) -> int:
    """Use a link: the account, whose address was invited, has the roles offered. Gives the agency's id.

    Raises `ForbiddenError` for another address, `NotFoundError`, `ExpiredError`.
    """
    user = signed_in(actor)
    link = await links.find(session, token, Purpose.JOIN_AGENCY, now)
    invitation = await _invitation(session, link.subject_id)
    account = await users.by_id(session, user)
    if account is None or account.email != invitation.email:
        raise ForbiddenError(_OTHER_ADDRESS)
    agency = await active(session, invitation.agency_id)
    await links.use(session, Purpose.JOIN_AGENCY, link, now)
    before = await agency_rights.member(session, agency.id, user)
    kept = frozenset[Role]() if before is None or before.waiting else before.roles
    await agency_rights.grant(session, agency.id, user, kept | invitation.roles, actor.user, now)
    await agency_rights.uninvite(session, invitation.id)
    await _record(
        session, actor, AuditAction.RIGHT_GRANTED, agency.id, user, now, detail=_named(invitation.roles)
    )
    return agency.id


async def _record(  # noqa: PLR0913 - what every line of this file tells
    session: Session,
    actor: Actor,
    action: AuditAction,
    agency_id: int,
    user: UUID,
    now: datetime,
    *,
    detail: str = "",
) -> None:
    await audit.record(session, actor, action, "account", user, now, agency=agency_id, detail=detail)
