"""Templates of conventions: what an agency or a company writes each time, kept without anybody's person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from data.queries import companies, convention_templates, referrals
from data.queries.convention_templates import TemplateRow
from data.session import ReadSession, Session
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.roles import Actor, Permission, require_account
from domain.terms import Activity, Beneficiary, Contact, Coverage, Employer, Terms
from domain.terms_checks import tidied
from domain.values import clean_line

MAX_LABEL, MOST = 100, 50
_HIDDEN = "Ce modèle n’existe pas, ou n’est pas ouvert à votre compte."
_FULL = f"Il y a déjà {MOST} modèles ici. Supprimez-en un, puis enregistrez celui-ci."


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose template it is: `key` is `agency-12` or `company-34`."""

    key: str
    name: str


def _owners(actor: Actor) -> tuple[list[int], list[int]]:
    agencies = [one for one in actor.agencies if actor.may(Permission.ACCOMPANY, agency=one)]
    return agencies, [one for one in actor.companies if actor.may(Permission.COMPANY_ANSWER, company=one)]


async def owners(session: ReadSession, actor: Actor) -> tuple[Owner, ...]:
    """The agencies and companies for which this account keeps templates."""
    agency_ids, company_ids = _owners(actor)
    found = [Owner(f"agency-{one}", name) for one, name in await referrals.agency_names(session, agency_ids)]
    for one in company_ids:
        company = await companies.by_id(session, one)
        if company is not None:
            found.append(Owner(f"company-{one}", company.identity.name))
    return tuple(found)


async def listed(session: ReadSession, actor: Actor) -> Sequence[TemplateRow]:
    """The templates this account may use."""
    return await convention_templates.of_owners(session, *_owners(actor))


async def template_terms(session: ReadSession, actor: Actor, template: UUID) -> Terms:
    """The document of a template; raises `NotFoundError`."""
    return (await _read(session, actor, template)).terms


async def _read(session: ReadSession, actor: Actor, template: UUID) -> TemplateRow:
    row = await convention_templates.by_id(session, template)
    agency_ids, company_ids = _owners(actor)
    if row is None or (row.agency_id not in agency_ids and row.company_id not in company_ids):
        raise NotFoundError(_HIDDEN)
    return row


async def save(session: Session, actor: Actor, terms: Terms, owner: str, label: str, now: datetime) -> UUID:
    """Keep a document as a template; raises `InvalidInputError` on `label` or `owner`, `ConflictError`."""
    user, tidy = require_account(actor), clean_line(label)
    if not 0 < len(tidy) <= MAX_LABEL:
        said = f"Donnez un nom à ce modèle, en {MAX_LABEL} caractères au plus."
        raise InvalidInputError((FieldError("label", said, "required"),))
    agency_ids, company_ids = _owners(actor)
    kind, _, number = owner.partition("-")
    owned = {"agency": agency_ids, "company": company_ids}.get(kind, [])
    mine = next((one for one in owned if str(one) == number), None)
    if mine is None:
        said = "Choisissez pour qui ce modèle est gardé."
        raise InvalidInputError((FieldError("owner", said, "owner"),))
    held = await convention_templates.of_owners(
        session, [mine] if kind == "agency" else [], [mine] if kind == "company" else []
    )
    if len(held) >= MOST:
        raise ConflictError(_FULL)
    values = {f"{kind}_id": mine, "label": tidy, "created_by": user, "created_at": now}
    return await convention_templates.add(session, values, without_person(tidied(terms)))


async def remove(session: Session, actor: Actor, template: UUID) -> None:
    """Delete a template; raises `NotFoundError`."""
    await convention_templates.remove(session, (await _read(session, actor, template)).id)


def without_person(terms: Terms) -> Terms:
    """What may serve again for somebody else: no person, no employer, no dates; the week stays.

    Who signs for the company, its tutor and the referent stay, as long as `domain.retention` says.
    """
    activity = terms.activity
    kept = Activity(
        rome=activity.rome,
        job=activity.job,
        assessed_how=activity.assessed_how,
        tasks=activity.tasks,
        skills=activity.skills,
        safety=activity.safety,
        gratuity=activity.gratuity,
    )
    return replace(
        terms,
        beneficiary=Beneficiary(),
        representative=Contact(),
        employed=False,
        employer=Employer(),
        coverage=Coverage.PRESCRIBER,
        activity=kept,
        starts_on=None,
        ends_on=None,
        renews="",
        renewal_reason="",
    )
