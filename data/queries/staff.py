"""Accounts as the back office finds them, and who is part of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import agencies, agency_rights, companies, company_rights, sessions, users

_u = users.c


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account, with where it has rights; names of agencies and companies with the role, in order."""

    id: UUID
    email: str
    name: str
    back_office: bool
    created_at: datetime
    seen_at: datetime
    agencies: tuple[tuple[str, tuple[str, ...]], ...] = ()
    companies: tuple[tuple[str, str, str], ...] = ()
    """Name, role, status."""


def _shown() -> tuple[ColumnElement[Any], ...]:
    name = func.trim(func.concat(_u.first_name, " ", _u.last_name)).label("name")
    return (_u.id, _u.email, name, _u.back_office, _u.created_at, _u.seen_at)


async def find(session: ReadSession, words: str, limit: int) -> tuple[AccountRow, ...]:
    """Accounts whose address or name holds these words, without their rights."""
    like = "%" + words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    named = func.lower(func.concat(_u.first_name, " ", _u.last_name))
    query = select(*_shown()).where(or_(_u.email.like(like), named.like(like)))
    rows = await session.execute(query.order_by(_u.email).limit(limit))
    return tuple(AccountRow(**row) for row in rows.mappings())


async def read(session: ReadSession, user: UUID) -> AccountRow | None:
    """One account with its rights."""
    row = (await session.execute(select(*_shown()).where(_u.id == user))).mappings().one_or_none()
    if row is None:
        return None
    at, of = agency_rights.c, company_rights.c
    in_agencies = await session.execute(
        select(agencies.c.name, at.roles)
        .join(agencies, agencies.c.id == at.agency_id)
        .where(at.user_id == user)
        .order_by(agencies.c.name)
    )
    in_companies = await session.execute(
        select(companies.c.name, of.role, of.status)
        .join(companies, companies.c.id == of.company_id)
        .where(of.user_id == user)
        .order_by(companies.c.name)
    )
    return AccountRow(
        **row,
        agencies=tuple((one[0], tuple(one[1])) for one in in_agencies),
        companies=tuple((one[0], one[1], one[2]) for one in in_companies),
    )


async def appoint(session: Session, email: str, now: datetime) -> UUID:
    """Make the account of that address part of the back office; made when there is none."""
    statement = insert(users).values(email=email, created_at=now, seen_at=now, back_office=True)
    statement = statement.on_conflict_do_update(index_elements=[_u.email], set_={"back_office": True})
    found: UUID = (await session.execute(statement.returning(_u.id))).scalar_one()
    return found


async def dismiss(session: Session, email: str) -> UUID | None:
    """Take an account off the back office and end its sessions; None when it was not part of it."""
    statement = update(users).where(_u.email == email, _u.back_office).values(back_office=False)
    found: UUID | None = (await session.execute(statement.returning(_u.id))).scalar_one_or_none()
    if found is not None:
        await session.execute(sessions.delete().where(sessions.c.user_id == found))
    return found


async def members(session: ReadSession) -> tuple[AccountRow, ...]:
    """Who is part of the back office."""
    rows = await session.execute(select(*_shown()).where(_u.back_office).order_by(_u.email))
    return tuple(AccountRow(**row) for row in rows.mappings())
