"""What is known before a convention is written: the person, the company's address, its activity in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from data.session import ReadSession
from data.tables import (
    beneficiaries,
    company_places,
    conventions,
    naf_codes,
    naf_divisions,
    offers,
    users,
)
from domain.convention import ENDED, Status
from domain.values import naf_division

_b, _u, _p, _o, _c = beneficiaries.c, users.c, company_places.c, offers.c, conventions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person's file, with what their account says when they have one."""

    first_name: str
    last_name: str
    email: str
    phone: str
    insee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a company is."""

    address: str
    postal_code: str
    city: str
    insee: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The offer that a request was about: what the person will do there, the skills it wants."""

    text: str
    skills: tuple[str, ...]


async def person(session: ReadSession, beneficiary: UUID) -> Person | None:
    """One person."""
    query = (
        select(
            func.coalesce(func.nullif(_b.first_name, ""), _u.first_name, "").label("first_name"),
            func.coalesce(func.nullif(_b.last_name, ""), _u.last_name, "").label("last_name"),
            func.coalesce(_u.email, _b.email, "").label("email"),
            func.coalesce(_u.phone, "").label("phone"),
            func.coalesce(_b.insee, "").label("insee"),
        )
        .select_from(beneficiaries)
        .outerjoin(users, _u.id == _b.user_id)
        .where(_b.id == beneficiary)
    )
    row = (await session.execute(query)).mappings().one_or_none()
    return Person(**row) if row else None


async def address(session: ReadSession, company: int) -> Address | None:
    """The first place of a company."""
    query = (
        select(_p.address, _p.postal_code, _p.city, func.coalesce(_p.insee, "").label("insee"))
        .where(_p.company_id == company)
        .order_by(_p.id)
        .limit(1)
    )
    row = (await session.execute(query)).mappings().one_or_none()
    return Address(**row) if row else None


async def naf_label(session: ReadSession, naf: str) -> str:
    """An activity in words: that of the code, else of its division; empty when neither is known."""
    own = await session.scalar(select(naf_codes.c.label).where(naf_codes.c.code == naf))
    if own:
        return str(own)
    division = select(naf_divisions.c.label).where(naf_divisions.c.code == naf_division(naf))
    return str(await session.scalar(division) or "")


async def offer(session: ReadSession, offer_id: int) -> Asked | None:
    """What an offer says."""
    row = (await session.execute(select(_o.text, _o.skills).where(_o.id == offer_id))).one_or_none()
    return Asked(row.text, tuple(row.skills)) if row else None


async def statuses(session: ReadSession, of: Collection[UUID]) -> Mapping[UUID, Status]:
    """Where the latest convention of each of these requests stands; nothing for those without any."""
    theirs = select(_c.discussion_id, _c.status).where(_c.discussion_id.in_(of))
    rows = await session.execute(theirs.order_by(_c.created_at))
    return {row.discussion_id: Status(row.status) for row in rows}


async def of_discussion(session: ReadSession, discussion: UUID) -> UUID | None:
    """The convention that comes from a request, unless it ended badly; the latest when there are several."""
    ended = [one.value for one in ENDED]
    query = select(_c.id).where(
        _c.discussion_id == discussion, _c.status.not_in(ended), _c.anonymised_at.is_(None)
    )
    found: UUID | None = await session.scalar(query.order_by(_c.created_at.desc()).limit(1))
    return found
