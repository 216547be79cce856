"""The end of an account: who still needs it, and everything that goes with it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    delete,
    func,
    or_,
    select,
    union,
    update,
)

from data.queries.convention_force import in_force, last_day
from data.session import ReadSession, Session
from data.tables import (
    agencies,
    agency_invitations,
    agency_rights,
    beneficiaries,
    companies,
    company_invitations,
    company_rights,
    contact_drafts,
    conventions,
    emails,
    inbound_mails,
    links,
    registrations,
    sign_ins,
    users,
)
from domain.convention import EDITABLE, Status

User = UUID | SQLColumnExpression[UUID]
_mine, _other = agency_rights.alias("mine"), agency_rights.alias("other")
_referring = agencies.alias("referring")
_contact = func.lower(companies.c.contact_email)


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


def _admins_of(company: SQLColumnExpression[int], user: UUID) -> Select[str]:
    """Addresses of the others who administer a company, the first of them first."""
    return (
        select(users.c.email)
        .join(company_rights, company_rights.c.user_id == users.c.id)
        .where(
            company_rights.c.company_id == company,
            company_rights.c.role == "company_admin",
            company_rights.c.status == "accepted",
            users.c.id != user,
        )
        .order_by(company_rights.c.decided_at, users.c.id)
    )


def _companies_needing(user: UUID) -> Select[str]:
    """Names of the open companies that would have no admin, or nobody to write to, without that account."""
    mine = select(company_rights.c.company_id).where(
        company_rights.c.user_id == user,
        company_rights.c.role == "company_admin",
        company_rights.c.status == "accepted",
    )
    email = select(users.c.email).where(users.c.id == user).scalar_subquery()
    written_to = select(companies.c.id).where(companies.c.contact_email != "", _contact == email)
    return select(companies.c.name).where(
        companies.c.closed_at.is_(None),
        companies.c.id.in_(union(mine, written_to)),
        ~_admins_of(companies.c.id, user).exists(),
    )


async def still_needed(session: ReadSession, user: UUID) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the agencies, then of the companies, that need this account."""
    of_agencies = (await session.execute(agencies_needing(user).order_by(agencies.c.name))).scalars()
    of_companies = (await session.execute(_companies_needing(user).order_by(companies.c.name))).scalars()
    return tuple(of_agencies), tuple(of_companies)


async def leave_contacts(session: Session, user: UUID, email: str, now: datetime) -> Sequence[int]:
    """Another admin is the contact of the companies and agencies that had this address; ids of the companies.

    Only the address of that admin is used, which nobody is shown: a company reached by telephone is
    reached by e-mail from now on. One that closed, and has no other, keeps no address.
    """
    other = _admins_of(companies.c.id, user).limit(1).scalar_subquery()
    reached = case(
        (other.is_(None), "in_person"),
        (companies.c.contact_mode == "phone", "email"),
        else_=companies.c.contact_mode,
    )
    changed = (
        update(companies)
        .where(companies.c.contact_email != "", _contact == email)
        .values(
            contact_email=func.coalesce(other, ""),
            contact_name="",
            contact_job="",
            contact_phone="",
            contact_mode=reached,
            updated_at=now,
        )
    )
    admin = (
        select(users.c.email)
        .join(agency_rights, agency_rights.c.user_id == users.c.id)
        .where(
            agency_rights.c.agency_id == agencies.c.id,
            agency_rights.c.roles.contains(["agency_admin"]),
            users.c.id != user,
        )
        .order_by(agency_rights.c.decided_at, users.c.id)
        .limit(1)
        .scalar_subquery()
    )
    handed_over = update(agencies).where(func.lower(agencies.c.contact_email) == email)
    await session.execute(handed_over.values(contact_email=func.coalesce(admin, ""), updated_at=now))
    return (await session.scalars(changed.returning(companies.c.id))).all()


async def erase(session: Session, user: UUID, email: str) -> None:
    """Delete an account, its file and passport, its sessions and rights, and what was written to it.

    Foreign keys take the rest; lines of the audit stay, without who.
    """
    for table in (sign_ins, registrations, contact_drafts):
        asked = select(cast(table.c.id, String)).where(func.lower(table.c.email) == email)
        await session.execute(delete(links).where(links.c.subject_id.in_(asked)))
    for column in (
        sign_ins.c.email,
        registrations.c.email,
        contact_drafts.c.email,
        inbound_mails.c.sender,
        emails.c.recipient,
        agency_invitations.c.email,
        company_invitations.c.email,
    ):
        await session.execute(delete(column.table).where(func.lower(column) == email))
    await session.execute(delete(users).where(users.c.id == user))


def _busy(since: datetime) -> ColumnElement[bool]:
    """Whether a convention of theirs is under way, or insured them since: links by mail need no visit."""
    going = conventions.c.status.in_([one.value for one in (Status.DRAFT, *EDITABLE)])
    lately = or_(going, and_(in_force, last_day >= since.date()))
    files = select(beneficiaries.c.id).where(beneficiaries.c.user_id == users.c.id)
    by_file = select(conventions.c.id).where(lately, conventions.c.beneficiary_id.in_(files.correlate(users)))
    by_email = select(conventions.c.id).where(lately, func.lower(conventions.c.person_email) == users.c.email)
    return or_(*(one.correlate(users).exists() for one in (by_file, by_email)))


async def unused(
    session: Session, seen_before: datetime, told_before: datetime, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Accounts not used since, told long enough ago, locked: ids and addresses.

    Those whom an active agency still needs stay until it has others; whoever had an immersion, until it is
    old.
    """
    old = and_(users.c.seen_at < seen_before, users.c.warned_at < told_before)
    needed = agencies_needing(users.c.id).correlate(users).exists()
    query = select(users.c.id, users.c.email).where(old, ~needed, ~_busy(seen_before))
    query = query.order_by(users.c.id).limit(limit).with_for_update(of=users, skip_locked=True)
    return [(one.id, one.email) for one in await session.execute(query)]


async def warn_unused(session: Session, seen_before: datetime, now: datetime) -> Iterable[UUID]:
    """Mark the accounts not used since, to be told once that they will be removed; their ids.

    Whoever had an immersion meanwhile is told anew when it is old.
    """
    told = update(users).where(users.c.warned_at.is_not(None), _busy(seen_before))
    await session.execute(told.values(warned_at=None))
    unused: Any = and_(users.c.seen_at < seen_before, users.c.warned_at.is_(None), ~_busy(seen_before))
    statement = update(users).where(unused).values(warned_at=now).returning(users.c.id)
    return (await session.scalars(statement)).all()
