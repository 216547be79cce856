"""The mails of a company's space: its people, its bans, whether its file still holds.

Each is written when it is sent: what has changed since needs no mail any more.
"""

from dataclasses import dataclass
from uuid import UUID

from data.queries import companies, company_rights, invitations, moderation
from data.queries.company_rights import Member
from data.session import Session
from domain.roles import ROLE_LABELS
from domain.values import siret_groups
from services.company_rights import company_name, public_name
from services.emails import Action, Mail, send
from services.links import KINDS, Purpose, mint
from services.work import Tools, Work

_LIST = "/entreprise"


@dataclass(frozen=True, slots=True)
class _Right:
    """A company that stands, and the right of the person a mail is about, None when they have none."""

    company_id: int
    name: str
    public_name: str
    member: Member | None


async def _right(session: Session, work: Work) -> _Right | None:
    company = await companies.by_id(session, int(work.payload["company"]))
    if company is None or company.banned:
        return None
    user = UUID(work.payload["user"])
    member = await company_rights.member(session, company.id, user)
    return _Right(company.id, company_name(company), public_name(company), member)


async def asked_mail(session: Session, tools: Tools, work: Work) -> None:
    """An admin, or the address on file when there is none, is told that somebody asks to join."""
    right = await _right(session, work)
    if right is None or right.member is None or right.member.accepted:
        return
    recipient = await _recipient(session, right.company_id, str(work.payload["to"]))
    if not recipient:
        return
    mail = Mail(
        template="company_right_asked",
        subject_id=str(right.company_id),
        recipient=recipient,
        context={"company": right.name, "person": right.member.name, "email": right.member.email},
        action=Action("Répondre à la demande", f"{_LIST}/{right.company_id}/equipe"),
    )
    await send(session, tools, work, mail)


async def _recipient(session: Session, company_id: int, to: str) -> str:
    """The address of a member still accepted, or the one on file; empty when there is none."""
    if to:
        found = await company_rights.member(session, company_id, UUID(to))
        return found.email if found and found.accepted else ""
    company = await companies.by_id(session, company_id)
    return company.contact.email if company else ""


async def _granted(session: Session, tools: Tools, work: Work, template: str) -> None:
    right = await _right(session, work)
    if right is None or right.member is None or not right.member.accepted:
        return
    mail = Mail(
        template=template,
        subject_id=str(right.company_id),
        recipient=right.member.email,
        context={"company": right.name, "role": ROLE_LABELS[right.member.role]},
        action=Action("Ouvrir l’espace de l’entreprise", f"{_LIST}/{right.company_id}"),
    )
    await send(session, tools, work, mail)


async def accepted_mail(session: Session, tools: Tools, work: Work) -> None:
    """Somebody who asked is let in, as what."""
    await _granted(session, tools, work, "company_right_accepted")


async def changed_mail(session: Session, tools: Tools, work: Work) -> None:
    """A member has another role."""
    await _granted(session, tools, work, "company_right_changed")


async def _left(session: Session, tools: Tools, work: Work, template: str) -> None:
    right = await _right(session, work)
    account = await company_rights.account(session, UUID(work.payload["user"]))
    if right is None or account is None or right.member is not None:
        return
    mail = Mail(
        template=template,
        subject_id=str(right.company_id),
        recipient=account.email,
        context={"company": right.public_name},
        action=Action("Voir mes entreprises", _LIST),
    )
    await send(session, tools, work, mail)


async def refused_mail(session: Session, tools: Tools, work: Work) -> None:
    """Somebody who asked is not let in."""
    await _left(session, tools, work, "company_right_refused")


async def removed_mail(session: Session, tools: Tools, work: Work) -> None:
    """A member is one no longer."""
    await _left(session, tools, work, "company_right_removed")


async def invitation_mail(session: Session, tools: Tools, work: Work) -> None:
    """The link by which somebody invited joins."""
    found = await invitations.by_id(session, UUID(work.payload["invitation"]))
    if found is None or found.banned:
        return
    path = await mint(session, tools.secret_key, work, Purpose.JOIN, str(found.id))
    mail = Mail(
        template="company_invitation",
        subject_id=str(found.id),
        recipient=found.email,
        context={
            "company": found.company,
            "siret": siret_groups(found.siret),
            "person": found.by or "Un collègue",
            "role": ROLE_LABELS[found.role],
            "life": KINDS[Purpose.JOIN].said,
        },
        action=Action("Voir l’invitation", path),
    )
    await send(session, tools, work, mail)


async def _to_its_people(session: Session, work: Work) -> tuple[moderation.Moderated, str] | None:
    """The company, and the address to tell: not the one on file again when a member has it."""
    company_id, to = int(work.payload["company"]), str(work.payload["to"])
    found = await moderation.by_id(session, company_id)
    recipient = await _recipient(session, company_id, to) if found else ""
    if found is None or not recipient or (to and recipient == found.contact_email.lower()):
        return None
    return found, recipient


async def banned_mail(session: Session, tools: Tools, work: Work) -> None:
    """The company is banned, why, and how to contest."""
    found = await _to_its_people(session, work)
    if found is None or found[0].banned_at is None:
        return
    company, recipient = found
    mail = Mail(
        template="company_banned",
        subject_id=str(company.id),
        recipient=recipient,
        context={"company": company.name, "reason": company.ban_reason},
        action=Action("Nous écrire", "/mentions-legales"),
    )
    await send(session, tools, work, mail)


async def unbanned_mail(session: Session, tools: Tools, work: Work) -> None:
    """The company is let back."""
    found = await _to_its_people(session, work)
    if found is None or found[0].banned_at is not None:
        return
    company, recipient = found
    mail = Mail(
        template="company_unbanned",
        subject_id=str(company.id),
        recipient=recipient,
        context={"company": company.name},
        action=Action("Voir la fiche", f"/entreprises/{company.siret}"),
    )
    await send(session, tools, work, mail)


async def nudge_mail(session: Session, tools: Tools, work: Work) -> None:
    """Does the file still hold? One link says yes."""
    company = await companies.by_id(session, int(work.payload["company"]))
    if company is None or company.banned or company.proof != "proved" or not company.contact.email:
        return
    path = await mint(session, tools.secret_key, work, Purpose.UP_TO_DATE, str(company.id))
    mail = Mail(
        template="company_nudge",
        subject_id=str(company.id),
        recipient=company.contact.email,
        context={"company": company_name(company), "life": KINDS[Purpose.UP_TO_DATE].said},
        action=Action("Ma fiche est à jour", path),
    )
    await send(session, tools, work, mail)
