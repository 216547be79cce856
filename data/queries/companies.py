"""Companies as their owners and the back office handle them: claimed, changed, opted out.

What the public sees is in `company_page`, what search ranks in `index`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, and_, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import companies, offers
from domain.company import Contact, Identity
from domain.offer import OfferForm
from domain.search import ContactMode, DisabledFit, RemoteMode

_c, _o = companies.c, offers.c

Proof = Literal["proved", "public_register"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRow:
    """A company as kept, in the shapes of its form."""

    id: int
    proof: Proof
    identity: Identity
    contact: Contact
    diffusible: bool
    banned: bool
    opted_out: bool
    updated_at: datetime
    """Changes with everything its form holds: whoever edits it says which one they started from."""


def _select() -> Select[Any]:
    return select(companies)


def _row(row: Any) -> CompanyRow:  # noqa: ANN401 - a row of _select
    return CompanyRow(
        id=row.id,
        proof=row.proof,
        identity=Identity(
            siret=row.siret,
            name=row.name,
            custom_name=row.custom_name,
            naf=row.naf or "",
            headcount=row.headcount,
            website=row.website,
            additional_information=row.additional_information,
            engaged=row.engaged,
        ),
        contact=Contact(
            mode=ContactMode(row.contact_mode),
            name=row.contact_name,
            job=row.contact_job,
            email=row.contact_email,
            phone=row.contact_phone,
            for_job_seekers=row.for_job_seekers,
            for_pupils=row.for_pupils,
            max_contacts_per_month=row.max_contacts_per_month,
            fit_for_disabled_workers=DisabledFit(row.fit_for_disabled_workers),
        ),
        diffusible=row.diffusible,
        banned=row.banned_at is not None,
        opted_out=row.opted_out_at is not None,
        updated_at=row.updated_at,
    )


async def by_siret(session: ReadSession, siret: str) -> CompanyRow | None:
    """The company of that SIRET."""
    row = (await session.execute(_select().where(_c.siret == siret))).one_or_none()
    return _row(row) if row else None


async def by_id(session: ReadSession, company_id: int) -> CompanyRow | None:
    """The company of that id."""
    row = (await session.execute(_select().where(_c.id == company_id))).one_or_none()
    return _row(row) if row else None


async def lock(session: Session, company_id: int) -> CompanyRow | None:
    """The company of that id, locked until the end of the transaction."""
    row = (await session.execute(_select().where(_c.id == company_id).with_for_update())).one_or_none()
    return _row(row) if row else None


async def lock_by_siret(session: Session, siret: str) -> CompanyRow | None:
    """The company of that SIRET, locked until the end of the transaction."""
    row = (await session.execute(_select().where(_c.siret == siret).with_for_update())).one_or_none()
    return _row(row) if row else None


def _values(identity: Identity, contact: Contact) -> dict[str, Any]:
    return {
        "name": identity.name,
        "custom_name": identity.custom_name,
        "naf": identity.naf or None,
        "headcount": identity.headcount,
        "website": identity.website,
        "additional_information": identity.additional_information,
        "engaged": identity.engaged,
        "contact_mode": contact.mode,
        "contact_name": contact.name,
        "contact_job": contact.job,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "for_job_seekers": contact.for_job_seekers,
        "for_pupils": contact.for_pupils,
        "max_contacts_per_month": contact.max_contacts_per_month,
        "fit_for_disabled_workers": contact.fit_for_disabled_workers,
    }


async def claim(
    session: Session, identity: Identity, contact: Contact, now: datetime, *, diffusible: bool
) -> int | None:
    """Make the company proved: a new row, or the « potentiel » of that SIRET claimed by its people.

    Gives its id, or None when it is already proved, or banned: then nothing is changed. Two claims at
    once end one after the other on the SIRET, and the second is refused.
    """
    values = _values(identity, contact) | {
        "proof": "proved",
        "source": "form",
        "diffusible": diffusible,
        "updated_at": now,
        "opted_out_at": None,
        "closed_at": None,
    }
    statement = insert(companies).values(siret=identity.siret, created_at=now, **values)
    upsert = statement.on_conflict_do_update(
        index_elements=[_c.siret],
        set_=values,
        where=and_(_c.proof == "public_register", _c.banned_at.is_(None)),
    ).returning(_c.id)
    company_id: int | None = (await session.execute(upsert)).scalar_one_or_none()
    return company_id


async def change(
    session: Session, company_id: int, identity: Identity, contact: Contact, now: datetime
) -> None:
    """Write what its owner changed; SIRET and proof stay. From now on no import writes over it."""
    values = _values(identity, contact) | {"source": "form", "updated_at": now}
    await session.execute(update(companies).where(_c.id == company_id).values(**values))


async def change_email(session: Session, company_id: int, email: str, now: datetime) -> None:
    """A new address was proved: it replaces the old one."""
    statement = update(companies).where(_c.id == company_id)
    await session.execute(statement.values(contact_email=email, source="form", updated_at=now))


async def opt_out(session: Session, company_id: int, now: datetime) -> None:
    """A « potentiel » leaves for good; only a claim brings it back."""
    await session.execute(update(companies).where(_c.id == company_id).values(opted_out_at=now))


async def offers_of(session: ReadSession, company_id: int) -> tuple[OfferForm, ...]:
    """The company's offers in the shape of the form, oldest first."""
    query = select(offers).where(_o.company_id == company_id).order_by(_o.id)
    return tuple(
        OfferForm(
            rome=row.rome,
            appellation=row.appellation or "",
            label=row.label,
            remote_mode=RemoteMode(row.remote_mode),
            skills=tuple(row.skills),
            text=row.text,
        )
        for row in await session.execute(query)
    )


def _offer_values(company_id: int, offer: OfferForm) -> Mapping[str, Any]:
    return {
        "company_id": company_id,
        "rome": offer.rome,
        "appellation": offer.appellation or None,
        "label": offer.label,
        "remote_mode": offer.remote_mode,
        "skills": list(offer.skills),
        "text": offer.text,
    }


async def replace_offers(session: Session, company_id: int, listed: Sequence[OfferForm]) -> None:
    """Make the offers those listed; one that stays keeps its id, so that its address lives on."""
    kept = [(offer.rome, offer.label) for offer in listed]
    stale = and_(_o.company_id == company_id, tuple_(_o.rome, _o.label).not_in(kept))
    await session.execute(delete(offers).where(stale))
    statement = insert(offers).values([_offer_values(company_id, offer) for offer in listed])
    changed = {name: statement.excluded[name] for name in ("appellation", "remote_mode", "skills", "text")}
    await session.execute(
        statement.on_conflict_do_update(index_elements=[_o.company_id, _o.rome, _o.label], set_=changed)
    )
