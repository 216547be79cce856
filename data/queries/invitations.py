"""Colleagues invited to a company, until they answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import companies, company_invitations, users
from domain.roles import Role

_i, _c, _u = company_invitations.c, companies.c, users.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Somebody invited to a company; `by` is empty when the account of who invited is gone."""

    id: UUID
    company_id: int
    company: str
    siret: str
    banned: bool
    email: str
    role: Role
    invited_by: UUID | None
    by: str
    sent_at: datetime


def _select() -> Select[Any]:
    return (
        select(
            company_invitations,
            func.coalesce(func.nullif(_c.custom_name, ""), _c.name).label("company"),
            _c.siret,
            _c.banned_at,
            func.coalesce(func.nullif(func.trim(_u.first_name + " " + _u.last_name), ""), _u.email, "").label(
                "by_name"
            ),
        )
        .join(companies, _c.id == _i.company_id)
        .outerjoin(users, _u.id == _i.invited_by)
    )


def _invitation(row: Any) -> Invitation:  # noqa: ANN401 - a row of _select
    return Invitation(
        id=row.id,
        company_id=row.company_id,
        company=row.company,
        siret=row.siret,
        banned=row.banned_at is not None,
        email=row.email,
        role=Role(row.role),
        invited_by=row.invited_by,
        by=row.by_name,
        sent_at=row.created_at,
    )


async def write(
    session: Session, company_id: int, email: str, role: Role, now: datetime, *, by: UUID | None
) -> UUID:
    """Invite an address, or invite it again with this role; gives the invitation's id."""
    values = {"role": role, "invited_by": by, "created_at": now}
    statement = insert(company_invitations).values(company_id=company_id, email=email, **values)
    upsert = statement.on_conflict_do_update(index_elements=[_i.company_id, _i.email], set_=values)
    written: UUID = (await session.execute(upsert.returning(_i.id))).scalar_one()
    return written


async def by_id(session: ReadSession, invitation_id: UUID) -> Invitation | None:
    """The invitation of that id; None once it is answered or withdrawn."""
    row = (await session.execute(_select().where(_i.id == invitation_id))).one_or_none()
    return _invitation(row) if row else None


async def of_company(session: ReadSession, company_id: int) -> tuple[Invitation, ...]:
    """Those of a company that wait, oldest first."""
    query = _select().where(_i.company_id == company_id).order_by(_i.created_at, _i.id)
    return tuple(_invitation(row) for row in await session.execute(query))


async def remove(session: Session, invitation_id: UUID) -> bool:
    """The invitation was answered or withdrawn; whether this call removed it."""
    statement = delete(company_invitations).where(_i.id == invitation_id).returning(_i.id)
    return (await session.execute(statement)).first() is not None
