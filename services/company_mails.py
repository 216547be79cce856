"""The mails about a company: each a job that reads what it is about when it runs, and mints its link.

What is gone since the event (a registration dropped, a company banned) needs no mail any more.
"""

from uuid import UUID

from data.queries import companies, registrations
from data.queries.companies import CompanyRow
from data.queries.registrations import RegistrationRow
from data.session import Session
from domain.company import CHECK_LABELS, Identity, RegistrationStatus, needs_check
from domain.values import siret_groups
from services.drafts import Registration, seen
from services.emails import Action, Mail, Standing, send
from services.links import KINDS, Purpose, mint
from services.work import Tools, Work


def _name(identity: Identity) -> str:
    return identity.custom_name or identity.name


def _page(siret: str) -> str:
    return f"/entreprises/{siret}"


async def _registration(
    session: Session, work: Work, *statuses: RegistrationStatus
) -> tuple[RegistrationRow, Registration] | None:
    row = await registrations.by_id(session, UUID(work.payload["registration"]))
    return (row, seen(row)) if row and row.status in statuses else None


async def _company(session: Session, work: Work) -> CompanyRow | None:
    company = await companies.by_id(session, int(work.payload["company"]))
    return company if company and company.proof == "proved" and not company.banned else None


async def _proof(session: Session, tools: Tools, work: Work, template: str, label: str) -> None:
    found = await _registration(session, work, RegistrationStatus.TO_PROVE)
    if found is None:
        return
    row, draft = found
    path = await mint(session, tools.secret_key, work, Purpose.PROVE, str(row.id))
    words = {
        "company": _name(draft.form.identity),
        "siret": siret_groups(row.siret),
        "life": KINDS[Purpose.PROVE].said,
    }
    mail = Mail(
        template=template,
        subject_id=str(row.id),
        recipient=row.email,
        context=words,
        action=Action(label, path),
        standing=Standing.TO_PROVE,
    )
    await send(session, tools, work, mail)


async def proof_mail(session: Session, tools: Tools, work: Work) -> None:
    """The link that proves a registrant's address, and publishes the company."""
    await _proof(session, tools, work, "company_proof", "Confirmer l’inscription")


async def new_address_mail(session: Session, tools: Tools, work: Work) -> None:
    """The link that proves the new address of a company."""
    await _proof(session, tools, work, "company_new_address", "Confirmer la nouvelle adresse")


async def to_check_mail(session: Session, tools: Tools, work: Work) -> None:
    """A person looks at the registration first, and why."""
    found = await _registration(session, work, RegistrationStatus.TO_CHECK)
    if found is None:
        return
    row, draft = found
    reason = needs_check(draft.form)
    why = CHECK_LABELS[reason] if reason else "Elle demande un regard humain."
    template = "company_address_to_check" if draft.editing else "company_to_check"
    words = {"company": _name(draft.form.identity), "why": why[0].lower() + why[1:]}
    mail = Mail(template=template, subject_id=str(row.id), recipient=row.email, context=words)
    await send(session, tools, work, mail)


async def refused_mail(session: Session, tools: Tools, work: Work) -> None:
    """The back office refused, with its reason."""
    found = await _registration(session, work, RegistrationStatus.REFUSED)
    if found is None:
        return
    row, draft = found
    again = Action("Refaire l’inscription", "/entreprises/inscription")
    mail = Mail(
        template="company_address_refused" if draft.editing else "company_refused",
        subject_id=str(row.id),
        recipient=row.email,
        context={"company": _name(draft.form.identity), "reason": draft.refusal},
        action=Action("Voir la fiche", _page(row.siret)) if draft.editing else again,
    )
    await send(session, tools, work, mail)


async def published_mail(session: Session, tools: Tools, work: Work) -> None:
    """The company is found from now on."""
    company = await _company(session, work)
    if company is None:
        return
    mail = Mail(
        template="company_published",
        subject_id=str(company.id),
        recipient=company.contact.email,
        context={"company": _name(company.identity)},
        action=Action("Voir ma fiche", _page(company.identity.siret)),
        standing=Standing.PROVED,
    )
    await send(session, tools, work, mail)


async def edit_mail(session: Session, tools: Tools, work: Work) -> None:
    """The link that opens the company's file to changes, to the address on file."""
    company = await _company(session, work)
    if company is None or not company.contact.email:
        return
    path = await mint(session, tools.secret_key, work, Purpose.EDIT, str(company.id))
    mail = Mail(
        template="company_edit",
        subject_id=str(company.id),
        recipient=company.contact.email,
        context={"company": _name(company.identity), "life": KINDS[Purpose.EDIT].said},
        action=Action("Modifier ma fiche", path),
    )
    await send(session, tools, work, mail)


async def address_notice_mail(session: Session, tools: Tools, work: Work) -> None:
    """The address on file is told that another is to replace it, and may block it while it can be."""
    found = await _registration(session, work, RegistrationStatus.TO_PROVE, RegistrationStatus.TO_CHECK)
    company = await _company(session, work)
    if found is None or company is None:
        return
    path = await mint(session, tools.secret_key, work, Purpose.KEEP_ADDRESS, str(found[0].id))
    mail = Mail(
        template="company_address_notice",
        subject_id=str(company.id),
        recipient=company.contact.email,
        context={"company": _name(company.identity)},
        action=Action("Ce n’est pas moi", path),
    )
    await send(session, tools, work, mail)
