"""A proved company changes its file: through a link sent to the address on file, or from its space.

Two people may edit at once: whoever saves second is told, and overwrites nothing.
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from data.queries import companies, company_rights, places, registrations
from data.queries import links as link_rows
from data.queries.companies import CompanyRow
from data.queries.registrations import RegistrationRow
from data.session import Session
from domain.audit import AuditAction
from domain.company import CompanyForm, RegistrationStatus, siret_fault
from domain.errors import ConflictError, NotFoundError, StaleError
from domain.roles import NOBODY, Actor, Permission, require
from domain.values import compact_siret
from services import links
from services.audit import record
from services.companies import republish
from services.discussions.answering import readdress
from services.drafts import (
    FORM_STEPS,
    Kept,
    Registration,
    check_holder,
    data_of,
    emptied,
    seen,
    written,
)
from services.followups import Event, follow
from services.links import Purpose

TOKEN_BYTES = 32
QUIET = timedelta(minutes=1)
STALE = (
    "Quelqu’un d’autre a modifié la fiche pendant que vous la remplissiez. Rien n’a été écrasé, et vos "
    "changements ne sont pas enregistrés. Rouvrez la fiche pour les refaire sur la version à jour."
)
DROPPED = "Ce changement d’adresse n’est plus en cours : l’adresse actuelle reste sur la fiche."
REPLACED = "La nouvelle adresse est déjà confirmée. Écrivez-nous : le contact est dans les mentions légales."
NOT_ASKED = "La personne qui lit l’adresse actuelle de la fiche dit ne pas avoir demandé ce changement."
GONE = "Cette entreprise n’est plus dans l’annuaire. Écrivez-nous si c’est une erreur."


async def request_edit(session: Session, siret: str, now: datetime) -> None:
    """Send the edit link to the address on file; says nothing of whether there is one.

    Asked again within a minute of a link (an impatient second click), it sends no other.
    """
    compact = compact_siret(siret)
    company = None if siret_fault(compact) else await companies.by_siret(session, compact)
    if company is None or company.proof != "proved" or company.banned:
        return
    if not await links.sent_since(session, Purpose.EDIT, str(company.id), now - QUIET):
        await follow(session, Event.EDIT_ASKED, company=company.id)


async def open_edit(session: Session, link_token: str, now: datetime) -> tuple[str, Registration]:
    """Open the company's file as a draft: the browser's token and the draft, every step already filled.

    The link serves once. Raises `NotFoundError` or `ExpiredError`.
    """
    link = await links.find(session, link_token, Purpose.EDIT, now)
    await links.use(session, Purpose.EDIT, link, now)
    return await _opened(session, await _editable(session, int(link.subject_id)), now)


async def open_from_space(
    session: Session, actor: Actor, company_id: int, now: datetime
) -> tuple[str, Registration]:
    """The same, for an account that administers the company: only that account saves it.

    Raises `NotFoundError`, or `ForbiddenError` for a member who does not administer it.
    """
    require(actor, Permission.COMPANY_EDIT, company=company_id)
    return await _opened(session, await _editable(session, company_id), now, actor)


async def _opened(
    session: Session, company: CompanyRow, now: datetime, actor: Actor = NOBODY
) -> tuple[str, Registration]:
    listed = await places.places_of(session, company.id)
    form = CompanyForm(
        identity=company.identity,
        places=tuple(
            replace(row.place, point=None if row.approximate else row.place.point) for row in listed
        ),
        offers=await companies.offers_of(session, company.id),
        contact=company.contact,
    )
    kept = Kept(
        form=form,
        done=FORM_STEPS,
        diffusible=company.diffusible,
        editor=actor.user,
        version=company.updated_at,
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    siret = company.identity.siret
    row = await registrations.start(session, token, siret, data_of(kept), now, company.id)
    return token, seen(row)


async def _editable(session: Session, company_id: int) -> CompanyRow:
    company = await companies.lock(session, company_id)
    if company is None or company.banned or company.proof != "proved":
        raise NotFoundError(GONE)
    return company


async def submit_edit(
    session: Session, row: RegistrationRow, draft: Registration, now: datetime, actor: Actor
) -> Registration:
    """Publish what a locked edit changes; a new address is proved before it replaces the old one.

    Until then the company keeps the address on file, which is told that a change was asked.
    """
    if row.company_id is None:
        raise ConflictError(GONE)
    if draft.editor is not None:
        check_holder(draft, actor)
        require(actor, Permission.COMPANY_EDIT, company=row.company_id)
    company = await _editable(session, row.company_id)
    if draft.version is not None and draft.version != company.updated_at:
        raise StaleError(STALE)
    typed = draft.form.contact
    same = typed.email.casefold() == company.contact.email.casefold()
    kept = draft.form if same else replace(draft.form, contact=replace(typed, email=company.contact.email))
    await republish(session, company.id, kept, now)
    await record(session, actor, AuditAction.COMPANY_EDITED, "company", company.id, now, company=company.id)
    if same:
        await registrations.save(session, emptied(row, now), now)
        return replace(draft, status=RegistrationStatus.PUBLISHED, updated_at=now)
    sent = replace(draft, status=RegistrationStatus.TO_PROVE, version=now, updated_at=now)
    await registrations.save(session, written(row, sent, now), now)
    await follow(session, Event.EMAIL_CHANGE_ASKED, registration=str(row.id), company=company.id)
    return sent


async def prove_address(session: Session, row: RegistrationRow, now: datetime) -> None:
    """The new address of a locked edit is proved: it replaces the old one, and nothing else changes."""
    company = await _editable(session, row.company_id or 0)
    await companies.change_email(session, company.id, row.email, now)
    await readdress(session, company.id)
    await company_rights.grant_contact(session, company.id, now)
    await registrations.save(session, emptied(row, now), now)


async def keep_address(session: Session, link_token: str, now: datetime) -> None:
    """« Ce n’est pas moi »: whoever reads the address on file blocks its change, by a link sent there.

    The edit under way is refused, its proof link dies, and the new address is told. Raises
    `NotFoundError` or `ExpiredError` for the link, `ConflictError` when the change is done already.
    """
    link = await links.find(session, link_token, Purpose.KEEP_ADDRESS, now)
    await links.use(session, Purpose.KEEP_ADDRESS, link, now)
    row = await registrations.lock(session, UUID(link.subject_id))
    if row is None or row.company_id is None:
        raise NotFoundError(DROPPED)
    if row.status is RegistrationStatus.PUBLISHED:
        raise ConflictError(REPLACED)
    refused = replace(seen(row), status=RegistrationStatus.REFUSED, refusal=NOT_ASKED)
    await registrations.save(session, written(row, refused, now), now)
    await link_rows.revoke(session, Purpose.PROVE, str(row.id))
    await record(session, NOBODY, AuditAction.COMPANY_ADDRESS_KEPT, "company", row.company_id, now)
    await follow(session, Event.REGISTRATION_REFUSED, registration=str(row.id))
