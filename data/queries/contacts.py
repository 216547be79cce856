"""What a request is made to: one offer, with what decides whether its company takes requests now."""

from dataclasses import dataclass

from sqlalchemy import func, select

from data.session import ReadSession
from data.tables import companies, offers
from domain.search import ContactMode

_o, _c = offers.c, companies.c


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAsked:
    """One offer and how its company is reached."""

    offer_id: int
    company_id: int
    siret: str
    company: str
    rome: str
    label: str
    contact_mode: ContactMode
    contact_name: str
    diffusible: bool


async def offer(session: ReadSession, offer_id: int) -> OfferAsked | None:
    """An offer of a company that is neither gone nor banned."""
    query = (
        select(
            _o.id.label("offer_id"),
            *(_o.company_id, _o.rome, _o.label),
            *(_c.siret, _c.contact_mode, _c.contact_name, _c.diffusible),
            func.coalesce(func.nullif(_c.custom_name, ""), _c.name).label("company"),
        )
        .join(companies, _c.id == _o.company_id)
        .where(_o.id == offer_id, _c.closed_at.is_(None), _c.banned_at.is_(None), _c.opted_out_at.is_(None))
    )
    row = (await session.execute(query)).mappings().one_or_none()
    return OfferAsked(**{**row, "contact_mode": ContactMode(row["contact_mode"])}) if row else None
