"""The end of an account: who still needs it, and everything that goes with it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)

from data.session import ReadSession, Session
from data.tables import (
    agencies,
    agency_invitations,
    agency_rights,
    companies,
    company_invitations,
    company_rights,
    emails,
    links,
    sign_ins,
    sms,
    users,
)

User = UUID | SQLColumnExpression[UUID]
_mine, _other = agency_rights.alias("mine"), agency_rights.alias("other")
_referring = agencies.alias("referring")


def _alone(role: str, *, notified: bool) -> ColumnElement[bool]:
    """Whether nobody else of the agency has the role that this account has there."""
    conditions = [_other.c.agency_id == _mine.c.agency_id, _other.c.user_id != _mine.c.user_id]
    conditions.append(_other.c.roles.contains([role]))
    held = [_mine.c.roles.contains([role])]
    if notified:
        conditions.append(_other.c.notified)
        held.append(_mine.c.notified)
    return and_(*held, ~select(_other.c.user_id).where(*conditions).exists())


def agencies_needing(user: User) -> Select[str]:
    """Names of the active agencies that would lack an admin, or whoever validates, without that account.

    The rule is that of the trigger `agency_served`; an agency that refers to another needs a counsellor,
    and the other one a validator.
    """
    referred = select(_referring.c.id).where(
        _referring.c.refers_to == agencies.c.id, _referring.c.status == "active"
    )
    validates = or_(agencies.c.refers_to.is_(None), referred.exists())
    return (
        select(agencies.c.name)
        .join(_mine, _mine.c.agency_id == agencies.c.id)
        .where(
            _mine.c.user_id == user,
            agencies.c.status == "active",
            or_(
                _alone("agency_admin", notified=False),
                and_(validates, _alone("validator", notified=True)),
                and_(agencies.c.refers_to.is_not(None), _alone("counsellor", notified=True)),
            ),
        )
    )


def _companies_needing(user: UUID) -> Select[str]:
    """Names of the companies that would have no admin without that account."""
    mine, other = company_rights.alias("mine"), company_rights.alias("other")
    admin = {"role": "company_admin", "status": "accepted"}
    another = select(other.c.user_id).where(
        other.c.company_id == mine.c.company_id,
        other.c.user_id != user,
        *(other.c[name] == value for name, value in admin.items()),
    )
    return (
        select(companies.c.name)
        .join(mine, mine.c.company_id == companies.c.id)
        .where(
            mine.c.user_id == user,
            *(mine.c[name] == value for name, value in admin.items()),
            ~another.exists(),
        )
    )


async def still_needed(session: ReadSession, user: UUID) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the agencies, then of the companies, that need this account."""
    of_agencies = (await session.execute(agencies_needing(user).order_by(agencies.c.name))).scalars()
    of_companies = (await session.execute(_companies_needing(user).order_by(companies.c.name))).scalars()
    return tuple(of_agencies), tuple(of_companies)


async def erase(session: Session, user: UUID, email: str, phone: str) -> None:
    """Delete an account, its file and passport, its sessions and rights, and what was written to it.

    Foreign keys take the rest; lines of the audit stay, without who.
    """
    asked = select(cast(sign_ins.c.id, String)).where(sign_ins.c.email == email)
    await session.execute(delete(links).where(links.c.subject_id.in_(asked)))
    for table, column in (
        (sign_ins, sign_ins.c.email),
        (emails, func.lower(emails.c.recipient)),
        (agency_invitations, agency_invitations.c.email),
        (company_invitations, func.lower(company_invitations.c.email)),
    ):
        await session.execute(delete(table).where(column == email))
    if phone:
        await session.execute(delete(sms).where(sms.c.recipient == phone))
    await session.execute(delete(users).where(users.c.id == user))


async def warn_unused(session: Session, seen_before: datetime, now: datetime) -> Iterable[UUID]:
    """Mark the accounts not used since, to be told once that they will be removed; their ids."""
    unused: Any = and_(users.c.seen_at < seen_before, users.c.warned_at.is_(None))
    statement = update(users).where(unused).values(warned_at=now).returning(users.c.id)
    return (await session.scalars(statement)).all()
