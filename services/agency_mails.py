"""The mails about agencies and their people: each a job that reads what it is about when it runs.

What is gone since the event (an account, a right granted meanwhile) needs no mail any more.
"""

from uuid import UUID

from data.queries import agencies, agency_rights, users
from data.queries.agencies import AgencyRow
from data.queries.users import User
from data.session import Session
from domain.agency import AgencyStatus
from domain.french import french_date, within
from domain.roles import ROLE_LABELS, Role
from services.emails import Action, Mail, Standing, send
from services.links import KINDS, Purpose, mint
from services.work import Tools, Work

_MINE = Action("Voir mes structures", "/mes-structures")


async def _about(session: Session, work: Work, to: str = "user") -> tuple[AgencyRow, User] | None:
    agency = await agencies.by_id(session, int(work.payload["agency"]))
    person = await users.by_id(session, UUID(work.payload[to]))
    return (agency, person) if agency and person else None


def _mail(template: str, agency: AgencyRow, to: User, action: Action, **words: str) -> Mail:
    return Mail(
        template=template,
        subject_id=str(agency.id),
        recipient=to.email,
        context={"agency": agency.name, **words},
        action=action,
    )


def _space(agency: AgencyRow, rest: str = "") -> str:
    return f"/structure/{agency.id}{rest}"


def _name(person: User) -> str:
    return f"{person.first_name} {person.last_name}".strip() or person.email


def roles_words(roles: frozenset[Role]) -> str:
    """Roles as a French list, by their names: `valideur ou valideuse, administration`."""
    names = [ROLE_LABELS[role].split(" :")[0] for role in Role if role in roles]
    return ", ".join(map(within, names))


async def registered_mail(session: Session, tools: Tools, work: Work) -> None:
    """The registrant is told that a person looks at it."""
    found = await _about(session, work)
    if found and found[0].status is AgencyStatus.TO_REVIEW:
        await send(session, tools, work, _mail("agency_registered", *found, _MINE))


async def activated_mail(session: Session, tools: Tools, work: Work) -> None:
    """Each of its people is told that the agency is open."""
    found = await _about(session, work)
    if found and found[0].status is AgencyStatus.ACTIVE:
        action = Action("Ouvrir ma structure", _space(found[0]))
        await send(session, tools, work, _mail("agency_activated", *found, action))


async def rejected_mail(session: Session, tools: Tools, work: Work) -> None:
    """Each of its people is told why it is refused."""
    found = await _about(session, work)
    if found and found[0].status_reason:
        action = Action("Inscrire une structure", "/structures/inscription")
        mail = _mail("agency_rejected", *found, action, reason=found[0].status_reason)
        await send(session, tools, work, mail)


async def closed_mail(session: Session, tools: Tools, work: Work) -> None:
    """Each of its people is told that the agency is closed, and which one takes over."""
    found = await _about(session, work)
    if found is None:
        return
    other = await agencies.by_id(session, found[0].transferred_to or 0)
    mail = _mail("agency_closed", *found, _MINE, other=other.name if other else "")
    await send(session, tools, work, mail)


async def right_asked_mail(session: Session, tools: Tools, work: Work) -> None:
    """An admin is told who asks to join, while it is to be answered."""
    found = await _about(session, work, "admin")
    asker = await users.by_id(session, UUID(work.payload["user"]))
    if found is None or asker is None:
        return
    right = await agency_rights.member(session, found[0].id, asker.id)
    if right is None or not right.waiting:
        return
    active = found[0].status is AgencyStatus.ACTIVE
    action = Action("Répondre à la demande", _space(found[0], "/membres")) if active else _MINE
    agency, admin = found
    mail = _mail("agency_right_asked", agency, admin, action, person=_name(asker), email=asker.email)
    await send(session, tools, work, mail)


async def _right(session: Session, tools: Tools, work: Work, template: str) -> None:
    found = await _about(session, work)
    right = await agency_rights.member(session, found[0].id, found[1].id) if found else None
    if found and right and not right.waiting:
        action = Action("Ouvrir ma structure", _space(found[0]))
        mail = _mail(template, *found, action, roles=roles_words(right.roles))
        await send(session, tools, work, mail)


async def right_granted_mail(session: Session, tools: Tools, work: Work) -> None:
    """Who asked is told the roles they have."""
    await _right(session, tools, work, "agency_right_granted")


async def right_changed_mail(session: Session, tools: Tools, work: Work) -> None:
    """A member is told the roles they have from now on."""
    await _right(session, tools, work, "agency_right_changed")


async def right_refused_mail(session: Session, tools: Tools, work: Work) -> None:
    """Who asked is told that it is refused, and whom to ask."""
    found = await _about(session, work)
    if found:
        action = Action("Chercher une autre structure", "/structures/rejoindre")
        await send(session, tools, work, _mail("agency_right_refused", *found, action))


async def right_removed_mail(session: Session, tools: Tools, work: Work) -> None:
    """A member is told that they are not one any more."""
    found = await _about(session, work)
    if found and await agency_rights.member(session, found[0].id, found[1].id) is None:
        await send(session, tools, work, _mail("agency_right_removed", *found, _MINE))


async def invitation_mail(session: Session, tools: Tools, work: Work) -> None:
    """A colleague is sent the link that gives them their roles."""
    invitation = await agency_rights.invitation(session, UUID(work.payload["invitation"]))
    if invitation is None or invitation.agency_status is not AgencyStatus.ACTIVE:
        return
    path = await mint(session, tools.secret_key, work, Purpose.JOIN_AGENCY, str(invitation.id))
    words = {
        "agency": invitation.agency,
        "inviter": invitation.inviter or "Votre collègue",
        "roles": roles_words(invitation.roles),
        "life": KINDS[Purpose.JOIN_AGENCY].said,
    }
    mail = Mail(
        template="agency_invitation",
        subject_id=str(invitation.id),
        recipient=invitation.email,
        context=words,
        action=Action("Rejoindre la structure", path),
        standing=Standing.TO_PROVE,
    )
    await send(session, tools, work, mail)


async def delegation_mail(session: Session, tools: Tools, work: Work) -> None:
    """An admin is told that the delegation ends, and when."""
    found = await _about(session, work)
    if found is None or found[0].delegation_ends_on is None or found[0].status is not AgencyStatus.ACTIVE:
        return
    action = Action("Mettre à jour la délégation", _space(found[0], "/modifier"))
    ends = found[0].delegation_ends_on
    mail = _mail("agency_delegation_ending", *found, action, ends=french_date(ends))
    await send(session, tools, work, mail)
